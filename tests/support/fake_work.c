#include "tests/support/fake_work.h"

#include "common/runtime/shard.h"
#include "events.h"
#include "tests/support/fake_bus.h"
#include "tests/support/fake_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGENDA_BATCH = 16, BATCH_MESSAGES = 1 << 20, CACHE_BYTES = 1 << 26, SHARD_COUNT = 4 };

struct fake_work {
    struct service service; /* the one under test, but for its feed */
    struct member member;
    struct metrics metrics;
    struct shard shard;
    struct fake_broker broker;
    struct fake_bus bus;
    struct fake_database database;
    struct fake_store store;
    struct arena arena;   /* emitted events, queued messages */
    struct intake *queue; /* what the feed gives next */
    size_t queue_count;
    size_t queue_capacity;
    int64_t offset; /* of the feed */
    struct fake_emitted *emitted;
    size_t emitted_count;
    size_t emitted_capacity;
    size_t rejected;
    char *rejected_reason;
    char *producer;
};

/* --- what was queued comes as a feed --- */

static bool open_queue(void **feed, const char *(*settings)(const void *context, const char *name),
                       const void *context, struct error *err)
{
    (void)settings;
    (void)err;
    *feed = (void *)(uintptr_t)context;
    return true;
}

static bool poll_queue(void *feed, struct feed_batch *batch, size_t max, struct error *err)
{
    struct fake_work *fake = feed;

    (void)max;
    (void)err;
    for (size_t i = 0; i < fake->queue_count; i++) {
        const struct intake *item = &fake->queue[i];

        feed_put(batch, "test", fake->offset++, item->type, item->key, NULL, item->event);
    }
    fake->queue_count = 0;
    return true;
}

static bool queue_committed(void *feed, const char *log, int64_t next_offset, struct error *err)
{
    (void)feed;
    (void)log;
    (void)next_offset;
    (void)err;
    return true;
}

static void close_queue(void *feed)
{
    (void)feed;
}

static const struct feed queue_feed = {
    .open = open_queue, .poll = poll_queue, .committed = queue_committed, .close = close_queue};

/* --- a shard that is owned --- */

static void take_over(struct fake_work *fake)
{
    struct takeover takeover = {.shard = &fake->shard};
    struct error err = {0};

    if (!shards_take_over(&takeover, 1, &err) || fake->shard.state != SHARD_OWNED) {
        (void)fprintf(stderr, "%s\n", takeover.fault.message);
        abort();
    }
}

static void learn_schemas(struct fake_work *fake)
{
    struct error err = {0};

    fake->member.registry = registry_create(event_types, event_type_count);
    if (!member_learn_schemas(&fake->member, &err)) {
        (void)fprintf(stderr, "%s\n", err.message);
        abort();
    }
}

/* Nothing here waits: only how long a batch took is asked. */
static int64_t no_time(void *context)
{
    (void)context;
    return 0;
}

struct fake_work *fake_work_create(const struct service *service,
                                   const struct fake_options *options)
{
    const char *institution = options == NULL ? NULL : options->institution;
    struct fake_work *fake = memory_alloc(sizeof *fake);

    fake->service = *service;
    fake->service.feed = &queue_feed;
    fake->producer = memory_copy(
        institution == NULL ? service->name
                            : arena_format(&fake->arena, "%s.%s", service->name, institution));
    fake->member = (struct member){.service = &fake->service,
                                   .producer = fake->producer,
                                   .institution = institution,
                                   .shard_count = SHARD_COUNT,
                                   .bus = &fake->bus.bus,
                                   .store = &fake->store.store,
                                   .metrics = &fake->metrics,
                                   .log = {.threshold = LOG_LEVEL_ERROR},
                                   .setting_context = fake,
                                   .now_ms = no_time,
                                   .batch_messages = BATCH_MESSAGES,
                                   .cache_bytes = CACHE_BYTES,
                                   .unpublished_bytes_max = CACHE_BYTES};
    fake_broker_init(&fake->broker, fake->member.shard_count);
    fake_bus_init(&fake->bus, &fake->broker);
    fake_database_init(&fake->database, SHARD_COUNT);
    fake_store_init(&fake->store, &fake->database);
    fake->store.agenda_max = AGENDA_BATCH;
    learn_schemas(fake);
    shard_init(&fake->shard, &fake->member, 0);
    take_over(fake);
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
    fake_database_finish(&fake->database);
    fake_bus_finish(&fake->bus);
    fake_broker_finish(&fake->broker);
    arena_finish(&fake->arena);
    free(fake->queue);
    free(fake->emitted);
    free(fake->rejected_reason);
    free(fake->producer);
    free(fake);
}

void fake_work_reset(struct fake_work *fake)
{
    fake_database_clear(&fake->database);
    fake_bus_clear(&fake->bus);
    fake_broker_clear(&fake->broker);
    arena_reset(&fake->arena);
    fake->queue_count = 0;
    fake->offset = 0;
    fake->emitted_count = 0;
    fake->rejected = 0;
    take_over(fake);
}

