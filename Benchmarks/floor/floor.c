// The floor under a pod's start: the kernel calls that a pod takes, and nothing else. No supervisor, no daemon, no
// store: cgroups, namespaces, a veth pair with address and route, an overlay of the image, the usual mounts, the files that
// a pod has of its own, pivot_root, capabilities, a seccomp filter, and the exec of the program.
//
//     floor IMAGE-DIRECTORY SCRATCH-DIRECTORY [COMMAND...]      prints the milliseconds from the first call to the exec
//
// The image is unpacked already, as it is for the product. Root only. Everything but what lies in the scratch directory is removed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char work[256];
static const char *image;
static char group[512];

static void die(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static void must(int result, const char *what) {
    if (result < 0) die(what);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

// --- rtnetlink: one request at a time, acknowledged ---

static char request[1024];

static struct nlmsghdr *begin(int type, int flags, const void *body, size_t size) {
    memset(request, 0, sizeof request);
    struct nlmsghdr *header = (void *)request;
    header->nlmsg_len = NLMSG_LENGTH(size);
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    memcpy(NLMSG_DATA(header), body, size);
    return header;
}

static struct rtattr *attribute(struct nlmsghdr *header, int type, const void *value, size_t size) {
    struct rtattr *added = (void *)((char *)header + NLMSG_ALIGN(header->nlmsg_len));
    added->rta_type = type;
    added->rta_len = RTA_LENGTH(size);
    if (size > 0) memcpy(RTA_DATA(added), value, size);
    header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(added->rta_len);
    return added;
}

static void end_nest(struct nlmsghdr *header, struct rtattr *nest) {
    nest->rta_len = (char *)header + header->nlmsg_len - (char *)nest;
}

static void talk(int socket, struct nlmsghdr *header, const char *what) {
    must(send(socket, header, header->nlmsg_len, 0), what);
    char answer[4096];
    must(recv(socket, answer, sizeof answer, 0), what);
    struct nlmsgerr *error = NLMSG_DATA((struct nlmsghdr *)answer);
    errno = -error->error;
    if (error->error != 0) die(what);
}

static int route_socket(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    must(fd, "netlink");
    return fd;
}

// The pair, its peer made directly in the pod's namespace.
static void make_pair(int socket, const char *name, int netns) {
    struct ifinfomsg link = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    struct nlmsghdr *header = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(header, IFLA_IFNAME, name, strlen(name) + 1);
    struct rtattr *info = attribute(header, IFLA_LINKINFO, NULL, 0);
    attribute(header, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = attribute(header, IFLA_INFO_DATA, NULL, 0);
    struct ifinfomsg none = {0};
    struct rtattr *peer = attribute(header, VETH_INFO_PEER, &none, sizeof none);
    attribute(header, IFLA_IFNAME, "eth0", 5);
    attribute(header, IFLA_NET_NS_FD, &netns, sizeof netns);
    end_nest(header, peer);
    end_nest(header, data);
    end_nest(header, info);
    talk(socket, header, "make a veth pair");
}

static void set_up(int socket, int index) {
    struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    talk(socket, begin(RTM_NEWLINK, 0, &link, sizeof link), "bring an interface up");
}

static void add_address(int socket, int index, const char *text) {
    struct in_addr address;
    inet_aton(text, &address);
    struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = index};
    struct nlmsghdr *header = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &body, sizeof body);
    attribute(header, IFA_LOCAL, &address, sizeof address);
    attribute(header, IFA_ADDRESS, &address, sizeof address);
    talk(socket, header, "add an address");
}

static void add_route(int socket, int index, const char *destination, const char *gateway) {
    struct rtmsg body = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
        .rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK, .rtm_type = RTN_UNICAST,
        .rtm_dst_len = destination ? 32 : 0, .rtm_flags = gateway ? RTNH_F_ONLINK : 0};
    struct nlmsghdr *header = begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &body, sizeof body);
    struct in_addr address;
    if (destination != NULL) {
        inet_aton(destination, &address);
        attribute(header, RTA_DST, &address, sizeof address);
    }
    if (gateway != NULL) {
        inet_aton(gateway, &address);
        attribute(header, RTA_GATEWAY, &address, sizeof address);
    }
    attribute(header, RTA_OIF, &index, sizeof index);
    talk(socket, header, "add a route");
}

