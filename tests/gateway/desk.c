#include "tests/gateway/desk.h"

#include "tests/gateway/gateway_service.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = 300, BATCH = 16 };

static const char *setting(const void *context, const char *name)
{
    struct desk *desk = (struct desk *)(uintptr_t)context;

    return gateway_service_setting(&desk->arena, desk->institution, desk->root, name);
}

static int64_t now(void *context)
{
    return ((const struct desk *)context)->now_ms;
}

/* Somebody registered a schema of his own under a name of ours. */
static void learn_foreign_schema(struct desk *desk)
{
    static const struct schema_record foreign = {
        .subject = "mx.abasto.inbox.ReceiptReport",
        .version = 7,
        .id = DESK_FOREIGN_SCHEMA,
        .schema_json = "{\"type\":\"record\",\"name\":\"ReceiptReport\",\"namespace\":"
                       "\"mx.abasto.inbox\",\"fields\":[{\"name\":\"recepcion\",\"type\":"
                       "\"string\"},{\"name\":\"clave\",\"type\":\"string\"},{\"name\":\"piezas\","
                       "\"type\":\"long\"},{\"name\":\"fecha_fisica\",\"type\":{\"type\":\"int\","
                       "\"logicalType\":\"date\"}}]}"};
    struct error err = {0};

    ck_assert(registry_add(desk->running.member.registry, &foreign, &err));
}

static void start(struct desk *desk)
{
    const struct running_options options = {.service = &gateway_service,
                                            .institution = desk->institution,
                                            .bus = &desk->bus.bus,
                                            .store = &desk->store.store,
                                            .setting = setting,
                                            .setting_context = desk,
                                            .now_ms = now,
                                            .clock_context = desk,
                                            .batch_messages = BATCH,
                                            .cache_bytes = 1 << 20,
                                            .unpublished_bytes_max = 1 << 24,
                                            .metrics = &desk->metrics,
                                            .log_level = LOG_LEVEL_ERROR};
    struct error err = {0};

    ck_assert_msg(running_start(&desk->running, &options, &err), "%s", err.message);
    learn_foreign_schema(desk);
    fake_bus_give(&desk->bus, 0);
}

void desk_open(struct desk *desk, const char *institution)
{
    *desk = (struct desk){.institution = institution, .now_ms = 1000};
    (void)snprintf(desk->root, sizeof desk->root, "%s/desk-XXXXXX", getenv("ABASTO_BUILD_DIR"));
    ck_assert_ptr_nonnull(mkdtemp(desk->root));
    fake_broker_init(&desk->broker, DESK_SHARDS);
    fake_bus_init(&desk->bus, &desk->broker);
    fake_database_init(&desk->database, DESK_SHARDS);
    fake_store_init(&desk->store, &desk->database);
    desk->store.own_rule_version = gateway_service.rule_version;
    start(desk);
}

void desk_restart(struct desk *desk)
{
    running_finish(&desk->running);
    start(desk);
}

void desk_close(struct desk *desk)
{
    running_finish(&desk->running);
    fake_bus_finish(&desk->bus);
    fake_broker_finish(&desk->broker);
    fake_store_finish(&desk->store);
    fake_database_finish(&desk->database);
    ck_assert_int_eq(system(arena_format(&desk->arena, "rm -rf '%s'", desk->root)), 0);
    arena_finish(&desk->arena);
}

/* --- what comes in --- */

void desk_publish(struct desk *desk, const struct desk_message *message)
{
    const struct bus_header headers[] = {{"ce_id", message->id},
                                         {"ce_source", message->source},
                                         {"ce_type", message->type},
                                         {"ce_time", message->time},
                                         {"traceparent", message->traceparent}};
    const char *key = message->key == NULL ? "" : message->key;
    struct bus_message sent = {.topic = arena_format(&desk->arena, "inbox.%s", desk->institution),
                               .key = {(const uint8_t *)key, strlen(key)},
                               .payload = message->payload};

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (headers[i].value != NULL) {
            sent.headers[sent.header_count++] = headers[i];
        }
    }
    (void)fake_broker_put(&desk->broker, &sent);
}

static void publish_as_erp(struct desk *desk, const char *id, const char *type,
                           struct bytes payload)
{
    desk_publish(desk, &(struct desk_message){.id = id,
                                              .source = "/imss/erp",
                                              .type = type,
                                              .time = "2025-06-20T12:00:00Z",
                                              .payload = payload});
}

void desk_publish_json(struct desk *desk, const char *id, const char *type, const char *json)
{
    publish_as_erp(desk, id, type, (struct bytes){(const uint8_t *)json, strlen(json)});
}

void desk_publish_record(struct desk *desk, const char *id, const struct record_type *type,
                         const void *record)
{
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert_msg(registry_encode(desk->running.member.registry, type, record, &payload, &err),
                  "%s", err.message);
    publish_as_erp(desk, id, type->full_name, buffer_view(&payload));
    buffer_finish(&payload);
}

struct receipt_report desk_receipt(const char *id)
{
    return (struct receipt_report){.recepcion = id,
                                   .contrato = "C1",
                                   .orden = "7",
                                   .clave = "010.000.2540.00",
                                   .remision = "RM1",
                                   .lote = "L1",
                                   .caducidad = 21183, /* 2027-12-31 */
                                   .has_caducidad = true,
                                   .piezas = 10,
                                   .piezas_rechazadas = 0,
                                   .has_piezas_rechazadas = true,
                                   .fecha_fisica = 20257, /* 2025-06-18 */
                                   .fecha_remision = 20257,
                                   .has_fecha_remision = true,
                                   .fecha_alta = 20258,
                                   .has_fecha_alta = true,
                                   .fecha_captura = 20259,
                                   .has_fecha_captura = true,
                                   .tipo = "entrega"};
}

