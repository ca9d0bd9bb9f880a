#include "tests/simulation/sim_standing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEARD_MAX = 32 };

struct sim_heard sim_identity(const struct bus_message *message)
{
    struct sim_heard heard = {.source = bus_header(message, "ce_source")};

    if (sscanf(bus_header(message, "ce_id"), "%" SCNd64 "/%" SCNd32 "/%" SCNd64, &heard.incarnation,
               &heard.shard, &heard.seq) != 3) {
        abort();
    }
    return heard;
}

void sim_reader_open(struct sim_reader *reader, struct sim_world *world, const char *topic,
                     int32_t partition)
{
    *reader = (struct sim_reader){.world = world,
                                  .log = fake_broker_log(&world->broker, topic, partition)};
    reader->heard = arena_array(&reader->arena, HEARD_MAX, sizeof *reader->heard);
}

static struct sim_heard *heard_of(struct sim_reader *reader, const struct sim_heard *one)
{
    for (size_t i = 0; i < reader->heard_count; i++) {
        if (reader->heard[i].shard == one->shard &&
            strcmp(reader->heard[i].source, one->source) == 0) {
            return &reader->heard[i];
        }
    }
    if (reader->heard_count == HEARD_MAX) {
        abort();
    }
    reader->heard[reader->heard_count] =
        (struct sim_heard){.source = one->source, .shard = one->shard};
    return &reader->heard[reader->heard_count++];
}

/* What comes before its predecessor comes again behind it. */
static bool is_next(const struct sim_heard *known, const struct sim_heard *one)
{
    return one->incarnation == known->incarnation
               ? one->seq == known->seq + 1
               : one->incarnation > known->incarnation && one->seq == 1;
}

const struct bus_message *sim_reader_next(struct sim_reader *reader)
{
    while (reader->next < reader->log->history_count) {
        const struct bus_message *record =
            fake_broker_ever(&reader->world->broker, reader->log, reader->next++);
        const struct sim_heard one = sim_identity(record);
        struct sim_heard *known = heard_of(reader, &one);

        if (is_next(known, &one)) {
            known->incarnation = one.incarnation;
            known->seq = one.seq;
            return record;
        }
    }
    return NULL;
}

void sim_reader_close(struct sim_reader *reader)
{
    arena_finish(&reader->arena);
}

void sim_each(struct sim_world *world, const char *topic, const struct record_type *type,
              void (*visit)(void *context, const void *event), void *context)
{
    for (int32_t partition = 0; partition < SIM_SHARDS; partition++) {
        struct sim_reader reader;
        const struct bus_message *record;

        sim_reader_open(&reader, world, topic, partition);
        while ((record = sim_reader_next(&reader)) != NULL) {
            const struct record_type *found;
            const void *event;
            struct error err = {0};

            if (strcmp(bus_header(record, "ce_type"), type->full_name) != 0) {
                continue;
            }
            if (registry_decode(world->registry, record->payload, &world->arena, &found, &event,
                                &err)) {
                visit(context, event);
            } else {
                (void)sim_fail(world, "%s@%" PRId64 ": %s", topic, record->offset, err.message);
            }
        }
        sim_reader_close(&reader);
    }
}

struct search {
    const struct record_field *field;
    const char *value;
    const struct record_field *second; /* NULL: none */
    const char *second_value;
    const void *last;
};

static bool is_text(const void *event, const struct record_field *field, const char *value)
{
    const void *at = (const unsigned char *)event + field->offset;

    return strcmp(*(const char *const *)at, value) == 0;
}

static void compare(void *context, const void *event)
{
    struct search *search = context;

    if (is_text(event, search->field, search->value) &&
        (search->second == NULL || is_text(event, search->second, search->second_value))) {
        search->last = event;
    }
}

const void *sim_standing(struct sim_world *world, const char *topic, const struct record_type *type,
                         const char *field, const char *value)
{
    struct search search = {.field = record_field_named(type, field), .value = value};

    sim_each(world, topic, type, compare, &search);
    return search.last;
}

const void *sim_standing_two(struct sim_world *world, const char *topic,
                             const struct record_type *type, const char *field, const char *value,
                             const char *second, const char *second_value)
{
    struct search search = {.field = record_field_named(type, field),
                            .value = value,
                            .second = record_field_named(type, second),
                            .second_value = second_value};

    sim_each(world, topic, type, compare, &search);
    return search.last;
}
