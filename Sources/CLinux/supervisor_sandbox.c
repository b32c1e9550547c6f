// The sandbox: the namespaces that a pod's containers share.
#define _GNU_SOURCE
#include "supervisor_system.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/netlink.h>

#define MOUNT_PRIVATE (1ul << 18)
#define MOUNT_RECURSIVE (1ul << 14)
#define UMOUNT_DETACH 2

static int raise_loopback(void) {
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) return -errno;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING};
    int result = ioctl(control, SIOCSIFFLAGS, &request) == 0 ? 0 : -errno;
    close(control);
    return result;
}

int supervisor_enter_namespaces(int own_network, const char *hostname, int *step) {
    *step = SUPERVISOR_STEP_NAMESPACES;
    if (unshare(CLONE_NEWUTS | CLONE_NEWIPC | (own_network ? CLONE_NEWNET : 0)) != 0) return -errno;
    *step = SUPERVISOR_STEP_HOSTNAME;
    if (sethostname(hostname, strlen(hostname)) != 0) return -errno;
    *step = SUPERVISOR_STEP_LOOPBACK;
    return own_network ? raise_loopback() : 0;
}

static int new_tmpfs(const char *size) {
    int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    if (context < 0) return -errno;
    int result;
    if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "size", size, 0) != 0
        || syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "mode", "1777", 0) != 0
        || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
        result = -errno;
    else {
        unsigned attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
        result = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
        if (result < 0) result = -errno;
    }
    close(context);
    return result;
}

// In the new mount namespace: leaves nothing in it but the file system behind `root`, so that it holds none of the
// host's mounts busy.
static int keep_only(int root) {
    if (syscall(SYS_mount, NULL, "/", NULL, MOUNT_RECURSIVE | MOUNT_PRIVATE, NULL) != 0
        || syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0 || fchdir(root) != 0
        || syscall(SYS_pivot_root, ".", ".") != 0 || syscall(SYS_umount2, ".", UMOUNT_DETACH) != 0)
        return -errno;
    return 0;
}

int supervisor_shared_memory_create(struct supervisor_shared_memory *memory, const char *size) {
    memory->own_namespace = memory->root = -1;
    memory->host_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (memory->host_namespace < 0) return -errno;
    if (unshare(CLONE_NEWNS) != 0) return -errno;
    int result = 0;
    memory->own_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (memory->own_namespace < 0) result = -errno;
    if (result == 0) result = memory->root = new_tmpfs(size);
    if (result >= 0) result = keep_only(memory->root);
    if (setns(memory->host_namespace, CLONE_NEWNS) != 0) return -errno;
    return result;
}

int supervisor_shared_memory_copy(const struct supervisor_shared_memory *memory) {
    // A mount can be copied only from within its namespace; the copy is detached and belongs to none.
    if (setns(memory->own_namespace, CLONE_NEWNS) != 0) return -errno;
    int copy = (int)syscall(
        SYS_open_tree, memory->root, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    int error = errno;
    if (setns(memory->host_namespace, CLONE_NEWNS) != 0) {
        error = errno;
        if (copy >= 0) close(copy);
        copy = -1;
    }
    return copy >= 0 ? copy : -error;
}

int supervisor_sysctl(const char *assignment) {
    const char *value = strchr(assignment, '=');
    if (value == NULL || strstr(assignment, "..") != NULL) return -EINVAL;
    char path[256];
    int length = snprintf(path, sizeof path, "/proc/sys/%.*s", (int)(value - assignment), assignment);
    if (length < 0 || (size_t)length >= sizeof path) return -ENAMETOOLONG;
    for (char *character = path + strlen("/proc/sys/"); *character != 0; character++)
        if (*character == '.') *character = '/';
    value++;
    int file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return -errno;
    size_t size = strlen(value);
    int result = write(file, value, size) == (ssize_t)size ? 0 : -errno;
    close(file);
    return result;
}

int supervisor_netlink(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    return fd >= 0 ? fd : -errno;
}
