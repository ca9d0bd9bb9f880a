#include "tests/support/fake_database.h"

#include "tests/support/fake_rows.h"

#include <stdlib.h>
#include <string.h>

/* --- shards --- */

enum { LISTS = 10 };

static void lists_of(struct fake_shard *shard, struct fake_list *out[static LISTS])
{
    struct fake_list *const lists[LISTS] = {&shard->rows,      &shard->agenda, &shard->positions,
                                            &shard->sequences, &shard->heard,  &shard->watermarks,
                                            &shard->forwarded, &shard->outbox, &shard->quarantine,
                                            &shard->replays};

    memcpy(out, lists, sizeof lists);
}

static struct fake_shard new_shard(size_t id)
{
    return (struct fake_shard){.id = (int32_t)id,
                               .incarnation = 1,
                               .rows.item_bytes = sizeof(struct fake_row),
                               .agenda.item_bytes = sizeof(struct store_agenda),
                               .positions.item_bytes = sizeof(struct store_position),
                               .sequences.item_bytes = sizeof(struct store_sequence),
                               .heard.item_bytes = sizeof(struct store_heard),
                               .watermarks.item_bytes = sizeof(struct store_watermark),
                               .forwarded.item_bytes = sizeof(struct store_forwarded),
                               .replays.item_bytes = sizeof(struct store_replay),
                               .outbox.item_bytes = sizeof(struct store_outbox),
                               .quarantine.item_bytes = sizeof(struct store_quarantine)};
}

static void free_lists(struct fake_shard *shard)
{
    struct fake_list *lists[LISTS];

    lists_of(shard, lists);
    for (size_t i = 0; i < LISTS; i++) {
        free(lists[i]->items);
    }
}

void fake_database_init(struct fake_database *database, size_t shard_count)
{
    *database = (struct fake_database){.shard_count = shard_count};
    database->shards = memory_alloc(shard_count * sizeof *database->shards);
    for (size_t i = 0; i < shard_count; i++) {
        database->shards[i] = new_shard(i);
    }
}

void fake_database_clear(struct fake_database *database)
{
    while (fake_database_work_off(database, false)) {
    }
    for (size_t i = 0; i < database->shard_count; i++) {
        free_lists(&database->shards[i]);
        database->shards[i] = new_shard(i);
    }
    arena_reset(&database->arena);
}

void fake_database_finish(struct fake_database *database)
{
    fake_database_clear(database);
    free(database->shards);
    free(database->late);
    arena_finish(&database->arena);
    *database = (struct fake_database){0};
}

struct fake_shard *fake_database_shard(const struct fake_database *database, int32_t id)
{
    return id >= 0 && (size_t)id < database->shard_count ? &database->shards[id] : NULL;
}

struct fake_shard *fake_database_snapshot(const struct fake_database *database)
{
    struct fake_shard *copies = memory_alloc(database->shard_count * sizeof *copies);

    for (size_t i = 0; i < database->shard_count; i++) {
        struct fake_list *lists[LISTS];

        copies[i] = database->shards[i];
        lists_of(&copies[i], lists);
        for (size_t j = 0; j < LISTS; j++) {
            void *items = memory_alloc((lists[j]->capacity + 1) * lists[j]->item_bytes);

            if (lists[j]->count > 0) {
                memcpy(items, lists[j]->items, lists[j]->count * lists[j]->item_bytes);
            }
            lists[j]->items = items;
        }
        copies[i].lock = NULL;
    }
    return copies;
}

void fake_database_restore(struct fake_database *database, struct fake_shard *snapshot)
{
    while (fake_database_work_off(database, false)) {
    }
    for (size_t i = 0; i < database->shard_count; i++) {
        free_lists(&database->shards[i]);
    }
    free(database->shards);
    database->shards = snapshot;
}

void fake_database_forget_snapshot(const struct fake_database *database,
                                   struct fake_shard *snapshot)
{
    for (size_t i = 0; snapshot != NULL && i < database->shard_count; i++) {
        free_lists(&snapshot[i]);
    }
    free(snapshot);
}

/* --- one of each list by its key, made when it is not there --- */

static struct store_position *position_of(struct fake_database *database, struct fake_shard *shard,
                                          const char *topic)
{
    struct store_position *items = shard->positions.items;
    struct store_position *made;

    for (size_t i = 0; i < shard->positions.count; i++) {
        if (strcmp(items[i].topic, topic) == 0) {
            return &items[i];
        }
    }
    made = fake_list_add(&shard->positions);
    made->topic = arena_copy(&database->arena, topic);
    return made;
}

static int64_t position_at(const struct fake_shard *shard, const char *topic)
{
    const struct store_position *items = shard->positions.items;

    for (size_t i = 0; i < shard->positions.count; i++) {
        if (strcmp(items[i].topic, topic) == 0) {
            return items[i].next_offset;
        }
    }
    return 0;
}

