#include "common/base/decimal.h"
#include "tests/base/unit.h"

#include <string.h>

enum expectation { REFUSED, CLEAN, ROUNDED, NOISY };

struct parse_case {
    const char *name;
    const char *text;
    int scale;
    enum expectation expect;
    int64_t value;
};

static const struct parse_case cases[] = {
    {"a price with one decimal", "452.0", 4, CLEAN, 4520000},
    {"a price with four decimals", "1.4864", 4, CLEAN, 14864},
    {"zeros beyond the scale are exact", "1.48640000", 4, CLEAN, 14864},
    {"float noise below", "14709.999999999998", 4, NOISY, 147100000},
    {"float noise above", "72.32000000000001", 4, NOISY, 723200},
    {"float noise of a large amount", "463280.99999999994", 4, NOISY, 4632810000},
    {"a real fifth decimal is rounded, not noise", "56.72505", 4, ROUNDED, 567251},
    {"half goes up", "0.00005", 4, ROUNDED, 1},
    {"less than half goes down", "0.00004999", 4, ROUNDED, 0},
    {"half goes away from zero below it", "-0.00005", 4, ROUNDED, -1},
    {"three decimals to centavos", "56.725", 2, ROUNDED, 5673},
    {"an integer", "120", 0, CLEAN, 120},
    {"pieces written as a float", "120.0", 0, CLEAN, 120},
    {"pieces with float noise", "119.99999999999999", 0, NOISY, 120},
    {"minus zero", "-0.0", 2, CLEAN, 0},
    {"a plus sign", "+5", 0, CLEAN, 5},
    {"no digit before the point", ".5", 1, CLEAN, 5},
    {"no digit after the point", "5.", 1, CLEAN, 50},
    {"many leading zeros", "000000000000000000000000000000000000001", 0, CLEAN, 1},
    {"the largest", "922337203685477.5807", 4, CLEAN, INT64_MAX},
    {"one more than the largest", "922337203685477.5808", 4, REFUSED, 0},
    {"rounded over the largest", "922337203685477.58075", 4, REFUSED, 0},
    {"minus the largest", "-922337203685477.5807", 4, CLEAN, -INT64_MAX},
    {"forty digits", "1234567890123456789012345678901234567890", 0, REFUSED, 0},
    {"forty-one digits, were they zeros", "00000000000000000000000000000000000000001", 0, REFUSED,
     0},
    {"two to the 64th", "18446744073709551616", 0, REFUSED, 0},
    {"nothing", "", 2, REFUSED, 0},
    {"only a sign", "-", 2, REFUSED, 0},
    {"only a point", ".", 2, REFUSED, 0},
    {"two points", "1.2.3", 2, REFUSED, 0},
    {"two signs", "--1", 2, REFUSED, 0},
    {"an exponent", "1e5", 2, REFUSED, 0},
    {"thousands", "1,234.56", 2, REFUSED, 0},
    {"a currency", "$12.00", 2, REFUSED, 0},
    {"blanks", " 12.00", 2, REFUSED, 0},
    {"no number", "NAN", 2, REFUSED, 0},
    {"infinity", "inf", 2, REFUSED, 0},
    {"not UTF-8", "\xFF\xFE", 2, REFUSED, 0},
    {"no text", NULL, 2, REFUSED, 0},
};

START_TEST(decimals_are_read_exactly_or_rounded_with_a_note)
{
    const struct parse_case *row = &cases[_i];
    struct decimal decimal = {.value = 42};
    struct decimal exact = {.value = 42};
    const bool read = decimal_parse(row->text, row->scale, DECIMAL_HALF_UP, &decimal);
    const bool read_exactly = decimal_parse(row->text, row->scale, DECIMAL_EXACT, &exact);

    ck_assert_msg(read == (row->expect != REFUSED), "%s", row->name);
    ck_assert_msg(read_exactly == (row->expect == CLEAN), "%s: exactly", row->name);
    ck_assert_msg(decimal.value == (read ? row->value : 42), "%s: %lld", row->name,
                  (long long)decimal.value);
    ck_assert_msg(decimal.inexact == (row->expect >= ROUNDED), "%s: inexact", row->name);
    ck_assert_msg(decimal.noisy == (row->expect == NOISY), "%s: noisy", row->name);
}
END_TEST

START_TEST(a_text_of_a_million_digits_is_refused)
{
    enum { BYTES = 1000000 };
    char *text = malloc(BYTES + 1);
    struct decimal decimal = {0};

    ck_assert_ptr_nonnull(text);
    memset(text, '9', BYTES);
    text[BYTES] = '\0';
    ck_assert(!decimal_parse(text, 4, DECIMAL_HALF_UP, &decimal));
    free(text);
}
END_TEST

START_TEST(what_was_written_is_read_again)
{
    const int64_t values[] = {0, 1, -1, 10000, -123456, INT64_MAX, -INT64_MAX};
    char text[DECIMAL_TEXT_BYTES];

    for (int scale = 0; scale <= DECIMAL_SCALE_MAX; scale++) {
        for (int i = 0; i < UNIT_COUNT(values); i++) {
            struct decimal decimal = {.value = 42};

            decimal_format(values[i], scale, text);
            ck_assert(decimal_parse(text, scale, DECIMAL_EXACT, &decimal));
            ck_assert_int_eq(decimal.value, values[i]);
        }
    }
}
END_TEST

START_TEST(numbers_are_written_for_people)
{
    char text[DECIMAL_TEXT_BYTES];

    decimal_format(4525000, 4, text);
    ck_assert_str_eq(text, "452.5000");
    decimal_format(-5, 2, text);
    ck_assert_str_eq(text, "-0.05");
    decimal_format(INT64_MIN, 4, text);
    ck_assert_str_eq(text, "-922337203685477.5808");
    decimal_format_short(4525000, 4, 2, text);
    ck_assert_str_eq(text, "452.50");
    decimal_format_short(4521250, 4, 2, text);
    ck_assert_str_eq(text, "452.125");
    decimal_format_short(4520000, 4, 0, text);
    ck_assert_str_eq(text, "452");
    decimal_format_short(100, 0, 0, text);
    ck_assert_str_eq(text, "100");
    decimal_format_money(123456, text);
    ck_assert_str_eq(text, "$1,234.56");
    decimal_format_money(-5, text);
    ck_assert_str_eq(text, "-$0.05");
    decimal_format_money(100000000, text);
    ck_assert_str_eq(text, "$1,000,000.00");
    decimal_format_money(INT64_MIN, text);
    ck_assert_str_eq(text, "-$92,233,720,368,547,758.08");
    decimal_format_count(1845000, text);
    ck_assert_str_eq(text, "1,845,000");
    decimal_format_count(INT64_MIN, text);
    ck_assert_str_eq(text, "-9,223,372,036,854,775,808");
    decimal_format_count(999, text);
    ck_assert_str_eq(text, "999");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, decimals_are_read_exactly_or_rounded_with_a_note, 0,
                        UNIT_COUNT(cases));
    tcase_add_test(tcase, a_text_of_a_million_digits_is_refused);
    tcase_add_test(tcase, what_was_written_is_read_again);
    tcase_add_test(tcase, numbers_are_written_for_people);
}

int main(void)
{
    return unit_run("base.decimal", fill);
}