// --- the container ---

static void mount_at(const char *type, const char *path, unsigned long flags, const char *options) {
    mkdir(path, 0755);
    must(mount(type, path, type, flags, options), path);
}

static void cover(const char *path, unsigned long flags) {
    // Paths that this kernel lacks cost nothing here either.
    if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) == 0 && flags != 0)
        mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | flags, NULL);
}

// The files that a pod has of its own: written outside, bound over the image's.
static const char *own[] = {"etc/hosts", "etc/hostname", "etc/resolv.conf", "dev/termination-log"};

static void own_path(char path[300], unsigned i) { snprintf(path, 300, "%s%s", work, strrchr(own[i], '/')); }

static void write_own(void) {
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++) {
        char path[300];
        own_path(path, i);
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        must(file, path);
        must(write(file, "127.0.0.1 localhost\n", 20), path);
        close(file);
    }
}

static void bind_own(void) {
    mkdir("etc", 0755);
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++) {
        char path[300];
        own_path(path, i);
        if (mknod(own[i], S_IFREG | 0644, 0) < 0 && errno != EEXIST) die(own[i]);
        must(mount(path, own[i], NULL, MS_BIND, NULL), own[i]);
    }
}

// Allows the system calls that were there when containers were new and refuses the rest: as long as a container's filter is.
static void filter(void) {
    enum { calls = 340 };
    static struct sock_filter code[2 * calls + 2];
    unsigned n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0); // seccomp_data.nr
    for (unsigned call = 0; call < calls; call++) {
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog program = {.len = n, .filter = code};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}

static _Noreturn void child(char **command, int go, int done) {
    char byte;
    must(read(go, &byte, 1), "wait for the network");
    int socket = route_socket();
    set_up(socket, 1);
    int index = if_nametoindex("eth0");
    add_address(socket, index, "10.253.253.2");
    set_up(socket, index);
    add_route(socket, index, NULL, "169.254.1.1");
    sethostname("floor", 5);

    char options[1024], path[300];
    must(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "slave mounts");
    must(unshare(CLONE_NEWCGROUP), "cgroup namespace");
    must(chdir(work), "chdir");
    snprintf(options, sizeof options, "lowerdir=%s:empty,upperdir=%s/upper,workdir=%s/work,volatile", image, work, work);
    snprintf(path, sizeof path, "%s/root", work);
    must(mount("overlay", path, "overlay", 0, options), "overlay");
    must(chdir(path), "chdir to the root");
    unsigned long quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    mount_at("proc", "proc", quiet, NULL);
    mount_at("tmpfs", "dev", MS_NOSUID, "mode=755,size=65536k");
    const struct { const char *name; int major, minor; } nodes[] = {
        {"dev/null", 1, 3}, {"dev/zero", 1, 5}, {"dev/full", 1, 7}, {"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0}};
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++)
        must(mknod(nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].name);
    const char *links[][2] = {{"/proc/self/fd", "dev/fd"}, {"/proc/self/fd/0", "dev/stdin"},
        {"/proc/self/fd/1", "dev/stdout"}, {"/proc/self/fd/2", "dev/stderr"}, {"pts/ptmx", "dev/ptmx"}};
    for (unsigned i = 0; i < 5; i++) must(symlink(links[i][0], links[i][1]), links[i][1]);
    mount_at("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_at("mqueue", "dev/mqueue", quiet, NULL);
    mount_at("tmpfs", "dev/shm", quiet, "mode=1777,size=65536k");
    mount_at("sysfs", "sys", quiet | MS_RDONLY, NULL);
    mount_at("cgroup2", "sys/fs/cgroup", quiet | MS_RDONLY, NULL);
    const char *masked[] = {"proc/acpi", "proc/interrupts", "proc/keys", "proc/scsi", "proc/timer_list", "sys/firmware"};
    for (unsigned i = 0; i < sizeof masked / sizeof *masked; i++) {
        struct stat about;
        if (stat(masked[i], &about) != 0) continue;
        if (S_ISDIR(about.st_mode)) mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, "size=4k");
        else mount("dev/null", masked[i], NULL, MS_BIND, NULL);
    }
    cover("proc/bus", MS_RDONLY);
    cover("proc/fs", MS_RDONLY);
    cover("proc/irq", MS_RDONLY);
    cover("proc/sys", MS_RDONLY);
    bind_own();
    must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    must(umount2(".", MNT_DETACH), "let the old root go");
    must(chdir("/"), "chdir /");
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int capability = 0; capability < 41; capability++)
        if (!((0xa80425fbull >> capability) & 1)) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    (void)done; // closes on exec
    syscall(SYS_close_range, 3u, ~0u, 4u);
    filter();
    char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    execve(command[0], command, environment);
    die(command[0]);
    _exit(1);
}

