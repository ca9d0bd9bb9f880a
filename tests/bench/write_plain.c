#include "common/domain/shard.h"
#include "events.h"
#include "tests/bench/sink.h"
#include "tests/bench/year.h"

#include <inttypes.h>
#include <stdio.h>

bool bench_write_plain(struct bench *bench, struct error *err)
{
    struct sink sink = {.bench = bench};

    for (int64_t n = 0; n < bench->count; n++) {
        struct plain_texts texts;
        struct receipt_taken event;
        struct sink_event put = {
            .producer = "generator", .topic = "bench.receipts", .type = &receipt_taken_type};

        year_plain(n, &texts, &event);
        put.partition = shard_of(event.contract, bench->cli.stack.shards);
        put.producer_shard = put.partition;
        put.key = event.contract;
        put.event = &event;
        if (!sink_put(&sink, &put, err)) {
            return false;
        }
    }
    if (!sink_finish(&sink, err)) {
        return false;
    }
    printf("{\"events\": %" PRId64 "}\n", sink.sent);
    return true;
}
