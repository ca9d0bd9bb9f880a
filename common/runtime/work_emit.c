#include "common/avro/wire.h"
#include "common/base/digest.h"
#include "common/domain/shard.h"
#include "common/runtime/replay.h"
#include "common/runtime/trace.h"
#include "common/runtime/work_parts.h"
#include "events.h"
#include "topics.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { HEADERS_BYTES_MAX = 1024, DIGEST_TEXT = 32 }; /* 128 bits of the SHA-256 name a judgement */

static struct output *output_of(struct work *work, const struct topic_declaration *topic,
                                int32_t partition)
{
    struct output *output;

    for (size_t i = 0; i < work->output_count; i++) {
        output = &work->outputs[i];
        if (output->topic == topic && output->partition == partition) {
            return output;
        }
    }
    if (work->output_count == work->output_capacity) {
        work->output_capacity *= 2;
        work->outputs = memory_resize(work->outputs, work->output_capacity * sizeof *work->outputs);
    }
    output = &work->outputs[work->output_count++];
    *output = (struct output){
        .topic = topic, .partition = partition, .incarnation = work->shard->incarnation};
    return output;
}

void work_recalled(struct work *work, const struct intake *item)
{
    struct output *output =
        output_of(work, member_topic(work->shard->member, item->log), item->partition);

    output->incarnation = item->incarnation;
    output->seq = item->seq;
    output->acked_offset = item->offset + 1;
    output->changed = true;
}

const char *work_cause(const struct work *work)
{
    return work->current != NULL ? work->current->traceparent : NULL;
}

/* Of a shard that replays: what it refuses it refuses again, what it sets aside anew is told, all else it keeps to
 * itself. */
static bool is_silent(const struct work *work, const struct topic_declaration *topic)
{
    return work->shard->replaying && topic->kind != TOPIC_QUARANTINE;
}

/* What is committed must be sendable: afterwards it would stop the shard for good. */
static bool fits(const struct work *work, const char *key, struct error *err)
{
    const size_t most = work->shard->member->message_bytes_max;
    const size_t size = work->scratch.size + strlen(key) + HEADERS_BYTES_MAX;

    return most == 0 || size <= most ||
           error_set(err, ERROR_REJECT,
                     "lo que resulta pesa %zu bytes, más de los %zu que caben en un mensaje", size,
                     most);
}

static bool emit_to(struct work *work, const struct topic_declaration *topic, int32_t partition,
                    const char *key, const struct record_type *type, const void *event,
                    struct error *err)
{
    struct output *output;
    struct outbox_event sent = {.topic = topic->name,
                                .partition = partition,
                                .incarnation = work->shard->incarnation,
                                .shard = work->shard->id,
                                .type = type->full_name,
                                .key = key};
    char trace[TRACE_PARENT_BYTES];

    buffer_clear(&work->scratch);
    if (!registry_encode(work->shard->member->registry, type, event, &work->scratch, err)) {
        return error_prefix(err, "%s", type->full_name);
    }
    if (!fits(work, key, err)) {
        return error_prefix(err, "%s", type->name);
    }
    if (is_silent(work, topic)) {
        return true;
    }
    output = output_of(work, topic, partition);
    if (output->incarnation != work->shard->incarnation) {
        output->incarnation = work->shard->incarnation;
        output->seq = 0;
    }
    sent.seq = ++output->seq;
    output->changed = true;
    trace_next(work_cause(work), work->shard->member->producer, &sent, trace);
    sent.traceparent = trace;
    sent.payload = buffer_view(&work->scratch);
    outbox_append(&work->outbox, &sent);
    work->emitted++;
    return true;
}

static const struct topic_declaration *declared_output(const struct work *work, const char *topic,
                                                       struct error *err)
{
    const struct topic_declaration *declaration = member_topic(work->shard->member, topic);
    const char *const *outputs = work->shard->member->service->outputs;

    if (declaration != NULL && declaration->kind == TOPIC_QUARANTINE) {
        return declaration;
    }
    for (size_t i = 0; declaration != NULL && outputs[i] != NULL; i++) {
        if (strcmp(outputs[i], topic) == 0) {
            return declaration;
        }
    }
    (void)error_set(err, ERROR_FATAL, "%s emits to %s, which it does not declare",
                    work->shard->member->service->name, topic);
    return NULL;
}

