// Resource limits, the score of the out-of-memory killer, and the tie to the supervisor's life.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

int container_op_limit(struct container_cursor *cursor) {
    uint32_t resource;
    uint64_t soft, hard;
    if (!container_take_u32(cursor, &resource) || !container_take_u64(cursor, &soft)
        || !container_take_u64(cursor, &hard))
        return -EINVAL;
    struct rlimit now, wanted = {.rlim_cur = soft, .rlim_max = hard};
    if (getrlimit(resource, &now) != 0) return -errno;
    if (setrlimit(resource, &wanted) == 0) return 0;
    if (errno != EPERM) return -errno;
    // Raising the hard limit needs CAP_SYS_RESOURCE, which some hosts withhold even from root.
    wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > now.rlim_max) wanted.rlim_cur = now.rlim_max;
    return setrlimit(resource, &wanted) == 0 ? 0 : -errno;
}

int container_op_oom_score(struct container_cursor *cursor) {
    uint32_t raw;
    if (!container_take_u32(cursor, &raw)) return -EINVAL;
    char text[16];
    int length = snprintf(text, sizeof text, "%d", (int32_t)raw);
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    int result = write(file, text, (size_t)length) == length ? 0 : -errno;
    close(file);
    // EACCES: lower than this host allows without CAP_SYS_RESOURCE.
    return result == -EACCES ? 0 : result;
}

int container_op_parent_death(struct container_state *state, struct container_cursor *cursor) {
    uint32_t signal;
    if (!container_take_u32(cursor, &signal)) return -EINVAL;
    if (prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0) return -errno;
    // The supervisor may have died before; its process id says nothing from inside another PID namespace, but its
    // end of the socket does.
    struct pollfd ended = {.fd = state->report, .events = 0};
    if (poll(&ended, 1, 0) > 0 && (ended.revents & POLLHUP) != 0) _exit(127);
    return 0;
}
