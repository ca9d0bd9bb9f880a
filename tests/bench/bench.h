#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "cli/broker.h"
#include "cli/command.h"

#include <stdint.h>

/** What every command of abasto-bench works with. */
struct bench {
    struct cli cli; /**< its stack and its arena */
    struct broker broker;
    int64_t count;
    int64_t first;  /**< number of the first order */
    int64_t orders; /**< of the year that is in the system; 0: `count` */
    int64_t rate;
    int64_t seconds;
    int64_t orders_per_contract;
    uint64_t seed;
    const char *topic;
    const char *table;
    const char *schema;
    const char *folder;
    const char *tape;
};

/** Where the stack's first database is. */
const char *bench_database(const struct bench *bench);

/** What each does stands in the table of main.c. Each prints its figures as JSON, or its moments as lines. */
bool bench_prepare(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_empty(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_write_plain(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_write_year(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_write_files(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_copy(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_consume(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_produce(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_replay(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_watch(struct bench *bench, struct error *err) MUST_CHECK;
bool bench_latency(struct bench *bench, struct error *err) MUST_CHECK;

#endif
