#include "tests/bench/bench.h"
#include "tests/bench/timing.h"

#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>

/* librdkafka with nothing around it: what reading and writing cost at least. */

enum { BATCH = 1000, MESSAGE_BYTES = 97, WAIT_MS = 5000, FLUSH_MS = 60000, SERVE_EVERY = 1024 };

static rd_kafka_conf_t *settings_of(const struct bench *bench, const char *const (*pairs)[2],
                                    struct error *err)
{
    rd_kafka_conf_t *settings = rd_kafka_conf_new();
    char reason[256];
    bool good = rd_kafka_conf_set(settings, "bootstrap.servers", bench->cli.stack.brokers, reason,
                                  sizeof reason) == RD_KAFKA_CONF_OK;

    for (; good && (*pairs)[0] != NULL; pairs++) {
        good = rd_kafka_conf_set(settings, (*pairs)[0], (*pairs)[1], reason, sizeof reason) ==
               RD_KAFKA_CONF_OK;
    }
    if (!good) {
        (void)error_set(err, ERROR_FATAL, "%s", reason);
        rd_kafka_conf_destroy(settings);
        return NULL;
    }
    return settings;
}

static void print_figures(int64_t events, double seconds, double cpu)
{
    printf("{\"events\": %" PRId64 ", \"seconds\": %.4f, \"cpu_s\": %.4f}\n", events, seconds, cpu);
}

static bool consume_all(struct bench *bench, rd_kafka_queue_t *queue, struct error *err)
{
    rd_kafka_message_t *messages[BATCH];
    double started = 0;
    double cpu = 0;
    int64_t got = 0;

    while (got < bench->count) {
        const ssize_t count = rd_kafka_consume_batch_queue(queue, WAIT_MS, messages, BATCH);

        if (count <= 0) {
            return error_set(err, ERROR_FATAL, "%" PRId64 " messages came of %" PRId64, got,
                             bench->count);
        }
        if (got == 0) {
            started = timing_now();
            cpu = timing_cpu();
        }
        for (ssize_t i = 0; i < count; i++) {
            got += messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
            rd_kafka_message_destroy(messages[i]);
        }
    }
    print_figures(got, timing_now() - started, timing_cpu() - cpu);
    return true;
}

bool bench_consume(struct bench *bench, struct error *err)
{
    static const char *const pairs[][2] = {
        {"group.id", "abasto-bench"},           {"enable.auto.commit", "false"},
        {"auto.offset.reset", "error"},         {"queued.min.messages", "200000"},
        {"fetch.message.max.bytes", "4194304"}, {NULL, NULL}};
    rd_kafka_conf_t *settings = settings_of(bench, pairs, err);
    rd_kafka_t *handle;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    char reason[256];
    bool good = true;

    if (settings == NULL) {
        return false;
    }
    handle = rd_kafka_new(RD_KAFKA_CONSUMER, settings, reason, sizeof reason);
    if (handle == NULL) {
        rd_kafka_conf_destroy(settings);
        return error_set(err, ERROR_FATAL, "%s", reason);
    }
    topic = rd_kafka_topic_new(handle, bench->topic, NULL);
    queue = rd_kafka_queue_new(handle);
    for (int32_t i = 0; good && i < bench->cli.stack.shards; i++) {
        good = rd_kafka_consume_start_queue(topic, i, RD_KAFKA_OFFSET_BEGINNING, queue) == 0 ||
               error_set(err, ERROR_FATAL, "%s", rd_kafka_err2str(rd_kafka_last_error()));
    }
    good = good && consume_all(bench, queue, err);
    for (int32_t i = 0; i < bench->cli.stack.shards; i++) {
        (void)rd_kafka_consume_stop(topic, i);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(handle);
    return good;
}

/* The opaque of the handle counts what arrived. */
static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
    int64_t *arrived = opaque;

    (void)handle;
    *arrived += message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
}

static bool produce_one(rd_kafka_t *handle, rd_kafka_topic_t *topic, int64_t n, struct error *err)
{
    static char payload[MESSAGE_BYTES];
    char key[16];
    const int length = snprintf(key, sizeof key, "CT-%05" PRId64, n * 7919 % 5000);

    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, payload,
                            sizeof payload, key, (size_t)length, NULL) != 0) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            return error_set(err, ERROR_FATAL, "%s", rd_kafka_err2str(rd_kafka_last_error()));
        }
        (void)rd_kafka_poll(handle, 10);
    }
    if (n % SERVE_EVERY == 0) {
        (void)rd_kafka_poll(handle, 0);
    }
    return true;
}

bool bench_produce(struct bench *bench, struct error *err)
{
    static const char *const pairs[][2] = {{"enable.idempotence", "true"},
                                           {"linger.ms", "10"},
                                           {"batch.num.messages", "10000"},
                                           {"queue.buffering.max.messages", "500000"},
                                           {NULL, NULL}};
    rd_kafka_conf_t *settings = settings_of(bench, pairs, err);
    rd_kafka_t *handle;
    rd_kafka_topic_t *topic;
    int64_t arrived = 0;
    double started;
    double cpu;
    char reason[256];
    bool good;

    if (settings == NULL) {
        return false;
    }
    rd_kafka_conf_set_dr_msg_cb(settings, on_delivery);
    rd_kafka_conf_set_opaque(settings, &arrived);
    handle = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason, sizeof reason);
    if (handle == NULL) {
        rd_kafka_conf_destroy(settings);
        return error_set(err, ERROR_FATAL, "%s", reason);
    }
    topic = rd_kafka_topic_new(handle, bench->topic, NULL);
    /* one first, so that the producer's id and the topic's leaders are known */
    good = produce_one(handle, topic, 0, err) && rd_kafka_flush(handle, FLUSH_MS) == 0;
    started = timing_now();
    cpu = timing_cpu();
    for (int64_t n = 1; good && n <= bench->count; n++) {
        good = produce_one(handle, topic, n, err);
    }
    good = good && rd_kafka_flush(handle, FLUSH_MS) == 0;
    if (good && arrived == bench->count + 1) {
        print_figures(bench->count, timing_now() - started, timing_cpu() - cpu);
    } else {
        (void)error_set(err, ERROR_FATAL, "%" PRId64 " arrived of %" PRId64, arrived, bench->count);
        good = false;
    }
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(handle);
    return good;
}
