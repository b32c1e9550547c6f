// A web server that is as rude as a program can be: on SIGTERM it exits at once, whatever it is doing. So it shows what the
// system around it does for its clients. Static, as the only process of a container.
//
//     PORT          (default 80)
//     READY_DELAY   seconds before it listens at all (default 0)
//
//     GET /         its host name
//     GET /ready    200, or 503 while it is switched unready: for readiness probes
//     GET /unready, GET /ready-again    switch; all other pages go on as before
//     GET /count    how many requests for / it has answered
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client {
    int fd;
    size_t size;
    char text[4096];
};

static char host[65];
static bool ready = true;
static long count;

// PID 1 of a PID namespace gets no signal that it has no handler for.
static void leave(int signal) {
    (void)signal;
    _exit(0);
}

static void die(const char *what) {
    fprintf(stderr, "abrupt: %s: %s\n", what, strerror(errno));
    exit(1);
}

// False: the connection is to be closed.
static bool answer(struct client *client, const char *request) {
    char path[64] = "", body[128], text[512];
    int status = 200;
    if (sscanf(request, "GET %63s HTTP/1.", path) != 1) return false;
    bool closes = strcasestr(request, "\r\nConnection: close\r\n");
    snprintf(body, sizeof body, "%s\n", host);
    if (!strcmp(path, "/")) count++;
    else if (!strcmp(path, "/count")) snprintf(body, sizeof body, "%ld\n", count);
    else if (!strcmp(path, "/unready")) ready = false;
    else if (!strcmp(path, "/ready-again")) ready = true;
    else if (!strcmp(path, "/ready")) status = ready ? 200 : 503;
    else status = 404;
    int size = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n%s\r\n%s", status,
                        status == 200 ? "OK" : "No", strlen(body), closes ? "Connection: close\r\n" : "", body);
    return send(client->fd, text, (size_t)size, MSG_NOSIGNAL) == size && !closes;
}

static bool take(struct client *client) {
    ssize_t size = recv(client->fd, client->text + client->size, sizeof client->text - 1 - client->size, 0);
    if (size < 0) return errno == EAGAIN;
    if (size == 0) return false;
    client->size += (size_t)size;
    client->text[client->size] = 0;
    for (char *end; (end = strstr(client->text, "\r\n\r\n"));) {
        char next = end[4];
        end[4] = 0;
        bool stays = answer(client, client->text);
        end[4] = next;
        if (!stays) return false;
        client->size -= (size_t)(end + 4 - client->text);
        memmove(client->text, end + 4, client->size + 1);
    }
    return client->size < sizeof client->text - 1;
}

int main(void) {
    struct sigaction action = {.sa_handler = leave};
    sigaction(SIGTERM, &action, NULL);
    gethostname(host, sizeof host - 1);
    const char *delay = getenv("READY_DELAY"), *port = getenv("PORT");
    if (delay) {
        double seconds = atof(delay);
        struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
        nanosleep(&time, NULL);
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port ? port : "80"))};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) die("listen");
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event)) die("epoll");
    for (;;) {
        struct epoll_event events[64];
        int seen = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < seen; i++) {
            struct client *client = events[i].data.ptr;
            if (client) {
                if (take(client)) continue;
                close(client->fd);
                free(client);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            client = calloc(1, sizeof *client);
            if (!client) die("memory");
            client->fd = fd;
            event.data.ptr = client;
            if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) die("epoll");
        }
    }
}
