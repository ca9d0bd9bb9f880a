#include "tests/support/fake_store.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct fake_store *fake_of(struct store *base)
{
    return (struct fake_store *)(void *)base;
}

static struct fake_session *session_of(struct fake_store *store, int32_t shard)
{
    assert(shard >= 0 && shard < FAKE_STORE_SHARDS_MAX);
    return &store->sessions[shard];
}

/* A shard stays on the connection that it was taken on. */
static bool is_connected(struct fake_store *store, int32_t shard, struct error *err)
{
    return session_of(store, shard)->generation == store->generation ||
           error_set(err, ERROR_RETRY, "the connection that shard %" PRId32 " was taken on is lost",
                     shard);
}

static void abandon(struct fake_store *store, int32_t shard)
{
    struct fake_session *session = session_of(store, shard);

    session->loads = NULL;
    session->load_count = 0;
    if (session->sent != NULL) {
        fake_transaction_abandon(store->database, session->sent);
        session->sent = NULL;
    }
}

void fake_store_disconnect(struct fake_store *store)
{
    store->generation++;
}

/* --- ownership --- */

/* Somebody's transaction holds the row. */
static bool pass_holder(struct fake_store *store, struct fake_shard *shard, struct error *err)
{
    struct fake_transaction *holder = shard->lock;
    enum fake_holder fate = FAKE_HOLDER_IS_ENDED;

    if (store->process != NULL) {
        fate = store->process->holder(store->process->context, shard->id);
    }
    switch (fate) {
    case FAKE_HOLDER_STAYS:
        return error_set(err, ERROR_RETRY, "shard %" PRId32 " is still held", shard->id);
    case FAKE_HOLDER_COMMITS:
        fake_transaction_end(store->database, holder, true);
        return true;
    case FAKE_HOLDER_IS_ENDED:
        fake_transaction_end(store->database, holder, false);
        if (holder->sender != NULL) {
            fake_store_disconnect(holder->sender);
        }
        return true;
    }
    return true;
}

/* A copy, since the answer was given once and stays as it is. */
static void *copy_list(struct arena *arena, const struct fake_list *list, size_t *count)
{
    void *copy = arena_array(arena, list->count + 1, list->item_bytes);

    if (list->count > 0) {
        memcpy(copy, list->items, list->count * list->item_bytes);
    }
    *count = list->count;
    return copy;
}

static void read_shard(const struct fake_shard *shard, struct arena *arena,
                       struct store_takeover *out)
{
    const struct store_outbox *outbox = shard->outbox.items;

    *out = (struct store_takeover){.incarnation = shard->incarnation,
                                   .epoch = shard->epoch,
                                   .batch = shard->batch,
                                   .published = shard->published,
                                   .rule_version = shard->rule_version};
    out->positions = copy_list(arena, &shard->positions, &out->position_count);
    out->sequences = copy_list(arena, &shard->sequences, &out->sequence_count);
    out->heard = copy_list(arena, &shard->heard, &out->heard_count);
    out->watermarks = copy_list(arena, &shard->watermarks, &out->watermark_count);
    out->forwarded = copy_list(arena, &shard->forwarded, &out->forwarded_count);
    out->replays = copy_list(arena, &shard->replays, &out->replay_count);
    out->unpublished = arena_array(arena, shard->outbox.count + 1, sizeof *outbox);
    for (size_t i = 0; i < shard->outbox.count; i++) {
        if (outbox[i].batch > shard->published) {
            out->unpublished[out->unpublished_count++] = outbox[i];
        }
    }
}

static bool find(struct store *base, int32_t id, enum store_place *out, struct error *err)
{
    (void)err;
    *out = fake_database_shard(fake_of(base)->database, id) == NULL ? STORE_ABSENT : STORE_HERE;
    return true;
}

static bool takeover(struct store *base, int32_t id, struct arena *arena,
                     struct store_takeover *out, struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct fake_shard *shard = fake_database_shard(store->database, id);

    if (!fake_process_enter(store->process, FAKE_TAKEOVER, id, err)) {
        return false;
    }
    if (shard == NULL) {
        return error_set(err, ERROR_FATAL, "no shard %" PRId32 ": run abasto shard create", id);
    }
    abandon(store, id);
    if (shard->lock != NULL && !pass_holder(store, shard, err)) {
        return false;
    }
    if (shard->rule_version > store->own_rule_version) {
        return error_set(err, ERROR_FATAL, "the rules of shard %" PRId32 " are newer", id);
    }
    shard->epoch++;
    session_of(store, id)->generation = store->generation;
    read_shard(shard, arena, out);
    return fake_process_leave(store->process, err);
}

