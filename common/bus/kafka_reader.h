#ifndef COMMON_KAFKA_READER_H
#define COMMON_KAFKA_READER_H

#include "common/base/error.h"
#include "common/bus/bus.h"
#include "common/bus/bus_kafka.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads stretches of single partitions apart from the group: a handle of its own, made when first
 *  needed, that never joins. */
struct kafka_reader {
    rd_kafka_t *handle;
    rd_kafka_queue_t *queue;
    rd_kafka_conf_t *config;
    rd_kafka_message_t **records;
};

/** Prepares it; `connection` is copied. */
bool kafka_reader_init(struct kafka_reader *reader, const rd_kafka_conf_t *connection,
                       struct error *err) MUST_CHECK;

/** A stretch of one partition, from start.offset to before `end`. */
struct kafka_stretch {
    struct bus_start start;
    int64_t end;
};

/** Hands each record of some stretches of different partitions to `visit`, those of one in their order. RETRY when
 *  the broker falls silent in the middle. */
bool kafka_reader_scan(struct kafka_reader *reader, const struct kafka_stretch *stretches,
                       size_t count,
                       bool (*visit)(void *context, const struct bus_message *message,
                                     struct error *err),
                       void *context, struct error *err) MUST_CHECK;

/** Accepts a zeroed one. */
void kafka_reader_finish(struct kafka_reader *reader);

#endif
