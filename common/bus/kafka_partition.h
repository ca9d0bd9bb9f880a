#ifndef COMMON_KAFKA_PARTITION_H
#define COMMON_KAFKA_PARTITION_H

#include "common/base/error.h"
#include "common/bus/bus.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stdint.h>

/* One partition read into a queue by the calls that librdkafka documents for one partition at a time. They
 * stop synchronously; rd_kafka_assign does not, and two assignments that shortly follow each other stop
 * the same partition twice, on which librdkafka aborts the process (its issue 5573, open in 2.15). */

struct kafka_partition {
    rd_kafka_topic_t *topic; /**< NULL: not started */
    int32_t id;
};

/** Starts to read at `start->offset` into `queue`. */
bool kafka_partition_start(struct kafka_partition *partition, rd_kafka_t *handle,
                           const struct bus_start *start, rd_kafka_queue_t *queue,
                           struct error *err) MUST_CHECK;

/** Stops: of what was read before, nothing comes out of the queue any more. Accepts one not started. */
void kafka_partition_stop(struct kafka_partition *partition);

#endif
