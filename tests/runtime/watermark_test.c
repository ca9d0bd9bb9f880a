#include "common/runtime/shard.h"
#include "tests/base/unit.h"
#include "topics.h"

#include <string.h>

struct scene {
    struct input inputs[2];
    struct member member;
    struct shard shard;
};

/* deliveries, as far as days go: it hears contracts from `contracts` and receipts from the gateways. */
static void scene_init(struct scene *scene)
{
    *scene = (struct scene){0};
    scene->inputs[0] = (struct input){topic_by_name("contracts"), true};
    scene->inputs[1] = (struct input){topic_by_name("reported.receipts"), true};
    scene->member.inputs = scene->inputs;
    scene->member.input_count = 2;
    scene->member.cache_bytes = 1 << 20;
    shard_init(&scene->shard, &scene->member, 0);
}

START_TEST(the_day_of_a_shard_is_the_smallest_over_its_inputs)
{
    struct scene scene;

    scene_init(&scene);
    watermark_hear(&scene.shard, "contracts", "contracts", "imss", 100);
    ck_assert(!watermark_recompute(&scene.shard));
    ck_assert(!watermark_day(&scene.shard, "imss")->reached);
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", 98);
    ck_assert(watermark_recompute(&scene.shard));
    ck_assert_int_eq(watermark_day(&scene.shard, "imss")->day, 98);
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", 120);
    ck_assert(watermark_recompute(&scene.shard));
    ck_assert_int_eq(watermark_day(&scene.shard, "imss")->day, 100);
    shard_finish(&scene.shard);
}
END_TEST

START_TEST(an_older_day_or_the_same_again_moves_nothing)
{
    struct scene scene;

    scene_init(&scene);
    watermark_hear(&scene.shard, "contracts", "contracts", "imss", 100);
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", 100);
    ck_assert(watermark_recompute(&scene.shard));
    watermark_hear(&scene.shard, "contracts", "contracts", "imss", 90);
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", 100);
    ck_assert(!watermark_recompute(&scene.shard));
    ck_assert_int_eq(watermark_day(&scene.shard, "imss")->day, 100);
    shard_finish(&scene.shard);
}
END_TEST

START_TEST(one_institution_does_not_wait_for_another_nor_speak_for_it)
{
    struct scene scene;

    scene_init(&scene);
    watermark_hear(&scene.shard, "contracts", "contracts", "issste", 50);
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "issste", 50);
    ck_assert(!watermark_recompute(&scene.shard));
    watermark_hear(&scene.shard, "contracts", "contracts", "imss", 70);
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", 70);
    ck_assert(watermark_recompute(&scene.shard));
    ck_assert(watermark_day(&scene.shard, "imss")->reached);
    ck_assert(!watermark_day(&scene.shard, "issste")->reached);
    shard_finish(&scene.shard);
}
END_TEST

/* What a newer binary finds: days that an older one forwarded, and no word yet on the input that it adds. */
START_TEST(an_input_added_later_holds_the_day_until_it_has_caught_up)
{
    struct scene scene;
    struct closed_day *day;

    scene_init(&scene);
    day = watermark_day(&scene.shard, "imss");
    day->day = 100;
    day->reached = true;
    watermark_hear(&scene.shard, "contracts", "contracts", "imss", 105);
    ck_assert(!watermark_recompute(&scene.shard));
    for (int32_t said = 90; said <= 100; said++) {
        watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", said);
        ck_assert(!watermark_recompute(&scene.shard));
        ck_assert_int_eq(watermark_day(&scene.shard, "imss")->day, 100);
    }
    watermark_hear(&scene.shard, "reported.receipts", "gateway.imss", "imss", 103);
    ck_assert(watermark_recompute(&scene.shard));
    ck_assert_int_eq(watermark_day(&scene.shard, "imss")->day, 103);
    shard_finish(&scene.shard);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, an_input_added_later_holds_the_day_until_it_has_caught_up);
    tcase_add_test(tcase, the_day_of_a_shard_is_the_smallest_over_its_inputs);
    tcase_add_test(tcase, an_older_day_or_the_same_again_moves_nothing);
    tcase_add_test(tcase, one_institution_does_not_wait_for_another_nor_speak_for_it);
}

int main(void)
{
    return unit_run("runtime.watermark", fill);
}
