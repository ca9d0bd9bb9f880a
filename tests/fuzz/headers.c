#include "common/base/text.h"
#include "common/runtime/outbox.h"
#include "common/runtime/trace.h"
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Headers of events. An id that is read is written the same: were it not, two ids would be one sequence; a trace
 * that goes on stays the same trace.
 *
 * Input: ce_source, ce_id and traceparent, each to a line feed. */

static void check_identity(const char *source, const char *id)
{
    char producer[128];
    char written[80];
    int64_t incarnation = 0;
    int64_t seq = 0;
    int32_t shard = 0;

    if (!outbox_identity_parse(source, id, producer, sizeof producer, &incarnation, &shard, &seq)) {
        return;
    }
    FUZZ_CHECK(incarnation >= 1 && shard >= 0 && seq >= 1, "%s: a sequence of nobody", id);
    (void)snprintf(written, sizeof written, "%" PRId64 "/%" PRId32 "/%" PRId64, incarnation, shard,
                   seq);
    FUZZ_CHECK(strcmp(id, written) == 0, "\"%s\" is read as \"%s\"", id, written);
    FUZZ_CHECK(producer[0] != '\0' && strncmp(source, producer, strlen(producer)) == 0 &&
                   source[strlen(producer)] == '/',
               "\"%s\" is said to be by \"%s\"", source, producer);
}

static void check_trace(const char *cause)
{
    const struct outbox_event event = {
        .topic = "orders", .type = "t", .traceparent = "", .key = "k", .incarnation = 1, .seq = 2};
    char next[TRACE_PARENT_BYTES];
    char begun[TRACE_PARENT_BYTES];

    trace_begin(cause, cause, 7, begun);
    FUZZ_CHECK(trace_is_valid(begun), "%s: begun, and no trace", begun);
    trace_next(cause, "contracts", &event, next);
    if (!trace_is_valid(cause)) {
        FUZZ_CHECK(next[0] == '\0', "%s goes on from no trace", next);
        return;
    }
    FUZZ_CHECK(trace_is_valid(next), "%s: gone on, and no trace", next);
    FUZZ_CHECK(strncmp(next, cause, 3 + TRACE_ID_DIGITS) == 0, "%s is another trace", next);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const char *source = fuzz_text(&input, '\n', &arena);
    const char *id = fuzz_text(&input, '\n', &arena);

    check_identity(source, id);
    check_trace(fuzz_text(&input, '\n', &arena));
    arena_finish(&arena);
}
