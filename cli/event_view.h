#ifndef CLI_EVENT_VIEW_H
#define CLI_EVENT_VIEW_H

#include "common/avro/registry.h"
#include "common/bus/bus.h"

#include <jansson.h>

/** What a record of a topic says, as far as it can be read. Texts are clean UTF-8 in the arena; NULL where the
 *  record has none. */
struct event_view {
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms;
    const char *key;
    const char *id;     /**< ce_id */
    const char *type;   /**< ce_type */
    const char *source; /**< ce_source */
    const char *traceparent;
    const struct record_type *event_type; /**< NULL: there is no event to show */
    const void *event;
    const char *fault; /**< why it could not be decoded; NULL: it could, or is a tombstone */
    size_t payload_bytes;
};

/** Reads a record; what cannot be decoded is a fault of the view, never an error. */
void event_view_read(const struct bus_message *message, struct registry *registry,
                     struct arena *arena, struct event_view *out);

/** The view as an object; the caller owns the reference. */
json_t *event_view_json(const struct event_view *view);

/** Whether the type is `name`, with or without its namespace. */
bool event_view_is_type(const struct event_view *view, const char *name);

/** Whether the key is that of a contract: its id, or its number in whatever form people write it. */
bool event_view_is_contract(const struct event_view *view, const char *contract);

/** Whether the key is that of an institution, or of a contract of it. */
bool event_view_is_institution(const struct event_view *view, const char *institution);

/** A text member of the event; NULL when it has none of that name. */
const char *event_view_text(const struct event_view *view, const char *name);

#endif
