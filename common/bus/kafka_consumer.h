#ifndef COMMON_KAFKA_CONSUMER_H
#define COMMON_KAFKA_CONSUMER_H

#include "common/base/error.h"
#include "common/bus/bus.h"
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

/** The reading half of a bus: membership in the group, and the messages of the last poll. */
struct kafka_consumer {
    rd_kafka_t *handle;
    rd_kafka_queue_t *queue;
    rd_kafka_message_t **records; /**< lent by librdkafka until released */
    size_t record_count;
    size_t capacity;
    char *shards_topic; /**< NULL: no membership */
    bool joined;
    struct bus_message *messages; /**< views of the records */
    size_t message_count;
    struct kafka_shards owned;
    struct kafka_shards assigned; /**< since the last release */
    struct kafka_shards revoked;
    bool rebalanced;
    rd_kafka_resp_err_t rebalance_failure; /**< of the assign call inside of the callback */
    struct bus_kafka_trouble *trouble;
};

/** Starts it; `connection` is copied. When something arrives, `wake_fd` (an eventfd) is written to.
 *  `consumer` must stay where it is until kafka_consumer_finish. */
bool kafka_consumer_init(struct kafka_consumer *consumer, const struct bus_kafka_options *options,
                         const rd_kafka_conf_t *connection, int wake_fd,
                         struct bus_kafka_trouble *trouble, struct error *err) MUST_CHECK;

/** Asks for membership, the first time. Not before the first poll: a member that does not poll holds up
 *  the others, and `shards` may not be there yet. */
bool kafka_consumer_join(struct kafka_consumer *consumer, struct error *err) MUST_CHECK;

/** Gives the messages and changes of ownership of the last poll back. */
void kafka_consumer_release(struct kafka_consumer *consumer);

/** Takes what has arrived, without waiting. */
bool kafka_consumer_take(struct kafka_consumer *consumer, size_t max_messages,
                         struct error *err) MUST_CHECK;

bool kafka_consumer_assign(struct kafka_consumer *consumer, const struct bus_start *starts,
                           size_t count, struct error *err) MUST_CHECK;

/** Leaves the group, waiting a few seconds at most. Accepts a zeroed one. */
void kafka_consumer_finish(struct kafka_consumer *consumer);

#endif
