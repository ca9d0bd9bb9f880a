#include "common/avro/wire.h"
#include "common/runtime/batch_handling.h"
#include "common/runtime/batch_reading.h"
#include "common/runtime/replay.h"
#include "events.h"
#include "topics.h"

#include <inttypes.h>
#include <string.h>

/* A batch goes in three phases (begin, decide, settle), so that the transactions of several shards are
 * in flight at a time. Its messages are the first `batch_size` of the backlog. */

size_t batch_size(const struct shard *shard)
{
    const bool halved = shard->batch_limit < shard->member->batch_messages;

    return halved && shard->backlog_count > shard->batch_limit ? shard->batch_limit
                                                               : shard->backlog_count;
}

static int64_t now_ms(const struct member *member)
{
    return member->now_ms(member->clock_context);
}

/* Bytes of a message become a struct. What cannot be read is set aside; an unknown schema is asked for
 * again in `_schemas` and then stops an internal input. */
static bool decode_payload(struct shard *shard, struct intake *item,
                           const struct record_type **type, struct error *err)
{
    struct member *member = shard->member;

    if (registry_decode(member->registry, item->payload, &shard->backlog_arena, type, &item->event,
                        err)) {
        return true;
    }
    if (err->action != ERROR_RETRY) {
        return false;
    }
    error_clear(err);
    if (!member_learn_schemas(member, err)) {
        return false;
    }
    if (!registry_decode(member->registry, item->payload, &shard->backlog_arena, type, &item->event,
                         err)) {
        err->action = err->action == ERROR_RETRY ? ERROR_FATAL : err->action;
        return false;
    }
    return true;
}

/* A tombstone means something in a compacted topic, and nothing anywhere else. */
static void refuse_empty(const struct shard *shard, struct intake *item)
{
    if (intake_is_day_closed(item) ||
        shard->member->inputs[item->input].topic->kind != TOPIC_REFERENCE) {
        item->rejected.why = REJECTION_EMPTY;
    }
}

/* Whether the schema is known, and none of ours. */
static bool is_foreign(const struct shard *shard, const struct intake *item)
{
    const struct registry *registry = shard->member->registry;
    struct error ignored = {0};
    struct bytes rest;
    int32_t id;

    return wire_split(item->payload, &id, &rest, &ignored) && registry_knows(registry, id) &&
           registry_type_of(registry, id) == NULL;
}

static bool decode(struct shard *shard, struct intake *item, bool *looked, struct error *err)
{
    const struct record_type *type;
    struct error fault = {0};

    if (item->inbox != NULL) {
        return inbox_decode(shard, item, looked, err);
    }
    if (item->input == INTAKE_FEED || item->input == INTAKE_AGENDA || item->passed_over ||
        item->rejected.why != REJECTION_NONE || item->event != NULL || item->type == NULL ||
        (!intake_is_day_closed(item) && !batch_is_handled(shard, item))) {
        return true;
    }
    if (item->payload.size == 0 && item->input != INTAKE_OWN) {
        refuse_empty(shard, item);
        return true;
    }
    if (decode_payload(shard, item, &type, &fault)) {
        if (strcmp(type->full_name, item->type) == 0) {
            return true;
        }
        item->event = NULL;
        item->rejected =
            (struct rejection){.why = REJECTION_OTHER_TYPE, .about = {item->type, type->full_name}};
        return true;
    }
    if (fault.action == ERROR_REJECT) {
        item->rejected = (struct rejection){
            .why = is_foreign(shard, item) ? REJECTION_FOREIGN : REJECTION_UNREADABLE,
            .found = arena_copy(&shard->backlog_arena, fault.message)};
        return true;
    }
    *err = fault;
    return error_prefix(err, "%s[%" PRId32 "]@%" PRId64, item->log, item->partition, item->offset);
}

static enum batch_outcome outcome_of(const struct error *err)
{
    switch (err->action) {
    case ERROR_FATAL:
        return BATCH_FATAL;
    case ERROR_NONE:
        return BATCH_DONE;
    case ERROR_RETRY:
    case ERROR_REJECT:
        return BATCH_LOST;
    }
    return BATCH_FATAL;
}

