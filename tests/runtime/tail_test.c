#include "common/runtime/tail.h"
#include "tests/base/unit.h"
#include "tests/support/memory_bus.h"

/* What a shard last said on a partition, found behind what its database knows. */

static struct memory_bus memory;

static void say(const char *source, const char *id)
{
    const struct bus_message record = {.topic = "orders",
                                       .partition = 2,
                                       .headers = {{"ce_source", source}, {"ce_id", id}},
                                       .header_count = 2};

    memory_bus_add(&memory, &record);
}

/* From offset `from`, of shard 2 of contracts; what is known is 1/`known_seq`. */
static struct tail tail_from(int64_t from, int64_t known_seq)
{
    struct tail tail;
    struct error err = {0};

    ck_assert_msg(
        tail_read(&memory.bus, "contracts", 2, "orders", 2, from, 1, known_seq, &tail, &err), "%s",
        err.message);
    return tail;
}

static void begin(void)
{
    memory_bus_init(&memory);
    say("contracts/orders", "1/2/1");
    say("contracts/orders", "1/2/2");
    say("deliveries/orders", "9/2/900");  /* another's */
    say("contracts/orders", "9/3/900");   /* another shard's */
    say("contracts/orders", "no number"); /* nobody's */
    say("contracts/orders", "1/2/3");
    say("contracts/orders", "1/2/2"); /* sent again */
    say("contracts/orders", "1/2/3");
}

START_TEST(a_tail_that_is_known_is_nothing_new)
{
    const struct tail tail = tail_from(1, 3);

    ck_assert_int_eq(tail.offset, -1);
    ck_assert_int_eq(tail.unknown, 0);
    ck_assert_int_eq(tail.end, 8);
    ck_assert_int_eq(tail_from(8, 3).offset, -1);
}
END_TEST

START_TEST(what_is_ahead_is_counted_once_however_often_it_was_sent)
{
    const struct tail tail = tail_from(0, 1);

    ck_assert_int_eq(tail.incarnation, 1);
    ck_assert_int_eq(tail.seq, 3);
    ck_assert_int_eq(tail.unknown, 2);
    ck_assert_int_eq(tail.offset, 5);
}
END_TEST

START_TEST(a_higher_incarnation_is_ahead_whatever_its_number)
{
    struct tail tail;

    say("contracts/orders", "2/2/1");
    tail = tail_from(0, 900);
    ck_assert_int_eq(tail.incarnation, 2);
    ck_assert_int_eq(tail.seq, 1);
    ck_assert_int_eq(tail.unknown, 1);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, NULL);
    tcase_add_test(tcase, a_tail_that_is_known_is_nothing_new);
    tcase_add_test(tcase, what_is_ahead_is_counted_once_however_often_it_was_sent);
    tcase_add_test(tcase, a_higher_incarnation_is_ahead_whatever_its_number);
}

int main(void)
{
    return unit_run("runtime.tail", fill);
}
