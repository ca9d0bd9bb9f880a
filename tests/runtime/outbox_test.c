#include "common/runtime/outbox.h"
#include "tests/base/unit.h"

#include <string.h>

static const struct outbox_event first = {.topic = "orders",
                                          .partition = 3,
                                          .incarnation = 2,
                                          .shard = 3,
                                          .seq = 4711,
                                          .type = "mx.abasto.orders.OrderIssued",
                                          .traceparent = "",
                                          .key = "imss/1",
                                          .payload = {(const uint8_t *)"\0\0\0\0\1x", 6}};
static const struct outbox_event second = {.topic = "findings",
                                           .partition = 0,
                                           .incarnation = 2,
                                           .shard = 3,
                                           .seq = 1,
                                           .type = "mx.abasto.findings.FindingRaised",
                                           .traceparent = "00-1-2-01",
                                           .key = "imss/2",
                                           .payload = {(const uint8_t *)"", 0}};

static void check_same(const struct outbox_event *read, const struct outbox_event *written)
{
    ck_assert_str_eq(read->topic, written->topic);
    ck_assert_int_eq(read->partition, written->partition);
    ck_assert_int_eq(read->incarnation, written->incarnation);
    ck_assert_int_eq(read->shard, written->shard);
    ck_assert_int_eq(read->seq, written->seq);
    ck_assert_str_eq(read->type, written->type);
    ck_assert_str_eq(read->traceparent, written->traceparent);
    ck_assert_str_eq(read->key, written->key);
    ck_assert_uint_eq(read->payload.size, written->payload.size);
    ck_assert_mem_eq(read->payload.data, written->payload.data, written->payload.size);
}

START_TEST(events_come_back_as_they_went_in)
{
    struct buffer outbox = {0};
    struct outbox_event event;
    struct error err = {0};
    size_t offset = 0;
    size_t count;

    outbox_append(&outbox, &first);
    outbox_append(&outbox, &second);
    ck_assert(outbox_next(buffer_view(&outbox), &offset, &event, &err));
    check_same(&event, &first);
    ck_assert(outbox_next(buffer_view(&outbox), &offset, &event, &err));
    check_same(&event, &second);
    ck_assert(!outbox_next(buffer_view(&outbox), &offset, &event, &err));
    ck_assert_int_eq(err.action, ERROR_NONE);
    ck_assert(outbox_count(buffer_view(&outbox), &count, &err));
    ck_assert_uint_eq(count, 2);
    buffer_finish(&outbox);
}
END_TEST

START_TEST(an_outbox_cut_anywhere_in_an_event_is_fatal)
{
    struct buffer outbox = {0};

    outbox_append(&outbox, &first);
    for (size_t size = 1; size < outbox.size; size++) {
        const struct bytes cut = {outbox.data, size};
        struct outbox_event event;
        struct error err = {0};
        size_t offset = 0;

        ck_assert_msg(!outbox_next(cut, &offset, &event, &err), "cut at %zu", size);
        ck_assert_int_eq(err.action, ERROR_FATAL);
    }
    buffer_finish(&outbox);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, events_come_back_as_they_went_in);
    tcase_add_test(tcase, an_outbox_cut_anywhere_in_an_event_is_fatal);
}

int main(void)
{
    return unit_run("runtime.outbox", fill);
}
