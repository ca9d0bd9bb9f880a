#include "common/bus/access_admin.h"
#include "common/bus/bus_kafka.h"
#include "common/bus/topic_admin.h"
#include "tests/base/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What any bus has to do, asked of the real one. Topics carry the process id: the broker is shared. */

enum { PARTITIONS = 4, PATIENCE_POLLS = 300, POLL_MS = 100 };

struct scene {
    char brokers[128];
    char topic[64];
    char shards[64];
    struct bus_kafka_options options;
    struct arena arena;
};

static void read_brokers(struct scene *scene)
{
    const char *path = getenv("ABASTO_TEST_STACK");
    char line[256];
    FILE *file;

    ck_assert_msg(path != NULL, "ABASTO_TEST_STACK names no stack.env");
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "ABASTO_BROKERS=%127s", scene->brokers);
    }
    (void)fclose(file);
    ck_assert_msg(scene->brokers[0] != 0, "%s has no ABASTO_BROKERS", path);
}

static void apply_topics(struct scene *scene, int32_t count, struct topic_admin_result *result)
{
    const struct topic_declaration declarations[] = {
        {.name = scene->topic, .partitions_per_shard = true, .retention_ms = -1},
        {.name = scene->shards, .partitions_per_shard = true, .retention_ms = -1},
    };
    struct error err = {0};

    ck_assert_msg(topic_admin_apply(&scene->options, declarations, 2, count, false, &scene->arena,
                                    result, &err),
                  "%s", err.message);
}

static void open_scene(struct scene *scene)
{
    struct topic_admin_result result;

    *scene = (struct scene){0};
    read_brokers(scene);
    (void)snprintf(scene->topic, sizeof scene->topic, "bus-test-%d", (int)getpid());
    (void)snprintf(scene->shards, sizeof scene->shards, "bus-test-shards-%d", (int)getpid());
    scene->options = (struct bus_kafka_options){.brokers = scene->brokers,
                                                .client_id = "bus-test",
                                                .shards_topic = scene->shards,
                                                .session_timeout_ms = 6000,
                                                .insecure = true};
    apply_topics(scene, PARTITIONS, &result);
    ck_assert_uint_eq(result.created, 2);
}

static struct bus *open_bus(const struct scene *scene, const char *group)
{
    struct bus_kafka_options options = scene->options;
    struct error err = {0};
    struct bus *bus;

    options.group = group;
    ck_assert_msg(bus_kafka_create(&options, &bus, &err), "%s", err.message);
    return bus;
}

static void poll_once(struct bus *bus, struct bus_events *events)
{
    struct error err = {0};

    ck_assert_msg(bus->operations->poll(bus, 100, POLL_MS, events, &err), "%s", err.message);
}

static void send_numbers(struct bus *bus, const struct scene *scene, int32_t partition, int from,
                         int to)
{
    for (int i = from; i < to; i++) {
        char text[16];
        struct error err = {0};
        struct bus_message message = {.topic = scene->topic,
                                      .partition = partition,
                                      .headers = {{"ce_id", text}},
                                      .header_count = 1};

        (void)snprintf(text, sizeof text, "%d", i);
        message.payload = (struct bytes){(const uint8_t *)text, strlen(text)};
        message.key = message.payload;
        ck_assert_msg(bus->operations->send(bus, &message, (uint64_t)i, &err), "%s", err.message);
    }
}

static void await_reports(struct bus *bus, const struct scene *scene, int from, int to)
{
    int next = from;

    for (int polls = 0; polls < PATIENCE_POLLS && next < to; polls++) {
        struct bus_events events;

        poll_once(bus, &events);
        ck_assert(!events.send_failed);
        for (size_t i = 0; i < events.report_count; i++, next++) {
            ck_assert(events.reports[i].delivered);
            ck_assert_uint_eq(events.reports[i].token, (uint64_t)next);
            ck_assert_int_eq(events.reports[i].offset, next);
            ck_assert_str_eq(events.reports[i].topic, scene->topic);
        }
    }
    ck_assert_int_eq(next, to);
}

static void assign_one(struct bus *bus, const char *topic, int32_t partition, int64_t offset)
{
    const struct bus_start start = {topic, partition, offset};
    struct error err = {0};

    ck_assert_msg(bus->operations->assign(bus, &start, 1, &err), "%s", err.message);
}

