#include "common/base/exact.h"

#define UINT128_MAX (~(uint128)0)

/* Not __builtin_mul_overflow: clang calls a function for 128 bits that libgcc does not have. */
static bool multiply(uint128 *product, uint128 factor)
{
    if (factor != 0 && *product > UINT128_MAX / factor) {
        return false;
    }
    *product *= factor;
    return true;
}

static bool overflow(struct error *err)
{
    return error_set(err, ERROR_REJECT, "el importe no cabe en 128 bits");
}

bool exact_add_part(struct exact *sum, int64_t price_e4, int64_t pieces, int32_t days,
                    int32_t rate_bp, struct error *err)
{
    uint128 part = 1;

    if (price_e4 < 0 || pieces < 0 || days < 0 || rate_bp < 0) {
        return error_set(err, ERROR_REJECT,
                         "importe con factor negativo: precio %lld, piezas %lld, días %d, tasa %d",
                         (long long)price_e4, (long long)pieces, days, rate_bp);
    }
    if (!multiply(&part, (uint128)price_e4) || !multiply(&part, (uint128)pieces) ||
        !multiply(&part, (uint128)days) || !multiply(&part, (uint128)rate_bp)) {
        return overflow(err);
    }
    return exact_add(sum, &(struct exact){part}, err);
}

bool exact_add(struct exact *sum, const struct exact *other, struct error *err)
{
    if (other->units > UINT128_MAX - sum->units) {
        return overflow(err);
    }
    sum->units += other->units;
    return true;
}

int exact_compare(const struct exact *a, const struct exact *b)
{
    if (a->units == b->units) {
        return 0;
    }
    return a->units < b->units ? -1 : 1;
}

bool exact_to_centavos(const struct exact *amount, int64_t *out, struct error *err)
{
    const uint128 half = EXACT_UNITS_PER_CENTAVO / 2;
    const uint128 whole = amount->units / EXACT_UNITS_PER_CENTAVO;
    const uint128 rest = amount->units % EXACT_UNITS_PER_CENTAVO;
    const uint128 rounded = rest >= half ? whole + 1 : whole;

    if (rounded > (uint128)INT64_MAX) {
        return error_set(err, ERROR_REJECT, "el importe no cabe en 64 bits de centavos");
    }
    *out = (int64_t)rounded;
    return true;
}
