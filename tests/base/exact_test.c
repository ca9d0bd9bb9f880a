#include "common/base/exact.h"
#include "tests/base/unit.h"

static struct exact part(int64_t price_e4, int64_t pieces, int32_t days, int32_t rate_bp)
{
    struct exact sum = {0};
    struct error err = {0};

    ck_assert_msg(exact_add_part(&sum, price_e4, pieces, days, rate_bp, &err), "%s", err.message);
    return sum;
}

struct part_case {
    const char *name;
    int64_t price_e4;
    int64_t pieces;
    int32_t days;
    int32_t rate_bp;
    int64_t centavos;
    uint128 units; /* of 1e-8 peso */
};

static const struct part_case part_cases[] = {
    {"100 pieces at 10 pesos, one day at 2 %, owe 20 pesos", 100000, 100, 1, 200, 2000, 2000000000},
    {"five days are five times that", 100000, 100, 5, 200, 10000, 10000000000},
    {"four decimals of the price count", 14864, 7, 3, 250, 78, 78036000},
    {"half a centavo goes up", 50, 1, 1, 10000, 1, 500000},
    {"a bit less than half goes down", 49, 1, 1, 10000, 0, 490000},
    {"the smallest unit is kept", 1, 1, 1, 1, 0, 1},
    {"nothing late owes nothing", 100000, 0, 5, 200, 0, 0},
    {"a rate of a quarter per cent", 100000, 1, 1, 25, 3, 2500000},
    {"the largest price fits", INT64_MAX, 1, 1, 10000, 92233720368547758,
     (uint128)INT64_MAX * 10000},
};

START_TEST(a_part_is_price_by_pieces_by_days_by_rate)
{
    const struct part_case *row = &part_cases[_i];
    const struct exact exact = part(row->price_e4, row->pieces, row->days, row->rate_bp);
    struct error err = {0};
    int64_t centavos = -1;

    ck_assert_msg(exact_to_centavos(&exact, &centavos, &err), "%s: %s", row->name, err.message);
    ck_assert_msg(centavos == row->centavos, "%s: %lld", row->name, (long long)centavos);
    ck_assert_msg(exact.units == row->units, "%s", row->name);
}
END_TEST

START_TEST(only_the_total_is_rounded)
{
    struct exact total = {0};
    struct error err = {0};
    int64_t centavos = 0;

    for (int i = 0; i < 3; i++) { /* 0.4 centavos three times is one centavo, not none */
        ck_assert(exact_add_part(&total, 40, 1, 1, 10000, &err));
    }
    ck_assert(exact_to_centavos(&total, &centavos, &err));
    ck_assert_int_eq(centavos, 1);
}
END_TEST

START_TEST(the_order_of_parts_does_not_matter)
{
    struct exact forwards = {0};
    struct exact backwards = {0};
    struct error err = {0};

    for (int i = 1; i <= 100; i++) {
        ck_assert(exact_add_part(&forwards, 7919 * i, 13 * i, i % 6, 150 + i, &err));
        ck_assert(exact_add_part(&backwards, 7919 * (101 - i), 13 * (101 - i), (101 - i) % 6,
                                 150 + 101 - i, &err));
    }
    ck_assert_int_eq(exact_compare(&forwards, &backwards), 0);
}
END_TEST

START_TEST(a_product_beyond_128_bits_is_an_error_and_changes_nothing)
{
    struct exact sum = part(1, 1, 1, 1);
    struct error err = {0};

    ck_assert(!exact_add_part(&sum, INT64_MAX, INT64_MAX, INT32_MAX, INT32_MAX, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert(sum.units == 1);
}
END_TEST

START_TEST(a_sum_beyond_128_bits_is_an_error)
{
    struct exact sum = part(INT64_MAX, INT64_MAX, 3, 1);
    const struct exact more = sum;
    struct error err = {0};

    ck_assert(!exact_add(&sum, &more, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_int_eq(exact_compare(&sum, &more), 0);
}
END_TEST

START_TEST(an_amount_beyond_64_bits_of_centavos_is_an_error)
{
    const struct exact huge = part(INT64_MAX, INT64_MAX, 1, 1);
    struct error err = {0};
    int64_t centavos = 42;

    ck_assert(!exact_to_centavos(&huge, &centavos, &err));
    ck_assert_int_eq(centavos, 42);
}
END_TEST

START_TEST(negative_figures_are_refused)
{
    struct exact sum = {0};
    struct error err = {0};

    ck_assert(!exact_add_part(&sum, -1, 1, 1, 1, &err));
    error_clear(&err);
    ck_assert(!exact_add_part(&sum, 1, -1, 1, 1, &err));
    error_clear(&err);
    ck_assert(!exact_add_part(&sum, 1, 1, -1, 1, &err));
    error_clear(&err);
    ck_assert(!exact_add_part(&sum, 1, 1, 1, -1, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
}
END_TEST

START_TEST(amounts_are_less_equal_or_greater)
{
    const struct exact twenty = part(100000, 100, 1, 200);
    const struct exact same = part(200000, 100, 1, 100);
    const struct exact less = part(100000, 100, 1, 199);

    ck_assert_int_eq(exact_compare(&twenty, &same), 0);
    ck_assert_int_eq(exact_compare(&twenty, &less), 1);
    ck_assert_int_eq(exact_compare(&less, &twenty), -1);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_part_is_price_by_pieces_by_days_by_rate, 0,
                        UNIT_COUNT(part_cases));
    tcase_add_test(tcase, only_the_total_is_rounded);
    tcase_add_test(tcase, the_order_of_parts_does_not_matter);
    tcase_add_test(tcase, a_product_beyond_128_bits_is_an_error_and_changes_nothing);
    tcase_add_test(tcase, a_sum_beyond_128_bits_is_an_error);
    tcase_add_test(tcase, an_amount_beyond_64_bits_of_centavos_is_an_error);
    tcase_add_test(tcase, negative_figures_are_refused);
    tcase_add_test(tcase, amounts_are_less_equal_or_greater);
}

int main(void)
{
    return unit_run("base.exact", fill);
}
