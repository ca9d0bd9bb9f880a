#ifndef COMMON_KAFKA_HANDLE_H
#define COMMON_KAFKA_HANDLE_H

#include "common/base/error.h"
#include "common/bus/bus.h"
#include "common/bus/bus_kafka.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stdint.h>

/* What is done with any handle of librdkafka, and what an error of theirs asks for. */

/** How long a question to the broker (metadata, end of a partition) waits before it is RETRY. */
enum { KAFKA_QUESTION_MS = 3000 };

/** Makes a handle of the configuration, which is consumed in any case. */
bool kafka_handle_create(rd_kafka_type_t type, rd_kafka_conf_t *config, rd_kafka_t **out,
                         struct error *err) MUST_CHECK;

/** Whether waiting cannot mend an error: what it concerns is missing, forbidden, damaged or too large.
 *  All others (broker down, leader moved, group rebalancing) librdkafka mends by itself. */
bool kafka_error_is_permanent(rd_kafka_resp_err_t code);

/** RETRY, or FATAL when permanent. Always returns false. */
bool kafka_error_raise(struct error *err, rd_kafka_resp_err_t code, const char *topic,
                       int32_t partition, const char *doing);

/** Partitions of a topic; 0: no such topic. It is not created. */
bool kafka_topic_partitions(rd_kafka_t *handle, const char *topic, int32_t *out,
                            struct error *err) MUST_CHECK;

/** First offset that is still there and the offset behind the last. */
bool kafka_topic_bounds(rd_kafka_t *handle, const char *topic, int32_t partition, int64_t *begin,
                        int64_t *end, struct error *err) MUST_CHECK;

/** The offset behind the last record of each of some partitions, asked for together. */
bool kafka_topic_ends(rd_kafka_t *handle, const struct bus_start *places, size_t count,
                      int64_t *ends, struct error *err) MUST_CHECK;

/** Leaves the group, waiting `close_ms` at most, and frees the handle. NULL is allowed. */
void kafka_handle_close(rd_kafka_t *handle, int close_ms);

/** Frees a consumer that is in no group and reads nothing any more. NULL is allowed. */
void kafka_handle_destroy(rd_kafka_t *handle);

/** Writes down what was no error. */
void kafka_trouble_note(struct bus_kafka_trouble *trouble, rd_kafka_resp_err_t code,
                        const char *text);

/** Puts what the connection last complained of (a certificate, a password) before an error that waiting may mend.
 *  Always returns false. */
bool kafka_trouble_explain(const struct bus_kafka_trouble *trouble, struct error *err);

/** The header values that a message of the bus shows; see struct bus_header. */
void kafka_message_view(const rd_kafka_message_t *record, struct bus_message *out);

/** Monotonic clock. */
int64_t kafka_clock_ms(void);

#endif
