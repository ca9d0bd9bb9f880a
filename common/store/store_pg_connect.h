#ifndef COMMON_STORE_PG_CONNECT_H
#define COMMON_STORE_PG_CONNECT_H

#include "common/base/error.h"

#include <libpq-fe.h>

/** A connection whose search_path is `schema`; NULL and RETRY when there is none. PQfinish it. */
PGconn *store_pg_connect(const char *conninfo, const char *schema, struct error *err);

#endif
