// One thread, one epoll, level-triggered. A connection is idle, connecting, or waiting for an answer; each request is counted
// once, as right or as the first thing that went wrong with it.
#define _GNU_SOURCE
#include <errno.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "load.h"

enum state { closed, connecting, open_idle, waiting };

struct connection {
    int fd;
    enum state state;
    int64_t begun;          // of the request; for a connection of its own: of the connect
    struct answer answer;
};

static struct options options;
static struct counts counts;
static struct histogram histogram;
static struct connection *all;
static int poller;
static char request[1024];
static size_t request_size;
static long started;        // requests begun
static int next_target;
static int64_t epoch;
static bool stopping;

int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

// May one more request begin? With a rate, its turn must have come.
static bool may_begin(void) {
    if (stopping || (options.requests && started >= options.requests)) return false;
    return !options.rate || started < (now() - epoch) * options.rate / 1000000;
}

static void shut(struct connection *connection, bool hard) {
    if (connection->fd >= 0) {
        struct linger linger = {1, 0};
        // Fails only for a socket that is gone already, which is what is wanted.
        if (hard) (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        close(connection->fd);
    }
    connection->fd = -1;
    connection->state = closed;
}

static void fail(struct connection *connection, enum failure failure, const char *detail) {
    long all_failed = 0;
    for (int i = 0; i < failures; i++) all_failed += counts.failed[i];
    // The first ones in words: when, what, on which local port (for a packet capture).
    if (all_failed < 20) {
        struct sockaddr_in own = {0};
        socklen_t size = sizeof own;
        if (connection->fd >= 0) (void)getsockname(connection->fd, (struct sockaddr *)&own, &size);
        fprintf(stderr, "load-generator: after %.3f s: %s: %s (%.1f ms into the request, from %s:%d)\n",
                (double)(now() - epoch) / 1e6, failure_names[failure], detail, (double)(now() - connection->begun) / 1e3,
                inet_ntoa(own.sin_addr), ntohs(own.sin_port));
    }
    counts.failed[failure]++;
    shut(connection, true);
}

static void fail_errno(struct connection *connection, int error) {
    enum failure failure = local;
    switch (error) {
    case ECONNREFUSED: failure = refused; break;
    case ECONNRESET: case EPIPE: failure = reset; break;
    case ETIMEDOUT: failure = timed_out; break;
    case EHOSTUNREACH: case ENETUNREACH: case EHOSTDOWN: failure = unreachable; break;
    }
    fail(connection, failure, strerror(error));
}

static void watch(struct connection *connection, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(poller, operation, connection->fd, &event)) fail_errno(connection, errno);
}

static void ask(struct connection *connection) {
    answer_begin(&connection->answer);
    ssize_t sent = send(connection->fd, request, request_size, MSG_NOSIGNAL);
    if (sent < 0) return fail_errno(connection, errno);
    // A request is far smaller than an empty socket's buffer: all or nothing.
    if ((size_t)sent != request_size) return fail(connection, local, "request sent in part");
    connection->state = waiting;
    watch(connection, EPOLLIN, EPOLL_CTL_MOD);
}

// Two addresses of one Service may lead to one server, which then sees one client port for both; but a client's timestamps
// count from another number for each address it asks. If it comes back by the other address within a minute, the server's
// TIME_WAIT takes its SYN for an old one (TcpExtPAWSTimewait), and a second passes until it is sent again. So each address has
// ports of its own. Kernels before 6.3 have no such option, and show the second.
static void keep_ports_apart(int fd, int number) {
    enum { first = 32768, ports = 28000, ip_local_port_range = 51 };
    if (options.target_count < 2 || options.target_count > 8) return;
    uint32_t size = ports / (uint32_t)options.target_count, low = first + size * (uint32_t)number;
    uint32_t range = (low + size - 1) << 16 | low;
    (void)setsockopt(fd, IPPROTO_IP, ip_local_port_range, &range, sizeof range);
}

static void begin(struct connection *connection) {
    started++;
    connection->begun = now();
    if (connection->state == open_idle) return ask(connection);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->fd < 0) return fail_errno(connection, errno);
    int on = 1;
    // Only latency is lost if it fails.
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int number = next_target++ % options.target_count;
    struct sockaddr_in *target = &options.targets[number];
    keep_ports_apart(connection->fd, number);
    if (connect(connection->fd, (struct sockaddr *)target, sizeof *target) && errno != EINPROGRESS)
        return fail_errno(connection, errno);
    connection->state = connecting;
    watch(connection, EPOLLOUT, EPOLL_CTL_ADD);
}