static void await_numbers(struct bus *bus, int32_t partition, int from, int to)
{
    int next = from;

    for (int polls = 0; polls < PATIENCE_POLLS && next < to; polls++) {
        struct bus_events events;

        poll_once(bus, &events);
        for (size_t i = 0; i < events.message_count; i++, next++) {
            ck_assert_int_eq(events.messages[i].partition, partition);
            ck_assert_int_eq(events.messages[i].offset, next);
            ck_assert_int_eq((int)strtol(bus_header(&events.messages[i], "ce_id"), NULL, 10), next);
        }
    }
    ck_assert_int_eq(next, to);
}

START_TEST(what_is_sent_is_reported_and_read_in_order)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};
    int64_t end = 0;

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 1, 0, 1000);
    await_reports(bus, &scene, 0, 1000);
    ck_assert(bus->operations->end_offset(bus, scene.topic, 1, &end, &err));
    ck_assert_int_eq(end, 1000);
    assign_one(bus, scene.topic, 1, 300);
    await_numbers(bus, 1, 300, 1000);
    end = 0;
    ck_assert(bus->operations->known_end(bus, scene.topic, 1, &end));
    ck_assert_int_eq(end, 1000);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(assign_replaces_the_whole_set)
{
    struct scene scene;
    struct bus *bus;

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 0, 0, 50);
    await_reports(bus, &scene, 0, 50);
    send_numbers(bus, &scene, 2, 0, 50);
    await_reports(bus, &scene, 0, 50);
    assign_one(bus, scene.topic, 0, 0);
    await_numbers(bus, 0, 0, 50);
    assign_one(bus, scene.topic, 2, 0);
    await_numbers(bus, 2, 0, 50);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

/* As when a member that was fenced loses its session at the same time: librdkafka's own assignments abort
 * the process in this. */
START_TEST(assignments_may_follow_each_other_at_once)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 0, 0, 50);
    await_reports(bus, &scene, 0, 50);
    for (int i = 0; i < 10; i++) {
        assign_one(bus, scene.topic, 0, 10);
        await_numbers(bus, 0, 10, 50);
        for (int again = 0; again < 4; again++) {
            assign_one(bus, scene.topic, 0, 10 + again);
            ck_assert_msg(bus->operations->assign(bus, NULL, 0, &err), "%s", err.message);
        }
    }
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(what_goes_on_in_a_new_assignment_is_neither_lost_nor_repeated)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};
    struct bus_start starts[2];

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 0, 0, 50);
    await_reports(bus, &scene, 0, 50);
    assign_one(bus, scene.topic, 0, 0);
    await_numbers(bus, 0, 0, 50);
    starts[0] = (struct bus_start){scene.topic, 1, 0};
    starts[1] = (struct bus_start){scene.topic, 0, 50};
    ck_assert_msg(bus->operations->assign(bus, starts, 2, &err), "%s", err.message);
    send_numbers(bus, &scene, 0, 50, 60);
    await_numbers(bus, 0, 50, 60);
    starts[1].offset = 20;
    ck_assert_msg(bus->operations->assign(bus, starts, 2, &err), "%s", err.message);
    await_numbers(bus, 0, 20, 60);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

static void poll_until_fatal(struct bus *bus, struct error *err)
{
    struct bus_events events;

    for (int polls = 0; polls < PATIENCE_POLLS; polls++) {
        if (!bus->operations->poll(bus, 100, POLL_MS, &events, err)) {
            break;
        }
        ck_assert_uint_eq(events.message_count, 0);
    }
    ck_assert_int_eq(err->action, ERROR_FATAL);
}

