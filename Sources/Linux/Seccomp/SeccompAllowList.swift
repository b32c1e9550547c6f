/// The system calls that the default profile allows, as data: the list that container engines agree on, by what it is for.
/// A name that an architecture lacks is skipped for it.
enum SeccompAllowList {
    /// Allowed to everybody.
    static let always: [String] =
        files + paths + attributes + polling + memory + processes + identity + signals + time
        + sockets + messages + scheduling + architecture

    private static let files = words(
        """
        open openat openat2 creat close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2
        lseek _llseek dup dup2 dup3 fcntl fcntl64 flock fsync fdatasync sync syncfs sync_file_range ftruncate ftruncate64
        truncate truncate64 fallocate fadvise64 fadvise64_64 readahead copy_file_range sendfile sendfile64 splice tee vmsplice
        pipe pipe2 ioctl memfd_create memfd_secret io_setup io_submit io_cancel io_destroy io_getevents io_pgetevents
        io_pgetevents_time64 ioprio_get ioprio_set fanotify_mark name_to_handle_at
        """)
    private static let paths = words(
        """
        access faccessat faccessat2 chdir fchdir getcwd mkdir mkdirat rmdir link linkat symlink symlinkat unlink unlinkat
        rename renameat renameat2 readlink readlinkat mknod mknodat getdents getdents64 stat stat64 lstat lstat64 fstat fstat64
        fstatat64 newfstatat statx statfs statfs64 fstatfs fstatfs64 umask
        """)
    private static let attributes = words(
        """
        chmod fchmod fchmodat chown chown32 fchown fchown32 fchownat lchown lchown32 utime utimes futimesat utimensat
        utimensat_time64 getxattr lgetxattr fgetxattr setxattr lsetxattr fsetxattr listxattr llistxattr flistxattr removexattr
        lremovexattr fremovexattr landlock_create_ruleset landlock_add_rule landlock_restrict_self
        """)
    private static let polling = words(
        """
        poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
        epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 inotify_init inotify_init1 inotify_add_watch
        inotify_rm_watch signalfd signalfd4
        """)
    private static let memory = words(
        """
        brk mmap mmap2 munmap mprotect mremap msync madvise mincore mlock mlock2 mlockall munlock munlockall remap_file_pages
        membarrier pkey_alloc pkey_free pkey_mprotect
        """)
    private static let processes = words(
        """
        fork vfork execve execveat exit exit_group wait4 waitid waitpid getpid getppid gettid getpgid getpgrp getsid setpgid
        setsid set_tid_address set_robust_list get_robust_list futex futex_time64 futex_waitv rseq restart_syscall prctl
        getrlimit ugetrlimit setrlimit prlimit64 getrusage times uname sysinfo getcpu seccomp pidfd_open pidfd_send_signal
        process_mrelease process_vm_readv process_vm_writev ptrace
        """)
    private static let identity = words(
        """
        getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid getresgid32
        getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid setresuid32
        setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32 setgroups setgroups32 capget capset
        """)
    private static let signals = words(
        """
        kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn
        rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 sigaltstack sigprocmask sigreturn pause alarm getitimer setitimer
        """)
    private static let time = words(
        """
        time gettimeofday clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64
        nanosleep adjtimex clock_adjtime clock_adjtime64 timer_create timer_delete timer_getoverrun timer_gettime
        timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
        timerfd_settime64 getrandom
        """)
    private static let sockets = words(
        """
        socketcall socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt send
        sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg recvmmsg_time64
        """)
    private static let messages = words(
        """
        ipc msgget msgctl msgsnd msgrcv semget semctl semop semtimedop semtimedop_time64 shmget shmat shmctl shmdt mq_open
        mq_unlink mq_notify mq_getsetattr mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64
        """)
    private static let scheduling = words(
        """
        sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam
        sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
        sched_rr_get_interval_time64 getpriority setpriority
        """)
    private static let architecture = words("arch_prctl modify_ldt get_thread_area set_thread_area")

    /// Allowed to who holds the capability.
    static let withCapability: [(capability: String, calls: [String])] = [
        ("DAC_READ_SEARCH", words("open_by_handle_at")),
        (
            "SYS_ADMIN",
            words(
                """
                bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount
                open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare
                """)
        ),
        ("SYS_BOOT", words("reboot")),
        ("SYS_CHROOT", words("chroot")),
        ("SYS_MODULE", words("delete_module init_module finit_module")),
        ("SYS_PACCT", words("acct")),
        ("SYS_PTRACE", words("kcmp pidfd_getfd process_madvise")),
        ("SYS_RAWIO", words("iopl ioperm")),
        ("SYS_TIME", words("settimeofday stime clock_settime clock_settime64")),
        ("SYS_TTY_CONFIG", words("vhangup")),
        ("SYS_NICE", words("get_mempolicy mbind set_mempolicy set_mempolicy_home_node")),
        ("SYSLOG", words("syslog")),
        ("BPF", words("bpf")),
        ("PERFMON", words("perf_event_open")),
    ]

    /// The personalities that programs ask for: Linux, Linux as 32 bits, both with uname as 2.6, and the question.
    static let personalities: [UInt64] = [0x0, 0x8, 0x20000, 0x20008, 0xffff_ffff]

    /// Harmless calls that are younger than Debian 12's libseccomp, which has no names for them: by their numbers, which are
    /// the same on every architecture. cachestat, fchmodat2, map_shadow_stack, futex_wake, futex_wait, futex_requeue,
    /// mseal, setxattrat, getxattrat, listxattrat, removexattrat.
    static let younger: [UInt32] = [451, 452, 453, 454, 455, 456, 462, 463, 464, 465, 466]
    /// The last call that Debian 12's kernel has (set_mempolicy_home_node).
    static let lastOfFloor: UInt32 = 450

    private static func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }
}
