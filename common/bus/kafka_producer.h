#ifndef COMMON_KAFKA_PRODUCER_H
#define COMMON_KAFKA_PRODUCER_H

#include "common/base/error.h"
#include "common/bus/bus.h"
#include "common/bus/bus_kafka.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kafka_reports {
    struct bus_report *items;
    size_t count;
    size_t capacity;
};

/** A topic that was sent to or asked about. It outlives the producers: reports point to its name. */
struct kafka_target {
    char *name;
    rd_kafka_topic_t *object; /**< of the present producer; NULL until needed */
    int32_t partitions; /**< as the broker said last; 0: not asked for yet, or said to be missing */
};

/** The sending half of a bus. */
struct kafka_producer {
    rd_kafka_t *handle; /**< NULL until the first message */
    rd_kafka_conf_t *config;
    struct kafka_target **targets;
    size_t target_count;
    struct kafka_reports gathered; /**< since the last lending */
    struct kafka_reports lent;
    bool failed;          /**< since the last reset */
    struct error failure; /**< a report that resending cannot mend */
    size_t message_max_bytes;
    int wake_fd;
    struct bus_kafka_trouble *trouble;
};

/** Prepares it; `connection` is copied. `producer` must stay where it is until kafka_producer_finish. */
bool kafka_producer_init(struct kafka_producer *producer, const struct bus_kafka_options *options,
                         const rd_kafka_conf_t *connection, int wake_fd,
                         struct bus_kafka_trouble *trouble, struct error *err) MUST_CHECK;

/** Whether the topic is known to have the partition: else the broker is to be asked before a message is sent. */
bool kafka_producer_knows(struct kafka_producer *producer, const char *topic, int32_t partition);

/** What the broker said of a topic. */
void kafka_producer_learn(struct kafka_producer *producer, const char *topic, int32_t partitions);

/** See bus_operations.send: asks nobody. FATAL for a partition that the topic is not known to have. */
bool kafka_producer_send(struct kafka_producer *producer, const struct bus_message *message,
                         uint64_t token, struct error *err) MUST_CHECK;

/** Gathers the reports that arrived, without waiting. FATAL when one says what resending cannot mend. */
bool kafka_producer_serve(struct kafka_producer *producer, struct error *err) MUST_CHECK;

/** Lends the gathered reports until the next lending. */
void kafka_producer_lend(struct kafka_producer *producer, struct bus_events *out);

/** Throws the handle, its queue and the gathered reports away. */
void kafka_producer_reset(struct kafka_producer *producer);

void kafka_producer_flush(struct kafka_producer *producer, int timeout_ms);

/** Accepts a zeroed one. */
void kafka_producer_finish(struct kafka_producer *producer);

#endif
