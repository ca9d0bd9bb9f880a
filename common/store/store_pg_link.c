#include "common/store/store_pg_link.h"

#include "common/base/arena.h"
#include "common/store/store_pg_result.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than the statement_timeout of the server (60 s): silence beyond it is a lost connection. */
enum { SILENCE_MS = 90000 };

/* --- exchanges --------------------------------------------------------------------------------- */

static struct store_pg_exchange *oldest(struct store_pg_link *link)
{
    struct store_pg_exchange *exchange = link->first;

    while (exchange != NULL && exchange->complete) {
        exchange = exchange->next;
    }
    return exchange;
}

static void keep_result(struct store_pg_exchange *exchange, PGresult *result)
{
    if (exchange->result_count == exchange->result_capacity) {
        exchange->result_capacity = exchange->result_capacity * 2 + 8;
        exchange->results =
            memory_resize(exchange->results, exchange->result_capacity * sizeof(PGresult *));
    }
    exchange->results[exchange->result_count++] = result;
}

void store_pg_link_drop(struct store_pg_link *link, struct store_pg_exchange *exchange)
{
    struct store_pg_exchange **at = &link->first;

    while (*at != exchange) {
        at = &(*at)->next;
    }
    *at = exchange->next;
    for (size_t i = 0; i < exchange->result_count; i++) {
        PQclear(exchange->results[i]);
    }
    free(exchange->results);
    free(exchange);
}

static void complete(struct store_pg_link *link, struct store_pg_exchange *exchange)
{
    exchange->complete = true;
    if (exchange->kind == STORE_PG_ORPHAN) {
        store_pg_link_drop(link, exchange);
    }
}

struct store_pg_exchange *store_pg_link_find(struct store_pg_link *link, enum store_pg_kind kind,
                                             int32_t shard)
{
    struct store_pg_exchange *exchange = link->first;

    while (exchange != NULL && (exchange->kind != kind || exchange->shard != shard)) {
        exchange = exchange->next;
    }
    return exchange;
}

void store_pg_link_abandon(struct store_pg_link *link, int32_t shard)
{
    struct store_pg_exchange *next;

    for (struct store_pg_exchange *exchange = link->first; exchange != NULL; exchange = next) {
        next = exchange->next;
        if (exchange->shard == shard) {
            exchange->kind = STORE_PG_ORPHAN;
            if (exchange->complete) {
                store_pg_link_drop(link, exchange);
            }
        }
    }
}

const PGresult *store_pg_exchange_error(const struct store_pg_exchange *exchange, size_t *index)
{
    for (size_t i = 0; i < exchange->result_count; i++) {
        const ExecStatusType status = PQresultStatus(exchange->results[i]);

        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            if (index != NULL) {
                *index = i;
            }
            return exchange->results[i];
        }
    }
    return NULL;
}

/* --- reading and writing ----------------------------------------------------------------------- */

void store_pg_link_close(struct store_pg_link *link, const char *why)
{
    struct store_pg_exchange *exchange;

    (void)snprintf(link->death, sizeof link->death, "%s", why);
    link->death[strcspn(link->death, "\n")] = 0;
    while ((exchange = oldest(link)) != NULL) {
        exchange->died = true;
        complete(link, exchange);
    }
    PQfinish(link->connection);
    link->connection = NULL;
}

void store_pg_link_finish(struct store_pg_link *link)
{
    store_pg_link_close(link, "cerrada");
    while (link->first != NULL) {
        store_pg_link_drop(link, link->first);
    }
}

static void accept_result(struct store_pg_link *link, PGresult *result)
{
    struct store_pg_exchange *exchange = oldest(link);

    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        complete(link, exchange);
        return;
    }
    keep_result(exchange, result);
}

/* The connection is lost. What the server had still said counts: it may have been the answer to a commit,
 * or why it ended the connection. */
static void salvage(struct store_pg_link *link)
{
    char why[sizeof link->death];
    int nulls = 0;

    (void)snprintf(why, sizeof why, "%s", PQerrorMessage(link->connection));
    while (nulls < 2 && oldest(link) != NULL) {
        PGresult *result = PQgetResult(link->connection);

        if (result == NULL) {
            nulls++;
            continue;
        }
        nulls = 0;
        if (PQresultStatus(result) == PGRES_FATAL_ERROR && store_pg_sqlstate(result) == NULL) {
            PQclear(result); /* libpq's own word for the loss */
            break;
        }
        accept_result(link, result);
    }
    store_pg_link_close(link, why);
}

/* Waits until something can be read (or written, when something is left to write), and reads it. False
 * when the connection is lost; it is closed then. */
