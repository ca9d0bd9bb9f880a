#ifndef CLI_CONNECTION_H
#define CLI_CONNECTION_H

#include "common/base/error.h"
#include "common/store/server_list.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The command line's connections to the PostgreSQL servers: each made when first asked, made again when lost. */
struct connection {
    const struct server_list *servers; /**< none in it: nobody knows where they are */
    PGconn *links[SERVERS_MAX];
    bool known; /**< there is one server, and it was asked whether it holds everything */
};

size_t connection_servers(const struct connection *connection);

/** One statement with text parameters to one server; the caller clears `out`. RETRY when it is away. A table or schema
 *  that no service has made yet gives no rows: `*out` is NULL. */
bool connection_query_at(struct connection *connection, size_t server, const char *sql,
                         const char *const *values, size_t count, PGresult **out,
                         struct error *err) MUST_CHECK;

/** The same to all servers, their rows one behind the other (homes_query). What counts over all rows gives a row of each
 *  server; with `having count(*) > 0` only of those that have any. */
bool connection_query(struct connection *connection, const char *sql, const char *const *values,
                      size_t count, PGresult **out, struct error *err) MUST_CHECK;

/** The same, but a database that is away is waited for, a minute at most. */
bool connection_query_patiently(struct connection *connection, const char *sql,
                                const char *const *values, size_t count, PGresult **out,
                                struct error *err) MUST_CHECK;

/** Puts what people can do before what a library says, when an error is that nobody answers: `whom` is Kafka, or the
 *  database. Other errors stay as they are. Always returns false. */
bool connection_explain(struct error *err, const char *whom);

void connection_finish(struct connection *connection);

/** Rows of a result, 0 for NULL. */
int connection_rows(const PGresult *result);

/** A value as text; NULL for SQL NULL. */
const char *connection_text(const PGresult *result, int row, int column);

/** A whole number; SQL NULL is 0. FATAL for anything else. */
bool connection_int64(const PGresult *result, int row, int column, int64_t *out,
                      struct error *err) MUST_CHECK;

/** Pauses between two questions. */
void connection_pause(int milliseconds);

#endif