static void *grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    return memory_resize(items, *capacity * item_bytes);
}

static void queue_add(struct fake_work *fake, const char *type, const char *key, const void *event)
{
    fake->queue = grow(fake->queue, fake->queue_count, &fake->queue_capacity, sizeof *fake->queue);
    fake->queue[fake->queue_count++] = (struct intake){.type = arena_copy(&fake->arena, type),
                                                       .key = arena_copy(&fake->arena, key),
                                                       .event = event};
}

void fake_work_send(struct fake_work *fake, const struct record_type *type, const char *key,
                    const void *event)
{
    queue_add(fake, type->full_name, key, record_copy(type, event, &fake->arena));
}

void fake_work_send_named(struct fake_work *fake, const char *type, const char *key,
                          const void *event)
{
    queue_add(fake, type, key, event);
}

/* --- one batch --- */

static void note_rejected(struct fake_work *fake)
{
    for (size_t i = 0; i < fake->shard.backlog_count; i++) {
        const struct rejection *rejected = &fake->shard.backlog[i].rejected;
        struct arena arena = {0};
        struct setting_aside aside;

        if (rejected->why != REJECTION_NONE) {
            rejection_tell(rejected, false, &arena, &aside);
            free(fake->rejected_reason);
            fake->rejected_reason = memory_copy(aside.reason);
            fake->rejected++;
        }
        arena_finish(&arena);
    }
}

static bool record_emitted(struct fake_work *fake, struct error *err)
{
    while (fake->emitted_count < fake->broker.record_count) {
        const struct bus_message *sent = &fake->broker.records[fake->emitted_count];
        struct fake_emitted *emitted;

        fake->emitted = grow(fake->emitted, fake->emitted_count, &fake->emitted_capacity,
                             sizeof *fake->emitted);
        emitted = &fake->emitted[fake->emitted_count];
        *emitted = (struct fake_emitted){
            .topic = sent->topic,
            .partition = sent->partition,
            .seq = sent->offset + 1,
            .key = arena_text(&fake->arena, (const char *)sent->key.data, sent->key.size)};
        if (!registry_decode(fake->member.registry, sent->payload, &fake->arena, &emitted->type,
                             &emitted->event, err)) {
            return false;
        }
        fake->emitted_count++;
    }
    return true;
}

/* All that was sent is acknowledged at once. */
static bool take_reports(struct fake_work *fake, struct error *err)
{
    struct bus *bus = &fake->bus.bus;
    struct bus_events events;

    if (!bus->operations->poll(bus, 0, 0, &events, err)) {
        return false;
    }
    for (size_t i = 0; i < events.report_count; i++) {
        publish_report(&fake->shard, &events.reports[i]);
    }
    return true;
}

/* The runtime's own three phases over what stands in the backlog; `worked`: there was something. */
static bool run_batch(struct fake_work *fake, bool *worked, struct error *err)
{
    enum batch_outcome outcome = batch_begin(&fake->shard, err);

    *worked = outcome != BATCH_NONE;
    if (outcome == BATCH_BEGUN) {
        outcome = batch_decide(&fake->shard, err);
    }
    if (outcome == BATCH_BEGUN) {
        note_rejected(fake);
        outcome = batch_settle(&fake->shard, err);
    }
    if (outcome != BATCH_DONE && outcome != BATCH_NONE) {
        return err->action != ERROR_NONE
                   ? false
                   : error_set(err, ERROR_FATAL, "the batch came to %d", (int)outcome);
    }
    return record_emitted(fake, err) && take_reports(fake, err);
}

bool fake_work_commit(struct fake_work *fake, struct error *err)
{
    bool worked;

    fake->shard.agenda_due = false; /* fake_work_agenda says when */
    return run_batch(fake, &worked, err);
}

bool fake_work_agenda(struct fake_work *fake, bool *more, struct error *err)
{
    if (fake->queue_count > 0 && !fake_work_commit(fake, err)) {
        return false;
    }
    fake->shard.agenda_due = true;
    return run_batch(fake, more, err);
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

/* The day counts as forwarded, so that only what the service itself says is emitted. */
void fake_work_close_day(struct fake_work *fake, const char *institution, int32_t day)
{
    struct closed_day *closed = watermark_day(&fake->shard, institution);

    if (!closed->reached || closed->day < day) {
        closed->day = day;
        closed->reached = true;
        closed->forwarded = day;
        closed->was_forwarded = true;
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
    const struct fake_row *rows = fake_shard_rows(&fake->database.shards[0], table, owner, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].id, id) == 0) {
            return rows[i].row;
        }
    }
    return NULL;
}

char *fake_work_kept(const struct fake_work *fake, const struct table *table, struct arena *arena)
{
    return fake_shard_text(&fake->database.shards[0], table, arena);
}

size_t fake_work_rejected(const struct fake_work *fake, const char **reason)
{
    if (reason != NULL) {
        *reason = fake->rejected_reason;
    }
    return fake->rejected;
}
