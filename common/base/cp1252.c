#include "common/base/cp1252.h"

#include <stdint.h>
#include <string.h>

/* 0x80 to 0x9F; all others are Latin-1. */
static const uint16_t windows[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

static void append_code_point(struct buffer *out, uint16_t code)
{
    if (code < 0x800) {
        buffer_append_u8(out, (uint8_t)(0xC0 | code >> 6));
    } else {
        buffer_append_u8(out, (uint8_t)(0xE0 | code >> 12));
        buffer_append_u8(out, (uint8_t)(0x80 | (code >> 6 & 0x3F)));
    }
    buffer_append_u8(out, (uint8_t)(0x80 | (code & 0x3F)));
}

void cp1252_append_utf8(struct buffer *out, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    const uint8_t *end = at + size;

    while (at < end) {
        const uint8_t *high = at;

        while (high < end && *high < 0x80) {
            high++;
        }
        buffer_append(out, at, (size_t)(high - at));
        if (high < end) {
            append_code_point(out, *high < 0xA0 ? windows[*high - 0x80] : *high);
            high++;
        }
        at = high;
    }
}
