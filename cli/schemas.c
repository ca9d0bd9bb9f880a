#include "cli/broker.h"
#include "cli/command.h"
#include "events.h"

/* What the registry lacks, under the ids that follow. */
static bool collect_missing(struct cli *cli, struct registry *registry,
                            struct bus_message *messages, size_t *count, struct error *err)
{
    *count = 0;
    for (size_t i = 0; i < event_schema_count; i++) {
        const struct event_schema *schema = &event_schemas[i];
        struct buffer key = {0};
        struct buffer value = {0};
        struct schema_record record;

        if (registry_find(registry, schema->full_name, schema->schema_json, NULL) >= 0) {
            continue;
        }
        record = (struct schema_record){.subject = schema->full_name,
                                        .version =
                                            registry_last_version(registry, schema->full_name) + 1,
                                        .id = registry_last_id(registry) + 1,
                                        .schema_json = schema->schema_json};
        if (!registry_add(registry, &record, err)) {
            return false;
        }
        schema_record_write(&record, &key, &value);
        messages[(*count)++] = (struct bus_message){
            .topic = "_schemas",
            .key = {(const uint8_t *)arena_text(&cli->arena, buffer_text(&key), key.size),
                    key.size},
            .payload = {(const uint8_t *)arena_text(&cli->arena, buffer_text(&value), value.size),
                        value.size}};
        buffer_finish(&key);
        buffer_finish(&value);
    }
    return true;
}

enum exit_status schemas_apply(struct cli *cli, struct error *err)
{
    struct bus_message *messages = arena_array(&cli->arena, event_schema_count, sizeof *messages);
    struct broker broker;
    size_t count = 0;
    const bool good = broker_open(&broker, &cli->stack, err) &&
                      collect_missing(cli, broker.registry, messages, &count, err) &&
                      broker_send(&broker, messages, count, err);

    broker_close(&broker);
    if (!good) {
        return command_failed(err);
    }
    printf(say("esquemas: %zu, registrados ahora %zu\n", "schemas: %zu, registered now %zu\n"),
           event_schema_count, count);
    return EXIT_OK;
}
