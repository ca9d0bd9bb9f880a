#include "tests/bench/bench.h"

#include <librdkafka/rdkafka.h>

/* A topic is taken away, for `prepare` to make anew: each run of a stage begins where nothing was said. */

enum { WAIT_MS = 30000 };

static bool take_answer(rd_kafka_queue_t *queue, struct error *err)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    const rd_kafka_DeleteTopics_result_t *result =
        event == NULL ? NULL : rd_kafka_event_DeleteTopics_result(event);
    const rd_kafka_topic_result_t *const *topics;
    size_t count = 0;
    bool good = false;

    if (result != NULL) {
        topics = (const rd_kafka_topic_result_t *const *)rd_kafka_DeleteTopics_result_topics(
            result, &count);
        good = count == 1 && rd_kafka_topic_result_error(topics[0]) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    if (event != NULL) {
        rd_kafka_event_destroy(event);
    }
    return good || error_set(err, ERROR_FATAL, "the topic could not be taken away");
}

bool bench_empty(struct bench *bench, struct error *err)
{
    rd_kafka_conf_t *settings = rd_kafka_conf_new();
    char reason[256];
    rd_kafka_t *handle = NULL;
    rd_kafka_DeleteTopic_t *topic;
    rd_kafka_queue_t *queue;
    bool good;

    if (rd_kafka_conf_set(settings, "bootstrap.servers", bench->cli.stack.brokers, reason,
                          sizeof reason) == RD_KAFKA_CONF_OK) {
        handle = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason, sizeof reason);
    }
    if (handle == NULL) {
        rd_kafka_conf_destroy(settings);
        return error_set(err, ERROR_FATAL, "%s", reason);
    }
    topic = rd_kafka_DeleteTopic_new(bench->topic);
    queue = rd_kafka_queue_new(handle);
    rd_kafka_DeleteTopics(handle, &topic, 1, NULL, queue);
    good = take_answer(queue, err);
    rd_kafka_queue_destroy(queue);
    rd_kafka_DeleteTopic_destroy(topic);
    rd_kafka_destroy(handle);
    return good;
}