static bool days_wait(const struct shard *shard)
{
    for (size_t i = 0; !shard->replaying && i < shard->day_count; i++) {
        const struct closed_day *day = &shard->days[i];

        if (day->reached && (!day->was_forwarded || day->day > day->forwarded)) {
            return true;
        }
    }
    return false;
}

enum batch_outcome batch_begin(struct shard *shard, struct error *err)
{
    bool looked = false;
    bool sent;

    shard->begun_ms = now_ms(shard->member);
    if (!shard->recalling && shard->unpublished_bytes > shard->member->unpublished_bytes_max) {
        return BATCH_NONE; /* the broker has to catch up first */
    }
    if (!shard->recalling && !shard_refill(shard, err)) {
        return outcome_of(err);
    }
    if (shard->replaying && !shard->recalling && replay_is_over(shard)) {
        replay_finish(shard);
    }
    if (shard->backlog_count == 0 && !shard->rules_rose && !shard->replayed &&
        (shard->agenda_due || !days_wait(shard))) {
        return BATCH_NONE;
    }
    for (size_t i = 0; i < batch_size(shard); i++) {
        if (!decode(shard, &shard->backlog[i], &looked, err)) {
            return outcome_of(err);
        }
    }
    shard->work = work_begin(shard);
    if (!batch_load_needs(shard, &sent, err)) {
        return outcome_of(err);
    }
    shard->load_sent = sent;
    return BATCH_BEGUN;
}

/* Rules rose, or the state was made anew: all that is judged comes onto the agenda, from where it is drained in bounded
 * batches before any day goes on. */
static void put_rejudge(struct shard *shard)
{
    const struct rejudge *rejudge = shard->member->service->rejudge;
    const bool all = rejudge != NULL && (shard->rules_rose || shard->replayed);

    for (size_t i = 0; all && rejudge[i].table != NULL; i++) {
        work_touch(shard->work, rejudge[i].table, rejudge[i].kind, "");
    }
}

static bool forward_day(struct shard *shard, struct closed_day *day, struct error *err)
{
    const struct service *service = shard->member->service;
    const struct day_closed event = {.institution = day->institution, .day = day->day};

    for (size_t i = 0; service->outputs[i] != NULL; i++) {
        const struct topic_declaration *topic = member_topic(shard->member, service->outputs[i]);

        if ((topic->kind == TOPIC_SEQUENCED || topic->kind == TOPIC_FINDINGS) &&
            !work_emit(shard->work, topic->name, day->institution, &day_closed_type, &event, err)) {
            return false;
        }
    }
    day->forwarding = true;
    return true;
}

/* Agenda items that a halved batch leaves in the backlog. */
static bool agenda_waits(const struct shard *shard)
{
    for (size_t i = batch_size(shard); i < shard->backlog_count; i++) {
        if (shard->backlog[i].input == INTAKE_AGENDA) {
            return true;
        }
    }
    return false;
}

/* Once nothing that is due is left, the days reached go on to those who listen. */
static bool forward_days(struct shard *shard, struct error *err)
{
    work_set_message(shard->work, NULL);
    shard->agenda_due = shard->agenda_due || work_left_due(shard->work);
    if (shard->replaying || shard->agenda_due || agenda_waits(shard)) {
        return true;
    }
    for (size_t i = 0; i < shard->day_count; i++) {
        struct closed_day *day = &shard->days[i];

        if (day->reached && (!day->was_forwarded || day->day > day->forwarded) &&
            !forward_day(shard, day, err)) {
            return false;
        }
    }
    return true;
}

enum batch_outcome batch_decide(struct shard *shard, struct error *err)
{
    struct store *store = shard->member->store;
    struct store_commit commit = {.shard = shard->id,
                                  .incarnation = shard->incarnation,
                                  .epoch = shard->epoch,
                                  .batch = shard->batch + 1,
                                  .replayed = shard->replayed,
                                  .published = publish_prefix(shard),
                                  .prune_through = shard->published_saved};

