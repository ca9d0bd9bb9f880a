#include "tests/bench/timing.h"

#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double timing_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double timing_cpu(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

void timing_wait_until(double seconds)
{
    const struct timespec until = {(time_t)seconds,
                                   (long)((seconds - (double)(time_t)seconds) * 1e9)};

    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}
