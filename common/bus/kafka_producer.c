#include "common/bus/kafka_producer.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_DEFAULT_BYTES = 1000000,
    MESSAGE_OVERHEAD_BYTES = 128, /* what the batch of a single record adds, generously */
    HEADER_OVERHEAD_BYTES = 10,
    REPORTS_FIRST = 1024,
};

/* Nothing that was sent is ever given up by the clock: it is reported, or thrown away by a reset. */
static const struct kafka_setting settings[] = {
    {"acks", "all"},
    {"enable.idempotence", "true"},
    {"enable.gapless.guarantee", "true"},
    {"message.timeout.ms", "0"},
    {"linger.ms", "2"},
    {"queue.buffering.max.messages", "200000"},
    {"queue.buffering.max.kbytes", "65536"},
    {0},
};

static bool says_unknown(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

/* A fatal state ends with the producer, and whether a topic is missing is asked before the next send. */
static bool resending_mends(rd_kafka_resp_err_t code)
{
    return !kafka_error_is_permanent(code) || code == RD_KAFKA_RESP_ERR__FATAL ||
           code == RD_KAFKA_RESP_ERR__FENCED || says_unknown(code);
}

static void on_error(rd_kafka_t *handle, int code, const char *text, void *opaque)
{
    struct kafka_producer *producer = opaque;
    char reason[200];

    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        const rd_kafka_resp_err_t cause = rd_kafka_fatal_error(handle, reason, sizeof reason);

        kafka_trouble_note(producer->trouble, cause, reason);
        producer->failed = true;
        if (!resending_mends(cause)) {
            (void)error_set(&producer->failure, ERROR_FATAL, "the producer cannot go on: %s (%s)",
                            reason, rd_kafka_err2name(cause));
        }
        return;
    }
    kafka_trouble_note(producer->trouble, (rd_kafka_resp_err_t)code, text);
}

static void add_report(struct kafka_reports *reports, const struct bus_report *report)
{
    if (reports->count == reports->capacity) {
        reports->capacity = reports->capacity == 0 ? REPORTS_FIRST : reports->capacity * 2;
        reports->items = memory_resize(reports->items, reports->capacity * sizeof *reports->items);
    }
    reports->items[reports->count++] = *report;
}

static void on_report(rd_kafka_t *handle, const rd_kafka_message_t *record, void *opaque)
{
    struct kafka_producer *producer = opaque;
    struct kafka_target *target = rd_kafka_topic_opaque(record->rkt);
    const struct bus_report report = {.token = (uint64_t)(uintptr_t)record->_private,
                                      .delivered = record->err == RD_KAFKA_RESP_ERR_NO_ERROR,
                                      .topic = target->name,
                                      .partition = record->partition,
                                      .offset = record->offset};

    (void)handle;
    add_report(&producer->gathered, &report);
    if (report.delivered) {
        return;
    }
    producer->failed = true;
    target->partitions = says_unknown(record->err) ? 0 : target->partitions;
    kafka_trouble_note(producer->trouble, record->err, rd_kafka_err2str(record->err));
    if (!resending_mends(record->err)) {
        (void)kafka_error_raise(&producer->failure, record->err, target->name, record->partition,
                                "sending to");
    }
}

bool kafka_producer_init(struct kafka_producer *producer, const struct bus_kafka_options *options,
                         const rd_kafka_conf_t *connection, int wake_fd,
                         struct bus_kafka_trouble *trouble, struct error *err)
{
    const int32_t max_bytes =
        options->message_max_bytes > 0 ? options->message_max_bytes : MESSAGE_DEFAULT_BYTES;

    _Static_assert(sizeof(uintptr_t) >= sizeof(uint64_t), "a token travels as a pointer");
    *producer = (struct kafka_producer){.wake_fd = wake_fd,
                                        .trouble = trouble,
                                        .message_max_bytes = (size_t)max_bytes,
                                        .config = rd_kafka_conf_dup(connection)};
    rd_kafka_conf_set_opaque(producer->config, producer);
    rd_kafka_conf_set_error_cb(producer->config, on_error);
    rd_kafka_conf_set_dr_msg_cb(producer->config, on_report);
    if (!kafka_config_set_all(producer->config, settings, err) ||
        !kafka_config_set_number(producer->config, "message.max.bytes", max_bytes, err)) {
        kafka_producer_finish(producer);
        return false;
    }
    return true;
}

