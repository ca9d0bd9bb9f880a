#include "common/runtime/work.h"

#include "common/runtime/work_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *work_list_add(struct arena *arena, struct list *list, size_t item_bytes)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        void *items = arena_array(arena, capacity, item_bytes);

        if (list->count > 0) {
            memcpy(items, list->items, list->count * item_bytes);
        }
        list->items = items;
        list->capacity = capacity;
    }
    return (unsigned char *)list->items + list->count++ * item_bytes;
}

static size_t table_count(const struct service *service)
{
    size_t count = 0;

    while (service->tables[count] != NULL) {
        count++;
    }
    return count;
}

size_t work_table_index(const struct work *work, const struct table *table)
{
    const struct table *const *tables = work->shard->member->service->tables;
    size_t index = 0;

    while (tables[index] != table) {
        assert(tables[index] != NULL && "table is not declared by the service");
        index++;
    }
    return index;
}

static void start(struct work *work)
{
    const size_t tables = table_count(work->shard->member->service);
    const struct shard *shard = work->shard;

    work->wanted = arena_array(&work->arena, tables, sizeof *work->wanted);
    work->changed = arena_array(&work->arena, tables, sizeof *work->changed);
    work->put = arena_array(&work->arena, tables, sizeof *work->put);
    work->outputs = memory_resize(work->outputs, (shard->output_count + 1) * sizeof *work->outputs);
    if (shard->output_count > 0) {
        memcpy(work->outputs, shard->outputs, shard->output_count * sizeof *work->outputs);
    }
    work->output_count = shard->output_count;
    work->output_capacity = shard->output_count + 1;
}

struct work *work_begin(struct shard *shard)
{
    struct work *work = memory_alloc(sizeof *work);

    work->shard = shard;
    start(work);
    return work;
}

void work_restart(struct work *work)
{
    struct list none = {0};

    work->later = none;
    work->touches = none;
    work->settle = none;
    work->quarantine = none;
    work->load_count = 0;
    work->emitted = 0;
    memset(work->aside_by, 0, sizeof work->aside_by);
    work->left_due = false;
    buffer_clear(&work->outbox);
    start(work);
}

void work_end(struct work *work)
{
    arena_finish(&work->arena);
    buffer_finish(&work->outbox);
    buffer_finish(&work->scratch);
    free(work->outputs);
    free(work);
}

struct arena *work_arena(struct work *work)
{
    return &work->arena;
}

void work_set_message(struct work *work, const struct intake *intake)
{
    work->current = intake;
}

void work_need(struct work *work, const struct table *table, const char *owner)
{
    struct cache_entry *entry = cache_entry(work->shard->cache, table, owner);

    if (!cache_entry_loaded(entry)) {
        struct list *wanted = &work->wanted[work_table_index(work, table)];

        cache_entry_mark_loaded(entry);
        *(struct cache_entry **)work_list_add(&work->arena, wanted, sizeof entry) = entry;
    }
}

bool work_load_send(struct work *work, bool *sent, struct error *err)
{
    const struct service *service = work->shard->member->service;
    struct store *store = work->shard->member->store;
    const size_t tables = table_count(service);

    work->loads = arena_array(&work->arena, tables, sizeof *work->loads);
    work->load_count = 0;
    for (size_t i = 0; i < tables; i++) {
        struct cache_entry *const *entries = work->wanted[i].items;
        const char **owners;

        if (work->wanted[i].count == 0) {
            continue;
        }
        owners = arena_array(&work->arena, work->wanted[i].count, sizeof *owners);
        for (size_t j = 0; j < work->wanted[i].count; j++) {
            owners[j] = cache_entry_owner(entries[j]);
        }
        work->loads[work->load_count++] = (struct store_load){
            .table = service->tables[i], .owners = owners, .owner_count = work->wanted[i].count};
        work->wanted[i].count = 0;
    }
    *sent = work->load_count > 0;
    return work->load_count == 0 ||
           store->operations->load_send(store, work->shard->id, work->loads, work->load_count, err);
}

bool work_load_receive(struct work *work, struct error *err)
{
    struct store *store = work->shard->member->store;

    if (!store->operations->load_receive(store, work->shard->id, &work->arena, err)) {
        return false;
    }
    for (size_t i = 0; i < work->load_count; i++) {
        const struct store_load *load = &work->loads[i];

        for (size_t j = 0; j < load->row_count; j++) {
            const char *owner =
                *(const char *const *)(const void *)((const unsigned char *)load->rows[j] +
                                                     load->table->columns[0].offset);
            struct cache *cache = work->shard->cache;

            cache_entry_add(cache, cache_entry(cache, load->table, owner), load->rows[j]);
        }
    }
    return true;
}

