#include "services/gateway/cell_number.h"

#include "common/avro/record_member.h"
#include "common/base/decimal.h"
#include "common/base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
    NUMBER_BYTES_MAX = 64,
    PRICE_SCALE = 4,
    MONEY_DIGITS = 18 /* of every decimal in our schemas */
};
static const int64_t pieces_max = INT64_C(1000000000000);

/* The whole purchase of two years is 4,640 million pieces of 3,900 claves; no piece in it costs ten million. */
static const int64_t likely_pieces_max = INT64_C(100000000);
static const int64_t likely_price_max_e4 = INT64_C(10000000) * 10000;

static struct cell unreadable(enum reason doubt)
{
    return (struct cell){.state = CELL_UNREADABLE, .doubt = doubt};
}

static size_t digits(const char *text)
{
    size_t count = 0;

    while (isdigit((unsigned char)text[count]) != 0) {
        count++;
    }
    return count;
}

/* "-1,234,567.50" -> "-1234567.50". False when the commas do not stand where thousands do. */
static bool without_thousands(const char *text, char *out)
{
    size_t group;
    size_t used = 0;

    if (strlen(text) >= NUMBER_BYTES_MAX) {
        return false;
    }
    if (*text == '-' || *text == '+') {
        out[used++] = *text++;
    }
    group = digits(text);
    if (group == 0 || group > 3 || text[group] != ',') {
        return false;
    }
    memcpy(out + used, text, group);
    used += group;
    for (text += group; *text == ','; text += 4) {
        if (digits(text + 1) != 3) {
            return false;
        }
        memcpy(out + used, text + 1, 3);
        used += 3;
    }
    if (*text != '\0' && *text != '.') {
        return false;
    }
    memcpy(out + used, text, strlen(text) + 1);
    return true;
}

/* "1.234,56" -> "1,234.56": what follows knows one way only. */
static bool with_point(const char *text, char *out)
{
    const size_t size = strlen(text);

    if (size >= NUMBER_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i <= size; i++) {
        out[i] = text[i] == '.' ? ',' : text[i] == ',' ? '.' : text[i];
    }
    return true;
}

/* A number at a scale, whatever it is dressed in. */
static struct cell read_number(const struct layout_column *column, const char *text, int scale,
                               enum reason inexact)
{
    char pointed[NUMBER_BYTES_MAX];
    char bare[NUMBER_BYTES_MAX];
    struct decimal decimal;
    enum reason doubt = REASON_NONE;

    if (column->decimal_comma && with_point(text, pointed)) {
        text = pointed;
    }
    if (without_thousands(text, bare)) {
        text = bare;
        doubt =
            column->decimal_comma ? REASON_NONE : REASON_THOUSANDS; /* there they are the custom */
    }
    if (!decimal_parse(text, scale, DECIMAL_HALF_UP, &decimal)) {
        return unreadable(REASON_NO_NUMBER);
    }
    if (decimal.noisy) {
        doubt = REASON_FLOAT_NOISE;
    } else if (decimal.inexact) {
        if (scale == 0) {
            return unreadable(inexact);
        }
        doubt = inexact;
    }
    return (struct cell){.state = CELL_READ, .number = decimal.value, .doubt = doubt};
}

struct cell cell_quantity(const struct layout_column *column, const char *trimmed,
                          struct arena *arena)
{
    struct cell cell = read_number(column, trimmed, 0, REASON_PIECES_NOT_WHOLE);

    (void)arena;
    if (cell.state != CELL_READ) {
        return cell;
    }
    if (cell.doubt == REASON_NONE && strchr(trimmed, column->decimal_comma ? ',' : '.') != NULL) {
        cell.doubt = REASON_PIECES_WITH_DECIMALS;
    }
    if (cell.number > pieces_max || cell.number < -pieces_max) {
        return unreadable(REASON_PIECES_IMPOSSIBLE);
    }
    if (cell.number < 0 && !column->negative_returns) {
        return unreadable(REASON_PIECES_NEGATIVE);
    }
    if (cell.number == 0 && column->minimum > 0) {
        cell.doubt = REASON_PIECES_ZERO;
    } else if (cell.doubt == REASON_NONE && cell.number > likely_pieces_max) {
        cell.doubt = REASON_PIECES_UNLIKELY;
    }
    return cell;
}

struct cell cell_integer(const struct layout_column *column, const char *trimmed,
                         struct arena *arena)
{
    struct cell cell = read_number(column, trimmed, 0, REASON_NOT_WHOLE);
    const bool narrow = column->target.field != NULL && column->target.field->type == FIELD_INT32;

    (void)arena;
    if (cell.state == CELL_READ &&
        (cell.number < column->minimum || cell.number > column->maximum ||
         cell.number > (narrow ? INT32_MAX : pieces_max))) {
        return unreadable(REASON_OUT_OF_RANGE);
    }
    return cell;
}

struct cell cell_percent(const struct layout_column *column, const char *trimmed,
                         struct arena *arena)
{
    enum { BASIS_POINTS_SCALE = 2, BASIS_POINTS_MAX = 10000 };
    const size_t size = strlen(trimmed);
    const char *bare =
        trimmed[size - 1] == '%' ? text_trim(arena, arena_text(arena, trimmed, size - 1)) : trimmed;
    const struct cell cell = read_number(column, bare, BASIS_POINTS_SCALE, REASON_PERCENT_ROUNDED);

    if (cell.state == CELL_READ &&
        (cell.number < column->minimum || cell.number > BASIS_POINTS_MAX)) {
        return unreadable(REASON_PERCENT_OUT_OF_RANGE);
    }
    return cell;
}

struct cell cell_money(const struct layout_column *column, const char *trimmed, struct arena *arena)
{
    const int scale = column->target.field == NULL ? 4 : column->target.field->scale;
    const bool sign = trimmed[0] == '$';
    struct cell cell = read_number(column, sign ? text_trim(arena, trimmed + 1) : trimmed, scale,
                                   REASON_MONEY_ROUNDED);

    if (cell.state == CELL_READ && cell.number < 0) {
        return unreadable(REASON_MONEY_NEGATIVE);
    }
    if (cell.state == CELL_READ && !member_decimal_fits(cell.number, MONEY_DIGITS)) {
        return unreadable(REASON_OUT_OF_RANGE);
    }
    if (cell.doubt == REASON_NONE && scale == PRICE_SCALE && cell.number > likely_price_max_e4) {
        cell.doubt = REASON_PRICE_UNLIKELY;
    }
    if (sign && cell.doubt == REASON_NONE) {
        cell.doubt = REASON_MONEY_SIGN;
    }
    return cell;
}
