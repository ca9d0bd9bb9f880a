#ifndef TESTS_BENCH_SINK_H
#define TESTS_BENCH_SINK_H

#include "tests/bench/bench.h"

/** Writes events into topics as the service that owns them would: with its headers, dense sequences and traces. */
struct sink {
    struct bench *bench;
    struct buffer payload;
    struct sequence {
        const char *topic;
        int32_t partition;
        int64_t seq;
    } sequences[64];
    size_t sequence_count;
    int64_t sent;
    int64_t arrived;
};

/** The event is copied. `producer_shard` is the producer's own: `partition` but for gateways, 0. */
struct sink_event {
    const char *producer;
    int32_t producer_shard;
    const char *topic;
    int32_t partition;
    const char *key;
    const struct record_type *type;
    const void *event;
};

bool sink_put(struct sink *sink, const struct sink_event *event, struct error *err) MUST_CHECK;

/** Waits until the broker has all of them. */
bool sink_finish(struct sink *sink, struct error *err) MUST_CHECK;

#endif
