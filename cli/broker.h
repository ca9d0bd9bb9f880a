#ifndef CLI_BROKER_H
#define CLI_BROKER_H

#include "cli/stack.h"
#include "common/avro/registry.h"
#include "common/bus/bus.h"

/** The broker, and what topic _schemas holds. */
struct broker {
    struct bus *bus;
    struct registry *registry;
    int64_t schemas_next; /**< what was read of _schemas */
};

/** Connects and reads _schemas to its end. RETRY when the broker is away. broker_close in any case. */
bool broker_open(struct broker *broker, const struct stack *stack, struct error *err) MUST_CHECK;

/** Reads _schemas on when a message names a schema that is not known yet: one registered meanwhile. */
bool broker_learn(struct broker *broker, struct bytes payload, struct error *err) MUST_CHECK;

void broker_close(struct broker *broker);

/** Sends the messages in order and waits until the broker has all of them. */
bool broker_send(struct broker *broker, const struct bus_message *messages, size_t count,
                 struct error *err) MUST_CHECK;

#endif
