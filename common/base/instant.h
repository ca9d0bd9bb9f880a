#ifndef COMMON_INSTANT_H
#define COMMON_INSTANT_H

#include "common/base/error.h"

#include <stdint.h>

/* An instant is an int64_t: microseconds since 1970-01-01T00:00:00Z (Avro's timestamp-micros). Civil
 * time is that of America/Mexico_City, fixed at UTC-6: summer time ended on 2022-10-30 (Ley de los
 * Husos Horarios, DOF 28-10-2022). For summers before, civil times come out one hour early. */

enum { INSTANT_TEXT_BYTES = 33 }; /**< the longest text of the functions below, and its NUL */

/** Whether its day in UTC is a date of the years 1 to 9999: what is read and written. */
bool instant_is_valid(int64_t instant);

/** The wall clock. Only for the runtime, the log and the CLI: no judgement reads it. */
int64_t instant_now(void);

/** Writes RFC 3339 in UTC: "2025-06-09T18:30:00.000000Z". */
void instant_format(int64_t instant, char out[static INSTANT_TEXT_BYTES]);

/** Writes RFC 3339 as people in Mexico City read it: "2025-06-09T12:30:00-06:00". */
void instant_format_local(int64_t instant, char out[static INSTANT_TEXT_BYTES]);

/** Reads RFC 3339 with 'T' or ' ', 0-6 decimals of a second and a zone ('Z' or ±HH:MM); without a
 *  zone, and for a date alone, Mexico City's. False for anything else, NULL too, and for what a zone
 *  moves out of the years 1 to 9999. */
bool instant_parse(const char *text, int64_t *out) MUST_CHECK;

#endif
