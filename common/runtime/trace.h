#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include "common/runtime/outbox.h"

#include <stdbool.h>
#include <stdint.h>

/* W3C Trace Context (Recommendation of 23 November 2021): `00-<trace id>-<span id>-01`. One trace is what one row of
 * a file caused, one span an event of it. Both ids follow from names alone, so that a batch that is decided
 * anew, or an event that is sent again, is the same to the byte. */

enum { TRACE_ID_DIGITS = 32, TRACE_PARENT_BYTES = 56 };

/** The trace that begins with a record of a feed's log: the same record of the same producer begins the same. */
void trace_begin(const char *producer, const char *log, int64_t offset,
                 char out[static TRACE_PARENT_BYTES]);

/** The hop from what caused an event to the event: the trace goes on, the span is the event's own. "" when
 *  `cause` is NULL or no traceparent. The event's own `traceparent` and payload are not looked at. */
void trace_next(const char *cause, const char *producer, const struct outbox_event *event,
                char out[static TRACE_PARENT_BYTES]);

/** Whether the text is a traceparent of version 00 with ids that are not all zero. NULL is none. */
bool trace_is_valid(const char *traceparent);

#endif
