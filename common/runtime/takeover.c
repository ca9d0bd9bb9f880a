#include "common/runtime/replay.h"
#include "common/runtime/tail.h"
#include "topics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A record of our own that the database does not know of: the database was rolled back. */
static void check_tail_record(struct takeover *takeover, const struct bus_message *message)
{
    const struct shard *shard = takeover->shard;
    const struct output *known =
        shard_output(takeover->shard, topic_by_name(message->topic), message->partition);
    struct tail tail = {.incarnation = known->incarnation, .seq = known->seq, .offset = -1};

    tail_learn(&tail, shard->member->producer, shard->id, message);
    if (tail.offset < 0) {
        return;
    }
    if (tail.incarnation < shard->incarnation) { /* `abasto restore` was run */
        takeover->lost = true;
        return;
    }
    (void)error_set(&takeover->fault, ERROR_FATAL,
                    "%s[%" PRId32 "] holds event %" PRId64 "/%" PRId64 " of shard %" PRId32
                    ", which the database does not know (%" PRId64 "/%" PRId64
                    "): it was rolled back; run abasto restore",
                    message->topic, message->partition, tail.incarnation, tail.seq, shard->id,
                    known->incarnation, known->seq);
}

struct tails {
    struct takeover *takeovers;
    size_t count;
};

static bool check_tails_record(void *context, const struct bus_message *message, struct error *err)
{
    const struct tails *tails = context;

    (void)err;
    for (size_t i = 0; i < tails->count; i++) {
        if (tails->takeovers[i].taken) {
            check_tail_record(&tails->takeovers[i], message);
        }
    }
    return true;
}

/* Shards that write one partition read it once, from where the first of them has to. */
static void add_tail(struct shard *shard, const struct topic_declaration *topic, int32_t partition,
                     struct bus_start *starts, size_t *count)
{
    const int64_t from = shard_output(shard, topic, partition)->acked_offset;

    for (size_t i = 0; i < *count; i++) {
        if (starts[i].partition == partition && strcmp(starts[i].topic, topic->name) == 0) {
            starts[i].offset = from < starts[i].offset ? from : starts[i].offset;
            return;
        }
    }
    starts[(*count)++] = (struct bus_start){topic->name, partition, from};
}

static size_t tails_max(const struct member *member)
{
    size_t outputs = 0;

    while (member->service->outputs[outputs] != NULL) {
        outputs++;
    }
    return outputs * (size_t)member->shard_count + 1;
}

/* `starts` has room for tails_max more of each shard. */
static void add_tails(struct shard *shard, struct bus_start *starts, size_t *count)
{
    const struct member *member = shard->member;
    const char *const *outputs = member->service->outputs;

    for (size_t i = 0; outputs[i] != NULL; i++) {
        const struct topic_declaration *topic = member_topic(member, outputs[i]);
        const bool all = topic->partitions_per_shard && member->service->per_institution;
        const int32_t first = topic->partitions_per_shard && !all ? shard->id : 0;
        const int32_t last = all ? member->shard_count - 1 : first;

        for (int32_t partition = first; partition <= last; partition++) {
            add_tail(shard, topic, partition, starts, count);
        }
    }
    add_tail(shard, topic_by_name("quarantine"), 0, starts, count);
}

/* All outputs of all shards together: their number must not tell how long a shard has no owner. */
static bool check_outputs(struct member *member, struct takeover *takeovers, size_t count,
                          struct error *err)
{
    struct tails tails = {takeovers, count};
    struct arena arena = {0};
    struct bus_start *starts = arena_array(&arena, count * tails_max(member), sizeof *starts);
    size_t start_count = 0;
    bool good;

    for (size_t i = 0; i < count; i++) {
        if (takeovers[i].taken) {
            add_tails(takeovers[i].shard, starts, &start_count);
        }
    }
    good = bus_scan_tails(member->bus, starts, start_count, check_tails_record, &tails, err);
    arena_finish(&arena);
    return good;
}

static bool recall_outputs(struct shard *shard, struct error *err)
{
    struct arena arena = {0};
    struct bus_start *starts = arena_array(&arena, tails_max(shard->member), sizeof *starts);
    size_t count = 0;
    bool good = true;

    add_tails(shard, starts, &count);
    for (size_t i = 0; good && i < count; i++) {
        good = recall_output(shard, topic_by_name(starts[i].topic), starts[i].partition, err);
    }
    arena_finish(&arena);
    return good;
}

/* A tail that knows more than the database did may be that of a later owner: only who still owns the shard can tell
 * that the database was rolled back. */
static void confirm_rollback(struct takeover *takeover)
{
    struct shard *shard = takeover->shard;
    struct store *store = shard->member->store;
    struct error fault = {0};
    bool owns = false;

    if (store->operations->owns(store, shard->id, shard->epoch, &owns, &fault) && owns) {
        return;
    }
    takeover->fault = fault;
    (void)error_set(&takeover->fault, ERROR_RETRY,
                    "somebody else took shard %" PRId32 " over meanwhile", shard->id);
}

static void learn_reading(struct shard *shard, const struct store_takeover *found)
{
    for (size_t i = 0; i < found->position_count; i++) {
        struct log_position *position = shard_position(shard, found->positions[i].topic);

        position->committed = found->positions[i].next_offset;
        position->taken = position->committed;
    }
    for (size_t i = 0; i < found->replay_count; i++) {
        shard_position(shard, found->replays[i].topic)->replay_until = found->replays[i].until;
    }
    shard->replaying = found->replay_count > 0;
    for (size_t i = 0; i < found->heard_count; i++) {
        const struct store_heard *row = &found->heard[i];
        struct heard *heard = shard_heard(shard, row->producer, row->producer_shard, row->topic);

        heard->incarnation = row->incarnation;
        heard->seq = row->seq;
        heard->taken_incarnation = row->incarnation;
        heard->taken_seq = row->seq;
        heard->gap = row->gap;
        if (row->gap) { /* its messages are behind the position: nothing else would tell of it */
            heard->gap_since_ms = shard->member->now_ms(shard->member->clock_context);
            heard->gap_told_ms = heard->gap_since_ms;
        }
    }
}

