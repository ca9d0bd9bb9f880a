#ifndef TESTS_BENCH_TIMING_H
#define TESTS_BENCH_TIMING_H

#include <stdint.h>

/** Seconds of the monotonic clock: the same for every process of the machine, so that they can be compared. */
double timing_now(void);

/** Seconds of CPU that this process has had. */
double timing_cpu(void);

/** Waits until the monotonic clock is there. */
void timing_wait_until(double seconds);

#endif
