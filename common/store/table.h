#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/** How a member of a row struct is kept in PostgreSQL. */
enum column_type {
    COLUMN_TEXT,  /**< const char *; NULL is SQL NULL */
    COLUMN_INT64, /**< int64_t, bigint */
    COLUMN_INT32, /**< int32_t, integer */
    COLUMN_DATE,  /**< int32_t days since 1970-01-01, date */
    COLUMN_BOOL,  /**< bool, boolean */
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
    bool nullable;          /**< for other than COLUMN_TEXT: `presence_offset` holds a bool */
    size_t presence_offset; /**< offset of `bool has_<name>` when nullable */
};

/**
 * A table of a service, declared once: its SQL, loading and saving follow from it.
 *
 * The first column is the *owner*: text, what rows are loaded by. A table of one row per owner has
 * `key_columns == 1`; a table of many has 2, the second being the row's id (text) within the owner.
 * The runtime adds `shard integer` in front of the key. An owner starts with its contract_id, so
 * that all rows of a contract can be found by prefix.
 */
struct table {
    const char *name;
    size_t row_bytes;
    const struct column *columns;
    size_t column_count;
    size_t key_columns; /**< 1 or 2 */
};

/** A view over a service's tables, made anew by the first start that declares it otherwise. A list ends with a
 *  zeroed one. */
struct view {
    const char *name;
    const char *sql; /**< the select */
};

#define COLUMN(row, member, kind)                                                                  \
    {                                                                                              \
        .name = #member, .type = (kind), .offset = offsetof(row, member)                           \
    }
#define COLUMN_OPTIONAL(row, member, kind)                                                         \
    {                                                                                              \
        .name = #member, .type = (kind), .offset = offsetof(row, member), .nullable = true,        \
        .presence_offset = offsetof(row, has_##member)                                             \
    }
#define TABLE(row, table_name, keys, list)                                                         \
    {                                                                                              \
        .name = (table_name), .row_bytes = sizeof(row), .columns = (list),                         \
        .column_count = sizeof(list) / sizeof((list)[0]), .key_columns = (keys)                    \
    }

#endif
