#include "common/runtime/figures.h"
#include "common/runtime/member.h"

#include <inttypes.h>
#include <string.h>

enum {
    RETRY_FIRST_MS = 100,
    RETRY_LAST_MS = 5000,
    FENCED_WAIT_MS = 10000,
    FLUSH_SLICE_MS = 100,
    BACKLOG_BATCHES_MAX = 8,
};

static int64_t now_ms(const struct running *running)
{
    return running->member.now_ms(running->member.clock_context);
}

static struct shard *shard_at(struct running *running, int32_t id)
{
    return id >= 0 && id < running->shard_slots ? &running->shards[id] : NULL;
}

static void log_shard(const struct shard *shard, enum log_level level, const char *what)
{
    struct log_context log = shard->member->log;

    log.shard = shard->id;
    log_write(&log, level, "%s (epoch %" PRId64 ", batch %" PRId64 ")", what, shard->epoch,
              shard->batch);
}

/* A shard that cannot go on is taken over anew after a while; nothing of it is kept in memory. */
static void wait_for(struct running *running, struct shard *shard, int64_t wait_ms)
{
    shard_forget(shard);
    shard->state = SHARD_WAITING;
    shard->retry_at_ms = now_ms(running) + wait_ms;
}

static int64_t backoff_ms(struct shard *shard)
{
    int64_t wait = RETRY_FIRST_MS;

    for (int32_t i = 0; i < shard->failures && wait < RETRY_LAST_MS; i++) {
        wait *= 2;
    }
    shard->failures++;
    return wait < RETRY_LAST_MS ? wait : RETRY_LAST_MS;
}

static void log_retry(struct shard *shard, const struct error *err)
{
    struct log_context log = shard->member->log;

    log.shard = shard->id;
    log_error(&log, err);
    atomic_fetch_add(&shard->member->metrics->retries, 1);
}

/* What is read: for each owned shard its own partition of every input, and for shard 0 the topics of one
 * partition. */
static bool assign_owned(struct running *running, struct error *err)
{
    struct member *member = &running->member;
    struct arena arena = {0};
    struct bus_start *starts =
        arena_array(&arena, (size_t)running->shard_slots * member->input_count, sizeof *starts);
    size_t count = 0;
    bool assigned;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        struct shard *shard = &running->shards[i];

        for (size_t j = 0; shard->state == SHARD_OWNED && j < member->input_count; j++) {
            const struct topic_declaration *topic = member->inputs[j].topic;

            if (topic->partitions_per_shard || shard->id == 0) {
                starts[count++] =
                    (struct bus_start){.topic = topic->name,
                                       .partition = topic->partitions_per_shard ? shard->id : 0,
                                       .offset = shard_position(shard, topic->name)->taken};
            }
        }
    }
    assigned = member->bus->operations->assign(member->bus, starts, count, err);
    arena_finish(&arena);
    return assigned;
}

static size_t find_waiting(struct running *running, struct takeover *out)
{
    size_t count = 0;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        struct shard *shard = &running->shards[i];

        if (shard->state == SHARD_WAITING && now_ms(running) >= shard->retry_at_ms) {
            out[count++] = (struct takeover){.shard = shard};
        }
    }
    return count;
}

static bool take_over_waiting(struct running *running, struct error *err)
{
    struct arena arena = {0};
    struct takeover *waiting = arena_array(&arena, (size_t)running->shard_slots, sizeof *waiting);
    const size_t count = find_waiting(running, waiting);
    const bool going = count == 0 || shards_take_over(waiting, count, err);
    bool changed = false;

    for (size_t i = 0; going && i < count; i++) {
        struct shard *shard = waiting[i].shard;

        if (shard->state == SHARD_OWNED) {
            log_shard(shard, LOG_LEVEL_INFO, "shard taken over");
            changed = true;
        } else {
            log_retry(shard, &waiting[i].fault);
            wait_for(running, shard, backoff_ms(shard));
        }
    }
    arena_finish(&arena);
    return going && (!changed || assign_owned(running, err));
}

