#include "common/base/date.h"
#include "common/base/instant.h"
#include "common/domain/calendar.h"
#include "services/gateway/cell.h"
#include "services/gateway/file_name.h"
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Dates and instants. A day is printed and read as the same, both ways of writing it agree, the C library's calendar
 * agrees; an instant is printed, in UTC and for Mexico City, and read as the same.
 *
 * Input: eight bytes of an instant, and a text. */

static void check_day(int32_t day)
{
    const struct civil civil = date_to_civil(day);
    const time_t seconds = (time_t)day * 86400;
    struct tm parts;
    char text[DATE_TEXT_BYTES];
    char dmy[32];
    int32_t again;

    date_format(day, text);
    if (!date_is_valid(day)) {
        FUZZ_CHECK(!date_parse_iso(text, &again), "%s is read", text);
        return;
    }
    FUZZ_CHECK(date_parse_iso(text, &again) && again == day, "%s is another day", text);
    (void)snprintf(dmy, sizeof dmy, "%d/%d/%04d", civil.day, civil.month, civil.year);
    FUZZ_CHECK(date_parse_dmy(dmy, &again) && again == day, "%s is not %s", dmy, text);
    FUZZ_CHECK(gmtime_r(&seconds, &parts) != NULL && parts.tm_year + 1900 == civil.year &&
                   parts.tm_mon + 1 == civil.month && parts.tm_mday == civil.day &&
                   (parts.tm_wday == 0 ? 7 : parts.tm_wday) == (int)date_weekday(day),
               "the C library has another day for %s", text);
    FUZZ_CHECK(!calendar_is_working(day) || calendar_next_working(day) == day,
               "%s: working, and the next one is another", text);
}

static void check_instant(int64_t instant)
{
    char text[INSTANT_TEXT_BYTES];
    int64_t again;
    int64_t whole;

    instant_format(instant, text);
    if (!instant_is_valid(instant)) {
        FUZZ_CHECK(!instant_parse(text, &again), "%s is read", text);
        return;
    }
    FUZZ_CHECK(instant_parse(text, &again) && again == instant, "%s is another instant", text);
    instant_format_local(instant, text);
    if (instant_parse(text, &again)) { /* not where local time falls into another year 0 or 10000 */
        whole = instant % 1000000;
        whole = instant - (whole < 0 ? whole + 1000000 : whole);
        FUZZ_CHECK(again == whole, "%s is another instant in Mexico City", text);
    }
}

static void check_text(const char *text)
{
    int32_t day = 0;
    int64_t instant = 0;

    if (cell_day(text, &day)) {
        FUZZ_CHECK(date_is_valid(day), "%s is day %d", text, (int)day);
        check_day(day);
    }
    if (instant_parse(text, &instant)) {
        FUZZ_CHECK(instant_is_valid(instant), "%s is read, and cannot be written", text);
        check_instant(instant);
    }
    if (file_name_day(text, &day)) {
        FUZZ_CHECK(day >= 10957 && day <= 47481, "%s: a day outside 2000 to 2099", text);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const int64_t number = fuzz_int64(&input);
    struct arena arena = {0};

    check_day((int32_t)(uint32_t)(uint64_t)number);
    check_day((int32_t)(number % DATE_MAX));
    check_instant(number);
    check_instant(number / 1024);
    check_text(fuzz_text(&input, 0, &arena));
    arena_finish(&arena);
}
