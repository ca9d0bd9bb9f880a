#ifndef COMMON_AVRO_PATH_H
#define COMMON_AVRO_PATH_H

#include "common/base/error.h"

#include <stddef.h>

/** Where in a record one is: a chain on the call stack, spelled out only when something is wrong. */
struct path {
    const struct path *parent; /**< NULL at the root, which has no name */
    const char *name;          /**< of a field, or NULL for an item */
    size_t index;              /**< of an item */
};

/** Spells it out, cut to the room there is; "" at the root. */
void path_text(const struct path *path, char *out, size_t out_bytes);

/** Raises REJECT with "receipt.lots[2].expires_on: " before the message. Always returns false. */
bool path_reject(struct error *err, const struct path *path, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
