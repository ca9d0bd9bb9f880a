#ifndef COMMON_AVRO_GUARD_H
#define COMMON_AVRO_GUARD_H

#include "common/avro/schema.h"
#include "common/base/buffer.h"

/** Bounds of one message; what our own events never come near. */
enum {
    GUARD_MAX_BYTES = 4 * 1024 * 1024,
    GUARD_MAX_DEPTH = 32,
    GUARD_MAX_ITEMS = 262144, /**< of all arrays and maps together */
};

/**
 * Walks Avro binary by its writer's schema before Avro C sees it: varints, booleans, lengths of text
 * and bytes, UTF-8 without NUL, array and map blocks, union and enum indices, depth, total number of
 * items, trailing bytes. Time is linear in the size of the payload, items that take no bytes
 * included. All faults are REJECT and name the field's path.
 */
MUST_CHECK bool guard_check(const struct schema_node *writer, struct bytes payload,
                            struct error *err);

#endif
