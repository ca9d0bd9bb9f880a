#include "cli/trace_order.h"
#include "events.h"
#include "tests/base/unit.h"
#include "tests/support/memory_bus.h"

#include <stdio.h>
#include <string.h>

#define CONTRACT "imss/C-1"
#define ORDER CONTRACT "|O-1|010.000.0104.00"
#define OTHER CONTRACT "|O-2|010.000.0104.00"
#define ROW_TRACE "11111111111111111111111111111111"
#define RECEIPT_TRACE "22222222222222222222222222222222"
#define CONTRACT_TRACE "33333333333333333333333333333333"
#define PARENT(trace, span) "00-" trace "-000000000000000" span "-01"

enum { TEXT_BYTES = 1024 };

static struct memory_bus memory;
static struct broker broker;
static struct arena arena;

static void set_up(void)
{
    memory_bus_init(&memory);
    broker = (struct broker){.bus = &memory.bus,
                             .registry = registry_create(event_types, event_type_count)};
    for (size_t i = 0; i < event_type_count; i++) {
        const struct schema_record record = {.subject = event_types[i]->full_name,
                                             .version = 1,
                                             .id = (int32_t)i + 1,
                                             .schema_json = event_types[i]->schema_json};
        struct error err = {0};

        ck_assert_msg(registry_add(broker.registry, &record, &err), "%s", err.message);
    }
}

static void tear_down(void)
{
    registry_destroy(broker.registry);
    arena_finish(&arena);
}

static void add(const char *topic, const char *key, int64_t timestamp_ms, const char *traceparent,
                const struct record_type *type, const void *event)
{
    struct bus_message message = {
        .topic = topic,
        .timestamp_ms = timestamp_ms,
        .key = {(const uint8_t *)key, strlen(key)},
        .headers = {{"ce_type", type->full_name}, {"traceparent", traceparent}},
        .header_count = traceparent == NULL ? 1 : 2};
    struct buffer out = {0};
    struct error err = {0};

    ck_assert_msg(registry_encode(broker.registry, type, event, &out, &err), "%s", err.message);
    message.payload.size = out.size;
    message.payload.data =
        (const uint8_t *)arena_text(&arena, buffer_text(&out), message.payload.size);
    buffer_finish(&out);
    memory_bus_add(&memory, &message);
}

static void add_row(const char *topic, const char *order_id, int64_t row, int64_t timestamp_ms,
                    const char *traceparent)
{
    const struct report_withdrawn event = {
        .fact = {.fact_id = "f", .source = "s", .file = "5f1d", .row = row},
        .institution = "imss",
        .contract_id = CONTRACT,
        .kind = "k",
        .entity_id = order_id,
        .reason = "r"};

    add(topic, CONTRACT, timestamp_ms, traceparent, &report_withdrawn_type, &event);
}

static void add_order(const char *key, const char *order_id, int64_t timestamp_ms,
                      const char *traceparent)
{
    const struct order_issued event = {.institution = "imss",
                                       .contract_id = key,
                                       .order_id = order_id,
                                       .order_number = "",
                                       .clave = "",
                                       .digest = ""};

    add("orders", key, timestamp_ms, traceparent, &order_issued_type, &event);
}

static void add_line(int64_t timestamp_ms, const char *traceparent)
{
    const struct contract_line_registered event = {
        .institution = "imss", .contract_id = CONTRACT, .clave = "c", .digest = ""};

    add("contracts", CONTRACT, timestamp_ms, traceparent, &contract_line_registered_type, &event);
}

/* A row and what it caused, a row of later, another order, and what is of the contract only. */
static void add_story(void)
{
    add_row("reported.orders", ORDER, 12, 100, PARENT(ROW_TRACE, "1"));
    add_row("reported.orders", OTHER, 13, 101, PARENT(RECEIPT_TRACE, "9"));
    add_row("reported.receipts", ORDER, 7, 150, PARENT(RECEIPT_TRACE, "1"));
    add_line(160, PARENT(ROW_TRACE, "2"));
    add_line(161, PARENT(CONTRACT_TRACE, "1"));
    add_order(CONTRACT, ORDER, 200, PARENT(ROW_TRACE, "3"));
    add_order(CONTRACT, OTHER, 201, PARENT(ROW_TRACE, "4"));
}

