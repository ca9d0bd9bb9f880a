#include "common/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One upper-case letter without accent for each of U+00C0 to U+00FF; 0 where there is none. */
static const char latin_base[] = "AAAAAA\0CEEEEIIII"
                                 "\0NOOOOO\0OUUUUY\0\0"
                                 "AAAAAA\0CEEEEIIII"
                                 "\0NOOOOO\0OUUUUY\0Y";

bool text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return strcmp(a, b) == 0;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Bytes that the first byte of a character announces; 0 when no character starts so. */
static size_t announced_bytes(uint8_t first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

size_t text_decode(const void *bytes, size_t size, uint32_t *code_point)
{
    static const uint8_t first_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *at = bytes;
    const size_t length = size == 0 ? 0 : announced_bytes(at[0]);
    uint32_t value;

    if (length == 0 || length > size) {
        return 0;
    }
    value = at[0] & first_mask[length];
    for (size_t i = 1; i < length; i++) {
        if (!is_continuation(at[i])) {
            return 0;
        }
        value = value << 6 | (at[i] & 0x3FU);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *code_point = value;
    return length;
}

static bool is_blank(uint32_t code_point)
{
    return code_point <= 0x20 || (code_point >= 0x7F && code_point <= 0xA0) ||
           (code_point >= 0x2000 && code_point <= 0x200B) || code_point == 0x2028 ||
           code_point == 0x2029 || code_point == 0x202F || code_point == 0x205F ||
           code_point == 0x2060 || code_point == 0x3000 || code_point == 0xFEFF;
}

size_t text_blank_bytes(const char *text)
{
    uint32_t code_point = 0;
    size_t length;

    if (text[0] == '\0') {
        return 0;
    }
    length = text_decode(text, strnlen(text, 4), &code_point);
    return length > 0 && is_blank(code_point) ? length : 0;
}

bool text_is_blank(const char *text)
{
    if (text == NULL) {
        return true;
    }
    while (*text != '\0') {
        const size_t blank = text_blank_bytes(text);

        if (blank == 0) {
            return false;
        }
        text += blank;
    }
    return true;
}

char *text_trim(struct arena *arena, const char *text)
{
    char *copy;
    char *to;
    bool pending = false;

    if (text == NULL) {
        return NULL;
    }
    copy = arena_alloc(arena, strlen(text) + 1);
    to = copy;
    while (*text != '\0') {
        const size_t blank = text_blank_bytes(text);

        if (blank > 0) {
            pending = true;
            text += blank;
            continue;
        }
        if (pending && to != copy) {
            *to++ = ' ';
        }
        pending = false;
        *to++ = *text++;
    }
    return copy;
}

static char ascii_upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* U+00E0 to U+00FE are 0xC3 0xA0 to 0xC3 0xBE; their upper case is 0x20 below, but for the sign ÷. */
static bool is_latin_lower(const char *at)
{
    return (uint8_t)at[0] == 0xC3 && (uint8_t)at[1] >= 0xA0 && (uint8_t)at[1] <= 0xBE &&
           (uint8_t)at[1] != 0xB7;
}

void text_upper_in_place(char *text)
{
    for (char *at = text; *at != '\0'; at++) {
        if (is_latin_lower(at)) {
            at++;
            *at = (char)((uint8_t)*at - 0x20);
        } else {
            *at = ascii_upper(*at);
        }
    }
}

char *text_upper(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text);

    if (copy != NULL) {
        text_upper_in_place(copy);
    }
    return copy;
}

char *text_fold(struct arena *arena, const char *text)
{
    char *folded = arena_copy(arena, text);
    char *to = folded;

    for (const char *at = folded; at != NULL && *at != '\0';) {
        uint32_t code_point = 0;
        const size_t length = text_decode(at, strnlen(at, 4), &code_point);

        if (length == 2 && code_point >= 0xC0 && code_point <= 0xFF &&
            latin_base[code_point - 0xC0] != '\0') {
            *to++ = latin_base[code_point - 0xC0];
        } else if (code_point < 0x300 || code_point > 0x36F) { /* combining accents vanish */
            for (size_t i = 0; i < (length > 0 ? length : 1); i++) {
                *to++ = ascii_upper(at[i]);
            }
        }
        at += length > 0 ? length : 1;
    }
    if (to != NULL) {
        *to = '\0';
    }
    return text_trim(arena, folded); /* last: an accent that vanishes may leave blanks */
}

/* How many bytes from here on are ASCII and no NUL, in steps of a word: of most texts nearly all. */
static size_t ascii_words(const uint8_t *at, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = ones << 7;
    size_t length = 0;
    uint64_t word;

    while (size - length >= sizeof word) {
        memcpy(&word, at + length, sizeof word);
        if (((word | (word - ones)) & highs) != 0) {
            break; /* a byte is over 0x7F, or a NUL borrowed */
        }
        length += sizeof word;
    }
    return length;
}

bool text_is_utf8(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    const size_t plain = ascii_words(at, size);
    uint32_t code_point = 0;

    at += plain;
    size -= plain;
    while (size > 0) {
        const size_t length = text_decode(at, size, &code_point);

        if (length == 0 || code_point == 0) {
            return false;
        }
        at += length;
        size -= length;
    }
    return true;
}

/* Fills up the character that the piece before began. Returns the bytes that took. */
static size_t close_character(struct text_utf8 *text, const uint8_t *bytes, size_t size)
{
    uint32_t code_point;
    size_t used = 0;

    while (text->open_bytes > 0 && used < size) {
        text->open[text->open_bytes++] = bytes[used++];
        if (text_decode(text->open, text->open_bytes, &code_point) > 0) {
            text->open_bytes = 0;
        } else if (text->open_bytes == sizeof text->open) {
            text->damaged = true;
            text->open_bytes = 0;
        }
    }
    return used;
}

void text_utf8_add(struct text_utf8 *text, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    const uint8_t *end = at + size;
    uint32_t code_point;

    at += close_character(text, at, size);
    while (at < end && !text->damaged) {
        const size_t length = *at < 0x80 ? 1 : text_decode(at, (size_t)(end - at), &code_point);

        if (length > 0) {
            at += length;
        } else if (end - at < (ptrdiff_t)sizeof text->open && *at >= 0xC2) {
            text->open_bytes = (size_t)(end - at);
            memcpy(text->open, at, text->open_bytes);
            return;
        } else {
            text->damaged = true;
        }
    }
}

bool text_utf8_is_whole(const struct text_utf8 *text)
{
    return !text->damaged && text->open_bytes == 0;
}

char *text_clean(struct arena *arena, const void *bytes, size_t size, size_t max_bytes)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    static const char ellipsis[] = "\xE2\x80\xA6";
    const size_t worst = size > SIZE_MAX / 4 ? SIZE_MAX / 4 : size * 3;
    const size_t room = worst < max_bytes ? worst : max_bytes;
    char *copy = arena_alloc(arena, room + sizeof ellipsis);
    const char *at = bytes;
    size_t used = 0;

    while (size > 0) {
        uint32_t code_point = 0;
        const size_t length = text_decode(at, size, &code_point);
        const bool printable =
            length > 0 && code_point >= 0x20 && (code_point < 0x7F || code_point > 0x9F);
        const char *from = printable ? at : replacement;
        const size_t from_bytes = printable ? length : sizeof replacement - 1;

        if (room - used < from_bytes) {
            memcpy(copy + used, ellipsis, sizeof ellipsis);
            return copy;
        }
        memcpy(copy + used, from, from_bytes);
        used += from_bytes;
        at += length > 0 ? length : 1;
        size -= length > 0 ? length : 1;
    }
    return copy;
}

