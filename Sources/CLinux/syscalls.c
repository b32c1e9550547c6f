#define _GNU_SOURCE
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

// <sys/mount.h> and <linux/mount.h> cannot be included together in glibc 2.36 (both define enum fsconfig_command).
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
extern int umount2(const char *, int);

#define RESULT(call) \
    ({ \
        __typeof__(call) result_ = (call); \
        result_ < 0 ? -errno : result_; \
    })

// A signal without SA_RESTART may interrupt a blocking call; nothing has happened yet then, so it is simply made again.
#define RETRIED(call) \
    ({ \
        __typeof__(call) result_; \
        do { \
            result_ = (call); \
        } while (result_ < 0 && errno == EINTR); \
        result_ < 0 ? -errno : result_; \
    })

int clinux_openat(int directory, const char *path, int flags, unsigned mode) {
    return RETRIED(openat(directory, path, flags | O_CLOEXEC, mode));
}

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    return (int)RETRIED(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

// close(2) is never made again on EINTR: Linux has released the number by then, and another thread may own it.
int clinux_close(int fd) { return RESULT(close(fd)); }

int clinux_duplicate(int fd) { return RESULT(fcntl(fd, F_DUPFD_CLOEXEC, 3)); }
ssize_t clinux_read(int fd, void *bytes, size_t count) { return RETRIED(read(fd, bytes, count)); }
ssize_t clinux_write(int fd, const void *bytes, size_t count) { return RETRIED(write(fd, bytes, count)); }
int clinux_mkdirat(int directory, const char *path, unsigned mode) { return RESULT(mkdirat(directory, path, mode)); }
int clinux_unlinkat(int directory, const char *path, int flags) { return RESULT(unlinkat(directory, path, flags)); }

int clinux_poll_one(int fd, short events, int timeout_milliseconds) {
    struct pollfd one = {.fd = fd, .events = events};
    int ready = RESULT(poll(&one, 1, timeout_milliseconds));
    return ready > 0 ? one.revents : ready;
}

int clinux_pipe(int ends[2], int flags) { return RESULT(pipe2(ends, flags | O_CLOEXEC)); }
int clinux_memfd_create(const char *name, unsigned flags) { return RESULT(memfd_create(name, flags | MFD_CLOEXEC)); }
int clinux_eventfd(unsigned initial, int flags) { return RESULT(eventfd(initial, flags | EFD_CLOEXEC)); }

int clinux_timerfd_create(int clock, int flags) { return RESULT(timerfd_create(clock, flags | TFD_CLOEXEC)); }

int clinux_timerfd_settime(int fd, int64_t first_nanoseconds, int64_t interval_nanoseconds) {
    struct itimerspec when = {
        .it_value = {first_nanoseconds / 1000000000, first_nanoseconds % 1000000000},
        .it_interval = {interval_nanoseconds / 1000000000, interval_nanoseconds % 1000000000},
    };
    return RESULT(timerfd_settime(fd, 0, &when, NULL));
}

int clinux_epoll_create(void) { return RESULT(epoll_create1(EPOLL_CLOEXEC)); }

static int epoll_change(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return RESULT(epoll_ctl(epoll, operation, fd, &event));
}

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
    return epoll_change(epoll, EPOLL_CTL_ADD, fd, events, token);
}
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token) {
    return epoll_change(epoll, EPOLL_CTL_MOD, fd, events, token);
}
int clinux_epoll_remove(int epoll, int fd) { return epoll_change(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int clinux_epoll_wait(int epoll, uint32_t *events, uint64_t *tokens, int capacity, int timeout_milliseconds) {
    struct epoll_event ready[64];
    if (capacity > 64) capacity = 64;
    int count = RESULT(epoll_wait(epoll, ready, capacity, timeout_milliseconds));
    for (int i = 0; i < count; i++) {
        events[i] = ready[i].events;
        tokens[i] = ready[i].data.u64;
    }
    return count;
}

int clinux_unshare(int flags) { return RESULT(unshare(flags)); }
int clinux_setns(int fd, int flags) { return RESULT(setns(fd, flags)); }
int clinux_pidfd_open(int pid, unsigned flags) { return (int)RESULT(syscall(SYS_pidfd_open, pid, flags)); }
int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)RESULT(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

int clinux_waitid_pidfd(int pidfd, int flags, int *status) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int result = RETRIED(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | flags));
    if (result < 0) return result;
    if (info.si_pid == 0) return 0;
    if (info.si_code == CLD_EXITED) *status = (info.si_status & 0xff) << 8;
    else *status = (info.si_status & 0x7f) | (info.si_code == CLD_DUMPED ? 0x80 : 0);
    return 1;
}

int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
    return RESULT(mount(source, target, type, flags, data));
}
int clinux_umount2(const char *target, int flags) { return RESULT(umount2(target, flags)); }
int clinux_fsopen(const char *type, unsigned flags) {
    return (int)RESULT(syscall(SYS_fsopen, type, flags | FSOPEN_CLOEXEC));
}

#define MAXIMUM_FDS 64

ssize_t clinux_send_fds(int socket, const void *bytes, size_t count, const int *fds, int fd_count, int flags) {
    if (fd_count > MAXIMUM_FDS) return -EMSGSIZE;
    union {
        char bytes[CMSG_SPACE(MAXIMUM_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
    }
    return RETRIED(sendmsg(socket, &message, flags | MSG_NOSIGNAL));
}

ssize_t clinux_receive_fds(int socket, void *bytes, size_t capacity, int *fds, int *fd_count, int flags) {
    union {
        char bytes[CMSG_SPACE(MAXIMUM_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    int room = *fd_count, received = 0, overflow = 0;
    *fd_count = 0;
    ssize_t count = RETRIED(recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC));
    if (count < 0) return count;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int sent = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < sent; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            if (received < room) fds[received++] = fd;
            else {
                close(fd);
                overflow = 1;
            }
        }
    }
    if (overflow || (message.msg_flags & MSG_CTRUNC)) {
        for (int i = 0; i < received; i++) close(fds[i]);
        return -EMSGSIZE;
    }
    *fd_count = received;
    return count;
}

int clinux_accept(int socket) { return RESULT(accept4(socket, NULL, NULL, SOCK_CLOEXEC)); }

int clinux_peer_credentials(int socket, int *pid, unsigned *uid, unsigned *gid) {
    struct ucred who;
    socklen_t size = sizeof who;
    int result = RESULT(getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size));
    if (result < 0) return result;
    *pid = who.pid;
    *uid = who.uid;
    *gid = who.gid;
    return 0;
}

long clinux_bpf(int command, void *attributes, unsigned size) {
    return RESULT(syscall(SYS_bpf, command, attributes, size));
}

int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return RESULT(prctl(option, a, b, c, d));
}

// C, because the Glibc module of Swift leaves <malloc.h> out.
void clinux_malloc_trim(void) { malloc_trim(0); }
