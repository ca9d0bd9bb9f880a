#include "common/domain/clave.h"

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/domain/identifier.h"

#include <stddef.h>
#include <string.h>

enum { SHORT_DIGITS = 10, MEDICINE_DIGITS = 12, IMSS_DIGITS = 14, PARTS_MAX = 5 };

/* A text of nothing but digits and separators. */
struct digits {
    char digits[IMSS_DIGITS + 1];
    size_t count;
    size_t part_lengths[PARTS_MAX];
    size_t parts;
};

static bool is_separator(char c)
{
    return c == '.' || c == '-' || c == ' ';
}

/* False when there is anything else, or too much of it. `text` is trimmed. */
static bool split(const char *text, struct digits *out)
{
    bool inside = false;

    *out = (struct digits){0};
    for (const char *at = text; *at != '\0'; at++) {
        if (is_separator(*at)) {
            inside = false;
            continue;
        }
        if (*at < '0' || *at > '9' || out->count == IMSS_DIGITS ||
            (!inside && out->parts == PARTS_MAX)) {
            return false;
        }
        out->parts += inside ? 0 : 1;
        inside = true;
        out->part_lengths[out->parts - 1]++;
        out->digits[out->count++] = *at;
    }
    return out->count > 0;
}

/* In one piece, or in the parts that a clave has. */
static bool has_parts_of_a_clave(const struct digits *split)
{
    static const size_t lengths[PARTS_MAX] = {3, 3, 4, 2, 2};

    if (split->count != SHORT_DIGITS && split->count != MEDICINE_DIGITS &&
        split->count != IMSS_DIGITS) {
        return false;
    }
    if (split->parts == 1) {
        return true;
    }
    for (size_t i = 0; i < split->parts; i++) {
        if (split->part_lengths[i] != lengths[i]) {
            return false;
        }
    }
    return true;
}

static bool is_medicine_group(const char *digits)
{
    return digits[0] == '0' && digits[1] >= '1' && digits[1] <= '4' && digits[2] == '0';
}

/* Group, generic, specific and, with `presentation`, two digits more. */
static void write_dotted(const char *digits, bool presentation, char out[static CLAVE_TEXT_BYTES])
{
    if (presentation) {
        (void)text_format(out, CLAVE_TEXT_BYTES, "%.3s.%.3s.%.4s.%.2s", digits, digits + 3,
                          digits + 6, digits + 10);
    } else {
        (void)text_format(out, CLAVE_TEXT_BYTES, "%.3s.%.3s.%.4s", digits, digits + 3, digits + 6);
    }
}

static struct clave from_digits(const struct digits *split)
{
    const bool medicine = is_medicine_group(split->digits);
    const size_t expected = medicine ? MEDICINE_DIGITS : SHORT_DIGITS;
    struct clave clave = {.form = CLAVE_CNIS};

    if (split->count == IMSS_DIGITS) {
        (void)text_format(clave.imss_suffix, sizeof clave.imss_suffix, "%s",
                          split->digits + expected);
        write_dotted(split->digits, medicine, clave.text);
        return clave;
    }
    if (split->count != expected) {
        clave.form = CLAVE_MALFORMED;
    }
    write_dotted(split->digits, split->count == MEDICINE_DIGITS, clave.text);
    return clave;
}

static bool is_cucop(const char *text)
{
    return strlen(text) == 9 && strspn(text, "0123456789") == 4 && text[4] == '-' &&
           strspn(text + 5, "0123456789") == 4;
}

/* `trimmed` is in upper case. */
static struct clave classify(const char *trimmed)
{
    struct clave clave = {.form = CLAVE_MALFORMED};
    struct digits digits;

    if (identifier_is_missing(trimmed)) {
        clave.form = CLAVE_MISSING;
        return clave;
    }
    if (is_cucop(trimmed)) {
        clave.form = CLAVE_CUCOP;
    } else if (split(trimmed, &digits) && has_parts_of_a_clave(&digits)) {
        return from_digits(&digits);
    }
    if (digest_shorten(trimmed, clave.text, sizeof clave.text)) {
        text_upper_in_place(clave.text); /* so that reading it again changes nothing */
    }
    return clave;
}

/* What almost every row holds: no need to copy anything. */
static bool is_plain(const char *text)
{
    const size_t length = strnlen(text, CLAVE_TEXT_BYTES);

    return length < CLAVE_TEXT_BYTES && strspn(text, "0123456789.-") == length;
}

struct clave clave_read(const char *text)
{
    struct arena arena = {0};
    struct clave clave;
    char *trimmed;

    if (text == NULL) {
        return (struct clave){.form = CLAVE_MISSING};
    }
    if (is_plain(text)) {
        clave = classify(text);
    } else {
        trimmed = text_trim(&arena, text);
        trimmed = text_clean(&arena, trimmed, strlen(trimmed), strlen(trimmed) * 3);
        text_upper_in_place(trimmed);
        clave = classify(trimmed);
        arena_finish(&arena);
    }
    clave.respelled = !text_equal(clave.text, text);
    return clave;
}
