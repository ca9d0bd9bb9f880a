#include "tests/support/fake_bus.h"

#include "common/avro/registry.h"
#include "events.h"
#include "topics.h"

#include <stdlib.h>
#include <string.h>

static struct fake_bus *fake_of(struct bus *base)
{
    return (struct fake_bus *)(void *)base;
}

static void *grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 64 : count * 2;
    return memory_resize(items, *capacity * item_bytes);
}

static struct fake_partition *partition_of(struct fake_bus *bus, const char *topic, int32_t id)
{
    struct fake_partition *partition;

    for (size_t i = 0; i < bus->partition_count; i++) {
        partition = &bus->partitions[i];
        if (partition->partition == id && strcmp(partition->topic, topic) == 0) {
            return partition;
        }
    }
    bus->partitions = grow(bus->partitions, bus->partition_count, &bus->partition_capacity,
                           sizeof *bus->partitions);
    partition = &bus->partitions[bus->partition_count++];
    *partition =
        (struct fake_partition){.topic = topic_by_name(topic)->name, .partition = id, .next = -1};
    return partition;
}

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
    return (struct bytes){(const uint8_t *)arena_text(arena, (const char *)bytes.data, bytes.size),
                          bytes.size};
}

void fake_bus_put(struct fake_bus *bus, const struct bus_message *message)
{
    struct fake_partition *partition = partition_of(bus, message->topic, message->partition);
    struct bus_message *record;

    bus->records =
        grow(bus->records, bus->record_count, &bus->record_capacity, sizeof *bus->records);
    record = &bus->records[bus->record_count++];
    *record = *message;
    record->topic = partition->topic;
    record->offset = partition->end++;
    record->key = copy_bytes(&bus->arena, message->key);
    record->payload = copy_bytes(&bus->arena, message->payload);
    for (size_t i = 0; i < message->header_count; i++) {
        record->headers[i] =
            (struct bus_header){arena_copy(&bus->arena, message->headers[i].name),
                                arena_copy(&bus->arena, message->headers[i].value)};
    }
}

void fake_bus_skip(struct fake_bus *bus, const char *topic, int32_t partition)
{
    partition_of(bus, topic, partition)->end++;
}

const struct bus_message *fake_bus_at(const struct fake_bus *bus, const char *topic, size_t index)
{
    for (size_t i = 0; i < bus->record_count; i++) {
        if (strcmp(bus->records[i].topic, topic) == 0 && index-- == 0) {
            return &bus->records[i];
        }
    }
    return NULL;
}

void fake_bus_assign(struct fake_bus *bus, int32_t shard)
{
    bus->assigned = shard;
}

/* --- the interface --- */

static void give_reports(struct fake_bus *bus, struct bus_events *out)
{
    struct bus_report *told = bus->told;
    const size_t capacity = bus->told_capacity;

    out->reports = bus->reports;
    out->report_count = bus->report_count;
    bus->told = bus->reports;
    bus->told_capacity = bus->report_capacity;
    bus->reports = told;
    bus->report_capacity = capacity;
    bus->report_count = 0;
}

static bool is_read(const struct fake_bus *bus)
{
    for (size_t i = 0; i < bus->partition_count; i++) {
        if (bus->partitions[i].next >= 0 && bus->partitions[i].next < bus->partitions[i].end) {
            return true;
        }
    }
    return false;
}

static bool fake_poll(struct bus *base, size_t max_messages, int timeout_ms, struct bus_events *out,
                      struct error *err)
{
    struct fake_bus *bus = fake_of(base);

    (void)timeout_ms;
    (void)err;
    *out = (struct bus_events){0};
    give_reports(bus, out);
    if (bus->assigned >= 0) {
        static const int32_t shards[] = {0, 1, 2, 3, 4, 5, 6, 7};

        out->assigned = &shards[bus->assigned];
        out->assigned_count = 1;
        bus->assigned = -1;
        return true;
    }
    for (size_t i = 0; is_read(bus) && i < bus->record_count && out->message_count < max_messages;
         i++) {
        const struct bus_message *record = &bus->records[i];
        struct fake_partition *partition = partition_of(bus, record->topic, record->partition);

        if (partition->next >= 0 && partition->next <= record->offset) {
            partition->next = record->offset + 1;
            bus->given =
                grow(bus->given, out->message_count, &bus->given_capacity, sizeof *bus->given);
            bus->given[out->message_count++] = *record;
        }
    }
    out->messages = bus->given;
    return true;
}

