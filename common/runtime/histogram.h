#ifndef COMMON_RUNTIME_HISTOGRAM_H
#define COMMON_RUNTIME_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_BOUNDS_MAX = 16 };

/** How often a value lay at or below each bound. For one thread; `bounds` ascend and outlive it. */
struct histogram {
    const int64_t *bounds;
    size_t bound_count; /**< at most HISTOGRAM_BOUNDS_MAX */
    int64_t counts[HISTOGRAM_BOUNDS_MAX];
    int64_t count;
    int64_t sum;
};

void histogram_add(struct histogram *histogram, int64_t value);

#endif