bool work_emit(struct work *work, const char *topic, const char *key,
               const struct record_type *type, const void *event, struct error *err)
{
    const struct member *member = work->shard->member;
    const struct topic_declaration *declaration = declared_output(work, topic, err);
    int32_t partition = work->shard->id;

    if (declaration == NULL) {
        return false;
    }
    if (!declaration->partitions_per_shard) {
        partition = 0;
    } else if (member->service->per_institution) {
        partition = shard_of(key, member->shard_count);
    }
    return emit_to(work, declaration, partition, key, type, event, err);
}

bool work_emit_everywhere(struct work *work, const char *topic, const char *key,
                          const struct record_type *type, const void *event, struct error *err)
{
    const struct topic_declaration *declaration = declared_output(work, topic, err);
    const int32_t count = declaration == NULL                 ? 0
                          : declaration->partitions_per_shard ? work->shard->member->shard_count
                                                              : 1;

    for (int32_t partition = 0; partition < count; partition++) {
        if (!emit_to(work, declaration, partition, key, type, event, err)) {
            return false;
        }
    }
    return declaration != NULL;
}

static void *member_at(void *event, const struct record_type *type, const char *name)
{
    const struct record_field *field = record_field_named(type, name);

    assert(field != NULL && "a judgement has the fields digest and revision");
    return (unsigned char *)event + field->offset;
}

bool work_judged(struct work *work, const char *topic, const char *key,
                 const struct record_type *type, void *event, struct judgement *judgement,
                 struct error *err)
{
    const char **digest = member_at(event, type, "digest");
    int64_t *revision = member_at(event, type, "revision");
    uint8_t hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    *digest = "";
    *revision = 0;
    buffer_clear(&work->scratch);
    if (!registry_encode(work->shard->member->registry, type, event, &work->scratch, err)) {
        return error_prefix(err, "%s", type->full_name);
    }
    digest_sha256(work->scratch.data + WIRE_HEADER_BYTES, work->scratch.size - WIRE_HEADER_BYTES,
                  hash); /* the schema's id is the deployment's, not the judgement's */
    digest_hex(hash, hex);
    hex[DIGEST_TEXT] = 0;
    if (judgement->digest != NULL && strcmp(judgement->digest, hex) == 0) {
        *digest = judgement->digest;
        *revision = judgement->revision;
        return true;
    }
    if (work->shard->replaying) { /* compared with what was said last when all is read */
        *revision = judgement->revision;
        return work_emit(work, topic, key, type, event, err);
    }
    judgement->digest = arena_copy(&work->arena, hex);
    judgement->revision++;
    *digest = judgement->digest;
    *revision = judgement->revision;
    return work_emit(work, topic, key, type, event, err);
}

char *work_aside_id(struct work *work, const char *source, int64_t position)
{
    return arena_format(&work->arena, "%s/%" PRId32 "/%s/%" PRId64, work->shard->member->producer,
                        work->shard->id, source, position);
}

bool work_set_aside(struct work *work, const struct setting_aside *aside, struct error *err)
{
    struct arena *arena = &work->arena;
    struct store_quarantine *row = work_list_add(arena, &work->quarantine, sizeof *row);
    struct message_quarantined event = {0};

    *row = (struct store_quarantine){.id = work_aside_id(work, aside->source, aside->position),
                                     .institution = arena_copy(arena, aside->institution),
                                     .source = arena_copy(arena, aside->source),
                                     .position = aside->position,
                                     .column = arena_copy(arena, aside->column),
                                     .found = arena_copy(arena, aside->found),
                                     .expected = arena_copy(arena, aside->expected),
                                     .reason = arena_copy(arena, aside->reason),
                                     .action = arena_copy(arena, aside->action)};
    row->payload.data =
        (const uint8_t *)arena_text(arena, (const char *)aside->payload.data, aside->payload.size);
    row->payload.size = aside->payload.size;
    work->aside_by[aside->class]++;
    event.quarantine_id = row->id;
    event.service = work->shard->member->producer;
    event.institution = row->institution;
    event.source = row->source;
    event.position = row->position;
    event.column = row->column;
    event.found = row->found;
    event.expected = row->expected;
    event.reason = row->reason;
    event.action = row->action;
    event.layout = aside->layout;
    event.has_as_of = aside->has_as_of;
    event.as_of = aside->as_of;
    return replay_was_told(work->shard, row->id) ||
           work_emit(work, "quarantine", row->id, &message_quarantined_type, &event, err);
}