static bool learn_writing(struct shard *shard, const struct store_takeover *found,
                          struct error *err)
{
    for (size_t i = 0; i < found->sequence_count; i++) {
        const struct store_sequence *row = &found->sequences[i];
        const struct topic_declaration *topic = topic_by_name(row->topic);
        struct output *output;

        if (topic == NULL) {
            return error_set(err, ERROR_FATAL, "output_seq names topic %s, which is not declared",
                             row->topic);
        }
        output = shard_output(shard, topic, row->partition);
        output->incarnation = row->incarnation;
        output->seq = row->seq;
        output->acked_offset = row->acked_offset;
    }
    for (size_t i = 0; i < found->unpublished_count; i++) {
        struct buffer events = {0};

        buffer_append(&events, found->unpublished[i].events.data,
                      found->unpublished[i].events.size);
        if (!publish_queue(shard, found->unpublished[i].batch, &events, err)) {
            buffer_finish(&events);
            return false;
        }
    }
    return true;
}

static void learn_days(struct shard *shard, const struct store_takeover *found)
{
    for (size_t i = 0; i < found->watermark_count; i++) {
        const struct store_watermark *row = &found->watermarks[i];

        watermark_hear(shard, row->topic, row->producer, row->institution, row->day);
    }
    for (size_t i = 0; i < shard->watermark_count; i++) {
        shard->watermarks[i].changed = false;
    }
    for (size_t i = 0; i < found->forwarded_count; i++) {
        struct closed_day *day = watermark_day(shard, found->forwarded[i].institution);

        day->forwarded = found->forwarded[i].day;
        day->was_forwarded = true;
        day->day = day->forwarded; /* a day never goes back, also when an input was added */
        day->reached = true;
    }
    (void)watermark_recompute(shard);
}

/* The store raises the version with the shard's next commit, so that batch must carry the agenda items. A
 * shard without any batch holds nothing that older rules judged. */
static bool rules_rose(const struct shard *shard, const struct store_takeover *found)
{
    const struct service *service = shard->member->service;

    return service->rejudge != NULL && found->batch > 0 &&
           found->rule_version < service->rule_version;
}

static bool learn(struct shard *shard, const struct store_takeover *found, struct error *err)
{
    shard->incarnation = found->incarnation;
    shard->epoch = found->epoch;
    shard->batch = found->batch;
    shard->published_saved = found->published;
    shard->generation = ++shard->member->generation;
    shard->rules_rose = rules_rose(shard, found);
    learn_reading(shard, found);
    learn_days(shard, found);
    return learn_writing(shard, found, err);
}

static bool open_feed(struct shard *shard, struct error *err)
{
    const struct member *member = shard->member;
    const struct feed *feed = member->service->feed;

    if (feed == NULL) {
        return true;
    }
    if (!feed->open(&shard->feed, member->setting, member->setting_context, err)) {
        return false;
    }
    shard->feed_open = true;
    return true;
}

static void take_shard(struct takeover *takeover)
{
    struct shard *shard = takeover->shard;
    struct store *store = shard->member->store;
    struct store_takeover found = {0};
    struct arena arena = {0};

    shard_forget(shard);
    takeover->taken =
        store->operations->takeover(store, shard->id, &arena, &found, &takeover->fault) &&
        learn(shard, &found, &takeover->fault);
    arena_finish(&arena);
}

static void open_shard(struct takeover *takeover)
{
    struct shard *shard = takeover->shard;

    if (takeover->fault.action == ERROR_FATAL) {
        confirm_rollback(takeover);
    }
    if (takeover->fault.action == ERROR_NONE &&
        (!takeover->lost || recall_outputs(shard, &takeover->fault)) &&
        replay_open(shard, &takeover->fault) && open_feed(shard, &takeover->fault)) {
        shard->state = SHARD_OWNED;
        shard->agenda_due = true;
        atomic_fetch_add(&shard->member->metrics->takeovers, 1);
    }
}

bool shards_take_over(struct takeover *takeovers, size_t count, struct error *err)
{
    struct error silent = {0};
    bool going = true;

    for (size_t i = 0; i < count; i++) {
        take_shard(&takeovers[i]);
    }
    (void)check_outputs(takeovers[0].shard->member, takeovers, count, &silent);
    for (size_t i = 0; i < count; i++) {
        struct takeover *takeover = &takeovers[i];

        if (takeover->taken && going) {
            if (takeover->fault.action == ERROR_NONE) {
                takeover->fault = silent;
            }
            open_shard(takeover);
        }
        if (takeover->shard->state != SHARD_OWNED) {
            shard_forget(takeover->shard);
        }
        if (going && takeover->fault.action == ERROR_FATAL) {
            *err = takeover->fault;
            going = false;
        }
    }
    return going;
}

bool shard_release(struct shard *shard, struct error *err)
{
    struct store *store = shard->member->store;
    const bool released =
        shard->state != SHARD_OWNED ||
        store->operations->release(store, shard->id, shard->epoch, publish_prefix(shard), err);

    shard_forget(shard);
    shard->state = SHARD_ELSEWHERE;
    return released;
}
