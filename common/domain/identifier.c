#include "common/domain/identifier.h"

#include "common/base/text.h"

#include <stdint.h>
#include <string.h>

/* Canonical text being written. */
struct writer {
    char *out;
    size_t room; /* without the NUL */
    size_t used;
    bool blank_pending;
};

static bool is_dash(uint32_t code_point)
{
    return (code_point >= 0x2010 && code_point <= 0x2015) || code_point == 0x2212 ||
           code_point == 0xFE58 || code_point == 0xFE63 || code_point == 0xFF0D;
}

static bool is_joint(char c)
{
    return c == '-' || c == '/';
}

/* Appends one character with the blank that may be due before it. */
static bool append(struct writer *writer, const char *character, size_t length)
{
    const bool blank = writer->blank_pending && writer->used > 0 && !is_joint(character[0]) &&
                       !is_joint(writer->out[writer->used - 1]);

    if (writer->room - writer->used < length + (blank ? 1 : 0)) {
        return false;
    }
    if (blank) {
        writer->out[writer->used++] = ' ';
    }
    memcpy(writer->out + writer->used, character, length);
    writer->used += length;
    writer->blank_pending = false;
    return true;
}

static bool canonicalise(const char *text, struct writer *writer)
{
    while (*text != '\0') {
        const size_t blank = text_blank_bytes(text);
        uint32_t code_point = 0;
        size_t length;

        if (blank > 0) {
            writer->blank_pending = true;
            text += blank;
            continue;
        }
        length = text_decode(text, strnlen(text, 4), &code_point);
        if (length == 0 || code_point == '|') {
            return false;
        }
        if (is_dash(code_point) ? !append(writer, "-", 1) : !append(writer, text, length)) {
            return false;
        }
        text += length;
    }
    return true;
}

bool identifier_is_missing(const char *canonical)
{
    static const char *const words[] = {
        "NAN",          "NA",         "N/A",       "N.A.",       "#N/A",
        "S/N",          "SN",         "S/C",       "S/L",        "S/D",
        "S/P",          "NULL",       "NONE",      "SIN NUMERO", "SIN NÚMERO",
        "SIN CONTRATO", "SIN PEDIDO", "SIN ORDEN", "SIN DATO",   "NO APLICA",
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_equal(canonical, words[i])) {
            return true;
        }
    }
    for (const char *at = canonical; *at != '\0'; at++) {
        if ((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (uint8_t)*at >= 0x80) {
            return false;
        }
    }
    return true;
}

enum identifier_form identifier_read(const char *text, char *out, size_t out_bytes)
{
    struct writer writer = {.out = out, .room = out_bytes - 1};

    if (text == NULL || !canonicalise(text, &writer)) {
        out[0] = '\0';
        return text == NULL ? IDENTIFIER_MISSING : IDENTIFIER_UNREADABLE;
    }
    out[writer.used] = '\0';
    text_upper_in_place(out);
    if (identifier_is_missing(out)) {
        out[0] = '\0';
        return IDENTIFIER_MISSING;
    }
    return IDENTIFIER_PRESENT;
}
