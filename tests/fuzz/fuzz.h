#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "common/base/arena.h"
#include "common/base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the targets share. libFuzzer calls one with bytes that it makes up, replay.c with the files of a corpus. */

/** The target: takes any bytes, and stops the process where a property does not hold. */
void fuzz_one(const uint8_t *data, size_t size);

/** fuzz_one for libFuzzer, to which an input that takes more than a second of the processor is a find as well. (Its
 *  own -timeout counts the time of the clock, which on a busy machine says nothing of the input.) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A property: if it does not hold the input is a find, and the process ends with the text that says which. */
#define FUZZ_CHECK(holds, ...)                                                                     \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fuzz_fail(__FILE__, __LINE__, __VA_ARGS__);                                            \
        }                                                                                          \
    } while (0)

void fuzz_fail(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4)
    __attribute__((noreturn));

/** An input that is taken apart from its beginning. */
struct fuzz_input {
    const uint8_t *at;
    size_t left;
};

/** The next byte; 0 when there is none left. */
uint8_t fuzz_byte(struct fuzz_input *input);

/** The next eight bytes, big endian; what is missing is 0. */
int64_t fuzz_int64(struct fuzz_input *input);

/** What stands before the next `separator`, or before the end, as text of the arena; a NUL ends it early.
 *  The separator is passed over. */
const char *fuzz_text(struct fuzz_input *input, uint8_t separator, struct arena *arena);

/** Which of `count` things the input is about: the one whose name stands in its first line, so that a corpus means the
 *  same when things are added; a line that names none is any of them. */
size_t fuzz_choice(struct fuzz_input *input, const char *(*name_of)(size_t index), size_t count,
                   struct arena *arena);

/** All that is left. Its data is never NULL. */
struct bytes fuzz_rest(const struct fuzz_input *input);

/** The path of a file of this process that holds exactly these bytes; written anew by each call. */
const char *fuzz_file(struct bytes content);

/** A file of the source tree. */
const char *fuzz_source_path(struct arena *arena, const char *path);

#endif
