// Terminals: a pseudo terminal of the container's own devpts, so that ttyname(3) works inside.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#define DEVPTS_MAGIC 0x1cd1

static int send_master(int report, int master, uint32_t operation) {
    struct container_report body = {.kind = CONTAINER_REPORT_TERMINAL, .operation = operation};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec piece = {.iov_base = &body, .iov_len = sizeof body};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &master, sizeof(int));
    return sendmsg(report, &message, MSG_NOSIGNAL) == sizeof body ? 0 : -errno;
}

// The multiplexer is looked for inside the container, whose root user may have put anything there: what is opened
// must be the multiplexer (character device 5:2) of a devpts.
static int open_multiplexer(const struct container_state *state) {
    int root = state->root >= 0 ? state->root : AT_FDCWD;
    int place = container_path_open(root, "/dev/pts/ptmx", O_PATH, 0);
    if (place < 0) return place;
    struct stat about;
    struct statfs where;
    char name[32];
    int result = -ENOTTY;
    if (fstat(place, &about) == 0 && fstatfs(place, &where) == 0 && S_ISCHR(about.st_mode)
        && about.st_rdev == makedev(5, 2) && where.f_type == DEVPTS_MAGIC) {
        snprintf(name, sizeof name, "/proc/self/fd/%d", place);
        result = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (result < 0) result = -errno;
    }
    close(place);
    return result;
}

int container_op_terminal(struct container_state *state, struct container_cursor *cursor) {
    uint32_t rows, columns;
    if (!container_take_u32(cursor, &rows) || !container_take_u32(cursor, &columns)) return -EINVAL;
    int master = open_multiplexer(state);
    if (master < 0) return master;
    int unlock = 0;
    // TIOCGPTPEER opens the other end without a path (ioctl_tty(2)).
    int slave = ioctl(master, TIOCSPTLCK, &unlock) == 0 && ioctl(master, TIOCGPTN, &state->console_number) == 0
        ? ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY)
        : -1;
    if (slave < 0) return -errno;
    if (rows != 0 && columns != 0) {
        int sized = container_terminal_resize(master, rows, columns);
        if (sized < 0) return sized;
    }
    int sent = send_master(state->report, master, state->operation);
    if (sent < 0) return sent;
    close(master);
    for (int number = 0; number < 3; number++)
        if (dup2(slave, number) < 0) return -errno;
    state->console = slave;
    return 0;
}

int container_op_console(struct container_state *state) {
    if (state->console < 0) return -EINVAL;
    char name[32];
    snprintf(name, sizeof name, "/dev/pts/%d", state->console_number);
    int source = container_path_open(state->root, name, O_PATH, 0);
    if (source < 0) return source;
    int destination = container_path_make(state->root, "/dev/console", false);
    int mount = destination < 0
        ? destination
        : (int)syscall(SYS_open_tree, source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    int result = mount < 0 ? (destination < 0 ? destination : -errno) : 0;
    if (result == 0
        && syscall(SYS_move_mount, mount, "", destination, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        result = -errno;
    close(source);
    if (mount >= 0) close(mount);
    if (destination >= 0) close(destination);
    return result;
}

int container_op_session(struct container_cursor *cursor) {
    uint32_t controlling;
    if (!container_take_u32(cursor, &controlling)) return -EINVAL;
    if (setsid() < 0) return -errno;
    if (controlling != 0 && ioctl(0, TIOCSCTTY, 0) != 0) return -errno;
    return 0;
}
