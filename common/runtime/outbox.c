#include "common/runtime/outbox.h"

#include <string.h>

/* Layout of one event: u32 bytes of the rest, u32 partition, u64 incarnation, u32 shard, u64 seq,
 * topic\0 type\0 traceparent\0 key\0, payload. */
enum { FIXED_BYTES = 4 + 8 + 4 + 8 };

static uint64_t read_number(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

void outbox_append(struct buffer *outbox, const struct outbox_event *event)
{
    const char *const texts[] = {event->topic, event->type, event->traceparent, event->key};
    size_t bytes = FIXED_BYTES + event->payload.size;

    for (size_t i = 0; i < 4; i++) {
        bytes += strlen(texts[i]) + 1;
    }
    buffer_append_u32(outbox, (uint32_t)bytes);
    buffer_append_u32(outbox, (uint32_t)event->partition);
    buffer_append_u64(outbox, (uint64_t)event->incarnation);
    buffer_append_u32(outbox, (uint32_t)event->shard);
    buffer_append_u64(outbox, (uint64_t)event->seq);
    for (size_t i = 0; i < 4; i++) {
        buffer_append(outbox, texts[i], strlen(texts[i]) + 1);
    }
    buffer_append(outbox, event->payload.data, event->payload.size);
}

static bool read_texts(const uint8_t **at, const uint8_t *end, struct outbox_event *event)
{
    const char **const texts[] = {&event->topic, &event->type, &event->traceparent, &event->key};

    for (size_t i = 0; i < 4; i++) {
        const uint8_t *nul = memchr(*at, 0, (size_t)(end - *at));

        if (nul == NULL) {
            return false;
        }
        *texts[i] = (const char *)*at;
        *at = nul + 1;
    }
    return true;
}

bool outbox_next(struct bytes outbox, size_t *offset, struct outbox_event *event, struct error *err)
{
    const uint8_t *at = outbox.data + *offset;
    const uint8_t *end;
    size_t bytes;

    if (*offset == outbox.size) {
        return false;
    }
    if (outbox.size - *offset < 4 + FIXED_BYTES) {
        return error_set(err, ERROR_FATAL, "outbox ends in mid-event at byte %zu", *offset);
    }
    bytes = (size_t)read_number(at, 4);
    if (bytes < FIXED_BYTES || bytes > outbox.size - *offset - 4) {
        return error_set(err, ERROR_FATAL, "outbox event of %zu bytes at byte %zu", bytes, *offset);
    }
    end = at + 4 + bytes;
    event->partition = (int32_t)read_number(at + 4, 4);
    event->incarnation = (int64_t)read_number(at + 8, 8);
    event->shard = (int32_t)read_number(at + 16, 4);
    event->seq = (int64_t)read_number(at + 20, 8);
    at += 4 + FIXED_BYTES;
    if (!read_texts(&at, end, event)) {
        return error_set(err, ERROR_FATAL, "outbox event without texts at byte %zu", *offset);
    }
    event->payload = (struct bytes){at, (size_t)(end - at)};
    *offset = (size_t)(end - outbox.data);
    return true;
}

bool outbox_count(struct bytes outbox, size_t *count, struct error *err)
{
    struct outbox_event event;
    size_t offset = 0;

    *count = 0;
    while (outbox_next(outbox, &offset, &event, err)) {
        (*count)++;
    }
    return err->action == ERROR_NONE;
}
