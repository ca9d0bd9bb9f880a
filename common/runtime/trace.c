#include "common/runtime/trace.h"

#include "common/base/digest.h"

#include <stdio.h>
#include <string.h>

enum {
    TRACE_AT = 3,
    SPAN_AT = TRACE_AT + TRACE_ID_DIGITS + 1,
    SPAN_DIGITS = 16,
    FLAGS_AT = SPAN_AT + SPAN_DIGITS + 1,
};

static const char hex[] = "0123456789abcdef";

static void write_parent(const char *trace, const char *span, char out[static TRACE_PARENT_BYTES])
{
    (void)snprintf(out, TRACE_PARENT_BYTES, "00-%.*s-%.*s-01", TRACE_ID_DIGITS, trace, SPAN_DIGITS,
                   span);
}

/* An id of zeros only is none. */
static void end_digest(struct digest *digest, char out[static DIGEST_HEX_BYTES])
{
    uint8_t hash[DIGEST_BYTES];

    digest_end(digest, hash);
    digest_finish(digest);
    hash[0] |= 1;
    hash[TRACE_ID_DIGITS / 2] |= 1;
    digest_hex(hash, out);
}

void trace_begin(const char *producer, const char *log, int64_t offset,
                 char out[static TRACE_PARENT_BYTES])
{
    struct digest digest = {0};
    char ids[DIGEST_HEX_BYTES];

    digest_begin(&digest);
    digest_add_text(&digest, producer);
    digest_add_text(&digest, log);
    digest_add_int64(&digest, offset);
    end_digest(&digest, ids);
    write_parent(ids, ids + TRACE_ID_DIGITS, out);
}

void trace_next(const char *cause, const char *producer, const struct outbox_event *event,
                char out[static TRACE_PARENT_BYTES])
{
    struct digest digest = {0};
    char ids[DIGEST_HEX_BYTES];

    out[0] = '\0';
    if (!trace_is_valid(cause)) {
        return;
    }
    digest_begin(&digest);
    digest_add_text(&digest, producer);
    digest_add_text(&digest, event->topic);
    digest_add_int64(&digest, event->partition);
    digest_add_int64(&digest, event->incarnation);
    digest_add_int64(&digest, event->shard);
    digest_add_int64(&digest, event->seq);
    end_digest(&digest, ids);
    write_parent(cause + TRACE_AT, ids, out);
}

/* `digits` lower-case hexadecimal ones, not all of them zero. */
static bool is_id(const char *text, size_t digits)
{
    return strspn(text, hex) >= digits && strspn(text, "0") < digits;
}

bool trace_is_valid(const char *traceparent)
{
    return traceparent != NULL && strlen(traceparent) == TRACE_PARENT_BYTES - 1 &&
           strncmp(traceparent, "00-", TRACE_AT) == 0 &&
           is_id(traceparent + TRACE_AT, TRACE_ID_DIGITS) && traceparent[SPAN_AT - 1] == '-' &&
           is_id(traceparent + SPAN_AT, SPAN_DIGITS) && traceparent[FLAGS_AT - 1] == '-' &&
           strspn(traceparent + FLAGS_AT, hex) == 2;
}
