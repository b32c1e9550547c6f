#include "load.h"

static int bucket_of(int64_t value) {
    if (value < 32) return (int)(value < 0 ? 0 : value);
    int power = 63 - __builtin_clzll((uint64_t)value);
    int bucket = (power - 4) * 32 + (int)((value >> (power - 5)) & 31);
    return bucket < 1024 ? bucket : 1023;
}

static int64_t top_of(int bucket) {
    if (bucket < 32) return bucket;
    int power = bucket / 32 + 4;
    return (((int64_t)32 + bucket % 32 + 1) << (power - 5)) - 1;
}

void histogram_add(struct histogram *histogram, int64_t microseconds) {
    histogram->buckets[bucket_of(microseconds)]++;
    histogram->count++;
    if (microseconds > histogram->longest) histogram->longest = microseconds;
}

int64_t histogram_at(const struct histogram *histogram, double fraction) {
    uint64_t seen = 0;
    for (int bucket = 0; bucket < 1024; bucket++) {
        seen += histogram->buckets[bucket];
        if (histogram->count && (double)seen >= fraction * (double)histogram->count) {
            int64_t top = top_of(bucket);
            return top < histogram->longest ? top : histogram->longest;
        }
    }
    return 0;
}
