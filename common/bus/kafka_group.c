#include "common/bus/kafka_group.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"

#include <stdlib.h>
#include <string.h>

enum {
    SESSION_DEFAULT_MS = 10000,
    POLL_INTERVAL_MS = 300000,
    HEARTBEAT_MAX_MS = 300, /* until it beats, a member does not know that another one left */
    CLOSE_MS = 3000,
};

static const struct kafka_setting settings[] = {
    {"partition.assignment.strategy", "range"},    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},         {"topic.metadata.refresh.interval.ms", "10000"},
    {"topic.metadata.propagation.max.ms", "5000"}, {0},
};

static bool set_group(rd_kafka_conf_t *config, const struct bus_kafka_options *options,
                      struct error *err)
{
    const int64_t session_ms =
        options->session_timeout_ms > 0 ? options->session_timeout_ms : SESSION_DEFAULT_MS;
    const int64_t beat_ms = session_ms / 6;
    const int64_t interval_ms = session_ms > POLL_INTERVAL_MS ? session_ms : POLL_INTERVAL_MS;

    return kafka_config_set(config, "group.id", options->group, err) &&
           kafka_config_set_number(config, "session.timeout.ms", session_ms, err) &&
           kafka_config_set_number(config, "heartbeat.interval.ms",
                                   beat_ms < HEARTBEAT_MAX_MS ? beat_ms : HEARTBEAT_MAX_MS, err) &&
           kafka_config_set_number(config, "max.poll.interval.ms", interval_ms, err);
}

static void on_error(rd_kafka_t *handle, int code, const char *text, void *opaque)
{
    const struct kafka_group *group = opaque;

    (void)handle;
    kafka_trouble_note(group->trouble, (rd_kafka_resp_err_t)code, text);
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
static void revoke_all(struct kafka_group *group)
{
    for (size_t i = 0; i < group->owned.count; i++) {
        if (!remove_shard(&group->assigned, group->owned.ids[i])) {
            add_shard(&group->revoked, group->owned.ids[i]);
        }
    }
    group->owned.count = 0;
}

/* Runs inside of kafka_group_serve (and of the closing). It takes nothing over: it writes down what
 * changed. An empty list answers an assignment, NULL a revocation: there is nothing to read. */
static void on_rebalance(rd_kafka_t *handle, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct kafka_group *group = opaque;
    rd_kafka_topic_partition_list_t *nothing = NULL;

    group->rebalanced = true;
    revoke_all(group);
    group->in_group = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        nothing = rd_kafka_topic_partition_list_new(1);
        for (int i = 0; i < partitions->cnt; i++) {
            add_shard(&group->owned, partitions->elems[i].partition);
            add_shard(&group->assigned, partitions->elems[i].partition);
        }
    }
    group->rebalance_failure = rd_kafka_assign(handle, nothing);
    if (nothing != NULL) {
        rd_kafka_topic_partition_list_destroy(nothing);
    }
}

bool kafka_group_init(struct kafka_group *group, const struct bus_kafka_options *options,
                      const rd_kafka_conf_t *connection, int wake_fd,
                      struct bus_kafka_trouble *trouble, struct error *err)
{
    static const uint64_t one = 1;
    rd_kafka_conf_t *config;

    *group = (struct kafka_group){.trouble = trouble};
    if (options->group == NULL) {
        return true;
    }
    if (options->shards_topic == NULL) {
        return error_set(err, ERROR_FATAL, "group %s has no topic of shards", options->group);
    }
    config = rd_kafka_conf_dup(connection);
    rd_kafka_conf_set_opaque(config, group);
    rd_kafka_conf_set_error_cb(config, on_error);
    rd_kafka_conf_set_rebalance_cb(config, on_rebalance);
    if (!kafka_config_set_all(config, settings, err) || !set_group(config, options, err)) {
        rd_kafka_conf_destroy(config);
        return false;
    }
    if (!kafka_handle_create(RD_KAFKA_CONSUMER, config, &group->handle, err)) {
        return false;
    }
    (void)rd_kafka_poll_set_consumer(group->handle);
    group->queue = rd_kafka_queue_get_consumer(group->handle);
    rd_kafka_queue_io_event_enable(group->queue, wake_fd, &one, sizeof one);
    group->shards_topic = memory_copy(options->shards_topic);
    return true;
}

static bool join(struct kafka_group *group, struct error *err)
{
    rd_kafka_topic_partition_list_t *topics;
    rd_kafka_resp_err_t code;

    if (group->joined) {
        return true;
    }
    topics = rd_kafka_topic_partition_list_new(1);
    (void)rd_kafka_topic_partition_list_add(topics, group->shards_topic, RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(group->handle, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_set(err, ERROR_FATAL, "cannot subscribe to %s: %s", group->shards_topic,
                         rd_kafka_err2str(code));
    }
    group->joined = true;
    return true;
}

/* The topic of ownership may be made after us: membership waits for it. */
static bool is_missing_shards(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

static bool take_failure(const struct kafka_group *group, const rd_kafka_message_t *record,
                         struct error *err)
{
    if (!kafka_error_is_permanent(record->err) || is_missing_shards(record->err)) {
        kafka_trouble_note(group->trouble, record->err, rd_kafka_message_errstr(record));
        return true;
    }
    return error_set(err, ERROR_FATAL, "following the group: %s (%s)",
                     rd_kafka_message_errstr(record), rd_kafka_err2name(record->err));
}

bool kafka_group_serve(struct kafka_group *group, struct error *err)
{
    bool good = group->handle == NULL || join(group, err);
    rd_kafka_message_t *record = NULL;

    if (group->handle == NULL || !good) {
        return good;
    }
    for (record = rd_kafka_consumer_poll(group->handle, 0); record != NULL && good;
         record = rd_kafka_consumer_poll(group->handle, 0)) {
        good = take_failure(group, record, err);
        rd_kafka_message_destroy(record);
    }
    if (good && group->rebalance_failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_set(err, ERROR_FATAL, "answering a rebalance: %s",
                         rd_kafka_err2str(group->rebalance_failure));
    }
    return good;
}

void kafka_group_release(struct kafka_group *group)
{
    group->assigned.count = 0;
    group->revoked.count = 0;
    group->rebalanced = false;
}

void kafka_group_finish(struct kafka_group *group)
{
    if (group->queue != NULL) {
        rd_kafka_queue_io_event_enable(group->queue, -1, NULL, 0);
        rd_kafka_queue_destroy(group->queue);
    }
    kafka_handle_close(group->handle, CLOSE_MS);
    free(group->shards_topic);
    free(group->owned.ids);
    free(group->assigned.ids);
    free(group->revoked.ids);
    *group = (struct kafka_group){0};
}
