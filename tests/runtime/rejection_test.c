#include "common/avro/wire.h"
#include "events.h"
#include "tests/base/unit.h"
#include "tests/runtime/scene.h"

#include <string.h>

/* One example of every reason for which the runtime sets a message aside, with what its quarantine row says; what comes
 * behind it goes on. */

#define GOOD "010.000.0104.00"
#define STRANGER                                                                                    \
    "no cuenta; sólo los servicios de Abasto escriben en este tópico: avise a quien mantiene el " \
    "servicio"
#define DELIVER_AGAIN                                                                              \
    "no cuenta; corrija el archivo del que viene y entréguelo otra vez con abasto load; si el "   \
    "archivo está bien, avise a quien mantiene el servicio"

enum { FOREIGN_SCHEMA = 900, UNKNOWN_SCHEMA = 999, MEGABYTE = 1 << 20 };

static struct scene scene;

static void set_up(void)
{
    scene_init(&scene);
    scene_start(&scene);
}

static void tear_down(void)
{
    scene_finish(&scene);
}

/* A message on `orders`, whatever it says of itself; NULL headers are missing. */
static void put(const char *key, const char *source, const char *id, struct bytes payload)
{
    struct bus_message message = {.topic = "orders",
                                  .key = {(const uint8_t *)key, strlen(key)},
                                  .payload = payload,
                                  .headers = {{"ce_type", order_issued_type.full_name}},
                                  .header_count = 1};

    if (source != NULL) {
        message.headers[message.header_count++] = (struct bus_header){"ce_source", source};
    }
    if (id != NULL) {
        message.headers[message.header_count++] = (struct bus_header){"ce_id", id};
    }
    (void)fake_broker_put(&scene.broker, &message);
}

static struct bytes under_schema(int32_t id)
{
    struct buffer payload = {0};
    struct bytes out;

    wire_append_header(&payload, id);
    buffer_append_text(&payload, "rest");
    out.size = payload.size;
    out.data = (const uint8_t *)arena_text(&scene.arena, (const char *)payload.data, payload.size);
    buffer_finish(&payload);
    return out;
}

static void key_that_is_no_text(void)
{
    put("imss/\xff", "contracts/orders", "1/0/1", (struct bytes){0});
}

static void no_identity(void)
{
    put(scene_contract(&scene, 0), NULL, "7", (struct bytes){0});
}

static void other_writer(void)
{
    scene_bytes(&scene, "gateway.evil", "x", 1);
    scene.seq = 0; /* it moved no sequence of who writes here */
}

static void other_partition(void)
{
    scene_order_as(&scene, scene_contract(&scene, 2), "9", GOOD, ++scene.seq);
}

static void nothing_in_it(void)
{
    scene_bytes(&scene, "contracts", NULL, 0);
}

static void other_type(void)
{
    const struct day_closed closed = {.institution = "imss", .day = 20000};
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert(
        registry_encode(scene.running.member.registry, &day_closed_type, &closed, &payload, &err));
    scene_bytes(&scene, "contracts", payload.data, payload.size);
    buffer_finish(&payload);
}

static void foreign_schema(void)
{
    static const struct schema_record foreign = {
        .subject = "com.example.Order",
        .version = 1,
        .id = FOREIGN_SCHEMA,
        .schema_json = "{\"type\":\"record\",\"name\":\"com.example.Order\",\"fields\":[]}"};
    const struct bytes payload = under_schema(FOREIGN_SCHEMA);
    struct error err = {0};

    ck_assert(registry_add(scene.running.member.registry, &foreign, &err));
    scene_bytes(&scene, "contracts", payload.data, payload.size);
}

static void bytes_of_no_event(void)
{
    const struct bytes payload =
        under_schema(registry_id_of(scene.running.member.registry, &order_issued_type));

    scene_bytes(&scene, "contracts", payload.data, payload.size);
}

static void what_the_handler_refuses(void)
{
    scene_order(&scene, "9", SCENE_REJECTED);
}

static void what_the_database_refuses(void)
{
    scene_order(&scene, "9", SCENE_POISON);
}

