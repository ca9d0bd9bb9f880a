#include "common/bus/bus_kafka.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_consumer.h"
#include "common/bus/kafka_group.h"
#include "common/bus/kafka_handle.h"
#include "common/bus/kafka_producer.h"
#include "common/bus/kafka_reader.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* After a question that the broker let time out, the next are refused at once for a while: many asked in
 * a row would hold the only thread for minutes. */
enum { QUESTION_PAUSE_MS = 1000 };

struct kafka_bus {
    struct bus bus; /* first: a struct bus * is one of these */
    struct kafka_group group;
    struct kafka_consumer consumer;
    struct kafka_producer producer;
    struct kafka_reader reader;
    struct bus_kafka_trouble trouble;
    int wake_fd;
    int64_t silent_until_ms;
    uint64_t settled; /* trouble before the broker last answered */
};

static struct kafka_bus *kafka_of(struct bus *bus)
{
    return (struct kafka_bus *)bus;
}

static void forget_wakes(const struct kafka_bus *kafka)
{
    uint64_t count;

    /* Nothing to read is as good: what counts is found in the queues, looked at afterwards. */
    if (read(kafka->wake_fd, &count, sizeof count) < 0) {
        return;
    }
}

/* After a change of ownership no messages are taken: what is read is about to be replaced. */
static bool gather(struct kafka_bus *kafka, size_t max_messages, struct error *err)
{
    forget_wakes(kafka);
    return kafka_group_serve(&kafka->group, err) &&
           (kafka->group.rebalanced || kafka_consumer_take(&kafka->consumer, max_messages, err)) &&
           kafka_producer_serve(&kafka->producer, err);
}

static bool found_nothing(const struct kafka_bus *kafka)
{
    return kafka->consumer.message_count == 0 && !kafka->group.rebalanced &&
           kafka->producer.gathered.count == 0 && !kafka->producer.failed;
}

static bool poll_bus(struct bus *bus, size_t max_messages, int timeout_ms, struct bus_events *out,
                     struct error *err)
{
    struct kafka_bus *kafka = kafka_of(bus);
    const int64_t until = kafka_clock_ms() + timeout_ms;
    const size_t enough = max_messages > 0 ? max_messages : 1;

    kafka_group_release(&kafka->group);
    kafka_consumer_release(&kafka->consumer);
    if (!gather(kafka, enough, err)) {
        return false;
    }
    while (found_nothing(kafka)) {
        const int64_t left = until - kafka_clock_ms();
        struct pollfd wake = {.fd = kafka->wake_fd, .events = POLLIN};

        /* A signal ends the wait: the caller has something to do. */
        if (left <= 0 || poll(&wake, 1, (int)left) < 0) {
            break;
        }
        if (!gather(kafka, enough, err)) {
            return false;
        }
    }
    *out = (struct bus_events){.messages = kafka->consumer.messages,
                               .message_count = kafka->consumer.message_count,
                               .rebalanced = kafka->group.rebalanced,
                               .in_group = kafka->group.in_group,
                               .assigned = kafka->group.assigned.ids,
                               .assigned_count = kafka->group.assigned.count,
                               .revoked = kafka->group.revoked.ids,
                               .revoked_count = kafka->group.revoked.count};
    kafka_producer_lend(&kafka->producer, out);
    return true;
}

static bool assign(struct bus *bus, const struct bus_start *starts, size_t count, struct error *err)
{
    return kafka_consumer_assign(&kafka_of(bus)->consumer, starts, count, err);
}

static bool reset(struct bus *bus, struct error *err)
{
    (void)err; /* the new producer starts with the next message */
    kafka_producer_reset(&kafka_of(bus)->producer);
    return true;
}

static bool may_ask(const struct kafka_bus *kafka, struct error *err)
{
    return kafka_clock_ms() >= kafka->silent_until_ms ||
           error_set(err, ERROR_RETRY, "the broker did not answer just now");
}

/* What the connection complains of is told with every failure until the broker answers: librdkafka says it once. */
static bool answered(struct kafka_bus *kafka, bool good, struct error *err)
{
    if (good) {
        kafka->settled = kafka->trouble.count;
        return true;
    }
    kafka->silent_until_ms = kafka_clock_ms() + QUESTION_PAUSE_MS;
    (void)rd_kafka_poll(kafka->consumer.handle, 0); /* before the first poll of the bus too */
    return kafka->trouble.count > kafka->settled && kafka_trouble_explain(&kafka->trouble, err);
}

static bool bounds(struct kafka_bus *kafka, const char *topic, int32_t partition, int64_t *begin,
                   int64_t *end, struct error *err)
{
    return may_ask(kafka, err) &&
           answered(kafka,
                    kafka_topic_bounds(kafka->consumer.handle, topic, partition, begin, end, err),
                    err);
}

static bool begin_offset(struct bus *bus, const char *topic, int32_t partition, int64_t *out,
                         struct error *err)
{
    int64_t end;

    return bounds(kafka_of(bus), topic, partition, out, &end, err);
}

static bool end_offset(struct bus *bus, const char *topic, int32_t partition, int64_t *out,
                       struct error *err)
{
    int64_t begin;

    return bounds(kafka_of(bus), topic, partition, &begin, out, err);
}

