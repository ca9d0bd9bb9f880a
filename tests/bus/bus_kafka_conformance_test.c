#include "common/bus/access_admin.h"
#include "common/bus/bus_kafka.h"
#include "common/bus/topic_admin.h"
#include "tests/base/unit.h"
#include "tests/bus/bus_conformance.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The suite against Kafka, and what only Kafka has. Topics carry the process id: the broker is shared. */

enum { PATIENCE_POLLS = 300, POLL_MS = 100 };

static char brokers[128];
static char topic[64];
static char shards[64];
static struct bus_kafka_options options;
static struct arena arena;

static void read_brokers(void)
{
    const char *path = getenv("ABASTO_TEST_STACK");
    char line[256];
    FILE *file;

    ck_assert_msg(path != NULL, "ABASTO_TEST_STACK names no stack.env");
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "ABASTO_BROKERS=%127s", brokers);
    }
    (void)fclose(file);
    ck_assert_msg(brokers[0] != 0, "%s has no ABASTO_BROKERS", path);
}

static struct topic_admin_result apply_topics(int32_t count)
{
    const struct topic_declaration declarations[] = {
        {.name = topic, .partitions_per_shard = true, .retention_ms = -1},
        {.name = shards, .partitions_per_shard = true, .retention_ms = -1},
    };
    struct topic_admin_result result;
    struct error err = {0};

    ck_assert_msg(topic_admin_apply(&options, declarations, 2, count, false, &arena, &result, &err),
                  "%s", err.message);
    return result;
}

static const char *set_up(int32_t partitions)
{
    read_brokers();
    (void)snprintf(topic, sizeof topic, "bus-test-%d", (int)getpid());
    (void)snprintf(shards, sizeof shards, "bus-test-shards-%d", (int)getpid());
    options = (struct bus_kafka_options){.brokers = brokers,
                                         .client_id = "bus-test",
                                         .shards_topic = shards,
                                         .session_timeout_ms = 6000,
                                         .insecure = true};
    ck_assert_uint_eq(apply_topics(partitions).created, 2);
    return topic;
}

static void tear_down(void)
{
    arena_finish(&arena);
}

static struct bus *open_bus(bool in_group)
{
    struct error err = {0};
    struct bus *bus;

    options.group = in_group ? shards : NULL;
    ck_assert_msg(bus_kafka_create(&options, &bus, &err), "%s", err.message);
    return bus;
}

START_TEST(applying_topics_again_changes_nothing_and_other_partitions_are_told)
{
    enum { PARTITIONS = 4 };
    struct topic_admin_result result;

    (void)set_up(PARTITIONS);
    result = apply_topics(PARTITIONS);
    ck_assert_uint_eq(result.created, 0);
    ck_assert_uint_eq(result.differing, 0);
    result = apply_topics(PARTITIONS + 1);
    ck_assert_uint_eq(result.differing, 2);
    ck_assert_int_eq(result.topics[0].found, PARTITIONS);
    tear_down();
}
END_TEST

START_TEST(a_broker_without_an_authorizer_says_so)
{
    static const char *const readers[] = {"monitor", NULL};
    const struct topic_declaration declared = {
        .name = "sanctions", .owner = "sanctions", .readers = readers, .reader_count = 1};
    const struct access_declaration declaration = {.topics = &declared, .topic_count = 1};
    const struct access_wish wishes[] = {{0}, {.create = true, .remove = true}};

    (void)set_up(1);
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct access_result result = {.enforced = true};
        struct error err = {0};

        ck_assert_msg(access_apply(&options, &declaration, &wishes[i], &arena, &result, &err), "%s",
                      err.message);
        ck_assert(!result.enforced);
        /* sanctions: write, read, group; monitor: read, group */
        ck_assert_uint_eq(result.declared, 5);
    }
    tear_down();
}
END_TEST

START_TEST(a_broker_that_is_away_is_no_error_of_poll_and_retry_for_questions)
{
    const struct bus_kafka_options nowhere = {.brokers = "127.0.0.1:1", .insecure = true};
    struct error err = {0};
    struct bus_events events;
    struct bus *bus;
    int32_t count;

    ck_assert(bus_kafka_create(&nowhere, &bus, &err));
    for (int i = 0; i < 5; i++) {
        ck_assert_msg(bus->operations->poll(bus, 100, POLL_MS, &events, &err), "%s", err.message);
        ck_assert_uint_eq(events.message_count, 0);
    }
    ck_assert(!bus->operations->partitions(bus, "shards", &count, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    error_clear(&err);
    for (int polls = 0; polls < PATIENCE_POLLS && bus_kafka_trouble(bus)->count == 0; polls++) {
        ck_assert_msg(bus->operations->poll(bus, 100, POLL_MS, &events, &err), "%s", err.message);
    }
    ck_assert_uint_gt(bus_kafka_trouble(bus)->count, 0);
    bus->operations->destroy(bus);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, applying_topics_again_changes_nothing_and_other_partitions_are_told);
    tcase_add_test(tcase, a_broker_without_an_authorizer_says_so);
    tcase_add_test(tcase, a_broker_that_is_away_is_no_error_of_poll_and_retry_for_questions);
}

int main(void)
{
    const struct bus_pair pair = {set_up, tear_down, open_bus};
    const int both = bus_conformance_run("bus.kafka", &pair);

    return unit_run("bus.kafka alone", fill) == EXIT_SUCCESS ? both : EXIT_FAILURE;
}
