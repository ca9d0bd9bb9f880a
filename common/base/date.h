#ifndef COMMON_DATE_H
#define COMMON_DATE_H

#include "common/base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* A date is an int32_t: days since 1970-01-01 in the proleptic Gregorian calendar, without a time
 * zone. Avro's logical type `date` and PostgreSQL's `date` (minus 10957) count alike. */

enum { DATE_TEXT_BYTES = 11 }; /**< "2025-06-09" and its NUL */

/** 0001-01-01 and 9999-12-31: what is read and written. */
enum { DATE_MIN = -719162, DATE_MAX = 2932896 };

enum weekday {
    WEEKDAY_MONDAY = 1, /**< numbered as ISO 8601 does */
    WEEKDAY_TUESDAY,
    WEEKDAY_WEDNESDAY,
    WEEKDAY_THURSDAY,
    WEEKDAY_FRIDAY,
    WEEKDAY_SATURDAY,
    WEEKDAY_SUNDAY,
};

/** Microseconds of a day: a date times this is its midnight UTC, the instant by which days are compared. */
#define DATE_DAY_MICROSECONDS (INT64_C(86400) * 1000000)

struct civil {
    int32_t year;
    int32_t month; /**< 1-12 */
    int32_t day;   /**< 1-31 */
};

/** Whether it lies within DATE_MIN..DATE_MAX. */
bool date_is_valid(int32_t date);

/** The day of a civil date. False when there is no such day or its year is not 1-9999. */
bool date_from_civil(struct civil civil, int32_t *out) MUST_CHECK;

/** Year, month and day of a date; any int32_t. */
struct civil date_to_civil(int32_t date);

/** Reads "2025-06-09", alone or with a valid time after ' ' or 'T' ("2025-06-09 00:00:00", with
 *  fractions of a second or a final 'Z'), which is dropped, not converted. Strict: no blanks
 *  around. False for anything else, NULL too; `out` is then untouched. */
bool date_parse_iso(const char *text, int32_t *out) MUST_CHECK;

/** Reads "09/06/2025" (day first, as IMSS and IMSS-Bienestar export; one-digit day and month pass),
 *  alone or with " HH:MM[:SS]", which is dropped. False for anything else, NULL too. */
bool date_parse_dmy(const char *text, int32_t *out) MUST_CHECK;

/** Writes "2025-06-09"; "----------" outside DATE_MIN..DATE_MAX. */
void date_format(int32_t date, char out[static DATE_TEXT_BYTES]);

enum weekday date_weekday(int32_t date);

#endif