static void finish(struct connection *connection) {
    int status = connection->answer.status;
    if (status >= 500) return fail(connection, server_error, "status 5xx");
    if (status < 200 || status > 299) return fail(connection, other_status, "status not 2xx");
    counts.ok++;
    histogram_add(&histogram, now() - connection->begun);
    if (options.keep_alive && !connection->answer.closes) connection->state = open_idle;
    else shut(connection, options.reset_close);
}

static void take(struct connection *connection) {
    char bytes[65536];
    ssize_t size = recv(connection->fd, bytes, sizeof bytes, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (connection->state == open_idle) {
        // Between requests: the server has closed (a FIN, or a RST at its end), or it says what nobody asked.
        if (size > 0) return fail(connection, malformed, "bytes that nobody asked for");
        counts.idle_closed++;
        return shut(connection, false);
    }
    if (size < 0) return fail_errno(connection, errno);
    if (size == 0) {
        if (answer_ends(&connection->answer)) return finish(connection);
        return fail(connection, short_answer, connection->answer.head_size ? "closed within the answer" : "closed before an answer");
    }
    enum answer_state state = answer_take(&connection->answer, bytes, (size_t)size);
    if (state == answer_malformed) return fail(connection, malformed, "not an answer of HTTP/1.1");
    if (state == answer_more) return;
    // Where the server is to close, its FIN is waited for: then its side, not ours, keeps the port in TIME_WAIT.
    if (connection->answer.closes && !options.reset_close) return;
    finish(connection);
}

static void turn(struct connection *connection, uint32_t events) {
    if (connection->state != connecting) return take(connection);
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size)) error = errno;
    if (error) return fail_errno(connection, error);
    if (!(events & EPOLLOUT)) return;
    counts.connections++;
    ask(connection);
}

static bool sweep(void) {
    int64_t time = now();
    bool busy = false;
    for (int i = 0; i < options.connections; i++) {
        struct connection *connection = &all[i];
        bool asking = connection->state == connecting || connection->state == waiting;
        if (asking && time - connection->begun > options.timeout)
            fail(connection, timed_out, connection->state == connecting ? "while connecting" : "while waiting for the answer");
        else if (asking) busy = true;
        if ((connection->state == closed || connection->state == open_idle) && may_begin()) {
            begin(connection);
            busy = true;
        }
    }
    return busy;
}

int main(int argc, char **argv) {
    options = options_read(argc, argv);
    all = calloc((size_t)options.connections, sizeof *all);
    if (!all) return 2;
    for (int i = 0; i < options.connections; i++) all[i].fd = -1;
    request_size = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: load\r\n%s\r\n", options.path,
                                    options.keep_alive ? "" : "Connection: close\r\n");
    if (request_size >= sizeof request) { fputs("load-generator: --path is too long\n", stderr); return 2; }

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int told = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (told < 0 || poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, told, &event)) { perror("load-generator"); return 2; }

    epoch = now();
    for (int64_t swept = 0;;) {
        int64_t time = now();
        if (options.seconds > 0 && time - epoch >= (int64_t)(options.seconds * 1e6)) stopping = true;
        // With a rate, turns come with time; else only expired requests need the sweep.
        if (time - swept >= (options.rate ? 1000 : 20000)) {
            swept = time;
            bool done = stopping || (options.requests && started >= options.requests);
            if (!sweep() && done) break;
        }
        struct epoll_event events[256];
        int count = epoll_wait(poller, events, 256, options.rate ? 1 : 10);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection) {
                struct signalfd_siginfo info;
                if (read(told, &info, sizeof info) != sizeof info) continue;
                if (info.ssi_signo == SIGUSR1) report(&options, &counts, &histogram, (double)(now() - epoch) / 1e6);
                else stopping = true;
                continue;
            }
            turn(connection, events[i].events);
            if ((connection->state == closed || connection->state == open_idle) && may_begin()) begin(connection);
        }
    }
    report(&options, &counts, &histogram, (double)(now() - epoch) / 1e6);
    for (int i = 0; i < failures; i++)
        if (counts.failed[i]) return 1;
    return counts.ok ? 0 : 1;
}
