#include "common/base/text.h"
#include "common/domain/shard.h"
#include "common/runtime/shard.h"
#include "common/runtime/trace.h"
#include "events.h"

#include <inttypes.h>
#include <string.h>

enum { AGENDA_ITEMS_MAX = 500, GAP_ALARM_MS = 60000 };

struct feed_batch {
    struct shard *shard;
};

static struct intake *append(struct intake **list, size_t *count, size_t *capacity)
{
    struct intake *item;

    if (*count == *capacity) {
        *capacity = *capacity == 0 ? 256 : *capacity * 2;
        *list = memory_resize(*list, *capacity * sizeof **list);
    }
    item = &(*list)[(*count)++];
    *item = (struct intake){0};
    return item;
}

struct intake *shard_backlog_add(struct shard *shard)
{
    return append(&shard->backlog, &shard->backlog_count, &shard->backlog_capacity);
}

static void convict(const struct shard *shard, struct intake *item)
{
    if (shard_is_convicted(shard, item)) {
        item->rejected = (struct rejection){
            .why = REJECTION_UNSTORABLE, .found = item->key, .about = {shard->culprit.reason}};
    }
}

void shard_backlog_drop(struct shard *shard, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        shard->agenda_taken -= shard->backlog[i].input == INTAKE_AGENDA ? 1 : 0;
    }
    shard->backlog_count -= count;
    if (shard->backlog_count == 0) {
        arena_reset(&shard->backlog_arena);
        return;
    }
    memmove(shard->backlog, shard->backlog + count, shard->backlog_count * sizeof *shard->backlog);
}

