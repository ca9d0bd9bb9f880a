#include "common/bus/kafka_consumer.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SESSION_DEFAULT_MS = 10000,
    FETCH_DEFAULT_KIB = 16 * 1024,
    FETCH_MAX_KIB = 24 * 1024,
    FETCH_MIN_KIB = 2 * 1024,
    MESSAGE_DEFAULT_BYTES = 1000000,
    POLL_INTERVAL_MS = 300000,
    HEARTBEAT_MAX_MS = 1000,
    CLOSE_MS = 3000,
};

/* A full queue makes librdkafka 2.0 pause for a second, so queued.min.messages is never to be the
 * bound. A fetch that waits at the broker delays what is assigned meanwhile: fetch.wait.max.ms. */
static const struct kafka_setting settings[] = {
    {"partition.assignment.strategy", "range"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"isolation.level", "read_uncommitted"},
    {"check.crcs", "true"},
    {"queued.min.messages", "10000000"},
    {"topic.metadata.refresh.interval.ms", "10000"},
    {"topic.metadata.propagation.max.ms", "5000"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.error.backoff.ms", "100"},
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

static bool set_group(rd_kafka_conf_t *config, const struct bus_kafka_options *options,
                      struct error *err)
{
    const int64_t session_ms = or_default(options->session_timeout_ms, SESSION_DEFAULT_MS);
    const int64_t beat_ms = session_ms / 6;
    const int64_t interval_ms = session_ms > POLL_INTERVAL_MS ? session_ms : POLL_INTERVAL_MS;
    /* librdkafka wants a group even of who only reads; without a subscription none is joined. */
    const char *group = options->group != NULL ? options->group : "abasto-reader";

    return kafka_config_set(config, "group.id", group, err) &&
           kafka_config_set_number(config, "session.timeout.ms", session_ms, err) &&
           kafka_config_set_number(config, "heartbeat.interval.ms",
                                   beat_ms < HEARTBEAT_MAX_MS ? beat_ms : HEARTBEAT_MAX_MS, err) &&
           kafka_config_set_number(config, "max.poll.interval.ms", interval_ms, err);
}

static void note(struct bus_kafka_trouble *trouble, rd_kafka_resp_err_t code, const char *text)
{
    trouble->count++;
    (void)snprintf(trouble->last, sizeof trouble->last, "%s: %s", rd_kafka_err2name(code),
                   text != NULL ? text : "");
}

static void on_error(rd_kafka_t *handle, int code, const char *text, void *opaque)
{
    const struct kafka_consumer *consumer = opaque;

    (void)handle;
    note(consumer->trouble, (rd_kafka_resp_err_t)code, text);
}

static void add_shard(struct kafka_shards *shards, int32_t id)
{
    if (shards->count == shards->capacity) {
        shards->capacity = shards->capacity == 0 ? 32 : shards->capacity * 2;
        shards->ids = memory_resize(shards->ids, shards->capacity * sizeof *shards->ids);
    }
    shards->ids[shards->count++] = id;
}

static bool remove_shard(struct kafka_shards *shards, int32_t id)
{
    for (size_t i = 0; i < shards->count; i++) {
        if (shards->ids[i] == id) {
            shards->ids[i] = shards->ids[--shards->count];
            return true;
        }
    }
    return false;
}

/* A shard that came and went inside one poll was never the runtime's: it is told of neither. */
static void revoke_all(struct kafka_consumer *consumer)
{
    for (size_t i = 0; i < consumer->owned.count; i++) {
        if (!remove_shard(&consumer->assigned, consumer->owned.ids[i])) {
            add_shard(&consumer->revoked, consumer->owned.ids[i]);
        }
    }
    consumer->owned.count = 0;
}

/* Runs inside of kafka_consumer_take (and of the closing). It takes nothing over: it writes down what
 * changed and stops reading, since every assignment is replaced by the runtime afterwards. An empty
 * list answers an assignment, NULL a revocation. */
static void on_rebalance(rd_kafka_t *handle, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct kafka_consumer *consumer = opaque;
    rd_kafka_topic_partition_list_t *nothing = NULL;

    consumer->rebalanced = true;
    revoke_all(consumer);
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        nothing = rd_kafka_topic_partition_list_new(1);
        for (int i = 0; i < partitions->cnt; i++) {
            add_shard(&consumer->owned, partitions->elems[i].partition);
            add_shard(&consumer->assigned, partitions->elems[i].partition);
        }
    }
    consumer->rebalance_failure = rd_kafka_assign(handle, nothing);
    if (nothing != NULL) {
        rd_kafka_topic_partition_list_destroy(nothing);
    }
}

bool kafka_consumer_join(struct kafka_consumer *consumer, struct error *err)
{
    rd_kafka_topic_partition_list_t *topics;
    rd_kafka_resp_err_t code;

    if (consumer->shards_topic == NULL || consumer->joined) {
        return true;
    }
    topics = rd_kafka_topic_partition_list_new(1);
    (void)rd_kafka_topic_partition_list_add(topics, consumer->shards_topic, RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(consumer->handle, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_set(err, ERROR_FATAL, "cannot subscribe to %s: %s", consumer->shards_topic,
                         rd_kafka_err2str(code));
    }
    consumer->joined = true;
    return true;
}

bool kafka_consumer_init(struct kafka_consumer *consumer, const struct bus_kafka_options *options,
                         const rd_kafka_conf_t *connection, int wake_fd,
                         struct bus_kafka_trouble *trouble, struct error *err)
{
    static const uint64_t one = 1;
    rd_kafka_conf_t *config;

    if (options->group != NULL && options->shards_topic == NULL) {
        return error_set(err, ERROR_FATAL, "group %s has no topic of shards", options->group);
    }
    *consumer = (struct kafka_consumer){.trouble = trouble};
    config = rd_kafka_conf_dup(connection);
    rd_kafka_conf_set_opaque(config, consumer);
    rd_kafka_conf_set_error_cb(config, on_error);
    rd_kafka_conf_set_rebalance_cb(config, on_rebalance);
    if (!kafka_config_set_all(config, settings, err) || !set_fetch(config, options, err) ||
        !set_group(config, options, err)) {
        rd_kafka_conf_destroy(config);
        return false;
    }
    if (!kafka_handle_create(RD_KAFKA_CONSUMER, config, &consumer->handle, err)) {
        return false;
    }
    (void)rd_kafka_poll_set_consumer(consumer->handle);
    consumer->queue = rd_kafka_queue_get_consumer(consumer->handle);
    rd_kafka_queue_io_event_enable(consumer->queue, wake_fd, &one, sizeof one);
    if (options->group != NULL) {
        consumer->shards_topic = memory_copy(options->shards_topic);
    }
    return true;
}

void kafka_consumer_release(struct kafka_consumer *consumer)
{
    for (size_t i = 0; i < consumer->record_count; i++) {
        rd_kafka_message_destroy(consumer->records[i]);
    }
    consumer->record_count = 0;
    consumer->message_count = 0;
    consumer->assigned.count = 0;
    consumer->revoked.count = 0;
    consumer->rebalanced = false;
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

/* The topic of ownership may be made after us: membership waits for it. */
static bool is_missing_shards(const struct kafka_consumer *consumer,
                              const rd_kafka_message_t *record)
{
    return (record->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
            record->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) &&
           consumer->shards_topic != NULL && record->rkt != NULL &&
           strcmp(rd_kafka_topic_name(record->rkt), consumer->shards_topic) == 0;
}

static bool take_failure(struct kafka_consumer *consumer, const rd_kafka_message_t *record,
                         struct error *err)
{
    if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        return true;
    }
    if (!kafka_error_is_permanent(record->err) || is_missing_shards(consumer, record)) {
        note(consumer->trouble, record->err, rd_kafka_message_errstr(record));
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

static bool view_records(struct kafka_consumer *consumer, struct error *err)
{
    for (size_t i = 0; i < consumer->record_count; i++) {
        const rd_kafka_message_t *record = consumer->records[i];

        if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            kafka_message_view(record, &consumer->messages[consumer->message_count++]);
        } else if (!take_failure(consumer, record, err)) {
            return false;
        }
    }
    return true;
}

static bool check_rebalance(const struct kafka_consumer *consumer, struct error *err)
{
    if (consumer->rebalance_failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_set(err, ERROR_FATAL, "answering a rebalance: %s",
                         rd_kafka_err2str(consumer->rebalance_failure));
    }
    return true;
}

bool kafka_consumer_take(struct kafka_consumer *consumer, size_t max_messages, struct error *err)
{
    ssize_t taken;

    make_room(consumer, max_messages);
    taken = rd_kafka_consume_batch_queue(consumer->queue, 0, consumer->records, max_messages);
    consumer->record_count = taken > 0 ? (size_t)taken : 0;
    if (consumer->rebalanced) {
        /* What was gathered belongs to the assignment before, errors too. */
        for (size_t i = 0; i < consumer->record_count; i++) {
            rd_kafka_message_destroy(consumer->records[i]);
        }
        consumer->record_count = 0;
        return check_rebalance(consumer, err);
    }
    return view_records(consumer, err);
}

bool kafka_consumer_assign(struct kafka_consumer *consumer, const struct bus_start *starts,
                           size_t count, struct error *err)
{
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t code;

    for (size_t i = 0; i < count; i++) {
        if (starts[i].offset < 0 || starts[i].partition < 0) {
            return error_set(err, ERROR_FATAL, "topic %s partition %d cannot start at %" PRId64,
                             starts[i].topic, starts[i].partition, starts[i].offset);
        }
    }
    list = rd_kafka_topic_partition_list_new(count > 0 ? (int)count : 1);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(list, starts[i].topic, starts[i].partition)->offset =
            starts[i].offset;
    }
    code = rd_kafka_assign(consumer->handle, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_set(err, ERROR_FATAL, "cannot assign %zu partitions: %s", count,
                         rd_kafka_err2str(code));
    }
    return true;
}

void kafka_consumer_finish(struct kafka_consumer *consumer)
{
    kafka_consumer_release(consumer);
    if (consumer->queue != NULL) {
        rd_kafka_queue_io_event_enable(consumer->queue, -1, NULL, 0);
        rd_kafka_queue_destroy(consumer->queue);
    }
    kafka_handle_close(consumer->handle, CLOSE_MS);
    free(consumer->shards_topic);
    free(consumer->records);
    free(consumer->messages);
    free(consumer->owned.ids);
    free(consumer->assigned.ids);
    free(consumer->revoked.ids);
    *consumer = (struct kafka_consumer){0};
}
