#ifndef COMMON_STORE_PG_MOVE_TABLE_H
#define COMMON_STORE_PG_MOVE_TABLE_H

#include "common/base/arena.h"
#include "common/base/error.h"

#include <libpq-fe.h>
#include <stdint.h>

/* What store_pg_move.c does with each table. Connections are in the transaction that they are to be in. */

/** A table of a service, as the catalogue tells it. */
struct move_table {
    const char *name;
    const char *key;     /**< the column that names the shard */
    const char *columns; /**< quoted, in bytewise order, apart by commas */
    const char *types;   /**< the same with their types: what two servers are compared by */
};

struct move_tables {
    struct move_table *items;
    size_t count;
};

/** All tables of the schema that hold rows of shards, which must be the same on both servers. REJECT: they are not, or
 *  one has no column `shard`. Memory is the arena's. */
bool move_tables_find(PGconn *home, PGconn *destination, const char *schema, struct arena *arena,
                      struct move_tables *out, struct error *err) MUST_CHECK;

/** Adds the shard's rows of the table to `*rows`. */
bool move_table_count(PGconn *link, const char *schema, int32_t shard,
                      const struct move_table *table, int64_t *rows, struct error *err) MUST_CHECK;

/** Makes the table in the schema `aside` of the destination, copies the shard's rows into it by COPY, and compares. */
bool move_table_copy(PGconn *home, PGconn *destination, const char *schema, const char *aside,
                     int32_t shard, const struct move_table *table, int64_t *rows,
                     struct error *err) MUST_CHECK;

/** REJECT unless the shard's rows at home and the copy agree in number and digest, whatever their order. Adds them to
 *  `*rows` (NULL: not wanted). */
bool move_table_compare(PGconn *home, PGconn *destination, const char *schema, const char *aside,
                        int32_t shard, const struct move_table *table, int64_t *rows,
                        struct error *err) MUST_CHECK;

/** Into the service's table from the copy, on one server. */
bool move_table_take(PGconn *link, const char *aside, const char *schema,
                     const struct move_table *table, int64_t *rows, struct error *err) MUST_CHECK;

bool move_table_delete(PGconn *link, const char *schema, int32_t shard,
                       const struct move_table *table, int64_t *rows, struct error *err) MUST_CHECK;

#endif