static void put_sequence(struct fake_database *database, struct fake_shard *shard,
                         const struct store_sequence *sequence)
{
    struct store_sequence *items = shard->sequences.items;
    struct store_sequence *to = NULL;

    for (size_t i = 0; i < shard->sequences.count && to == NULL; i++) {
        const bool same = strcmp(items[i].topic, sequence->topic) == 0 &&
                          items[i].partition == sequence->partition;

        to = same ? &items[i] : NULL;
    }
    to = to != NULL ? to : fake_list_add(&shard->sequences);
    *to = *sequence;
    to->topic = arena_copy(&database->arena, sequence->topic);
}

static void put_heard(struct fake_database *database, struct fake_shard *shard,
                      const struct store_heard *heard)
{
    struct store_heard *items = shard->heard.items;
    struct store_heard *to = NULL;

    for (size_t i = 0; i < shard->heard.count && to == NULL; i++) {
        const bool same = strcmp(items[i].topic, heard->topic) == 0 &&
                          strcmp(items[i].producer, heard->producer) == 0 &&
                          items[i].producer_shard == heard->producer_shard;

        to = same ? &items[i] : NULL;
    }
    to = to != NULL ? to : fake_list_add(&shard->heard);
    *to = *heard;
    to->topic = arena_copy(&database->arena, heard->topic);
    to->producer = arena_copy(&database->arena, heard->producer);
}

static void put_watermark(struct fake_database *database, struct fake_shard *shard,
                          const struct store_watermark *mark)
{
    struct store_watermark *items = shard->watermarks.items;
    struct store_watermark *to = NULL;

    for (size_t i = 0; i < shard->watermarks.count && to == NULL; i++) {
        const bool same = strcmp(items[i].topic, mark->topic) == 0 &&
                          strcmp(items[i].producer, mark->producer) == 0 &&
                          strcmp(items[i].institution, mark->institution) == 0;

        to = same ? &items[i] : NULL;
    }
    to = to != NULL ? to : fake_list_add(&shard->watermarks);
    *to = (struct store_watermark){arena_copy(&database->arena, mark->topic),
                                   arena_copy(&database->arena, mark->producer),
                                   arena_copy(&database->arena, mark->institution), mark->day};
}

static void put_forwarded(struct fake_database *database, struct fake_shard *shard,
                          const struct store_forwarded *forwarded)
{
    struct store_forwarded *items = shard->forwarded.items;
    struct store_forwarded *to = NULL;

    for (size_t i = 0; i < shard->forwarded.count && to == NULL; i++) {
        to = strcmp(items[i].institution, forwarded->institution) == 0 ? &items[i] : NULL;
    }
    to = to != NULL ? to : fake_list_add(&shard->forwarded);
    *to = (struct store_forwarded){arena_copy(&database->arena, forwarded->institution),
                                   forwarded->day};
}

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
    return (struct bytes){(const uint8_t *)arena_text(arena, (const char *)bytes.data, bytes.size),
                          bytes.size};
}

static void put_quarantine(struct fake_database *database, struct fake_shard *shard,
                           const struct store_quarantine *row)
{
    const struct store_quarantine *items = shard->quarantine.items;
    struct arena *arena = &database->arena;

    for (size_t i = 0; i < shard->quarantine.count; i++) {
        if (strcmp(items[i].id, row->id) == 0) {
            return; /* on conflict do nothing */
        }
    }
    *(struct store_quarantine *)fake_list_add(&shard->quarantine) =
        (struct store_quarantine){.id = arena_copy(arena, row->id),
                                  .institution = arena_copy(arena, row->institution),
                                  .source = arena_copy(arena, row->source),
                                  .position = row->position,
                                  .column = arena_copy(arena, row->column),
                                  .found = arena_copy(arena, row->found),
                                  .expected = arena_copy(arena, row->expected),
                                  .reason = arena_copy(arena, row->reason),
                                  .action = arena_copy(arena, row->action),
                                  .payload = copy_bytes(arena, row->payload)};
}

static void put_outbox(struct fake_database *database, struct fake_shard *shard,
                       const struct store_commit *commit)
{
    struct store_outbox *items = shard->outbox.items;
    size_t kept = 0;

    if (commit->outbox.size > 0) {
        *(struct store_outbox *)fake_list_add(&shard->outbox) =
            (struct store_outbox){commit->batch, copy_bytes(&database->arena, commit->outbox)};
        items = shard->outbox.items;
    }
    for (size_t i = 0; i < shard->outbox.count; i++) {
        if (database->keeps_outbox || items[i].batch > commit->prune_through) {
            items[kept++] = items[i];
        }
    }
    shard->outbox.count = kept;
}

/* --- a transaction --- */

struct fake_transaction *fake_transaction_create(struct fake_store *sender,
                                                 const struct store_commit *commit,
                                                 int32_t rule_version)
{
    struct fake_transaction *transaction = memory_alloc(sizeof *transaction);

    transaction->sender = sender;
    transaction->rule_version = rule_version;
    transaction->commit = fake_commit_copy(&transaction->arena, commit);
    return transaction;
}

