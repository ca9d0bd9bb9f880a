#include "tests/support/memory_bus.h"

#include <assert.h>
#include <string.h>

static struct memory_bus *memory_of(struct bus *bus)
{
    return (struct memory_bus *)bus;
}

static bool is_of(const struct bus_message *record, const char *topic, int32_t partition)
{
    return strcmp(record->topic, topic) == 0 && record->partition == partition;
}

static bool begin_offset(struct bus *bus, const char *topic, int32_t partition, int64_t *out,
                         struct error *err)
{
    (void)bus;
    (void)topic;
    (void)partition;
    (void)err;
    *out = 0; /* it keeps all */
    return true;
}

static bool end_offset(struct bus *bus, const char *topic, int32_t partition, int64_t *out,
                       struct error *err)
{
    const struct memory_bus *memory = memory_of(bus);

    (void)err;
    *out = 0;
    for (size_t i = 0; i < memory->count; i++) {
        *out += is_of(&memory->records[i], topic, partition) ? 1 : 0;
    }
    return true;
}

static bool partitions(struct bus *bus, const char *topic, int32_t *out, struct error *err)
{
    const struct memory_bus *memory = memory_of(bus);

    (void)err;
    *out = 0;
    for (size_t i = 0; i < memory->count; i++) {
        const struct bus_message *record = &memory->records[i];

        if (strcmp(record->topic, topic) == 0 && record->partition >= *out) {
            *out = record->partition + 1;
        }
    }
    return true;
}

static bool scan(struct bus *bus, const char *topic, int32_t partition, int64_t from,
                 bool (*visit)(void *context, const struct bus_message *message, struct error *err),
                 void *context, struct error *err)
{
    const struct memory_bus *memory = memory_of(bus);
    const size_t count = memory->count;

    for (size_t i = 0; i < count; i++) {
        const struct bus_message *record = &memory->records[i];

        if (is_of(record, topic, partition) && record->offset >= from &&
            !visit(context, record, err)) {
            return false;
        }
    }
    return true;
}

static bool assign(struct bus *bus, const struct bus_start *starts, size_t count, struct error *err)
{
    struct memory_bus *memory = memory_of(bus);

    (void)err;
    assert(count <= MEMORY_BUS_RECORDS_MAX);
    memcpy(memory->next, starts, count * sizeof *starts);
    memory->next_count = count;
    return true;
}

/* One record at a time. */
static bool poll(struct bus *bus, size_t max_messages, int timeout_ms, struct bus_events *out,
                 struct error *err)
{
    struct memory_bus *memory = memory_of(bus);

    (void)max_messages;
    (void)timeout_ms;
    (void)err;
    *out = (struct bus_events){0};
    if (memory->on_poll != NULL) {
        memory->on_poll(memory, memory->context);
    }
    for (size_t i = 0; i < memory->count; i++) {
        for (size_t j = 0; j < memory->next_count; j++) {
            struct bus_start *next = &memory->next[j];

            if (is_of(&memory->records[i], next->topic, next->partition) &&
                memory->records[i].offset == next->offset) {
                next->offset++;
                *out = (struct bus_events){.messages = &memory->records[i], .message_count = 1};
                return true;
            }
        }
    }
    return true;
}

static const struct bus_operations operations = {.poll = poll,
                                                 .assign = assign,
                                                 .begin_offset = begin_offset,
                                                 .end_offset = end_offset,
                                                 .scan = scan,
                                                 .partitions = partitions};

void memory_bus_init(struct memory_bus *memory)
{
    *memory = (struct memory_bus){.bus.operations = &operations};
}

void memory_bus_add(struct memory_bus *memory, const struct bus_message *record)
{
    struct error err = {0};
    int64_t offset = 0;

    assert(memory->count < MEMORY_BUS_RECORDS_MAX);
    if (!end_offset(&memory->bus, record->topic, record->partition, &offset, &err)) {
        return;
    }
    memory->records[memory->count] = *record;
    memory->records[memory->count++].offset = offset;
}
