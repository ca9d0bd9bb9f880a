#include "common/bus/kafka_handle.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { HEADER_VALUE_MAX = 4096, OTHER_HEADERS_MAX = BUS_HEADERS_MAX / 2, CLOSE_STEP_MS = 50 };

/* The list is of what waiting cannot mend; an error unknown here is taken as passing. */
static const rd_kafka_resp_err_t permanent_codes[] = {
    RD_KAFKA_RESP_ERR__FATAL,
    RD_KAFKA_RESP_ERR__FENCED,
    RD_KAFKA_RESP_ERR__BAD_MSG,
    RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
    RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
    RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
    RD_KAFKA_RESP_ERR__INVALID_ARG,
    RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
    RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
    RD_KAFKA_RESP_ERR_INVALID_MSG,
    RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
    RD_KAFKA_RESP_ERR_INVALID_RECORD,
    RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
    RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_INVALID_GROUP_ID,
    RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
    RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
    RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
};

bool kafka_error_is_permanent(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < sizeof permanent_codes / sizeof *permanent_codes; i++) {
        if (permanent_codes[i] == code) {
            return true;
        }
    }
    return false;
}

bool kafka_error_raise(struct error *err, rd_kafka_resp_err_t code, const char *topic,
                       int32_t partition, const char *doing)
{
    const enum error_action action = kafka_error_is_permanent(code) ? ERROR_FATAL : ERROR_RETRY;

    return error_set(err, action, "%s topic %s partition %d: %s (%s)", doing, topic, partition,
                     rd_kafka_err2str(code), rd_kafka_err2name(code));
}

static bool count_partitions(const struct rd_kafka_metadata *metadata, const char *topic,
                             int32_t *out, struct error *err)
{
    const rd_kafka_resp_err_t code =
        metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;

    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) {
        *out = 0;
        return true;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topics[0].partition_cnt == 0) {
        return kafka_error_raise(err, code, topic, RD_KAFKA_PARTITION_UA, "asking about");
    }
    *out = metadata->topics[0].partition_cnt;
    return true;
}

bool kafka_topic_partitions(rd_kafka_t *handle, const char *topic, int32_t *out, struct error *err)
{
    rd_kafka_topic_t *object = rd_kafka_topic_new(handle, topic, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code;
    bool counted;

    if (object == NULL) {
        return kafka_error_raise(err, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, topic,
                                 RD_KAFKA_PARTITION_UA, "asking about");
    }
    code = rd_kafka_metadata(handle, 0, object, &metadata, KAFKA_QUESTION_MS);
    rd_kafka_topic_destroy(object);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kafka_error_raise(err, code, topic, RD_KAFKA_PARTITION_UA, "asking about");
    }
    counted = count_partitions(metadata, topic, out, err);
    rd_kafka_metadata_destroy(metadata);
    return counted;
}

