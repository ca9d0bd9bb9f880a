#include "common/runtime/work.h"

#include "common/runtime/work_parts.h"

#include <stdlib.h>
#include <string.h>

/* Rows of one key compare by when they were put. */
struct put_row {
    const char *owner;
    const char *id;
    size_t turn;
    void *row;
};

static const char *key_of(const struct table *table, const void *row, size_t column)
{
    return *(const char *const *)(const void *)((const unsigned char *)row +
                                                table->columns[column].offset);
}

void work_put(struct work *work, const struct table *table, const void *row)
{
    struct list *list = &work->put[work_table_index(work, table)];
    const size_t turn = list->count;
    struct put_row *put = work_list_add(&work->arena, list, sizeof *put);

    *put = (struct put_row){.owner = key_of(table, row, 0),
                            .id = table->key_columns > 1 ? key_of(table, row, 1) : "",
                            .turn = turn,
                            .row = arena_alloc(&work->arena, table->row_bytes)};
    memcpy(put->row, row, table->row_bytes);
}

static int by_key(const struct put_row *a, const struct put_row *b)
{
    const int owner = strcmp(a->owner, b->owner);

    return owner != 0 ? owner : strcmp(a->id, b->id);
}

static int by_key_and_turn(const void *left, const void *right)
{
    const struct put_row *a = left;
    const struct put_row *b = right;
    const int key = by_key(a, b);

    return key != 0 ? key : a->turn < b->turn ? -1 : 1;
}

void *const *work_put_rows(struct work *work, size_t table, size_t *count)
{
    struct put_row *puts = work->put[table].items;
    const size_t put_count = work->put[table].count;
    void **rows = arena_array(&work->arena, put_count, sizeof *rows);

    *count = 0;
    qsort(puts, put_count, sizeof *puts, by_key_and_turn);
    for (size_t i = 0; i < put_count; i++) {
        if (i + 1 == put_count || by_key(&puts[i], &puts[i + 1]) != 0) {
            rows[(*count)++] = puts[i].row;
        }
    }
    return rows;
}
