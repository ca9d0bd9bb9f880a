#ifndef COMMON_DECIMAL_H
#define COMMON_DECIMAL_H

#include "common/base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Exact decimal numbers as integers at a scale: 452.5 at scale 4 is 4525000. Prices are kept at scale
 * 4 (`price_e4`, ten-thousandths of a peso: real prices have four decimals), amounts at scale 2
 * (`amount_centavos`). No floating point anywhere. */

enum {
    DECIMAL_SCALE_MAX = 9,
    DECIMAL_DIGITS_MAX = 40, /**< longer texts are refused, however many zeros they hold */
    DECIMAL_TEXT_BYTES = 48, /**< the longest text of the functions below, and its NUL */
};

enum decimal_rounding {
    DECIMAL_EXACT,   /**< refuse digits other than 0 beyond the scale */
    DECIMAL_HALF_UP, /**< round them, half away from zero */
};

struct decimal {
    int64_t value;
    bool inexact; /**< digits other than 0 stood beyond the scale and were rounded */
    bool noisy;   /**< inexact, and it looks like binary floating point: 14709.999999999998 */
};

/** Reads an optional sign, digits and an optional '.' with decimals into an integer at `scale`
 *  (0-DECIMAL_SCALE_MAX). False, `out` untouched, for anything else (blanks, exponents, thousands
 *  separators, NULL), for more than DECIMAL_DIGITS_MAX digits, when the value does not fit, and under
 *  DECIMAL_EXACT when it is inexact. */
bool decimal_parse(const char *text, int scale, enum decimal_rounding rounding,
                   struct decimal *out) MUST_CHECK;

/** Writes an integer at `scale` with exactly `scale` decimals: (4525000, 4) is "452.5000". */
void decimal_format(int64_t value, int scale, char out[static DECIMAL_TEXT_BYTES]);

/** The same without zeros at the end of the decimals, but at least `min_decimals` of them:
 *  (4525000, 4, 2) is "452.50". */
void decimal_format_short(int64_t value, int scale, int min_decimals,
                          char out[static DECIMAL_TEXT_BYTES]);

/** Writes centavos for people: 123456 is "$1,234.56", -5 is "-$0.05". */
void decimal_format_money(int64_t amount_centavos, char out[static DECIMAL_TEXT_BYTES]);

/** Writes a count for people: 1845000 is "1,845,000". */
void decimal_format_count(int64_t count, char out[static DECIMAL_TEXT_BYTES]);

#endif