static bool follow_group(struct running *running, const struct bus_events *events,
                         struct error *err)
{
    for (size_t i = 0; i < events->revoked_count; i++) {
        struct shard *shard = shard_at(running, events->revoked[i]);
        struct error fault = {0};

        if (shard != NULL && !shard_release(shard, &fault)) {
            log_retry(shard, &fault); /* the next owner takes it by its epoch */
        }
        if (shard != NULL) {
            shard->state = SHARD_ELSEWHERE;
        }
    }
    for (size_t i = 0; i < events->assigned_count; i++) {
        struct shard *shard = shard_at(running, events->assigned[i]);

        if (shard != NULL) {
            wait_for(running, shard, 0);
            shard->batch_limit = running->member.batch_messages;
        }
    }
    return events->revoked_count == 0 || assign_owned(running, err);
}

static bool take_events(struct running *running, const struct bus_events *events, struct error *err)
{
    struct member *member = &running->member;

    atomic_store(&member->metrics->in_group, events->in_group ? 1 : 0);
    if (!follow_group(running, events, err)) {
        return false;
    }
    for (size_t i = 0; i < events->report_count; i++) {
        struct shard *shard = shard_at(running, publish_shard_of(events->reports[i].token));

        if (shard != NULL) {
            publish_report(shard, &events->reports[i]);
        }
    }
    if (events->send_failed) {
        log_write(&member->log, LOG_LEVEL_WARN, "sending failed: new producer, all sent again");
        if (!member->bus->operations->reset(member->bus, err)) {
            return false;
        }
        for (int32_t i = 0; i < running->shard_slots; i++) {
            publish_rewind(&running->shards[i]);
        }
    }
    for (size_t i = 0; i < events->message_count; i++) {
        const struct bus_message *message = &events->messages[i];
        struct shard *shard =
            shard_at(running, member->service->per_institution ? 0 : message->partition);

        if (shard != NULL && shard->state == SHARD_OWNED) {
            shard_take(shard, message);
        }
    }
    return true;
}

/* What a phase of a batch came to. False: FATAL. */
static bool follow_outcome(struct running *running, struct shard *shard, enum batch_outcome outcome,
                           bool *lost, struct error *err)
{
    switch (outcome) {
    case BATCH_NONE:
    case BATCH_BEGUN:
    case BATCH_DONE:
        return true;
    case BATCH_LOST:
        log_retry(shard, err);
        error_clear(err);
        wait_for(running, shard, backoff_ms(shard));
        *lost = true;
        return true;
    case BATCH_FENCED:
        log_shard(shard, LOG_LEVEL_WARN, "fenced: somebody else owns the shard");
        atomic_fetch_add(&running->member.metrics->fenced, 1);
        error_clear(err);
        wait_for(running, shard, FENCED_WAIT_MS);
        *lost = true;
        return true;
    case BATCH_FATAL:
        if (err->action != ERROR_FATAL) {
            err->action = ERROR_FATAL;
        }
        return false;
    }
    return false;
}

/* The three phases over all owned shards: their transactions are in flight together. */
static bool run_batches(struct running *running, bool *worked, struct error *err)
{
    enum batch_outcome (*const phases[])(struct shard *, struct error *) = {
        batch_begin, batch_decide, batch_settle};
    struct arena arena = {0};
    bool *begun = arena_array(&arena, (size_t)running->shard_slots, sizeof *begun);
    bool lost = false;
    bool going = true;

    *worked = false;
    for (int32_t i = 0; i < running->shard_slots; i++) {
        begun[i] = running->shards[i].state == SHARD_OWNED;
    }
    for (size_t phase = 0; going && phase < sizeof phases / sizeof phases[0]; phase++) {
        for (int32_t i = 0; going && i < running->shard_slots; i++) {
            if (begun[i]) {
                const enum batch_outcome outcome = phases[phase](&running->shards[i], err);

                begun[i] = outcome == BATCH_BEGUN;
                *worked = *worked || outcome != BATCH_NONE;
                going = follow_outcome(running, &running->shards[i], outcome, &lost, err);
            }
        }
    }
    arena_finish(&arena);
    return going && (!lost || assign_owned(running, err));
}

static bool publish_all(struct running *running, struct error *err)
{
    for (int32_t i = 0; i < running->shard_slots; i++) {
        struct shard *shard = &running->shards[i];

        if (shard->state == SHARD_OWNED && !publish_pump(shard, err)) {
            return false;
        }
    }
    return true;
}

