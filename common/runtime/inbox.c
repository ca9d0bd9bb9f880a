#include "common/avro/wire.h"
#include "common/runtime/shard.h"
#include "common/runtime/trace.h"
#include "events.h"

#include <string.h>

/* What institutions write themselves. Its headers name no handler of ours: a message of an inbox is that and
 * nothing else, and its own program's trace goes on in ours. */

static const char *header_copy(const struct bus_message *message, const char *name,
                               struct arena *arena)
{
    return arena_copy(arena, bus_header(message, name));
}

void inbox_take(struct shard *shard, const struct bus_message *message, struct arena *arena,
                struct intake *item)
{
    char begun[TRACE_PARENT_BYTES];

    item->inbox = arena_alloc(arena, sizeof *item->inbox);
    *item->inbox = (struct inbox_message){.topic = item->log,
                                          .offset = item->offset,
                                          .id = header_copy(message, "ce_id", arena),
                                          .source = header_copy(message, "ce_source", arena),
                                          .type = header_copy(message, "ce_type", arena),
                                          .time = header_copy(message, "ce_time", arena)};
    item->type = INBOX_MESSAGE;
    if (!trace_is_valid(item->traceparent)) {
        trace_begin(shard->member->producer, item->log, item->offset, begun);
        item->traceparent = arena_copy(arena, begun);
    }
}

/* Any released version will do; what only has the name of one of ours will not. */
static bool is_shipped(const struct registry *registry, int32_t id)
{
    const struct record_type *type = registry_type_of(registry, id);

    for (size_t i = 0; type != NULL && i < event_schema_count; i++) {
        if (strcmp(event_schemas[i].full_name, type->full_name) == 0 &&
            registry_means(registry, id, event_schemas[i].schema_json)) {
            return true;
        }
    }
    return false;
}

static bool learn(struct member *member, int32_t id, bool *looked, struct error *err)
{
    if (registry_knows(member->registry, id) || *looked) {
        return true;
    }
    *looked = true;
    return member_learn_schemas(member, err);
}

static bool decode(struct member *member, struct inbox_message *inbox, struct arena *arena,
                   bool *looked, struct error *err)
{
    struct registry *registry = member->registry;
    struct error fault = {0};
    struct bytes rest;
    int32_t id = 0;

    inbox->form = INBOX_UNREADABLE;
    if (wire_split(inbox->payload, &id, &rest, &fault)) {
        if (!learn(member, id, looked, err)) {
            return false;
        }
        if (!registry_knows(registry, id)) {
            inbox->form = INBOX_UNKNOWN_SCHEMA;
        } else if (!is_shipped(registry, id)) {
            inbox->form = INBOX_FOREIGN_SCHEMA;
        } else if (registry_decode(registry, inbox->payload, arena, &inbox->schema, &inbox->record,
                                   &fault)) {
            inbox->form = INBOX_RECORD;
            return true;
        }
    }
    inbox->fault = fault.action != ERROR_NONE ? arena_copy(arena, fault.message)
                                              : arena_format(arena, "schema id %d", (int)id);
    return true;
}

bool inbox_decode(struct shard *shard, struct intake *item, bool *looked, struct error *err)
{
    const struct feed *feed = shard->member->service->feed;
    struct arena *arena = &shard->backlog_arena;

    if (item->event != NULL || feed == NULL || feed->inbox == NULL) {
        return true;
    }
    item->inbox->payload = item->payload;
    if (item->payload.size > 0 && item->payload.data[0] == 0 &&
        !decode(shard->member, item->inbox, arena, looked, err)) {
        return false;
    }
    item->event = feed->inbox(shard->feed, item->inbox, arena);
    return true;
}

/* --- up to its end --- */

static bool stop_at_first(void *context, const struct bus_message *message, struct error *err)
{
    (void)message;
    *(bool *)context = true;
    return error_set(err, ERROR_RETRY, "there is one");
}

/* Whether a message stands between what was taken and the end: a client's transaction ends with a record that
 * nobody is given. */
static bool message_waits(const struct shard *shard, const char *topic, int64_t taken, bool *waits,
                          struct error *err)
{
    struct bus *bus = shard->member->bus;

    *waits = false;
    return bus->operations->scan(bus, topic, 0, taken, stop_at_first, waits, err) || *waits;
}

static bool reached_end(struct shard *shard, const char *topic, bool *reached, struct error *err)
{
    struct bus *bus = shard->member->bus;
    const int64_t taken = shard_position(shard, topic)->taken;
    bool waits;

    if (!shard->deferred_end_known &&
        !bus->operations->end_offset(bus, topic, 0, &shard->deferred_end, err)) {
        return false;
    }
    shard->deferred_end_known = true;
    if (taken < shard->deferred_end) {
        if (!message_waits(shard, topic, taken, &waits, err)) {
            return false;
        }
        error_clear(err);
        *reached = !waits;
        return true;
    }
    *reached = true;
    return true;
}

bool inbox_reached(struct shard *shard, bool *reached, struct error *err)
{
    const struct member *member = shard->member;

    *reached = true;
    for (size_t i = 0; *reached && i < member->input_count; i++) {
        const struct topic_declaration *topic = member->inputs[i].topic;

        if (topic->kind == TOPIC_INBOX && !reached_end(shard, topic->name, reached, err)) {
            *reached = false; /* a broker that is away is asked again; the clock waits */
            if (err->action != ERROR_RETRY) {
                return false;
            }
            error_clear(err);
        }
    }
    return true;
}
