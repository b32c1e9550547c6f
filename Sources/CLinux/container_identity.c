// Who the process is: user and groups, looked up in the container's own files, capabilities, seccomp.
#define _GNU_SOURCE
#include "container_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_GROUPS 1024

// A file of `:`-separated lines that somebody else wrote: read in pieces, lines that do not fit are passed over.
struct lines {
    int file;
    size_t start, end;
    bool skipping;
    char buffer[8192];
};

static int lines_open(struct lines *lines, const char *path) {
    // Not blocking, and a regular file only: a FIFO of that name would stop us for ever.
    lines->file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    lines->start = lines->end = 0;
    lines->skipping = false;
    if (lines->file < 0) return -errno;
    struct stat about;
    if (fstat(lines->file, &about) == 0 && S_ISREG(about.st_mode)) return 0;
    close(lines->file);
    return -EINVAL;
}

static char *lines_next(struct lines *lines) {
    for (;;) {
        char *from = lines->buffer + lines->start;
        char *newline = memchr(from, '\n', lines->end - lines->start);
        if (newline != NULL) {
            *newline = 0;
            lines->start = (size_t)(newline + 1 - lines->buffer);
            bool skip = lines->skipping;
            lines->skipping = false;
            if (!skip) return from;
            continue;
        }
        memmove(lines->buffer, from, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
        if (lines->end == sizeof lines->buffer - 1) {
            lines->skipping = true;
            lines->end = 0;
        }
        ssize_t got = read(lines->file, lines->buffer + lines->end, sizeof lines->buffer - 1 - lines->end);
        if (got <= 0) {
            if (lines->end == 0 || lines->skipping) return NULL;
            lines->buffer[lines->end] = 0; // the last line has no newline
            lines->end = 0;
            return lines->buffer;
        }
        lines->end += (size_t)got;
    }
}

static bool number(const char *text, uint32_t *value) {
    if (*text < '0' || *text > '9') return false;
    errno = 0;
    char *end;
    unsigned long parsed = strtoul(text, &end, 10);
    // The highest number means "leave it" to setresuid(2).
    if (*end != 0 || errno != 0 || parsed >= UINT32_MAX) return false;
    *value = (uint32_t)parsed;
    return true;
}

struct person {
    bool found;
    uint32_t uid, gid;
    char name[256];
    char home[4000];
};

static void find_person(const char *name, bool by_id, uint32_t uid, struct person *person) {
    static struct lines lines;
    person->found = false;
    if (lines_open(&lines, "/etc/passwd") < 0) return; // an image without users: numbers still work
    for (char *line; !person->found && (line = lines_next(&lines)) != NULL;) {
        char *field[7] = {0};
        for (int index = 0; index < 7; index++) field[index] = strsep(&line, ":");
        uint32_t entry_uid, entry_gid;
        if (field[5] == NULL || !number(field[2], &entry_uid) || !number(field[3], &entry_gid)) continue;
        if (by_id ? entry_uid != uid : strcmp(field[0], name) != 0) continue;
        person->found = true;
        person->uid = entry_uid;
        person->gid = entry_gid;
        snprintf(person->name, sizeof person->name, "%s", field[0]);
        snprintf(person->home, sizeof person->home, "%s", field[5]);
    }
    close(lines.file);
}

// True when the user is among the comma-separated members.
static bool is_member(char *members, const char *name) {
    for (char *member; (member = strsep(&members, ",")) != NULL;)
        if (strcmp(member, name) == 0) return true;
    return false;
}

// Looks a group up by name, or (name NULL) collects the groups of a user.
static bool find_group(const char *name, uint32_t *gid, const char *user, gid_t *groups, size_t *count) {
    static struct lines lines;
    bool found = false;
    if (lines_open(&lines, "/etc/group") < 0) return false;
    for (char *line; !found && (line = lines_next(&lines)) != NULL;) {
        char *field[4] = {0};
        for (int index = 0; index < 4; index++) field[index] = strsep(&line, ":");
        uint32_t entry;
        if (field[2] == NULL || !number(field[2], &entry)) continue;
        if (name != NULL) {
            if (strcmp(field[0], name) != 0) continue;
            found = true;
            *gid = entry;
        } else if (field[3] != NULL && *count < MOST_GROUPS && is_member(field[3], user)) {
            groups[(*count)++] = entry;
        }
    }
    close(lines.file);
    return found;
}

static int set_capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int half = 0; half < 2; half++) {
        data[half].permitted = (uint32_t)(permitted >> (32 * half));
        data[half].effective = (uint32_t)(effective >> (32 * half));
        data[half].inheritable = (uint32_t)(inheritable >> (32 * half));
    }
    return syscall(SYS_capset, &header, data) == 0 ? 0 : -errno;
}

static int raise_permitted(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -errno;
    for (int half = 0; half < 2; half++) data[half].effective = data[half].permitted;
    return syscall(SYS_capset, &header, data) == 0 ? 0 : -errno;
}

