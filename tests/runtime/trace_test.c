#include "common/runtime/trace.h"
#include "tests/base/unit.h"

#include <string.h>

#define LOG "file/5f1d"

static const struct outbox_event event = {
    .topic = "orders", .partition = 2, .incarnation = 1, .shard = 2, .seq = 7};

static const struct {
    const char *sentence;
    const char *text;
    bool valid;
} texts[] = {
    {"the example of the standard", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
     true},
    {"not sampled is a flag", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true},
    {"none", NULL, false},
    {"nothing", "", false},
    {"a trace of zeros", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
    {"a span of zeros", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
    {"capitals", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
    {"another version", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
    {"too short", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", false},
    {"something follows", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011", false},
    {"a dash out of place", "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01", false},
};

START_TEST(only_what_the_standard_calls_a_traceparent_is_one)
{
    ck_assert_msg(trace_is_valid(texts[_i].text) == texts[_i].valid, "%s", texts[_i].sentence);
}
END_TEST

START_TEST(a_row_begins_the_same_trace_whenever_it_is_read)
{
    char first[TRACE_PARENT_BYTES];
    char again[TRACE_PARENT_BYTES];

    trace_begin("gateway.imss", LOG, 12, first);
    trace_begin("gateway.imss", LOG, 12, again);
    ck_assert(trace_is_valid(first));
    ck_assert_str_eq(first, again);
    trace_begin("gateway.imss", LOG, 13, again);
    ck_assert_str_ne(first, again);
    trace_begin("gateway.issste", LOG, 12, again);
    ck_assert_str_ne(first, again);
}
END_TEST

START_TEST(a_hop_keeps_the_trace_and_has_a_span_of_its_own)
{
    struct outbox_event other = event;
    char cause[TRACE_PARENT_BYTES];
    char hop[TRACE_PARENT_BYTES];
    char again[TRACE_PARENT_BYTES];

    trace_begin("gateway.imss", LOG, 12, cause);
    trace_next(cause, "contracts", &event, hop);
    ck_assert(trace_is_valid(hop));
    ck_assert_int_eq(strncmp(cause, hop, 3 + TRACE_ID_DIGITS), 0);
    ck_assert_str_ne(cause, hop);
    trace_next(cause, "contracts", &event, again);
    ck_assert_str_eq(hop, again);
    other.seq++;
    trace_next(cause, "contracts", &other, again);
    ck_assert_int_eq(strncmp(cause, again, 3 + TRACE_ID_DIGITS), 0);
    ck_assert_str_ne(hop, again);
}
END_TEST

START_TEST(what_has_no_cause_has_no_trace)
{
    char hop[TRACE_PARENT_BYTES];

    trace_next(NULL, "contracts", &event, hop);
    ck_assert_str_eq(hop, "");
    trace_next("00-of somebody else", "contracts", &event, hop);
    ck_assert_str_eq(hop, "");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, only_what_the_standard_calls_a_traceparent_is_one, 0,
                        UNIT_COUNT(texts));
    tcase_add_test(tcase, a_row_begins_the_same_trace_whenever_it_is_read);
    tcase_add_test(tcase, a_hop_keeps_the_trace_and_has_a_span_of_its_own);
    tcase_add_test(tcase, what_has_no_cause_has_no_trace);
}

int main(void)
{
    return unit_run("runtime.trace", fill);
}
