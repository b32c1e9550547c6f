// One HTTP/1.1 answer (RFC 9112), as far as servers of files and of a few words use it: a status line, Content-Length or the
// connection's end. A chunked answer is called malformed rather than guessed at.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "load.h"

void answer_begin(struct answer *answer) {
    answer->head_size = 0;
    answer->head_done = false;
    answer->status = 0;
    answer->body_size = -1;
    answer->body_seen = 0;
    answer->closes = false;
}

static bool read_head(struct answer *answer) {
    answer->head[answer->head_size] = 0;
    if (strncmp(answer->head, "HTTP/1.", 7) || !answer->head[7] || answer->head[8] != ' ') return false;
    answer->status = atoi(answer->head + 9);
    if (answer->status < 100 || answer->status > 599) return false;
    answer->closes = answer->head[7] == '0';
    for (char *line = strstr(answer->head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        const char *field = line + 2;
        if (!strncasecmp(field, "Content-Length:", 15)) answer->body_size = atol(field + 15);
        if (!strncasecmp(field, "Connection: close", 17)) answer->closes = true;
        if (!strncasecmp(field, "Transfer-Encoding:", 18)) return false;
    }
    return true;
}

enum answer_state answer_take(struct answer *answer, const char *bytes, size_t size) {
    if (!answer->head_done) {
        size_t room = sizeof answer->head - 1 - answer->head_size;
        size_t taken = size < room ? size : room;
        memcpy(answer->head + answer->head_size, bytes, taken);
        size_t before = answer->head_size;
        answer->head_size += taken;
        char *end = memmem(answer->head, answer->head_size, "\r\n\r\n", 4);
        if (!end) return taken < size ? answer_malformed : answer_more;
        size_t head = (size_t)(end - answer->head) + 4;
        answer->head_size = head;
        if (!read_head(answer)) return answer_malformed;
        answer->head_done = true;
        answer->body_seen = (long)(size - (head - before));
    } else {
        answer->body_seen += (long)size;
    }
    if (answer->body_size < 0 || answer->body_seen < answer->body_size) return answer_more;
    return answer->body_seen == answer->body_size ? answer_done : answer_malformed;
}

bool answer_ends(const struct answer *answer) {
    return answer->head_done && (answer->body_size < 0 || answer->body_seen == answer->body_size);
}
