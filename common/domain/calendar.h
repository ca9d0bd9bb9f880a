#ifndef COMMON_CALENDAR_H
#define COMMON_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* Working days of the federal administration in Mexico; dates are days since 1970-01-01 within
 * DATE_MIN..DATE_MAX. Weekends: Ley Federal de Procedimiento Administrativo art. 28. Holidays: Ley
 * Federal del Trabajo art. 74, as in force since 2006 (moved Mondays) and 2024 (1 October):
 * 1 January; first Monday of February; third Monday of March; 1 May; 16 September; third Monday of
 * November; 25 December; and every six years the change of government, 1 October since 2024 and
 * 1 December until 2018. Quoted from general knowledge (domain.md: verify before quoting as law); LFPA
 * 28 names 5 February, 21 March, 5 May, 1 September and 20 November of its own, and offices publish
 * their own days: dated overrides by institution come with the calendars topic. */

/** Saturday or Sunday. */
bool calendar_is_weekend(int32_t date);

/** One of the holidays above, whatever weekday it falls on. */
bool calendar_is_holiday(int32_t date);

/** Neither weekend nor holiday. */
bool calendar_is_working(int32_t date);

/** The date itself if it is a working day, else the next one that is. */
int32_t calendar_next_working(int32_t date);

/** How many working days are after `after` and not later than `until`: the days late of what was due
 *  on `after` and came on `until`. 0 when `until` is not later. Cost grows with the years between, not
 *  the days. */
int32_t calendar_working_days_between(int32_t after, int32_t until);

#endif
