#include "common/base/murmur2.h"
#include "tests/base/unit.h"

#include <string.h>

struct vector {
    const char *key;
    int32_t hash;
};

/* org.apache.kafka.common.utils.UtilsTest.testMurmur2 */
static const struct vector vectors[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
};

START_TEST(the_hash_is_kafkas)
{
    const struct vector *row = &vectors[_i];

    ck_assert_msg(murmur2(row->key, strlen(row->key)) == (uint32_t)row->hash, "%s", row->key);
}
END_TEST

START_TEST(the_partition_is_never_negative)
{
    ck_assert_int_eq(murmur2_partition("21", 2, 1000), (-973932308 & 0x7fffffff) % 1000);
    ck_assert_int_eq(murmur2_partition("foobar", 6, 24), (-790332482 & 0x7fffffff) % 24);
    ck_assert_int_eq(murmur2_partition(NULL, 0, 1), 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_hash_is_kafkas, 0, UNIT_COUNT(vectors));
    tcase_add_test(tcase, the_partition_is_never_negative);
}

int main(void)
{
    return unit_run("base.murmur2", fill);
}
