#include "cli/tail.h"
#include "events.h"
#include "tests/base/unit.h"
#include "tests/support/memory_bus.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 16384, SCHEMA_ID = 7, DAY = 20240 };

static struct memory_bus memory;
static struct broker broker;
static struct arena arena;
static volatile sig_atomic_t stop;

static void learn(const struct record_type *type, int32_t id)
{
    const struct schema_record record = {
        .subject = type->full_name, .version = 1, .id = id, .schema_json = type->schema_json};
    struct error err = {0};

    ck_assert_msg(registry_add(broker.registry, &record, &err), "%s", err.message);
}

static void set_up(void)
{
    memory_bus_init(&memory);
    broker = (struct broker){.bus = &memory.bus,
                             .registry = registry_create(event_types, event_type_count)};
    learn(&day_closed_type, SCHEMA_ID);
    stop = 0;
}

static void tear_down(void)
{
    registry_destroy(broker.registry);
    arena_finish(&arena);
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct bytes encode(int32_t day)
{
    const struct day_closed event = {.institution = "imss", .day = day};
    struct buffer out = {0};
    struct bytes copy;
    struct error err = {0};

    ck_assert_msg(registry_encode(broker.registry, &day_closed_type, &event, &out, &err), "%s",
                  err.message);
    copy.size = out.size;
    copy.data = (const uint8_t *)arena_text(&arena, buffer_text(&out), out.size);
    buffer_finish(&out);
    return copy;
}

/* A record of a key, at a moment, whose day tells it from the others. */
static void add(int32_t partition, const char *key, int64_t timestamp_ms, int32_t day)
{
    memory_bus_add(&memory, &(struct bus_message){.topic = "orders",
                                                  .partition = partition,
                                                  .timestamp_ms = timestamp_ms,
                                                  .key = bytes_of(key),
                                                  .payload = encode(day),
                                                  .headers = {{"ce_type", "mx.abasto.DayClosed"},
                                                              {"ce_id", "1/0/1"},
                                                              {"ce_source", "contracts/orders"},
                                                              {"traceparent", "00-aa-bb-01"}},
                                                  .header_count = 4});
}

static void tail(const struct tail_wish *wish, char out[TEXT_BYTES])
{
    FILE *file = tmpfile();
    struct error err = {0};
    size_t size;

    ck_assert_ptr_nonnull(file);
    ck_assert_msg(tail_run(&broker, wish, &stop, file, &err), "%s", err.message);
    rewind(file);
    size = fread(out, 1, TEXT_BYTES - 1, file);
    out[size] = '\0';
    ck_assert_int_eq(fclose(file), 0);
}

/* The partition and offset of every line: "0@1 1@0 ". */
static void places(const struct tail_wish *wish, char out[TEXT_BYTES])
{
    char text[TEXT_BYTES];
    char *save = NULL;
    size_t size = 0;

    tail(wish, text);
    out[0] = '\0';
    for (char *line = strtok_r(text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        int partition = -1;
        int offset = -1;

        ck_assert_int_eq(sscanf(line, "{\"topic\":\"orders\",\"partition\":%d,\"offset\":%d",
                                &partition, &offset),
                         2);
        size += (size_t)snprintf(out + size, TEXT_BYTES - size, "%d@%d ", partition, offset);
    }
}

START_TEST(a_line_says_where_the_event_stands_who_sent_it_and_what_it_says)
{
    char text[TEXT_BYTES];

    add(0, "imss/C-1", 1750000000123, DAY);
    tail(&(struct tail_wish){.topic = "orders", .last = 10}, text);
    ck_assert_str_eq(text, "{\"topic\":\"orders\",\"partition\":0,\"offset\":0,"
                           "\"time\":\"2025-06-15T15:06:40.123000Z\",\"ce_id\":\"1/0/1\","
                           "\"ce_type\":\"mx.abasto.DayClosed\",\"ce_source\":\"contracts/orders\","
                           "\"traceparent\":\"00-aa-bb-01\",\"key\":\"imss/C-1\","
                           "\"event\":{\"institution\":\"imss\",\"day\":\"2025-06-01\"}}\n");
}
END_TEST

static const struct {
    const char *why;
    struct tail_wish wish;
    const char *shown;
} wishes[] = {
    {"the last ones of all partitions come by time",
     {.topic = "orders", .last = 3},
     "1@0 0@2 1@1 "},
    {"fewer than wanted are all", {.topic = "orders", .last = 100}, "0@0 0@1 1@0 0@2 1@1 "},
    {"the last ones are those that pass",
     {.topic = "orders", .last = 1, .key = "imss/IB/7/2025"},
     "0@1 "},
    {"from the beginning, partition by partition",
     {.topic = "orders", .from = OPTIONS_FROM_BEGINNING},
     "0@0 0@1 0@2 1@0 1@1 "},
    {"an offset is that of every partition, one past the end shows nothing",
     {.topic = "orders", .from = OPTIONS_FROM_OFFSET, .from_offset = 2},
     "0@2 "},
    {"from the end there is nothing yet", {.topic = "orders", .from = OPTIONS_FROM_END}, ""},
    {"a contract is found in whatever form people write its number",
     {.topic = "orders", .last = 9, .contract = "ib/007/2025"},
     "0@1 "},
    {"a contract is found by its id",
     {.topic = "orders", .last = 9, .contract = "issste/C-2"},
     "1@0 1@1 "},
    {"an institution has its contracts and its own messages",
     {.topic = "orders", .last = 9, .institution = "imss"},
     "0@0 0@1 0@2 "},
    {"a type may be said without its namespace",
     {.topic = "orders", .last = 1, .type = "DayClosed"},
     "1@1 "},
    {"a type may be said in full",
     {.topic = "orders", .last = 1, .type = "mx.abasto.DayClosed"},
     "1@1 "},
    {"another type is not there", {.topic = "orders", .last = 9, .type = "OrderIssued"}, ""},
};

START_TEST(what_is_wanted_is_shown)
{
    char shown[TEXT_BYTES];

    add(0, "imss/C-1", 1, 1);
    add(0, "imss/IB/7/2025", 2, 2);
    add(0, "imss", 4, 3);
    add(1, "issste/C-2", 3, 4);
    add(1, "issste/C-2", 5, 5);
    places(&wishes[_i].wish, shown);
    ck_assert_msg(strcmp(shown, wishes[_i].shown) == 0, "%s: %s", wishes[_i].why, shown);
}
END_TEST

static const struct {
    const char *payload;
    size_t size;
    const char *fault;
} unreadable[] = {
    {"not avro", 8, "\"fault\":"},
    {"", 0, "\"fault\":"},
    {"\0\0\0\0\x63xx", 7, "schema id 99 is not in _schemas"},
    {"\0\0\0\0\x07\x08im", 8, "DayClosed (schema id 7)"},
};

START_TEST(what_cannot_be_decoded_is_shown_with_its_fault)
{
    char text[TEXT_BYTES];

    memory_bus_add(&memory,
                   &(struct bus_message){
                       .topic = "orders",
                       .key = {(const uint8_t *)"\xff\x00k", 3},
                       .payload = {(const uint8_t *)unreadable[_i].payload, unreadable[_i].size},
                       .headers = {{"ce_type", "\xc3"}},
                       .header_count = 1});
    add(0, "imss/C-1", 2, 2);
    tail(&(struct tail_wish){.topic = "orders", .from = OPTIONS_FROM_BEGINNING}, text);
    ck_assert_msg(strstr(text, unreadable[_i].fault) != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\"event\":null"));
    ck_assert_ptr_nonnull(strstr(text, "\"offset\":1"));
}
END_TEST

START_TEST(a_tombstone_is_no_fault)
{
    char text[TEXT_BYTES];

    memory_bus_add(&memory, &(struct bus_message){.topic = "orders", .key = bytes_of("k")});
    tail(&(struct tail_wish){.topic = "orders", .last = 1}, text);
    ck_assert_ptr_nonnull(strstr(text, "\"event\":null}"));
}
END_TEST

START_TEST(a_topic_that_does_not_exist_is_refused)
{
    struct error err = {0};

    ck_assert(
        !tail_run(&broker, &(struct tail_wish){.topic = "nada", .last = 1}, &stop, stdout, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_ptr_nonnull(strstr(err.message, "nada"));
}
END_TEST

/* First a record arrives whose schema is registered only then; then the person has seen enough. */
static void arrive(struct memory_bus *bus, void *context)
{
    struct buffer key = {0};
    struct buffer value = {0};
    int *polls = context;

    if (++*polls > 2) {
        stop = 1;
    } else if (*polls == 1) {
        schema_record_write(&(struct schema_record){.subject = day_ended_type.full_name,
                                                    .version = 1,
                                                    .id = 8,
                                                    .schema_json = day_ended_type.schema_json},
                            &key, &value);
        memory_bus_add(
            bus,
            &(struct bus_message){
                .topic = "_schemas",
                .key = {(const uint8_t *)arena_text(&arena, buffer_text(&key), key.size), key.size},
                .payload = {(const uint8_t *)arena_text(&arena, buffer_text(&value), value.size),
                            value.size}});
        memory_bus_add(bus,
                       &(struct bus_message){.topic = "orders",
                                             .payload = {(const uint8_t *)"\0\0\0\0\x08\x02", 6}});
        buffer_finish(&key);
        buffer_finish(&value);
    }
}

START_TEST(following_goes_on_with_what_arrives_and_learns_new_schemas)
{
    char text[TEXT_BYTES];
    int polls = 0;

    memory.on_poll = arrive;
    memory.context = &polls;
    add(0, "imss/C-1", 1, 1);
    add(1, "imss/C-2", 2, 2);
    tail(&(struct tail_wish){.topic = "orders", .last = 1, .follow = true}, text);
    ck_assert_ptr_null(strstr(text, "imss/C-1"));
    ck_assert_ptr_nonnull(strstr(text, "imss/C-2"));
    ck_assert_ptr_nonnull(strstr(text, "\"event\":{\"day\":\"1970-01-02\"}}"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_line_says_where_the_event_stands_who_sent_it_and_what_it_says);
    tcase_add_loop_test(tcase, what_is_wanted_is_shown, 0, UNIT_COUNT(wishes));
    tcase_add_loop_test(tcase, what_cannot_be_decoded_is_shown_with_its_fault, 0,
                        UNIT_COUNT(unreadable));
    tcase_add_test(tcase, a_tombstone_is_no_fault);
    tcase_add_test(tcase, a_topic_that_does_not_exist_is_refused);
    tcase_add_test(tcase, following_goes_on_with_what_arrives_and_learns_new_schemas);
}

int main(void)
{
    return unit_run("cli.tail", fill);
}