void fake_transaction_destroy(struct fake_transaction *transaction)
{
    if (transaction != NULL) {
        arena_finish(&transaction->arena);
        free(transaction);
    }
}

/* As the function advance() of the schema compares (common/store/store_pg_schema.c). */
static bool agrees(const struct fake_shard *shard, const struct store_commit *commit)
{
    if (commit->incarnation != shard->incarnation || commit->epoch != shard->epoch ||
        commit->batch != shard->batch + 1) {
        return false;
    }
    for (size_t i = 0; i < commit->advance_count; i++) {
        if (position_at(shard, commit->advances[i].topic) != commit->advances[i].from) {
            return false;
        }
    }
    return true;
}

static void close_with(struct fake_transaction *transaction, enum store_result result)
{
    transaction->state = FAKE_DONE;
    transaction->result = result;
}

void fake_transaction_begin(struct fake_database *database, struct fake_transaction *transaction)
{
    struct fake_shard *shard = fake_database_shard(database, transaction->commit.shard);

    if (transaction->state != FAKE_QUEUED) {
        return;
    }
    if (shard->lock != NULL) {
        fake_transaction_end(database, shard->lock, true); /* its commit was waited for */
    }
    if (!agrees(shard, &transaction->commit)) {
        close_with(transaction, STORE_FENCED);
        return;
    }
    transaction->state = FAKE_LOCKING;
    shard->lock = transaction;
}

static void apply(struct fake_database *database, struct fake_shard *shard,
                  const struct store_commit *commit, int32_t rule_version)
{
    fake_rows_apply(shard, &database->arena, commit);
    shard->batch = commit->batch;
    shard->published = commit->published > shard->published ? commit->published : shard->published;
    shard->rule_version = rule_version > shard->rule_version ? rule_version : shard->rule_version;
    for (size_t i = 0; i < commit->advance_count; i++) {
        position_of(database, shard, commit->advances[i].topic)->next_offset =
            commit->advances[i].to;
    }
    for (size_t i = 0; i < commit->sequence_count; i++) {
        put_sequence(database, shard, &commit->sequences[i]);
    }
    for (size_t i = 0; i < commit->heard_count; i++) {
        put_heard(database, shard, &commit->heard[i]);
    }
    for (size_t i = 0; i < commit->watermark_count; i++) {
        put_watermark(database, shard, &commit->watermarks[i]);
    }
    for (size_t i = 0; i < commit->forwarded_count; i++) {
        put_forwarded(database, shard, &commit->forwarded[i]);
    }
    for (size_t i = 0; i < commit->quarantine_count; i++) {
        put_quarantine(database, shard, &commit->quarantine[i]);
    }
    shard->replays.count = commit->replayed ? 0 : shard->replays.count;
    put_outbox(database, shard, commit);
}

void fake_transaction_end(struct fake_database *database, struct fake_transaction *transaction,
                          bool commits)
{
    struct fake_shard *shard = fake_database_shard(database, transaction->commit.shard);

    fake_transaction_begin(database, transaction);
    if (transaction->state != FAKE_LOCKING) {
        return;
    }
    shard->lock = NULL;
    if (!commits) {
        close_with(transaction, STORE_RETRY);
        return;
    }
    if (!fake_rows_are_storable(&transaction->commit, database->refused)) {
        close_with(transaction, STORE_DATA_ERROR);
        return;
    }
    if (database->watch != NULL) {
        database->watch(database->watch_context, shard, &transaction->commit);
    }
    apply(database, shard, &transaction->commit, transaction->rule_version);
    close_with(transaction, STORE_COMMITTED);
}

struct fake_shard *fake_database_lock(struct fake_database *database, int32_t id)
{
    struct fake_shard *shard = fake_database_shard(database, id);

    if (shard->lock != NULL) {
        fake_transaction_end(database, shard->lock, true);
    }
    return shard;
}

void fake_transaction_abandon(struct fake_database *database, struct fake_transaction *transaction)
{
    transaction->sender = NULL;
    if (transaction->state == FAKE_DONE) {
        fake_transaction_destroy(transaction);
        return;
    }
    if (database->late_count == database->late_capacity) {
        database->late_capacity = database->late_capacity == 0 ? 8 : database->late_capacity * 2;
        database->late =
            memory_resize(database->late, database->late_capacity * sizeof *database->late);
    }
    database->late[database->late_count++] = transaction;
}

bool fake_database_work_off(struct fake_database *database, bool commits)
{
    struct fake_transaction *transaction;

    if (database->late_count == 0) {
        return false;
    }
    transaction = database->late[0];
    database->late_count--;
    memmove(database->late, database->late + 1, database->late_count * sizeof *database->late);
    if (commits || transaction->state == FAKE_LOCKING) {
        fake_transaction_end(database, transaction, commits);
    }
    fake_transaction_destroy(transaction);
    return true;
}

void fake_database_write(struct fake_database *database, const struct store_commit *commit)
{
    fake_rows_apply(fake_database_shard(database, commit->shard), &database->arena, commit);
}
