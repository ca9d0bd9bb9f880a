#ifndef CLI_MERGE_H
#define CLI_MERGE_H

#include "cli/connection.h"

/* What several servers answered, as one answer. Where there is one server nothing is changed. */

/** Adds rows to `*to`, which may be NULL, as `more` may. FATAL: no memory. */
bool merge_append(PGresult **to, const PGresult *more, struct error *err) MUST_CHECK;

/** Sorts by columns, whole numbers by value, texts bytewise, NULL last; keeps the first `limit` rows (0: all). */
bool merge_sort(const struct connection *connection, PGresult **result, const int *columns,
                size_t count, int64_t limit, struct error *err) MUST_CHECK;

/** Rows whose first column is the same become one, in which the others, whole numbers, are added up; sorted by the
 *  first column, TOTAL last. */
bool merge_sum(const struct connection *connection, PGresult **result,
               struct error *err) MUST_CHECK;

#endif
