#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "load.h"

static const char usage[] =
    "usage: load-generator [options] ADDRESS:PORT...\n"
    "Asks for a page over and over, each address in turn, until a number of requests, a time, SIGTERM or SIGINT; prints JSON.\n"
    "SIGUSR1 prints what was counted so far. The exit code is 1 when a request failed.\n"
    "  --connections N    at a time (default 16)\n"
    "  --requests N       end after N requests\n"
    "  --seconds S        end after S seconds\n"
    "  --rate N           requests a second over all connections (default: as fast as answers come)\n"
    "  --keep-alive       many requests on one connection (default: a connection each)\n"
    "  --reset            close with RST after the answer (default: the server closes)\n"
    "  --timeout MS       of a request (default 10000)\n"
    "  --path PATH        (default /)\n";

static void refuse(const char *what, const char *value) {
    fprintf(stderr, "load-generator: %s: %s\n%s", what, value, usage);
    exit(2);
}

static double number(const char *name, const char *text, double least) {
    char *end;
    double value = strtod(text, &end);
    if (*end || end == text || !(value >= least)) refuse(name, text);
    return value;
}

static struct sockaddr_in target(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host) refuse("not ADDRESS:PORT", text);
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) refuse("not an IPv4 address", host);
    double port = number("port", colon + 1, 1);
    if (port > 65535) refuse("port", colon + 1);
    address.sin_port = htons((uint16_t)port);
    return address;
}

struct options options_read(int argc, char **argv) {
    static const struct option names[] = {
        {"connections", required_argument, 0, 'c'}, {"requests", required_argument, 0, 'n'},
        {"seconds", required_argument, 0, 's'},     {"rate", required_argument, 0, 'r'},
        {"timeout", required_argument, 0, 't'},     {"path", required_argument, 0, 'p'},
        {"keep-alive", no_argument, 0, 'k'},        {"reset", no_argument, 0, 'R'},
        {"help", no_argument, 0, 'h'},              {0, 0, 0, 0},
    };
    struct options options = {.path = "/", .connections = 16, .timeout = 10000000};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (c) {
        case 'c': options.connections = (int)number("--connections", optarg, 1); break;
        case 'n': options.requests = (long)number("--requests", optarg, 1); break;
        case 's': options.seconds = number("--seconds", optarg, 0.001); break;
        case 'r': options.rate = (long)number("--rate", optarg, 1); break;
        case 't': options.timeout = (int64_t)(number("--timeout", optarg, 1) * 1000); break;
        case 'p': options.path = optarg; break;
        case 'k': options.keep_alive = true; break;
        case 'R': options.reset_close = true; break;
        case 'h': fputs(usage, stdout); exit(0);
        default: fputs(usage, stderr); exit(2);
        }
    }
    if (options.connections > 4096) refuse("--connections", "more than 4096");
    if (optind == argc) refuse("no ADDRESS:PORT", "");
    for (; optind < argc; optind++) {
        if (options.target_count == 64) refuse("more than 64 addresses", argv[optind]);
        options.targets[options.target_count++] = target(argv[optind]);
    }
    return options;
}
