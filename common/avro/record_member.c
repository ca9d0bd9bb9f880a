#include "common/avro/record_member.h"

bool member_decimal_fits(int64_t unscaled, int32_t precision)
{
    int64_t bound = 1;

    for (int32_t i = 0; i < precision && i < 18; i++) {
        bound *= 10;
    }
    return unscaled > -bound && unscaled < bound;
}

bool member_decimal_read(struct bytes bytes, int32_t precision, int64_t *out)
{
    size_t at = 0;
    uint64_t bits;

    if (bytes.size == 0) {
        return false;
    }
    bits = (bytes.data[0] & 0x80) != 0 ? UINT64_MAX : 0;
    while (bytes.size - at > sizeof bits) { /* bytes that only repeat the sign carry nothing */
        if (bytes.data[at] != (uint8_t)bits ||
            ((bytes.data[at + 1] ^ bytes.data[at]) & 0x80) != 0) {
            return false;
        }
        at++;
    }
    for (; at < bytes.size; at++) {
        bits = bits << 8 | bytes.data[at];
    }
    if (!member_decimal_fits((int64_t)bits, precision)) {
        return false;
    }
    *out = (int64_t)bits;
    return true;
}

size_t member_decimal_write(int64_t unscaled, uint8_t out[static 8])
{
    const uint64_t bits = (uint64_t)unscaled;
    size_t size = 1;

    while (size < 8 && (unscaled < -(INT64_C(1) << (8 * size - 1)) ||
                        unscaled >= (INT64_C(1) << (8 * size - 1)))) {
        size++;
    }
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)(bits >> (8 * (size - 1 - i)));
    }
    return size;
}