static const struct example {
    void (*put)(void);
    enum aside_class class;
    const char *column;
    const char *found;
    const char *expected;
    const char *reason;
    const char *action;
} examples[REJECTION_REASONS] = {
    [REJECTION_KEY] = {key_that_is_no_text, ASIDE_IDENTITY, "llave", "imss/\xEF\xBF\xBD",
                       "texto UTF-8", "la llave del mensaje no es UTF-8", STRANGER},
    [REJECTION_IDENTITY] =
        {no_identity, ASIDE_IDENTITY, "ce_source, ce_id", "(falta), 7",
         "<servicio>/<tópico> y <encarnación>/<fragmento>/<secuencia>",
         "ce_source o ce_id ilegibles: el mensaje no viene de un servicio de Abasto", STRANGER},
    [REJECTION_WRITER] = {other_writer, ASIDE_IDENTITY, "ce_source", "gateway.evil", "contracts",
                          "gateway.evil no escribe en orders", STRANGER},
    [REJECTION_PARTITION] =
        {other_partition, ASIDE_IDENTITY, "partición", "0", "2",
         "partición equivocada: la de @ es la 2 y el mensaje llegó en la 0",
         "no cuenta; revise que nadie haya cambiado las particiones del tópico y avise a quien "
         "mantiene el servicio"},
    [REJECTION_EMPTY] = {nothing_in_it, ASIDE_DECODING, "contenido", "", "un evento en Avro",
                         "el mensaje no trae contenido", STRANGER},
    [REJECTION_OTHER_TYPE] = {other_type, ASIDE_DECODING, "ce_type", "mx.abasto.orders.OrderIssued",
                              "mx.abasto.DayClosed",
                              "ce_type dice mx.abasto.orders.OrderIssued y el esquema "
                              "mx.abasto.DayClosed",
                              STRANGER},
    [REJECTION_FOREIGN] = {foreign_schema, ASIDE_DECODING, "contenido",
                           "schema id 900 (com.example.Order) is none of ours",
                           "un esquema de los que Abasto publica",
                           "el esquema no es de los que Abasto publica", STRANGER},
    [REJECTION_UNREADABLE] = {bytes_of_no_event, ASIDE_DECODING, "contenido", "",
                              "los bytes que su esquema describe",
                              "los bytes no corresponden a su esquema", STRANGER},
    [REJECTION_REFUSED] = {what_the_handler_refuses, ASIDE_REFUSED, "contenido", "",
                           "datos que se puedan juzgar", "", DELIVER_AGAIN},
    [REJECTION_UNSTORABLE] = {what_the_database_refuses, ASIDE_DATABASE, "contenido", "",
                              "valores que la base de datos pueda guardar",
                              "la base de datos no lo acepta: some row cannot be held",
                              DELIVER_AGAIN},
};

/* '@' is the contract of another shard. */
static const char *with_contract(const char *text)
{
    const char *mark = strchr(text, '@');

    return mark == NULL ? text
                        : arena_format(&scene.arena, "%.*s%s%s", (int)(mark - text), text,
                                       scene_contract(&scene, 2), mark + 1);
}

START_TEST(every_reason_names_column_found_expected_and_action)
{
    const struct example *given = &examples[_i];
    const struct store_quarantine *aside;

    ck_assert_msg(given->put != NULL, "reason %d has no example", _i);
    given->put();
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_int_eq(scene.metrics.quarantined_by[given->class], 1);
    aside = scene_aside(&scene, 0);
    ck_assert_str_eq(aside->source, "orders");
    ck_assert_int_eq(aside->position, 0);
    ck_assert_str_eq(aside->column, given->column);
    if (given->found[0] != '\0' || _i == REJECTION_EMPTY) {
        ck_assert_str_eq(aside->found, given->found);
    } else {
        ck_assert_str_ne(aside->found, ""); /* what the decoder or the handler says */
    }
    ck_assert_str_eq(aside->expected, given->expected);
    if (_i == REJECTION_REFUSED) {
        ck_assert_ptr_nonnull(strstr(aside->reason, SCENE_REJECTED));
    } else {
        ck_assert_str_eq(aside->reason, with_contract(given->reason));
    }
    ck_assert_str_eq(aside->action, given->action);
}
END_TEST

START_TEST(a_schema_that_nobody_knows_stops_an_internal_input_and_says_where)
{
    const struct bytes payload = under_schema(UNKNOWN_SCHEMA);
    struct error err = {0};
    bool going = true;

    scene_bytes(&scene, "contracts", payload.data, payload.size);
    for (int i = 0; going && i < 20; i++) {
        going = scene_turn(&scene, &err);
    }
    ck_assert(!going);
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_msg(strstr(err.message, "orders[0]@0") != NULL &&
                      strstr(err.message, "schema id 999") != NULL,
                  "%s", err.message);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 0);
}
END_TEST

START_TEST(headers_and_keys_of_a_megabyte_are_told_by_their_beginning)
{
    char *long_text = arena_alloc(&scene.arena, MEGABYTE + 1);

    memset(long_text, 'a', MEGABYTE);
    long_text[MEGABYTE - 1] = '/';
    put(long_text, long_text, long_text, (struct bytes){0});
    put(long_text, "contracts/orders", "1/0/1", (struct bytes){0});
    scene.seq = 1;
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct store_quarantine *aside = scene_aside(&scene, i);

        ck_assert_uint_lt(strlen(aside->found), 200);
        ck_assert_uint_lt(strlen(aside->reason), 600);
        ck_assert(aside->institution == NULL || strlen(aside->institution) < 100);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, every_reason_names_column_found_expected_and_action,
                        REJECTION_NONE + 1, REJECTION_REASONS);
    tcase_add_test(tcase, a_schema_that_nobody_knows_stops_an_internal_input_and_says_where);
    tcase_add_test(tcase, headers_and_keys_of_a_megabyte_are_told_by_their_beginning);
}

int main(void)
{
    return unit_run("runtime.rejection", fill);
}
