#define _GNU_SOURCE
#include "clinux_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <locale.h>
#include <pthread.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

const uint64_t clinux_o_path = O_PATH;
const uint64_t clinux_resolve_beneath_no_symlinks =
    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;

int clinux_syncfs(int fd) { return syncfs(fd); }

int clinux_fsetxattr(int fd, const char *name, const void *value, size_t size) {
    return fsetxattr(fd, name, value, size, 0);
}

int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t size) {
    return lsetxattr(path, name, value, size, 0);
}

ssize_t clinux_lgetxattr(const char *path, const char *name, void *value, size_t size) {
    return lgetxattr(path, name, value, size);
}

dev_t clinux_makedev(uint32_t major, uint32_t minor) { return makedev(major, minor); }

static locale_t utf8_locale;
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;
static void make_utf8_locale(void) { utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

void *clinux_use_utf8_locale(void) {
    pthread_once(&utf8_once, make_utf8_locale);
    return utf8_locale ? (void *)uselocale(utf8_locale) : NULL;
}

void clinux_restore_locale(void *former) {
    if (former) uselocale((locale_t)former);
}
