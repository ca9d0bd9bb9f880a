#include "common/runtime/figures.h"
#include "tests/base/unit.h"
#include "topics.h"

#include <string.h>

/* deliveries with two shards, as far as its figures go: one is owned. */

struct scene {
    struct bus bus;
    struct input inputs[2];
    struct metrics metrics;
    struct shard shards[2];
    struct running running;
    int64_t now_ms;
    int64_t end;
    int agenda_counts;
    struct buffer text;
};

static struct scene scene;

static bool known_end(struct bus *bus, const char *topic, int32_t partition, int64_t *out)
{
    (void)bus;
    (void)partition;
    *out = scene.end;
    return strcmp(topic, "contracts") == 0;
}

static bool agenda_size(struct store *store, int32_t shard, int64_t limit, int64_t *out,
                        struct error *err)
{
    (void)store;
    (void)shard;
    (void)err;
    ck_assert_int_ge(limit, 1000);
    *out = 17;
    scene.agenda_counts++;
    return true;
}

static int64_t now_of(void *context)
{
    (void)context;
    return scene.now_ms;
}

static const struct bus_operations bus_operations = {.known_end = known_end};
static const struct store_operations store_operations = {.agenda_size = agenda_size};
static struct store store = {&store_operations};

static void set_up(void)
{
    struct member *member = &scene.running.member;

    memset(&scene, 0, sizeof scene);
    scene.bus.operations = &bus_operations;
    scene.inputs[0] = (struct input){topic_by_name("contracts"), true};
    scene.inputs[1] = (struct input){topic_by_name("reported.receipts"), true};
    scene.now_ms = 100000;
    *member = (struct member){.producer = "deliveries",
                              .inputs = scene.inputs,
                              .input_count = 2,
                              .cache_bytes = 1 << 20,
                              .metrics = &scene.metrics,
                              .bus = &scene.bus,
                              .store = &store,
                              .now_ms = now_of,
                              .board = board_create()};
    figures_init(member);
    scene.running.shards = scene.shards;
    scene.running.shard_slots = 2;
    shard_init(&scene.shards[0], member, 0);
    shard_init(&scene.shards[1], member, 1);
    scene.shards[1].state = SHARD_OWNED;
}

static void tear_down(void)
{
    shard_finish(&scene.shards[0]);
    shard_finish(&scene.shards[1]);
    board_destroy(scene.running.member.board);
    buffer_finish(&scene.text);
}

static void take_figures(void *context, const struct board_view *view)
{
    (void)context;
    buffer_clear(&scene.text);
    buffer_append_text(&scene.text, view->figures);
}

/* A second later; what stands on the board then. */
static const char *refresh(void)
{
    scene.now_ms += 1000;
    figures_refresh(&scene.running);
    board_read(scene.running.member.board, take_figures, NULL);
    return buffer_text(&scene.text);
}

static void holds(const char *text, const char *line)
{
    ck_assert_msg(strstr(text, line) != NULL, "%s\nis not in\n%s", line, text);
}

START_TEST(only_owned_shards_are_told)
{
    const char *text = refresh();

    holds(text,
          "abasto_position_applied{service=\"deliveries\",shard=\"1\",topic=\"contracts\"} 0\n");
    ck_assert_ptr_null(strstr(text, "shard=\"0\""));
}
END_TEST

START_TEST(lag_is_told_in_records_and_in_seconds_since_it_began)
{
    shard_position(&scene.shards[1], "contracts")->committed = 40;
    scene.end = 40;
    holds(refresh(), "abasto_input_lag_seconds{service=\"deliveries\",shard=\"1\","
                     "topic=\"contracts\"} 0.000\n");
    scene.end = 45;
    holds(refresh(), "abasto_input_lag_records{service=\"deliveries\",shard=\"1\","
                     "topic=\"contracts\"} 5\n");
    scene.now_ms += 1500;
    holds(refresh(), "abasto_input_lag_seconds{service=\"deliveries\",shard=\"1\","
                     "topic=\"contracts\"} 2.500\n");
    ck_assert_int_eq(atomic_load(&scene.metrics.lag), 5);
    shard_position(&scene.shards[1], "contracts")->committed = 45;
    holds(refresh(), "abasto_input_lag_seconds{service=\"deliveries\",shard=\"1\","
                     "topic=\"contracts\"} 0.000\n");
    ck_assert_int_eq(atomic_load(&scene.metrics.lag), 0);
}
END_TEST

