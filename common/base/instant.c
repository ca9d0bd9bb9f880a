#include "common/base/instant.h"

#include "common/base/date.h"
#include "common/base/text.h"

#include <string.h>
#include <time.h>

#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_MINUTE (60 * MICROS_PER_SECOND)
#define MICROS_PER_DAY (86400 * MICROS_PER_SECOND)
#define MEXICO_CITY_OFFSET (-6 * 60 * MICROS_PER_MINUTE)

struct parts {
    int32_t date;
    int64_t micros; /* of the day */
};

/* Floor division; instants far outside the years 1-9999 end at the ends of int32_t. */
static struct parts split(int64_t instant)
{
    int64_t days = instant / MICROS_PER_DAY;
    int64_t micros = instant % MICROS_PER_DAY;

    if (micros < 0) {
        micros += MICROS_PER_DAY;
        days--;
    }
    return (struct parts){(int32_t)days, micros}; /* 2^63 microseconds are 106,751,991 days */
}

bool instant_is_valid(int64_t instant)
{
    return date_is_valid(split(instant).date);
}

int64_t instant_now(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MICROS_PER_SECOND + now.tv_nsec / 1000;
}

void instant_format(int64_t instant, char out[static INSTANT_TEXT_BYTES])
{
    const struct parts parts = split(instant);
    const int seconds = (int)(parts.micros / MICROS_PER_SECOND);
    char date[DATE_TEXT_BYTES];

    date_format(parts.date, date);
    (void)text_format(out, INSTANT_TEXT_BYTES, "%sT%02d:%02d:%02d.%06dZ", date, seconds / 3600,
                      seconds / 60 % 60, seconds % 60, (int)(parts.micros % MICROS_PER_SECOND));
}

/* The civil time of Mexico City as if it were UTC. */
static int64_t to_local(int64_t instant)
{
    return instant < INT64_MIN - MEXICO_CITY_OFFSET ? INT64_MIN : instant + MEXICO_CITY_OFFSET;
}

void instant_format_local(int64_t instant, char out[static INSTANT_TEXT_BYTES])
{
    const struct parts parts = split(to_local(instant));
    const int seconds = (int)(parts.micros / MICROS_PER_SECOND);
    char date[DATE_TEXT_BYTES];

    date_format(parts.date, date);
    (void)text_format(out, INSTANT_TEXT_BYTES, "%sT%02d:%02d:%02d-06:00", date, seconds / 3600,
                      seconds / 60 % 60, seconds % 60);
}

static bool take_two(const char **text, int64_t highest, int64_t *out)
{
    const char *at = *text;

    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') {
        return false;
    }
    *out = (at[0] - '0') * 10 + (at[1] - '0');
    *text += 2;
    return *out <= highest;
}

static bool take_fraction(const char **text, int64_t *micros)
{
    int64_t unit = MICROS_PER_SECOND;

    *micros = 0;
    if (**text != '.') {
        return true;
    }
    (*text)++;
    while (**text >= '0' && **text <= '9' && unit > 1) {
        unit /= 10;
        *micros += (**text - '0') * unit;
        (*text)++;
    }
    return unit < MICROS_PER_SECOND;
}

/* Reads 'Z', ±HH:MM or nothing up to the end of the text, into what local time is ahead of UTC. */
static bool take_zone(const char *text, int64_t *ahead)
{
    const char sign = *text;
    int64_t hours;
    int64_t minutes;

    if (sign == '\0') {
        *ahead = MEXICO_CITY_OFFSET;
        return true;
    }
    text++;
    if (sign == 'Z') {
        *ahead = 0;
        return *text == '\0';
    }
    if ((sign != '+' && sign != '-') || !take_two(&text, 23, &hours) || *text++ != ':' ||
        !take_two(&text, 59, &minutes) || *text != '\0') {
        return false;
    }
    *ahead = (hours * 60 + minutes) * (sign == '-' ? -MICROS_PER_MINUTE : MICROS_PER_MINUTE);
    return true;
}

bool instant_parse(const char *text, int64_t *out)
{
    enum { DATE_LENGTH = DATE_TEXT_BYTES - 1 };
    char day[DATE_TEXT_BYTES] = {0};
    int32_t date;
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    int64_t micros = 0;
    int64_t ahead = 0;
    int64_t instant;

    if (text == NULL || strnlen(text, DATE_LENGTH) < DATE_LENGTH) {
        return false;
    }
    memcpy(day, text, DATE_LENGTH);
    text += DATE_LENGTH;
    if (!date_parse_iso(day, &date)) {
        return false;
    }
    if (*text == 'T' || *text == ' ') {
        text++;
        if (!take_two(&text, 23, &hour) || *text++ != ':' || !take_two(&text, 59, &minute) ||
            *text++ != ':' || !take_two(&text, 59, &second) || !take_fraction(&text, &micros)) {
            return false;
        }
    } else if (*text != '\0') {
        return false;
    }
    if (!take_zone(text, &ahead)) {
        return false;
    }
    instant = (int64_t)date * MICROS_PER_DAY +
              ((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + micros - ahead;
    if (!instant_is_valid(instant)) {
        return false;
    }
    *out = instant;
    return true;
}
