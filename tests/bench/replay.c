#include "common/store/store_pg_connect.h"
#include "tests/bench/bench.h"
#include "tests/bench/tape.h"
#include "tests/bench/timing.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sends what a service sent, from memory, with nothing in between: on each connection the next transaction as soon as
 * the last one is answered, as the service may. The database must stand as it did when the service began. */

enum { CONNECTIONS_MAX = 64, PARAMETERS_MAX = 64, SILENCE_MS = 60000 };

/* One transaction: entries up to a sync. */
struct exchange {
    size_t at;
    bool commits; /* of a batch */
};

struct line {
    PGconn *connection;
    struct exchange *exchanges;
    size_t count;
    size_t next; /* to be sent */
    bool waits;
};

struct replay {
    const uint8_t *tape;
    size_t bytes;
    struct line lines[CONNECTIONS_MAX];
    size_t line_count;
};

static bool map_tape(struct replay *replay, const char *path, struct error *err)
{
    struct stat about;
    const int file = path == NULL ? -1 : open(path, O_RDONLY);
    void *bytes = MAP_FAILED;

    if (file >= 0 && fstat(file, &about) == 0 && about.st_size > 0) {
        bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    }
    if (file >= 0) {
        (void)close(file);
    }
    if (bytes == MAP_FAILED) {
        return error_set(err, ERROR_FATAL, "%s: %s", path == NULL ? "--tape" : path,
                         strerror(errno));
    }
    replay->tape = bytes;
    replay->bytes = (size_t)about.st_size;
    return true;
}

static void add_exchange(struct line *line, size_t at)
{
    line->exchanges = memory_resize(line->exchanges, (line->count + 1) * sizeof *line->exchanges);
    line->exchanges[line->count++] = (struct exchange){.at = at};
}

/* Cuts the tape into the transactions of each connection. */
static bool cut_tape(struct replay *replay, struct error *err)
{
    bool open[CONNECTIONS_MAX] = {false};
    struct tape_entry entry;
    size_t before = 0;
    size_t at = 0;

    while (tape_next(replay->tape, replay->bytes, &at, &entry, err)) {
        struct line *line = &replay->lines[entry.connection];

        if (entry.connection >= replay->line_count) {
            replay->line_count = entry.connection + 1;
        }
        if (!open[entry.connection]) {
            add_exchange(line, before);
            open[entry.connection] = true;
        }
        if (entry.kind == TAPE_QUERY && strcmp(entry.name, "advance") == 0) {
            line->exchanges[line->count - 1].commits = true;
        }
        if (entry.kind == TAPE_SYNC) {
            open[entry.connection] = false;
        }
        before = at;
    }
    return err->action == ERROR_NONE;
}

static bool send_query(PGconn *connection, const struct tape_entry *entry)
{
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX];
    int formats[PARAMETERS_MAX];
    const uint8_t *at = entry->parameters;

    for (uint32_t i = 0; i < entry->parameter_count && i < PARAMETERS_MAX; i++) {
        int32_t bytes;

        memcpy(&bytes, at, sizeof bytes);
        at += sizeof bytes;
        values[i] = bytes < 0 ? NULL : (const char *)at;
        lengths[i] = bytes < 0 ? 0 : bytes;
        formats[i] = 1;
        at += bytes < 0 ? 0 : bytes;
    }
    return entry->parameter_count <= PARAMETERS_MAX &&
           PQsendQueryPrepared(connection, entry->name, (int)entry->parameter_count, values,
                               lengths, formats, 1) == 1;
}

static bool fail(const struct line *line, struct error *err)
{
    return error_set(err, ERROR_FATAL, "replay: %s", PQerrorMessage(line->connection));
}

static bool send_exchange(struct replay *replay, struct line *line, uint32_t number,
                          struct error *err)
{
    size_t at = line->exchanges[line->next].at;
    struct tape_entry entry = {.kind = TAPE_QUERY};

