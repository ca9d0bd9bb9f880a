#include "common/base/instant.h"
#include "tests/base/unit.h"

START_TEST(people_read_the_time_of_mexico_city)
{
    char text[INSTANT_TEXT_BYTES];
    int64_t instant = 0;

    ck_assert(instant_parse("2025-06-09T06:00:00Z", &instant));
    instant_format_local(instant, text);
    ck_assert_str_eq(text, "2025-06-09T00:00:00-06:00");
    instant_format_local(INT64_MIN, text);
}
END_TEST

START_TEST(instants_before_1970_and_absurd_ones_are_written)
{
    char text[INSTANT_TEXT_BYTES];

    instant_format(-1, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59.999999Z");
    instant_format(INT64_MIN, text);
    instant_format(INT64_MAX, text);
    ck_assert_int_gt(instant_now(), INT64_C(1700000000000000));
}
END_TEST

struct parse_case {
    const char *text;
    const char *utc; /* NULL: refused */
};

static const struct parse_case parse_cases[] = {
    {"2025-06-09T12:30:00-06:00", "2025-06-09T18:30:00.000000Z"},
    {"2025-06-09T18:30:00.25Z", "2025-06-09T18:30:00.250000Z"},
    {"2025-06-09 12:30:00", "2025-06-09T18:30:00.000000Z"},
    {"2025-06-09", "2025-06-09T06:00:00.000000Z"},
    {"2025-06-09T00:00:00+05:30", "2025-06-08T18:30:00.000000Z"},
    {"2025-06-09T18:30:00.1234567Z", NULL},
    {"2025-06-09T18:30:00.Z", NULL},
    {"2025-06-09T18:30Z", NULL},
    {"2025-06-09T24:00:00Z", NULL},
    {"2025-06-09T1", NULL},
    {"2025-06-09Z ", NULL},
    {"2025-06-09T10:00:00+", NULL},
    {"2025-06-09T10:00:00+05", NULL},
    {"2025-06-0", NULL},
    {"", NULL},
    {NULL, NULL},
};

START_TEST(instants_are_read_with_their_zone)
{
    const struct parse_case *row = &parse_cases[_i];
    char text[INSTANT_TEXT_BYTES];
    int64_t instant = 42;
    const bool read = instant_parse(row->text, &instant);

    ck_assert_msg(read == (row->utc != NULL), "«%s»", row->text == NULL ? "NULL" : row->text);
    if (row->utc == NULL) {
        ck_assert_int_eq(instant, 42);
        return;
    }
    instant_format(instant, text);
    ck_assert_str_eq(text, row->utc);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, people_read_the_time_of_mexico_city);
    tcase_add_test(tcase, instants_before_1970_and_absurd_ones_are_written);
    tcase_add_loop_test(tcase, instants_are_read_with_their_zone, 0, UNIT_COUNT(parse_cases));
}

int main(void)
{
    return unit_run("base.instant", fill);
}
