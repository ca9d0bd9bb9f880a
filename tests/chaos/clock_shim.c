/* Preloaded into a service: its calendar clock is off by as many seconds as stand, as a 64-bit number, in the file that
 * ABASTO_CHAOS_CLOCK names. The file may change while the service runs: the clock jumps then. The monotonic clock is
 * the machine's, as it is when an administrator or NTP sets the time. */
#include "tests/chaos/shim.h"

#include <stdint.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>

static const volatile int64_t *offset;

__attribute__((constructor)) static void open_offset(void)
{
    offset = shim_map("ABASTO_CHAOS_CLOCK", sizeof *offset, 0);
}

static int64_t off_by(void)
{
    return offset != NULL ? *offset : 0;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    SHIM_REAL(clock_gettime)
    const int result = real(clock, out);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        out->tv_sec += off_by();
    }
    return result;
}

int gettimeofday(struct timeval *out, void *zone)
{
    SHIM_REAL(gettimeofday)
    const int result = real(out, zone);

    if (result == 0) {
        out->tv_sec += off_by();
    }
    return result;
}

time_t time(time_t *out)
{
    SHIM_REAL(time)
    const time_t now = real(NULL) + off_by();

    if (out != NULL) {
        *out = now;
    }
    return now;
}

int timespec_get(struct timespec *out, int base)
{
    SHIM_REAL(timespec_get)
    const int result = real(out, base);

    if (result == TIME_UTC) {
        out->tv_sec += off_by();
    }
    return result;
}

/* librdkafka waits for a time of the calendar, which the kernel compares with its own. */
int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *until)
{
    SHIM_REAL(cnd_timedwait)
    const struct timespec kernels = {until->tv_sec - off_by(), until->tv_nsec};

    return real(condition, mutex, &kernels);
}
