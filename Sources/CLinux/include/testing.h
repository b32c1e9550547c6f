// For tests alone.
#pragma once
#include <stddef.h>

/// Loads a seccomp filter into the calling thread, with no_new_privs. C: prctl and syscall are variadic.
int clinux_test_load_seccomp(const unsigned char *program, size_t size);
/// A system call by its number: its result or -errno. C: syscall is variadic.
long clinux_test_syscall(long number, long a, long b, long c);
