#include "tests/runtime/scene.h"

#include "common/domain/shard.h"
#include "events.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <string.h>

enum { TURNS_MAX = 200 };

static const struct column columns[] = {
    COLUMN(struct scene_order, order_id, COLUMN_TEXT),
    COLUMN(struct scene_order, clave, COLUMN_TEXT),
    COLUMN(struct scene_order, again, COLUMN_TEXT),
};
const struct table scene_table = TABLE(struct scene_order, "scene_order", 1, columns);

/* --- the service --- */

static void needs_order(struct work *work, const struct message *message)
{
    const struct order_issued *event = message->event;

    work_need(work, &scene_table, event->order_id);
}

static const char told[] = "scene.told";

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    struct scene_order *order = work_entity(work, &scene_table, event->order_id);

    order->clave = event->clave;
    work_save(work, &scene_table, order);
    if (strncmp(event->clave, SCENE_TOGETHER, strlen(SCENE_TOGETHER)) == 0) {
        if (strcmp(event->clave, SCENE_TOGETHER_REJECTED) == 0) {
            order->again = SCENE_TOGETHER_REJECTED;
        }
        work_settle(work, told, event->order_id);
    }
    if (!work_emit(work, "deliveries", event->contract_id, &order_issued_type, event, err)) {
        return false;
    }
    return strcmp(event->clave, SCENE_REJECTED) != 0 ||
           error_set(err, ERROR_REJECT, "la clave %s no se acepta", event->clave);
}

static void needs_again(struct work *work, const struct message *message)
{
    work_need(work, &scene_table, message->key);
}

/* The kind says what is written: the poison too. */
static bool on_again(struct work *work, const struct message *message, struct error *err)
{
    struct scene_order *order = work_entity(work, &scene_table, message->key);

    (void)err;
    order->again = message->type;
    work_save(work, &scene_table, order);
    return true;
}

static bool on_never(struct work *work, const struct message *message, struct error *err)
{
    (void)work;
    return error_set(err, ERROR_REJECT, "nunca se acepta: %s", message->type);
}

static bool on_told(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued event = {.institution = "imss",
                                       .contract_id = message->key,
                                       .order_id = message->key,
                                       .order_number = told,
                                       .clave = told,
                                       .digest = ""};
    const struct scene_order *order = work_entity(work, &scene_table, message->key);

    if (order->again != NULL && strcmp(order->again, SCENE_TOGETHER_REJECTED) == 0) {
        return error_set(err, ERROR_REJECT, "no se acepta con una clave %s", order->again);
    }
    return work_emit(work, "deliveries", message->key, &order_issued_type, &event, err);
}

static const struct handler handlers[] = {
    {told, needs_again, on_told},           {"mx.abasto.orders.OrderIssued", needs_order, on_order},
    {"scene.again", needs_again, on_again}, {SCENE_POISON, needs_again, on_again},
    {SCENE_REJECTED, NULL, on_never},       {0},
};

const struct service scene_service = {
    .name = "scene",
    .inputs = (const char *const[]){"orders", NULL},
    .outputs = (const char *const[]){"deliveries", NULL},
    .tables = (const struct table *const[]){&scene_table, NULL},
    .handlers = handlers,
    .rule_version = 1,
};

/* --- the member --- */

static int64_t scene_now(void *context)
{
    return ((const struct scene *)context)->now_ms;
}