// Standard streams belong to the user, or it could not open /dev/stdout again. The host's /dev/null stays root's.
static int own_streams(uint32_t uid, uint32_t gid) {
    for (int fd = 0; fd < 3; fd++) {
        struct stat about;
        if (fstat(fd, &about) != 0) return -errno;
        bool terminal = S_ISCHR(about.st_mode) && isatty(fd);
        if (!S_ISFIFO(about.st_mode) && !terminal) continue;
        if (fchown(fd, uid, terminal ? (gid_t)-1 : gid) != 0 && errno != EROFS) return -errno;
    }
    return 0;
}

// `user[:group]` of the image, against its own files.
static int resolve(struct container_state *state, const char *text, uint32_t *uid, uint32_t *gid,
                   struct person *person) {
    char copy[256];
    if (strlen(text) >= sizeof copy) return -ENAMETOOLONG;
    strcpy(copy, text);
    char *group = strchr(copy, ':');
    if (group != NULL) *group++ = 0;
    bool numeric = number(copy, uid);
    find_person(copy, numeric, *uid, person);
    if (!numeric && !person->found) {
        state->detail = CONTAINER_DETAIL_NO_SUCH_USER;
        return -ENOENT;
    }
    if (person->found) *uid = person->uid;
    *gid = person->found ? person->gid : 0;
    if (group != NULL && *group != 0 && !number(group, gid) && !find_group(group, gid, NULL, NULL, NULL)) {
        state->detail = CONTAINER_DETAIL_NO_SUCH_GROUP;
        return -ENOENT;
    }
    return 0;
}

int container_op_user(struct container_state *state, struct container_cursor *cursor) {
    static gid_t groups[MOST_GROUPS];
    static struct person person;
    uint32_t flags, given_uid, given_gid, more;
    const char *text;
    if (!container_take_u32(cursor, &flags) || !container_take_u32(cursor, &given_uid)
        || !container_take_u32(cursor, &given_gid) || !container_take_string(cursor, &text)
        || !container_take_u32(cursor, &more))
        return -EINVAL;
    uint32_t uid = 0, gid = 0;
    if ((flags & 1) != 0) {
        uid = given_uid;
        find_person(NULL, true, uid, &person);
        gid = person.found ? person.gid : 0;
    } else {
        int result = resolve(state, *text == 0 ? "0" : text, &uid, &gid, &person);
        if (result < 0) return result;
    }
    if ((flags & 2) != 0) gid = given_gid;

    size_t count = 0;
    groups[count++] = gid;
    for (uint32_t index = 0; index < more; index++) {
        uint32_t group;
        if (!container_take_u32(cursor, &group)) return -EINVAL;
        if (count < MOST_GROUPS) groups[count++] = group;
    }
    if (person.found) find_group(NULL, NULL, person.name, groups, &count);
    snprintf(state->home, sizeof state->home, "HOME=%s", person.found && person.home[0] != 0 ? person.home : "/");

    int owned = own_streams(uid, gid);
    if (owned < 0) return owned;
    // Capabilities stay permitted through the change of user, because the remaining operations need them; the
    // capability operation drops them. With KEEPCAPS only the effective set is lost.
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setgroups(count, groups) != 0 || setresgid(gid, gid, gid) != 0
        || setresuid(uid, uid, uid) != 0)
        return -errno;
    return raise_permitted();
}

int container_op_bounding(struct container_cursor *cursor) {
    uint64_t keep;
    if (!container_take_u64(cursor, &keep)) return -EINVAL;
    for (unsigned long capability = 0; capability < 64; capability++) {
        if ((keep >> capability & 1) != 0) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
        return errno == EINVAL ? 0 : -errno; // EINVAL: one past the last that this kernel knows
    }
    return 0;
}

int container_op_capabilities(struct container_cursor *cursor) {
    uint64_t permitted, inheritable, ambient;
    if (!container_take_u64(cursor, &permitted) || !container_take_u64(cursor, &inheritable)
        || !container_take_u64(cursor, &ambient))
        return -EINVAL;
    // What the host withholds from us we cannot give.
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -errno;
    uint64_t have = data[0].permitted | (uint64_t)data[1].permitted << 32;
    int result = set_capabilities(permitted & have, permitted & have, inheritable & have);
    if (result < 0) return result;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -errno;
    for (unsigned long capability = 0; capability < 64; capability++)
        if ((ambient & have) >> capability & 1)
            if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return -errno;
    return 0;
}

int container_op_seccomp(struct container_cursor *cursor) {
    uint32_t flags;
    if (!container_take_u32(cursor, &flags)) return -EINVAL;
    size_t size = (size_t)(cursor->end - cursor->at);
    if (size == 0 || size % sizeof(struct sock_filter) != 0 || size / sizeof(struct sock_filter) > BPF_MAXINSNS)
        return -EINVAL;
    // Copied to be aligned.
    static struct sock_filter instructions[BPF_MAXINSNS];
    memcpy(instructions, cursor->at, size);
    struct sock_fprog filter = {
        .len = (unsigned short)(size / sizeof(struct sock_filter)), .filter = instructions};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter) == 0 ? 0 : -errno;
}