static bool input_named(const struct member *member, const char *topic, size_t *index)
{
    for (size_t i = 0; i < member->input_count; i++) {
        if (strcmp(member->inputs[i].topic->name, topic) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* Sequences of one producer are dense: what was heard is dropped, what comes too early as well, since
 * its predecessors will be sent again, and it with them. */
static bool is_next(struct shard *shard, struct intake *item, bool reference)
{
    struct metrics *metrics = shard->member->metrics;
    struct heard *heard = shard_heard(shard, item->producer, item->producer_shard, item->log);
    const int64_t incarnation = heard->taken_incarnation;
    const int64_t seq = heard->taken_seq;

    if (item->incarnation < incarnation || (item->incarnation == incarnation && item->seq <= seq)) {
        atomic_fetch_add(&metrics->duplicates, 1);
        return false;
    }
    if (reference || (item->incarnation == incarnation && item->seq == seq + 1) ||
        (item->incarnation > incarnation && item->seq == 1)) {
        heard->gap_since_ms = 0;
        heard->taken_incarnation = item->incarnation;
        heard->taken_seq = item->seq;
        return true;
    }
    atomic_fetch_add(&metrics->gaps, 1);
    item->gap = true;
    if (heard->gap_since_ms == 0) {
        struct log_context log = shard->member->log;

        heard->gap_since_ms = shard->member->now_ms(shard->member->clock_context);
        heard->gap_told_ms = heard->gap_since_ms;
        log.shard = shard->id;
        log.topic = item->log;
        log.offset = item->offset;
        log_write(&log, LOG_LEVEL_WARN,
                  "gap: %s/%" PRId32 " sent %" PRId64 "/%" PRId64 " after %" PRId64 "/%" PRId64
                  "; waiting for it to be sent again",
                  item->producer, item->producer_shard, item->incarnation, item->seq, incarnation,
                  seq);
    }
    return false;
}

/* A gap closes by itself when its producer sends again; one that stays open needs somebody. */
int64_t shard_watch_gaps(struct shard *shard, int64_t now_ms)
{
    int64_t oldest = 0;

    for (size_t i = 0; i < shard->heard_count; i++) {
        struct heard *heard = &shard->heard[i];
        const int64_t open_ms = heard->gap_since_ms == 0 ? 0 : now_ms - heard->gap_since_ms;

        oldest = open_ms > oldest ? open_ms : oldest;
        if (open_ms > 0 && now_ms - heard->gap_told_ms >= GAP_ALARM_MS) {
            struct log_context log = shard->member->log;

            heard->gap_told_ms = now_ms;
            log.shard = shard->id;
            log.topic = heard->topic;
            log_write(&log, LOG_LEVEL_ERROR,
                      "gap open for %" PRId64 " s: %s/%" PRId32 " has not sent %" PRId64 "/%" PRId64
                      " again",
                      open_ms / 1000, heard->producer, heard->shard, heard->taken_incarnation,
                      heard->taken_seq + 1);
        }
    }
    return oldest;
}

/* Whether a producer is the topic's: its sequences are its own, and nobody else's may move them. A gateway speaks
 * for its institution alone. */
static bool may_speak(const struct topic_declaration *topic, const char *producer, const char *key)
{
    const size_t length = topic->owner == NULL ? 0 : strlen(topic->owner);
    const char *institution = producer + length + 1;

    if (topic->owner == NULL || strcmp(topic->owner, "*") == 0 ||
        strcmp(topic->owner, producer) == 0) {
        return true;
    }
    if (strncmp(producer, topic->owner, length) != 0 || producer[length] != '.' ||
        institution[0] == '\0') {
        return false;
    }
    return topic->kind == TOPIC_REFERENCE ||
           (strncmp(key, institution, strlen(institution)) == 0 &&
            (key[strlen(institution)] == '/' || key[strlen(institution)] == '\0'));
}

/* A header as people see it. */
static const char *shown(const char *header)
{
    return header == NULL ? "(falta)" : header;
}

static void read_headers(struct shard *shard, struct arena *arena,
                         const struct bus_message *message, struct intake *item)
{
    const char *source = bus_header(message, "ce_source");
    const char *id = bus_header(message, "ce_id");
    char producer[128];
    const struct input *input = &shard->member->inputs[item->input];

    item->type = arena_copy(arena, bus_header(message, "ce_type"));
    item->traceparent = arena_copy(arena, bus_header(message, "traceparent"));
    if (!input->sequenced && input->topic->kind != TOPIC_REFERENCE) {
        return;
    }
    if (!text_is_utf8(message->key.data, message->key.size)) {
        item->rejected = (struct rejection){.why = REJECTION_KEY, .found = item->key};
    } else if (outbox_identity_parse(source, id, producer, sizeof producer, &item->incarnation,
                                     &item->producer_shard, &item->seq)) {
        if (!may_speak(input->topic, producer, item->key)) {
            item->rejected = (struct rejection){
                .why = REJECTION_WRITER,
                .about = {arena_copy(arena, producer), item->log, input->topic->owner}};
            return;
        }
        item->producer = arena_copy(arena, producer);
        item->passed_over = !is_next(shard, item, input->topic->kind == TOPIC_REFERENCE);
    } else {
        item->rejected =
            (struct rejection){.why = REJECTION_IDENTITY,
                               .found = arena_format(arena, "%s, %s", shown(source), shown(id))};
    }
}

bool intake_is_day_closed(const struct intake *item)
{
    return item->type != NULL && strcmp(item->type, day_closed_type.full_name) == 0;
}

/* Only the gateway hashes a contract to a partition, and everyone else relies on it: a contract in two shards
 * would be judged twice, each time by half of its facts. A day stands in every partition. */
static void assert_partition(const struct shard *shard, struct arena *arena, struct intake *item)
{
    const struct member *member = shard->member;
    const struct input *input = &member->inputs[item->input];
    int32_t expected;

    if (!input->sequenced || !input->topic->partitions_per_shard ||
        item->rejected.why != REJECTION_NONE || intake_is_day_closed(item)) {
        return;
    }
    expected = shard_of(item->key, member->shard_count);
    if (expected != item->partition) {
        item->rejected =
            (struct rejection){.why = REJECTION_PARTITION,
                               .about = {item->key, arena_format(arena, "%" PRId32, expected),
                                         arena_format(arena, "%" PRId32, item->partition)}};
    }
}

static void put_message(struct shard *shard, const struct bus_message *message, size_t input,
                        struct arena *arena, struct intake *item)
{
    item->input = input;
    item->log = shard->member->inputs[input].topic->name;
    item->partition = message->partition;
    item->offset = message->offset;
    item->timestamp_ms = message->timestamp_ms;
    item->key = text_clean(arena, message->key.data, message->key.size, message->key.size * 3 + 4);
    read_headers(shard, arena, message, item);
    assert_partition(shard, arena, item);
    if (shard->member->inputs[input].topic->kind == TOPIC_INBOX) {
        inbox_take(shard, message, arena, item);
    }
    item->payload.size = message->payload.size;
    item->payload.data = (const uint8_t *)arena_text(arena, (const char *)message->payload.data,
                                                     message->payload.size);
    convict(shard, item);
}

void shard_take(struct shard *shard, const struct bus_message *message)
{
    const struct member *member = shard->member;
    struct log_position *position;
    size_t input;
    bool deferred;

    if (!input_named(member, message->topic, &input)) {
        return; /* of an assignment that was replaced meanwhile */
    }
    position = shard_position(shard, member->inputs[input].topic->name);
    if (message->offset < position->taken) {
        atomic_fetch_add(&member->metrics->duplicates, 1);
        return;
    }
    position->taken = message->offset + 1;
    deferred = member->service->feed != NULL && member->inputs[input].topic->kind == TOPIC_CONTROL;
    if (deferred) {
        shard->deferred_ticket = member->service->feed->mark(shard->feed);
        shard->deferred_end_known = false;
        put_message(shard, message, input, &shard->deferred_arena,
                    append(&shard->deferred, &shard->deferred_count, &shard->deferred_capacity));
    } else {
        put_message(shard, message, input, &shard->backlog_arena, shard_backlog_add(shard));
    }
}

static bool refill_from_agenda(struct shard *shard, struct error *err)
{
    struct store *store = shard->member->store;
    struct store_agenda *items;
    const char **institutions =
        arena_array(&shard->backlog_arena, shard->day_count, sizeof(char *));
    int32_t *days = arena_array(&shard->backlog_arena, shard->day_count, sizeof *days);
    size_t reached = 0;
    size_t count;

    for (size_t i = 0; i < shard->day_count; i++) {
        if (shard->days[i].reached) {
            institutions[reached] = shard->days[i].institution;
            days[reached++] = shard->days[i].day;
        }
    }
    if (!store->operations->agenda(store, shard->id, institutions, days, reached, AGENDA_ITEMS_MAX,
                                   &shard->backlog_arena, &items, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct intake *item = shard_backlog_add(shard);

        *item = (struct intake){.input = INTAKE_AGENDA,
                                .log = "agenda",
                                .type = items[i].kind,
                                .key = items[i].key,
                                .traceparent = items[i].traceparent,
                                .due = items[i].due};
        convict(shard, item);
    }
    shard->agenda_taken = count;
    shard->agenda_due = count == AGENDA_ITEMS_MAX;
    return true;
}

void feed_put(struct feed_batch *batch, const char *log, int64_t offset, const char *type,
              const char *key, const char *traceparent, const void *event)
{
    struct shard *shard = batch->shard;
    struct arena *arena = &shard->backlog_arena;
    struct log_position *position = shard_position(shard, log);
    struct intake *item;
    char begun[TRACE_PARENT_BYTES];

    if (offset < position->taken) {
        return;
    }
    position->taken = offset + 1;
    if (traceparent == NULL) {
        trace_begin(shard->member->producer, log, offset, begun);
        traceparent = begun;
    }
    item = shard_backlog_add(shard);
    *item = (struct intake){.input = INTAKE_FEED,
                            .log = position->log,
                            .offset = offset,
                            .type = arena_copy(arena, type),
                            .key = arena_copy(arena, key),
                            .traceparent = arena_copy(arena, traceparent),
                            .event = event};
    convict(shard, item);
}

struct arena *feed_arena(struct feed_batch *batch)
{
    return &batch->shard->backlog_arena;
}

int64_t feed_position(const struct feed_batch *batch, const char *log)
{
    const struct shard *shard = batch->shard;

    for (size_t i = shard->position_count; i > 0; i--) {
        if (strcmp(shard->positions[i - 1].log, log) == 0) {
            return shard->positions[i - 1].taken;
        }
    }
    return 0;
}

static void take_deferred(struct shard *shard)
{
    for (size_t i = 0; i < shard->deferred_count; i++) {
        struct arena *arena = &shard->backlog_arena;
        struct intake *item = shard_backlog_add(shard);

        *item = shard->deferred[i];
        item->type = arena_copy(arena, item->type);
        item->key = arena_copy(arena, item->key);
        item->traceparent = arena_copy(arena, item->traceparent);
        item->payload.data = (const uint8_t *)arena_text(arena, (const char *)item->payload.data,
                                                         item->payload.size);
    }
    shard->deferred_count = 0;
    shard->deferred_ticket = 0;
    shard->deferred_end_known = false;
    arena_reset(&shard->deferred_arena);
}

bool shard_refill(struct shard *shard, struct error *err)
{
    const struct feed *feed = shard->member->service->feed;
    struct feed_batch batch = {shard};
    bool reached = false;

    if (shard->agenda_due && shard->agenda_taken == 0 && !refill_from_agenda(shard, err)) {
        return false;
    }
    if (feed == NULL || shard->backlog_count > 0) {
        return true;
    }
    if (!feed->poll(shard->feed, &batch, shard->batch_limit, err)) {
        return false;
    }
    if (shard->backlog_count == 0 && shard->deferred_count > 0 &&
        feed->reached(shard->feed, shard->deferred_ticket) &&
        !inbox_reached(shard, &reached, err)) {
        return false;
    }
    if (reached) {
        take_deferred(shard);
    }
    return true;
}
