#define _GNU_SOURCE
#include "testing.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_test_load_seccomp(const unsigned char *program, size_t size) {
    struct sock_fprog filter = {
        .len = (unsigned short)(size / sizeof(struct sock_filter)), .filter = (struct sock_filter *)program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0) return -errno;
    return 0;
}

long clinux_test_syscall(long number, long a, long b, long c) {
    long result = syscall(number, a, b, c);
    return result < 0 ? -errno : result;
}
