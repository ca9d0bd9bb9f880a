#include "common/bus/topic_admin.h"

#include "common/bus/kafka_admin.h"
#include "common/bus/kafka_handle.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { SHOWN_MS = 15000, LOOK_AGAIN_MS = 100, REASON_BYTES = 160, DEFAULT_REPLICATION = -1 };

static bool look(rd_kafka_t *handle, struct topic_result *topic, struct error *err)
{
    if (!kafka_topic_partitions(handle, topic->name, &topic->found, err)) {
        return false;
    }
    topic->outcome = topic->found == 0               ? TOPIC_MISSING
                     : topic->found == topic->wanted ? TOPIC_PRESENT
                                                     : TOPIC_PARTITIONS_DIFFER;
    return true;
}

/* The broker's time stands in the records: it refuses what comes from a clock that is an hour ahead, and a service whose
 * clock is wrong could not publish. */
static bool set_policy(rd_kafka_NewTopic_t *topic, const struct topic_declaration *declaration,
                       struct error *err)
{
    char retention[24];
    rd_kafka_resp_err_t code;

    (void)snprintf(retention, sizeof retention, "%" PRId64, declaration->retention_ms);
    code = rd_kafka_NewTopic_set_config(topic, "cleanup.policy",
                                        declaration->compacted ? "compact" : "delete");
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = rd_kafka_NewTopic_set_config(topic, "retention.ms", retention);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = rd_kafka_NewTopic_set_config(topic, "message.timestamp.type", "LogAppendTime");
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error_set(err, ERROR_FATAL, "topic %s: %s", declaration->name,
                         rd_kafka_err2str(code));
    }
    return true;
}

/* The broker's word on one topic. That it stands already is as good: somebody made it meanwhile, or this
 * broker had not heard of it when it was asked. */
static bool check_created(rd_kafka_event_t *event, struct topic_result *topic, struct error *err)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    const rd_kafka_topic_result_t *const *topics = NULL;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const char *reason = rd_kafka_event_error_string(event);
    size_t count = 0;

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && result != NULL) {
        topics = (const rd_kafka_topic_result_t *const *)rd_kafka_CreateTopics_result_topics(
            result, &count);
    }
    if (count == 1) {
        code = rd_kafka_topic_result_error(topics[0]);
        reason = rd_kafka_topic_result_error_string(topics[0]);
    }
    if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
        topic->outcome = TOPIC_PRESENT;
        return true;
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return true;
    }
    return error_set(err,
                     kafka_error_is_permanent(code) || code == RD_KAFKA_RESP_ERR_INVALID_CONFIG ||
                             code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR ||
                             code == RD_KAFKA_RESP_ERR_INVALID_PARTITIONS
                         ? ERROR_FATAL
                         : ERROR_RETRY,
                     "creating topic %s: %s", topic->name,
                     reason != NULL ? reason : rd_kafka_err2str(code));
}

static void ask(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue,
                void *context)
{
    rd_kafka_NewTopic_t *wanted = context;

    rd_kafka_CreateTopics(handle, &wanted, 1, options, queue);
}

static bool request(struct kafka_admin *admin, rd_kafka_NewTopic_t *wanted,
                    struct topic_result *topic, struct error *err)
{
    rd_kafka_event_t *event;
    bool created;

    if (!kafka_admin_ask(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS, ask, wanted, &event, err)) {
        return error_prefix(err, "creating topic %s", topic->name);
    }
    created = check_created(event, topic, err);
    rd_kafka_event_destroy(event);
    return created;
}

static bool create(struct kafka_admin *admin, const struct topic_declaration *declaration,
                   struct topic_result *topic, struct error *err)
{
    char reason[REASON_BYTES];
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(declaration->name, topic->wanted,
                                                        DEFAULT_REPLICATION, reason, sizeof reason);
    bool created;

    if (wanted == NULL) {
        return error_set(err, ERROR_FATAL, "topic %s cannot be: %s", declaration->name, reason);
    }
    created = set_policy(wanted, declaration, err) && request(admin, wanted, topic, err);
    rd_kafka_NewTopic_destroy(wanted);
    return created;
}

/* A broker answers for a while from before a topic was made: what stands is looked at once it shows. */
static bool await_shown(rd_kafka_t *handle, struct topic_result *topic, struct error *err)
{
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};

    for (int waited_ms = 0; waited_ms < SHOWN_MS; waited_ms += LOOK_AGAIN_MS) {
        if (!look(handle, topic, err)) {
            return false;
        }
        if (topic->outcome != TOPIC_MISSING) {
            return true;
        }
        (void)nanosleep(&pause, NULL);
    }
    return error_set(err, ERROR_RETRY, "topic %s exists, and the broker does not show it",
                     topic->name);
}

/* Who applies topics goes on to use them: until the broker shows one, a client is told that there is none. */
static bool make_missing(struct kafka_admin *admin, const struct topic_declaration *declaration,
                         struct topic_result *topic, struct error *err)
{
    bool ours;

    topic->outcome = TOPIC_CREATED;
    if (!create(admin, declaration, topic, err)) {
        return false;
    }
    ours = topic->outcome == TOPIC_CREATED;
    if (!await_shown(admin->handle, topic, err)) {
        return false;
    }
    if (ours) {
        topic->outcome = TOPIC_CREATED;
        topic->found = 0;
    }
    return true;
}

static bool apply_all(struct kafka_admin *admin, const struct topic_declaration *declarations,
                      bool look_only, struct topic_result *topics,
                      struct topic_admin_result *result, struct error *err)
{
    for (size_t i = 0; i < result->topic_count; i++) {
        if (!look(admin->handle, &topics[i], err)) {
            return false;
        }
        if (topics[i].outcome == TOPIC_MISSING && !look_only &&
            !make_missing(admin, &declarations[i], &topics[i], err)) {
            return false;
        }
        result->missing += topics[i].outcome == TOPIC_MISSING ? 1 : 0;
        result->created += topics[i].outcome == TOPIC_CREATED ? 1 : 0;
        result->differing += topics[i].outcome == TOPIC_PARTITIONS_DIFFER ? 1 : 0;
    }
    return true;
}

bool topic_admin_apply(const struct bus_kafka_options *options,
                       const struct topic_declaration *declarations, size_t declaration_count,
                       int32_t shard_count, bool look_only, struct arena *arena,
                       struct topic_admin_result *out, struct error *err)
{
    struct topic_result *topics = arena_array(arena, declaration_count, sizeof *topics);
    struct topic_admin_result result = {.topics = topics, .topic_count = declaration_count};
    struct kafka_admin admin;
    bool applied;

    if (shard_count < 1) {
        return error_set(err, ERROR_FATAL, "there must be at least one shard, not %" PRId32,
                         shard_count);
    }
    for (size_t i = 0; i < declaration_count; i++) {
        topics[i].name = declarations[i].name;
        topics[i].wanted =
            declarations[i].partitions_per_shard ? shard_count : declarations[i].partitions;
    }
    applied = kafka_admin_open(&admin, options, err) &&
              apply_all(&admin, declarations, look_only, topics, &result, err);
    if (!applied) {
        (void)kafka_admin_explain(&admin, err);
    }
    kafka_admin_close(&admin);
    if (applied) {
        *out = result;
    }
    return applied;
}
