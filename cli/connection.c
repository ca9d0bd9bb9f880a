#include "cli/connection.h"

#include "cli/homes.h"
#include "cli/say.h"

#include "common/base/instant.h"
#include "common/base/text.h"
#include "common/store/store_pg.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PATIENCE_S = 60, TELL_AFTER_S = 5, PAUSE_MS = 250 };

void connection_pause(int milliseconds)
{
    const struct timespec time = {.tv_sec = milliseconds / 1000,
                                  .tv_nsec = (long)(milliseconds % 1000) * 1000000L};

    (void)nanosleep(&time, NULL);
}

void connection_finish(struct connection *connection)
{
    for (size_t i = 0; i < SERVERS_MAX; i++) {
        PQfinish(connection->links[i]);
        connection->links[i] = NULL;
    }
}

bool connection_explain(struct error *err, const char *whom)
{
    if (err->action != ERROR_RETRY) {
        return false;
    }
    /* libpq speaks in several lines. */
    for (char *at = err->message; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\t') {
            *at = ' ';
        }
    }
    return error_prefix(err,
                        say("no hay conexión con %s: ¿está arriba? Vea make status; make demo "
                            "arranca lo que falta. Detalle",
                            "no connection to %s: is it up? See make status; make demo starts "
                            "what is missing. Detail"),
                        whom);
}

size_t connection_servers(const struct connection *connection)
{
    return connection->servers == NULL ? 0 : connection->servers->count;
}

/* With its name where there are several. */
static const char *the_database(const struct connection *connection, size_t server,
                                struct arena *arena)
{
    return connection_servers(connection) < 2
               ? say("la base de datos", "the database")
               : arena_format(arena, say("la base de datos %s", "the database %s"),
                              connection->servers->items[server].name);
}

static bool no_server(struct error *err)
{
    return error_set(err, ERROR_RETRY,
                     say("no se sabe dónde está la base de datos: make demo arranca una, o defina "
                         "ABASTO_DATABASE o ABASTO_STACK",
                         "nobody knows where the database is: make demo starts one, or set "
                         "ABASTO_DATABASE or ABASTO_STACK"));
}

static bool open_link(struct connection *connection, size_t server, struct error *err)
{
    PGconn **link = &connection->links[server];

    if (*link != NULL && PQstatus(*link) == CONNECTION_OK) {
        return true;
    }
    PQfinish(*link);
    *link = PQconnectdb(connection->servers->items[server].conninfo);
    if (PQstatus(*link) != CONNECTION_OK) {
        (void)error_set(err, ERROR_RETRY, "%s", PQerrorMessage(*link));
        PQfinish(*link);
        *link = NULL;
        return false;
    }
    return true;
}

/* undefined_table, invalid_schema_name: the service that makes it has not started yet. */
static bool not_made_yet(const char *sqlstate)
{
    return sqlstate != NULL && (strcmp(sqlstate, "42P01") == 0 || strcmp(sqlstate, "3F000") == 0);
}

static bool ask(struct connection *connection, size_t server, const char *sql,
                const char *const *values, size_t count, PGresult **out, struct error *err)
{
    PGconn *link;
    PGresult *result;
    const char *sqlstate;

    if (!open_link(connection, server, err)) {
        return false;
    }
    link = connection->links[server];
    result = PQexecParams(link, sql, (int)count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        *out = result;
        return true;
    }
    sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (not_made_yet(sqlstate)) {
        PQclear(result);
        return true;
    }
    (void)error_set(err, store_pg_action(sqlstate), "%s", PQerrorMessage(link));
    PQclear(result);
    return false;
}

bool connection_query_at(struct connection *connection, size_t server, const char *sql,
                         const char *const *values, size_t count, PGresult **out, struct error *err)
{
    struct arena arena = {0};
    bool good;

    *out = NULL;
    good = ask(connection, server, sql, values, count, out, err);
    if (!good) {
        const char *whom = the_database(connection, server, &arena);

        (void)(err->action == ERROR_RETRY ? connection_explain(err, whom)
                                          : error_prefix(err, "%s", whom));
    }
    arena_finish(&arena);
    return good;
}

bool connection_query(struct connection *connection, const char *sql, const char *const *values,
                      size_t count, PGresult **out, struct error *err)
{
    *out = NULL;
    switch (connection_servers(connection)) {
    case 0:
        return no_server(err);
    case 1:
        connection->known = connection->known || homes_are_known(connection, err);
        return connection->known &&
               connection_query_at(connection, 0, sql, values, count, out, err);
    default:
        return homes_query(connection, sql, values, count, out, err);
    }
}

bool connection_query_patiently(struct connection *connection, const char *sql,
                                const char *const *values, size_t count, PGresult **out,
                                struct error *err)
{
    const int64_t begun = instant_now();
    const int64_t until = begun + INT64_C(1000000) * PATIENCE_S;
    bool told = false;

    while (!connection_query(connection, sql, values, count, out, err)) {
        if (err->action != ERROR_RETRY || instant_now() > until) {
            return false;
        }
        error_clear(err);
        if (!told && instant_now() - begun > INT64_C(1000000) * TELL_AFTER_S) {
            told = true;
            fprintf(stderr,
                    say("la base de datos no responde; se espera hasta %d s: vea make status\n",
                        "the database does not answer; waiting up to %d s: see make status\n"),
                    PATIENCE_S);
        }
        connection_pause(PAUSE_MS);
    }
    return true;
}

int connection_rows(const PGresult *result)
{
    return result == NULL ? 0 : PQntuples(result);
}

const char *connection_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

bool connection_int64(const PGresult *result, int row, int column, int64_t *out, struct error *err)
{
    const char *text = connection_text(result, row, column);

    *out = 0;
    return text == NULL || text_to_int64(text, out) ||
           error_set(err, ERROR_FATAL,
                     say("«%s» no es un número entero", "«%s» is no whole number"), text);
}
