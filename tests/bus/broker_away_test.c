#include "common/bus/bus_kafka.h"
#include "tests/base/unit.h"

/* clang-format off: the second needs the first */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
/* clang-format on */

/* A broker of librdkafka's own, that goes and comes when told to. */

enum { PATIENCE_POLLS = 200, POLL_MS = 50 };

START_TEST(what_is_sent_while_the_broker_is_away_arrives_when_it_is_back)
{
    rd_kafka_t *host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), NULL, 0);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(host, 1);
    const struct bus_kafka_options options = {.brokers = rd_kafka_mock_cluster_bootstraps(cluster),
                                              .insecure = true};
    const struct bus_message message = {.topic = "orders", .payload = {(const uint8_t *)"x", 1}};
    struct error err = {0};
    struct bus *bus;
    size_t delivered = 0;

    ck_assert_int_eq(rd_kafka_mock_topic_create(cluster, "orders", 1, 1), 0);
    ck_assert(bus_kafka_create(&options, &bus, &err));
    ck_assert_int_eq(rd_kafka_mock_broker_set_down(cluster, 1), 0);
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    ck_assert_int_eq(rd_kafka_mock_broker_set_up(cluster, 1), 0);
    for (int polls = 0; polls < PATIENCE_POLLS && delivered == 0; polls++) {
        struct bus_events events;

        if (err.action == ERROR_RETRY) {
            error_clear(&err);
            if (!bus->operations->send(bus, &message, 2, &err)) {
                ck_assert_int_eq(err.action, ERROR_RETRY);
            }
        }
        ck_assert(bus->operations->poll(bus, 10, POLL_MS, &events, &err) ||
                  err.action == ERROR_RETRY);
        delivered += events.report_count;
    }
    ck_assert_uint_eq(delivered, 1);
    bus->operations->destroy(bus);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
}
END_TEST

static size_t await_delivery(struct bus *bus)
{
    size_t delivered = 0;

    for (int polls = 0; polls < PATIENCE_POLLS && delivered == 0; polls++) {
        struct bus_events events;
        struct error err = {0};

        ck_assert_msg(bus->operations->poll(bus, 10, POLL_MS, &events, &err), "%s", err.message);
        for (size_t i = 0; i < events.report_count; i++) {
            delivered += events.reports[i].delivered ? 1 : 0;
        }
    }
    return delivered;
}

/* No question is asked that would wait: the message is taken at once, by a producer made anew too. */
START_TEST(a_topic_that_was_asked_about_is_sent_to_while_the_broker_is_away)
{
    rd_kafka_t *host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), NULL, 0);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(host, 1);
    const struct bus_kafka_options options = {.brokers = rd_kafka_mock_cluster_bootstraps(cluster),
                                              .insecure = true};
    const struct bus_message message = {.topic = "orders", .payload = {(const uint8_t *)"x", 1}};
    struct error err = {0};
    struct bus *bus;
    int32_t partitions = 0;

    ck_assert_int_eq(rd_kafka_mock_topic_create(cluster, "orders", 1, 1), 0);
    ck_assert(bus_kafka_create(&options, &bus, &err));
    ck_assert_msg(bus->operations->partitions(bus, "orders", &partitions, &err), "%s", err.message);
    ck_assert_int_eq(partitions, 1);
    ck_assert_int_eq(rd_kafka_mock_broker_set_down(cluster, 1), 0);
    ck_assert_msg(bus->operations->send(bus, &message, 1, &err), "%s", err.message);
    ck_assert(bus->operations->reset(bus, &err));
    ck_assert_msg(bus->operations->send(bus, &message, 2, &err), "%s", err.message);
    ck_assert_int_eq(rd_kafka_mock_broker_set_up(cluster, 1), 0);
    ck_assert_uint_eq(await_delivery(bus), 1);
    bus->operations->destroy(bus);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_topic_that_was_asked_about_is_sent_to_while_the_broker_is_away);
    tcase_add_test(tcase, what_is_sent_while_the_broker_is_away_arrives_when_it_is_back);
}

int main(void)
{
    return unit_run("bus_broker_away", fill);
}
