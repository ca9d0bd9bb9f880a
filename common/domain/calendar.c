#include "common/domain/calendar.h"

#include "common/base/date.h"

#include <stddef.h>

/* A holiday is a day of a month, or its nth Monday. */
struct holiday {
    int32_t month;
    int32_t day; /* 0 when moved to a Monday */
    int32_t nth_monday;
};

/* LFT art. 74, fractions I-VI and VIII. */
static const struct holiday holidays[] = {
    {.month = 1, .day = 1},   {.month = 2, .nth_monday = 1}, {.month = 3, .nth_monday = 3},
    {.month = 5, .day = 1},   {.month = 9, .day = 16},       {.month = 11, .nth_monday = 3},
    {.month = 12, .day = 25},
};

enum {
    HOLIDAY_COUNT = sizeof holidays / sizeof holidays[0],
    LAST_DECEMBER_CHANGE = 2018,
    FIRST_OCTOBER_CHANGE = 2024,
    TERM_YEARS = 6,
};

/* LFT art. 74, fraction VII: the change of the federal government; month 0 when not in this year. */
static struct holiday change_of_government(int32_t year)
{
    if (year >= FIRST_OCTOBER_CHANGE && (year - FIRST_OCTOBER_CHANGE) % TERM_YEARS == 0) {
        return (struct holiday){.month = 10, .day = 1};
    }
    if (year <= LAST_DECEMBER_CHANGE && (LAST_DECEMBER_CHANGE - year) % TERM_YEARS == 0) {
        return (struct holiday){.month = 12, .day = 1};
    }
    return (struct holiday){0};
}

static bool falls_on(const struct holiday *holiday, struct civil civil, enum weekday weekday)
{
    if (holiday->month != civil.month) {
        return false;
    }
    if (holiday->day != 0) {
        return holiday->day == civil.day;
    }
    return weekday == WEEKDAY_MONDAY && (civil.day - 1) / 7 + 1 == holiday->nth_monday;
}

bool calendar_is_weekend(int32_t date)
{
    return date_weekday(date) >= WEEKDAY_SATURDAY;
}

bool calendar_is_holiday(int32_t date)
{
    const struct civil civil = date_to_civil(date);
    const enum weekday weekday = date_weekday(date);
    const struct holiday change = change_of_government(civil.year);

    for (size_t i = 0; i < HOLIDAY_COUNT; i++) {
        if (falls_on(&holidays[i], civil, weekday)) {
            return true;
        }
    }
    return falls_on(&change, civil, weekday);
}

bool calendar_is_working(int32_t date)
{
    return !calendar_is_weekend(date) && !calendar_is_holiday(date);
}

int32_t calendar_next_working(int32_t date)
{
    while (date < DATE_MAX && !calendar_is_working(date)) {
        date++;
    }
    return date;
}

/* Whether the holiday takes a working day away from those after `after` up to `until`. */
static int32_t counts_within(const struct holiday *holiday, int32_t year, int32_t after,
                             int32_t until)
{
    const struct civil civil = {year, holiday->month, holiday->day != 0 ? holiday->day : 1};
    int32_t date;

    if (!date_from_civil(civil, &date)) {
        return 0; /* month 0: no change of government in this year */
    }
    if (holiday->nth_monday != 0) {
        const int32_t to_monday = (8 - (int32_t)date_weekday(date)) % 7;

        date += to_monday + 7 * (holiday->nth_monday - 1);
    }
    return date > after && date <= until && !calendar_is_weekend(date) ? 1 : 0;
}

static int32_t weekdays_between(int32_t after, int32_t until)
{
    const int32_t weeks = (until - after) / 7;
    int32_t count = weeks * 5;

    for (int32_t date = after + weeks * 7 + 1; date <= until; date++) {
        count += calendar_is_weekend(date) ? 0 : 1;
    }
    return count;
}

static int32_t within_range(int32_t date)
{
    if (date < DATE_MIN) {
        return DATE_MIN;
    }
    return date > DATE_MAX ? DATE_MAX : date;
}

int32_t calendar_working_days_between(int32_t after, int32_t until)
{
    const int32_t from = within_range(after);
    const int32_t to = within_range(until);
    const int32_t last_year = date_to_civil(to).year;
    int32_t count;

    if (to <= from) {
        return 0;
    }
    count = weekdays_between(from, to);
    for (int32_t year = date_to_civil(from).year; year <= last_year; year++) {
        const struct holiday change = change_of_government(year);

        for (size_t i = 0; i < HOLIDAY_COUNT; i++) {
            count -= counts_within(&holidays[i], year, from, to);
        }
        count -= counts_within(&change, year, from, to);
    }
    return count;
}