static const char *no_setting(const void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

void scene_init(struct scene *scene)
{
    *scene = (struct scene){.service = scene_service, .now_ms = 1000};
    fake_broker_init(&scene->broker, SCENE_SHARDS);
    fake_bus_init(&scene->bus, &scene->broker);
    fake_database_init(&scene->database, SCENE_SHARDS);
    fake_store_init(&scene->store, &scene->database);
    scene->database.refused = SCENE_POISON;
}

bool scene_try_start(struct scene *scene, struct error *err)
{
    const struct running_options options = {.service = &scene->service,
                                            .institution =
                                                scene->service.per_institution ? "imss" : NULL,
                                            .bus = &scene->bus.bus,
                                            .store = &scene->store.store,
                                            .setting = no_setting,
                                            .setting_context = scene,
                                            .now_ms = scene_now,
                                            .clock_context = scene,
                                            .batch_messages = SCENE_BATCH,
                                            .cache_bytes = 1 << 20,
                                            .unpublished_bytes_max = 1 << 20,
                                            .message_bytes_max = scene->message_bytes_max,
                                            .metrics = &scene->metrics,
                                            .log_level = LOG_LEVEL_ERROR};

    scene->store.own_rule_version = scene->service.rule_version;
    return running_start(&scene->running, &options, err);
}

void scene_start(struct scene *scene)
{
    struct error err = {0};

    ck_assert_msg(scene_try_start(scene, &err), "%s", err.message);
    fake_bus_give(&scene->bus, 0);
}

void scene_finish(struct scene *scene)
{
    running_finish(&scene->running);
    fake_bus_finish(&scene->bus);
    fake_broker_finish(&scene->broker);
    fake_store_finish(&scene->store);
    fake_database_finish(&scene->database);
    arena_finish(&scene->arena);
}

/* --- what comes in --- */

const char *scene_contract(struct scene *scene, int32_t shard)
{
    for (int number = 0;; number++) {
        const char *contract = arena_format(&scene->arena, "imss/C%d", number);

        if (shard_of(contract, SCENE_SHARDS) == shard) {
            return contract;
        }
    }
}

static void put(struct scene *scene, const char *key, const struct record_type *type,
                const void *event, int64_t seq)
{
    char id[64];
    struct buffer payload = {0};
    struct error err = {0};
    struct bus_message message = {
        .topic = "orders",
        .key = {(const uint8_t *)key, strlen(key)},
        .headers = {{"ce_type", type->full_name}, {"ce_source", "contracts/orders"}, {"ce_id", id}},
        .header_count = 3};

    (void)snprintf(id, sizeof id, "1/0/%lld", (long long)seq);
    ck_assert_msg(registry_encode(scene->running.member.registry, type, event, &payload, &err),
                  "%s", err.message);
    message.payload = buffer_view(&payload);
    (void)fake_broker_put(&scene->broker, &message);
    buffer_finish(&payload);
}

const char *scene_name(struct scene *scene, size_t number)
{
    return arena_format(&scene->arena, "%zu", number);
}

const char *scene_order_id(struct scene *scene, const char *name)
{
    return arena_format(&scene->arena, "%s|%s", scene_contract(scene, 0), name);
}

void scene_order_as(struct scene *scene, const char *key, const char *name, const char *clave,
                    int64_t seq)
{
    const struct order_issued order = {.institution = "imss",
                                       .contract_id = key,
                                       .order_id = scene_order_id(scene, name),
                                       .order_number = name,
                                       .clave = clave,
                                       .digest = ""};

    put(scene, key, &order_issued_type, &order, seq);
}

void scene_order(struct scene *scene, const char *name, const char *clave)
{
    scene_order_as(scene, scene_contract(scene, 0), name, clave, ++scene->seq);
}

void scene_bytes(struct scene *scene, const char *producer, const void *bytes, size_t size)
{
    const char *key = scene_contract(scene, 0);
    const struct bus_message message = {
        .topic = "orders",
        .key = {(const uint8_t *)key, strlen(key)},
        .payload = {bytes, size},
        .headers = {{"ce_type", order_issued_type.full_name},
                    {"ce_source", arena_format(&scene->arena, "%s/orders", producer)},
                    {"ce_id", arena_format(&scene->arena, "1/0/%lld", (long long)++scene->seq)}},
        .header_count = 3};

    (void)fake_broker_put(&scene->broker, &message);
}

void scene_day(struct scene *scene, int32_t day)
{
    const struct day_closed closed = {.institution = "imss", .day = day};

    put(scene, "imss", &day_closed_type, &closed, ++scene->seq);
}

void scene_later(struct scene *scene, int32_t due, const char *kind, const char *name)
{
    const struct store_agenda item = {due, kind, scene_order_id(scene, name), NULL};
    const struct store_commit commit = {.later = &item, .later_count = 1};

    fake_database_write(&scene->database, &commit);
    scene_shard(scene)->agenda_due = true;
}

/* --- turns --- */

bool scene_turn(struct scene *scene, struct error *err)
{
    scene->now_ms += 1000;
    return service_step(&scene->running, 0, err);
}

static bool is_settled(const struct scene *scene)
{
    return atomic_load(&scene->metrics.idle) == 1 && atomic_load(&scene->metrics.lag) == 0 &&
           scene->running.shards[0].state == SHARD_OWNED;
}

void scene_settle(struct scene *scene)
{
    int turns = 0;

    do {
        struct error err = {0};

        ck_assert_msg(scene_turn(scene, &err), "%s", err.message);
        ck_assert_int_lt(++turns, TURNS_MAX);
    } while (!is_settled(scene));
}

/* --- what came of it --- */

const struct scene_order *scene_stored(struct scene *scene, const char *name)
{
    size_t count;
    const struct fake_row *rows = fake_shard_rows(&scene->database.shards[0], &scene_table,
                                                  scene_order_id(scene, name), &count);

    return count == 0 ? NULL : rows[0].row;
}

const struct store_quarantine *scene_aside(const struct scene *scene, size_t index)
{
    const struct store_quarantine *rows = scene->database.shards[0].quarantine.items;

    return index < scene->database.shards[0].quarantine.count ? &rows[index] : NULL;
}

static bool was_said(const struct scene *scene, const char *topic, size_t index)
{
    const char *id = bus_header(fake_broker_at(&scene->broker, topic, index), "ce_id");

    for (size_t i = 0; i < index; i++) {
        if (strcmp(bus_header(fake_broker_at(&scene->broker, topic, i), "ce_id"), id) == 0) {
            return true;
        }
    }
    return false;
}

size_t scene_said(const struct scene *scene, const char *topic)
{
    size_t count = 0;

    for (size_t i = 0; fake_broker_at(&scene->broker, topic, i) != NULL; i++) {
        count += was_said(scene, topic, i) ? 0 : 1;
    }
    return count;
}

struct shard *scene_shard(struct scene *scene)
{
    return &scene->running.shards[0];
}
