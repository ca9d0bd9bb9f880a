#ifndef CLI_PENALTY_EVENTS_H
#define CLI_PENALTY_EVENTS_H

#include "cli/broker.h"

/** An event of topic `sanctions` and what it says. */
struct penalty_event {
    const char *sanction_id; /**< whose it must be */
    int32_t partition;
    int64_t offset;
    const struct record_type
        *type; /**< filled by penalty_events_read, with the event in its arena */
    const void *event;
};

/** Reads the events where they lie, each partition forwards, and keeps the order they are given in. FATAL when one
 *  is not the event of its penalty: the topic is not the one that monitor read. */
bool penalty_events_read(struct broker *broker, struct penalty_event *events, size_t count,
                         struct arena *arena, struct error *err) MUST_CHECK;

#endif