static bool make_progress(struct store_pg_link *link)
{
    const int unsent = PQflush(link->connection);
    struct pollfd wait = {.fd = PQsocket(link->connection),
                          .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN)};
    int ready;

    if (unsent < 0) {
        salvage(link);
        return false;
    }
    do {
        ready = poll(&wait, 1, SILENCE_MS);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        store_pg_link_close(link, "la base guarda silencio");
        return false;
    }
    if ((wait.revents & ~POLLOUT) != 0 && PQconsumeInput(link->connection) == 0) {
        salvage(link);
        return false;
    }
    return true;
}

void store_pg_link_wait(struct store_pg_link *link, struct store_pg_exchange *exchange)
{
    int nulls = 0; /* one stands between two results */

    while (!exchange->complete) {
        PGresult *result;

        if (PQisBusy(link->connection)) {
            (void)make_progress(link);
            continue;
        }
        result = PQgetResult(link->connection);
        if (result != NULL) {
            nulls = 0;
            accept_result(link, result);
        } else if (++nulls > 2 || PQstatus(link->connection) == CONNECTION_BAD) {
            salvage(link);
        }
    }
}

struct store_pg_exchange *store_pg_link_begin(struct store_pg_link *link, enum store_pg_kind kind,
                                              int32_t shard)
{
    struct store_pg_exchange *exchange = memory_alloc(sizeof *exchange);
    struct store_pg_exchange **at = &link->first;

    exchange->kind = kind;
    exchange->shard = shard;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = exchange;
    return exchange;
}

/* Nothing of the exchange was ended by a Sync: it cannot have happened. */
static bool give_up(struct store_pg_link *link, struct store_pg_exchange *exchange,
                    struct error *err)
{
    exchange->kind = STORE_PG_CALL; /* so that closing leaves it to us, an orphan too */
    store_pg_link_close(link, PQerrorMessage(link->connection));
    store_pg_link_drop(link, exchange);
    return error_set(err, ERROR_RETRY, "se perdió la conexión con la base: %s", link->death);
}

static bool send_prepared(PGconn *connection, const char *statement,
                          const struct store_pg_params *params)
{
    const char **values = memory_alloc(params->count * sizeof *values);
    int *lengths = memory_alloc(params->count * sizeof *lengths);
    int *formats = memory_alloc(params->count * sizeof *formats);
    int sent;

    for (size_t i = 0; i < params->count; i++) {
        const struct store_pg_param *item = &params->items[i];

        values[i] = item->null                   ? NULL
                    : params->bytes.data == NULL ? ""
                                                 : (const char *)params->bytes.data + item->start;
        lengths[i] = (int)item->size;
        formats[i] = 1;
    }
    sent =
        PQsendQueryPrepared(connection, statement, (int)params->count, values, lengths, formats, 1);
    free(values);
    free(lengths);
    free(formats);
    return sent == 1;
}

bool store_pg_link_add(struct store_pg_link *link, struct store_pg_exchange *exchange,
                       const char *statement, const struct store_pg_params *params,
                       struct error *err)
{
    if (params->bytes.size > INT_MAX / 2) {
        (void)error_set(err, ERROR_FATAL, "%zu bytes son demasiados para una transacción",
                        params->bytes.size);
        return give_up(link, exchange, err);
    }
    if (!send_prepared(link->connection, statement, params)) {
        return give_up(link, exchange, err);
    }
    exchange->statement_count++;
    return true;
}

void store_pg_link_end(struct store_pg_link *link, struct store_pg_exchange *exchange)
{
    int left;

    if (PQpipelineSync(link->connection) != 1) {
        salvage(link);
        return;
    }
    while (!exchange->complete && (left = PQflush(link->connection)) != 0) {
        if (left < 0) {
            salvage(link);
            return;
        }
        if (!make_progress(link)) {
            return;
        }
    }
}

bool store_pg_link_call(struct store_pg_link *link, struct store_pg_exchange *exchange,
                        const char *doing, struct error *err)
{
    const PGresult *failed;

    store_pg_link_end(link, exchange);
    store_pg_link_wait(link, exchange);
    failed = store_pg_exchange_error(exchange, NULL);
    if (failed == NULL && !exchange->died) {
        return true;
    }
    if (failed != NULL) {
        (void)store_pg_fail(failed, doing, err);
    } else {
        (void)error_set(err, ERROR_RETRY, "%s: se perdió la conexión con la base: %s", doing,
                        link->death);
    }
    store_pg_link_drop(link, exchange);
    return false;
}