static bool known_end(struct bus *bus, const char *topic, int32_t partition, int64_t *out)
{
    int64_t low = 0;
    int64_t high = RD_KAFKA_OFFSET_INVALID;

    if (rd_kafka_get_watermark_offsets(kafka_of(bus)->consumer.handle, topic, partition, &low,
                                       &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0) {
        return false;
    }
    *out = high;
    return true;
}

static bool scan(struct bus *bus, const char *topic, int32_t partition, int64_t from,
                 bool (*visit)(void *context, const struct bus_message *message, struct error *err),
                 void *context, struct error *err)
{
    struct kafka_bus *kafka = kafka_of(bus);
    struct kafka_stretch stretch = {.start = {topic, partition, from}};
    int64_t begin;

    if (!bounds(kafka, topic, partition, &begin, &stretch.end, err)) {
        return false;
    }
    if (from < begin || from > stretch.end) {
        return error_set(err, ERROR_FATAL,
                         "topic %s partition %d: offset %" PRId64 " is outside the log, %" PRId64
                         " to %" PRId64,
                         topic, partition, from, begin, stretch.end);
    }
    return from == stretch.end ||
           kafka_reader_scan(&kafka->reader, &stretch, 1, visit, context, err);
}

static bool scan_tails(struct bus *bus, const struct bus_start *starts, size_t count,
                       bool (*visit)(void *context, const struct bus_message *message,
                                     struct error *err),
                       void *context, struct error *err)
{
    struct kafka_bus *kafka = kafka_of(bus);
    struct arena arena = {0};
    int64_t *ends = arena_array(&arena, count, sizeof *ends);
    struct kafka_stretch *stretches = arena_array(&arena, count, sizeof *stretches);
    size_t wanted = 0;
    bool good =
        may_ask(kafka, err) &&
        answered(kafka, kafka_topic_ends(kafka->consumer.handle, starts, count, ends, err), err);

    for (size_t i = 0; good && i < count; i++) {
        if (ends[i] > starts[i].offset) {
            stretches[wanted++] = (struct kafka_stretch){starts[i], ends[i]};
        }
    }
    good = good && (wanted == 0 ||
                    kafka_reader_scan(&kafka->reader, stretches, wanted, visit, context, err));
    arena_finish(&arena);
    return good;
}

static bool partitions(struct bus *bus, const char *topic, int32_t *out, struct error *err)
{
    struct kafka_bus *kafka = kafka_of(bus);

    if (!may_ask(kafka, err) ||
        !answered(kafka, kafka_topic_partitions(kafka->consumer.handle, topic, out, err), err)) {
        return false;
    }
    kafka_producer_learn(&kafka->producer, topic, *out);
    return true;
}

/* Topics that were asked about before are sent to without a question. */
static bool send_message(struct bus *bus, const struct bus_message *message, uint64_t token,
                         struct error *err)
{
    struct kafka_bus *kafka = kafka_of(bus);
    int32_t count;

    if (!kafka_producer_knows(&kafka->producer, message->topic, message->partition)) {
        if (!partitions(bus, message->topic, &count, err)) {
            return false;
        }
        if (count == 0) {
            return error_set(err, ERROR_FATAL, "there is no topic %s", message->topic);
        }
    }
    return kafka_producer_send(&kafka->producer, message, token, err);
}

static void flush(struct bus *bus, int timeout_ms)
{
    kafka_producer_flush(&kafka_of(bus)->producer, timeout_ms);
}

static void destroy(struct bus *bus)
{
    struct kafka_bus *kafka = kafka_of(bus);

    kafka_group_finish(&kafka->group); /* first: others wait for what was owned here */
    kafka_producer_finish(&kafka->producer);
    kafka_consumer_finish(&kafka->consumer);
    kafka_reader_finish(&kafka->reader);
    if (kafka->wake_fd >= 0) {
        (void)close(kafka->wake_fd);
    }
    free(kafka);
}

static const struct bus_operations operations = {
    .poll = poll_bus,
    .assign = assign,
    .send = send_message,
    .reset = reset,
    .begin_offset = begin_offset,
    .end_offset = end_offset,
    .known_end = known_end,
    .scan = scan,
    .scan_tails = scan_tails,
    .partitions = partitions,
    .flush = flush,
    .destroy = destroy,
};

static bool start_parts(struct kafka_bus *kafka, const struct bus_kafka_options *options,
                        struct error *err)
{
    rd_kafka_conf_t *connection;
    bool started;

    if (kafka->wake_fd < 0) {
        return error_set(err, ERROR_FATAL, "no eventfd left");
    }
    if (!kafka_config_connection(options, &connection, err)) {
        return false;
    }
    started =
        kafka_producer_init(&kafka->producer, options, connection, kafka->wake_fd, &kafka->trouble,
                            err) &&
        kafka_reader_init(&kafka->reader, connection, err) &&
        kafka_consumer_init(&kafka->consumer, options, connection, kafka->wake_fd, &kafka->trouble,
                            err) &&
        kafka_group_init(&kafka->group, options, connection, kafka->wake_fd, &kafka->trouble, err);
    rd_kafka_conf_destroy(connection);
    return started;
}

bool bus_kafka_create(const struct bus_kafka_options *options, struct bus **out, struct error *err)
{
    struct kafka_bus *kafka = memory_alloc(sizeof *kafka);

    *kafka = (struct kafka_bus){.bus.operations = &operations,
                                .wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    if (!start_parts(kafka, options, err)) {
        destroy(&kafka->bus);
        return false;
    }
    *out = &kafka->bus;
    return true;
}

const struct bus_kafka_trouble *bus_kafka_trouble(const struct bus *bus)
{
    return &((const struct kafka_bus *)bus)->trouble;
}
