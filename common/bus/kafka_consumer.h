#ifndef COMMON_KAFKA_CONSUMER_H
#define COMMON_KAFKA_CONSUMER_H

#include "common/base/error.h"
#include "common/bus/bus.h"
#include "common/bus/bus_kafka.h"
#include "common/bus/kafka_partition.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A partition that is read. */
struct kafka_reading {
    struct kafka_partition partition;
    int64_t next; /**< offset that comes next: behind the last one taken */
    bool wanted;  /**< by the assignment being made */
};

/** The reading half of a bus: a handle that knows no group, what it reads, and the messages of the last
 *  poll. */
struct kafka_consumer {
    rd_kafka_t *handle;
    rd_kafka_queue_t *queue;
    struct kafka_reading *readings;
    size_t reading_count;
    size_t reading_capacity;
    rd_kafka_message_t **records; /**< lent by librdkafka until released */
    size_t record_count;
    size_t capacity;
    struct bus_message *messages; /**< views of the records */
    size_t message_count;
    struct bus_kafka_trouble *trouble;
};

/** Starts it; `connection` is copied. When something arrives, `wake_fd` (an eventfd) is written to.
 *  `consumer` must stay where it is until kafka_consumer_finish. */
bool kafka_consumer_init(struct kafka_consumer *consumer, const struct bus_kafka_options *options,
                         const rd_kafka_conf_t *connection, int wake_fd,
                         struct bus_kafka_trouble *trouble, struct error *err) MUST_CHECK;

/** Gives the messages of the last poll back. */
void kafka_consumer_release(struct kafka_consumer *consumer);

/** Takes what has arrived, without waiting. */
bool kafka_consumer_take(struct kafka_consumer *consumer, size_t max_messages,
                         struct error *err) MUST_CHECK;

/** Replaces the set of what is read. What goes on at its own offset is not disturbed; what was read before
 *  and is left out or read again from elsewhere has stopped when this returns. */
bool kafka_consumer_assign(struct kafka_consumer *consumer, const struct bus_start *starts,
                           size_t count, struct error *err) MUST_CHECK;

/** Accepts a zeroed one. */
void kafka_consumer_finish(struct kafka_consumer *consumer);

#endif