/* "topic@hop+delay:row topic@hop+delay:row " */
static const char *found(const char *order, const char *contract)
{
    char *text = arena_alloc(&arena, TEXT_BYTES);
    struct trace_hops hops = {0};
    struct error err = {0};
    int size = 0;

    ck_assert_msg(
        trace_order_find(&broker, order, &contract, contract == NULL ? 0 : 1, &arena, &hops, &err),
        "%s", err.message);
    for (size_t i = 0; i < hops.count; i++) {
        const struct trace_hop *hop = &hops.items[i];

        size += snprintf(text + size, (size_t)(TEXT_BYTES - size), "%s@%zu+%d:%d ", hop->topic,
                         hop->number, (int)hop->delay_ms, (int)hop->row);
    }
    return text;
}

#define STORY "reported.orders@1+0:12 contracts@2+60:12 orders@3+40:12 reported.receipts@1+0:7 "

static const struct {
    const char *sentence;
    const char *order;
    const char *contract;
    const char *found;
} questions[] = {
    {"by its number", "O-1", NULL, STORY},
    {"by its number as people write it", " o - 1", NULL, STORY},
    {"by its id", ORDER, NULL, STORY},
    {"by its id without the clave", CONTRACT "|O-1", NULL, STORY},
    {"under a contract by number", "O-1", "c-1", STORY},
    {"under a contract by id", "O-1", CONTRACT, STORY},
    {"under another contract it is not", "O-1", "C-2", ""},
    {"a number that only begins alike is another", "O", NULL, ""},
    {"nothing", "", NULL, ""},
};

START_TEST(the_hops_of_an_order_are_found)
{
    const char *text;

    add_story();
    text = found(questions[_i].order, questions[_i].contract);
    ck_assert_msg(strcmp(text, questions[_i].found) == 0, "%s: %s", questions[_i].sentence, text);
}
END_TEST

START_TEST(events_without_a_trace_stand_alone)
{
    add_order(CONTRACT, ORDER, 100, NULL);
    add_order(CONTRACT, ORDER, 300, "not a traceparent");
    add_line(200, NULL);
    ck_assert_str_eq(found("O-1", NULL), "orders@1+0:0 orders@1+0:0 ");
}
END_TEST

START_TEST(one_number_in_two_contracts_is_two_orders)
{
    add_order(CONTRACT, ORDER, 100, NULL);
    add_order("issste/C-1", "issste/C-1|O-1|060.000.0000", 90, NULL);
    ck_assert_str_eq(found("O-1", NULL), "orders@1+0:0 orders@1+0:0 ");
    ck_assert_str_eq(found("O-1", "issste/C-1"), "orders@1+0:0 ");
}
END_TEST

START_TEST(what_cannot_be_decoded_stops_nothing)
{
    memory_bus_add(&memory, &(struct bus_message){.topic = "orders",
                                                  .key = {(const uint8_t *)CONTRACT, 8},
                                                  .payload = {(const uint8_t *)"x", 1}});
    add_order(CONTRACT, ORDER, 100, NULL);
    ck_assert_str_eq(found("O-1", NULL), "orders@1+0:0 ");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, the_hops_of_an_order_are_found, 0, UNIT_COUNT(questions));
    tcase_add_test(tcase, events_without_a_trace_stand_alone);
    tcase_add_test(tcase, one_number_in_two_contracts_is_two_orders);
    tcase_add_test(tcase, what_cannot_be_decoded_stops_nothing);
}

int main(void)
{
    return unit_run("cli.trace_order", fill);
}
