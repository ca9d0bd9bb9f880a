#include "common/base/buffer.h"
#include "common/domain/shard.h"
#include "events.h"
#include "tests/bench/bench.h"
#include "tests/bench/timing.h"
#include "tests/bench/year.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

/* The rows of the plain stage by binary COPY, all at once, from memory: what the database takes at best. */

enum { COLUMNS = 11, SLICE_BYTES = 1 << 16 };

static void put_text(struct buffer *out, const char *text)
{
    buffer_append_u32(out, (uint32_t)strlen(text));
    buffer_append_text(out, text);
}

static void put_int32(struct buffer *out, int32_t value)
{
    buffer_append_u32(out, 4);
    buffer_append_u32(out, (uint32_t)value);
}

static void put_int64(struct buffer *out, int64_t value)
{
    buffer_append_u32(out, 8);
    buffer_append_u64(out, (uint64_t)value);
}

static void put_row(struct buffer *out, int64_t n, int32_t shards)
{
    struct plain_texts texts;
    struct receipt_taken row;

    year_plain(n, &texts, &row);
    buffer_append_u8(out, 0);
    buffer_append_u8(out, COLUMNS);
    put_int32(out, shard_of(row.contract, shards));
    put_text(out, row.receipt_id);
    put_text(out, row.contract);
    put_text(out, row.order_id);
    put_text(out, row.clave);
    put_text(out, row.clues);
    put_text(out, row.lot);
    put_int32(out, row.expiry);
    put_int32(out, row.quantity);
    put_int64(out, row.unit_price);
    put_int64(out, row.received_at);
}

static void put_all(struct buffer *out, int64_t count, int32_t shards)
{
    static const char signature[11] = "PGCOPY\n\377\r\n"; /* and its NUL */

    buffer_append(out, signature, sizeof signature);
    buffer_append_u32(out, 0);
    buffer_append_u32(out, 0);
    for (int64_t n = 0; n < count; n++) {
        put_row(out, n, shards);
    }
    buffer_append_u8(out, 0xff);
    buffer_append_u8(out, 0xff);
}

static bool expect(PGconn *connection, PGresult *result, ExecStatusType wanted, struct error *err)
{
    const bool good = PQresultStatus(result) == wanted;

    PQclear(result);
    return good || error_set(err, ERROR_FATAL, "COPY: %s", PQerrorMessage(connection));
}

static bool copy_all(PGconn *connection, const char *table, struct bytes rows, struct arena *arena,
                     struct error *err)
{
    const char *sql = arena_format(
        arena,
        "copy %s (shard, receipt_id, contract, order_id, clave, clues, lot, expiry, quantity,"
        " unit_price, received_at) from stdin (format binary)",
        table);
    bool good = expect(connection, PQexec(connection, sql), PGRES_COPY_IN, err);

    for (size_t at = 0; good && at < rows.size; at += SLICE_BYTES) {
        const size_t left = rows.size - at;
        const int bytes = (int)(left < SLICE_BYTES ? left : SLICE_BYTES);

        good = PQputCopyData(connection, (const char *)rows.data + at, bytes) == 1 ||
               error_set(err, ERROR_FATAL, "COPY: %s", PQerrorMessage(connection));
    }
    return good &&
           (PQputCopyEnd(connection, NULL) == 1 ||
            error_set(err, ERROR_FATAL, "COPY: %s", PQerrorMessage(connection))) &&
           expect(connection, PQgetResult(connection), PGRES_COMMAND_OK, err);
}

bool bench_copy(struct bench *bench, struct error *err)
{
    PGconn *connection = PQconnectdb(bench_database(bench));
    struct buffer rows = {0};
    double started;
    bool good;

    if (PQstatus(connection) != CONNECTION_OK) {
        (void)error_set(err, ERROR_FATAL, "%s", PQerrorMessage(connection));
        PQfinish(connection);
        return false;
    }
    put_all(&rows, bench->count, bench->cli.stack.shards);
    started = timing_now();
    good = copy_all(connection, bench->table, buffer_view(&rows), &bench->cli.arena, err);
    if (good) {
        printf("{\"events\": %" PRId64 ", \"seconds\": %.4f}\n", bench->count,
               timing_now() - started);
    }
    buffer_finish(&rows);
    PQfinish(connection);
    return good;
}
