// The root file system and what is mounted in it. Destinations are descriptors resolved inside the new root; mounts
// are made detached and then moved there, so that no path of the container is ever handed to mount(2).
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

// glibc has these calls since 2.36; going through syscall(2) keeps <sys/mount.h>, which collides with the kernel's
// header there, out.
#define MS_BIND_PRIVATE (1ul << 18)
#define MS_BIND_SLAVE (1ul << 19)
#define MS_RECURSIVE (1ul << 14)
#define UMOUNT_DETACH 2
#define PROC_MAGIC 0x9fa0

static int open_tree(int directory, const char *path, unsigned flags) {
    int fd = (int)syscall(SYS_open_tree, directory, path, flags | OPEN_TREE_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

static int move_mount(int mount, int destination) {
    long result = syscall(
        SYS_move_mount, mount, "", destination, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    return result == 0 ? 0 : -errno;
}

static int set_attributes(int mount, unsigned flags, uint64_t set, uint64_t propagation) {
    struct mount_attr attributes = {.attr_set = set, .propagation = propagation};
    if (set == 0 && propagation == 0) return 0;
    long result = syscall(SYS_mount_setattr, mount, "", flags | AT_EMPTY_PATH, &attributes, sizeof attributes);
    return result == 0 ? 0 : -errno;
}

// Moves a detached mount to a destination and lets go of both.
static int attach(int mount, int destination) {
    int result = move_mount(mount, destination);
    close(mount);
    close(destination);
    return result;
}

int container_op_open_tree(struct container_state *state, struct container_cursor *cursor) {
    const char *path;
    uint32_t slot;
    if (!container_take_string(cursor, &path) || !container_take_u32(cursor, &slot) || slot >= CONTAINER_TREE_SLOTS)
        return -EINVAL;
    int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE);
    if (tree < 0) return tree;
    state->trees[slot] = tree;
    return 0;
}

int container_op_slave(void) {
    return syscall(SYS_mount, NULL, "/", NULL, MS_RECURSIVE | MS_BIND_SLAVE, NULL) == 0 ? 0 : -errno;
}

int container_op_overlay(struct container_state *state, struct container_cursor *cursor) {
    const char *layers, *target, *options;
    if (!container_take_string(cursor, &layers) || !container_take_string(cursor, &target)
        || !container_take_string(cursor, &options))
        return -EINVAL;
    // Options end at one page, and appending layers one by one (lowerdir+) came with 6.7: short names relative to the
    // working directory let many layers fit.
    if (chdir(layers) != 0) return -errno;
    if (syscall(SYS_mount, "overlay", target, "overlay", 0, options) != 0) return -errno;
    state->root = open(target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return state->root >= 0 ? 0 : -errno;
}

// Hands `key=value,flag` to a file system context; `text` is copied because the program is not ours to cut up.
static int configure(int context, const char *text) {
    char copy[1024];
    size_t length = strlen(text);
    if (length >= sizeof copy) return -E2BIG;
    memcpy(copy, text, length + 1);
    for (char *option = copy; option != NULL && *option != 0;) {
        char *next = strchr(option, ',');
        if (next != NULL) *next++ = 0;
        char *value = strchr(option, '=');
        if (value != NULL) *value++ = 0;
        unsigned command = value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
        if (syscall(SYS_fsconfig, context, command, option, value, 0) != 0) return -errno;
        option = next;
    }
    return syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0 ? 0 : -errno;
}

static int new_filesystem(const char *type, const char *options, unsigned attributes) {
    int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0) return -errno;
    int result = configure(context, options);
    if (result == 0) {
        result = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
        if (result < 0) result = -errno;
    }
    close(context);
    return result;
}

int container_op_filesystem(struct container_state *state, struct container_cursor *cursor) {
    const char *type, *path, *options;
    uint32_t attributes;
    if (!container_take_string(cursor, &type) || !container_take_string(cursor, &path)
        || !container_take_string(cursor, &options) || !container_take_u32(cursor, &attributes))
        return -EINVAL;
    // An image in which /proc, /sys or /dev is a link could have them mounted where masking does not look.
    int destination = container_path_open(state->root, path, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
    if (destination == -ENOENT) destination = container_path_make(state->root, path, true);
    if (destination < 0) return destination;
    int mount = new_filesystem(type, options, attributes);
    if (mount < 0) {
        close(destination);
        return mount;
    }
    return attach(mount, destination);
}

// The destination of a mount that the user asked for: made if missing, and not in procfs, where it could stand in for
// what the kernel reports about the process itself.
static int user_destination(struct container_state *state, int mount, const char *path) {
    struct stat about;
    if (fstat(mount, &about) != 0) return -errno;
    int destination = container_path_make(state->root, path, S_ISDIR(about.st_mode));
    if (destination < 0) return destination;
    struct statfs where;
    int result = fstatfs(destination, &where) == 0 ? 0 : -errno;
    if (result == 0 && where.f_type == PROC_MAGIC) {
        state->detail = CONTAINER_DETAIL_IN_PROC;
        result = -EPERM;
    }
    if (result == 0) return destination;
    close(destination);
    return result;
}

static int attach_for_user(struct container_state *state, int mount, const char *path) {
    int destination = user_destination(state, mount, path);
    if (destination < 0) {
        close(mount);
        return destination;
    }
    return attach(mount, destination);
}

int container_op_bind(struct container_state *state, struct container_cursor *cursor) {
    const char *source, *path;
    uint32_t attributes, propagation;
    if (!container_take_string(cursor, &source) || !container_take_string(cursor, &path)
        || !container_take_u32(cursor, &attributes) || !container_take_u32(cursor, &propagation))
        return -EINVAL;
    int mount = open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | AT_RECURSIVE);
    if (mount < 0) {
        state->detail = CONTAINER_DETAIL_SOURCE;
        return mount;
    }
    int result = set_attributes(mount, AT_RECURSIVE, attributes, propagation);
    if (result < 0) {
        close(mount);
        return result;
    }
    return attach_for_user(state, mount, path);
}

int container_op_attach_tree(struct container_state *state, struct container_cursor *cursor) {
    const char *path;
    uint32_t slot, attributes;
    if (!container_take_u32(cursor, &slot) || slot >= CONTAINER_TREE_SLOTS || !container_take_string(cursor, &path)
        || !container_take_u32(cursor, &attributes) || state->trees[slot] < 0)
        return -EINVAL;
    int mount = state->trees[slot];
    state->trees[slot] = -1;
    int result = set_attributes(mount, AT_RECURSIVE, attributes, 0);
    if (result < 0) return result;
    return attach_for_user(state, mount, path);
}

int container_op_shared_memory(struct container_state *state, struct container_cursor *cursor) {
    const char *path;
    if (!container_take_string(cursor, &path) || state->shared_memory < 0) return -EINVAL;
    int destination = container_path_make(state->root, path, true);
    if (destination < 0) return destination;
    int result = attach(state->shared_memory, destination);
    state->shared_memory = -1;
    return result;
}

// The directory of a path inside the root; `name` becomes its last part.
static int parent_of(struct container_state *state, const char *path, const char **name) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash[1] == 0) return -EINVAL;
    char directory[256];
    size_t length = (size_t)(slash - path);
    if (length >= sizeof directory) return -ENAMETOOLONG;
    memcpy(directory, path, length);
    directory[length] = 0;
    *name = slash + 1;
    return container_path_make(state->root, length == 0 ? "/" : directory, true);
}

