// What the pod supervisor asks of the kernel beyond syscalls.h. It is C because Embedded Swift cannot import Glibc; every
// function returns what the kernel returns, or -errno.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The namespaces that a pod's containers share: UTS and IPC, and a network namespace with its loopback interface up.
/// `step` says what failed (enum supervisor_step).
int supervisor_enter_namespaces(int own_network, const char *hostname, int *step);

enum supervisor_step {
    SUPERVISOR_STEP_NAMESPACES = 1,
    SUPERVISOR_STEP_HOSTNAME = 2,
    SUPERVISOR_STEP_LOOPBACK = 3,
    SUPERVISOR_STEP_SHARED_MEMORY = 4,
    SUPERVISOR_STEP_SYSCTL = 5,
    SUPERVISOR_STEP_SIGNALS = 6,
};

/// The pod's /dev/shm, which lives in a mount namespace of its own: nothing of it shows on the host, and it ends with
/// the supervisor. (A detached mount cannot be copied before Linux 6.15: open_tree wants a mounted one.)
struct supervisor_shared_memory {
    int host_namespace;
    int own_namespace;
    int root;
};
int supervisor_shared_memory_create(struct supervisor_shared_memory *memory, const char *size);
/// A detached copy of the mount, to be moved into a container.
int supervisor_shared_memory_copy(const struct supervisor_shared_memory *memory);

/// `name=value`; dots in the name separate directories below /proc/sys.
int supervisor_sysctl(const char *assignment);
/// A NETLINK_ROUTE socket in the network namespace of the caller.
int supervisor_netlink(void);
/// Blocks SIGCHLD, SIGTERM and SIGINT and gives a descriptor that delivers them.
int supervisor_signals(void);
/// The next signal's number, 0 when there is none.
int supervisor_next_signal(int fd);
/// Reaps any child that has ended: its process id, 0 when there is none, and its status as wait(2) gives it.
int supervisor_reap(int *status);
/// Nanoseconds since the epoch.
int64_t supervisor_realtime(void);
int supervisor_set_nonblocking(int fd);
int supervisor_rename(int directory, const char *from, const char *to);
int supervisor_truncate(int fd, int64_t size);
int64_t supervisor_file_size(int fd);
int supervisor_process_id(void);
/// By number: only for own children that are not reaped yet, or cgroup members about to be checked again.
int supervisor_kill(int pid, int signal);
/// Keeps the supervisor from the out-of-memory killer where the host allows it.
void supervisor_shield(void);
/// exit(3) without its handlers: nothing is buffered here.
_Noreturn void supervisor_exit(int status);
/// Tells the service manager (sd_notify(3)) over NOTIFY_SOCKET; 0 also where there is none.
int supervisor_notify(const char *text);
/// The environment's value, or NULL.
const char *supervisor_environment(const char *name);
/// Names in a directory, one a call: its length, 0 at the end. `buffer` takes the name with its terminator.
struct supervisor_directory {
    int fd;
    int at, end;
    char entries[4096] __attribute__((aligned(8)));
};
int supervisor_directory_open(struct supervisor_directory *directory, const char *path);
int supervisor_directory_next(struct supervisor_directory *directory, char *buffer, size_t capacity);
void supervisor_directory_close(struct supervisor_directory *directory);
