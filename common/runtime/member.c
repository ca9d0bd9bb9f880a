#include "common/runtime/member.h"

#include "common/base/text.h"
#include "common/runtime/figures.h"

#include "events.h"
#include "topics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMAS_EVERY_MS = 5000, TOPIC_NAME_BYTES = 250 };

const char *member_producer(const struct service *service, const char *institution,
                            struct arena *arena)
{
    return service->per_institution ? arena_format(arena, "%s.%s", service->name, institution)
                                    : arena_copy(arena, service->name);
}

static bool learn_schema(void *context, const struct bus_message *message, struct error *err)
{
    struct member *member = context;

    member->schemas_offset = message->offset + 1;
    if (registry_take(member->registry, message->key, message->payload, err)) {
        return true;
    }
    if (err->action != ERROR_REJECT) {
        return false;
    }
    /* what is no schema is none of ours: it must not keep every service from starting */
    log_write(&member->log, LOG_LEVEL_WARN, "_schemas@%" PRId64 " passed over: %s", message->offset,
              err->message);
    error_clear(err);
    return true;
}

bool member_learn_schemas(struct member *member, struct error *err)
{
    const int64_t before = member->schemas_offset;
    struct schema_list schemas = {0};

    if (!member->bus->operations->scan(member->bus, "_schemas", 0, before, learn_schema, member,
                                       err)) {
        return false;
    }
    if (member->board != NULL && (before == 0 || member->schemas_offset > before)) {
        schema_list_copy(&schemas, member->registry);
        board_put_schemas(member->board, &schemas);
    }
    return true;
}

bool member_watch_schemas(struct member *member, struct error *err)
{
    const int64_t now_ms = member->now_ms(member->clock_context);

    if (member->service->routes == NULL || now_ms - member->schemas_looked_ms < SCHEMAS_EVERY_MS) {
        return true;
    }
    member->schemas_looked_ms = now_ms;
    if (member_learn_schemas(member, err)) {
        return true;
    }
    if (err->action == ERROR_FATAL) {
        return false;
    }
    log_error(&member->log, err);
    error_clear(err);
    return true;
}

const struct topic_declaration *member_topic(const struct member *member, const char *declared)
{
    const char *star = strchr(declared, '*');
    char name[TOPIC_NAME_BYTES];

    if (star == NULL) {
        return topic_by_name(declared);
    }
    return member->institution != NULL &&
                   text_format(name, sizeof name, "%.*s%s%s", (int)(star - declared), declared,
                               member->institution, star + 1)
               ? topic_by_name(name)
               : NULL;
}

static bool resolve_outputs(const struct running *running, struct error *err)
{
    const struct member *member = &running->member;
    const char *const *outputs = member->service->outputs;

    for (size_t i = 0; outputs[i] != NULL; i++) {
        if (member_topic(member, outputs[i]) == NULL) {
            return error_set(err, ERROR_FATAL, "output %s of %s is not declared in topics.json",
                             outputs[i], member->producer);
        }
    }
    return true;
}

static bool resolve_inputs(struct running *running, struct error *err)
{
    struct member *member = &running->member;
    const char *const *inputs = member->service->inputs;
    size_t count = 0;

    while (inputs[count] != NULL) {
        count++;
    }
    member->inputs = arena_array(&running->arena, count, sizeof *member->inputs);
    for (size_t i = 0; i < count; i++) {
        const struct topic_declaration *topic = member_topic(member, inputs[i]);

        if (topic == NULL) {
            return error_set(err, ERROR_FATAL, "input %s of %s is not declared in topics.json",
                             inputs[i], member->producer);
        }
        member->inputs[i].topic = topic;
        member->inputs[i].sequenced = topic->kind == TOPIC_SEQUENCED ||
                                      topic->kind == TOPIC_FINDINGS ||
                                      topic->kind == TOPIC_QUARANTINE;
    }
    member->input_count = count;
    return true;
}

static bool check_topic(const struct member *member, const struct topic_declaration *topic,
                        struct error *err)
{
    const int32_t wanted = topic->partitions_per_shard ? member->shard_count : topic->partitions;
    int32_t found;

    if (!member->bus->operations->partitions(member->bus, topic->name, &found, err)) {
        return false;
    }
    if (found == 0) {
        return error_set(err, ERROR_RETRY, "no existe el tópico %s: ejecute abasto topics apply",
                         topic->name);
    }
    return found == wanted ||
           error_set(err, ERROR_FATAL,
                     "el tópico %s tiene %" PRId32 " particiones y debe tener %" PRId32,
                     topic->name, found, wanted);
}

/* The number of shards is that of the partitions of `shards`; every topic that is read or written must agree: with too
 * few of them an event of a later shard could never be sent, with too many nobody would read it. And a topic that was
 * asked about is sent to without waiting for a broker that is away. */
static bool check_partitions(struct running *running, struct error *err)
{
    struct member *member = &running->member;
    const char *const *outputs = member->service->outputs;

    if (!member->bus->operations->partitions(member->bus, "shards", &member->shard_count, err)) {
        return false;
    }
    if (member->shard_count == 0) {
        return error_set(err, ERROR_RETRY,
                         "no existe el tópico shards: ejecute abasto topics apply");
    }
    for (size_t i = 0; i < member->input_count; i++) {
        if (!check_topic(member, member->inputs[i].topic, err)) {
            return false;
        }
    }
    for (size_t i = 0; outputs[i] != NULL; i++) {
        if (!check_topic(member, member_topic(member, outputs[i]), err)) {
            return false;
        }
    }
    return check_topic(member, topic_by_name("quarantine"), err);
}

bool running_start(struct running *running, const struct running_options *options,
                   struct error *err)
{
    struct member *member = &running->member;

    *running = (struct running){0};
    *member = (struct member){.service = options->service,
                              .institution = options->institution,
                              .bus = options->bus,
                              .store = options->store,
                              .metrics = options->metrics,
                              .board = options->board,
                              .setting = options->setting,
                              .setting_context = options->setting_context,
                              .now_ms = options->now_ms,
                              .clock_context = options->clock_context,
                              .batch_messages = options->batch_messages,
                              .unpublished_bytes_max = options->unpublished_bytes_max,
                              .message_bytes_max = options->message_bytes_max};
    figures_init(member);
    member->producer = member_producer(options->service, options->institution, &running->arena);
    member->log = log_context_of(member->producer);
    member->log.threshold = options->log_level;
    member->registry = registry_create(event_types, event_type_count);
    if (!resolve_inputs(running, err) || !resolve_outputs(running, err) ||
        !check_partitions(running, err) || !member_learn_schemas(member, err)) {
        running_finish(running);
        return false;
    }
    running->shard_slots = options->service->per_institution ? 1 : member->shard_count;
    member->cache_bytes = options->cache_bytes / (size_t)running->shard_slots;
    running->shards = memory_alloc((size_t)running->shard_slots * sizeof *running->shards);
    for (int32_t i = 0; i < running->shard_slots; i++) {
        shard_init(&running->shards[i], member, i);
    }
    return true;
}

void running_finish(struct running *running)
{
    for (int32_t i = 0; i < running->shard_slots; i++) {
        shard_finish(&running->shards[i]);
    }
    free(running->shards);
    registry_destroy(running->member.registry);
    arena_finish(&running->arena);
    *running = (struct running){0};
}