/* A partition that is missing here may only lack its leader while a broker comes back: that passes. */
static bool is_missing(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

/* RD_KAFKA_OFFSET_BEGINNING or _END of each place. Not rd_kafka_query_watermark_offsets: of a broker that went away
 * it awaits the answer however little time it is given, a minute and more (librdkafka 2.0). */
static bool ask_offsets(rd_kafka_t *handle, const struct bus_start *places, size_t count,
                        int64_t which, int64_t *out, struct error *err)
{
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new((int)count);
    rd_kafka_resp_err_t code;
    bool good;

    for (size_t i = 0; i < count; i++) {
        rd_kafka_topic_partition_list_add(asked, places[i].topic, places[i].partition)->offset =
            which;
    }
    code = rd_kafka_offsets_for_times(handle, asked, KAFKA_QUESTION_MS);
    good = code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           error_set(err, ERROR_RETRY, "asking for offsets of %zu partitions: %s (%s)", count,
                     rd_kafka_err2str(code), rd_kafka_err2name(code));
    for (size_t i = 0; good && i < count; i++) {
        const rd_kafka_topic_partition_t *answer =
            rd_kafka_topic_partition_list_find(asked, places[i].topic, places[i].partition);

        out[i] = answer->offset;
        if (is_missing(answer->err)) {
            good =
                error_set(err, ERROR_RETRY, "topic %s partition %d is not there or has no leader",
                          places[i].topic, places[i].partition);
        } else if (answer->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            good = kafka_error_raise(err, answer->err, places[i].topic, places[i].partition,
                                     "asking for the end of");
        }
    }
    rd_kafka_topic_partition_list_destroy(asked);
    return good;
}

bool kafka_topic_ends(rd_kafka_t *handle, const struct bus_start *places, size_t count,
                      int64_t *ends, struct error *err)
{
    return ask_offsets(handle, places, count, RD_KAFKA_OFFSET_END, ends, err);
}

bool kafka_topic_bounds(rd_kafka_t *handle, const char *topic, int32_t partition, int64_t *begin,
                        int64_t *end, struct error *err)
{
    const struct bus_start place = {.topic = topic, .partition = partition};
    int32_t partitions = 0;

    /* A missing topic would only time out below. */
    if (!kafka_topic_partitions(handle, topic, &partitions, err)) {
        return false;
    }
    if (partition < 0 || partition >= partitions) {
        return error_set(err, ERROR_FATAL, "topic %s has %d partitions, there is no partition %d",
                         topic, partitions, partition);
    }
    return ask_offsets(handle, &place, 1, RD_KAFKA_OFFSET_BEGINNING, begin, err) &&
           ask_offsets(handle, &place, 1, RD_KAFKA_OFFSET_END, end, err);
}

bool kafka_handle_create(rd_kafka_type_t type, rd_kafka_conf_t *config, rd_kafka_t **out,
                         struct error *err)
{
    char reason[160];
    rd_kafka_t *handle = rd_kafka_new(type, config, reason, sizeof reason);

    if (handle == NULL) {
        rd_kafka_conf_destroy(config);
        return error_set(err, ERROR_FATAL, "librdkafka does not start: %s", reason);
    }
    *out = handle;
    return true;
}

void kafka_handle_close(rd_kafka_t *handle, int close_ms)
{
    const int64_t deadline = kafka_clock_ms() + close_ms;
    rd_kafka_queue_t *queue;
    rd_kafka_error_t *refused;

    if (handle == NULL) {
        return;
    }
    queue = rd_kafka_queue_new(handle);
    refused = rd_kafka_consumer_close_queue(handle, queue);
    if (refused != NULL) {
        rd_kafka_error_destroy(refused);
    } else {
        while (rd_kafka_consumer_closed(handle) == 0 && kafka_clock_ms() < deadline) {
            (void)rd_kafka_queue_poll_callback(queue, CLOSE_STEP_MS);
        }
    }
    rd_kafka_queue_destroy(queue);
    kafka_handle_destroy(handle);
}

void kafka_handle_destroy(rd_kafka_t *handle)
{
    if (handle != NULL) {
        rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
}

void kafka_trouble_note(struct bus_kafka_trouble *trouble, rd_kafka_resp_err_t code,
                        const char *text)
{
    trouble->count++;
    /* That no broker is left says less than why. */
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && trouble->count > 1) {
        return;
    }
    (void)snprintf(trouble->last, sizeof trouble->last, "%s: %s", rd_kafka_err2name(code),
                   text != NULL ? text : "");
}

bool kafka_trouble_explain(const struct bus_kafka_trouble *trouble, struct error *err)
{
    return err->action == ERROR_RETRY && trouble->count > 0 ? error_prefix(err, "%s", trouble->last)
                                                            : false;
}

/* librdkafka ends each value with a NUL that its size does not count. */
static const char *header_text(const void *value, size_t size)
{
    if (value == NULL || size > HEADER_VALUE_MAX || !text_is_utf8(value, size)) {
        return "";
    }
    return value;
}

/* Whatever else a client sends along, these find room. */
static bool is_known(const char *name)
{
    static const char *const known[] = {"ce_id",   "ce_source",   "ce_type",
                                        "ce_time", "traceparent", NULL};
    size_t i = 0;

    while (known[i] != NULL && strcmp(known[i], name) != 0) {
        i++;
    }
    return known[i] != NULL;
}

void kafka_message_view(const rd_kafka_message_t *record, struct bus_message *out)
{
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    rd_kafka_headers_t *headers = NULL;
    size_t others = 0;
    const char *name;
    const void *value;
    size_t size;

    out->topic = rd_kafka_topic_name(record->rkt);
    out->partition = record->partition;
    out->offset = record->offset;
    out->timestamp_ms = rd_kafka_message_timestamp(record, &type);
    out->key = (struct bytes){record->key, record->key_len};
    out->payload = (struct bytes){record->payload, record->len};
    out->header_count = 0;
    if (rd_kafka_message_headers(record, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;
    }
    for (size_t i = 0; out->header_count < BUS_HEADERS_MAX; i++) {
        if (rd_kafka_header_get_all(headers, i, &name, &value, &size) !=
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            return;
        }
        if (is_known(name) || others++ < OTHER_HEADERS_MAX) {
            out->headers[out->header_count++] = (struct bus_header){name, header_text(value, size)};
        }
    }
}

int64_t kafka_clock_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
