#ifndef COMMON_BUS_KAFKA_H
#define COMMON_BUS_KAFKA_H

#include "common/bus/bus.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bus_kafka_options {
    const char *brokers;
    const char *group;     /**< consumer group: the service, "gateway.imss"; NULL: no membership */
    const char *client_id; /**< shown by the broker */
    const char *shards_topic; /**< the empty topic whose assignment is ownership: "shards" */
    int32_t
        session_timeout_ms; /**< 0: 10 s; the broker bounds it (6 s to 30 min unless configured) */
    int32_t
        fetch_kib; /**< bound of prefetched bytes, all partitions together, <= 24 MiB; 0: 16 MiB */
    int32_t message_max_bytes;   /**< largest message to send; 0: 1,000,000 */
    bool insecure;               /**< allow plaintext (development); otherwise tls_ca is required */
    const char *tls_ca;          /**< path; may be NULL. When given, TLS is used */
    const char *tls_certificate; /**< path; with tls_key, or both NULL */
    const char *tls_key;
    const char *
        sasl_mechanism; /**< PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; NULL: the first. Brokers from 4.0 on refuse the SCRAM
                                    of librdkafka before 2.6.1 */
    const char *sasl_user; /**< with sasl_password, or both NULL: no SASL */
    const char *sasl_password;
};

/** What the broker connection last complained of, though it was no error: broker away, leader moved. */
struct bus_kafka_trouble {
    uint64_t count;
    char last[256];
};

/** Never fails for a broker that is away. The texts of `options` are copied. The caller owns the
 *  result: operations->destroy. FATAL for options that cannot be. */
bool bus_kafka_create(const struct bus_kafka_options *options, struct bus **out,
                      struct error *err) MUST_CHECK;

/** For logs and metrics. `bus` is one of bus_kafka_create; valid until the next call on it. */
const struct bus_kafka_trouble *bus_kafka_trouble(const struct bus *bus);

#endif
