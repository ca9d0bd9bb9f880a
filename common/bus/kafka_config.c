#include "common/bus/kafka_config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct kafka_setting common_settings[] = {
    {"allow.auto.create.topics", "false"},
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"socket.timeout.ms", "15000"},
    {"socket.connection.setup.timeout.ms", "5000"},
    {"reconnect.backoff.max.ms", "1000"},
    {"log.connection.close", "false"},
    {0},
};

/* No offset is ever committed to the broker: PostgreSQL holds the positions. What a client aborted in a transaction
 * of its own was never said. */
static const struct kafka_setting reading_settings[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.commit.enable", "false"},
    {"auto.offset.reset", "error"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.error.backoff.ms", "100"},
    {0},
};

/* Only the runtime logs: what matters comes as an error or as trouble. */
static void drop_log(const rd_kafka_t *handle, int level, const char *facility, const char *text)
{
    (void)handle;
    (void)level;
    (void)facility;
    (void)text;
}

bool kafka_config_set(rd_kafka_conf_t *config, const char *name, const char *value,
                      struct error *err)
{
    char reason[160];

    if (rd_kafka_conf_set(config, name, value, reason, sizeof reason) != RD_KAFKA_CONF_OK) {
        return error_set(err, ERROR_FATAL, "librdkafka refuses %s: %s", name, reason);
    }
    return true;
}

bool kafka_config_set_number(rd_kafka_conf_t *config, const char *name, int64_t value,
                             struct error *err)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, value);
    return kafka_config_set(config, name, text, err);
}

bool kafka_config_set_all(rd_kafka_conf_t *config, const struct kafka_setting *settings,
                          struct error *err)
{
    for (const struct kafka_setting *setting = settings; setting->name != NULL; setting++) {
        if (!kafka_config_set(config, setting->name, setting->value, err)) {
            return false;
        }
    }
    return true;
}

bool kafka_config_set_reading(rd_kafka_conf_t *config, struct error *err)
{
    return kafka_config_set_all(config, reading_settings, err);
}

static bool set_optional(rd_kafka_conf_t *config, const char *name, const char *value,
                         struct error *err)
{
    return value == NULL || kafka_config_set(config, name, value, err);
}

static bool set_tls(rd_kafka_conf_t *config, const struct bus_kafka_options *options,
                    struct error *err)
{
    if (options->tls_ca == NULL) {
        return options->insecure ||
               error_set(err, ERROR_FATAL,
                         "the broker connection would be plaintext: give the TLS settings, or "
                         "allow it for development");
    }
    if ((options->tls_certificate == NULL) != (options->tls_key == NULL)) {
        return error_set(err, ERROR_FATAL,
                         "a TLS certificate needs its key, and a key its "
                         "certificate");
    }
    return kafka_config_set(config, "ssl.ca.location", options->tls_ca, err) &&
           set_optional(config, "ssl.certificate.location", options->tls_certificate, err) &&
           set_optional(config, "ssl.key.location", options->tls_key, err) &&
           kafka_config_set(config, "ssl.endpoint.identification.algorithm", "https", err);
}

/* The others that librdkafka has need settings that we do not offer. */
static const char *const mechanisms[] = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", NULL};

static bool set_sasl(rd_kafka_conf_t *config, const struct bus_kafka_options *options,
                     struct error *err)
{
    const char *mechanism = options->sasl_mechanism != NULL ? options->sasl_mechanism : "PLAIN";
    size_t known = 0;

    if ((options->sasl_user == NULL) != (options->sasl_password == NULL)) {
        return error_set(err, ERROR_FATAL, "a SASL user needs a password, and a password its user");
    }
    if (options->sasl_user == NULL) {
        return true;
    }
    while (mechanisms[known] != NULL && strcmp(mechanisms[known], mechanism) != 0) {
        known++;
    }
    if (mechanisms[known] == NULL) {
        return error_set(err, ERROR_FATAL,
                         "SASL mechanism %s is not PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
                         mechanism);
    }
    return kafka_config_set(config, "sasl.mechanism", mechanism, err) &&
           kafka_config_set(config, "sasl.username", options->sasl_user, err) &&
           kafka_config_set(config, "sasl.password", options->sasl_password, err);
}

static bool set_security(rd_kafka_conf_t *config, const struct bus_kafka_options *options,
                         struct error *err)
{
    static const char *const protocols[2][2] = {{"plaintext", "sasl_plaintext"},
                                                {"ssl", "sasl_ssl"}};

    return set_tls(config, options, err) && set_sasl(config, options, err) &&
           kafka_config_set(config, "security.protocol",
                            protocols[options->tls_ca != NULL][options->sasl_user != NULL], err);
}

bool kafka_config_connection(const struct bus_kafka_options *options, rd_kafka_conf_t **out,
                             struct error *err)
{
    rd_kafka_conf_t *config;

    if (options->brokers == NULL || options->brokers[0] == '\0') {
        return error_set(err, ERROR_FATAL, "no brokers are given");
    }
    config = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(config, drop_log);
    if (!kafka_config_set_all(config, common_settings, err) ||
        !kafka_config_set(config, "bootstrap.servers", options->brokers, err) ||
        !set_optional(config, "client.id", options->client_id, err) ||
        !set_security(config, options, err)) {
        rd_kafka_conf_destroy(config);
        return false;
    }
    *out = config;
    return true;
}
