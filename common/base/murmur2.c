#include "common/base/murmur2.h"

#include <assert.h>

uint32_t murmur2(const void *bytes, size_t size)
{
    const uint32_t seed = 0x9747b28cU;
    const uint32_t m = 0x5bd1e995U;
    const uint8_t *at = bytes;
    uint32_t hash = seed ^ (uint32_t)size;

    for (; size >= 4; size -= 4, at += 4) {
        uint32_t word =
            (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;

        word *= m;
        word ^= word >> 24;
        word *= m;
        hash = hash * m ^ word;
    }
    if (size > 0) {
        for (size_t i = size; i > 0; i--) {
            hash ^= (uint32_t)at[i - 1] << (8 * (i - 1));
        }
        hash *= m;
    }
    hash ^= hash >> 13;
    hash *= m;
    return hash ^ hash >> 15;
}

int32_t murmur2_partition(const void *key, size_t key_bytes, int32_t partitions)
{
    assert(partitions > 0);
    return (int32_t)(murmur2(key, key_bytes) & 0x7fffffffU) % partitions;
}
