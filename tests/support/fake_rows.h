#ifndef TESTS_FAKE_ROWS_H
#define TESTS_FAKE_ROWS_H

#include "tests/support/fake_database.h"

/* Between the files of the fake database: rows of the service's tables, and the agenda. */

/** Room for one more item, zeroed. */
void *fake_list_add(struct fake_list *list);

/** A copy of what a commit points to, in the arena. */
struct store_commit fake_commit_copy(struct arena *arena, const struct store_commit *commit);

/** Copies the declared columns of a row, texts into the arena. */
void *fake_row_copy(struct arena *arena, const struct table *table, const void *row);

/** Writes, agenda items done, new ones and touches. */
void fake_rows_apply(struct fake_shard *shard, struct arena *arena,
                     const struct store_commit *commit);

/** Whether PostgreSQL could hold every row; `refused` is a text that it could not either. */
bool fake_rows_are_storable(const struct store_commit *commit, const char *refused);

#endif
