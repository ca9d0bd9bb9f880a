#include "common/runtime/outbox.h"
#include "tests/simulation/sim_world.h"
#include "tests/support/fake_rows.h"

#include <inttypes.h>
#include <string.h>

/* A broker that loses what it had acknowledged, and what `abasto redrive --execute` (cli/redrive.c) does about it, done
 * here to the databases and the broker in memory: positions that lie outside their topic go to its beginning, and who
 * waits for something gets it from its producer's outbox. */

static struct store_position *position_of(const struct fake_shard *shard, const char *topic)
{
    struct store_position *items = shard->positions.items;

    for (size_t i = 0; i < shard->positions.count; i++) {
        if (strcmp(items[i].topic, topic) == 0) {
            return &items[i];
        }
    }
    return NULL;
}

static const struct store_sequence *sequence_of(const struct fake_shard *shard, const char *topic,
                                                int32_t partition)
{
    const struct store_sequence *items = shard->sequences.items;

    for (size_t i = 0; i < shard->sequences.count; i++) {
        if (items[i].partition == partition && strcmp(items[i].topic, topic) == 0) {
            return &items[i];
        }
    }
    return NULL;
}

/* --- what the broker loses --- */

void sim_lose_tail(struct sim_world *world, size_t log, int64_t count)
{
    fake_broker_lose_tail(&world->broker.logs[log], count);
    world->broker_lost = true;
}

/* Not what a producer has still to compare with its own database: only receivers lack what is gone. */
void sim_lose_head(struct sim_world *world, size_t at, int64_t count)
{
    struct fake_log *log = &world->broker.logs[at];
    int64_t most = log->end - log->begin;

    for (int i = 0; i < SIM_SERVICES; i++) {
        const char *const *outputs = sim_services()[i]->outputs;

        for (size_t j = 0; outputs[j] != NULL; j++) {
            if (strcmp(outputs[j], log->topic) == 0) {
                const struct store_sequence *known = sequence_of(
                    &world->databases[i].shards[log->partition], log->topic, log->partition);
                const int64_t acked = known == NULL ? 0 : known->acked_offset - log->begin;

                most = acked < most ? acked : most;
            }
        }
    }
    fake_broker_lose_head(log, count < most ? count : most > 0 ? most : 0);
    world->broker_lost = true;
}

/* --- positions outside --- */

static bool move_position(struct sim_world *world, const char *name, struct fake_shard *shard,
                          const char *topic)
{
    const struct fake_log *log = fake_broker_log(&world->broker, topic, shard->id);
    struct store_position *position = position_of(shard, topic);
    const int64_t at = position == NULL ? 0 : position->next_offset;

    if (at >= log->begin && at <= log->end) {
        return false;
    }
    if (position == NULL) {
        position = fake_list_add(&shard->positions);
        position->topic = topic;
    }
    position->next_offset = log->begin;
    shard->epoch++;
    sim_tell(world, "operator > %s, shard %" PRId32 ": position of %s from %" PRId64 " to %" PRId64,
             name, shard->id, topic, at, position->next_offset);
    return true;
}

static bool move_in(struct sim_world *world, const struct service *service,
                    struct fake_shard *shard)
{
    bool moved = false;

    for (size_t i = 0; service->inputs[i] != NULL; i++) {
        moved = move_position(world, service->name, shard, service->inputs[i]) || moved;
    }
    return moved;
}

/* --- gaps --- */

struct sim_gap {
    struct sim_world *world;
    const char *producer;
    const struct fake_shard *from;
    const char *topic;
    int32_t partition;
    int64_t incarnation;
    int64_t first;
    int64_t sent;
};

static void send_again(struct sim_gap *gap)
{
    const struct store_outbox *outbox = gap->from->outbox.items;
    struct error err = {0};

    for (size_t i = 0; i < gap->from->outbox.count; i++) {
        struct outbox_event event;
        size_t offset = 0;

        while (outbox_next(outbox[i].events, &offset, &event, &err)) {
            struct outbox_texts texts;
            struct bus_message message;

            if (event.incarnation == gap->incarnation && event.seq >= gap->first &&
                event.partition == gap->partition && strcmp(event.topic, gap->topic) == 0) {
                outbox_message(gap->producer, &event, &texts, &message);
                (void)fake_broker_put(&gap->world->broker, &message);
                gap->sent++;
            }
        }
    }
}

