#ifndef TESTS_FAKE_RANDOM_H
#define TESTS_FAKE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/** A small generator of our own, so that a seed means the same everywhere. */
struct fake_random {
    uint64_t state;
};
/** 0 .. bound - 1. */
int64_t fake_random_below(struct fake_random *random, int64_t bound);
/** True once in `times`. */
bool fake_random_once_in(struct fake_random *random, int64_t times);

#endif
