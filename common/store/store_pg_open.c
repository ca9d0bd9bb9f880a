#include "common/store/store_pg_link.h"

#include "common/base/arena.h"
#include "common/store/store_pg_connect.h"
#include "common/store/store_pg_result.h"

#include <inttypes.h>

#include <stdlib.h>

enum { CONNECT_S = 5, NETWORK_S = 60, SECOND_MS = 1000 };

static int32_t or_usual(int32_t wanted, int32_t usual)
{
    return wanted > 0 ? wanted : usual;
}

PGconn *store_pg_connect(const struct store_pg_options *options, struct error *err)
{
    /* Keepalives and the timeout bound how long a dead server holds the loop. */
    const char *const keywords[] = {"dbname",           "connect_timeout", "application_name",
                                    "keepalives",       "keepalives_idle", "keepalives_interval",
                                    "tcp_user_timeout", "options",         NULL};
    struct arena arena = {0};
    const char *const values[] = {
        options->conninfo,
        arena_format(&arena, "%" PRId32, or_usual(options->connect_timeout_s, CONNECT_S)),
        arena_format(&arena, "abasto %s", options->schema),
        "1",
        "10",
        "5",
        arena_format(&arena, "%" PRId32,
                     or_usual(options->network_timeout_s, NETWORK_S) * SECOND_MS),
        arena_format(&arena,
                     "-c search_path=\"%s\" -c statement_timeout=60s"
                     " -c plan_cache_mode=force_generic_plan -c client_min_messages=warning"
                     " -c idle_in_transaction_session_timeout=60s -c timezone=UTC",
                     options->schema),
        NULL};
    PGconn *connection = PQconnectdbParams(keywords, values, 1);

    arena_finish(&arena);
    if (PQstatus(connection) == CONNECTION_OK) {
        return connection;
    }
    (void)error_set(err, ERROR_RETRY, "no hay conexión con la base: %s",
                    PQerrorMessage(connection));
    PQfinish(connection);
    return NULL;
}

bool store_pg_ask(PGconn *link, const char *sql, const char *const *values, int count,
                  PGresult **out, struct error *err)
{
    PGresult *result = count == 0 ? PQexec(link, sql)
                                  : PQexecParams(link, sql, count, NULL, values, NULL, NULL, 0);
    const ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        (void)store_pg_fail(result, "preguntar a la base", err);
        PQclear(result);
        return false;
    }
    *out = result;
    return true;
}

/* Sends every statement at once and ends with a Sync; then reads the answers. */
static bool prepare_all(struct store_pg_link *link, struct error *err)
{
    struct store_pg_exchange *exchange = store_pg_link_begin(link, STORE_PG_SETUP, -1);

    for (size_t i = 0; i < link->statements->count; i++) {
        const struct store_pg_statement *statement = &link->statements->items[i];

        if (PQsendPrepare(link->connection, statement->name, statement->sql, 0, NULL) != 1) {
            store_pg_link_drop(link, exchange);
            store_pg_link_close(link, PQerrorMessage(link->connection));
            return error_set(err, ERROR_RETRY, "se perdió la conexión con la base: %s",
                             link->death);
        }
        exchange->statement_count++;
    }
    if (!store_pg_link_call(link, exchange, "preparar las sentencias", err)) {
        store_pg_link_close(link, "sentencias sin preparar");
        return false;
    }
    store_pg_link_drop(link, exchange);
    return true;
}

bool store_pg_link_open(struct store_pg_link *link, struct error *err)
{
    if (link->connection != NULL && PQstatus(link->connection) == CONNECTION_OK) {
        return true;
    }
    if (link->connection != NULL) {
        store_pg_link_close(link, PQerrorMessage(link->connection));
    }
    link->connection = store_pg_connect(link->options, err);
    if (link->connection == NULL) {
        return false;
    }
    link->generation++;
    if (PQsetnonblocking(link->connection, 1) != 0 || PQenterPipelineMode(link->connection) != 1) {
        store_pg_link_close(link, PQerrorMessage(link->connection));
        return error_set(err, ERROR_RETRY, "la conexión no entra en modo de tubería: %s",
                         link->death);
    }
    return prepare_all(link, err);
}
