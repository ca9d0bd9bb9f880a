#include "tests/bench/year.h"

#include "events.h"
#include "tests/base/unit.h"

#include <stdlib.h>
#include <string.h>

enum { ORDERS = 20000 };

static const struct year year = {.seed = 1, .orders = ORDERS, .orders_per_contract = 640};

START_TEST(an_order_is_the_same_whatever_was_made_before)
{
    struct year_order alone;
    struct year_order after;

    memset(&alone, 0, sizeof alone);
    memset(&after, 0, sizeof after);
    year_order(&year, 4711, &alone);
    year_order(&year, 4710, &after);
    memset(&after, 0, sizeof after);
    year_order(&year, 4711, &after);
    ck_assert_mem_eq(&alone, &after, sizeof alone);
}
END_TEST

START_TEST(another_seed_is_another_year)
{
    const struct year other = {.seed = 2, .orders = ORDERS, .orders_per_contract = 640};
    struct year_order one;
    struct year_order two;

    year_order(&year, 4711, &one);
    year_order(&other, 4711, &two);
    ck_assert_str_ne(one.id, two.id);
    ck_assert_int_ne(one.pieces, two.pieces);
}
END_TEST

START_TEST(what_arrived_adds_up_to_the_order)
{
    for (int64_t i = 0; i < ORDERS; i++) {
        struct year_order order = {0};
        int64_t pieces = 0;

        year_order(&year, i, &order);
        ck_assert_int_lt(order.contract, year_contracts(&year));
        for (int32_t j = 0; j < order.receipt_count; j++) {
            ck_assert_int_gt(order.receipts[j].pieces, 0);
            pieces += order.receipts[j].pieces;
        }
        ck_assert(order.receipt_count == 0 || pieces == order.pieces);
    }
}
END_TEST

static int by_size(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* The header of year.h names where they are from. */
START_TEST(the_proportions_are_the_nation_s)
{
    int64_t *pieces = calloc(ORDERS, sizeof *pieces);
    int64_t sum = 0;
    int64_t never = 0;
    int64_t one_lot = 0;
    int64_t late = 0;

    ck_assert_ptr_nonnull(pieces);
    for (int64_t i = 0; i < ORDERS; i++) {
        struct year_order order = {0};

        year_order(&year, i, &order);
        pieces[i] = order.pieces;
        sum += order.pieces;
        never += order.receipt_count == 0 ? 1 : 0;
        one_lot += order.receipt_count == 1 ? 1 : 0;
        late += order.receipt_count > 0 && order.receipts[0].received_on > order.due_on ? 1 : 0;
    }
    qsort(pieces, ORDERS, sizeof *pieces, by_size);
    ck_assert_int_ge(pieces[ORDERS / 2], 38);
    ck_assert_int_le(pieces[ORDERS / 2], 48);
    ck_assert_int_ge(sum / ORDERS, 1200);
    ck_assert_int_le(sum / ORDERS, 2600);
    ck_assert_int_ge(never * 1000 / ORDERS, 62);
    ck_assert_int_le(never * 1000 / ORDERS, 82);
    ck_assert_int_ge(one_lot * 100 / (ORDERS - never), 88);
    ck_assert_int_le(one_lot * 100 / (ORDERS - never), 92);
    ck_assert_int_ge(late * 100 / (ORDERS - never), 28);
    ck_assert_int_le(late * 100 / (ORDERS - never), 32);
    free(pieces);
}
END_TEST

START_TEST(keys_of_the_plain_stage_ascend)
{
    struct plain_texts before;
    struct plain_texts after;
    struct receipt_taken row;

    year_plain(999999, &before, &row);
    year_plain(1000000, &after, &row);
    ck_assert_str_lt(before.receipt_id, after.receipt_id);
    ck_assert_ptr_eq(row.receipt_id, after.receipt_id);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, an_order_is_the_same_whatever_was_made_before);
    tcase_add_test(tcase, another_seed_is_another_year);
    tcase_add_test(tcase, what_arrived_adds_up_to_the_order);
    tcase_add_test(tcase, the_proportions_are_the_nation_s);
    tcase_add_test(tcase, keys_of_the_plain_stage_ascend);
}

int main(void)
{
    return unit_run("bench.year", fill);
}
