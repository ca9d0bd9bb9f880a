#include "common/runtime/histogram.h"

void histogram_add(struct histogram *histogram, int64_t value)
{
    for (size_t i = 0; i < histogram->bound_count; i++) {
        histogram->counts[i] += value <= histogram->bounds[i] ? 1 : 0;
    }
    histogram->count++;
    histogram->sum += value;
}
