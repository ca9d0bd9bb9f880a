#include "tests/support/fake_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
static size_t lower_bound(const struct fake_store *store, const struct table *table,
                          const char *owner, const char *id)
{
    size_t low = 0;
    size_t high = store->row_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_row(&store->rows[middle], table, owner, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct fake_row *fake_store_rows(const struct fake_store *store, const struct table *table,
                                       const char *owner, size_t *count)
{
    const size_t first = lower_bound(store, table, owner, "");
    size_t end = first;

    while (end < store->row_count && store->rows[end].table == table &&
           strcmp(store->rows[end].owner, owner) == 0) {
        end++;
    }
    *count = end - first;
    return *count == 0 ? NULL : &store->rows[first];
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

/* Copies the declared columns of a row, texts into the arena. */
static void *copy_columns(struct arena *arena, const struct table *table, const void *row)
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

static void *grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    return memory_resize(items, *capacity * item_bytes);
}

static void write_row(struct fake_store *store, const struct table *table, const void *row)
{
    void *copy = copy_columns(&store->arena, table, row);
    const char *owner = text_at(copy, &table->columns[0]);
    const char *id = table->key_columns > 1 ? text_at(copy, &table->columns[1]) : "";
    const size_t at = lower_bound(store, table, owner, id);

    if (at < store->row_count && compare_row(&store->rows[at], table, owner, id) == 0) {
        store->rows[at].row = copy;
        return;
    }
    store->rows = grow(store->rows, store->row_count, &store->row_capacity, sizeof *store->rows);
    memmove(store->rows + at + 1, store->rows + at, (store->row_count - at) * sizeof *store->rows);
    store->rows[at] = (struct fake_row){table, owner, id, copy};
    store->row_count++;
}

static bool same_item(const struct store_agenda *a, const struct store_agenda *b)
{
    return a->due == b->due && strcmp(a->kind, b->kind) == 0 && strcmp(a->key, b->key) == 0;
}

static size_t agenda_find(const struct fake_store *store, const struct store_agenda *item)
{
    size_t i = 0;

    while (i < store->agenda_count && !same_item(&store->agenda[i], item)) {
        i++;
    }
    return i;
}

static void agenda_remove(struct fake_store *store, const struct store_agenda *item)
{
    const size_t at = agenda_find(store, item);

    if (at < store->agenda_count) {
        store->agenda_count--;
        memmove(store->agenda + at, store->agenda + at + 1,
                (store->agenda_count - at) * sizeof *store->agenda);
    }
}

static void agenda_add(struct fake_store *store, int32_t due, const char *kind, const char *key,
                       const char *traceparent)
{
    const struct store_agenda item = {due, arena_copy(&store->arena, kind),
                                      arena_copy(&store->arena, key),
                                      arena_copy(&store->arena, traceparent)};

    if (agenda_find(store, &item) < store->agenda_count) {
        return;
    }
    store->agenda =
        grow(store->agenda, store->agenda_count, &store->agenda_capacity, sizeof *store->agenda);
    store->agenda[store->agenda_count++] = item;
}

static void touch(struct fake_store *store, const struct store_touch *touch)
{
    const size_t prefix_bytes = strlen(touch->prefix);

    for (size_t i = lower_bound(store, touch->table, touch->prefix, "");
         i < store->row_count && store->rows[i].table == touch->table &&
         strncmp(store->rows[i].owner, touch->prefix, prefix_bytes) == 0;
         i++) {
        agenda_add(store, STORE_DUE_NOW, touch->kind, store->rows[i].owner, touch->traceparent);
    }
}

void fake_store_commit(struct fake_store *store, const struct store_commit *commit)
{
    for (size_t i = 0; i < commit->write_count; i++) {
        for (size_t j = 0; j < commit->writes[i].row_count; j++) {
            write_row(store, commit->writes[i].table, commit->writes[i].rows[j]);
        }
    }
    for (size_t i = 0; i < commit->done_count; i++) {
        agenda_remove(store, &commit->done[i]);
    }
    for (size_t i = 0; i < commit->later_count; i++) {
        agenda_add(store, commit->later[i].due, commit->later[i].kind, commit->later[i].key,
                   commit->later[i].traceparent);
    }
    for (size_t i = 0; i < commit->touch_count; i++) {
        touch(store, &commit->touches[i]);
    }
}

static bool load_send(struct store *base, int32_t shard, struct store_load *loads, size_t count,
                      struct error *err)
{
    struct fake_store *store = (struct fake_store *)(void *)base;

    (void)shard;
    (void)err;
    store->loads = loads;
    store->load_count = count;
    return true;
}

static void load_table(const struct fake_store *store, struct store_load *load, struct arena *arena)
{
    load->rows = arena_array(arena, store->row_count + 1, sizeof *load->rows);
    load->row_count = 0;
    for (size_t i = 0; i < load->owner_count; i++) {
        size_t count;
        const struct fake_row *rows = fake_store_rows(store, load->table, load->owners[i], &count);

        for (size_t j = 0; j < count; j++) {
            load->rows[load->row_count++] = rows[j].row;
        }
    }
}

static bool load_receive(struct store *base, int32_t shard, struct arena *arena, struct error *err)
{
    struct fake_store *store = (struct fake_store *)(void *)base;

    (void)shard;
    (void)err;
    for (size_t i = 0; i < store->load_count; i++) {
        load_table(store, &store->loads[i], arena);
    }
    store->load_count = 0;
    return true;
}

static bool is_due(const struct store_agenda *item, const char *const *institutions,
                   const int32_t *days, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t length = strlen(institutions[i]);

        if (strncmp(item->key, institutions[i], length) == 0 && item->key[length] == '/' &&
            item->due <= days[i]) {
            return true;
        }
    }
    return item->due == STORE_DUE_NOW;
}

static int by_agenda(const void *left, const void *right)
{
    const struct store_agenda *a = left;
    const struct store_agenda *b = right;
    const int kind = strcmp(a->kind, b->kind);

    if (a->due != b->due) {
        return a->due < b->due ? -1 : 1;
    }
    return kind != 0 ? kind : strcmp(a->key, b->key);
}

static bool agenda(struct store *base, int32_t shard, const char *const *institutions,
                   const int32_t *days, size_t count, size_t limit, struct arena *arena,
                   struct store_agenda **out, size_t *out_count, struct error *err)
{
    struct fake_store *store = (struct fake_store *)(void *)base;
    const size_t most =
        store->agenda_max > 0 && store->agenda_max < limit ? store->agenda_max : limit;

    (void)shard;
    (void)err;
    if (store->agenda_count > 1) {
        qsort(store->agenda, store->agenda_count, sizeof *store->agenda, by_agenda);
    }
    *out = arena_array(arena, store->agenda_count + 1, sizeof **out);
    *out_count = 0;
    for (size_t i = 0; i < store->agenda_count && *out_count < most; i++) {
        if (is_due(&store->agenda[i], institutions, days, count)) {
            (*out)[(*out_count)++] = store->agenda[i];
        }
    }
    return true;
}

/* Nobody asks for published batches again, and the fake is its owner's to end. */
static const struct store_operations operations = {.takeover = fake_store_takeover,
                                                   .release = fake_store_release,
                                                   .load_send = load_send,
                                                   .load_receive = load_receive,
                                                   .agenda = agenda,
                                                   .commit_send = fake_store_commit_send,
                                                   .commit_receive = fake_store_commit_receive};

void fake_store_init(struct fake_store *store)
{
    *store = (struct fake_store){
        .store = {&operations}, .incarnation = 1, .own_rule_version = 1, .rule_version = 1};
}

void fake_store_clear(struct fake_store *store)
{
    struct fake_list *const lists[] = {&store->positions,  &store->sequences, &store->heard,
                                       &store->watermarks, &store->forwarded, &store->outbox,
                                       &store->quarantine};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        lists[i]->count = 0;
    }
    store->row_count = 0;
    store->agenda_count = 0;
    store->batch = 0;
    store->published = 0;
    arena_reset(&store->arena);
}

void fake_store_finish(struct fake_store *store)
{
    free(store->rows);
    free(store->agenda);
    free(store->positions.items);
    free(store->sequences.items);
    free(store->heard.items);
    free(store->watermarks.items);
    free(store->forwarded.items);
    free(store->outbox.items);
    free(store->quarantine.items);
    arena_finish(&store->arena);
    *store = (struct fake_store){0};
}

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

char *fake_store_text(const struct fake_store *store, const struct table *table,
                      struct arena *arena)
{
    char *text = arena_copy(arena, "");

    for (size_t i = 0; i < store->row_count; i++) {
        const struct fake_row *row = &store->rows[i];
        const char *content = row->table == table ? content_of(table, row->row, arena) : "";

        if (content[0] != '\0') {
            text = arena_format(arena, "%s%s\t%s\t%s%s\n", text, table->name, row->owner, row->id,
                                content);
        }
    }
    return text;
}
