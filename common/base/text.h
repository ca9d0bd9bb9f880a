#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include "common/base/arena.h"
#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text is NUL-terminated UTF-8. "Blank" means ASCII white space and control characters, NBSP, the
 * Unicode spaces, the zero width space and the byte order mark: all of them come out of Excel. Bytes
 * that are not UTF-8 are carried along unchanged, except by text_clean. */

/** Same bytes; NULL equals only NULL. */
bool text_equal(const char *a, const char *b);

/** NULL, empty, or nothing but blanks. */
bool text_is_blank(const char *text);

/** Copy without blanks at the ends and with every inner run of blanks (line breaks too) as one space;
 *  owned by the arena. NULL stays NULL. */
char *text_trim(struct arena *arena, const char *text);

/** Copy with a-z, accented Latin letters and ñ in upper case; owned by the arena. NULL stays NULL. */
char *text_upper(struct arena *arena, const char *text);

/** The same in place: the length never changes. */
void text_upper_in_place(char *text);

/** What column titles are compared by: trimmed, upper case, without accents, composed or not ("Ñ"
 *  gives "N": exports lose the tilde); owned by the arena. NULL stays NULL. */
char *text_fold(struct arena *arena, const char *text);

/** Whether `size` bytes are well-formed UTF-8 (no overlong form, no surrogate) without NUL, which is
 *  what PostgreSQL takes as text. */
bool text_is_utf8(const void *bytes, size_t size);

/** Whether bytes that come in pieces are UTF-8 all together; a NUL counts as a character. Zeroed is none yet. */
struct text_utf8 {
    uint8_t open[4]; /**< of a character that the last piece began */
    size_t open_bytes;
    bool damaged;
};
void text_utf8_add(struct text_utf8 *text, const void *bytes, size_t size);
bool text_utf8_is_whole(const struct text_utf8 *text);

/** Printable copy of bytes from outside: what is not UTF-8, and control characters, becomes U+FFFD;
 *  cut after `max_bytes` bytes of output at a whole character, marked by an ellipsis. Arena's. */
char *text_clean(struct arena *arena, const void *bytes, size_t size, size_t max_bytes);

/** Decodes one character of at most `size` bytes. Returns the bytes it takes (1-4), or 0 when what
 *  stands there is not UTF-8 or size is 0; `code_point` is then untouched. */
size_t text_decode(const void *bytes, size_t size, uint32_t *code_point) MUST_CHECK;

/** Bytes of the blank at the start of `text`, 0 when it starts with something else or ends. */
size_t text_blank_bytes(const char *text);

/** Reads a whole decimal integer: an optional '-', then digits only. False when anything else stands
 *  there (blanks and '+' too), when empty or NULL, or when it does not fit; `out` is then untouched. */
bool text_to_int64(const char *text, int64_t *out) MUST_CHECK;

/** Copy of a text whose marks "{1}" to "{9}" are replaced by what it is about, NULL by nothing; `about` has as many as
 *  the text has marks. The text itself when it has none; else the arena's. */
const char *text_fill(struct arena *arena, const char *text, const char *const *about);

/** printf into `out` of `out_bytes` (> 0) bytes, always NUL-terminated. False when it was cut. */
bool text_format(char *out, size_t out_bytes, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
