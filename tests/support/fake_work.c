#include "tests/support/fake_work.h"

#include "common/runtime/shard.h"
#include "events.h"
#include "tests/support/fake_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGENDA_BATCH = 16, CACHE_BYTES = 1 << 26, SHARD_COUNT = 4 };

struct fake_work {
    struct member member;
    struct metrics metrics;
    struct shard shard;
    struct fake_store store;
    struct arena arena; /* emitted events, queued messages */
    struct intake *queue;
    size_t queue_count;
    size_t queue_capacity;
    struct fake_emitted *emitted;
    size_t emitted_count;
    size_t emitted_capacity;
    size_t rejected;
    char *rejected_reason;
    char *producer;
};

static const char *setting_of(const void *context, const char *name)
{
    const struct fake_setting *setting = context;

    while (setting != NULL && setting->name != NULL && strcmp(setting->name, name) != 0) {
        setting++;
    }
    return setting == NULL ? NULL : setting->value;
}

/* Every event's schema, as `abasto schemas apply` would have registered it. */
static struct registry *full_registry(void)
{
    struct registry *registry = registry_create(event_types, event_type_count);

    for (size_t i = 0; i < event_type_count; i++) {
        const struct schema_record record = {.subject = event_types[i]->full_name,
                                             .version = 1,
                                             .id = (int32_t)i + 1,
                                             .schema_json = event_types[i]->schema_json};
        struct error err = {0};

        if (!registry_add(registry, &record, &err)) {
            (void)fprintf(stderr, "%s\n", err.message);
            abort();
        }
    }
    return registry;
}

struct fake_work *fake_work_create(const struct service *service,
                                   const struct fake_options *options)
{
    static const struct fake_options usual = {0};
    struct fake_work *fake = memory_alloc(sizeof *fake);

    options = options == NULL ? &usual : options;
    fake_store_init(&fake->store);
    fake->producer =
        options->institution == NULL
            ? memory_copy(service->name)
            : memory_copy(arena_format(&fake->arena, "%s.%s", service->name, options->institution));
    fake->member = (struct member){.service = service,
                                   .producer = fake->producer,
                                   .institution = options->institution,
                                   .shard_count = options->shard_count > 0 ? options->shard_count
                                                                           : SHARD_COUNT,
                                   .store = &fake->store.store,
                                   .registry = full_registry(),
                                   .metrics = &fake->metrics,
                                   .setting = setting_of,
                                   .setting_context = options->settings,
                                   .cache_bytes = CACHE_BYTES};
    shard_init(&fake->shard, &fake->member, 0);
    fake->shard.incarnation = 1;
    return fake;
}

void fake_work_destroy(struct fake_work *fake)
{
    if (fake == NULL) {
        return;
    }
    shard_finish(&fake->shard);
    registry_destroy(fake->member.registry);
    fake_store_finish(&fake->store);
    arena_finish(&fake->arena);
    free(fake->queue);
    free(fake->emitted);
    free(fake->rejected_reason);
    free(fake->producer);
    free(fake);
}

void fake_work_reset(struct fake_work *fake)
{
    shard_forget(&fake->shard);
    fake_store_clear(&fake->store);
    arena_reset(&fake->arena);
    fake->queue_count = 0;
    fake->emitted_count = 0;
    fake->rejected = 0;
}

static void *grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    return memory_resize(items, *capacity * item_bytes);
}

static struct intake *queue_add(struct fake_work *fake, const char *type, const char *key,
                                const void *event)
{
    struct intake *item;

    fake->queue = grow(fake->queue, fake->queue_count, &fake->queue_capacity, sizeof *fake->queue);
    item = &fake->queue[fake->queue_count++];
    *item = (struct intake){.log = "test",
                            .offset = (int64_t)fake->queue_count,
                            .type = arena_copy(&fake->arena, type),
                            .key = arena_copy(&fake->arena, key),
                            .event = event};
    return item;
}

void fake_work_send(struct fake_work *fake, const struct record_type *type, const char *key,
                    const void *event)
{
    (void)queue_add(fake, type->full_name, key, record_copy(type, event, &fake->arena));
}

void fake_work_send_named(struct fake_work *fake, const char *type, const char *key,
                          const void *event)
{
    (void)queue_add(fake, type, key, event);
}

/* --- one batch --- */