static bool fake_assign(struct bus *base, const struct bus_start *starts, size_t count,
                        struct error *err)
{
    struct fake_bus *bus = fake_of(base);

    (void)err;
    for (size_t i = 0; i < bus->partition_count; i++) {
        bus->partitions[i].next = -1;
    }
    for (size_t i = 0; i < count; i++) {
        partition_of(bus, starts[i].topic, starts[i].partition)->next = starts[i].offset;
    }
    return true;
}

static bool fake_send(struct bus *base, const struct bus_message *message, uint64_t token,
                      struct error *err)
{
    struct fake_bus *bus = fake_of(base);

    (void)err;
    fake_bus_put(bus, message);
    bus->reports =
        grow(bus->reports, bus->report_count, &bus->report_capacity, sizeof *bus->reports);
    bus->reports[bus->report_count++] =
        (struct bus_report){.token = token,
                            .delivered = true,
                            .topic = bus->records[bus->record_count - 1].topic,
                            .partition = message->partition,
                            .offset = bus->records[bus->record_count - 1].offset};
    return true;
}

static bool fake_reset(struct bus *base, struct error *err)
{
    (void)base;
    (void)err;
    return true;
}

static bool known_end(struct bus *base, const char *topic, int32_t partition, int64_t *out)
{
    *out = partition_of(fake_of(base), topic, partition)->end;
    return true;
}

static bool end_offset(struct bus *base, const char *topic, int32_t partition, int64_t *out,
                       struct error *err)
{
    (void)err;
    return known_end(base, topic, partition, out);
}

/* Every event's schema, as `abasto schemas apply` would have registered it. */
static bool scan_schemas(int64_t from,
                         bool (*visit)(void *context, const struct bus_message *message,
                                       struct error *err),
                         void *context, struct error *err)
{
    bool good = true;

    for (size_t i = (size_t)from; good && i < event_type_count; i++) {
        const struct schema_record schema = {.subject = event_types[i]->full_name,
                                             .version = 1,
                                             .id = (int32_t)i + 1,
                                             .schema_json = event_types[i]->schema_json};
        struct bus_message message = {.topic = "_schemas", .offset = (int64_t)i};
        struct buffer key = {0};
        struct buffer value = {0};

        schema_record_write(&schema, &key, &value);
        message.key = buffer_view(&key);
        message.payload = buffer_view(&value);
        good = visit(context, &message, err);
        buffer_finish(&key);
        buffer_finish(&value);
    }
    return good;
}

static bool scan(struct bus *base, const char *topic, int32_t partition, int64_t from,
                 bool (*visit)(void *context, const struct bus_message *message, struct error *err),
                 void *context, struct error *err)
{
    const struct fake_bus *bus = fake_of(base);

    if (strcmp(topic, "_schemas") == 0) {
        return scan_schemas(from, visit, context, err);
    }
    for (size_t i = 0; i < bus->record_count; i++) {
        const struct bus_message *record = &bus->records[i];

        if (strcmp(record->topic, topic) == 0 && record->partition == partition &&
            record->offset >= from && !visit(context, record, err)) {
            return false;
        }
    }
    return true;
}

static bool partitions(struct bus *base, const char *topic, int32_t *out, struct error *err)
{
    const struct topic_declaration *declaration = topic_by_name(topic);

    (void)err;
    *out = declaration == NULL                 ? 0
           : declaration->partitions_per_shard ? fake_of(base)->shard_count
                                               : declaration->partitions;
    return true;
}

static void flush(struct bus *base, int timeout_ms)
{
    (void)base;
    (void)timeout_ms;
}

static const struct bus_operations operations = {.poll = fake_poll,
                                                 .assign = fake_assign,
                                                 .send = fake_send,
                                                 .reset = fake_reset,
                                                 .end_offset = end_offset,
                                                 .known_end = known_end,
                                                 .scan = scan,
                                                 .partitions = partitions,
                                                 .flush = flush};

void fake_bus_init(struct fake_bus *bus, int32_t shard_count)
{
    *bus = (struct fake_bus){.bus = {&operations}, .shard_count = shard_count, .assigned = -1};
}

void fake_bus_clear(struct fake_bus *bus)
{
    bus->record_count = 0;
    bus->partition_count = 0;
    bus->report_count = 0;
    bus->assigned = -1;
    arena_reset(&bus->arena);
}

void fake_bus_finish(struct fake_bus *bus)
{
    free(bus->records);
    free(bus->partitions);
    free(bus->reports);
    free(bus->told);
    free(bus->given);
    arena_finish(&bus->arena);
    *bus = (struct fake_bus){0};
}
