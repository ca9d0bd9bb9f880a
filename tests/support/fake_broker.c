#include "tests/support/fake_broker.h"

#include "topics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void fake_broker_init(struct fake_broker *broker, int32_t shard_count)
{
    *broker = (struct fake_broker){.shard_count = shard_count};
    broker->log_count = topic_declaration_count * (size_t)shard_count;
    broker->logs = memory_alloc(broker->log_count * sizeof *broker->logs);
    for (size_t i = 0; i < broker->log_count; i++) {
        broker->logs[i] =
            (struct fake_log){.topic = topic_declarations[i / (size_t)shard_count].name,
                              .partition = (int32_t)(i % (size_t)shard_count)};
    }
}

void fake_broker_finish(struct fake_broker *broker)
{
    for (size_t i = 0; i < broker->log_count; i++) {
        free(broker->logs[i].places);
        free(broker->logs[i].history);
    }
    free(broker->logs);
    free(broker->records);
    arena_finish(&broker->arena);
    *broker = (struct fake_broker){0};
}

void fake_broker_clear(struct fake_broker *broker)
{
    for (size_t i = 0; i < broker->log_count; i++) {
        broker->logs[i].begin = 0;
        broker->logs[i].end = 0;
        broker->logs[i].history_count = 0;
        broker->logs[i].lost = false;
    }
    broker->record_count = 0;
    arena_reset(&broker->arena);
}

struct fake_log *fake_broker_log(const struct fake_broker *broker, const char *topic,
                                 int32_t partition)
{
    const struct topic_declaration *declaration = topic_by_name(topic);

    assert(declaration != NULL && partition >= 0 && partition < broker->shard_count);
    return &broker->logs[(size_t)(declaration - topic_declarations) * (size_t)broker->shard_count +
                         (size_t)partition];
}

const struct bus_message *fake_broker_read(const struct fake_broker *broker,
                                           const struct fake_log *log, int64_t offset)
{
    if (offset < log->begin || offset >= log->end || log->places[offset] == FAKE_NO_RECORD) {
        return NULL;
    }
    return &broker->records[log->places[offset]];
}

const struct bus_message *fake_broker_ever(const struct fake_broker *broker,
                                           const struct fake_log *log, size_t index)
{
    return &broker->records[log->history[index]];
}

static void remember(struct fake_log *log, size_t record)
{
    if (log->history_count == log->history_capacity) {
        log->history_capacity = log->history_capacity == 0 ? 64 : log->history_capacity * 2;
        log->history = memory_resize(log->history, log->history_capacity * sizeof *log->history);
    }
    log->history[log->history_count++] = record;
}

static void place(struct fake_log *log, size_t record)
{
    if ((size_t)log->end == log->capacity) {
        log->capacity = log->capacity == 0 ? 64 : log->capacity * 2;
        log->places = memory_resize(log->places, log->capacity * sizeof *log->places);
    }
    log->places[log->end++] = record;
}

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
    return bytes.data == NULL ? bytes
                              : (struct bytes){(const uint8_t *)arena_text(
                                                   arena, (const char *)bytes.data, bytes.size),
                                               bytes.size};
}

int64_t fake_broker_put(struct fake_broker *broker, const struct bus_message *message)
{
    struct fake_log *log = fake_broker_log(broker, message->topic, message->partition);
    struct bus_message *record;

    if (broker->record_count == broker->record_capacity) {
        broker->record_capacity = broker->record_capacity == 0 ? 64 : broker->record_capacity * 2;
        broker->records =
            memory_resize(broker->records, broker->record_capacity * sizeof *broker->records);
    }
    record = &broker->records[broker->record_count];
    *record = *message;
    record->topic = log->topic;
    record->offset = log->end;
    record->key = copy_bytes(&broker->arena, message->key);
    record->payload = copy_bytes(&broker->arena, message->payload);
    for (size_t i = 0; i < message->header_count; i++) {
        record->headers[i] =
            (struct bus_header){arena_copy(&broker->arena, message->headers[i].name),
                                arena_copy(&broker->arena, message->headers[i].value)};
    }
    remember(log, broker->record_count);
    place(log, broker->record_count++);
    return record->offset;
}

void fake_broker_skip(struct fake_broker *broker, const char *topic, int32_t partition)
{
    place(fake_broker_log(broker, topic, partition), FAKE_NO_RECORD);
}

void fake_broker_lose_tail(struct fake_log *log, int64_t count)
{
    const int64_t end = log->end - count > log->begin ? log->end - count : log->begin;

    log->lost = log->lost || end < log->end;
    log->end = end;
}

void fake_broker_lose_head(struct fake_log *log, int64_t count)
{
    const int64_t begin = log->begin + count < log->end ? log->begin + count : log->end;

    log->lost = log->lost || begin > log->begin;
    log->begin = begin;
}

const struct bus_message *fake_broker_at(const struct fake_broker *broker, const char *topic,
                                         size_t index)
{
    for (size_t i = 0; i < broker->record_count; i++) {
        if (strcmp(broker->records[i].topic, topic) == 0 && index-- == 0) {
            return &broker->records[i];
        }
    }
    return NULL;
}
