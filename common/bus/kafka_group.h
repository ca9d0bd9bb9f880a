#ifndef COMMON_KAFKA_GROUP_H
#define COMMON_KAFKA_GROUP_H

#include "common/base/error.h"
#include "common/bus/bus_kafka.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kafka_shards {
    int32_t *ids;
    size_t count;
    size_t capacity;
};

/** Membership: a handle that only subscribes to the empty topic of ownership and never reads a message, so
 *  that no assignment of the group stops or starts a reading (kafka_consumer.h does that). */
struct kafka_group {
    rd_kafka_t *handle; /**< NULL: no membership */
    rd_kafka_queue_t *queue;
    char *shards_topic;
    bool joined;
    struct kafka_shards owned;
    struct kafka_shards assigned; /**< since the last release */
    struct kafka_shards revoked;
    bool rebalanced;
    bool in_group;                         /**< the last rebalance gave, if only nothing */
    rd_kafka_resp_err_t rebalance_failure; /**< of the assign call inside of the callback */
    struct bus_kafka_trouble *trouble;
};

/** Starts it, unless `options` name no group; `connection` is copied. When the group has something to say,
 *  `wake_fd` (an eventfd) is written to. `group` must stay where it is until kafka_group_finish. */
bool kafka_group_init(struct kafka_group *group, const struct bus_kafka_options *options,
                      const rd_kafka_conf_t *connection, int wake_fd,
                      struct bus_kafka_trouble *trouble, struct error *err) MUST_CHECK;

/** Answers the group without waiting: asks for membership the first time (not earlier: a member that does
 *  not poll holds up the others, and `shards` may not be there yet), then gathers changes of ownership. */
bool kafka_group_serve(struct kafka_group *group, struct error *err) MUST_CHECK;

/** Forgets the changes of ownership that were gathered. */
void kafka_group_release(struct kafka_group *group);

/** Leaves the group, waiting a few seconds at most. Accepts a zeroed one. */
void kafka_group_finish(struct kafka_group *group);

#endif
