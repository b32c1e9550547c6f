// The interpreter: reads operation after operation and calls what carries it out.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

bool container_take_u32(struct container_cursor *cursor, uint32_t *value) {
    if ((size_t)(cursor->end - cursor->at) < sizeof *value) return false;
    memcpy(value, cursor->at, sizeof *value);
    cursor->at += sizeof *value;
    return true;
}

bool container_take_u64(struct container_cursor *cursor, uint64_t *value) {
    if ((size_t)(cursor->end - cursor->at) < sizeof *value) return false;
    memcpy(value, cursor->at, sizeof *value);
    cursor->at += sizeof *value;
    return true;
}

bool container_take_string(struct container_cursor *cursor, const char **value) {
    const void *terminator = memchr(cursor->at, 0, (size_t)(cursor->end - cursor->at));
    if (terminator == NULL) return false;
    *value = (const char *)cursor->at;
    cursor->at = (const uint8_t *)terminator + 1;
    return true;
}

static int unshare_operation(struct container_cursor *cursor) {
    uint32_t flags;
    if (!container_take_u32(cursor, &flags)) return -EINVAL;
    return unshare((int)flags) == 0 ? 0 : -errno;
}

static int join_operation(struct container_state *state, struct container_cursor *cursor) {
    uint32_t flags;
    if (!container_take_u32(cursor, &flags)) return -EINVAL;
    // One call for all namespaces of the process: it fails as a whole when that process is gone (setns(2), 5.8).
    return setns(state->join, (int)flags) == 0 ? 0 : -errno;
}

static int no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

static int carry_out(struct container_state *state, uint32_t opcode, struct container_cursor *cursor) {
    switch (opcode) {
    case CONTAINER_OP_OPEN_TREE: return container_op_open_tree(state, cursor);
    case CONTAINER_OP_SLAVE: return container_op_slave();
    case CONTAINER_OP_UNSHARE: return unshare_operation(cursor);
    case CONTAINER_OP_OVERLAY: return container_op_overlay(state, cursor);
    case CONTAINER_OP_FILESYSTEM: return container_op_filesystem(state, cursor);
    case CONTAINER_OP_BIND: return container_op_bind(state, cursor);
    case CONTAINER_OP_ATTACH_TREE: return container_op_attach_tree(state, cursor);
    case CONTAINER_OP_SHARED_MEMORY: return container_op_shared_memory(state, cursor);
    case CONTAINER_OP_DEVICE: return container_op_device(state, cursor);
    case CONTAINER_OP_SYMLINK: return container_op_symlink(state, cursor);
    case CONTAINER_OP_MASK: return container_op_mask(state, cursor);
    case CONTAINER_OP_READ_ONLY: return container_op_read_only(state, cursor);
    case CONTAINER_OP_TERMINAL: return container_op_terminal(state, cursor);
    case CONTAINER_OP_CONSOLE: return container_op_console(state);
    case CONTAINER_OP_ENTER_ROOT: return container_op_enter_root(state);
    case CONTAINER_OP_ROOT_READ_ONLY: return container_op_root_read_only();
    case CONTAINER_OP_WORKING_DIRECTORY: return container_op_working_directory(cursor);
    case CONTAINER_OP_LIMIT: return container_op_limit(cursor);
    case CONTAINER_OP_OOM_SCORE: return container_op_oom_score(cursor);
    case CONTAINER_OP_USER: return container_op_user(state, cursor);
    case CONTAINER_OP_BOUNDING: return container_op_bounding(cursor);
    case CONTAINER_OP_CAPABILITIES: return container_op_capabilities(cursor);
    case CONTAINER_OP_NO_NEW_PRIVILEGES: return no_new_privileges();
    case CONTAINER_OP_SECCOMP: return container_op_seccomp(cursor);
    case CONTAINER_OP_SESSION: return container_op_session(cursor);
    case CONTAINER_OP_PARENT_DEATH: return container_op_parent_death(state, cursor);
    case CONTAINER_OP_JOIN: return join_operation(state, cursor);
    case CONTAINER_OP_EXECUTE: return container_op_execute(state, cursor);
    default: state->detail = CONTAINER_DETAIL_MALFORMED; return -ENOSYS;
    }
}

int container_interpret(struct container_state *state, const uint8_t *program, size_t size) {
    struct container_cursor cursor = {program, program + size};
    uint32_t magic, version;
    state->operation = 0;
    if (!container_take_u32(&cursor, &magic) || !container_take_u32(&cursor, &version)
        || magic != CONTAINER_PROGRAM_MAGIC || version != CONTAINER_PROGRAM_VERSION) {
        state->detail = CONTAINER_DETAIL_MALFORMED;
        return -EINVAL;
    }
    while (cursor.at < cursor.end) {
        uint32_t opcode, length;
        if (!container_take_u32(&cursor, &opcode) || !container_take_u32(&cursor, &length)
            || length > (size_t)(cursor.end - cursor.at)) {
            state->detail = CONTAINER_DETAIL_MALFORMED;
            return -EINVAL;
        }
        struct container_cursor payload = {cursor.at, cursor.at + length};
        int result = carry_out(state, opcode, &payload);
        if (result < 0) return result;
        cursor.at += length;
        state->operation++;
    }
    // Only an executed program ends well.
    state->detail = CONTAINER_DETAIL_MALFORMED;
    return -EINVAL;
}
