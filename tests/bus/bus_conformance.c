#include "tests/bus/bus_conformance.h"

#include "tests/base/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PARTITIONS = 4, PATIENCE_POLLS = 300, POLL_MS = 100 };

static const struct bus_pair *pair;
static const char *topic; /* of PARTITIONS partitions, empty */

static void set_up(void)
{
    topic = pair->set_up(PARTITIONS);
}

static void tear_down(void)
{
    pair->tear_down();
}

static void poll_once(struct bus *bus, struct bus_events *events)
{
    struct error err = {0};

    ck_assert_msg(bus->operations->poll(bus, 100, POLL_MS, events, &err), "%s", err.message);
}

static void send_numbers(struct bus *bus, int32_t partition, int from, int to)
{
    for (int i = from; i < to; i++) {
        char text[16];
        struct error err = {0};
        struct bus_message message = {.topic = topic,
                                      .partition = partition,
                                      .headers = {{"ce_id", text}},
                                      .header_count = 1};

        (void)snprintf(text, sizeof text, "%d", i);
        message.payload = (struct bytes){(const uint8_t *)text, strlen(text)};
        message.key = message.payload;
        ck_assert_msg(bus->operations->send(bus, &message, (uint64_t)i, &err), "%s", err.message);
    }
}

static void await_reports(struct bus *bus, int from, int to)
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
            ck_assert_str_eq(events.reports[i].topic, topic);
        }
    }
    ck_assert_int_eq(next, to);
}

static void assign_one(struct bus *bus, int32_t partition, int64_t offset)
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
    struct bus *bus;
    struct error err = {0};
    int64_t begin = -1;
    int64_t end = 0;

    bus = pair->open(false);
    send_numbers(bus, 1, 0, 1000);
    await_reports(bus, 0, 1000);
    ck_assert(bus->operations->end_offset(bus, topic, 1, &end, &err));
    ck_assert_int_eq(end, 1000);
    ck_assert(bus->operations->begin_offset(bus, topic, 1, &begin, &err));
    ck_assert_int_eq(begin, 0);
    assign_one(bus, 1, 300);
    await_numbers(bus, 1, 300, 1000);
    end = 0;
    ck_assert(bus->operations->known_end(bus, topic, 1, &end));
    ck_assert_int_eq(end, 1000);
    bus->operations->destroy(bus);
}
END_TEST

START_TEST(assign_replaces_the_whole_set)
{
    struct bus *bus;

    bus = pair->open(false);
    send_numbers(bus, 0, 0, 50);
    await_reports(bus, 0, 50);
    send_numbers(bus, 2, 0, 50);
    await_reports(bus, 0, 50);
    assign_one(bus, 0, 0);
    await_numbers(bus, 0, 0, 50);
    assign_one(bus, 2, 0);
    await_numbers(bus, 2, 0, 50);
    bus->operations->destroy(bus);
}
END_TEST

/* As when a member that was fenced loses its session at the same time: librdkafka's own assignments abort
 * the process in this. */
START_TEST(assignments_may_follow_each_other_at_once)
{
    struct bus *bus;
    struct error err = {0};

    bus = pair->open(false);
    send_numbers(bus, 0, 0, 50);
    await_reports(bus, 0, 50);
    for (int i = 0; i < 10; i++) {
        assign_one(bus, 0, 10);
        await_numbers(bus, 0, 10, 50);
        for (int again = 0; again < 4; again++) {
            assign_one(bus, 0, 10 + again);
            ck_assert_msg(bus->operations->assign(bus, NULL, 0, &err), "%s", err.message);
        }
    }
    bus->operations->destroy(bus);
}
END_TEST

START_TEST(what_goes_on_in_a_new_assignment_is_neither_lost_nor_repeated)
{
    struct bus *bus;
    struct error err = {0};
    struct bus_start starts[2];

    bus = pair->open(false);
    send_numbers(bus, 0, 0, 50);
    await_reports(bus, 0, 50);
    assign_one(bus, 0, 0);
    await_numbers(bus, 0, 0, 50);
    starts[0] = (struct bus_start){topic, 1, 0};
    starts[1] = (struct bus_start){topic, 0, 50};
    ck_assert_msg(bus->operations->assign(bus, starts, 2, &err), "%s", err.message);
    send_numbers(bus, 0, 50, 60);
    await_numbers(bus, 0, 50, 60);
    starts[1].offset = 20;
    ck_assert_msg(bus->operations->assign(bus, starts, 2, &err), "%s", err.message);
    await_numbers(bus, 0, 20, 60);
    bus->operations->destroy(bus);
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
    struct bus *bus;
    struct error err = {0};

    bus = pair->open(false);
    assign_one(bus, 3, 77);
    poll_until_fatal(bus, &err);
    ck_assert_msg(strstr(err.message, topic) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, "77") != NULL, "%s", err.message);
    bus->operations->destroy(bus);
}
END_TEST

START_TEST(what_can_never_be_sent_is_fatal_before_it_is_queued)
{
    static uint8_t large[1000000];
    struct bus *bus;
    struct error err = {0};
    struct bus_message message = {.topic = "bus-test-there-is-none"};

    bus = pair->open(false);
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    message.topic = topic;
    message.partition = PARTITIONS;
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    message.partition = 0;
    message.payload = (struct bytes){large, sizeof large};
    ck_assert(!bus->operations->send(bus, &message, 1, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    bus->operations->destroy(bus);
}
END_TEST

START_TEST(a_reset_silences_what_was_queued_and_later_sends_work)
{
    struct bus *bus;
    struct error err = {0};
    bool again = false;

    bus = pair->open(false);
    send_numbers(bus, 0, 0, 100);
    ck_assert(bus->operations->reset(bus, &err));
    send_numbers(bus, 1, 5000, 5001);
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
    struct member first = {0};
    struct member second = {0};
    int polls = 0;

    first.bus = pair->open(true);
    while (follow(&first) != PARTITIONS && polls++ < PATIENCE_POLLS) {
    }
    send_numbers(first.bus, 0, 0, 500);
    await_reports(first.bus, 0, 500);
    assign_one(first.bus, 0, 0);
    first.rebalanced = false;
    second.bus = pair->open(true);
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
    struct bus *bus;
    struct error err = {0};
    int64_t next = 40;

    bus = pair->open(false);
    send_numbers(bus, 0, 0, 100);
    await_reports(bus, 0, 100);
    ck_assert_msg(bus->operations->scan(bus, topic, 0, 40, count_record, &next, &err), "%s",
                  err.message);
    ck_assert_int_eq(next, 100);
    ck_assert(!bus->operations->scan(bus, topic, 0, 101, count_record, &next, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    bus->operations->destroy(bus);
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
    const struct bus_start starts[] = {{topic, 0, 90}, {topic, 1, 20}, {topic, 2, 7}};
    struct bus *bus = pair->open(false);
    struct error err = {0};
    int64_t next[PARTITIONS] = {90, 20, 7};

    send_numbers(bus, 0, 0, 100);
    await_reports(bus, 0, 100);
    send_numbers(bus, 1, 0, 50);
    await_reports(bus, 0, 50);
    ck_assert_msg(bus_scan_tails(bus, starts, 3, count_by_partition, next, &err), "%s",
                  err.message);
    ck_assert_int_eq(next[0], 100);
    ck_assert_int_eq(next[1], 50);
    ck_assert_int_eq(next[2], 7); /* behind the end of an empty one */
    bus->operations->destroy(bus);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
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
}

int bus_conformance_run(const char *name, const struct bus_pair *wanted)
{
    pair = wanted;
    return unit_run(name, fill);
}
