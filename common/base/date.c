#include "common/base/date.h"

#include "common/base/text.h"

#include <stddef.h>

enum {
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_ERA = 719468,  /* from 0000-03-01 to 1970-01-01 */
};

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in_month(int32_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(int32_t date)
{
    return date >= DATE_MIN && date <= DATE_MAX;
}

/* Counts from 1 March, so that the leap day is the last of its year (Howard Hinnant,
 * "chrono-compatible low-level date algorithms"). */
bool date_from_civil(struct civil civil, int32_t *out)
{
    int32_t year;
    int32_t era;
    int32_t year_of_era;
    int32_t day_of_year;

    if (civil.year < 1 || civil.year > 9999 || civil.month < 1 || civil.month > 12 ||
        civil.day < 1 || civil.day > days_in_month(civil.year, civil.month)) {
        return false;
    }
    year = civil.month <= 2 ? civil.year - 1 : civil.year;
    era = year / 400;
    year_of_era = year - era * 400;
    day_of_year = (153 * ((civil.month + 9) % 12) + 2) / 5 + civil.day - 1;
    *out = era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year - DAYS_TO_ERA;
    return true;
}

struct civil date_to_civil(int32_t date)
{
    const int64_t days = (int64_t)date + DAYS_TO_ERA;
    const int64_t era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    const int32_t day_of_era = (int32_t)(days - era * DAYS_PER_ERA);
    const int32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int32_t month = (5 * day_of_year + 2) / 153;
    struct civil civil = {.month = month < 10 ? month + 3 : month - 9,
                          .day = day_of_year - (153 * month + 2) / 5 + 1};

    civil.year = (int32_t)(year_of_era + era * 400) + (civil.month <= 2 ? 1 : 0);
    return civil;
}

/* Takes `least` to `most` digits and moves on; false when fewer stand there. */
static bool take_number(const char **text, int least, int most, int32_t *out)
{
    int32_t value = 0;
    int digits = 0;

    while (digits < most && **text >= '0' && **text <= '9') {
        value = value * 10 + (**text - '0');
        (*text)++;
        digits++;
    }
    *out = value;
    return digits >= least;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted) {
        return false;
    }
    (*text)++;
    return true;
}

/* "HH:MM", "HH:MM:SS", "HH:MM:SS.ffffff", each with a 'Z' or not, to the end of the text. */
static bool is_time(const char *text)
{
    int32_t hour;
    int32_t minute;
    int32_t second = 0;
    int32_t fraction;

    if (!take_number(&text, 1, 2, &hour) || !take_char(&text, ':') ||
        !take_number(&text, 2, 2, &minute)) {
        return false;
    }
    if (take_char(&text, ':')) {
        if (!take_number(&text, 2, 2, &second)) {
            return false;
        }
        if (take_char(&text, '.') && !take_number(&text, 1, 9, &fraction)) {
            return false;
        }
    }
    (void)take_char(&text, 'Z');
    return *text == '\0' && hour <= 23 && minute <= 59 && second <= 60;
}

/* What may follow a date: nothing, or a separator and a time. */
static bool is_rest(const char *text, bool allow_t)
{
    if (*text == '\0') {
        return true;
    }
    return (*text == ' ' || (allow_t && *text == 'T')) && is_time(text + 1);
}

bool date_parse_iso(const char *text, int32_t *out)
{
    struct civil civil;

    return text != NULL && take_number(&text, 4, 4, &civil.year) && take_char(&text, '-') &&
           take_number(&text, 2, 2, &civil.month) && take_char(&text, '-') &&
           take_number(&text, 2, 2, &civil.day) && is_rest(text, true) &&
           date_from_civil(civil, out);
}

bool date_parse_dmy(const char *text, int32_t *out)
{
    struct civil civil;

    return text != NULL && take_number(&text, 1, 2, &civil.day) && take_char(&text, '/') &&
           take_number(&text, 1, 2, &civil.month) && take_char(&text, '/') &&
           take_number(&text, 4, 4, &civil.year) && is_rest(text, false) &&
           date_from_civil(civil, out);
}

void date_format(int32_t date, char out[static DATE_TEXT_BYTES])
{
    const struct civil civil = date_to_civil(date);

    if (!date_is_valid(date)) {
        (void)text_format(out, DATE_TEXT_BYTES, "----------");
        return;
    }
    (void)text_format(out, DATE_TEXT_BYTES, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

enum weekday date_weekday(int32_t date)
{
    /* 1970-01-01 was a Thursday */
    const int64_t from_monday = (((int64_t)date + 3) % 7 + 7) % 7;

    return (enum weekday)(from_monday + WEEKDAY_MONDAY);
}
