// Starting a program from a large multithreaded process.
#pragma once
#include <stdint.h>

#define CLINUX_SPAWN_MAXIMUM_DESCRIPTORS 64

/// What to start. `descriptors[i]` becomes descriptor i of the new program; every other one is closed.
struct clinux_spawn {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// NULL: the parent's.
    const char *directory;
    const int *descriptors;
    int descriptor_count;
    /// A cgroup v2 directory to be born in; -1: the parent's cgroup.
    int cgroup;
    /// Lead a session of its own.
    int new_session;
};

/// What failed, when it did.
enum clinux_spawn_step {
    CLINUX_SPAWN_CLONE = 1,
    CLINUX_SPAWN_SESSION,
    CLINUX_SPAWN_DIRECTORY,
    CLINUX_SPAWN_DESCRIPTORS,
    CLINUX_SPAWN_EXEC,
};

/// Starts the program: its pid, with a pidfd in `pidfd`; or -errno with the step in `step`, and nothing left behind.
///
/// C because no Swift code may run between clone and exec: the child shares this process's memory while other threads are
/// suspended in the middle of anything (a malloc, a metadata lock).
int clinux_spawn(const struct clinux_spawn *what, int *pidfd, int *step);