START_TEST(an_offset_outside_the_log_is_fatal)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    assign_one(bus, scene.topic, 3, 77);
    poll_until_fatal(bus, &err);
    ck_assert_msg(strstr(err.message, scene.topic) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, "77") != NULL, "%s", err.message);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(what_can_never_be_sent_is_fatal_before_it_is_queued)
{
    static uint8_t large[1000000];
    struct scene scene;
    struct bus *bus;
    struct error err = {0};
    struct bus_message message = {.topic = "bus-test-there-is-none"};

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    message.topic = scene.topic;
    message.partition = PARTITIONS;
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    message.partition = 0;
    message.payload = (struct bytes){large, sizeof large};
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(a_reset_silences_what_was_queued_and_later_sends_work)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};
    bool again = false;

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 0, 0, 100);
    ck_assert(bus->operations->reset(bus, &err));
    send_numbers(bus, &scene, 1, 5000, 5001);
    for (int polls = 0; polls < PATIENCE_POLLS && !again; polls++) {
        struct bus_events events;

        poll_once(bus, &events);
        for (size_t i = 0; i < events.report_count; i++) {
            ck_assert_uint_eq(events.reports[i].token, 5000);
            ck_assert(events.reports[i].delivered);
            again = true;
        }
    }
    ck_assert(again);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

struct member {
    struct bus *bus;
    bool owned[PARTITIONS];
    bool rebalanced;
};

static int follow(struct member *member)
{
    struct bus_events events;
    int owned = 0;

    poll_once(member->bus, &events);
    if (events.rebalanced) {
        member->rebalanced = true;
        ck_assert_uint_eq(events.message_count, 0);
    }
    for (size_t i = 0; i < events.revoked_count; i++) {
        ck_assert(member->owned[events.revoked[i]]);
        member->owned[events.revoked[i]] = false;
    }
    for (size_t i = 0; i < events.assigned_count; i++) {
        member->owned[events.assigned[i]] = true;
    }
    for (int i = 0; i < PARTITIONS; i++) {
        owned += member->owned[i] ? 1 : 0;
    }
    return owned;
}

START_TEST(two_members_share_the_shards_and_one_gets_all_when_the_other_leaves)
{
    struct scene scene;
    struct member first = {0};
    struct member second = {0};
    int polls = 0;

    open_scene(&scene);
    first.bus = open_bus(&scene, scene.shards);
    while (follow(&first) != PARTITIONS && polls++ < PATIENCE_POLLS) {
    }
    send_numbers(first.bus, &scene, 0, 0, 500);
    await_reports(first.bus, &scene, 0, 500);
    assign_one(first.bus, scene.topic, 0, 0);
    first.rebalanced = false;
    second.bus = open_bus(&scene, scene.shards);
    for (polls = 0; polls < PATIENCE_POLLS; polls++) {
        const int one = follow(&first);
        const int other = follow(&second);

        if (one == PARTITIONS / 2 && other == PARTITIONS / 2) {
            break;
        }
    }
    ck_assert_int_lt(polls, PATIENCE_POLLS);
    ck_assert(first.rebalanced);
    for (int i = 0; i < PARTITIONS; i++) {
        ck_assert(first.owned[i] != second.owned[i]);
    }
    second.bus->operations->destroy(second.bus);
    for (polls = 0; polls < PATIENCE_POLLS && follow(&first) != PARTITIONS; polls++) {
    }
    ck_assert_int_lt(polls, PATIENCE_POLLS);
    first.bus->operations->destroy(first.bus);
    arena_finish(&scene.arena);
}
END_TEST

static bool count_record(void *context, const struct bus_message *message, struct error *err)
{
    int64_t *next = context;

    (void)err;
    ck_assert_int_eq(message->offset, *next);
    (*next)++;
    return true;
}

