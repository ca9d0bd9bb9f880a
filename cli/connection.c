#include "cli/connection.h"
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
    PQfinish(connection->link);
    connection->link = NULL;
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

static const char *the_database(void)
{
    return say("la base de datos", "the database");
}

static bool open_link(struct connection *connection, struct error *err)
{
    if (connection->conninfo == NULL) {
        return error_set(
            err, ERROR_RETRY,
            say("no se sabe dónde está la base de datos: make demo arranca una, o defina "
                "ABASTO_DATABASE o ABASTO_STACK",
                "nobody knows where the database is: make demo starts one, or set "
                "ABASTO_DATABASE or ABASTO_STACK"));
    }
    if (connection->link != NULL && PQstatus(connection->link) == CONNECTION_OK) {
        return true;
    }
    connection_finish(connection);
    connection->link = PQconnectdb(connection->conninfo);
    if (PQstatus(connection->link) != CONNECTION_OK) {
        (void)error_set(err, ERROR_RETRY, "%s", PQerrorMessage(connection->link));
        connection_finish(connection);
        return connection_explain(err, the_database());
    }
    return true;
}

/* undefined_table, invalid_schema_name: the service that makes it has not started yet. */
static bool not_made_yet(const char *sqlstate)
{
    return sqlstate != NULL && (strcmp(sqlstate, "42P01") == 0 || strcmp(sqlstate, "3F000") == 0);
}

bool connection_query(struct connection *connection, const char *sql, const char *const *values,
                      size_t count, PGresult **out, struct error *err)
{
    PGresult *result;
    const char *sqlstate;

    *out = NULL;
    if (!open_link(connection, err)) {
        return false;
    }
    result = PQexecParams(connection->link, sql, (int)count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        *out = result;
        return true;
    }
    sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (not_made_yet(sqlstate)) {
        PQclear(result);
        return true;
    }
    (void)error_set(err, store_pg_action(sqlstate), "%s", PQerrorMessage(connection->link));
    PQclear(result);
    return err->action == ERROR_RETRY ? connection_explain(err, the_database())
                                      : error_prefix(err, "%s", the_database());
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
