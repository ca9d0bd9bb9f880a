#include "topics.h"
#include "cli/command.h"
#include "common/bus/access_admin.h"
#include "common/bus/topic_admin.h"

static bool apply_topics(struct cli *cli, const struct bus_kafka_options *options, bool *differs,
                         struct error *err)
{
    const bool look_only = cli->options.dry_run;
    struct topic_admin_result result;

    if (!topic_admin_apply(options, topic_declarations, topic_declaration_count, cli->stack.shards,
                           look_only, &cli->arena, &result, err)) {
        return false;
    }
    for (size_t i = 0; i < result.topic_count; i++) {
        const struct topic_result *topic = &result.topics[i];

        if (topic->outcome == TOPIC_PARTITIONS_DIFFER) {
            fprintf(stderr,
                    say("%s: tiene %d particiones y se declararon %d; no se toca\n",
                        "%s: has %d partitions and %d were declared; left alone\n"),
                    topic->name, topic->found, topic->wanted);
        }
        if (topic->outcome == TOPIC_MISSING) {
            printf(say("falta el tópico %s\n", "topic %s is missing\n"), topic->name);
        }
    }
    printf(say("tópicos: %zu, creados %zu, distintos %zu\n",
               "topics: %zu, created %zu, differing %zu\n"),
           result.topic_count, result.created, result.differing);
    *differs = result.differing > 0 || result.missing > 0;
    return true;
}

static const char *standing_text(const struct cli *cli, enum access_standing standing)
{
    switch (standing) {
    case ACCESS_MISSING:
        return cli->options.dry_run ? say("falta", "missing") : say("se agrega", "added");
    case ACCESS_EXTRA:
        return cli->options.remove_access && !cli->options.dry_run ? say("se quita", "removed")
                                                                   : say("sobra", "left over");
    case ACCESS_FOREIGN:
        return say("ajena, alcanza lo nuestro", "foreign, reaches ours");
    }
    return "";
}

static void tell_access(struct cli *cli, const struct access_result *result)
{
    const struct access_differences *differences = &result->differences;

    for (size_t i = 0; i < differences->count; i++) {
        printf("%s: %s\n", standing_text(cli, differences->items[i].standing),
               access_text(&differences->items[i].rule, &cli->arena));
    }
    printf(say("reglas de acceso: %zu, creadas %zu, de más %zu, quitadas %zu, ajenas %zu\n",
               "access rules: %zu, created %zu, left over %zu, removed %zu, foreign %zu\n"),
           result->declared, result->created, differences->extra, result->removed,
           differences->foreign);
}

/* A first system has no authorizer, and that is no fault unless somebody counts on one. */
static bool apply_access(struct cli *cli, const struct bus_kafka_options *options, bool *differs,
                         struct error *err)
{
    const struct access_declaration declaration = {topic_declarations, topic_declaration_count,
                                                   topic_clients, topic_client_count};
    const struct access_wish wish = {.create = !cli->options.dry_run,
                                     .remove = cli->options.remove_access && !cli->options.dry_run};
    struct access_result result;

    if (!access_apply(options, &declaration, &wish, &cli->arena, &result, err)) {
        return false;
    }
    if (!result.enforced) {
        *differs = cli->options.require_access;
        fprintf(*differs ? stderr : stdout, "%s",
                say("reglas de acceso: este Kafka no exige permisos (no tiene authorizer): quien "
                    "llegue a él puede leer y escribir todo\n",
                    "access rules: this Kafka asks for no permission (it has no authorizer): who "
                    "reaches it may read and write everything\n"));
        return true;
    }
    tell_access(cli, &result);
    *differs = cli->options.dry_run && result.differences.missing + result.differences.extra > 0;
    return true;
}

enum exit_status topics_apply(struct cli *cli, struct error *err)
{
    const struct bus_kafka_options options = stack_bus(&cli->stack);
    bool topics_differ;
    bool access_differs;

    if (options.brokers == NULL) {
        (void)error_set(
            err, ERROR_RETRY,
            say("no se sabe dónde está Kafka: make demo arranca uno, o defina ABASTO_BROKERS "
                "o ABASTO_STACK",
                "nobody knows where Kafka is: make demo starts one, or set ABASTO_BROKERS or "
                "ABASTO_STACK"));
        return command_failed(err);
    }
    if (!apply_topics(cli, &options, &topics_differ, err) ||
        !apply_access(cli, &options, &access_differs, err)) {
        (void)connection_explain(err, "Kafka");
        return command_failed(err);
    }
    return topics_differ || access_differs ? EXIT_PROBLEM : EXIT_OK;
}