static void measure(struct running *running, bool idle)
{
    struct metrics *metrics = running->member.metrics;
    int64_t owned = 0;
    int64_t assigned = 0;
    int64_t bytes = 0;
    int64_t gap_ms = 0;
    int64_t unpublished_bytes = 0;
    int64_t unpublished_since = 0;
    int64_t day = INT64_MAX;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        struct shard *shard = &running->shards[i];
        const int64_t open_ms = shard_watch_gaps(shard, now_ms(running));

        gap_ms = open_ms > gap_ms ? open_ms : gap_ms;
        owned += shard->state == SHARD_OWNED ? 1 : 0;
        assigned += shard->state != SHARD_ELSEWHERE ? 1 : 0;
        bytes += (int64_t)cache_bytes(shard->cache);
        unpublished_bytes += (int64_t)shard->unpublished_bytes;
        if (shard->unpublished_first != NULL &&
            (unpublished_since == 0 || shard->unpublished_first->since_ms < unpublished_since)) {
            unpublished_since = shard->unpublished_first->since_ms;
        }
        idle = idle && shard->unpublished_first == NULL && shard->backlog_count == 0 &&
               !shard->replaying;
        for (size_t j = 0; j < shard->day_count; j++) {
            if (shard->days[j].was_forwarded && shard->days[j].forwarded < day) {
                day = shard->days[j].forwarded;
            }
        }
    }
    atomic_store(&metrics->shards_owned, owned);
    atomic_store(&metrics->shards_assigned, assigned);
    atomic_store(&metrics->cache_bytes, bytes);
    atomic_store(&metrics->gap_open_s, gap_ms / 1000);
    atomic_store(&metrics->outbox_bytes, unpublished_bytes);
    atomic_store(&metrics->oldest_unpublished_ms, unpublished_since);
    atomic_store(&metrics->day, day == INT64_MAX ? 0 : day);
    atomic_store(&metrics->idle, idle ? 1 : 0);
    atomic_store(&metrics->last_turn_ms, now_ms(running));
}

/* While batches cannot go on, messages stay with the broker: one at a time keeps membership alive. */
static size_t messages_wanted(const struct running *running)
{
    const size_t enough = BACKLOG_BATCHES_MAX * running->member.batch_messages;
    size_t waiting = 0;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        waiting += running->shards[i].backlog_count;
    }
    return waiting < enough ? running->member.batch_messages : 1;
}

bool service_step(struct running *running, int wait_ms, struct error *err)
{
    struct member *member = &running->member;
    struct bus_events events = {0};
    bool worked;

    if (!member->bus->operations->poll(member->bus, messages_wanted(running),
                                       running->busy ? 0 : wait_ms, &events, err) ||
        !take_events(running, &events, err) || !take_over_waiting(running, err) ||
        !run_batches(running, &worked, err) || !publish_all(running, err) ||
        !member_watch_schemas(member, err)) {
        return false;
    }
    running->busy = worked || events.message_count > 0;
    measure(running, !running->busy);
    figures_refresh(running);
    return true;
}

static bool all_published(const struct running *running)
{
    for (int32_t i = 0; i < running->shard_slots; i++) {
        if (running->shards[i].unpublished_first != NULL) {
            return false;
        }
    }
    return true;
}

void running_drain(struct running *running, int wait_ms)
{
    struct bus *bus = running->member.bus;
    const int64_t until = now_ms(running) + wait_ms;
    struct error err = {0};

    if (!bus->operations->assign(bus, NULL, 0, &err)) {
        log_error(&running->member.log, &err);
        error_clear(&err);
    }
    while (!all_published(running) && now_ms(running) < until) {
        struct bus_events events = {0};

        bus->operations->flush(bus, FLUSH_SLICE_MS);
        if (!bus->operations->poll(bus, 1, FLUSH_SLICE_MS, &events, &err) ||
            !take_events(running, &events, &err) || !publish_all(running, &err)) {
            log_error(&running->member.log, &err);
            break;
        }
    }
    for (int32_t i = 0; i < running->shard_slots; i++) {
        struct error fault = {0};

        if (!shard_release(&running->shards[i], &fault)) {
            log_error(&running->member.log, &fault);
        }
    }
}