static void find_cgroup(void) {
    FILE *mounts = fopen("/proc/self/mountinfo", "r");
    char line[4096], point[256];
    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL)
        if (strstr(line, " - cgroup2 ") != NULL && sscanf(line, "%*s %*s %*s %*s %255s", point) == 1)
            snprintf(group, sizeof group, "%s/swiftlet-floor-%d", point, getpid());
    if (group[0] == 0) die("no cgroup v2");
    fclose(mounts);
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "usage: floor IMAGE-DIRECTORY SCRATCH-DIRECTORY [COMMAND...]\n");
        return 2;
    }
    char *standard[] = {"/bin/busybox", "sleep", "1000000", NULL};
    char **command = count > 3 ? words + 3 : standard;
    image = realpath(words[1], NULL);
    if (image == NULL) die(words[1]);
    find_cgroup();
    snprintf(work, sizeof work, "%s/floor-XXXXXX", words[2]);
    if (mkdtemp(work) == NULL) die(work);
    char text[2048];
    snprintf(text, sizeof text, "%s/empty", work);
    must(mkdir(text, 0755), text);
    // The host's side of the program's file cache is warm for the product, so it is here.
    snprintf(text, sizeof text, "cat %s%s > /dev/null", image, command[0]);
    if (system(text) != 0) die("read the program");
    char name[IFNAMSIZ];
    snprintf(name, sizeof name, "floor%d", getpid() % 100000);
    int pipes[4];

    double started = now();
    for (const char **part = (const char *[]){"upper", "work", "root", NULL}; *part != NULL; part++) {
        snprintf(text, sizeof text, "%s/%s", work, *part);
        must(mkdir(text, 0755), text);
    }
    write_own();
    must(mkdir(group, 0755), group);
    char leaf[600];
    snprintf(leaf, sizeof leaf, "%s/main", group);
    must(mkdir(leaf, 0755), leaf);
    int cgroup = open(leaf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(cgroup, leaf);
    must(pipe2(pipes, O_CLOEXEC), "pipe");
    must(pipe2(pipes + 2, O_CLOEXEC), "pipe");
    int pidfd = -1;
    struct clone_args arguments = {
        .flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_INTO_CGROUP | CLONE_PIDFD,
        .exit_signal = SIGCHLD, .cgroup = cgroup, .pidfd = (uintptr_t)&pidfd};
    pid_t pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    must(pid, "clone3");
    if (pid == 0) {
        close(pipes[2]);
        child(command, pipes[0], pipes[3]);
    }
    close(pipes[3]);
    snprintf(text, sizeof text, "/proc/%d/ns/net", pid);
    int netns = open(text, O_RDONLY | O_CLOEXEC);
    must(netns, text);
    int socket = route_socket();
    make_pair(socket, name, netns);
    int index = if_nametoindex(name);
    add_address(socket, index, "169.254.1.1");
    add_route(socket, index, "10.253.253.2", NULL);
    must(write(pipes[1], "x", 1), "go");
    char byte;
    // The end of the pipe: the program is executed.
    read(pipes[2], &byte, 1);
    double elapsed = now() - started;

    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    int failed = poll(&ended, 1, 0) != 0;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(netns);
    rmdir(leaf);
    rmdir(group);
    if (failed) return 1;
    printf("%.3f ms\n", elapsed);
    return 0;
}
