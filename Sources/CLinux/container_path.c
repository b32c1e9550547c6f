// Paths below the root of a container, whose symbolic links belong to whoever made the image or shares a volume.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Opens a path as if `root` were the root directory: links and `..` end there (openat2(2), RESOLVE_IN_ROOT).
int container_path_open(int root, const char *path, int flags, uint64_t resolve) {
    struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | resolve};
    for (int attempt = 0;; attempt++) {
        int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0) return fd;
        // A rename or mount elsewhere in between: the kernel could not tell whether `..` escaped.
        if (errno != EAGAIN || attempt == 100) return -errno;
    }
}

// Opens a path, having made what was missing of it: directories, or as its last part an empty file.
int container_path_make(int root, const char *path, bool directory) {
    int found = container_path_open(root, path, O_PATH, 0);
    if (found != -ENOENT) return found;

    char prefix[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof prefix) return -ENAMETOOLONG;
    memcpy(prefix, path, length + 1);

    int parent = container_path_open(root, "/", O_PATH | O_DIRECTORY, 0);
    if (parent < 0) return parent;
    for (char *part = prefix; *part != 0;) {
        while (*part == '/') part++;
        if (*part == 0) break;
        char *end = strchrnul(part, '/');
        char separator = *end;
        bool last = end[strspn(end, "/")] == 0;
        *end = 0;
        int next = container_path_open(root, prefix, O_PATH, 0);
        if (next == -ENOENT) {
            // Made in the directory that was just resolved, whatever happens to the path meanwhile.
            int made = last && !directory ? mknodat(parent, part, S_IFREG | 0644, 0) : mkdirat(parent, part, 0755);
            if (made == 0 || errno == EEXIST) next = container_path_open(root, prefix, O_PATH, 0);
            else next = -errno;
        }
        close(parent);
        if (next < 0) return next;
        parent = next;
        *end = separator;
        part = end;
    }
    return parent;
}
