#include "common/base/decimal.h"

#include "common/base/text.h"

#include <assert.h>
#include <string.h>

/* A double prints with 15 to 17 significant digits; fewer were meant by someone. */
enum { NOISE_DIGITS = 15 };

/* Where the digits of a number stand in its text. */
struct digits {
    const char *whole;
    size_t whole_count;
    const char *fraction;
    size_t fraction_count;
    bool negative;
};

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

static bool find_digits(const char *text, struct digits *out)
{
    struct digits found = {.negative = text[0] == '-'};

    found.whole = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    found.whole_count = count_digits(found.whole);
    found.fraction = found.whole + found.whole_count;
    if (*found.fraction == '.') {
        found.fraction++;
        found.fraction_count = count_digits(found.fraction);
    }
    if (found.fraction[found.fraction_count] != '\0' ||
        found.whole_count + found.fraction_count == 0 ||
        found.whole_count + found.fraction_count > DECIMAL_DIGITS_MAX) {
        return false;
    }
    *out = found;
    return true;
}

static bool push_digit(uint64_t *value, char digit)
{
    const uint64_t add = (uint64_t)(digit - '0');

    if (*value > (UINT64_MAX - add) / 10) {
        return false;
    }
    *value = *value * 10 + add;
    return true;
}

/* The digits up to the scale as one integer; missing decimals are zeros. */
static bool kept_value(const struct digits *digits, size_t scale, uint64_t *out)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits->whole_count; i++) {
        if (!push_digit(&value, digits->whole[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < scale; i++) {
        if (!push_digit(&value, i < digits->fraction_count ? digits->fraction[i] : '0')) {
            return false;
        }
    }
    *out = value;
    return true;
}

static bool is_inexact(const struct digits *digits, size_t scale)
{
    for (size_t i = scale; i < digits->fraction_count; i++) {
        if (digits->fraction[i] != '0') {
            return true;
        }
    }
    return false;
}

static size_t significant_digits(const struct digits *digits)
{
    size_t leading = 0;

    while (leading < digits->whole_count && digits->whole[leading] == '0') {
        leading++;
    }
    if (leading < digits->whole_count) {
        return digits->whole_count - leading + digits->fraction_count;
    }
    leading = 0;
    while (leading < digits->fraction_count && digits->fraction[leading] == '0') {
        leading++;
    }
    return digits->fraction_count - leading;
}

/* Many digits, and beyond the scale next to nothing (…00…) or next to one (…99…). */
static bool is_noise(const struct digits *digits, size_t scale)
{
    const char *dropped = digits->fraction + scale;

    return significant_digits(digits) >= NOISE_DIGITS && digits->fraction_count >= scale + 2 &&
           dropped[0] == dropped[1] && (dropped[0] == '0' || dropped[0] == '9');
}

bool decimal_parse(const char *text, int scale, enum decimal_rounding rounding, struct decimal *out)
{
    const size_t places = (size_t)scale;
    struct digits digits;
    struct decimal read = {0};
    uint64_t value;
    uint64_t limit;

    assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    if (text == NULL || !find_digits(text, &digits) || !kept_value(&digits, places, &value)) {
        return false;
    }
    read.inexact = is_inexact(&digits, places);
    if (read.inexact && rounding == DECIMAL_EXACT) {
        return false;
    }
    read.noisy = read.inexact && is_noise(&digits, places);
    limit = (uint64_t)INT64_MAX + (digits.negative ? 1 : 0);
    if (value > limit) {
        return false;
    }
    if (digits.fraction_count > places && digits.fraction[places] >= '5') {
        value++;
    }
    if (value > limit) {
        return false;
    }
    if (digits.negative) {
        read.value = value == limit ? INT64_MIN : -(int64_t)value;
    } else {
        read.value = (int64_t)value;
    }
    *out = read;
    return true;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
}

static uint64_t power_of_ten(int exponent)
{
    uint64_t power = 1;

    for (int i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

void decimal_format(int64_t value, int scale, char out[static DECIMAL_TEXT_BYTES])
{
    const char *sign = value < 0 ? "-" : "";
    const uint64_t one = power_of_ten(scale);
    const uint64_t all = magnitude(value);

    assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
    if (scale == 0) {
        (void)text_format(out, DECIMAL_TEXT_BYTES, "%s%llu", sign, (unsigned long long)all);
        return;
    }
    (void)text_format(out, DECIMAL_TEXT_BYTES, "%s%llu.%0*llu", sign,
                      (unsigned long long)(all / one), scale, (unsigned long long)(all % one));
}

void decimal_format_short(int64_t value, int scale, int min_decimals,
                          char out[static DECIMAL_TEXT_BYTES])
{
    size_t length;
    int decimals = scale;

    decimal_format(value, scale, out);
    length = strlen(out);
    while (decimals > min_decimals && decimals > 0 && out[length - 1] == '0') {
        out[--length] = '\0';
        decimals--;
    }
    if (decimals == 0 && scale > 0) {
        out[length - 1] = '\0'; /* the point */
    }
}

/* Digits with a comma before each group of three. */
static void write_thousands(uint64_t value, char out[static DECIMAL_TEXT_BYTES])
{
    char plain[DECIMAL_TEXT_BYTES];
    size_t length;
    size_t used = 0;

    (void)text_format(plain, sizeof plain, "%llu", (unsigned long long)value);
    length = strlen(plain);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = plain[i];
    }
    out[used] = '\0';
}

void decimal_format_money(int64_t amount_centavos, char out[static DECIMAL_TEXT_BYTES])
{
    const uint64_t all = magnitude(amount_centavos);
    char pesos[DECIMAL_TEXT_BYTES];

    write_thousands(all / 100, pesos);
    (void)text_format(out, DECIMAL_TEXT_BYTES, "%s$%.32s.%02u", amount_centavos < 0 ? "-" : "",
                      pesos, (unsigned)(all % 100));
}

void decimal_format_count(int64_t count, char out[static DECIMAL_TEXT_BYTES])
{
    char digits[DECIMAL_TEXT_BYTES];

    write_thousands(magnitude(count), digits);
    (void)text_format(out, DECIMAL_TEXT_BYTES, "%s%.32s", count < 0 ? "-" : "", digits);
}
