#include "common/runtime/outbox.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* The outbox of a batch, as a takeover reads it from the database. What is read is what was written, to the byte; what
 * is no outbox stops the service and is never sent in part.
 *
 * Input: the blob. */

void fuzz_one(const uint8_t *data, size_t size)
{
    const struct fuzz_input input = {data, size};
    const struct bytes blob = fuzz_rest(&input);
    struct buffer again = {0};
    struct outbox_event event;
    struct error err = {0};
    struct error counting = {0};
    size_t offset = 0;
    size_t events = 0;
    size_t count = 0;
    const bool good = outbox_count(blob, &count, &counting);

    while (outbox_next(blob, &offset, &event, &err)) {
        outbox_append(&again, &event);
        events++;
        FUZZ_CHECK(again.size == offset && memcmp(again.data, blob.data, offset) == 0,
                   "event %zu is written in another way", events);
    }
    FUZZ_CHECK(good == (err.action == ERROR_NONE), "good or not?");
    FUZZ_CHECK(!good || (count == events && offset == blob.size), "%zu of %zu events", events,
               count);
    FUZZ_CHECK(good || (err.action == ERROR_FATAL && err.message[0] != '\0'), "%s", err.message);
    buffer_finish(&again);
}
