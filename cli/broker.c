#include "cli/broker.h"

#include "cli/connection.h"
#include "cli/say.h"
#include "common/avro/wire.h"
#include "common/base/instant.h"
#include "events.h"

enum { SEND_WAIT_S = 60, POLL_MS = 100 };

static bool take_schema(void *context, const struct bus_message *message, struct error *err)
{
    struct broker *broker = context;

    broker->schemas_next = message->offset + 1;
    return registry_take(broker->registry, message->key, message->payload, err);
}

static bool read_schemas(struct broker *broker, struct error *err)
{
    return broker->bus->operations->scan(broker->bus, "_schemas", 0, broker->schemas_next,
                                         take_schema, broker, err);
}

bool broker_open(struct broker *broker, const struct stack *stack, struct error *err)
{
    const struct bus_kafka_options options = stack_bus(stack);
    int32_t partitions = 0;

    *broker = (struct broker){0};
    if (stack->brokers == NULL) {
        return error_set(
            err, ERROR_RETRY, "%s",
            say("no se sabe dónde está Kafka: make demo arranca uno, o defina ABASTO_BROKERS "
                "o ABASTO_STACK",
                "nobody knows where Kafka is: make demo starts one, or set ABASTO_BROKERS or "
                "ABASTO_STACK"));
    }
    broker->registry = registry_create(event_types, event_type_count);
    if (!bus_kafka_create(&options, &broker->bus, err) ||
        !broker->bus->operations->partitions(broker->bus, "_schemas", &partitions, err)) {
        return connection_explain(err, "Kafka");
    }
    if (partitions == 0) {
        return error_set(err, ERROR_FATAL, "%s",
                         say("falta el tópico _schemas: ejecute abasto topics apply",
                             "topic _schemas is missing: run abasto topics apply"));
    }
    return read_schemas(broker, err) || connection_explain(err, "Kafka");
}

bool broker_learn(struct broker *broker, struct bytes payload, struct error *err)
{
    struct error not_ours = {0};
    struct bytes rest;
    int32_t id;

    return !wire_split(payload, &id, &rest, &not_ours) || registry_knows(broker->registry, id) ||
           read_schemas(broker, err);
}

void broker_close(struct broker *broker)
{
    if (broker->bus != NULL) {
        broker->bus->operations->destroy(broker->bus);
    }
    registry_destroy(broker->registry);
    *broker = (struct broker){0};
}

/* Counts what has arrived. */
static bool take_reports(struct broker *broker, size_t *delivered, struct error *err)
{
    struct bus_events events;

    if (!broker->bus->operations->poll(broker->bus, 1, POLL_MS, &events, err)) {
        return false;
    }
    for (size_t i = 0; i < events.report_count; i++) {
        *delivered += events.reports[i].delivered ? 1 : 0;
    }
    return !events.send_failed ||
           error_set(err, ERROR_RETRY, "%s",
                     say("Kafka no recibió todos los mensajes; repita la orden",
                         "Kafka did not get all messages; repeat the command"));
}

bool broker_send(struct broker *broker, const struct bus_message *messages, size_t count,
                 struct error *err)
{
    const int64_t until = instant_now() + INT64_C(1000000) * SEND_WAIT_S;
    size_t sent = 0;
    size_t delivered = 0;

    while (delivered < count) {
        while (sent < count &&
               broker->bus->operations->send(broker->bus, &messages[sent], sent, err)) {
            sent++;
        }
        if (err->action == ERROR_FATAL || err->action == ERROR_REJECT) {
            return false;
        }
        error_clear(err);
        if (!take_reports(broker, &delivered, err)) {
            return false;
        }
        if (instant_now() > until) {
            return error_set(err, ERROR_RETRY, "%s",
                             say("Kafka no responde", "Kafka does not answer"));
        }
    }
    return true;
}
