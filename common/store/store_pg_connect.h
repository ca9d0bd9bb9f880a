#ifndef COMMON_STORE_PG_CONNECT_H
#define COMMON_STORE_PG_CONNECT_H

#include "common/store/store_pg.h"

#include <libpq-fe.h>

/** A connection whose search_path is the options' schema; NULL and RETRY when there is none. PQfinish it. */
PGconn *store_pg_connect(const struct store_pg_options *options, struct error *err);

/** One statement with text parameters, or several without; the caller clears `out`. Fails as store_pg_action says. */
bool store_pg_ask(PGconn *link, const char *sql, const char *const *values, int count,
                  PGresult **out, struct error *err) MUST_CHECK;

#endif
