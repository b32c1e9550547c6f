// File system calls that Glibc's Swift module does not show (variadic `syscall`, or behind _GNU_SOURCE).
// Each returns as the system call does: -1 and errno on failure.
#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The flags of openat2(2) that Swift needs by name; macros behind _GNU_SOURCE or in kernel headers do not import.
extern const uint64_t clinux_o_path;
extern const uint64_t clinux_resolve_beneath_no_symlinks;

// syncfs(2), fsetxattr(2), lsetxattr(2), lgetxattr(2): C because the module map hides their headers.
int clinux_syncfs(int fd);
int clinux_fsetxattr(int fd, const char *name, const void *value, size_t size);
int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t size);
ssize_t clinux_lgetxattr(const char *path, const char *name, void *value, size_t size);

// makedev(3) is a macro.
dev_t clinux_makedev(uint32_t major, uint32_t minor);

// uselocale(3) with a C.UTF-8 locale made once: the calling thread's character set becomes UTF-8 and the former locale
// is returned for clinux_restore_locale. NULL when the C library has no such locale. C because locale_t does not import.
void *clinux_use_utf8_locale(void);
void clinux_restore_locale(void *former);

#endif