bool text_to_int64(const char *text, int64_t *out)
{
    const bool negative = text != NULL && text[0] == '-';
    const uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;

    if (text == NULL || text[negative ? 1 : 0] == '\0') {
        return false;
    }
    for (const char *at = text + (negative ? 1 : 0); *at != '\0'; at++) {
        const uint64_t digit = (uint64_t)(*at - '0');

        if (*at < '0' || *at > '9' || value > (limit - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (!negative) {
        *out = (int64_t)value;
    } else {
        *out = value == limit ? INT64_MIN : -(int64_t)value;
    }
    return true;
}

const char *text_fill(struct arena *arena, const char *text, const char *const *about)
{
    const char *filled = NULL;

    for (const char *mark = strchr(text, '{'); mark != NULL; mark = strchr(text, '{')) {
        const char *with = about[mark[1] - '1'];

        filled = arena_format(arena, "%s%.*s%s", filled == NULL ? "" : filled, (int)(mark - text),
                              text, with == NULL ? "" : with);
        text = mark + sizeof "{1}" - 1;
    }
    return filled == NULL ? text : arena_format(arena, "%s%s", filled, text);
}

bool text_format(char *out, size_t out_bytes, const char *format, ...)
{
    va_list args;
    int length;

    assert(out_bytes > 0);
    va_start(args, format);
    length = vsnprintf(out, out_bytes, format, args);
    va_end(args);
    return length >= 0 && (size_t)length < out_bytes;
}
