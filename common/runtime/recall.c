#include "common/runtime/shard.h"
#include "common/runtime/tail.h"

#include <inttypes.h>
#include <string.h>

/* After the database went back, or was emptied to be made anew, its service's topics hold what it said and does not know,
 * and receivers go by it. Before it judges anything again, the service takes that for what it said last: so a judgement that comes out
 * otherwise now, or not at all, is said again, and one that comes out the same is not. */

struct recall {
    struct shard *shard;
    const struct topic_declaration *topic;
    struct tail tail; /* as far as it was taken */
};

static bool commit_batch(struct shard *shard, struct error *err)
{
    enum batch_outcome (*const phases[])(struct shard *, struct error *) = {
        batch_begin, batch_decide, batch_settle};
    enum batch_outcome outcome = BATCH_BEGUN;

    for (size_t i = 0; i < sizeof phases / sizeof phases[0] && outcome == BATCH_BEGUN; i++) {
        outcome = phases[i](shard, err);
    }
    if (outcome == BATCH_DONE) {
        return true;
    }
    if (outcome == BATCH_FATAL) {
        err->action = ERROR_FATAL;
        return false;
    }
    return err->action != ERROR_NONE
               ? false
               : error_set(err, ERROR_RETRY, "somebody else took shard %" PRId32 " over meanwhile",
                           shard->id);
}

static bool commit_all(struct shard *shard, struct error *err)
{
    while (shard->backlog_count > 0) {
        if (!commit_batch(shard, err)) {
            return false;
        }
    }
    return true;
}

static void put(const struct recall *recall, const struct bus_message *message)
{
    struct arena *arena = &recall->shard->backlog_arena;
    struct intake *item = shard_backlog_add(recall->shard);

    *item = (struct intake){
        .input = INTAKE_OWN,
        .log = recall->topic->name,
        .partition = message->partition,
        .offset = message->offset,
        .type = arena_copy(arena, bus_header(message, "ce_type")),
        .key = arena_text(arena, (const char *)message->key.data, message->key.size),
        .incarnation = recall->tail.incarnation,
        .seq = recall->tail.seq,
        .payload = {(const uint8_t *)arena_text(arena, (const char *)message->payload.data,
                                                message->payload.size),
                    message->payload.size}};
}

static bool take_record(void *context, const struct bus_message *message, struct error *err)
{
    struct recall *recall = context;
    struct shard *shard = recall->shard;
    const int64_t taken = recall->tail.unknown;

    tail_learn(&recall->tail, shard->member->producer, shard->id, message);
    if (recall->tail.unknown == taken) {
        return true;
    }
    put(recall, message);
    return shard->backlog_count < shard->member->batch_messages || commit_all(shard, err);
}

bool recall_output(struct shard *shard, const struct topic_declaration *topic, int32_t partition,
                   struct error *err)
{
    struct bus *bus = shard->member->bus;
    const struct output *known = shard_output(shard, topic, partition);
    struct recall recall = {
        .shard = shard,
        .topic = topic,
        .tail = {.incarnation = known->incarnation, .seq = known->seq, .offset = -1}};
    bool good;

    shard->recalling = true;
    good = bus->operations->scan(bus, topic->name, partition, known->acked_offset, take_record,
                                 &recall, err) &&
           commit_all(shard, err);
    shard->recalling = false;
    return good;
}
