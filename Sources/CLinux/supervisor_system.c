// Signals, children, the clock and files of the supervisor.
#define _GNU_SOURCE
#include "supervisor_system.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int supervisor_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -errno;
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd >= 0 ? fd : -errno;
}

int supervisor_next_signal(int fd) {
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);
    return got == sizeof info ? (int)info.ssi_signo : 0;
}

int supervisor_reap(int *status) {
    int pid;
    do pid = waitpid(-1, status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    return pid > 0 ? pid : 0;
}

int64_t supervisor_realtime(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int supervisor_set_nonblocking(int fd) { return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno; }

int supervisor_rename(int directory, const char *from, const char *to) {
    return renameat(directory, from, directory, to) == 0 ? 0 : -errno;
}

int supervisor_truncate(int fd, int64_t size) { return ftruncate(fd, size) == 0 ? 0 : -errno; }

int64_t supervisor_file_size(int fd) {
    struct stat about;
    return fstat(fd, &about) == 0 ? about.st_size : -errno;
}

int supervisor_process_id(void) { return getpid(); }

int supervisor_kill(int pid, int signal) { return kill(pid, signal) == 0 ? 0 : -errno; }

void supervisor_shield(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    // Refused without CAP_SYS_RESOURCE: the supervisor then is as likely a victim as anybody of its size.
    (void)!write(file, "-998", 4);
    close(file);
}

void supervisor_exit(int status) { _exit(status); }

const char *supervisor_environment(const char *name) { return getenv(name); }

int supervisor_notify(const char *text) {
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL || path[0] == 0) return 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0; // the abstract namespace
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    int result = sent >= 0 ? 0 : -errno;
    close(fd);
    return result;
}

// The system call rather than readdir(3): no allocation, and the layout is the kernel's own.
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

int supervisor_directory_open(struct supervisor_directory *directory, const char *path) {
    directory->at = directory->end = 0;
    directory->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory->fd >= 0 ? 0 : -errno;
}

int supervisor_directory_next(struct supervisor_directory *directory, char *buffer, size_t capacity) {
    for (;;) {
        if (directory->at >= directory->end) {
            long got = syscall(SYS_getdents64, directory->fd, directory->entries, sizeof directory->entries);
            if (got <= 0) return got == 0 ? 0 : -errno;
            directory->at = 0;
            directory->end = (int)got;
        }
        const struct directory_entry *entry = (const void *)(directory->entries + directory->at);
        directory->at += entry->length;
        size_t length = strlen(entry->name);
        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0 || length >= capacity) continue;
        memcpy(buffer, entry->name, length + 1);
        return (int)length;
    }
}

void supervisor_directory_close(struct supervisor_directory *directory) { close(directory->fd); }
