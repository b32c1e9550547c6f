#define _GNU_SOURCE
#include "spawn_into.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The kernel's struct clone_args as of 5.7 (CLONE_INTO_CGROUP); the installed header may end earlier.
struct spawn_clone_args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

struct failure {
    int step, code;
};

// Runs in the child, in the parent's memory: only system calls, and no write but to its own stack and `failure`.
__attribute__((noreturn, noinline)) static void child(
    const struct clinux_spawn *what, const sigset_t *mask, volatile struct failure *failure) {
    // A handler of the parent must not run here; what it ignores (SIGPIPE) the program must not inherit as ignored.
    // All signals are still blocked, so none slips in between.
    // By the bare call: glibc keeps 32 and 33 to itself, which an ancestor may have left ignored.
    const uint64_t fallback[4] = {0};  // the kernel's struct sigaction: SIG_DFL, no flags, no restorer, no mask
    for (int number = 1; number < NSIG; number++) syscall(SYS_rt_sigaction, number, fallback, NULL, 8);

    failure->step = CLINUX_SPAWN_SESSION;
    if (what->new_session && setsid() < 0) goto failed;
    failure->step = CLINUX_SPAWN_DIRECTORY;
    if (what->directory && chdir(what->directory) < 0) goto failed;

    // First copies above every target, then down onto the targets: a target may be another's source.
    failure->step = CLINUX_SPAWN_DESCRIPTORS;
    int count = what->descriptor_count;
    int copies[CLINUX_SPAWN_MAXIMUM_DESCRIPTORS];
    for (int i = 0; i < count; i++) {
        copies[i] = fcntl(what->descriptors[i], F_DUPFD_CLOEXEC, count);
        if (copies[i] < 0) goto failed;
    }
    // dup2 clears close-on-exec on the target.
    for (int i = 0; i < count; i++)
        if (dup2(copies[i], i) < 0) goto failed;
    if (syscall(SYS_close_range, (unsigned)count, ~0u, 0) < 0) goto failed;

    failure->step = CLINUX_SPAWN_EXEC;
    // The mask last: from here a signal ends the child as it would end the program.
    sigprocmask(SIG_SETMASK, mask, NULL);
    execve(what->path, what->arguments, what->environment);
failed:
    failure->code = errno;
    _exit(127);
}

// The bare system call, inline: the child returns from it on the parent's own stack, and a libc function's return address
// would be overwritten by the time the parent comes back. Everything below is reached through the frame of the caller,
// which neither of them leaves before the child has gone (as in Go's rawVforkSyscall).
static inline __attribute__((always_inline)) long bare_clone3(struct spawn_clone_args *arguments, size_t size) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_clone3), "D"(arguments), "S"(size)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_clone3;
    register long first __asm__("x0") = (long)arguments;
    register long second __asm__("x1") = (long)size;
    __asm__ volatile("svc 0" : "+r"(first) : "r"(number), "r"(second) : "memory");
    return first;
#else
#error "clinux_spawn: the bare clone3 is not written for this architecture"
#endif
}

__attribute__((noinline)) static long clone_child(
    struct spawn_clone_args *arguments, const struct clinux_spawn *what, const sigset_t *mask,
    volatile struct failure *failure) {
    long pid = bare_clone3(arguments, sizeof *arguments);
    if (pid == 0) child(what, mask, failure);
    return pid;
}

int clinux_spawn(const struct clinux_spawn *what, int *pidfd, int *step) {
    if (what->descriptor_count > CLINUX_SPAWN_MAXIMUM_DESCRIPTORS) {
        *step = CLINUX_SPAWN_DESCRIPTORS;
        return -EMFILE;
    }
    volatile struct failure failure = {CLINUX_SPAWN_CLONE, 0};
    int descriptor = -1;
    struct spawn_clone_args arguments = {
        // CLONE_VM and CLONE_VFORK: no page table is copied, so the cost does not grow with this process's memory.
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)&descriptor,
        .exit_signal = SIGCHLD,
    };
    if (what->cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)what->cgroup;
    }
    sigset_t all, before, none;
    sigfillset(&all);
    sigemptyset(&none);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    long pid = clone_child(&arguments, what, &none, &failure);
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (pid < 0) {
        *step = CLINUX_SPAWN_CLONE;
        return (int)pid;
    }
    if (failure.code != 0) {
        siginfo_t info;
        while (waitid(P_PIDFD, (id_t)descriptor, &info, WEXITED) < 0 && errno == EINTR) {}
        close(descriptor);
        *step = failure.step;
        return -failure.code;
    }
    *pidfd = descriptor;
    return (int)pid;
}
