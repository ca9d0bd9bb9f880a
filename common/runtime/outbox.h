#ifndef COMMON_OUTBOX_H
#define COMMON_OUTBOX_H

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/bus/bus.h"

#include <stdbool.h>
#include <stdint.h>

/** One emitted message as it stands in an outbox row. A re-sent message is made of the same bytes. */
struct outbox_event {
    const char *topic;
    int32_t partition;
    int64_t incarnation;
    int32_t shard;
    int64_t seq;
    const char *type;
    const char *traceparent; /**< "" when there is none */
    const char *key;
    struct bytes payload; /**< in the wire format */
};

void outbox_append(struct buffer *outbox, const struct outbox_event *event);

/** Reads the event at `*offset` and moves it on; false at the end. `err` is set (FATAL) when the bytes
 *  are not an outbox. Texts point into `outbox`. */
bool outbox_next(struct bytes outbox, size_t *offset, struct outbox_event *event,
                 struct error *err) MUST_CHECK;

/** Where the texts of a message's headers live. */
struct outbox_texts {
    char source[256];
    char id[80];
};

/** The message that an event is published as. Points into all of them. */
void outbox_message(const char *producer, const struct outbox_event *event,
                    struct outbox_texts *texts, struct bus_message *out);

/** Reads ce_source "<producer>/<topic>" and ce_id "<incarnation>/<shard>/<seq>", strictly: only what is written so.
 *  Outputs are untouched on failure. */
bool outbox_identity_parse(const char *source, const char *id, char *producer,
                           size_t producer_bytes, int64_t *incarnation, int32_t *shard,
                           int64_t *seq) MUST_CHECK;

/** Number of events; FATAL error when the bytes are not an outbox. */
bool outbox_count(struct bytes outbox, size_t *count, struct error *err) MUST_CHECK;

#endif