static bool start(struct kafka_producer *producer, struct error *err)
{
    static const uint64_t one = 1;
    rd_kafka_queue_t *queue;

    if (producer->handle != NULL) {
        return true;
    }
    if (!kafka_handle_create(RD_KAFKA_PRODUCER, rd_kafka_conf_dup(producer->config),
                             &producer->handle, err)) {
        return false;
    }
    queue = rd_kafka_queue_get_main(producer->handle);
    rd_kafka_queue_io_event_enable(queue, producer->wake_fd, &one, sizeof one);
    rd_kafka_queue_destroy(queue);
    return true;
}

static struct kafka_target *find_target(struct kafka_producer *producer, const char *topic)
{
    struct kafka_target *target;

    for (size_t i = 0; i < producer->target_count; i++) {
        if (strcmp(producer->targets[i]->name, topic) == 0) {
            return producer->targets[i];
        }
    }
    producer->targets =
        memory_resize(producer->targets, (producer->target_count + 1) * sizeof(*producer->targets));
    target = memory_alloc(sizeof *target);
    *target = (struct kafka_target){.name = memory_copy(topic)};
    producer->targets[producer->target_count++] = target;
    return target;
}

static bool open_target(struct kafka_producer *producer, struct kafka_target *target,
                        struct error *err)
{
    rd_kafka_topic_conf_t *config;

    if (target->object != NULL) {
        return true;
    }
    config = rd_kafka_default_topic_conf_dup(producer->handle);
    rd_kafka_topic_conf_set_opaque(config, target);
    target->object = rd_kafka_topic_new(producer->handle, target->name, config);
    if (target->object == NULL) {
        const rd_kafka_resp_err_t code = rd_kafka_last_error();

        rd_kafka_topic_conf_destroy(config);
        return error_set(err, ERROR_FATAL, "topic %s cannot be: %s", target->name,
                         rd_kafka_err2str(code));
    }
    return true;
}

/* Nobody is asked here: a question that waits would hold up the only thread while the broker is away. */
static bool check_partition(const struct kafka_target *target, int32_t partition, struct error *err)
{
    return (partition >= 0 && partition < target->partitions) ||
           error_set(err, ERROR_FATAL, "topic %s has %d partitions, there is no partition %d",
                     target->name, target->partitions, partition);
}

bool kafka_producer_knows(struct kafka_producer *producer, const char *topic, int32_t partition)
{
    return partition < find_target(producer, topic)->partitions;
}

void kafka_producer_learn(struct kafka_producer *producer, const char *topic, int32_t partitions)
{
    find_target(producer, topic)->partitions = partitions;
}

static bool check_size(const struct kafka_producer *producer, const struct bus_message *message,
                       struct error *err)
{
    size_t bytes = message->key.size + message->payload.size + MESSAGE_OVERHEAD_BYTES;

    for (size_t i = 0; i < message->header_count; i++) {
        bytes += strlen(message->headers[i].name) + strlen(message->headers[i].value) +
                 HEADER_OVERHEAD_BYTES;
    }
    if (bytes > producer->message_max_bytes) {
        return error_set(err, ERROR_FATAL,
                         "a message of %zu bytes to topic %s partition %d is over the %zu allowed",
                         bytes, message->topic, message->partition, producer->message_max_bytes);
    }
    return true;
}

static rd_kafka_headers_t *copy_headers(const struct bus_message *message)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(message->header_count);

    for (size_t i = 0; i < message->header_count; i++) {
        (void)rd_kafka_header_add(headers, message->headers[i].name, -1, message->headers[i].value,
                                  -1);
    }
    return headers;
}