START_TEST(a_scan_reads_the_tail_apart_from_the_assignment)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};
    int64_t next = 40;

    open_scene(&scene);
    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 0, 0, 100);
    await_reports(bus, &scene, 0, 100);
    ck_assert_msg(bus->operations->scan(bus, scene.topic, 0, 40, count_record, &next, &err), "%s",
                  err.message);
    ck_assert_int_eq(next, 100);
    ck_assert(!bus->operations->scan(bus, scene.topic, 0, 101, count_record, &next, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

static bool count_by_partition(void *context, const struct bus_message *message, struct error *err)
{
    int64_t *next = context;

    (void)err;
    ck_assert_int_eq(message->offset, next[message->partition]);
    next[message->partition]++;
    return true;
}

START_TEST(the_tails_of_several_partitions_are_read_together)
{
    struct scene scene;
    struct bus *bus;
    struct error err = {0};
    int64_t next[PARTITIONS] = {90, 20, 7};

    open_scene(&scene);
    const struct bus_start starts[] = {
        {scene.topic, 0, 90}, {scene.topic, 1, 20}, {scene.topic, 2, 7}};

    bus = open_bus(&scene, NULL);
    send_numbers(bus, &scene, 0, 0, 100);
    await_reports(bus, &scene, 0, 100);
    send_numbers(bus, &scene, 1, 0, 50);
    await_reports(bus, &scene, 0, 50);
    ck_assert_msg(bus_scan_tails(bus, starts, 3, count_by_partition, next, &err), "%s",
                  err.message);
    ck_assert_int_eq(next[0], 100);
    ck_assert_int_eq(next[1], 50);
    ck_assert_int_eq(next[2], 7); /* behind the end of an empty one */
    bus->operations->destroy(bus);
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(applying_topics_again_changes_nothing_and_other_partitions_are_told)
{
    struct scene scene;
    struct topic_admin_result result;

    open_scene(&scene);
    apply_topics(&scene, PARTITIONS, &result);
    ck_assert_uint_eq(result.created, 0);
    ck_assert_uint_eq(result.differing, 0);
    apply_topics(&scene, PARTITIONS + 1, &result);
    ck_assert_uint_eq(result.differing, 2);
    ck_assert_int_eq(result.topics[0].found, PARTITIONS);
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(a_broker_without_an_authorizer_says_so)
{
    static const char *const readers[] = {"monitor", NULL};
    const struct topic_declaration topic = {
        .name = "sanctions", .owner = "sanctions", .readers = readers, .reader_count = 1};
    const struct access_declaration declaration = {.topics = &topic, .topic_count = 1};
    const struct access_wish wishes[] = {{0}, {.create = true, .remove = true}};
    struct scene scene;
    struct error err = {0};

    open_scene(&scene);
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct access_result result = {.enforced = true};

        ck_assert_msg(
            access_apply(&scene.options, &declaration, &wishes[i], &scene.arena, &result, &err),
            "%s", err.message);
        ck_assert(!result.enforced);
        ck_assert_uint_eq(result.declared,
                          5); /* sanctions: write, read, group; monitor: read, group */
    }
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(a_broker_that_is_away_is_no_error_of_poll_and_retry_for_questions)
{
    const struct bus_kafka_options options = {.brokers = "127.0.0.1:1", .insecure = true};
    struct error err = {0};
    struct bus *bus;
    int32_t count;

    ck_assert(bus_kafka_create(&options, &bus, &err));
    for (int i = 0; i < 5; i++) {
        struct bus_events events;

        poll_once(bus, &events);
        ck_assert_uint_eq(events.message_count, 0);
    }
    ck_assert(!bus->operations->partitions(bus, "shards", &count, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    for (int polls = 0; polls < PATIENCE_POLLS && bus_kafka_trouble(bus)->count == 0; polls++) {
        struct bus_events events;

        poll_once(bus, &events);
    }
    ck_assert_uint_gt(bus_kafka_trouble(bus)->count, 0);
    bus->operations->destroy(bus);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_sent_is_reported_and_read_in_order);
    tcase_add_test(tcase, assign_replaces_the_whole_set);
    tcase_add_test(tcase, assignments_may_follow_each_other_at_once);
    tcase_add_test(tcase, what_goes_on_in_a_new_assignment_is_neither_lost_nor_repeated);
    tcase_add_test(tcase, an_offset_outside_the_log_is_fatal);
    tcase_add_test(tcase, what_can_never_be_sent_is_fatal_before_it_is_queued);
    tcase_add_test(tcase, a_reset_silences_what_was_queued_and_later_sends_work);
    tcase_add_test(tcase, two_members_share_the_shards_and_one_gets_all_when_the_other_leaves);
    tcase_add_test(tcase, a_scan_reads_the_tail_apart_from_the_assignment);
    tcase_add_test(tcase, the_tails_of_several_partitions_are_read_together);
    tcase_add_test(tcase, applying_topics_again_changes_nothing_and_other_partitions_are_told);
    tcase_add_test(tcase, a_broker_without_an_authorizer_says_so);
    tcase_add_test(tcase, a_broker_that_is_away_is_no_error_of_poll_and_retry_for_questions);
}

int main(void)
{
    return unit_run("bus_conformance", fill);
}
