#include "common/domain/shard.h"
#include "events.h"
#include "tests/bench/bench.h"
#include "tests/bench/timing.h"
#include "tests/bench/year.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints lines `<what> <seconds of the monotonic clock>`: `first` when work shows, `done` when all of it is there. What is
 * looked at costs the machine next to nothing, and the same for everybody who is measured:
 *
 *   --table T --topic X   first: T has a page; done: X holds COUNT events (they are published after COMMIT)
 *   --table T             done: T holds COUNT rows. Its key is receipt_id
 *   --schema S            first: a position of S; done: its positions add up to COUNT
 *   --topic X             first: X holds an event; done: COUNT
 */

enum { LOOK_EVERY_MS = 20, PARTITIONS_MAX = 64 };

struct watching {
    struct bench *bench;
    PGconn *connection;
    bool last_came;
};

static bool number_of(struct watching *watching, const char *sql, int64_t *out, struct error *err)
{
    PGresult *result = PQexec(watching->connection, sql);
    const bool good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;

    if (good) {
        *out = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    } else {
        (void)error_set(err, ERROR_FATAL, "%s", PQerrorMessage(watching->connection));
    }
    PQclear(result);
    return good;
}

static bool events_there(struct watching *watching, int64_t *out, struct error *err)
{
    struct bus *bus = watching->bench->broker.bus;

    *out = 0;
    for (int32_t i = 0; i < watching->bench->cli.stack.shards; i++) {
        int64_t end;

        if (!bus->operations->end_offset(bus, watching->bench->topic, i, &end, err)) {
            return false;
        }
        *out += end;
    }
    return true;
}

/* The last receipts of each partition, by which the table is asked whether it is worth counting. */
static const char *last_receipts(struct watching *watching)
{
    struct bench *bench = watching->bench;
    bool seen[PARTITIONS_MAX] = {false};
    const char *list = "";
    int32_t found = 0;

    for (int64_t n = bench->count - 1; n >= 0 && found < bench->cli.stack.shards; n--) {
        struct plain_texts texts;
        struct receipt_taken row;
        int32_t shard;

        year_plain(n, &texts, &row);
        shard = shard_of(row.contract, bench->cli.stack.shards);
        if (!seen[shard]) {
            seen[shard] = true;
            list = arena_format(&bench->cli.arena, "%s%s'%s'", list, found > 0 ? "," : "",
                                row.receipt_id);
            found++;
        }
    }
    return list;
}

static bool rows_there(struct watching *watching, const char *last, int64_t *out, struct error *err)
{
    struct bench *bench = watching->bench;
    char sql[512];
    int64_t came = 0;

    *out = 0;
    if (!watching->last_came) {
        (void)snprintf(sql, sizeof sql, "select count(*) from %s where receipt_id in (%s)",
                       bench->table, last);
        if (!number_of(watching, sql, &came, err)) {
            return false;
        }
        watching->last_came = came == bench->cli.stack.shards;
    }
    (void)snprintf(sql, sizeof sql, "select count(*) from %s", bench->table);
    return !watching->last_came || number_of(watching, sql, out, err);
}

static bool has_begun(struct watching *watching, bool *out, struct error *err)
{
    const struct bench *bench = watching->bench;
    char sql[512];
    int64_t there = 0;
    bool good;

    if (bench->schema != NULL) {
        (void)snprintf(sql, sizeof sql, "select count(*) from %s.input_position", bench->schema);
        good = number_of(watching, sql, &there, err);
    } else if (bench->table != NULL) {
        (void)snprintf(sql, sizeof sql, "select coalesce(pg_relation_size(to_regclass('%s')), 0)",
                       bench->table);
        good = number_of(watching, sql, &there, err);
    } else {
        good = events_there(watching, &there, err);
    }
    *out = there > 0;
    return good;
}

static bool count_done(struct watching *watching, const char *last, int64_t *out, struct error *err)
{
    const struct bench *bench = watching->bench;
    char sql[512];

    if (bench->schema != NULL) {
        (void)snprintf(sql, sizeof sql,
                       "select coalesce(sum(next_offset), 0)::bigint from %s.input_position",
                       bench->schema);
        return number_of(watching, sql, out, err);
    }
    return bench->topic != NULL ? events_there(watching, out, err)
                                : rows_there(watching, last, out, err);
}

static bool watch(struct watching *watching, struct error *err)
{
    const struct bench *bench = watching->bench;
    const char *last = last_receipts(watching);
    double until = timing_now() + (double)bench->seconds;
    bool begun = false;
    int64_t done = 0;

    while (done < bench->count) {
        const double now = timing_now();

        if (now > until) {
            return error_set(err, ERROR_FATAL, "%" PRId64 " of %" PRId64 " in time", done,
                             bench->count);
        }
        if (!begun) {
            if (!has_begun(watching, &begun, err)) {
                return false;
            }
            if (begun) {
                printf("first %.6f\n", now);
                (void)fflush(stdout);
            }
        } else if (!count_done(watching, last, &done, err)) {
            return false;
        }
        if (done < bench->count) {
            timing_wait_until(now + LOOK_EVERY_MS / 1e3);
        }
    }
    printf("done %.6f\n", timing_now());
    return true;
}

bool bench_watch(struct bench *bench, struct error *err)
{
    struct watching watching = {.bench = bench, .connection = PQconnectdb(bench_database(bench))};
    const bool good = (PQstatus(watching.connection) == CONNECTION_OK ||
                       error_set(err, ERROR_FATAL, "%s", PQerrorMessage(watching.connection))) &&
                      watch(&watching, err);

    PQfinish(watching.connection);
    return good;
}
