#ifndef COMMON_STORE_PG_STATEMENT_H
#define COMMON_STORE_PG_STATEMENT_H

#include "common/base/error.h"
#include "common/store/table.h"

#include <stddef.h>

/** Statements of the runtime's own tables; each is prepared once per connection. */
enum store_pg_own {
    STORE_PG_LOCK_TIMEOUT,
    STORE_PG_TAKE,
    STORE_PG_SHARD,
    STORE_PG_LEFT,
    STORE_PG_POSITIONS,
    STORE_PG_SEQUENCES,
    STORE_PG_HEARD,
    STORE_PG_WATERMARKS,
    STORE_PG_FORWARDED,
    STORE_PG_REPLAYS,
    STORE_PG_UNPUBLISHED,
    STORE_PG_EVICT,
    STORE_PG_RELEASE,
    STORE_PG_OWNS,
    STORE_PG_AGENDA,
    STORE_PG_AGENDA_SIZE,
    STORE_PG_OUTBOX,
    STORE_PG_ADVANCE,
    STORE_PG_REPLAYED,
    STORE_PG_DONE,
    STORE_PG_LATER,
    STORE_PG_PUT_SEQUENCES,
    STORE_PG_PUT_HEARD,
    STORE_PG_PUT_WATERMARKS,
    STORE_PG_PUT_FORWARDED,
    STORE_PG_PUT_QUARANTINE,
    STORE_PG_PUT_OUTBOX,
    STORE_PG_PRUNE,
    STORE_PG_OWN_COUNT,
};

/** And those of each declared table. */
enum store_pg_of_table {
    STORE_PG_TABLE_LOAD,
    STORE_PG_TABLE_SAVE,
    STORE_PG_TABLE_TOUCH,
    STORE_PG_OF_TABLE_COUNT,
};

struct store_pg_statement {
    char *name;
    char *sql;
};

struct store_pg_statements {
    struct store_pg_statement *items;
    size_t count;
    const struct table *const *tables;
};

/** Writes the statements of the tables (NULL-terminated, borrowed); release with finish. */
void store_pg_statements_init(struct store_pg_statements *statements,
                              const struct table *const *tables);
void store_pg_statements_finish(struct store_pg_statements *statements);

const char *store_pg_statement_own(const struct store_pg_statements *statements,
                                   enum store_pg_own own);

/** FATAL when the table is not among the declared ones. */
bool store_pg_statement_of(const struct store_pg_statements *statements, const struct table *table,
                           enum store_pg_of_table which, const char **name,
                           struct error *err) MUST_CHECK;

/** "bigint", as a column of that type is declared. */
const char *store_pg_type_name(enum column_type type);

#endif
