#include "common/base/date.h"
#include "common/domain/calendar.h"
#include "tests/base/unit.h"

static int32_t day(const char *iso)
{
    int32_t date = 0;

    ck_assert_msg(date_parse_iso(iso, &date), "%s", iso);
    return date;
}

struct day_case {
    const char *name;
    const char *date;
    bool holiday;
    const char *next_working;
};

static const struct day_case cases[] = {
    {"an ordinary Monday", "2025-06-09", false, "2025-06-09"},
    {"a Saturday", "2025-06-14", false, "2025-06-16"},
    {"New Year", "2026-01-01", true, "2026-01-02"},
    {"the first Monday of February", "2025-02-03", true, "2025-02-04"},
    {"5 February itself works", "2025-02-05", false, "2025-02-05"},
    {"the third Monday of March", "2025-03-17", true, "2025-03-18"},
    {"the second Monday of March works", "2025-03-10", false, "2025-03-10"},
    {"the first of May", "2025-05-01", true, "2025-05-02"},
    {"Independence Day", "2025-09-16", true, "2025-09-17"},
    {"Independence Day on a Saturday", "2028-09-16", true, "2028-09-18"},
    {"the third Monday of November", "2025-11-17", true, "2025-11-18"},
    {"the weekend before it goes past it", "2025-11-15", false, "2025-11-18"},
    {"Christmas", "2025-12-25", true, "2025-12-26"},
    {"the change of government of 2024", "2024-10-01", true, "2024-10-02"},
    {"1 October 2025 works", "2025-10-01", false, "2025-10-01"},
    {"the change of government of 2030", "2030-10-01", true, "2030-10-02"},
    {"the change of government of 2018 was in December", "2018-12-01", true, "2018-12-03"},
    {"1 December 2024 is a Sunday and no holiday", "2024-12-01", false, "2024-12-02"},
    {"1 October 2018 works", "2018-10-01", false, "2018-10-01"},
};

START_TEST(holidays_and_weekends_move_to_the_next_working_day)
{
    const struct day_case *row = &cases[_i];
    const int32_t date = day(row->date);

    ck_assert_msg(calendar_is_holiday(date) == row->holiday, "%s", row->name);
    ck_assert_msg(calendar_next_working(date) == day(row->next_working), "%s", row->name);
    ck_assert(calendar_is_working(calendar_next_working(date)));
}
END_TEST

struct between_case {
    const char *name;
    const char *after;
    const char *until;
    int32_t working;
};

static const struct between_case between_cases[] = {
    {"the same day is not late", "2025-06-09", "2025-06-09", 0},
    {"before is not late", "2025-06-10", "2025-06-09", 0},
    {"Monday to Tuesday is one", "2025-06-09", "2025-06-10", 1},
    {"Friday to Monday is one", "2025-06-13", "2025-06-16", 1},
    {"Friday to Sunday is none", "2025-06-13", "2025-06-15", 0},
    {"a week is five", "2025-06-09", "2025-06-16", 5},
    {"a holiday does not count", "2025-09-15", "2025-09-17", 1},
    {"over New Year", "2025-12-24", "2026-01-02", 5},
};

START_TEST(working_days_are_counted_from_the_day_after)
{
    const struct between_case *row = &between_cases[_i];
    const int32_t working = calendar_working_days_between(day(row->after), day(row->until));

    ck_assert_msg(working == row->working, "%s: %d", row->name, working);
}
END_TEST

START_TEST(counting_agrees_with_looking_at_every_day)
{
    const int32_t first = day("2017-11-20");
    const int32_t last = day("2031-02-10");
    int32_t counted = 0;

    for (int32_t start = first; start < first + 14; start++) {
        counted = 0;
        for (int32_t date = start; date <= last; date++) {
            counted += date > start && calendar_is_working(date) ? 1 : 0;
            if (calendar_working_days_between(start, date) != counted) {
                ck_abort_msg("from %d to %d", start, date);
            }
        }
    }
    ck_assert_int_gt(counted, 3000);
}
END_TEST

START_TEST(absurd_dates_do_no_harm)
{
    ck_assert_int_gt(calendar_working_days_between(INT32_MIN, INT32_MAX), 2000000);
    ck_assert_int_eq(calendar_working_days_between(INT32_MAX, INT32_MIN), 0);
    ck_assert_int_eq(calendar_next_working(INT32_MAX), INT32_MAX);
    (void)calendar_next_working(INT32_MIN);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, holidays_and_weekends_move_to_the_next_working_day, 0,
                        UNIT_COUNT(cases));
    tcase_add_loop_test(tcase, working_days_are_counted_from_the_day_after, 0,
                        UNIT_COUNT(between_cases));
    tcase_add_test(tcase, counting_agrees_with_looking_at_every_day);
    tcase_add_test(tcase, absurd_dates_do_no_harm);
}

int main(void)
{
    return unit_run("domain.calendar", fill);
}