static bool release(struct store *base, int32_t id, int64_t epoch, int64_t published,
                    struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct fake_shard *shard = fake_database_shard(store->database, id);

    if (!fake_process_enter(store->process, FAKE_RELEASE, id, err) ||
        !is_connected(store, id, err)) {
        return false;
    }
    if (epoch == shard->epoch) {
        const int64_t known = published < shard->batch ? published : shard->batch;

        shard->published = known > shard->published ? known : shard->published;
    }
    return fake_process_leave(store->process, err);
}

static bool owns(struct store *base, int32_t id, int64_t epoch, bool *out, struct error *err)
{
    struct fake_store *store = fake_of(base);

    if (!fake_process_enter(store->process, FAKE_OWNS, id, err) || !is_connected(store, id, err)) {
        return false;
    }
    *out = fake_database_shard(store->database, id)->epoch == epoch;
    return fake_process_leave(store->process, err);
}

/* --- reading --- */

static bool load_send(struct store *base, int32_t shard, struct store_load *loads, size_t count,
                      struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct fake_session *session = session_of(store, shard);

    if (!fake_process_enter(store->process, FAKE_LOAD_SEND, shard, err) ||
        !is_connected(store, shard, err)) {
        return false;
    }
    session->loads = loads;
    session->load_count = count;
    return fake_process_leave(store->process, err);
}

