#ifndef COMMON_KAFKA_CONFIG_H
#define COMMON_KAFKA_CONFIG_H

#include "common/base/error.h"
#include "common/bus/bus_kafka.h"

#include <librdkafka/rdkafka.h>

#include <stdint.h>

struct kafka_setting {
    const char *name;
    const char *value;
};

/** The settings of the connection. The caller owns the result: rd_kafka_conf_destroy. */
bool kafka_config_connection(const struct bus_kafka_options *options, rd_kafka_conf_t **out,
                             struct error *err) MUST_CHECK;

/** Sets what every handle that reads single partitions has in common. */
bool kafka_config_set_reading(rd_kafka_conf_t *config, struct error *err) MUST_CHECK;

/** Sets a list that ends with a zeroed row. */
bool kafka_config_set_all(rd_kafka_conf_t *config, const struct kafka_setting *settings,
                          struct error *err) MUST_CHECK;
bool kafka_config_set(rd_kafka_conf_t *config, const char *name, const char *value,
                      struct error *err) MUST_CHECK;
bool kafka_config_set_number(rd_kafka_conf_t *config, const char *name, int64_t value,
                             struct error *err) MUST_CHECK;

#endif
