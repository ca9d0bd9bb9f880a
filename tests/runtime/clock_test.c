#include "events.h"
#include "tests/base/unit.h"
#include "tests/runtime/scene.h"

/* The clock of a gateway waits for its files. */

static struct scene scene;

static void set_up(void)
{
    scene_init(&scene);
}

static void tear_down(void)
{
    scene_finish(&scene);
}

static struct {
    int64_t there; /* rows of the one file */
    int64_t given;
    int64_t committed;
} rows;

static bool rows_open(void **feed, const char *(*settings)(const void *context, const char *name),
                      const void *context, struct error *err)
{
    (void)settings;
    (void)context;
    (void)err;
    *feed = &rows;
    return true;
}

/* One row at a time, so that several batches pass before the file is done. */
static bool rows_poll(void *feed, struct feed_batch *batch, size_t max, struct error *err)
{
    static const struct order_issued row = {.institution = "imss",
                                            .contract_id = "imss/C",
                                            .order_id = "imss/C|1",
                                            .clave = "010.000.0104.00"};

    (void)feed;
    (void)max;
    (void)err;
    if (rows.given < rows.there) {
        feed_put(batch, "file", rows.given++, "row", "imss/C", NULL, &row);
    }
    return true;
}

static bool rows_committed(void *feed, const char *log, int64_t next_offset, struct error *err)
{
    (void)feed;
    (void)log;
    (void)err;
    rows.committed = next_offset;
    return true;
}

static uint64_t rows_mark(void *feed)
{
    (void)feed;
    return (uint64_t)rows.there;
}

static bool rows_reached(void *feed, uint64_t ticket)
{
    (void)feed;
    return (uint64_t)rows.committed >= ticket;
}

static void rows_close(void *feed)
{
    (void)feed;
}

static const struct feed rows_feed = {.open = rows_open,
                                      .poll = rows_poll,
                                      .committed = rows_committed,
                                      .mark = rows_mark,
                                      .reached = rows_reached,
                                      .close = rows_close};

static int64_t rows_seen;
static int64_t rows_seen_at_day; /* the last one */

static bool on_row(struct work *work, const struct message *message, struct error *err)
{
    (void)work;
    (void)message;
    (void)err;
    rows_seen++;
    return true;
}

static bool on_day_ended(struct work *work, const struct message *message, struct error *err)
{
    (void)work;
    (void)message;
    (void)err;
    rows_seen_at_day = rows_seen;
    return true;
}

static const struct handler gate_handlers[] = {
    {"row", NULL, on_row}, {"mx.abasto.clock.DayEnded", NULL, on_day_ended}, {0}};

static void start_gate(void)
{
    scene.service.name = "gate";
    scene.service.per_institution = true;
    scene.service.inputs = (const char *const[]){"clock", NULL};
    scene.service.outputs = (const char *const[]){"reported.orders", NULL};
    scene.service.handlers = gate_handlers;
    scene.service.feed = &rows_feed;
    scene_start(&scene);
    scene_settle(&scene);
}

static void end_day(int32_t day)
{
    const struct day_ended ended = {.day = day};
    struct bus_message message = {
        .topic = "clock", .headers = {{"ce_type", day_ended_type.full_name}}, .header_count = 1};
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert(
        registry_encode(scene.running.member.registry, &day_ended_type, &ended, &payload, &err));
    message.payload = buffer_view(&payload);
    (void)fake_broker_put(&scene.broker, &message);
    buffer_finish(&payload);
}

START_TEST(the_clock_waits_for_the_rows_that_were_there_when_it_spoke)
{
    start_gate();
    rows.there = 3;
    end_day(20000);
    scene_settle(&scene);
    ck_assert_int_eq(rows_seen_at_day, 3);
}
END_TEST

START_TEST(a_day_that_ends_while_another_waits_waits_for_its_own_rows)
{
    struct error err = {0};

    start_gate();
    rows.there = 3;
    end_day(20000);
    ck_assert(scene_turn(&scene, &err));
    rows.there = 6;
    end_day(20001);
    scene_settle(&scene);
    ck_assert_int_eq(rows_seen_at_day, 6);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, the_clock_waits_for_the_rows_that_were_there_when_it_spoke);
    tcase_add_test(tcase, a_day_that_ends_while_another_waits_waits_for_its_own_rows);
}

int main(void)
{
    return unit_run("runtime.clock", fill);
}
