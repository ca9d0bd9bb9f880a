#include "common/runtime/shard.h"
#include "tests/base/unit.h"
#include "topics.h"

#include <stdio.h>

/* What a shard takes of what its input brings. */

static int64_t no_time(void *context)
{
    (void)context;
    return 1;
}

struct scene {
    struct input input;
    struct metrics metrics;
    struct service service;
    struct member member;
    struct shard shard;
    int64_t offset;
};

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.input = {topic_by_name("orders"), true}};
    scene->member.inputs = &scene->input;
    scene->member.input_count = 1;
    scene->member.shard_count = 1;
    scene->member.cache_bytes = 1 << 20;
    scene->member.metrics = &scene->metrics;
    scene->member.service = &scene->service;
    scene->member.now_ms = no_time;
    scene->member.log.threshold = LOG_LEVEL_ERROR;
    shard_init(&scene->shard, &scene->member, 0);
}

/* Whether the message was taken. */
static bool bring(struct scene *scene, const char *producer, int64_t incarnation, int64_t seq)
{
    char source[64];
    char id[64];
    struct bus_message message = {.topic = "orders", .offset = scene->offset++, .header_count = 3};

    (void)snprintf(source, sizeof source, "%s/orders", producer);
    (void)snprintf(id, sizeof id, "%lld/0/%lld", (long long)incarnation, (long long)seq);
    message.headers[0] = (struct bus_header){"ce_source", source};
    message.headers[1] = (struct bus_header){"ce_id", id};
    message.headers[2] = (struct bus_header){"ce_type", "mx.abasto.orders.OrderIssued"};
    shard_take(&scene->shard, &message);
    return !scene->shard.backlog[scene->shard.backlog_count - 1].passed_over;
}

START_TEST(sequences_are_dense_so_repetitions_and_gaps_are_passed_over)
{
    struct scene scene;

    scene_init(&scene);
    ck_assert(bring(&scene, "contracts", 1, 1));
    ck_assert(bring(&scene, "contracts", 1, 2));
    ck_assert(!bring(&scene, "contracts", 1, 2));
    ck_assert(!bring(&scene, "contracts", 1, 1));
    ck_assert(!bring(&scene, "contracts", 1, 4)); /* 3 is missing */
    ck_assert(bring(&scene, "contracts", 1, 3));
    ck_assert(bring(&scene, "contracts", 1, 4)); /* sent again with it */
    ck_assert_int_eq(scene.metrics.duplicates, 2);
    ck_assert_int_eq(scene.metrics.gaps, 1);
    shard_finish(&scene.shard);
}
END_TEST

START_TEST(the_first_of_a_producer_is_one)
{
    struct scene scene;

    scene_init(&scene);
    ck_assert(!bring(&scene, "contracts", 1, 7));
    ck_assert(bring(&scene, "other", 1, 1));
    ck_assert(bring(&scene, "contracts", 1, 1));
    shard_finish(&scene.shard);
}
END_TEST

START_TEST(a_new_incarnation_starts_at_one_and_silences_the_old)
{
    struct scene scene;

    scene_init(&scene);
    ck_assert(bring(&scene, "contracts", 1, 1));
    ck_assert(!bring(&scene, "contracts", 2, 2));
    ck_assert(bring(&scene, "contracts", 2, 1));
    ck_assert(!bring(&scene, "contracts", 1, 2));
    ck_assert(bring(&scene, "contracts", 2, 2));
    shard_finish(&scene.shard);
}
END_TEST

START_TEST(what_lies_below_the_position_is_not_taken_twice)
{
    struct scene scene;

    scene_init(&scene);
    ck_assert(bring(&scene, "contracts", 1, 1));
    scene.offset = 0;
    (void)bring(&scene, "contracts", 1, 2);
    ck_assert_uint_eq(scene.shard.backlog_count, 1);
    shard_finish(&scene.shard);
}
END_TEST

START_TEST(a_message_without_identity_is_set_aside)
{
    struct scene scene;
    const struct bus_message message = {.topic = "orders"};

    scene_init(&scene);
    shard_take(&scene.shard, &message);
    ck_assert_uint_eq(scene.shard.backlog_count, 1);
    ck_assert_int_eq(scene.shard.backlog[0].rejected.why, REJECTION_IDENTITY);
    shard_finish(&scene.shard);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, sequences_are_dense_so_repetitions_and_gaps_are_passed_over);
    tcase_add_test(tcase, the_first_of_a_producer_is_one);
    tcase_add_test(tcase, a_new_incarnation_starts_at_one_and_silences_the_old);
    tcase_add_test(tcase, what_lies_below_the_position_is_not_taken_twice);
    tcase_add_test(tcase, a_message_without_identity_is_set_aside);
}

int main(void)
{
    return unit_run("runtime.sequence", fill);
}