void *work_find(struct work *work, const struct table *table, const char *owner)
{
    struct cache *cache = work->shard->cache;

    return cache_entry_row(cache, cache_entry(cache, table, owner), "", false);
}

void *work_entity(struct work *work, const struct table *table, const char *owner)
{
    struct cache *cache = work->shard->cache;

    assert(table->key_columns == 1);
    return cache_entry_row(cache, cache_entry(cache, table, owner), "", true);
}

struct rows work_rows(struct work *work, const struct table *table, const char *owner)
{
    struct cache_entry *entry = cache_entry(work->shard->cache, table, owner);
    struct rows rows = {0};

    assert(cache_entry_loaded(entry) && "rows that were not needed");
    rows.items = cache_entry_rows(entry, &rows.count);
    return rows;
}

void *work_row(struct work *work, const struct table *table, const char *owner, const char *id)
{
    struct cache *cache = work->shard->cache;

    assert(table->key_columns == 2);
    return cache_entry_row(cache, cache_entry(cache, table, owner), id, true);
}

void *work_find_row(struct work *work, const struct table *table, const char *owner, const char *id)
{
    struct cache *cache = work->shard->cache;

    assert(table->key_columns == 2);
    return cache_entry_row(cache, cache_entry(cache, table, owner), id, false);
}

void work_save(struct work *work, const struct table *table, void *row)
{
    if (cache_row_mark(row)) {
        struct list *changed = &work->changed[work_table_index(work, table)];

        *(void **)work_list_add(&work->arena, changed, sizeof row) = row;
    }
}

bool work_day(const struct work *work, const char *institution, int32_t *day)
{
    const struct shard *shard = work->shard;

    for (size_t i = 0; i < shard->day_count; i++) {
        if (shard->days[i].reached && strcmp(shard->days[i].institution, institution) == 0) {
            *day = shard->days[i].day;
            return true;
        }
    }
    return false;
}

/* Whether an agenda item is due now, by the institution its key begins with. */
static bool is_due(const struct work *work, int32_t due, const char *key)
{
    const char *slash = strchr(key, '/');
    char institution[64];
    int32_t day;

    if (due == STORE_DUE_NOW) {
        return true;
    }
    if (slash == NULL || (size_t)(slash - key) >= sizeof institution) {
        return false;
    }
    memcpy(institution, key, (size_t)(slash - key));
    institution[slash - key] = 0;
    return work_day(work, institution, &day) && due <= day;
}

void work_later(struct work *work, int32_t due, const char *kind, const char *owner)
{
    struct store_agenda *item = work_list_add(&work->arena, &work->later, sizeof *item);

    *item = (struct store_agenda){.due = due,
                                  .kind = arena_copy(&work->arena, kind),
                                  .key = arena_copy(&work->arena, owner),
                                  .traceparent = arena_copy(&work->arena, work_cause(work))};
    work->left_due = work->left_due || is_due(work, due, owner);
}

void work_touch(struct work *work, const struct table *table, const char *kind, const char *prefix)
{
    struct store_touch *touch = work_list_add(&work->arena, &work->touches, sizeof *touch);

    *touch = (struct store_touch){.table = table,
                                  .kind = arena_copy(&work->arena, kind),
                                  .prefix = arena_copy(&work->arena, prefix),
                                  .traceparent = arena_copy(&work->arena, work_cause(work))};
    work->left_due = true;
}

void work_settle(struct work *work, const char *kind, const char *owner)
{
    struct settlement *item = work_list_add(&work->arena, &work->settle, sizeof *item);

    *item = (struct settlement){.kind = kind, /* a constant of the service */
                                .owner = arena_copy(&work->arena, owner),
                                .by = work->current};
}

/* Within one kind and owner, in the order of the backlog. */
static int by_settlement(const void *left, const void *right)
{
    const struct settlement *a = left;
    const struct settlement *b = right;
    const int kind = strcmp(a->kind, b->kind);
    const int owner = kind != 0 ? kind : strcmp(a->owner, b->owner);

    return owner != 0 ? owner : a->by == b->by ? 0 : a->by < b->by ? -1 : 1;
}

