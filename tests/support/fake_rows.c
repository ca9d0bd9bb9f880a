#include "tests/support/fake_rows.h"

#include "common/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Days since 1970 of the first and last date that PostgreSQL holds. */
static const int32_t date_first = -2440588;
static const int32_t date_last = 2145042905;

void *fake_list_add(struct fake_list *list)
{
    void *item;

    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->items = memory_resize(list->items, list->capacity * list->item_bytes);
    }
    item = (unsigned char *)list->items + list->count++ * list->item_bytes;
    memset(item, 0, list->item_bytes);
    return item;
}

/* --- rows --- */

static const char *text_at(const void *row, const struct column *column)
{
    const void *at = (const unsigned char *)row + column->offset;

    return *(const char *const *)at;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

static int compare_row(const struct fake_row *row, const struct table *table, const char *owner,
                       const char *id)
{
    int order;

    if (row->table != table) {
        return row->table < table ? -1 : 1;
    }
    order = compare_texts(row->owner, owner);
    return order != 0 ? order : compare_texts(row->id, id);
}

/* Where the first row is that does not come before. */
static size_t lower_bound(const struct fake_shard *shard, const struct table *table,
                          const char *owner, const char *id)
{
    const struct fake_row *rows = shard->rows.items;
    size_t low = 0;
    size_t high = shard->rows.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_row(&rows[middle], table, owner, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct fake_row *fake_shard_rows(const struct fake_shard *shard, const struct table *table,
                                       const char *owner, size_t *count)
{
    const struct fake_row *rows = shard->rows.items;
    const size_t first = lower_bound(shard, table, owner, "");
    size_t end = first;

    while (end < shard->rows.count && rows[end].table == table &&
           strcmp(rows[end].owner, owner) == 0) {
        end++;
    }
    *count = end - first;
    return *count == 0 ? NULL : &rows[first];
}

static size_t column_bytes(enum column_type type)
{
    switch (type) {
    case COLUMN_TEXT:
        return sizeof(const char *);
    case COLUMN_INT64:
        return sizeof(int64_t);
    case COLUMN_INT32:
    case COLUMN_DATE:
        return sizeof(int32_t);
    case COLUMN_BOOL:
        return sizeof(bool);
    }
    abort();
}

void *fake_row_copy(struct arena *arena, const struct table *table, const void *row)
{
    unsigned char *copy = arena_alloc(arena, table->row_bytes);

    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        const unsigned char *from = (const unsigned char *)row + column->offset;
        bool present = true;

        if (column->nullable && column->type != COLUMN_TEXT) {
            memcpy(&present, (const unsigned char *)row + column->presence_offset, sizeof present);
            memcpy(copy + column->presence_offset, &present, sizeof present);
        }
        if (column->type == COLUMN_TEXT) {
            const char *text = arena_copy(arena, text_at(row, column));

            memcpy(copy + column->offset, &text, sizeof text);
        } else if (present) {
            memcpy(copy + column->offset, from, column_bytes(column->type));
        }
    }
    return copy;
}

static void write_row(struct fake_shard *shard, struct arena *arena, const struct table *table,
                      const void *row)
{
    void *copy = fake_row_copy(arena, table, row);
    const char *owner = text_at(copy, &table->columns[0]);
    const char *id = table->key_columns > 1 ? text_at(copy, &table->columns[1]) : "";
    const size_t at = lower_bound(shard, table, owner, id);
    struct fake_row *rows = shard->rows.items;

    if (at < shard->rows.count && compare_row(&rows[at], table, owner, id) == 0) {
        rows[at].row = copy;
        return;
    }
    (void)fake_list_add(&shard->rows);
    rows = shard->rows.items;
    memmove(rows + at + 1, rows + at, (shard->rows.count - 1 - at) * sizeof *rows);
    rows[at] = (struct fake_row){table, owner, id, copy};
}

/* --- agenda --- */

static bool same_item(const struct store_agenda *a, const struct store_agenda *b)
{
    return a->due == b->due && strcmp(a->kind, b->kind) == 0 && strcmp(a->key, b->key) == 0;
}

static size_t agenda_find(const struct fake_shard *shard, const struct store_agenda *item)
{
    const struct store_agenda *items = shard->agenda.items;
    size_t i = 0;

    while (i < shard->agenda.count && !same_item(&items[i], item)) {
        i++;
    }
    return i;
}

static void agenda_remove(struct fake_shard *shard, const struct store_agenda *item)
{
    struct store_agenda *items = shard->agenda.items;
    const size_t at = agenda_find(shard, item);

    if (at < shard->agenda.count) {
        shard->agenda.count--;
        memmove(items + at, items + at + 1, (shard->agenda.count - at) * sizeof *items);
    }
}

static void agenda_add(struct fake_shard *shard, struct arena *arena, int32_t due, const char *kind,
                       const char *key, const char *traceparent)
{
    const struct store_agenda item = {due, arena_copy(arena, kind), arena_copy(arena, key),
                                      arena_copy(arena, traceparent)};

    if (agenda_find(shard, &item) == shard->agenda.count) {
        *(struct store_agenda *)fake_list_add(&shard->agenda) = item;
    }
}

static void touch(struct fake_shard *shard, struct arena *arena, const struct store_touch *touch)
{
    const struct fake_row *rows = shard->rows.items;
    const size_t prefix_bytes = strlen(touch->prefix);

    for (size_t i = lower_bound(shard, touch->table, touch->prefix, "");
         i < shard->rows.count && rows[i].table == touch->table &&
         strncmp(rows[i].owner, touch->prefix, prefix_bytes) == 0;
         i++) {
        agenda_add(shard, arena, STORE_DUE_NOW, touch->kind, rows[i].owner, touch->traceparent);
    }
}

void fake_rows_apply(struct fake_shard *shard, struct arena *arena,
                     const struct store_commit *commit)
{
    for (size_t i = 0; i < commit->write_count; i++) {
        for (size_t j = 0; j < commit->writes[i].row_count; j++) {
            write_row(shard, arena, commit->writes[i].table, commit->writes[i].rows[j]);
        }
    }
    for (size_t i = 0; i < commit->done_count; i++) {
        agenda_remove(shard, &commit->done[i]);
    }
    for (size_t i = 0; i < commit->later_count; i++) {
        agenda_add(shard, arena, commit->later[i].due, commit->later[i].kind, commit->later[i].key,
                   commit->later[i].traceparent);
    }
    for (size_t i = 0; i < commit->touch_count; i++) {
        touch(shard, arena, &commit->touches[i]);
    }
}

/* --- what a table cannot hold --- */

static bool is_storable(const void *row, const struct column *column, const char *refused)
{
    const unsigned char *at = (const unsigned char *)row + column->offset;
    bool present = true;
    const char *text;
    int32_t date;

    if (column->type == COLUMN_TEXT) {
        text = text_at(row, column);
        return text == NULL || (text_is_utf8((const uint8_t *)text, strlen(text)) &&
                                (refused == NULL || strcmp(text, refused) != 0));
    }
    if (column->nullable) {
        memcpy(&present, (const unsigned char *)row + column->presence_offset, sizeof present);
    }
    if (column->type != COLUMN_DATE || !present) {
        return true;
    }
    memcpy(&date, at, sizeof date);
    return date >= date_first && date <= date_last;
}

static bool write_is_storable(const struct store_write *write, const char *refused)
{
    for (size_t i = 0; i < write->row_count; i++) {
        for (size_t j = 0; j < write->table->column_count; j++) {
            if (!is_storable(write->rows[i], &write->table->columns[j], refused)) {
                return false;
            }
        }
    }
    return true;
}

bool fake_rows_are_storable(const struct store_commit *commit, const char *refused)
{
    for (size_t i = 0; i < commit->write_count; i++) {
        if (!write_is_storable(&commit->writes[i], refused)) {
            return false;
        }
    }
    return true;
}

/* --- as text --- */

/* "name=value" of every column but the key's that is not zero. */
static const char *content_of(const struct table *table, const void *row, struct arena *arena)
{
    const char *text = "";

    for (size_t i = table->key_columns; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        const void *at = (const unsigned char *)row + column->offset;
        const char *said = NULL;

        switch (column->type) {
        case COLUMN_TEXT:
            said = *(const char *const *)at;
            break;
        case COLUMN_INT64:
            said = *(const int64_t *)at != 0 ? arena_format(arena, "%" PRId64, *(const int64_t *)at)
                                             : NULL;
            break;
        case COLUMN_INT32:
        case COLUMN_DATE:
            said = *(const int32_t *)at != 0 ? arena_format(arena, "%" PRId32, *(const int32_t *)at)
                                             : NULL;
            break;
        case COLUMN_BOOL:
            said = *(const bool *)at ? "true" : NULL;
            break;
        }
        if (said != NULL) {
            text = arena_format(arena, "%s\t%s=%s", text, column->name, said);
        }
    }
    return text;
}

char *fake_shard_text(const struct fake_shard *shard, const struct table *table,
                      struct arena *arena)
{
    const struct fake_row *rows = shard->rows.items;
    char *text = arena_copy(arena, "");

    for (size_t i = 0; i < shard->rows.count; i++) {
        const char *content = rows[i].table == table ? content_of(table, rows[i].row, arena) : "";

        if (content[0] != '\0') {
            text = arena_format(arena, "%s%s\t%s\t%s%s\n", text, table->name, rows[i].owner,
                                rows[i].id, content);
        }
    }
    return text;
}
