#include "common/base/decimal.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "services/gateway/cell_number.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers. What is printed is read as the same number; an exact text and the same one with zeros behind agree; the
 * C library's reading of whole numbers agrees with ours; a decimal comma and a decimal point give the same cell.
 *
 * Input: a byte that chooses the scale, eight bytes of a number, and a text. */

__extension__ typedef __int128 int128;

static void check_printing(int64_t value, int scale)
{
    char text[DECIMAL_TEXT_BYTES];
    char shortened[DECIMAL_TEXT_BYTES];
    struct decimal read;

    decimal_format(value, scale, text);
    FUZZ_CHECK(decimal_parse(text, scale, DECIMAL_EXACT, &read) && read.value == value,
               "%" PRId64 " at %d is printed as %s", value, scale, text);
    decimal_format_short(value, scale, 0, shortened);
    FUZZ_CHECK(decimal_parse(shortened, scale, DECIMAL_EXACT, &read) && read.value == value,
               "%" PRId64 " at %d is shortened to %s", value, scale, shortened);
    decimal_format_money(value, text);
    decimal_format_count(value, text);
}

/* The number that a text of the accepted form stands for, times 10^scale, rounded; by another way. */
static bool reference(const char *text, int scale, int128 *out)
{
    const bool negative = *text == '-';
    int128 value = 0;
    int decimals = -1;
    bool up = false;

    text += *text == '-' || *text == '+' ? 1 : 0;
    for (; *text != '\0'; text++) {
        if (*text == '.') {
            decimals = 0;
        } else if (decimals < scale) {
            value = value * 10 + (*text - '0');
            decimals += decimals >= 0 ? 1 : 0;
            if (value > (int128)UINT64_MAX * 1000000000) {
                return false;
            }
        } else if (decimals == scale) {
            up = *text >= '5';
            decimals++;
        }
    }
    for (int i = decimals < 0 ? 0 : decimals; i < scale; i++) {
        value *= 10;
    }
    value += up ? 1 : 0;
    *out = negative ? -value : value;
    return true;
}

static void check_decimal(const char *text, int scale, struct arena *arena)
{
    const char *longer =
        arena_format(arena, "%s%s", text, strchr(text, '.') == NULL ? ".00" : "00");
    struct decimal exact = {0};
    struct decimal rounded = {0};
    struct decimal zeros = {0};
    int128 wanted = 0;
    const bool is_exact = decimal_parse(text, scale, DECIMAL_EXACT, &exact);

    if (!decimal_parse(text, scale, DECIMAL_HALF_UP, &rounded)) {
        FUZZ_CHECK(!is_exact, "%s is exact and cannot be rounded", text);
        return;
    }
    FUZZ_CHECK(is_exact == !rounded.inexact, "%s: exact or not?", text);
    FUZZ_CHECK(!is_exact || exact.value == rounded.value, "%s: two values", text);
    FUZZ_CHECK(reference(text, scale, &wanted) && wanted == rounded.value,
               "%s at %d is read as %" PRId64, text, scale, rounded.value);
    FUZZ_CHECK(!rounded.noisy || rounded.inexact, "%s: noise in an exact number", text);
    if (decimal_parse(longer, scale, DECIMAL_HALF_UP, &zeros)) {
        FUZZ_CHECK(zeros.value == rounded.value, "%s is not %s", longer, text);
    }
}

static void check_integer(const char *text)
{
    int64_t value = 0;
    char *end = NULL;
    long long wanted;

    if (!text_to_int64(text, &value)) {
        return;
    }
    errno = 0;
    wanted = strtoll(text, &end, 10);
    FUZZ_CHECK(errno == 0 && *end == '\0' && wanted == value, "%s is read as %" PRId64, text,
               value);
}

static char swapped(char c)
{
    return (char)(c == '.' ? ',' : c == ',' ? '.' : c);
}

typedef struct cell cell_reader(const struct layout_column *, const char *, struct arena *);

/* What a cell of each kind may say, and that it does not hang on how its decimals are written. */
static void check_cells(const char *text, struct arena *arena)
{
    static cell_reader *const readers[] = {cell_quantity, cell_integer, cell_percent, cell_money};
    static const struct record_field field = {.type = FIELD_DECIMAL, .precision = 18, .scale = 4};
    const char *trimmed = text_trim(arena, text);
    char *comma = arena_copy(arena, trimmed);

    if (trimmed[0] == '\0') {
        return;
    }
    for (size_t i = 0; comma[i] != '\0'; i++) {
        comma[i] = swapped(comma[i]);
    }
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        const struct layout_column point = {
            .maximum = INT64_MAX, .minimum = i % 2, .target = {.field = i == 3 ? &field : NULL}};
        struct layout_column other = point;
        struct cell a;
        struct cell b;

        other.decimal_comma = true;
        a = readers[i](&point, trimmed, arena);
        b = readers[i](&other, comma, arena);
        FUZZ_CHECK(a.state == b.state && a.number == b.number,
                   "%s is %" PRId64 ", and with a comma %" PRId64, trimmed, a.number, b.number);
        FUZZ_CHECK(a.state == CELL_READ || a.doubt != REASON_NONE,
                   "%s: unreadable without a reason", trimmed);
        FUZZ_CHECK(a.state != CELL_READ || readers[i] != cell_integer || a.number >= 1,
                   "%s: below its minimum", trimmed);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const int scale = fuzz_byte(&input) % (DECIMAL_SCALE_MAX + 1);
    const int64_t value = fuzz_int64(&input);
    struct arena arena = {0};
    const char *text = fuzz_text(&input, 0, &arena);

    check_printing(value, scale);
    check_decimal(text, scale, &arena);
    check_integer(text);
    check_cells(text, &arena);
    arena_finish(&arena);
}
