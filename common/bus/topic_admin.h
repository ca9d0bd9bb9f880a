#ifndef COMMON_TOPIC_ADMIN_H
#define COMMON_TOPIC_ADMIN_H

#include "common/avro/topic.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/bus/bus_kafka.h"

#include <stddef.h>
#include <stdint.h>

enum topic_outcome {
    TOPIC_MISSING, /**< only looked for */
    TOPIC_CREATED,
    TOPIC_PRESENT,
    TOPIC_PARTITIONS_DIFFER, /**< left as it is: a key would change its partition */
};

struct topic_result {
    const char *name; /**< borrowed from the declaration */
    enum topic_outcome outcome;
    int32_t wanted; /**< partitions */
    int32_t found;  /**< partitions; 0 when missing or created */
};

struct topic_admin_result {
    const struct topic_result *topics; /**< in the order of the declarations; of the arena */
    size_t topic_count;
    size_t missing;
    size_t created;
    size_t differing;
};

/** Creates the declared topics that are missing, with their partitions (`shard_count` where declared per
 *  shard), cleanup policy and retention; never alters one that exists. `look_only`: nothing is created. May be
 *  repeated. The replication is the broker's default. RETRY when the broker is away, FATAL when it refuses a topic. */
bool topic_admin_apply(const struct bus_kafka_options *options,
                       const struct topic_declaration *declarations, size_t declaration_count,
                       int32_t shard_count, bool look_only, struct arena *arena,
                       struct topic_admin_result *out, struct error *err) MUST_CHECK;

#endif
