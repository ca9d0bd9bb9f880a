#include "events.h"
#include "tests/base/unit.h"
#include "tests/runtime/scene.h"
#include "tests/support/fake_rows.h"

#include <string.h>

/* A shard whose state is made anew from its topics. */

static struct scene scene;

static const struct rejudge rejudge[] = {{&scene_table, "scene.told"}, {0}};

static void set_up(void)
{
    scene_init(&scene);
}

static void tear_down(void)
{
    scene_finish(&scene);
}

/* What `abasto rebuild` does to the shard: its first `until` orders are replayed. */
static void empty_shard(int64_t until)
{
    struct fake_shard *shard = &scene.database.shards[0];
    struct fake_list *lists[] = {&shard->rows,      &shard->agenda, &shard->positions,
                                 &shard->sequences, &shard->heard,  &shard->watermarks,
                                 &shard->forwarded, &shard->outbox, &shard->quarantine};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        lists[i]->count = 0;
    }
    shard->incarnation++;
    shard->epoch++;
    shard->published = shard->batch;
    *(struct store_replay *)fake_list_add(&shard->replays) = (struct store_replay){"orders", until};
}

static void take_over_again(void)
{
    fake_bus_take(&scene.bus, 0);
    fake_bus_give(&scene.bus, 0);
}

static void rebuild(int64_t until)
{
    empty_shard(until);
    take_over_again();
    scene_settle(&scene);
}

static const char *last_id(void)
{
    const size_t count = scene_said(&scene, "deliveries");
    const struct bus_message *last = fake_broker_at(&scene.broker, "deliveries", count - 1);

    return bus_header(last, "ce_id");
}

START_TEST(what_was_said_before_is_not_said_again)
{
    size_t said;

    scene_start(&scene);
    scene_order(&scene, "1", "A");
    scene_order(&scene, "2", SCENE_REJECTED);
    scene_order(&scene, "3", "B");
    scene_day(&scene, 100);
    scene_order(&scene, "1", "C");
    scene_settle(&scene);
    said = scene_said(&scene, "deliveries");
    ck_assert_uint_gt(said, 3);
    rebuild(5);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), said);
    ck_assert_uint_eq(scene_said(&scene, "quarantine"), 1);
    ck_assert_str_eq(scene_stored(&scene, "1")->clave, "C");
    ck_assert_str_eq(scene_stored(&scene, "3")->clave, "B");
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_uint_eq(scene.database.shards[0].replays.count, 0);
    ck_assert_uint_eq(scene.database.shards[0].forwarded.count, 1);
}
END_TEST

START_TEST(then_every_key_is_judged_once_under_the_new_incarnation)
{
    size_t said;

    scene.service.rejudge = rejudge;
    scene_start(&scene);
    for (size_t i = 0; i < 20; i++) {
        scene_order(&scene, scene_name(&scene, i % 5), "A");
    }
    scene_settle(&scene);
    said = scene_said(&scene, "deliveries");
    ck_assert_uint_eq(said, 20);
    rebuild(20);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), said + 5);
    ck_assert_str_eq(last_id(), "2/0/5");
}
END_TEST

START_TEST(what_comes_after_the_recorded_end_is_said)
{
    scene_start(&scene);
    scene_order(&scene, "1", "A");
    scene_settle(&scene);
    rebuild(1);
    scene_order(&scene, "2", "A");
    scene_settle(&scene);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 2);
    ck_assert_str_eq(last_id(), "2/0/1");
}
END_TEST

START_TEST(what_is_set_aside_for_the_first_time_is_told)
{
    scene_start(&scene);
    scene_order(&scene, "1", "A");
    scene_settle(&scene);
    scene_order(&scene, "2", SCENE_REJECTED);
    rebuild(2);
    ck_assert_uint_eq(scene_said(&scene, "quarantine"), 1);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 1);
}
END_TEST

START_TEST(an_owner_that_ends_in_between_leaves_the_replay_to_the_next)
{
    struct error err = {0};

    scene.service.rejudge = rejudge;
    scene_start(&scene);
    for (size_t i = 0; i < 40; i++) {
        scene_order(&scene, scene_name(&scene, i), "A");
    }
    scene_settle(&scene);
    empty_shard(40);
    for (int turn = 0; turn < 12; turn++) {
        take_over_again();
        for (int i = 0; i <= turn; i++) {
            ck_assert_msg(scene_turn(&scene, &err), "%s", err.message);
        }
    }
    scene_settle(&scene);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 80);
    ck_assert_str_eq(last_id(), "2/0/40");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, what_was_said_before_is_not_said_again);
    tcase_add_test(tcase, then_every_key_is_judged_once_under_the_new_incarnation);
    tcase_add_test(tcase, what_comes_after_the_recorded_end_is_said);
    tcase_add_test(tcase, what_is_set_aside_for_the_first_time_is_told);
    tcase_add_test(tcase, an_owner_that_ends_in_between_leaves_the_replay_to_the_next);
}

int main(void)
{
    return unit_run("runtime.replay", fill);
}
