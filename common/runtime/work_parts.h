#ifndef COMMON_WORK_PARTS_H
#define COMMON_WORK_PARTS_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/runtime/shard.h"

/* Between the files of the unit of work: work.c keeps rows and the agenda, work_put.c rows that are only written,
 * work_emit.c what goes out. */

/* A list of fixed-size items in the arena of the work. */
struct list {
    void *items;
    size_t count;
    size_t capacity;
};

struct work {
    struct shard *shard;
    struct arena arena;
    const struct intake *current;
    struct list *wanted; /* per table: struct cache_entry * that are to be loaded */
    struct store_load *loads;
    size_t load_count;
    struct list *changed;   /* per table: void * rows */
    struct list *put;       /* per table: struct put_row */
    struct list later;      /* struct store_agenda */
    struct list touches;    /* struct store_touch */
    struct list settle;     /* struct settlement */
    struct list quarantine; /* struct store_quarantine */
    struct output *outputs; /* copies: sequences of this batch */
    size_t output_count;
    size_t output_capacity;
    struct buffer outbox;
    struct buffer scratch;
    size_t emitted;
    int64_t aside_by[ASIDE_CLASSES];
    bool left_due;
};

/** The trace of what is being handled; NULL when nothing is, or it has none. */
const char *work_cause(const struct work *work);

/** Where a table stands among the service's. */
size_t work_table_index(const struct work *work, const struct table *table);

/** The rows that were put into the table of that index, the last of each key, ordered by key; in the arena. */
void *const *work_put_rows(struct work *work, size_t table, size_t *count);

/** Room for one more item; the list is in the arena. */
void *work_list_add(struct arena *arena, struct list *list, size_t item_bytes);

#endif
