// The load generator: HTTP/1.1 GETs over TCP as fast as one core makes them, every way to fail counted by itself. C, because it
// measures: nothing here runs, allocates or waits but what the load itself needs.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
    struct sockaddr_in targets[64];
    int target_count;
    const char *path;
    int connections;
    long requests;          // 0: until a signal or the end of the time
    double seconds;         // 0: until a signal or the end of the requests
    long rate;              // requests a second; 0: each connection asks again at once
    int64_t timeout;        // of one request, in microseconds
    bool keep_alive;
    bool reset_close;       // the client closes, with RST: no TIME_WAIT takes its port
};

// Failed requests by what the client saw. `local` is the generator's own trouble (no port, no descriptor): it makes a run void.
enum failure { refused, unreachable, reset, timed_out, server_error, other_status, short_answer, malformed, local, failures };

struct counts {
    long ok;
    long failed[failures];
    long connections;       // established
    long idle_closed;       // keep-alive connections that the server closed between requests: no failure
};

// Latencies in microseconds, from the first step (the connect, where the request has its own) to the answer's last byte;
// buckets of 1/32 of their value.
struct histogram {
    uint64_t buckets[1024];
    uint64_t count;
    int64_t longest;
};
void histogram_add(struct histogram *histogram, int64_t microseconds);
int64_t histogram_at(const struct histogram *histogram, double fraction);

// What has arrived of one answer. Fed with bytes as they come.
struct answer {
    char head[4096];
    size_t head_size;
    bool head_done;
    int status;
    long body_size;         // by Content-Length; -1: until the connection's end
    long body_seen;
    bool closes;
};
enum answer_state { answer_more, answer_done, answer_malformed };
void answer_begin(struct answer *answer);
enum answer_state answer_take(struct answer *answer, const char *bytes, size_t size);
// The connection has ended: is what came a whole answer?
bool answer_ends(const struct answer *answer);

struct options options_read(int argc, char **argv);
extern const char *const failure_names[failures];
void report(const struct options *options, const struct counts *counts, const struct histogram *histogram, double seconds);
int64_t now(void);
