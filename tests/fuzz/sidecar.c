#include "services/gateway/sidecar.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/rows.h"

/* Companion files. What one says, or why it says nothing; its digest is of what it says, not of how it is written.
 *
 * Input: the file. */

void fuzz_one(const uint8_t *data, size_t size)
{
    const struct fuzz_input input = {data, size};
    const char *path = fuzz_file(fuzz_rest(&input));
    struct arena arena = {0};
    struct sidecar one;
    struct sidecar spaced;
    struct buffer text = {0};
    struct error err = {0};

    FUZZ_CHECK(sidecar_read(path, &arena, &one, &err), "%s", err.message);
    FUZZ_CHECK(one.fault.why == REASON_NONE || one.digest != NULL, "a fault without a digest");
    if (one.fault.why != REASON_NONE) {
        one.fault.about[0] = "prueba.csv.meta.json";
        rows_check_reason(&one.fault);
    } else {
        buffer_append_text(&text, " \n");
        buffer_append(&text, data, size);
        buffer_append_text(&text, "\n\n");
        FUZZ_CHECK(sidecar_read(fuzz_file(buffer_view(&text)), &arena, &spaced, &err), "%s",
                   err.message);
        FUZZ_CHECK(spaced.fault.why == REASON_NONE && text_equal(one.digest, spaced.digest),
                   "blanks around it make another one");
    }
    buffer_finish(&text);
    arena_finish(&arena);
}
