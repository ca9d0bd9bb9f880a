#include "tests/support/fake_store.h"

#include <string.h>

/* What a shard of the fake store knows of itself: owner, positions, sequences, outbox. */

static struct fake_store *fake_of(struct store *base)
{
    return (struct fake_store *)(void *)base;
}

static void *list_add(struct fake_list *list, size_t item_bytes)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->items = memory_resize(list->items, list->capacity * item_bytes);
    }
    return (unsigned char *)list->items + list->count++ * item_bytes;
}

/* --- one of each list by its key, made when it is not there --- */

static struct store_position *position_of(struct fake_store *store, const char *topic)
{
    struct store_position *items = store->positions.items;
    struct store_position *made;

    for (size_t i = 0; i < store->positions.count; i++) {
        if (strcmp(items[i].topic, topic) == 0) {
            return &items[i];
        }
    }
    made = list_add(&store->positions, sizeof *made);
    *made = (struct store_position){.topic = arena_copy(&store->arena, topic)};
    return made;
}

static void put_sequence(struct fake_store *store, const struct store_sequence *sequence)
{
    struct store_sequence *items = store->sequences.items;
    struct store_sequence *to = NULL;

    for (size_t i = 0; i < store->sequences.count && to == NULL; i++) {
        const bool same = strcmp(items[i].topic, sequence->topic) == 0 &&
                          items[i].partition == sequence->partition;

        to = same ? &items[i] : NULL;
    }
    to = to != NULL ? to : list_add(&store->sequences, sizeof *to);
    *to = *sequence;
    to->topic = arena_copy(&store->arena, sequence->topic);
}

static void put_heard(struct fake_store *store, const struct store_heard *heard)
{
    struct store_heard *items = store->heard.items;
    struct store_heard *to = NULL;

    for (size_t i = 0; i < store->heard.count && to == NULL; i++) {
        const bool same = strcmp(items[i].topic, heard->topic) == 0 &&
                          strcmp(items[i].producer, heard->producer) == 0 &&
                          items[i].producer_shard == heard->producer_shard;

        to = same ? &items[i] : NULL;
    }
    to = to != NULL ? to : list_add(&store->heard, sizeof *to);
    *to = *heard;
    to->topic = arena_copy(&store->arena, heard->topic);
    to->producer = arena_copy(&store->arena, heard->producer);
}

static void put_watermark(struct fake_store *store, const struct store_watermark *mark)
{
    struct store_watermark *items = store->watermarks.items;
    struct store_watermark *to = NULL;

    for (size_t i = 0; i < store->watermarks.count && to == NULL; i++) {
        const bool same = strcmp(items[i].topic, mark->topic) == 0 &&
                          strcmp(items[i].producer, mark->producer) == 0 &&
                          strcmp(items[i].institution, mark->institution) == 0;

        to = same ? &items[i] : NULL;
    }
    to = to != NULL ? to : list_add(&store->watermarks, sizeof *to);
    *to = (struct store_watermark){arena_copy(&store->arena, mark->topic),
                                   arena_copy(&store->arena, mark->producer),
                                   arena_copy(&store->arena, mark->institution), mark->day};
}

static void put_forwarded(struct fake_store *store, const struct store_forwarded *forwarded)
{
    struct store_forwarded *items = store->forwarded.items;
    struct store_forwarded *to = NULL;

    for (size_t i = 0; i < store->forwarded.count && to == NULL; i++) {
        to = strcmp(items[i].institution, forwarded->institution) == 0 ? &items[i] : NULL;
    }
    to = to != NULL ? to : list_add(&store->forwarded, sizeof *to);
    *to =
        (struct store_forwarded){arena_copy(&store->arena, forwarded->institution), forwarded->day};
}

static void put_quarantine(struct fake_store *store, const struct store_quarantine *row)
{
    const struct store_quarantine *items = store->quarantine.items;
    struct arena *arena = &store->arena;
    struct store_quarantine *to;

    for (size_t i = 0; i < store->quarantine.count; i++) {
        if (strcmp(items[i].id, row->id) == 0) {
            return; /* on conflict do nothing */
        }
    }
    to = list_add(&store->quarantine, sizeof *to);
    *to = (struct store_quarantine){.id = arena_copy(arena, row->id),
                                    .institution = arena_copy(arena, row->institution),
                                    .source = arena_copy(arena, row->source),
                                    .position = row->position,
                                    .reason = arena_copy(arena, row->reason),
                                    .action = arena_copy(arena, row->action)};
}

static void put_outbox(struct fake_store *store, int64_t batch, struct bytes events)
{
    struct store_outbox *to = list_add(&store->outbox, sizeof *to);

    *to = (struct store_outbox){
        batch,
        {(const uint8_t *)arena_text(&store->arena, (const char *)events.data, events.size),
         events.size}};
}

/* --- ownership --- */