    if ((shard->load_sent && !work_load_receive(shard->work, err)) ||
        !batch_run_handlers(shard, err)) {
        return outcome_of(err);
    }
    replay_keep_days(shard);
    put_rejudge(shard);
    if (!shard->recalling && !forward_days(shard, err)) {
        return outcome_of(err);
    }
    batch_reading_fill(shard, &commit);
    batch_reading_fill_days(shard, &commit);
    work_fill_commit(shard->work, &commit);
    if (!shard->recalling && !shard->replayed && commit.advance_count == 0 &&
        commit.done_count == 0 && commit.forwarded_count == 0 && work_is_empty(shard->work)) {
        work_end(shard->work);
        shard->work = NULL;
        return BATCH_NONE;
    }
    shard->published_sent = commit.published;
    if (!store->operations->commit_send(store, &commit, err)) {
        return outcome_of(err);
    }
    return BATCH_BEGUN;
}

static bool tell_feed(struct shard *shard, struct error *err)
{
    const struct feed *feed = shard->member->service->feed;
    const size_t size = batch_size(shard);

    for (size_t i = 0; feed != NULL && i < size; i++) {
        const struct intake *item = &shard->backlog[i];
        const bool last = i + 1 == size || strcmp(shard->backlog[i + 1].log, item->log) != 0;

        if (item->input == INTAKE_FEED && last &&
            !feed->committed(shard->feed, item->log, item->offset + 1, err)) {
            return false;
        }
    }
    return true;
}

static bool after_commit(struct shard *shard, struct error *err)
{
    struct metrics *metrics = shard->member->metrics;
    const size_t size = batch_size(shard);
    struct buffer *outbox = work_outbox(shard->work);

    shard->batch++;
    shard->failures = 0; /* a takeover alone proves nothing */
    shard->published_saved = shard->published_sent;
    shard->rules_rose = false;
    shard->replayed = false;
    batch_reading_note(shard);
    work_committed(shard->work);
    if (outbox->size > 0 && !publish_queue(shard, shard->batch, outbox, err)) {
        return false;
    }
    if (!tell_feed(shard, err)) {
        return false;
    }
    work_end(shard->work);
    shard->work = NULL;
    shard_backlog_drop(shard, size);
    cache_trim(shard->cache);
    if (shard->batch_limit < shard->member->batch_messages) {
        shard->batch_limit *= 2;
    }
    atomic_fetch_add(&metrics->batches, 1);
    atomic_fetch_add(&metrics->messages, (int64_t)size);
    histogram_add(&shard->member->batch_rows, (int64_t)size);
    histogram_add(&shard->member->batch_seconds, now_ms(shard->member) - shard->begun_ms);
    return publish_pump(shard, err);
}

/* PostgreSQL refuses a value and does not say whose: halve until the one message is found. The shard is
 * taken over again each time, so that nothing of the failed batch stays in memory. */
static enum batch_outcome find_culprit(struct shard *shard, struct error *err)
{
    const size_t size = batch_size(shard);
    struct log_context log = shard->member->log;

    log.shard = shard->id;
    log_error(&log, err);
    if (size == 0 || (size == 1 && shard->backlog[0].rejected.why != REJECTION_NONE)) {
        err->action = ERROR_FATAL; /* not the message: the quarantine row or the runtime's own */
        return BATCH_FATAL;
    }
    if (size == 1) {
        shard_convict(shard, &shard->backlog[0], err->message);
    } else {
        shard->batch_limit = size / 2;
    }
    err->action = ERROR_RETRY;
    return BATCH_LOST;
}

enum batch_outcome batch_settle(struct shard *shard, struct error *err)
{
    struct store *store = shard->member->store;

    switch (store->operations->commit_receive(store, shard->id, err)) {
    case STORE_COMMITTED:
        return after_commit(shard, err) ? BATCH_DONE : outcome_of(err);
    case STORE_FENCED:
        return BATCH_FENCED;
    case STORE_UNKNOWN:
    case STORE_RETRY:
        return BATCH_LOST;
    case STORE_DATA_ERROR:
        return find_culprit(shard, err);
    case STORE_FATAL:
        return BATCH_FATAL;
    }
    return BATCH_FATAL;
}
