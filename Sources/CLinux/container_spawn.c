// The clone, and what both sides of it do before the program runs and after it failed.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void report_failure(const struct container_state *state, int error) {
    struct container_report report = {
        .kind = CONTAINER_REPORT_FAILED, .operation = state->operation, .error = error, .detail = state->detail};
    // When the supervisor is gone there is nobody to tell.
    (void)!send(state->report, &report, sizeof report, MSG_NOSIGNAL);
}

// The supervisor blocks the signals it reads from a descriptor, and its parent may have ignored some: a container
// starts with every signal unblocked and at its default.
static void reset_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP) (void)sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void child(const struct container_spawn *spawn, int report) {
    static struct container_state state; // too large for a comfortable stack; this process is single-threaded
    state.report = report;
    state.root = -1;
    state.shared_memory = spawn->shared_memory;
    state.join = spawn->join;
    state.console = -1;
    state.empty = -1;
    for (int slot = 0; slot < CONTAINER_TREE_SLOTS; slot++) state.trees[slot] = -1;

    reset_signals();
    umask(0);
    for (int number = 0; number < 3; number++)
        if (spawn->standard[number] >= 0 && dup2(spawn->standard[number], number) < 0) {
            report_failure(&state, errno);
            _exit(127);
        }
    int result = container_interpret(&state, spawn->program, spawn->size);
    report_failure(&state, -result);
    _exit(127);
}

int container_spawn(const struct container_spawn *spawn, struct container_spawned *out) {
    int pair[2];
    // Packets, so that a report is whole or absent; a socket, so that a terminal can come with it.
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return -errno;

    bool joins = spawn->join >= 0;
    // A process joins a PID namespace only by birth. The supervisor has one thread and waits for its own children, so
    // it lends its children's namespace for one clone rather than fork twice.
    if (joins && setns(spawn->join, CLONE_NEWPID) != 0) {
        int error = errno;
        close(pair[0]);
        close(pair[1]);
        return -error;
    }
    int pidfd = -1;
    struct clone_args arguments = {
        .flags = CLONE_PIDFD | CLONE_INTO_CGROUP | (joins ? 0 : CLONE_NEWPID | CLONE_NEWNS),
        .pidfd = (uint64_t)(uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)spawn->cgroup,
    };
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    int error = errno;
    if (pid == 0) child(spawn, pair[1]);

    // Going back to one's own PID namespace cannot fail: it is the one this process lives in.
    if (joins) (void)setns(spawn->own_pid_namespace, CLONE_NEWPID);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return -error;
    }
    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
    out->pid = (int32_t)pid;
    out->pidfd = pidfd;
    out->report = pair[0];
    return 0;
}

int container_report_receive(int fd, struct container_report *report, int *terminal) {
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec piece = {.iov_base = report, .iov_len = sizeof *report};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *terminal = -1;
    ssize_t got;
    do got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0) return errno == ECONNRESET ? 0 : -errno;
    if (got == 0) return 0;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(terminal, CMSG_DATA(header), sizeof(int));
    if (got != sizeof *report) {
        if (*terminal >= 0) close(*terminal);
        *terminal = -1;
        return -EPROTO;
    }
    return 1;
}

uint32_t container_device_major(uint64_t device) { return major(device); }
uint32_t container_device_minor(uint64_t device) { return minor(device); }

int container_terminal_resize(int master, uint32_t rows, uint32_t columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(master, TIOCSWINSZ, &size) == 0 ? 0 : -errno;
}
