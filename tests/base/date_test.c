#include "common/base/date.h"
#include "tests/base/unit.h"

#include <string.h>

struct parse_case {
    const char *text;
    const char *iso; /* NULL: refused */
};

static const struct parse_case iso_cases[] = {
    {"2025-06-09", "2025-06-09"},
    {"2028-08-02 00:00:00", "2028-08-02"},
    {"2025-12-31T23:59:59.123456Z", "2025-12-31"},
    {"2024-02-29", "2024-02-29"},
    {"0001-01-01", "0001-01-01"},
    {"9999-12-31", "9999-12-31"},
    {"2025-02-29", NULL},
    {"1900-02-29", NULL},
    {"0000-01-01", NULL},
    {"2025-13-01", NULL},
    {"2025-00-01", NULL},
    {"2025-04-31", NULL},
    {"2025-6-9", NULL},
    {"25-06-09", NULL},
    {"2025-06-09x", NULL},
    {"2025-06-09 ", NULL},
    {" 2025-06-09", NULL},
    {"2025-06-09 24:00:00", NULL},
    {"2025-06-09 1a:00", NULL},
    {"2025-06-09T", NULL},
    {"2025/06/09", NULL},
    {"09/06/2025", NULL},
    {"1234567890123456789012345678901234567890", NULL},
    {"NAN", NULL},
    {"S/C", NULL},
    {"\xFF\xFE", NULL},
    {"", NULL},
    {NULL, NULL},
};

static const struct parse_case dmy_cases[] = {
    {"09/06/2025", "2025-06-09"},
    {"9/6/2025", "2025-06-09"},
    {"31/12/2025 23:59:59", "2025-12-31"},
    {"01/02/2026 8:05", "2026-02-01"},
    {"06/31/2025", NULL},
    {"31/06/2025", NULL},
    {"09/06/25", NULL},
    {"09/06/2025T10:00:00", NULL},
    {"09/06/20255", NULL},
    {"2025-06-09", NULL},
    {"09-06-2025", NULL},
    {"//", NULL},
    {"", NULL},
    {NULL, NULL},
};

static void check_parse(const struct parse_case *row, bool (*parse)(const char *, int32_t *))
{
    const char *name = row->text == NULL ? "NULL" : row->text;
    char text[DATE_TEXT_BYTES];
    int32_t date = 42;
    const bool read = parse(row->text, &date);

    ck_assert_msg(read == (row->iso != NULL), "«%s»", name);
    if (row->iso == NULL) {
        ck_assert_int_eq(date, 42);
        return;
    }
    date_format(date, text);
    ck_assert_msg(strcmp(text, row->iso) == 0, "«%s» read as %s", name, text);
}

START_TEST(iso_dates_are_read_strictly)
{
    check_parse(&iso_cases[_i], date_parse_iso);
}
END_TEST

START_TEST(dates_with_the_day_first_are_read)
{
    check_parse(&dmy_cases[_i], date_parse_dmy);
}
END_TEST

START_TEST(every_day_of_ten_thousand_years_goes_there_and_back)
{
    int32_t weekday = WEEKDAY_MONDAY; /* 0001-01-01 */
    struct civil before = {0};

    for (int32_t date = DATE_MIN; date <= DATE_MAX; date++) {
        const struct civil civil = date_to_civil(date);
        int32_t back = 0;

        const bool same_month = civil.year == before.year && civil.month == before.month;

        /* no ck_assert for each of 3.6 million days: it reports every one to the parent process */
        if (!date_from_civil(civil, &back) || back != date ||
            (int32_t)date_weekday(date) != weekday || (same_month && civil.day != before.day + 1)) {
            ck_abort_msg("day %d", date);
        }
        before = civil;
        weekday = weekday == WEEKDAY_SUNDAY ? WEEKDAY_MONDAY : weekday + 1;
    }
}
END_TEST

START_TEST(days_count_from_1970)
{
    int32_t date = 0;

    ck_assert(date_from_civil((struct civil){1970, 1, 1}, &date));
    ck_assert_int_eq(date, 0);
    ck_assert(date_from_civil((struct civil){2000, 1, 1}, &date));
    ck_assert_int_eq(date, 10957);
    ck_assert(date_from_civil((struct civil){2025, 10, 31}, &date));
    ck_assert_int_eq(date_weekday(date), WEEKDAY_FRIDAY);
    ck_assert(!date_from_civil((struct civil){INT32_MAX, 1, 1}, &date));
    ck_assert(!date_from_civil((struct civil){2025, INT32_MIN, 1}, &date));
}
END_TEST

START_TEST(absurd_days_do_no_harm)
{
    char text[DATE_TEXT_BYTES];

    date_format(INT32_MAX, text);
    ck_assert_str_eq(text, "----------");
    date_format(INT32_MIN, text);
    ck_assert_str_eq(text, "----------");
    ck_assert_int_ge(date_weekday(INT32_MIN), WEEKDAY_MONDAY);
    ck_assert_int_le(date_weekday(INT32_MAX), WEEKDAY_SUNDAY);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, iso_dates_are_read_strictly, 0, UNIT_COUNT(iso_cases));
    tcase_add_loop_test(tcase, dates_with_the_day_first_are_read, 0, UNIT_COUNT(dmy_cases));
    tcase_add_test(tcase, every_day_of_ten_thousand_years_goes_there_and_back);
    tcase_add_test(tcase, days_count_from_1970);
    tcase_add_test(tcase, absurd_days_do_no_harm);
}

int main(void)
{
    return unit_run("base.date", fill);
}
