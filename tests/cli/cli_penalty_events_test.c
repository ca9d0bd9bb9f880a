#include "cli/penalty_events.h"
#include "events.h"
#include "tests/base/unit.h"
#include "tests/support/memory_bus.h"

#include <string.h>

enum { SCHEMA_ID = 7, FAR = 100 };

static struct memory_bus memory;
static struct broker broker;
static struct arena arena;

static void set_up(void)
{
    const struct schema_record record = {.subject = penalty_calculated_type.full_name,
                                         .version = 1,
                                         .id = SCHEMA_ID,
                                         .schema_json = penalty_calculated_type.schema_json};
    struct error err = {0};

    memory_bus_init(&memory);
    broker = (struct broker){.bus = &memory.bus,
                             .registry = registry_create(event_types, event_type_count)};
    ck_assert_msg(registry_add(broker.registry, &record, &err), "%s", err.message);
}

static void tear_down(void)
{
    registry_destroy(broker.registry);
    arena_finish(&arena);
}

static void add(int32_t partition, const char *sanction_id)
{
    static const char *const facts[] = {"fact@1.1"};
    const struct penalty_calculated event = {.institution = "imss",
                                             .contract_id = "imss/C-1",
                                             .order_id = "imss/C-1|O-1|010.000.0104.00",
                                             .order_number = "O-1",
                                             .clave = "010.000.0104.00",
                                             .sanction_id = sanction_id,
                                             .terms = {.origin = "contrato"},
                                             .sum_e6 = "3",
                                             .cap_note = "",
                                             .rounding = "",
                                             .notice = "",
                                             .facts = facts,
                                             .facts_count = 1,
                                             .digest = "d",
                                             .revision = 1};
    struct buffer out = {0};
    struct error err = {0};

    ck_assert_msg(registry_encode(broker.registry, &penalty_calculated_type, &event, &out, &err),
                  "%s", err.message);
    memory_bus_add(&memory,
                   &(struct bus_message){
                       .topic = "sanctions",
                       .partition = partition,
                       .payload = {(const uint8_t *)arena_text(&arena, buffer_text(&out), out.size),
                                   out.size}});
    buffer_finish(&out);
}

static void ck_is_of(const struct penalty_event *event)
{
    const struct penalty_calculated *said = event->event;

    ck_assert_ptr_nonnull(said);
    ck_assert_ptr_eq(event->type, &penalty_calculated_type);
    ck_assert_str_eq(said->sanction_id, event->sanction_id);
}

START_TEST(events_are_read_where_they_lie_whatever_the_order_they_are_asked_in)
{
    struct penalty_event events[] = {{.sanction_id = "s-3", .partition = 1, .offset = 1},
                                     {.sanction_id = "s-1", .partition = 0, .offset = 0},
                                     {.sanction_id = "s-2", .partition = 1, .offset = 0},
                                     {.sanction_id = "s-1", .partition = 0, .offset = 2}};
    struct error err = {0};

    add(0, "s-1");
    add(0, "other");
    add(0, "s-1");
    add(0, "other");
    add(1, "s-2");
    add(1, "s-3");
    ck_assert_msg(penalty_events_read(&broker, events, 4, &arena, &err), "%s", err.message);
    for (size_t i = 0; i < 4; i++) {
        ck_is_of(&events[i]);
    }
    ck_assert_int_eq(events[0].partition, 1);
}
END_TEST

static const struct penalty_event misplaced[] = {
    {.sanction_id = "s-1", .partition = 0, .offset = 1},   /* another penalty's */
    {.sanction_id = "s-1", .partition = 0, .offset = FAR}, /* behind the end */
    {.sanction_id = "s-1", .partition = 0, .offset = 2},   /* a gap in the log */
};

START_TEST(an_event_that_is_not_the_penalty_s_is_told_not_shown)
{
    struct penalty_event event = misplaced[_i];
    struct error err = {0};

    add(0, "s-1");
    add(0, "other");
    add(0, "s-1");
    memory.records[2].offset = 3;
    ck_assert(!penalty_events_read(&broker, &event, 1, &arena, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_ptr_nonnull(strstr(err.message, "s-1"));
    ck_assert_ptr_null(event.event);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, events_are_read_where_they_lie_whatever_the_order_they_are_asked_in);
    tcase_add_loop_test(tcase, an_event_that_is_not_the_penalty_s_is_told_not_shown, 0,
                        (int)(sizeof misplaced / sizeof misplaced[0]));
}

int main(void)
{
    return unit_run("cli.penalty_events", fill);
}
