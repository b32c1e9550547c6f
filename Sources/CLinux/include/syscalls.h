// Bare system calls. Each is C because the Glibc module cannot give it to Swift: it is hidden behind _GNU_SOURCE, has no
// wrapper in Debian 12's glibc, is variadic, or its arguments are built from function-like macros.
// All return what the kernel returns, or -errno: reading errno from Swift would be a second call, which another runtime
// function might have overwritten.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Files. open and openat are variadic; openat2 has no wrapper.
int clinux_openat(int directory, const char *path, int flags, unsigned mode);
int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int clinux_close(int fd);
/// fcntl is variadic. The copy is close-on-exec.
int clinux_duplicate(int fd);
ssize_t clinux_read(int fd, void *bytes, size_t count);
ssize_t clinux_write(int fd, const void *bytes, size_t count);
int clinux_mkdirat(int directory, const char *path, unsigned mode);
int clinux_unlinkat(int directory, const char *path, int flags);
int clinux_poll_one(int fd, short events, int timeout_milliseconds);

// Descriptors that _GNU_SOURCE or the missing headers hide. All are close-on-exec.
int clinux_pipe(int ends[2], int flags);
int clinux_memfd_create(const char *name, unsigned flags);
int clinux_eventfd(unsigned initial, int flags);
int clinux_timerfd_create(int clock, int flags);
int clinux_timerfd_settime(int fd, int64_t first_nanoseconds, int64_t interval_nanoseconds);
int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
/// One event at a time into parallel arrays: struct epoll_event is packed, which Swift cannot express.
int clinux_epoll_wait(int epoll, uint32_t *events, uint64_t *tokens, int capacity, int timeout_milliseconds);

// Namespaces and processes.
int clinux_unshare(int flags);
int clinux_setns(int fd, int flags);
int clinux_pidfd_open(int pid, unsigned flags);
int clinux_pidfd_send_signal(int pidfd, int signal);
/// waitid(P_PIDFD, ..., WEXITED | flags): 1 and the status as wait(2) gives it when it has ended, 0 when WNOHANG found
/// it running. siginfo_t's fields are macros.
int clinux_waitid_pidfd(int pidfd, int flags, int *status);

// Mounts. No wrappers in glibc 2.36's headers that Swift can see.
int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int clinux_umount2(const char *target, int flags);
int clinux_fsopen(const char *type, unsigned flags);

// Unix sockets: control messages are laid out by macros.
/// Sends bytes with up to 64 descriptors. Returns the bytes sent.
ssize_t clinux_send_fds(int socket, const void *bytes, size_t count, const int *fds, int fd_count, int flags);
/// Receives bytes and descriptors (close-on-exec). `fd_count` is the capacity going in, the number received coming out.
/// Descriptors that did not fit make it fail with -EMSGSIZE, and none is left open.
ssize_t clinux_receive_fds(int socket, void *bytes, size_t capacity, int *fds, int *fd_count, int flags);
/// accept4 is hidden behind _GNU_SOURCE. The connection is close-on-exec.
int clinux_accept(int socket);
/// SO_PEERCRED: struct ucred is hidden behind _GNU_SOURCE.
int clinux_peer_credentials(int socket, int *pid, unsigned *uid, unsigned *gid);

// bpf(2) has no wrapper.
long clinux_bpf(int command, void *attributes, unsigned size);
// prctl is variadic.
int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

// ioctl is variadic, and struct ifreq is a union that Swift does not see. By name, in the caller's network namespace.
int clinux_disable_transmit_checksum(const char *interface);
int clinux_transmit_checksum(const char *interface);

// Gives free pages of the heap back to the kernel (malloc_trim(3)).
void clinux_malloc_trim(void);
