// The last operation: the program itself, searched for as a shell would in the container's PATH.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CLOSE_RANGE_ON_EXEC 4u

static const char *variable(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

static int execute_file(struct container_state *state, const char *file, char *const *arguments,
                        char *const *environment) {
    execve(file, arguments, environment);
    int error = errno;
    // ENOENT also means that the `#!` interpreter or the dynamic loader is missing (execve(2)).
    if (error == ENOENT && access(file, F_OK) == 0) state->detail = CONTAINER_DETAIL_NO_INTERPRETER;
    return -error;
}

static int search(struct container_state *state, char *const *arguments, char *const *environment) {
    const char *name = arguments[0];
    const char *path = variable(environment, "PATH");
    if (path == NULL) path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    int denied = 0;
    for (const char *from = path;;) {
        const char *end = strchrnul(from, ':');
        char file[PATH_MAX];
        int length = snprintf(file, sizeof file, "%.*s/%s", (int)(end - from), from, name);
        // An empty part means the working directory, from where a program is not taken unless it is said so.
        if (end > from && length > 0 && (size_t)length < sizeof file) {
            int result = execute_file(state, file, arguments, environment);
            if (result == -EACCES) denied = result;
            else if ((result != -ENOENT && result != -ENOTDIR) || state->detail != 0) return result;
        }
        if (*end == 0) break;
        from = end + 1;
    }
    if (denied != 0) return denied;
    state->detail = CONTAINER_DETAIL_NOT_IN_PATH;
    return -ENOENT;
}

int container_op_execute(struct container_state *state, struct container_cursor *cursor) {
    uint32_t arguments, variables;
    if (!container_take_u32(cursor, &arguments) || !container_take_u32(cursor, &variables)) return -EINVAL;
    size_t left = (size_t)(cursor->end - cursor->at);
    // Each string takes a byte at least: a count beyond that is no count.
    if (arguments == 0 || arguments > left || variables > left) return -EINVAL;
    // Fresh pages instead of an allocator whose state was copied in mid-flight; +3: two ends and HOME.
    size_t size = ((size_t)arguments + variables + 3) * sizeof(char *);
    char **pointers = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pointers == MAP_FAILED) return -errno;
    char **environment = pointers + arguments + 1;
    const char *text;
    for (uint32_t index = 0; index < arguments; index++) {
        if (!container_take_string(cursor, &text)) return -EINVAL;
        pointers[index] = (char *)text;
    }
    for (uint32_t index = 0; index < variables; index++) {
        if (!container_take_string(cursor, &text)) return -EINVAL;
        environment[index] = (char *)text;
    }
    if (state->home[0] != 0 && variable(environment, "HOME") == NULL) environment[variables] = state->home;

    umask(022);
    // Whatever was open stays with us: the host's descriptors never reach the container.
    if (syscall(SYS_close_range, 3u, UINT_MAX, CLOSE_RANGE_ON_EXEC) != 0) return -errno;
    if (strchr(pointers[0], '/') != NULL) return execute_file(state, pointers[0], pointers, environment);
    return search(state, pointers, environment);
}