/* librdkafka copies what it is given, though its types do not say so. */
static void *lend(struct bytes bytes)
{
    return (void *)(uintptr_t)bytes.data;
}

static rd_kafka_resp_err_t queue_message(struct kafka_producer *producer,
                                         const struct kafka_target *target,
                                         const struct bus_message *message, uint64_t token)
{
    rd_kafka_headers_t *headers = copy_headers(message);
    const rd_kafka_resp_err_t code = rd_kafka_producev(
        producer->handle, RD_KAFKA_V_RKT(target->object), RD_KAFKA_V_PARTITION(message->partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(lend(message->key), message->key.size),
        RD_KAFKA_V_VALUE(lend(message->payload), message->payload.size),
        RD_KAFKA_V_TIMESTAMP(message->timestamp_ms), RD_KAFKA_V_OPAQUE((void *)(uintptr_t)token),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_headers_destroy(headers);
    }
    return code;
}

bool kafka_producer_send(struct kafka_producer *producer, const struct bus_message *message,
                         uint64_t token, struct error *err)
{
    struct kafka_target *target;
    rd_kafka_resp_err_t code;

    if (producer->failed) {
        return error_set(err, ERROR_RETRY, "sending failed before: a reset is due");
    }
    if (!check_size(producer, message, err) || !start(producer, err)) {
        return false;
    }
    target = find_target(producer, message->topic);
    if (!open_target(producer, target, err) || !check_partition(target, message->partition, err)) {
        return false;
    }
    code = queue_message(producer, target, message, token);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return true;
    }
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        producer->failed = true;
        return error_set(err, ERROR_RETRY, "the producer cannot go on: a reset is due");
    }
    return kafka_error_raise(err, code, message->topic, message->partition, "sending to");
}

bool kafka_producer_serve(struct kafka_producer *producer, struct error *err)
{
    if (producer->handle != NULL) {
        (void)rd_kafka_poll(producer->handle, 0);
    }
    if (producer->failure.action != ERROR_NONE) {
        return error_set(err, ERROR_FATAL, "%s", producer->failure.message);
    }
    return true;
}

void kafka_producer_lend(struct kafka_producer *producer, struct bus_events *out)
{
    const struct kafka_reports before = producer->lent;

    producer->lent = producer->gathered;
    producer->gathered = before;
    producer->gathered.count = 0;
    out->reports = producer->lent.items;
    out->report_count = producer->lent.count;
    out->send_failed = producer->failed;
}

void kafka_producer_reset(struct kafka_producer *producer)
{
    for (size_t i = 0; i < producer->target_count; i++) {
        struct kafka_target *target = producer->targets[i];

        if (target->object != NULL) {
            rd_kafka_topic_destroy(target->object);
            target->object = NULL;
        }
    }
    if (producer->handle != NULL) {
        rd_kafka_queue_t *queue = rd_kafka_queue_get_main(producer->handle);

        rd_kafka_queue_io_event_enable(queue, -1, NULL, 0);
        rd_kafka_queue_destroy(queue);
        (void)rd_kafka_purge(producer->handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                                   RD_KAFKA_PURGE_F_NON_BLOCKING);
        rd_kafka_destroy(producer->handle);
        producer->handle = NULL;
    }
    producer->gathered.count = 0;
    producer->failed = false;
    error_clear(&producer->failure);
}

void kafka_producer_flush(struct kafka_producer *producer, int timeout_ms)
{
    if (producer->handle != NULL) {
        (void)rd_kafka_flush(producer->handle, timeout_ms);
    }
}

void kafka_producer_finish(struct kafka_producer *producer)
{
    kafka_producer_reset(producer);
    if (producer->config != NULL) {
        rd_kafka_conf_destroy(producer->config);
    }
    for (size_t i = 0; i < producer->target_count; i++) {
        free(producer->targets[i]->name);
        free(producer->targets[i]);
    }
    free(producer->targets);
    free(producer->gathered.items);
    free(producer->lent.items);
    *producer = (struct kafka_producer){0};
}