bool fake_store_takeover(struct store *base, int32_t shard, struct arena *arena,
                         struct store_takeover *out, struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct store_outbox *outbox = store->outbox.items;
    size_t first = 0;

    (void)shard;
    if (store->rule_version > store->own_rule_version) {
        return error_set(err, ERROR_FATAL, "the shard's rules are newer");
    }
    while (first < store->outbox.count && outbox[first].batch <= store->published) {
        first++;
    }
    store->epoch++;
    *out = (struct store_takeover){.incarnation = store->incarnation,
                                   .epoch = store->epoch,
                                   .batch = store->batch,
                                   .published = store->published,
                                   .rule_version = store->rule_version,
                                   .positions = store->positions.items,
                                   .position_count = store->positions.count,
                                   .sequences = store->sequences.items,
                                   .sequence_count = store->sequences.count,
                                   .heard = store->heard.items,
                                   .heard_count = store->heard.count,
                                   .watermarks = store->watermarks.items,
                                   .watermark_count = store->watermarks.count,
                                   .forwarded = store->forwarded.items,
                                   .forwarded_count = store->forwarded.count,
                                   .unpublished_count = store->outbox.count - first};
    out->unpublished = arena_array(arena, out->unpublished_count + 1, sizeof *outbox);
    for (size_t i = first; i < store->outbox.count; i++) {
        out->unpublished[i - first] = outbox[i];
    }
    return true;
}

bool fake_store_release(struct store *base, int32_t shard, int64_t epoch, int64_t published,
                        struct error *err)
{
    struct fake_store *store = fake_of(base);

    (void)shard;
    (void)err;
    if (epoch == store->epoch && published > store->published) {
        store->published = published;
    }
    return true;
}

/* --- a commit --- */

/* The commit itself is on its sender's stack; what it points to stays until it is answered. */
bool fake_store_commit_send(struct store *base, const struct store_commit *commit,
                            struct error *err)
{
    (void)err;
    fake_of(base)->sent = *commit;
    return true;
}

static bool is_owner(struct fake_store *store, const struct store_commit *commit)
{
    bool owner = commit->incarnation == store->incarnation && commit->epoch == store->epoch &&
                 commit->batch == store->batch + 1;

    for (size_t i = 0; i < commit->advance_count; i++) {
        const struct store_advance *advance = &commit->advances[i];

        owner = owner && position_of(store, advance->topic)->next_offset == advance->from;
    }
    return owner;
}

static bool holds_text(const struct store_write *write, const char *refused)
{
    for (size_t i = 0; i < write->row_count; i++) {
        for (size_t j = 0; j < write->table->column_count; j++) {
            const struct column *column = &write->table->columns[j];
            const void *at = (const unsigned char *)write->rows[i] + column->offset;
            const char *text = column->type == COLUMN_TEXT ? *(const char *const *)at : NULL;

            if (text != NULL && strcmp(text, refused) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool is_refused(const struct fake_store *store, const struct store_commit *commit)
{
    for (size_t i = 0; store->refused != NULL && i < commit->write_count; i++) {
        if (holds_text(&commit->writes[i], store->refused)) {
            return true;
        }
    }
    return false;
}

static void apply(struct fake_store *store, const struct store_commit *commit)
{
    fake_store_commit(store, commit);
    store->batch = commit->batch;
    store->published = commit->published > store->published ? commit->published : store->published;
    store->rule_version = store->own_rule_version;
    for (size_t i = 0; i < commit->advance_count; i++) {
        position_of(store, commit->advances[i].topic)->next_offset = commit->advances[i].to;
    }
    for (size_t i = 0; i < commit->sequence_count; i++) {
        put_sequence(store, &commit->sequences[i]);
    }
    for (size_t i = 0; i < commit->heard_count; i++) {
        put_heard(store, &commit->heard[i]);
    }
    for (size_t i = 0; i < commit->watermark_count; i++) {
        put_watermark(store, &commit->watermarks[i]);
    }
    for (size_t i = 0; i < commit->forwarded_count; i++) {
        put_forwarded(store, &commit->forwarded[i]);
    }
    for (size_t i = 0; i < commit->quarantine_count; i++) {
        put_quarantine(store, &commit->quarantine[i]);
    }
    if (commit->outbox.size > 0) {
        put_outbox(store, commit->batch, commit->outbox);
    }
}

enum store_result fake_store_commit_receive(struct store *base, int32_t shard, struct error *err)
{
    struct fake_store *store = fake_of(base);
    const enum fake_fate fate = store->next;

    (void)shard;
    store->next = FAKE_COMMITS;
    if (fate == FAKE_FENCES) {
        store->epoch++;
    }
    if (fate == FAKE_LOSES_CONNECTION) {
        (void)error_set(err, ERROR_RETRY, "the connection died");
        return STORE_UNKNOWN;
    }
    if (!is_owner(store, &store->sent)) {
        (void)error_set(err, ERROR_RETRY, "somebody else owns the shard");
        return STORE_FENCED;
    }
    if (is_refused(store, &store->sent)) {
        (void)error_set(err, ERROR_REJECT, "no row may hold '%s'", store->refused);
        return STORE_DATA_ERROR;
    }
    apply(store, &store->sent);
    if (fate == FAKE_LOSES_REPLY) {
        (void)error_set(err, ERROR_RETRY, "the connection died");
        return STORE_UNKNOWN;
    }
    return STORE_COMMITTED;
}