START_TEST(a_message_that_is_here_waits_since_it_was_sent)
{
    struct intake item = {.log = "contracts", .timestamp_ms = 1}; /* 1970 */
    const char *at;

    scene.shards[1].backlog = memory_alloc(sizeof item);
    scene.shards[1].backlog[0] = item;
    scene.shards[1].backlog_count = 1;
    scene.end = 1;
    at = strstr(refresh(), "abasto_input_lag_seconds{service=\"deliveries\",shard=\"1\","
                           "topic=\"contracts\"} ");
    ck_assert_ptr_nonnull(at);
    ck_assert(strtod(strstr(at, "} ") + 2, NULL) > 1e9);
}
END_TEST

START_TEST(the_outbox_is_told_by_batches_bytes_and_age)
{
    struct buffer events = {0};
    struct error err = {0};
    const struct outbox_event event = {.topic = "deliveries",
                                       .incarnation = 1,
                                       .shard = 1,
                                       .seq = 1,
                                       .type = "t",
                                       .traceparent = "",
                                       .key = "k"};
    const char *text;

    outbox_append(&events, &event);
    ck_assert(publish_queue(&scene.shards[1], 1, &events, &err));
    scene.now_ms += 2000;
    text = refresh();
    holds(text, "abasto_outbox_batches{service=\"deliveries\",shard=\"1\"} 1\n");
    holds(text, "abasto_outbox_oldest_seconds{service=\"deliveries\",shard=\"1\"} 3.000\n");
    ck_assert_ptr_null(
        strstr(text, "abasto_outbox_batch_bytes{service=\"deliveries\",shard=\"1\"} 0"));
}
END_TEST

START_TEST(days_are_told_by_institution_whatever_its_name)
{
    struct closed_day *day = watermark_day(&scene.shards[1], "im\"ss\\\n");

    day->reached = true;
    day->day = 20000;
    (void)watermark_day(&scene.shards[1], "issste");
    holds(refresh(), "abasto_watermark_day{service=\"deliveries\",shard=\"1\","
                     "institution=\"im\\\"ss\\\\ \"} 20000\n");
    ck_assert_ptr_null(strstr(refresh(), "issste"));
}
END_TEST

START_TEST(the_agenda_is_counted_every_ten_seconds)
{
    for (int second = 0; second < 10; second++) {
        holds(refresh(), "abasto_agenda_items{service=\"deliveries\",shard=\"1\"} 17\n");
    }
    ck_assert_int_eq(scene.agenda_counts, 1);
    (void)refresh();
    ck_assert_int_eq(scene.agenda_counts, 2);
}
END_TEST

START_TEST(batches_are_told_as_histograms)
{
    const char *text;

    histogram_add(&scene.running.member.batch_rows, 100);
    histogram_add(&scene.running.member.batch_rows, 101);
    histogram_add(&scene.running.member.batch_seconds, 250);
    histogram_add(&scene.running.member.batch_seconds, 99999);
    text = refresh();
    holds(text, "abasto_batch_rows_bucket{service=\"deliveries\",le=\"100\"} 1\n");
    holds(text, "abasto_batch_rows_bucket{service=\"deliveries\",le=\"500\"} 2\n");
    holds(text, "abasto_batch_rows_sum{service=\"deliveries\"} 201\n");
    holds(text, "abasto_batch_seconds_bucket{service=\"deliveries\",le=\"0.250\"} 1\n");
    holds(text, "abasto_batch_seconds_bucket{service=\"deliveries\",le=\"+Inf\"} 2\n");
    holds(text, "abasto_batch_seconds_sum{service=\"deliveries\"} 100.249\n");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, only_owned_shards_are_told);
    tcase_add_test(tcase, lag_is_told_in_records_and_in_seconds_since_it_began);
    tcase_add_test(tcase, a_message_that_is_here_waits_since_it_was_sent);
    tcase_add_test(tcase, the_outbox_is_told_by_batches_bytes_and_age);
    tcase_add_test(tcase, days_are_told_by_institution_whatever_its_name);
    tcase_add_test(tcase, the_agenda_is_counted_every_ten_seconds);
    tcase_add_test(tcase, batches_are_told_as_histograms);
}

int main(void)
{
    return unit_run("runtime.figures", fill);
}