int container_op_device(struct container_state *state, struct container_cursor *cursor) {
    const char *path, *name;
    uint32_t mode, major, minor, owner, group;
    if (!container_take_string(cursor, &path) || !container_take_u32(cursor, &mode)
        || !container_take_u32(cursor, &major) || !container_take_u32(cursor, &minor)
        || !container_take_u32(cursor, &owner) || !container_take_u32(cursor, &group))
        return -EINVAL;
    int directory = parent_of(state, path, &name);
    if (directory < 0) return directory;
    int result = mknodat(directory, name, mode, makedev(major, minor)) == 0 ? 0 : -errno;
    if (result == 0 && (owner != 0 || group != 0)
        && fchownat(directory, name, owner, group, AT_SYMLINK_NOFOLLOW) != 0)
        result = -errno;
    close(directory);
    return result;
}

int container_op_symlink(struct container_state *state, struct container_cursor *cursor) {
    const char *target, *path, *name;
    if (!container_take_string(cursor, &target) || !container_take_string(cursor, &path)) return -EINVAL;
    int directory = parent_of(state, path, &name);
    if (directory < 0) return directory;
    int result = symlinkat(target, directory, name) == 0 ? 0 : -errno;
    close(directory);
    return result;
}

// Covers a directory with nothing: one empty file system a container, mounted once and copied for each further path.
static int mask_directory(struct container_state *state, int directory) {
    int mount = state->empty < 0
        ? new_filesystem("tmpfs", "size=0,mode=555", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
        : open_tree(state->empty, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    if (mount < 0) return mount;
    int result = move_mount(mount, directory);
    if (state->empty < 0 && result == 0) state->empty = mount;
    else close(mount);
    return result;
}

static int mask_file(struct container_state *state, int file) {
    int null = container_path_open(state->root, "/dev/null", O_PATH, RESOLVE_NO_SYMLINKS);
    if (null < 0) return null;
    struct stat about;
    int mount = fstat(null, &about) == 0 && S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3)
        ? open_tree(null, "", OPEN_TREE_CLONE | AT_EMPTY_PATH)
        : -ENODEV;
    close(null);
    if (mount < 0) return mount;
    int result = move_mount(mount, file);
    close(mount);
    return result;
}

int container_op_mask(struct container_state *state, struct container_cursor *cursor) {
    const char *path;
    if (!container_take_string(cursor, &path)) return -EINVAL;
    int covered = container_path_open(state->root, path, O_PATH, RESOLVE_NO_SYMLINKS);
    if (covered == -ENOENT) return 0; // this kernel has no such file
    if (covered < 0) return covered;
    struct stat about;
    int result;
    if (fstat(covered, &about) != 0) result = -errno;
    else result = S_ISDIR(about.st_mode) ? mask_directory(state, covered) : mask_file(state, covered);
    close(covered);
    return result;
}

int container_op_read_only(struct container_state *state, struct container_cursor *cursor) {
    const char *path;
    if (!container_take_string(cursor, &path)) return -EINVAL;
    int covered = container_path_open(state->root, path, O_PATH, RESOLVE_NO_SYMLINKS);
    if (covered == -ENOENT) return 0;
    if (covered < 0) return covered;
    int mount = open_tree(covered, "", OPEN_TREE_CLONE | AT_EMPTY_PATH | AT_RECURSIVE);
    int result = mount < 0 ? mount : set_attributes(mount, AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0);
    if (result == 0) result = move_mount(mount, covered);
    if (mount >= 0) close(mount);
    close(covered);
    return result;
}

int container_op_enter_root(struct container_state *state) {
    // Both arguments the same: the old root comes to lie over the new one and is then taken off, which needs no
    // directory for it in the image (pivot_root(2), NOTES).
    if (fchdir(state->root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0
        || syscall(SYS_umount2, ".", UMOUNT_DETACH) != 0 || chdir("/") != 0)
        return -errno;
    close(state->root);
    state->root = -1;
    return 0;
}

int container_op_root_read_only(void) {
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    long result = syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof attributes);
    return result == 0 ? 0 : -errno;
}

int container_op_working_directory(struct container_cursor *cursor) {
    const char *path;
    if (!container_take_string(cursor, &path)) return -EINVAL;
    if (chdir(path) == 0) return 0;
    if (errno != ENOENT) return -errno;
    int directory = container_path_make(AT_FDCWD, path, true);
    if (directory < 0) return directory;
    int result = fchdir(directory) == 0 ? 0 : -errno;
    close(directory);
    return result;
}