size_t work_settlements(struct work *work, struct settlement **out)
{
    struct settlement *items = work->settle.items;
    size_t kept = 0;

    if (work->settle.count > 1) {
        qsort(items, work->settle.count, sizeof *items, by_settlement);
    }
    for (size_t i = 0; i < work->settle.count; i++) {
        const bool again = kept > 0 && strcmp(items[kept - 1].kind, items[i].kind) == 0 &&
                           strcmp(items[kept - 1].owner, items[i].owner) == 0;

        if (again) {
            items[i].shared = items[kept - 1].shared || items[kept - 1].by != items[i].by;
            kept--;
        }
        items[kept++] = items[i];
    }
    work->settle.count = 0;
    *out = items;
    return kept;
}

bool work_left_due(const struct work *work)
{
    return work->left_due;
}

const char *work_producer(const struct work *work)
{
    return work->shard->member->producer;
}

const char *work_institution(const struct work *work)
{
    return work->shard->member->institution;
}

struct buffer *work_outbox(struct work *work)
{
    return &work->outbox;
}

bool work_is_empty(const struct work *work)
{
    const size_t tables = table_count(work->shard->member->service);

    for (size_t i = 0; i < tables; i++) {
        if (work->changed[i].count > 0 || work->put[i].count > 0) {
            return false;
        }
    }
    return work->outbox.size == 0 && work->later.count == 0 && work->touches.count == 0 &&
           work->quarantine.count == 0;
}

static void fill_writes(struct work *work, struct store_commit *commit)
{
    const struct service *service = work->shard->member->service;
    const size_t tables = table_count(service);
    struct store_write *writes = arena_array(&work->arena, tables, sizeof *writes);

    for (size_t i = 0; i < tables; i++) {
        struct store_write write = {.table = service->tables[i],
                                    .rows = work->changed[i].items,
                                    .row_count = work->changed[i].count};

        if (work->put[i].count > 0) {
            assert(write.row_count == 0 && "a table's rows are put or saved, not both");
            write.rows = work_put_rows(work, i, &write.row_count);
        }
        if (write.row_count > 0) {
            writes[commit->write_count++] = write;
        }
    }
    commit->writes = writes;
}

static void fill_sequences(struct work *work, struct store_commit *commit)
{
    struct store_sequence *sequences =
        arena_array(&work->arena, work->output_count, sizeof *sequences);

    for (size_t i = 0; i < work->output_count; i++) {
        const struct output *output = &work->outputs[i];

        if (output->changed) {
            sequences[commit->sequence_count++] =
                (struct store_sequence){.topic = output->topic->name,
                                        .partition = output->partition,
                                        .incarnation = output->incarnation,
                                        .seq = output->seq,
                                        .acked_offset = output->acked_offset};
        }
    }
    commit->sequences = sequences;
}

void work_fill_commit(struct work *work, struct store_commit *commit)
{
    fill_writes(work, commit);
    fill_sequences(work, commit);
    commit->touches = work->touches.items;
    commit->touch_count = work->touches.count;
    commit->later = work->later.items;
    commit->later_count = work->later.count;
    commit->quarantine = work->quarantine.items;
    commit->quarantine_count = work->quarantine.count;
    commit->outbox = buffer_view(&work->outbox);
}

void work_committed(struct work *work)
{
    struct shard *shard = work->shard;
    struct metrics *metrics = shard->member->metrics;
    const size_t tables = table_count(shard->member->service);

    cache_forget_unsaved(shard->cache);
    for (size_t i = 0; i < tables; i++) {
        void *const *rows = work->changed[i].items;

        for (size_t j = 0; j < work->changed[i].count; j++) {
            cache_settle(shard->cache, rows[j]);
        }
    }
    for (size_t i = 0; i < work->output_count; i++) {
        const struct output *from = &work->outputs[i];
        struct output *to = shard_output(shard, from->topic, from->partition);

        to->incarnation = from->incarnation;
        to->seq = from->seq;
        if (from->acked_offset > to->acked_offset) {
            to->acked_offset = from->acked_offset;
        }
        to->changed = false;
    }
    atomic_fetch_add(&metrics->emitted, (int64_t)work->emitted);
    for (size_t i = 0; i < ASIDE_CLASSES; i++) {
        atomic_fetch_add(&metrics->quarantined_by[i], work->aside_by[i]);
    }
}