    while (entry.kind != TAPE_SYNC) {
        bool good = true;

        if (!tape_next(replay->tape, replay->bytes, &at, &entry, err)) {
            return error_set(err, ERROR_FATAL, "the tape ends within a transaction");
        }
        if (entry.connection != number) {
            continue;
        }
        switch (entry.kind) {
        case TAPE_PREPARE:
            good = PQsendPrepare(line->connection, entry.name, entry.sql, 0, NULL) == 1;
            break;
        case TAPE_QUERY:
            good = send_query(line->connection, &entry);
            break;
        case TAPE_SYNC:
            good = PQpipelineSync(line->connection) == 1;
            break;
        }
        if (!good) {
            return fail(line, err);
        }
    }
    line->next++;
    line->waits = true;
    return PQflush(line->connection) >= 0 || fail(line, err);
}

/* Takes the answers that are there; the transaction is over with its sync. */
static bool take_answers(struct line *line, struct error *err)
{
    if (PQconsumeInput(line->connection) != 1) {
        return fail(line, err);
    }
    while (line->waits && !PQisBusy(line->connection)) {
        PGresult *result = PQgetResult(line->connection);
        const ExecStatusType status = PQresultStatus(result);

        if (result != NULL && status == PGRES_PIPELINE_SYNC) {
            line->waits = false;
        } else if (result != NULL && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            (void)error_set(err, ERROR_FATAL, "replay: %s", PQresultErrorMessage(result));
        }
        PQclear(result);
    }
    return err->action == ERROR_NONE;
}

static bool wait_for_any(struct replay *replay, struct error *err)
{
    struct pollfd waits[CONNECTIONS_MAX];

    for (size_t i = 0; i < replay->line_count; i++) {
        struct line *line = &replay->lines[i];
        const int unsent = line->waits ? PQflush(line->connection) : 0;

        if (unsent < 0) {
            return fail(line, err);
        }
        waits[i] = (struct pollfd){.fd = line->waits ? PQsocket(line->connection) : -1,
                                   .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN)};
    }
    if (poll(waits, replay->line_count, SILENCE_MS) <= 0) {
        return error_set(err, ERROR_FATAL, "the database keeps silent");
    }
    for (size_t i = 0; i < replay->line_count; i++) {
        if ((waits[i].revents & ~POLLOUT) != 0 && !take_answers(&replay->lines[i], err)) {
            return false;
        }
    }
    return true;
}

/* Runs every connection to its end, or, `until_commits`, to its first commit of a batch. */
static bool run_lines(struct replay *replay, bool until_commits, struct error *err)
{
    bool busy = true;

    while (busy) {
        busy = false;
        for (size_t i = 0; i < replay->line_count; i++) {
            struct line *line = &replay->lines[i];
            const bool goes_on =
                line->next < line->count && !(until_commits && line->exchanges[line->next].commits);

            if (!line->waits && goes_on && !send_exchange(replay, line, (uint32_t)i, err)) {
                return false;
            }
            busy = busy || line->waits;
        }
        if (busy && !wait_for_any(replay, err)) {
            return false;
        }
    }
    return true;
}

static bool open_lines(struct replay *replay, const struct bench *bench, struct error *err)
{
    const struct store_pg_options options = {.conninfo = bench_database(bench),
                                             .schema = bench->schema};

    for (size_t i = 0; i < replay->line_count; i++) {
        PGconn *connection = store_pg_connect(&options, err);

        replay->lines[i].connection = connection;
        if (connection == NULL) {
            return false;
        }
        if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) {
            return fail(&replay->lines[i], err);
        }
    }
    return true;
}

bool bench_replay(struct bench *bench, struct error *err)
{
    struct replay replay = {0};
    double started;
    double cpu;
    bool good = map_tape(&replay, bench->tape, err) && cut_tape(&replay, err) &&
                open_lines(&replay, bench, err) && run_lines(&replay, true, err);

    started = timing_now();
    cpu = timing_cpu();
    good = good && run_lines(&replay, false, err);
    if (good) {
        printf("{\"events\": %" PRId64 ", \"seconds\": %.4f, \"cpu_s\": %.4f}\n", bench->count,
               timing_now() - started, timing_cpu() - cpu);
    }
    for (size_t i = 0; i < replay.line_count; i++) {
        PQfinish(replay.lines[i].connection);
        free(replay.lines[i].exchanges);
    }
    if (replay.bytes > 0) {
        (void)munmap((void *)(uintptr_t)replay.tape, replay.bytes);
    }
    return good;
}
