#include "tests/simulation/sim_world.h"

#include "common/domain/shard.h"
#include "events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Gateways of the simulation: what they send has dense sequences on each partition, comes again, comes too early when
 * something before it was lost, and begins anew under a higher incarnation when they are restored. */

static int topic_index(const char *topic)
{
    int index = 0;

    while (strcmp(sim_reported_topics[index], topic) != 0) {
        index++;
    }
    return index;
}

static void stream_add(struct sim_stream *stream, size_t message)
{
    if (stream->count == stream->capacity) {
        stream->capacity = stream->capacity == 0 ? 32 : stream->capacity * 2;
        stream->sent = memory_resize(stream->sent, stream->capacity * sizeof *stream->sent);
    }
    stream->sent[stream->count++] = message;
}

/* Encodes a message once; only its id differs when it is sent again. */
static size_t encode(struct sim_world *world, int institution, const char *topic, int32_t partition,
                     const char *key, const struct record_type *type, const void *event)
{
    struct arena *arena = &world->arena;
    struct buffer payload = {0};
    struct error err = {0};

    if (!registry_encode(world->registry, type, event, &payload, &err)) {
        (void)fprintf(stderr, "%s: %s\n", type->full_name, err.message);
        abort();
    }
    if (world->saying_count == world->saying_capacity) {
        world->saying_capacity = world->saying_capacity == 0 ? 64 : world->saying_capacity * 2;
        world->sayings =
            memory_resize(world->sayings, world->saying_capacity * sizeof *world->sayings);
    }
    world->sayings[world->saying_count] = (struct sim_saying){
        .message = {.topic = topic,
                    .partition = partition,
                    .key = {(const uint8_t *)key, strlen(key)},
                    .payload = {(const uint8_t *)arena_text(arena, (const char *)payload.data,
                                                            payload.size),
                                payload.size},
                    .headers = {{"ce_type", type->full_name},
                                {"ce_source",
                                 arena_format(arena, "gateway.%s/%s",
                                              world->facts->institutions[institution], topic)}},
                    .header_count = 3}};
    buffer_finish(&payload);
    return world->saying_count++;
}

static void put(struct sim_world *world, size_t message, int64_t incarnation, size_t seq)
{
    struct bus_message sent = world->sayings[message].message;
    char id[64];

    (void)snprintf(id, sizeof id, "%" PRId64 "/0/%zu", incarnation, seq);
    sent.headers[2] = (struct bus_header){"ce_id", id};
    (void)fake_broker_put(&world->broker, &sent);
}

static void send(struct sim_world *world, int institution, int topic, size_t message)
{
    struct sim_gateway *gateway = &world->gateways[institution];
    struct sim_stream *stream = &gateway->streams[topic][world->sayings[message].message.partition];

    stream_add(stream, message);
    if (gateway->skips) {
        gateway->skips = false;
        return;
    }
    put(world, message, gateway->incarnation, stream->count);
}

void sim_gateway_send(struct sim_world *world, const struct sim_message *message)
{
    const size_t at =
        encode(world, message->institution, message->topic, shard_of(message->key, SIM_SHARDS),
               message->key, message->type, message->event);
    struct sim_saying *saying = &world->sayings[at];

    saying->fact = message;
    saying->message.payload.size -= message->poison == SIM_UNREADABLE ? 1 : 0;
    send(world, message->institution, topic_index(message->topic), at);
}

void sim_gateway_close_day(struct sim_world *world, int institution, int32_t day, int topic)
{
    const char *name = world->facts->institutions[institution];
    const struct day_closed event = {.institution = name, .day = day};

    for (int32_t partition = 0; partition < SIM_SHARDS; partition++) {
        send(world, institution, topic,
             encode(world, institution, sim_reported_topics[topic], partition, name,
                    &day_closed_type, &event));
    }
}

const struct sim_message *sim_gateway_fact(const struct sim_world *world,
                                           const struct bus_message *record)
{
    for (size_t i = 0; i < world->saying_count; i++) {
        const struct bus_message *said = &world->sayings[i].message;

        if (said->payload.size == record->payload.size && said->partition == record->partition &&
            strcmp(said->topic, record->topic) == 0 &&
            memcmp(said->payload.data, record->payload.data, record->payload.size) == 0) {
            return world->sayings[i].fact;
        }
    }
    return NULL;
}

static void repeat(struct sim_world *world, const struct sim_stream *stream, int64_t incarnation,
                   size_t count)
{
    const size_t first = stream->count > count ? stream->count - count : 0;

    for (size_t i = first; i < stream->count; i++) {
        put(world, stream->sent[i], incarnation, i + 1);
    }
}

/* What it said under its last incarnation comes late as well: from a process that was thought dead. */
void sim_gateway_repeat(struct sim_world *world, int institution, size_t count)
{
    struct sim_gateway *gateway = &world->gateways[institution];

    for (int topic = 0; topic < SIM_REPORTED_TOPICS; topic++) {
        for (int partition = 0; partition < SIM_SHARDS; partition++) {
            repeat(world, &gateway->before[topic][partition], gateway->incarnation - 1, count);
            repeat(world, &gateway->streams[topic][partition], gateway->incarnation, count);
        }
    }
}

bool sim_gateway_redrive(struct sim_world *world, int institution, const char *topic,
                         int32_t partition, int64_t first)
{
    const struct sim_gateway *gateway = &world->gateways[institution];
    bool sent = false;

    for (int i = 0; i < SIM_REPORTED_TOPICS; i++) {
        const struct sim_stream *stream = &gateway->streams[i][partition];

        if (strcmp(sim_reported_topics[i], topic) == 0 && first <= (int64_t)stream->count) {
            repeat(world, stream, gateway->incarnation, stream->count - (size_t)(first - 1));
            sent = true;
        }
    }
    return sent;
}

/* `abasto restore`: a higher incarnation, whose sequences start at 1 and which says again all that stands. */
void sim_gateway_renew(struct sim_world *world, int institution)
{
    struct sim_gateway *gateway = &world->gateways[institution];

    gateway->incarnation++;
    gateway->skips = false;
    for (int topic = 0; topic < SIM_REPORTED_TOPICS; topic++) {
        for (int partition = 0; partition < SIM_SHARDS; partition++) {
            struct sim_stream *stream = &gateway->streams[topic][partition];

            free(gateway->before[topic][partition].sent);
            gateway->before[topic][partition] = *stream;
            *stream = (struct sim_stream){0};
            for (size_t i = 0; i < gateway->before[topic][partition].count; i++) {
                const size_t message = gateway->before[topic][partition].sent[i];

                stream_add(stream, message);
                put(world, message, gateway->incarnation, stream->count);
            }
        }
    }
}

void sim_gateway_finish(struct sim_world *world)
{
    for (int i = 0; i < SIM_INSTITUTIONS_MAX; i++) {
        for (int topic = 0; topic < SIM_REPORTED_TOPICS; topic++) {
            for (int partition = 0; partition < SIM_SHARDS; partition++) {
                free(world->gateways[i].streams[topic][partition].sent);
                free(world->gateways[i].before[topic][partition].sent);
            }
        }
    }
    free(world->sayings);
}
