#ifndef SERVICES_GATEWAY_SIDECAR_H
#define SERVICES_GATEWAY_SIDECAR_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "services/gateway/reason.h"

#include <stdint.h>

/** What `<file>.meta.json` says of a file; all of it is optional. */
struct sidecar {
    const char *layout; /**< NULL: to be recognised from the header */
    int64_t as_of;      /**< microseconds; a day is its midnight in UTC, as for `corte` */
    bool has_as_of;
    bool invented;
    struct reason_said fault; /**< why it cannot be used, without its name; none: it can */
    const char *digest; /**< short, of what it says; NULL: there is none, or it says nothing */
};

/** Reads a sidecar; one that is not there says nothing. What is wrong with its content is a `fault`, RETRY that it
 *  cannot be read at all. Texts are the arena's. */
bool sidecar_read(const char *path, struct arena *arena, struct sidecar *out,
                  struct error *err) MUST_CHECK;

#endif
