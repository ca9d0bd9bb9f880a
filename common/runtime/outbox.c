#include "common/runtime/outbox.h"

#include "common/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Layout of one event: u32 bytes of the rest, u32 partition, u64 incarnation, u32 shard, u64 seq,
 * topic\0 type\0 traceparent\0 key\0, payload. */
enum { FIXED_BYTES = 4 + 8 + 4 + 8, NUMBER_DIGITS_MAX = 19 };

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

static void header_add(struct bus_message *message, const char *name, const char *value)
{
    message->headers[message->header_count++] = (struct bus_header){name, value};
}

void outbox_message(const char *producer, const struct outbox_event *event,
                    struct outbox_texts *texts, struct bus_message *out)
{
    *out = (struct bus_message){.topic = event->topic,
                                .partition = event->partition,
                                .key = {(const uint8_t *)event->key, strlen(event->key)},
                                .payload = event->payload};
    (void)snprintf(texts->source, sizeof texts->source, "%s/%s", producer, event->topic);
    (void)snprintf(texts->id, sizeof texts->id, "%" PRId64 "/%" PRId32 "/%" PRId64,
                   event->incarnation, event->shard, event->seq);
    header_add(out, "ce_specversion", "1.0");
    header_add(out, "ce_type", event->type);
    header_add(out, "ce_source", texts->source);
    header_add(out, "ce_id", texts->id);
    header_add(out, "content-type", "application/avro");
    if (event->traceparent[0] != 0) {
        header_add(out, "traceparent", event->traceparent);
    }
}

/* Takes a number that is written as we write it off `*text`, up to `end` and over it: an id read in two ways would
 * be two sequences. */
static bool take_number(const char **text, char end, int64_t least, int64_t most, int64_t *out)
{
    const char *stop = strchr(*text, end);
    char digits[NUMBER_DIGITS_MAX + 1];
    const size_t length = stop == NULL ? 0 : (size_t)(stop - *text);

    if (length == 0 || length > NUMBER_DIGITS_MAX || **text == '-' ||
        (**text == '0' && length > 1)) {
        return false;
    }
    memcpy(digits, *text, length);
    digits[length] = '\0';
    *text = stop + 1;
    return text_to_int64(digits, out) && *out >= least && *out <= most;
}

bool outbox_identity_parse(const char *source, const char *id, char *producer,
                           size_t producer_bytes, int64_t *incarnation, int32_t *shard,
                           int64_t *seq)
{
    const size_t length = source == NULL ? 0 : strcspn(source, "/");
    int64_t numbers[3];

    if (id == NULL || length == 0 || source[length] == '\0' || length >= producer_bytes ||
        !take_number(&id, '/', 1, INT64_MAX, &numbers[0]) ||
        !take_number(&id, '/', 0, INT32_MAX, &numbers[1]) ||
        !take_number(&id, '\0', 1, INT64_MAX, &numbers[2])) {
        return false;
    }
    memcpy(producer, source, length);
    producer[length] = '\0';
    *incarnation = numbers[0];
    *shard = (int32_t)numbers[1];
    *seq = numbers[2];
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
