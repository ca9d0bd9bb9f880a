#include "events.h"
#include "tests/base/unit.h"
#include "tests/runtime/scene.h"

#include <string.h>

/* What a takeover makes of the tail of its outputs. */

static struct scene scene;
static struct fake_process process;

static enum fake_fault nothing(void *context, enum fake_effect effect, int32_t shard)
{
    (void)context;
    (void)effect;
    (void)shard;
    return FAKE_GOES_WELL;
}

/* Before the tail is read, somebody else takes the shard over. */
static enum fake_fault another_owner(void *context, enum fake_effect effect, int32_t shard)
{
    (void)context;
    (void)shard;
    if (effect == FAKE_SCAN && scene.database.shards[0].epoch == 1) {
        scene.database.shards[0].epoch++;
    }
    return FAKE_GOES_WELL;
}

static size_t all(void *context, size_t most)
{
    (void)context;
    return most;
}

static enum fake_fate commits(void *context, int32_t shard)
{
    (void)context;
    (void)shard;
    return FAKE_COMMITS;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static void set_up(void)
{
    scene_init(&scene);
    process = (struct fake_process){
        .befalls = nothing, .fate = commits, .locks_early = never, .portion = all};
    scene.store.process = &process;
    scene.bus.process = &process;
}

static void tear_down(void)
{
    scene_finish(&scene);
}

/* An event of the scene's shard 0 that its database does not know of. */
static void put_unknown_event(void)
{
    const struct bus_message message = {.topic = "deliveries",
                                        .headers = {{"ce_type", order_issued_type.full_name},
                                                    {"ce_source", "scene/deliveries"},
                                                    {"ce_id", "1/0/7"}},
                                        .header_count = 3};

    (void)fake_broker_put(&scene.broker, &message);
}

START_TEST(a_database_that_was_rolled_back_stops_the_process)
{
    struct error err = {0};
    bool going = true;

    put_unknown_event();
    scene_start(&scene);
    for (int i = 0; going && i < 5; i++) {
        going = scene_turn(&scene, &err);
    }
    ck_assert(!going);
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_msg(strstr(err.message, "abasto restore") != NULL, "%s", err.message);
}
END_TEST

START_TEST(the_tail_of_a_later_owner_is_no_rollback)
{
    struct error err = {0};

    put_unknown_event();
    process.befalls = another_owner;
    scene_start(&scene);
    for (int i = 0; scene.database.shards[0].epoch < 2; i++) {
        ck_assert_int_lt(i, 5);
        ck_assert_msg(scene_turn(&scene, &err), "%s", err.message);
    }
    ck_assert_int_eq(scene_shard(&scene)->state, SHARD_WAITING);
}
END_TEST

/* Both are ours before any tail is read; then shard 0 is somebody else's. */
static enum fake_fault both_are_taken(void *context, enum fake_effect effect, int32_t shard)
{
    if (effect == FAKE_SCAN && scene.database.shards[0].epoch > 0) {
        ck_assert_int_ge(scene.database.shards[1].epoch, 1);
    }
    return another_owner(context, effect, shard);
}

START_TEST(shards_that_are_taken_together_fail_one_by_one)
{
    struct error err = {0};

    put_unknown_event();
    process.befalls = both_are_taken;
    scene_start(&scene);
    fake_bus_give(&scene.bus, 1);
    ck_assert_msg(scene_turn(&scene, &err), "%s", err.message);
    ck_assert_int_eq(scene_shard(&scene)->state, SHARD_WAITING);
    ck_assert_int_eq(scene.running.shards[1].state, SHARD_OWNED);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_database_that_was_rolled_back_stops_the_process);
    tcase_add_test(tcase, the_tail_of_a_later_owner_is_no_rollback);
    tcase_add_test(tcase, shards_that_are_taken_together_fail_one_by_one);
}

int main(void)
{
    return unit_run("runtime.takeover", fill);
}
