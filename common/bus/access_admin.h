#ifndef COMMON_ACCESS_ADMIN_H
#define COMMON_ACCESS_ADMIN_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/bus/access.h"
#include "common/bus/bus_kafka.h"

struct access_wish {
    bool create; /**< what is missing; false: look only */
    bool remove; /**< what is extra */
};

struct access_result {
    bool enforced; /**< false: the broker has no authorizer, so there is nothing to compare */
    size_t declared;
    struct access_differences
        differences; /**< as found, before anything was changed; of the arena */
    size_t created;
    size_t removed;
};

/** Compares the broker's rules with the declared ones and brings it nearer to them, as far as wished; foreign ones
 *  stay. May be repeated. RETRY when the broker is away, FATAL when it refuses: not every principal may do this. */
bool access_apply(const struct bus_kafka_options *options,
                  const struct access_declaration *declaration, const struct access_wish *wish,
                  struct arena *arena, struct access_result *out, struct error *err) MUST_CHECK;

#endif
