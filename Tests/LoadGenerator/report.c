#include <stdio.h>
#include "load.h"

const char *const failure_names[failures] = {
    "refused", "unreachable", "reset", "timedOut", "serverError", "otherStatus", "short", "malformed", "local",
};

void report(const struct options *options, const struct counts *counts, const struct histogram *histogram, double seconds) {
    long failed = 0;
    for (int i = 0; i < failures; i++) failed += counts->failed[i];
    printf("{\"requests\": %ld, \"ok\": %ld, \"failed\": %ld", counts->ok + failed, counts->ok, failed);
    for (int i = 0; i < failures; i++) printf(", \"%s\": %ld", failure_names[i], counts->failed[i]);
    printf(", \"connections\": %ld, \"idleClosed\": %ld, \"keepAlive\": %s", counts->connections, counts->idle_closed,
           options->keep_alive ? "true" : "false");
    printf(", \"seconds\": %.3f, \"rate\": %.0f", seconds, seconds > 0 ? (double)counts->ok / seconds : 0);
    static const struct { const char *name; double at; } points[] = {{"p50", .5}, {"p90", .9}, {"p99", .99}, {"p999", .999}};
    printf(", \"milliseconds\": {");
    for (int i = 0; i < 4; i++)
        printf("\"%s\": %.3f, ", points[i].name, (double)histogram_at(histogram, points[i].at) / 1000);
    printf("\"max\": %.3f}}\n", (double)histogram->longest / 1000);
    fflush(stdout);
}