static const struct handler *handler_of(const struct fake_work *fake, const char *type)
{
    const struct handler *handler = fake->member.service->handlers;

    while (handler->type != NULL && strcmp(handler->type, type) != 0) {
        handler++;
    }
    return handler->type != NULL ? handler : NULL;
}

static struct message message_of(const struct intake *item)
{
    return (struct message){.type = item->type,
                            .topic = item->log,
                            .offset = item->offset,
                            .key = item->key,
                            .event = item->event};
}

static bool load_needs(struct fake_work *fake, struct work *work, struct error *err)
{
    bool sent;

    for (size_t i = 0; i < fake->queue_count; i++) {
        const struct handler *handler = handler_of(fake, fake->queue[i].type);
        const struct message message = message_of(&fake->queue[i]);

        if (handler != NULL && handler->needs != NULL && fake->queue[i].rejected == NULL) {
            handler->needs(work, &message);
        }
    }
    return work_load_send(work, &sent, err) && (!sent || work_load_receive(work, err));
}

static bool handle(struct fake_work *fake, struct work *work, const struct intake *item,
                   struct error *err)
{
    const struct handler *handler = handler_of(fake, item->type);
    const struct message message = message_of(item);

    work_set_message(work, item);
    return item->rejected != NULL || handler == NULL || handler->on(work, &message, err);
}

/* A rejected message is left out and the batch decided anew, from rows read again. */
static bool run_handlers(struct fake_work *fake, struct work *work, struct error *err)
{
    size_t i = 0;

    while (i < fake->queue_count) {
        struct intake *item = &fake->queue[i];

        if (handle(fake, work, item, err)) {
            i++;
            continue;
        }
        if (err->action != ERROR_REJECT) {
            return false;
        }
        item->rejected = arena_copy(&fake->arena, err->message);
        free(fake->rejected_reason);
        fake->rejected_reason = memory_copy(err->message);
        fake->rejected++;
        error_clear(err);
        cache_drop(fake->shard.cache);
        work_restart(work);
        if (!load_needs(fake, work, err)) {
            return false;
        }
        i = 0;
    }
    return true;
}

static bool record_emitted(struct fake_work *fake, struct bytes outbox, struct error *err)
{
    struct outbox_event event;
    size_t offset = 0;

    while (outbox_next(outbox, &offset, &event, err)) {
        struct fake_emitted *emitted;

        fake->emitted = grow(fake->emitted, fake->emitted_count, &fake->emitted_capacity,
                             sizeof *fake->emitted);
        emitted = &fake->emitted[fake->emitted_count];
        *emitted = (struct fake_emitted){.topic = arena_copy(&fake->arena, event.topic),
                                         .partition = event.partition,
                                         .seq = event.seq,
                                         .key = arena_copy(&fake->arena, event.key)};
        if (!registry_decode(fake->member.registry, event.payload, &fake->arena, &emitted->type,
                             &emitted->event, err)) {
            return false;
        }
        fake->emitted_count++;
    }
    return err->action == ERROR_NONE;
}

static struct store_agenda *agenda_done(struct fake_work *fake, struct work *work, size_t *count)
{
    struct store_agenda *done = arena_array(work_arena(work), fake->queue_count + 1, sizeof *done);

    for (size_t i = 0; i < fake->queue_count; i++) {
        const struct intake *item = &fake->queue[i];

        if (item->input == INTAKE_AGENDA) {
            done[(*count)++] = (struct store_agenda){item->due, item->type, item->key};
        }
    }
    return done;
}

bool fake_work_commit(struct fake_work *fake, struct error *err)
{
    struct work *work = work_begin(&fake->shard);
    struct store_commit commit = {0};
    bool good = load_needs(fake, work, err) && run_handlers(fake, work, err);

    if (good) {
        commit.done = agenda_done(fake, work, &commit.done_count);
        work_fill_commit(work, &commit);
        fake_store_commit(&fake->store, &commit);
        good = record_emitted(fake, commit.outbox, err);
        work_committed(work);
    }
    work_end(work);
    fake->queue_count = 0;
    return good;
}

/* --- agenda --- */

