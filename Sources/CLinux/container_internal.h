#pragma once
// Shared by the container_*.c files; runs in the child between clone and exec, so: no allocation, no locks, no stdio.
#include "container_program.h"
#include <stdbool.h>
#include <sys/types.h>

struct container_state {
    int report;
    int root;          // O_PATH of the new root while the host is still visible; -1 afterwards
    int shared_memory;
    int join;
    int console;       // slave of the terminal, or -1
    int console_number;
    int empty;         // an empty read-only file system that is mounted somewhere already, or -1
    int trees[CONTAINER_TREE_SLOTS];
    uint32_t operation;
    uint32_t detail;
    char home[4096];   // `HOME=...` of the user, or empty
};

struct container_cursor {
    const uint8_t *at;
    const uint8_t *end;
};

// Each returns false at a field that is not there.
bool container_take_u32(struct container_cursor *cursor, uint32_t *value);
bool container_take_u64(struct container_cursor *cursor, uint64_t *value);
bool container_take_string(struct container_cursor *cursor, const char **value);

// Interprets; returns only when an operation failed, with its negative error number.
int container_interpret(struct container_state *state, const uint8_t *program, size_t size);

// Paths inside a root that belongs to somebody else: never followed out of it.
int container_path_open(int root, const char *path, int flags, uint64_t resolve);
int container_path_make(int root, const char *path, bool directory);

// Operations by file; all return 0 or -errno.
int container_op_open_tree(struct container_state *state, struct container_cursor *cursor);
int container_op_slave(void);
int container_op_overlay(struct container_state *state, struct container_cursor *cursor);
int container_op_filesystem(struct container_state *state, struct container_cursor *cursor);
int container_op_bind(struct container_state *state, struct container_cursor *cursor);
int container_op_attach_tree(struct container_state *state, struct container_cursor *cursor);
int container_op_shared_memory(struct container_state *state, struct container_cursor *cursor);
int container_op_device(struct container_state *state, struct container_cursor *cursor);
int container_op_symlink(struct container_state *state, struct container_cursor *cursor);
int container_op_mask(struct container_state *state, struct container_cursor *cursor);
int container_op_read_only(struct container_state *state, struct container_cursor *cursor);
int container_op_enter_root(struct container_state *state);
int container_op_root_read_only(void);
int container_op_working_directory(struct container_cursor *cursor);
int container_op_terminal(struct container_state *state, struct container_cursor *cursor);
int container_op_console(struct container_state *state);
int container_op_session(struct container_cursor *cursor);
int container_op_limit(struct container_cursor *cursor);
int container_op_oom_score(struct container_cursor *cursor);
int container_op_parent_death(struct container_state *state, struct container_cursor *cursor);
int container_op_user(struct container_state *state, struct container_cursor *cursor);
int container_op_bounding(struct container_cursor *cursor);
int container_op_capabilities(struct container_cursor *cursor);
int container_op_seccomp(struct container_cursor *cursor);
int container_op_execute(struct container_state *state, struct container_cursor *cursor);
