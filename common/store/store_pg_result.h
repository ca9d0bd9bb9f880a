#ifndef COMMON_STORE_PG_RESULT_H
#define COMMON_STORE_PG_RESULT_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/store/table.h"

#include <libpq-fe.h>
#include <stdint.h>

/* Fields of results in binary format. SQL NULL is 0, or NULL for texts. Memory is the arena's. */
int32_t store_pg_int32(const PGresult *result, int row, int column);
int64_t store_pg_int64(const PGresult *result, int row, int column);
const char *store_pg_text(const PGresult *result, int row, int column, struct arena *arena);
struct bytes store_pg_bytes(const PGresult *result, int row, int column, struct arena *arena);

/** Makes row structs of a result whose columns are those of the table, in their order. FATAL when a
 *  column is not what the table declares. */
bool store_pg_rows(const PGresult *result, const struct table *table, struct arena *arena,
                   void ***rows, size_t *count, struct error *err) MUST_CHECK;

/** NULL when it carries none, as a result that libpq itself made. */
const char *store_pg_sqlstate(const PGresult *result);

/** Raises what a failed result means: primary message and SQLSTATE, never its detail, which may quote
 *  data. Always returns false. */
bool store_pg_fail(const PGresult *result, const char *doing, struct error *err);

#endif
