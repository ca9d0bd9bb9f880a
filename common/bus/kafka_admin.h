#ifndef COMMON_KAFKA_ADMIN_H
#define COMMON_KAFKA_ADMIN_H

#include "common/base/error.h"
#include "common/bus/bus_kafka.h"

#include <librdkafka/rdkafka.h>

/** A handle for administering a broker, and what it complained of. Must stay where it is until closed. */
struct kafka_admin {
    rd_kafka_t *handle;
    struct bus_kafka_trouble trouble;
};

/** kafka_admin_close in any case. */
bool kafka_admin_open(struct kafka_admin *admin, const struct bus_kafka_options *options,
                      struct error *err) MUST_CHECK;
void kafka_admin_close(struct kafka_admin *admin);

/** Adds to an error that waiting may mend what the connection complained of, such as a password. Always returns
 *  false. */
bool kafka_admin_explain(struct kafka_admin *admin, struct error *err);

/** Sends one request, which `ask` makes, and waits for its answer; the caller destroys `*out`. RETRY without one. */
bool kafka_admin_ask(struct kafka_admin *admin, rd_kafka_admin_op_t operation,
                     void (*ask)(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options,
                                 rd_kafka_queue_t *queue, void *context),
                     void *context, rd_kafka_event_t **out, struct error *err) MUST_CHECK;

#endif
