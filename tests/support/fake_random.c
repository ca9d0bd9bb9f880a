#include "tests/support/fake_random.h"

int64_t fake_random_below(struct fake_random *random, int64_t bound)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (int64_t)((mixed ^ (mixed >> 31)) % (uint64_t)bound);
}

bool fake_random_once_in(struct fake_random *random, int64_t times)
{
    return fake_random_below(random, times) == 0;
}