static bool is_due(struct fake_work *fake, const struct store_agenda *item)
{
    char *institution;
    const struct closed_day *day;

    if (item->due == STORE_DUE_NOW) {
        return true;
    }
    institution = arena_text(&fake->arena, item->key, strcspn(item->key, "/"));
    day = watermark_day(&fake->shard, institution);
    return day->reached && item->due <= day->day;
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

bool fake_work_agenda(struct fake_work *fake, bool *more, struct error *err)
{
    size_t taken = 0;

    if (fake->queue_count > 0 && !fake_work_commit(fake, err)) {
        return false;
    }
    if (fake->store.agenda_count > 1) {
        qsort(fake->store.agenda, fake->store.agenda_count, sizeof *fake->store.agenda, by_agenda);
    }
    for (size_t i = 0; i < fake->store.agenda_count && taken < AGENDA_BATCH; i++) {
        const struct store_agenda *due = &fake->store.agenda[i];

        if (is_due(fake, due)) {
            struct intake *item = queue_add(fake, due->kind, due->key, NULL);

            item->input = INTAKE_AGENDA;
            item->log = "agenda";
            item->due = due->due;
            taken++;
        }
    }
    *more = taken > 0;
    return taken == 0 || fake_work_commit(fake, err);
}

bool fake_work_settle(struct fake_work *fake, struct error *err)
{
    bool more = true;

    while (more) {
        if (!fake_work_agenda(fake, &more, err)) {
            return false;
        }
    }
    return true;
}

void fake_work_close_day(struct fake_work *fake, const char *institution, int32_t day)
{
    struct closed_day *closed = watermark_day(&fake->shard, institution);

    if (!closed->reached || closed->day < day) {
        closed->day = day;
        closed->reached = true;
    }
}

void fake_work_forget_cache(struct fake_work *fake)
{
    cache_drop(fake->shard.cache);
}

/* --- what was emitted and kept --- */

size_t fake_work_emitted_count(const struct fake_work *fake)
{
    return fake->emitted_count;
}

const struct fake_emitted *fake_work_emitted(const struct fake_work *fake, size_t index)
{
    return index < fake->emitted_count ? &fake->emitted[index] : NULL;
}

size_t fake_work_emitted_of(const struct fake_work *fake, const struct record_type *type)
{
    size_t count = 0;

    for (size_t i = 0; i < fake->emitted_count; i++) {
        count += fake->emitted[i].type == type ? 1 : 0;
    }
    return count;
}

static bool has_text(const struct fake_emitted *emitted, const char *field, const char *value)
{
    const struct record_field *found = record_field_named(emitted->type, field);
    const void *at;
    const char *text;

    if (found == NULL || found->type != FIELD_TEXT) {
        return false;
    }
    at = (const unsigned char *)emitted->event + found->offset;
    text = *(const char *const *)at;
    return text != NULL && strcmp(text, value) == 0;
}

const void *fake_work_said(const struct fake_work *fake, const struct record_type *type,
                           const char *field, const char *value)
{
    for (size_t i = fake->emitted_count; i > 0; i--) {
        const struct fake_emitted *emitted = &fake->emitted[i - 1];

        if (emitted->type == type && has_text(emitted, field, value)) {
            return emitted->event;
        }
    }
    return NULL;
}

const struct finding_raised *fake_work_finding(const struct fake_work *fake, const char *kind,
                                               const char *subject)
{
    for (size_t i = fake->emitted_count; i > 0; i--) {
        const struct fake_emitted *emitted = &fake->emitted[i - 1];

        if (emitted->type == &finding_raised_type && has_text(emitted, "kind", kind) &&
            has_text(emitted, "subject", subject)) {
            const struct finding_raised *finding = emitted->event;

            return finding->open ? finding : NULL;
        }
    }
    return NULL;
}

const void *fake_work_stored(const struct fake_work *fake, const struct table *table,
                             const char *owner, const char *id)
{
    size_t count;
    const struct fake_row *rows = fake_store_rows(&fake->store, table, owner, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].id, id) == 0) {
            return rows[i].row;
        }
    }
    return NULL;
}

char *fake_work_kept(const struct fake_work *fake, const struct table *table, struct arena *arena)
{
    return fake_store_text(&fake->store, table, arena);
}

size_t fake_work_waiting(const struct fake_work *fake, const char *kind, const char *key)
{
    size_t count = 0;

    for (size_t i = 0; i < fake->store.agenda_count; i++) {
        const struct store_agenda *item = &fake->store.agenda[i];

        count += strcmp(item->kind, kind) == 0 && strcmp(item->key, key) == 0 ? 1 : 0;
    }
    return count;
}

size_t fake_work_rejected(const struct fake_work *fake, const char **reason)
{
    if (reason != NULL) {
        *reason = fake->rejected_reason;
    }
    return fake->rejected;
}