void desk_drop(struct desk *desk, const char *name, const char *content)
{
    const char *hidden = arena_format(&desk->arena, "%s/drop/.%s", desk->root, name);
    FILE *file = fopen(hidden, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(rename(hidden, arena_format(&desk->arena, "%s/drop/%s", desk->root, name)), 0);
}

void desk_end_day(struct desk *desk, int32_t day)
{
    const struct day_ended ended = {.day = day};
    struct bus_message message = {
        .topic = "clock", .headers = {{"ce_type", day_ended_type.full_name}}, .header_count = 1};
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert(
        registry_encode(desk->running.member.registry, &day_ended_type, &ended, &payload, &err));
    message.payload = buffer_view(&payload);
    (void)fake_broker_put(&desk->broker, &message);
    buffer_finish(&payload);
}

/* --- turns --- */

static bool is_settled(const struct desk *desk)
{
    const struct shard *shard = &desk->running.shards[0];

    return atomic_load(&desk->metrics.idle) == 1 && atomic_load(&desk->metrics.lag) == 0 &&
           shard->state == SHARD_OWNED && shard->deferred_count == 0;
}

void desk_turn(struct desk *desk, int turns)
{
    for (int i = 0; i < turns; i++) {
        struct error err = {0};

        desk->now_ms += 1000;
        ck_assert_msg(service_step(&desk->running, 0, &err), "%s", err.message);
    }
}

void desk_settle(struct desk *desk)
{
    int turns = 0;

    do {
        desk_turn(desk, 1);
        ck_assert_int_lt(++turns, TURNS_MAX);
    } while (!is_settled(desk));
}

/* --- what came of it --- */

static bool carries(const struct bus_message *message, const struct record_type *type)
{
    return strcmp(bus_header(message, "ce_type"), type->full_name) == 0;
}

const struct bus_message *desk_last(struct desk *desk, const char *topic,
                                    const struct record_type *type)
{
    const struct bus_message *last = NULL;
    const struct bus_message *message;

    for (size_t i = 0; (message = fake_broker_at(&desk->broker, topic, i)) != NULL; i++) {
        last = carries(message, type) ? message : last;
    }
    return last;
}

static const void *event_of(struct desk *desk, const struct bus_message *message)
{
    const struct record_type *found;
    const void *event;
    struct error err = {0};

    ck_assert_msg(registry_decode(desk->running.member.registry, message->payload, &desk->arena,
                                  &found, &event, &err),
                  "%s", err.message);
    return event;
}

const void *desk_last_event(struct desk *desk, const char *topic, const struct record_type *type)
{
    const struct bus_message *last = desk_last(desk, topic, type);

    ck_assert_msg(last != NULL, "no %s on %s", type->name, topic);
    return event_of(desk, last);
}

size_t desk_place(const struct desk *desk, const struct bus_message *record)
{
    return (size_t)(record - desk->broker.records);
}

/* A new owner sends again what it does not know to be acknowledged. */
static bool was_said(const struct desk *desk, const char *topic, size_t index)
{
    const struct bus_message *message = fake_broker_at(&desk->broker, topic, index);

    for (size_t i = 0; i < index; i++) {
        const struct bus_message *earlier = fake_broker_at(&desk->broker, topic, i);

        if (earlier->partition == message->partition &&
            strcmp(bus_header(earlier, "ce_id"), bus_header(message, "ce_id")) == 0) {
            return true;
        }
    }
    return false;
}

size_t desk_count(struct desk *desk, const char *topic, const struct record_type *type)
{
    const struct bus_message *message;
    size_t count = 0;

    for (size_t i = 0; (message = fake_broker_at(&desk->broker, topic, i)) != NULL; i++) {
        count += carries(message, type) && !was_said(desk, topic, i) ? 1 : 0;
    }
    return count;
}

static const char *outcomes(struct desk *desk)
{
    return arena_format(&desk->arena, "outcomes.%s", desk->institution);
}

const struct report_answered *desk_answer(struct desk *desk)
{
    return desk_last_event(desk, outcomes(desk), &report_answered_type);
}

const struct report_answered *desk_answer_at(struct desk *desk, size_t index)
{
    const struct bus_message *message;

    for (size_t i = 0; (message = fake_broker_at(&desk->broker, outcomes(desk), i)) != NULL; i++) {
        if (carries(message, &report_answered_type) && index-- == 0) {
            return event_of(desk, message);
        }
    }
    ck_abort_msg("there are fewer answers");
}

const void *desk_stored(const struct desk *desk, const struct table *table, const char *owner)
{
    size_t count;
    const struct fake_row *rows = fake_shard_rows(&desk->database.shards[0], table, owner, &count);

    return count == 0 ? NULL : rows[0].row;
}

const struct store_quarantine *desk_aside(const struct desk *desk)
{
    const struct store_quarantine *rows = desk->database.shards[0].quarantine.items;

    return desk->database.shards[0].quarantine.count == 0
               ? NULL
               : &rows[desk->database.shards[0].quarantine.count - 1];
}
