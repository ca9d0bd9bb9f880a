#ifndef COMMON_EXACT_H
#define COMMON_EXACT_H

#include "common/base/error.h"

#include <stdint.h>

__extension__ typedef unsigned __int128 uint128;

enum {
    EXACT_UNITS_PER_CENTAVO = 1000000,
    EXACT_RATE_WHOLE_BP = 10000, /**< 100 per cent in basis points */
};

/**
 * An exact amount of money, never negative: a rational of fixed denominator. One unit is a millionth
 * of a centavo (1e-8 peso), because ten-thousandths of a peso times basis points are exactly that:
 * price_e4 / 10^4 pesos x rate_bp / 10^4. So sums of parts are integer sums, nothing is rounded until
 * exact_to_centavos, and 1e-8 peso divides every part. Zeroed is zero.
 *
 * All functions raise REJECT (the figures of this message are absurd) on negative inputs and when 128
 * bits overflow, and leave the output as it was.
 */
struct exact {
    uint128 units;
};

/** Adds price_e4 (ten-thousandths of a peso) x pieces x days x rate_bp (basis points per day).
 *  With days 1 it is a share of a value: cap_bp for a cap, EXACT_RATE_WHOLE_BP for the whole value. */
bool exact_add_part(struct exact *sum, int64_t price_e4, int64_t pieces, int32_t days,
                    int32_t rate_bp, struct error *err) MUST_CHECK;

/** sum += other. */
bool exact_add(struct exact *sum, const struct exact *other, struct error *err) MUST_CHECK;

/** -1, 0 or 1 as a is less than, equal to or greater than b. */
int exact_compare(const struct exact *a, const struct exact *b);

/** Rounds half-up to the centavo. To be called once, on the total. */
bool exact_to_centavos(const struct exact *amount, int64_t *out, struct error *err) MUST_CHECK;

#endif