static int by_text(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

static void load_table(const struct fake_shard *shard, struct store_load *load, struct arena *arena)
{
    const char **owners = arena_array(arena, load->owner_count + 1, sizeof *owners);

    for (size_t i = 0; i < load->owner_count; i++) {
        owners[i] = load->owners[i];
    }
    qsort(owners, load->owner_count, sizeof *owners, by_text);
    load->rows = arena_array(arena, shard->rows.count + 1, sizeof *load->rows);
    load->row_count = 0;
    for (size_t i = 0; i < load->owner_count; i++) {
        size_t count;
        const struct fake_row *rows = fake_shard_rows(shard, load->table, owners[i], &count);

        for (size_t j = 0; j < count; j++) {
            load->rows[load->row_count++] = rows[j].row;
        }
    }
}

static bool load_receive(struct store *base, int32_t id, struct arena *arena, struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct fake_session *session = session_of(store, id);
    struct store_load *loads = session->loads;
    const size_t count = session->load_count;

    assert(loads != NULL && "load_receive without load_send");
    session->loads = NULL;
    session->load_count = 0;
    if (!fake_process_enter(store->process, FAKE_LOAD_RECEIVE, id, err) ||
        !is_connected(store, id, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        load_table(fake_database_shard(store->database, id), &loads[i], arena);
    }
    return fake_process_leave(store->process, err);
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

static bool agenda(struct store *base, int32_t id, const char *const *institutions,
                   const int32_t *days, size_t count, size_t limit, struct arena *arena,
                   struct store_agenda **out, size_t *out_count, struct error *err)
{
    struct fake_store *store = fake_of(base);
    const size_t most =
        store->agenda_max > 0 && store->agenda_max < limit ? store->agenda_max : limit;
    struct store_agenda *items;
    size_t there;

    if (!fake_process_enter(store->process, FAKE_AGENDA, id, err) ||
        !is_connected(store, id, err)) {
        return false;
    }
    items = copy_list(arena, &fake_database_shard(store->database, id)->agenda, &there);
    if (there > 1) {
        qsort(items, there, sizeof *items, by_agenda);
    }
    *out = arena_array(arena, there + 1, sizeof **out);
    *out_count = 0;
    for (size_t i = 0; i < there && *out_count < most; i++) {
        if (is_due(&items[i], institutions, days, count)) {
            (*out)[(*out_count)++] = items[i];
        }
    }
    return fake_process_leave(store->process, err);
}

static bool agenda_size(struct store *base, int32_t id, int64_t limit, int64_t *out,
                        struct error *err)
{
    struct fake_store *store = fake_of(base);
    int64_t there;

    if (!fake_process_enter(store->process, FAKE_AGENDA, id, err) ||
        !is_connected(store, id, err)) {
        return false;
    }
    there = (int64_t)fake_database_shard(store->database, id)->agenda.count;
    *out = there < limit ? there : limit;
    return fake_process_leave(store->process, err);
}

static bool outbox(struct store *base, int32_t id, int64_t first, int64_t last, struct arena *arena,
                   struct store_outbox **out, size_t *out_count, struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct store_outbox *items;
    size_t there;

    if (!fake_process_enter(store->process, FAKE_AGENDA, id, err) ||
        !is_connected(store, id, err)) {
        return false;
    }
    items = copy_list(arena, &fake_database_shard(store->database, id)->outbox, &there);
    *out = items;
    *out_count = 0;
    for (size_t i = 0; i < there; i++) {
        if (items[i].batch >= first && items[i].batch <= last) {
            items[(*out_count)++] = items[i];
        }
    }
    return fake_process_leave(store->process, err);
}

/* --- a commit --- */

static bool commit_send(struct store *base, const struct store_commit *commit, struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct fake_process *process = store->process;
    struct fake_session *session = session_of(store, commit->shard);

    if (!fake_process_enter(process, FAKE_COMMIT_SEND, commit->shard, err) ||
        !is_connected(store, commit->shard, err)) {
        return false;
    }
    session->sent = fake_transaction_create(store, commit, store->own_rule_version);
    if (process != NULL && process->locks_early(process->context)) {
        fake_transaction_begin(store->database, session->sent);
    }
    return fake_process_leave(process, err);
}

static enum store_result unknown(struct fake_store *store, struct error *err)
{
    fake_store_disconnect(store);
    (void)error_set(err, ERROR_RETRY, "the connection died");
    return STORE_UNKNOWN;
}

static enum store_result failed(enum store_result result, struct error *err)
{
    switch (result) {
    case STORE_COMMITTED:
        break;
    case STORE_FENCED:
    case STORE_UNKNOWN:
    case STORE_RETRY:
        (void)error_set(err, ERROR_RETRY, "the commit came to %d", (int)result);
        break;
    case STORE_DATA_ERROR:
        (void)error_set(err, ERROR_REJECT, "some row cannot be held");
        break;
    case STORE_FATAL:
        (void)error_set(err, ERROR_FATAL, "some statement cannot be");
        break;
    }
    return result;
}

static enum fake_fate fate_of(struct fake_store *store, int32_t shard)
{
    const enum fake_fate arranged = store->next;

    store->next = FAKE_COMMITS;
    return arranged == FAKE_COMMITS && store->process != NULL
               ? store->process->fate(store->process->context, shard)
               : arranged;
}

static enum store_result settle(struct fake_store *store, struct fake_transaction *sent,
                                enum fake_fate fate, struct error *err)
{
    struct fake_database *database = store->database;

    switch (fate) {
    case FAKE_FENCES:
        fake_transaction_end(database, sent, false);
        fake_database_shard(database, sent->commit.shard)->epoch++;
        return failed(STORE_FENCED, err);
    case FAKE_LOSES_REPLY:
        fake_transaction_end(database, sent, true);
        return unknown(store, err);
    case FAKE_LOSES_CONNECTION:
        fake_transaction_end(database, sent, false);
        return unknown(store, err);
    case FAKE_ROLLS_BACK:
    case FAKE_REFUSES:
    case FAKE_STOPS:
        fake_transaction_end(database, sent, false);
        return failed(sent->result == STORE_FENCED ? STORE_FENCED /* advance() comes first */
                      : fate == FAKE_ROLLS_BACK    ? STORE_RETRY
                      : fate == FAKE_REFUSES       ? STORE_DATA_ERROR
                                                   : STORE_FATAL,
                      err);
    case FAKE_COMMITS:
    case FAKE_COMMITS_LATE:
    case FAKE_FATES:
        break;
    }
    fake_transaction_end(database, sent, true);
    return failed(sent->result, err);
}

static enum store_result commit_receive(struct store *base, int32_t shard, struct error *err)
{
    struct fake_store *store = fake_of(base);
    struct fake_transaction *sent = session_of(store, shard)->sent;
    enum store_result result;
    enum fake_fate fate;

    assert(sent != NULL && "commit_receive without commit_send");
    if (!fake_process_enter(store->process, FAKE_COMMIT_RECEIVE, shard, err)) {
        return STORE_FATAL;
    }
    session_of(store, shard)->sent = NULL;
    if (!is_connected(store, shard, err)) {
        fake_transaction_abandon(store->database, sent);
        return STORE_UNKNOWN;
    }
    fate = fate_of(store, shard);
    if (fate == FAKE_COMMITS_LATE) {
        fake_transaction_abandon(store->database, sent);
        return unknown(store, err);
    }
    result = settle(store, sent, fate, err);
    fake_transaction_destroy(sent);
    return fake_process_leave(store->process, err) ? result : STORE_FATAL;
}

static void destroy(struct store *base)
{
    fake_store_finish(fake_of(base));
}

static const struct store_operations operations = {.find = find,
                                                   .takeover = takeover,
                                                   .release = release,
                                                   .owns = owns,
                                                   .load_send = load_send,
                                                   .load_receive = load_receive,
                                                   .agenda = agenda,
                                                   .agenda_size = agenda_size,
                                                   .commit_send = commit_send,
                                                   .commit_receive = commit_receive,
                                                   .outbox = outbox,
                                                   .destroy = destroy};

void fake_store_init(struct fake_store *store, struct fake_database *database)
{
    *store = (struct fake_store){
        .store = {&operations}, .database = database, .generation = 1, .own_rule_version = 1};
}

void fake_store_finish(struct fake_store *store)
{
    for (int32_t i = 0; i < FAKE_STORE_SHARDS_MAX; i++) {
        abandon(store, i);
    }
    *store = (struct fake_store){0};
}