/* Behind what the receiver has heard of that incarnation. */
static int64_t first_missing(const struct fake_shard *receiver, const char *topic,
                             const char *producer, int32_t shard, int64_t incarnation)
{
    const struct store_heard *heard = receiver->heard.items;

    for (size_t i = 0; i < receiver->heard.count; i++) {
        if (strcmp(heard[i].topic, topic) == 0 && strcmp(heard[i].producer, producer) == 0 &&
            heard[i].producer_shard == shard) {
            return heard[i].incarnation == incarnation ? heard[i].seq + 1 : 1;
        }
    }
    return 1;
}

static bool is_read(const struct sim_world *world, const struct fake_shard *receiver,
                    const char *topic)
{
    const struct store_position *position = position_of(receiver, topic);

    return (position == NULL ? 0 : position->next_offset) >=
           fake_broker_log(&world->broker, topic, receiver->id)->end;
}

static bool close_gap(struct sim_world *world, int producer, const struct fake_shard *receiver,
                      const char *receiver_name, const char *topic)
{
    const struct fake_shard *from = &world->databases[producer].shards[receiver->id];
    const struct store_sequence *said = sequence_of(from, topic, receiver->id);
    struct sim_gap gap = {.world = world,
                          .producer = sim_services()[producer]->name,
                          .from = from,
                          .topic = topic,
                          .partition = receiver->id};

    if (said == NULL) {
        return false;
    }
    gap.incarnation = said->incarnation;
    gap.first = first_missing(receiver, topic, gap.producer, from->id, gap.incarnation);
    if (gap.first <= said->seq) {
        send_again(&gap);
        sim_tell(world, "operator > %s lacks %s from %" PRId64 " on: %" PRId64 " sent again",
                 receiver_name, topic, gap.first, gap.sent);
    }
    return gap.sent > 0;
}

static bool says(int service, const char *topic)
{
    const char *const *outputs = sim_services()[service]->outputs;
    size_t i = 0;

    while (outputs[i] != NULL && strcmp(outputs[i], topic) != 0) {
        i++;
    }
    return outputs[i] != NULL;
}

static bool close_gaps(struct sim_world *world, const char *name, const struct fake_shard *receiver,
                       const char *topic)
{
    bool sent = false;

    for (int producer = 0; producer < SIM_SERVICES; producer++) {
        if (says(producer, topic)) {
            sent = close_gap(world, producer, receiver, name, topic) || sent;
        }
    }
    for (int i = 0; i < world->facts->institution_count; i++) {
        const char *gateway =
            arena_format(&world->arena, "gateway.%s", world->facts->institutions[i]);

        sent = sim_gateway_redrive(
                   world, i, topic, receiver->id,
                   first_missing(receiver, topic, gateway, 0, world->gateways[i].incarnation)) ||
               sent;
    }
    return sent;
}

static bool close_gaps_of(struct sim_world *world, int receiver)
{
    const struct service *service = sim_services()[receiver];
    bool sent = false;

    for (int32_t id = 0; id < SIM_SHARDS; id++) {
        const struct fake_shard *shard = &world->databases[receiver].shards[id];

        for (size_t i = 0; service->inputs[i] != NULL; i++) {
            if (is_read(world, shard, service->inputs[i])) {
                sent = close_gaps(world, service->name, shard, service->inputs[i]) || sent;
            }
        }
    }
    return sent;
}

bool sim_redrive(struct sim_world *world)
{
    bool did = false;

    for (int i = 0; i < SIM_SERVICES; i++) {
        for (int32_t id = 0; id < SIM_SHARDS; id++) {
            did = move_in(world, sim_services()[i], fake_database_lock(&world->databases[i], id)) ||
                  did;
        }
    }
    for (int i = 0; i < SIM_SERVICES; i++) {
        did = close_gaps_of(world, i) || did;
    }
    return did;
}
