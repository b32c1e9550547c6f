#pragma once
// A container program: the flat list of operations that turns a freshly cloned process into a container's first
// process, or into a process that joins one (exec). The daemon compiles it in Swift, where deciding is tested without
// root; the child of the supervisor interprets it in C, because between clone and exec no Swift may run: the
// runtime's allocator and locks are the parent's, copied in whatever state they were.
//
// Layout, all integers little-endian:
//     u32 magic, u32 version, then operations until the end:
//     u32 opcode, u32 size of the payload, payload
// A payload is a sequence of u32, u64, and NUL-terminated strings, in the order given below. An operation may grow at
// its end in a later version; what follows the known fields is ignored.
#include <stddef.h>
#include <stdint.h>

#define CONTAINER_PROGRAM_MAGIC 0x504c5753u // "SWLP"
#define CONTAINER_PROGRAM_VERSION 1u

enum container_operation {
    // string path, u32 slot: opens a detached, recursive copy of the mounts at a host path and keeps it in a slot.
    // It comes before CONTAINER_OP_SLAVE, so that the copy still propagates to the host (bidirectional mounts).
    CONTAINER_OP_OPEN_TREE = 1,
    // Nothing: every mount of the new namespace becomes a slave, so that nothing done here reaches the host.
    CONTAINER_OP_SLAVE = 2,
    // u32 flags: unshare(2). Used for the cgroup namespace, whose root is the cgroup of the caller at that moment:
    // with clone3 it would be the parent's cgroup (kernel/cgroup/namespace.c, copy_cgroup_ns).
    CONTAINER_OP_UNSHARE = 3,
    // string layers root, string target, string options: the root file system. The layers are relative to the root.
    CONTAINER_OP_OVERLAY = 4,
    // string type, string destination, string options (`key=value,flag`), u32 MOUNT_ATTR_ flags
    CONTAINER_OP_FILESYSTEM = 5,
    // string source (on the host), string destination, u32 MOUNT_ATTR_ flags, u32 propagation (MS_PRIVATE, MS_SLAVE)
    CONTAINER_OP_BIND = 6,
    // u32 slot, string destination, u32 MOUNT_ATTR_ flags
    CONTAINER_OP_ATTACH_TREE = 7,
    // string destination: the pod's shared memory, a mount that the supervisor hands over
    CONTAINER_OP_SHARED_MEMORY = 8,
    // string destination, u32 mode with file type, u32 major, u32 minor, u32 owner, u32 group
    CONTAINER_OP_DEVICE = 9,
    // string target, string destination
    CONTAINER_OP_SYMLINK = 10,
    // string path: a file is covered by /dev/null, a directory by an empty read-only file system; missing is fine
    CONTAINER_OP_MASK = 11,
    // string path: made read-only; missing is fine
    CONTAINER_OP_READ_ONLY = 12,
    // u32 rows, u32 columns: a pseudo terminal of the container's own devpts becomes standard input, output and
    // error; its master goes to the supervisor.
    CONTAINER_OP_TERMINAL = 13,
    // Nothing: binds the terminal over /dev/console (before the root is entered).
    CONTAINER_OP_CONSOLE = 14,
    // Nothing: pivot_root, and the old root let go
    CONTAINER_OP_ENTER_ROOT = 15,
    // Nothing: the root mount becomes read-only
    CONTAINER_OP_ROOT_READ_ONLY = 16,
    // string path: created if it is missing, then the working directory
    CONTAINER_OP_WORKING_DIRECTORY = 17,
    // u32 resource, u64 soft, u64 hard; a soft limit above the hard one in force is cut down to it
    CONTAINER_OP_LIMIT = 18,
    // u32 value (two's complement). A host that refuses a lower value than its own keeps its own.
    CONTAINER_OP_OOM_SCORE = 19,
    // u32 flags (1: uid given, 2: gid given), u32 uid, u32 gid, string `user[:group]` of the image, u32 count, u32...
    // supplementary groups. Names are looked up in the root entered before.
    CONTAINER_OP_USER = 20,
    // u64 mask of the capabilities that stay in the bounding set
    CONTAINER_OP_BOUNDING = 21,
    // u64 permitted and effective, u64 inheritable, u64 ambient
    CONTAINER_OP_CAPABILITIES = 22,
    // Nothing
    CONTAINER_OP_NO_NEW_PRIVILEGES = 23,
    // u32 flags, then struct sock_filter[]
    CONTAINER_OP_SECCOMP = 24,
    // u32 1 when standard input is a terminal that becomes the controlling one
    CONTAINER_OP_SESSION = 25,
    // u32 signal that the kernel sends when the supervisor is gone
    CONTAINER_OP_PARENT_DEATH = 26,
    // u32 CLONE_NEW flags: joins the namespaces of the container's first process
    CONTAINER_OP_JOIN = 27,
    // u32 argument count, u32 environment count, strings: the last operation
    CONTAINER_OP_EXECUTE = 28,
};

// What the child tells its parent, one packet each. The end of the stream without one means: executed.
enum container_report_kind {
    CONTAINER_REPORT_FAILED = 1,
    // carries the terminal's master
    CONTAINER_REPORT_TERMINAL = 2,
};

// Why, where the error number alone would mislead.
enum container_report_detail {
    CONTAINER_DETAIL_NONE = 0,
    CONTAINER_DETAIL_NO_SUCH_USER = 1,
    CONTAINER_DETAIL_NO_SUCH_GROUP = 2,
    // the file is there: what is missing is its interpreter or dynamic loader
    CONTAINER_DETAIL_NO_INTERPRETER = 3,
    // no directory of PATH holds it
    CONTAINER_DETAIL_NOT_IN_PATH = 4,
    // the destination of a mount lies in procfs
    CONTAINER_DETAIL_IN_PROC = 5,
    // the program is not one: a version or operation that this supervisor does not know
    CONTAINER_DETAIL_MALFORMED = 6,
    // the source of a bind mount is missing, not its destination
    CONTAINER_DETAIL_SOURCE = 7,
};

struct container_report {
    uint32_t kind;
    uint32_t operation; // index in the program, the first is 0
    int32_t error;      // errno
    uint32_t detail;
};

#define CONTAINER_TREE_SLOTS 16

struct container_spawn {
    const uint8_t *program;
    size_t size;
    int standard[3]; // descriptors above 2; -1: filled by CONTAINER_OP_TERMINAL
    int cgroup;      // directory; the process is born in it
    int shared_memory; // detached mount, or -1
    int join;        // pidfd of the container's first process, or -1: a new PID and mount namespace
    int own_pid_namespace; // where the supervisor's children belong otherwise; used with `join`
};

struct container_spawned {
    int32_t pid;
    int pidfd;
    int report; // non-blocking
};

// Starts a process and lets it interpret the program. Returns 0 or -errno. It is C because it clones.
int container_spawn(const struct container_spawn *spawn, struct container_spawned *out);

// Reads one report. Returns 1 with a report (*terminal is a descriptor or -1), 0 at the end, -EAGAIN, or -errno.
int container_report_receive(int fd, struct container_report *report, int *terminal);

// The halves of a device number: major(3) and minor(3) are macros.
uint32_t container_device_major(uint64_t device);
uint32_t container_device_minor(uint64_t device);

// Sets the size of a terminal by its master. It is C because ioctl is variadic. Returns 0 or -errno.
int container_terminal_resize(int master, uint32_t rows, uint32_t columns);
