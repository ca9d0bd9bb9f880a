#include "common/bus/kafka_consumer.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    FETCH_DEFAULT_KIB = 16 * 1024,
    FETCH_MAX_KIB = 24 * 1024,
    FETCH_MIN_KIB = 2 * 1024,
    MESSAGE_DEFAULT_BYTES = 1000000,
};

/* A full queue makes librdkafka 2.0 pause for a second, so queued.min.messages is never to be the
 * bound. A fetch that waits at the broker delays what is assigned meanwhile: fetch.wait.max.ms. */
static const struct kafka_setting settings[] = {
    {"topic.metadata.refresh.interval.ms", "10000"},
    {"topic.metadata.propagation.max.ms", "5000"},
    {"queued.min.messages", "10000000"},
    {0},
};

static int32_t or_default(int32_t value, int32_t fallback)
{
    return value > 0 ? value : fallback;
}

static bool set_fetch(rd_kafka_conf_t *config, const struct bus_kafka_options *options,
                      struct error *err)
{
    const int64_t fetch_kib = or_default(options->fetch_kib, FETCH_DEFAULT_KIB);
    const int64_t message_bytes = or_default(options->message_max_bytes, MESSAGE_DEFAULT_BYTES);
    const int64_t answer_bytes = fetch_kib * 1024 / 2;

    if (fetch_kib < FETCH_MIN_KIB || fetch_kib > FETCH_MAX_KIB) {
        return error_set(err, ERROR_FATAL, "prefetching %" PRId64 " KiB is outside %d to %d",
                         fetch_kib, FETCH_MIN_KIB, FETCH_MAX_KIB);
    }
    if (message_bytes > answer_bytes) {
        return error_set(err, ERROR_FATAL,
                         "a message of %" PRId64 " bytes needs more prefetching than %" PRId64
                         " KiB",
                         message_bytes, fetch_kib);
    }
    return kafka_config_set_number(config, "message.max.bytes", message_bytes, err) &&
           kafka_config_set_number(config, "queued.max.messages.kbytes", fetch_kib, err) &&
           kafka_config_set_number(config, "fetch.max.bytes", answer_bytes, err) &&
           kafka_config_set_number(config, "fetch.message.max.bytes",
                                   message_bytes > 1024 * 1024 ? message_bytes : 1024 * 1024, err);
}

static void on_error(rd_kafka_t *handle, int code, const char *text, void *opaque)
{
    const struct kafka_consumer *consumer = opaque;

    (void)handle;
    kafka_trouble_note(consumer->trouble, (rd_kafka_resp_err_t)code, text);
}

bool kafka_consumer_init(struct kafka_consumer *consumer, const struct bus_kafka_options *options,
                         const rd_kafka_conf_t *connection, int wake_fd,
                         struct bus_kafka_trouble *trouble, struct error *err)
{
    static const uint64_t one = 1;
    rd_kafka_conf_t *config = rd_kafka_conf_dup(connection);

    *consumer = (struct kafka_consumer){.trouble = trouble};
    rd_kafka_conf_set_opaque(config, consumer);
    rd_kafka_conf_set_error_cb(config, on_error);
    if (!kafka_config_set_reading(config, err) || !kafka_config_set_all(config, settings, err) ||
        !set_fetch(config, options, err)) {
        rd_kafka_conf_destroy(config);
        return false;
    }
    if (!kafka_handle_create(RD_KAFKA_CONSUMER, config, &consumer->handle, err)) {
        return false;
    }
    consumer->queue = rd_kafka_queue_new(consumer->handle);
    rd_kafka_queue_io_event_enable(consumer->queue, wake_fd, &one, sizeof one);
    return true;
}

void kafka_consumer_release(struct kafka_consumer *consumer)
{
    for (size_t i = 0; i < consumer->record_count; i++) {
        rd_kafka_message_destroy(consumer->records[i]);
    }
    consumer->record_count = 0;
    consumer->message_count = 0;
}

static void make_room(struct kafka_consumer *consumer, size_t max_messages)
{
    if (consumer->capacity < max_messages) {
        consumer->capacity = max_messages;
        consumer->records =
            memory_resize(consumer->records, max_messages * sizeof *consumer->records);
        consumer->messages =
            memory_resize(consumer->messages, max_messages * sizeof *consumer->messages);
    }
}

static bool take_failure(const struct kafka_consumer *consumer, const rd_kafka_message_t *record,
                         struct error *err)
{
    if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        return true;
    }
    if (!kafka_error_is_permanent(record->err)) {
        kafka_trouble_note(consumer->trouble, record->err, rd_kafka_message_errstr(record));
        return true;
    }
    if (record->rkt == NULL) {
        return error_set(err, ERROR_FATAL, "reading: %s (%s)", rd_kafka_message_errstr(record),
                         rd_kafka_err2name(record->err));
    }
    return error_set(err, ERROR_FATAL, "reading topic %s partition %d offset %" PRId64 ": %s (%s)",
                     rd_kafka_topic_name(record->rkt), record->partition, record->offset,
                     rd_kafka_message_errstr(record), rd_kafka_err2name(record->err));
}

static struct kafka_reading *find_reading(const struct kafka_consumer *consumer, const char *topic,
                                          int32_t partition)
{
    for (size_t i = 0; i < consumer->reading_count; i++) {
        struct kafka_reading *reading = &consumer->readings[i];

        if (reading->partition.id == partition &&
            strcmp(rd_kafka_topic_name(reading->partition.topic), topic) == 0) {
            return reading;
        }
    }
    return NULL;
}

/* Records come in runs of one partition: `last` is the reading of the record before. */
static struct kafka_reading *view(struct kafka_consumer *consumer, struct kafka_reading *last,
                                  const rd_kafka_message_t *record)
{
    struct bus_message *message = &consumer->messages[consumer->message_count++];

    kafka_message_view(record, message);
    if (last == NULL || last->partition.topic != record->rkt ||
        last->partition.id != record->partition) {
        last = find_reading(consumer, message->topic, message->partition);
    }
    if (last != NULL) {
        last->next = message->offset + 1;
    }
    return last;
}

bool kafka_consumer_take(struct kafka_consumer *consumer, size_t max_messages, struct error *err)
{
    struct kafka_reading *last = NULL;
    ssize_t taken;

    make_room(consumer, max_messages);
    (void)rd_kafka_poll(consumer->handle, 0); /* serves on_error */
    taken = rd_kafka_consume_batch_queue(consumer->queue, 0, consumer->records, max_messages);
    consumer->record_count = taken > 0 ? (size_t)taken : 0;
    for (size_t i = 0; i < consumer->record_count; i++) {
        if (consumer->records[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            last = view(consumer, last, consumer->records[i]);
        } else if (!take_failure(consumer, consumer->records[i], err)) {
            return false;
        }
    }
    return true;
}

/* Keeps the readings that go on where they are, and stops the others. */
static void stop_unwanted(struct kafka_consumer *consumer, const struct bus_start *starts,
                          size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < consumer->reading_count; i++) {
        consumer->readings[i].wanted = false;
    }
    for (size_t i = 0; i < count; i++) {
        struct kafka_reading *reading =
            find_reading(consumer, starts[i].topic, starts[i].partition);

        if (reading != NULL && reading->next == starts[i].offset) {
            reading->wanted = true;
        }
    }
    for (size_t i = 0; i < consumer->reading_count; i++) {
        if (consumer->readings[i].wanted) {
            consumer->readings[kept++] = consumer->readings[i];
        } else {
            kafka_partition_stop(&consumer->readings[i].partition);
        }
    }
    consumer->reading_count = kept;
}

static bool start_reading(struct kafka_consumer *consumer, const struct bus_start *start,
                          struct error *err)
{
    struct kafka_reading reading = {.next = start->offset};

    if (!kafka_partition_start(&reading.partition, consumer->handle, start, consumer->queue, err)) {
        return false;
    }
    if (consumer->reading_count == consumer->reading_capacity) {
        consumer->reading_capacity =
            consumer->reading_capacity == 0 ? 32 : consumer->reading_capacity * 2;
        consumer->readings = memory_resize(consumer->readings,
                                           consumer->reading_capacity * sizeof *consumer->readings);
    }
    consumer->readings[consumer->reading_count++] = reading;
    return true;
}

bool kafka_consumer_assign(struct kafka_consumer *consumer, const struct bus_start *starts,
                           size_t count, struct error *err)
{
    stop_unwanted(consumer, starts, count);
    for (size_t i = 0; i < count; i++) {
        if (find_reading(consumer, starts[i].topic, starts[i].partition) == NULL &&
            !start_reading(consumer, &starts[i], err)) {
            return false;
        }
    }
    return true;
}

void kafka_consumer_finish(struct kafka_consumer *consumer)
{
    kafka_consumer_release(consumer);
    stop_unwanted(consumer, NULL, 0);
    if (consumer->queue != NULL) {
        rd_kafka_queue_io_event_enable(consumer->queue, -1, NULL, 0);
        rd_kafka_queue_destroy(consumer->queue);
    }
    kafka_handle_destroy(consumer->handle);
    free(consumer->readings);
    free(consumer->records);
    free(consumer->messages);
    *consumer = (struct kafka_consumer){0};
}
