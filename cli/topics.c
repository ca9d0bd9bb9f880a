#include "topics.h"
#include "cli/command.h"
#include "common/bus/topic_admin.h"

enum exit_status topics_apply(struct cli *cli, struct error *err)
{
    const struct bus_kafka_options options = stack_bus(&cli->stack);
    struct topic_admin_result result;

    if (options.brokers == NULL) {
        (void)error_set(
            err, ERROR_RETRY,
            say("no se sabe dónde está Kafka: make demo arranca uno, o defina ABASTO_BROKERS "
                "o ABASTO_STACK",
                "nobody knows where Kafka is: make demo starts one, or set ABASTO_BROKERS or "
                "ABASTO_STACK"));
        return command_failed(err);
    }
    if (!topic_admin_apply(&options, topic_declarations, topic_declaration_count, cli->stack.shards,
                           &cli->arena, &result, err)) {
        (void)connection_explain(err, "Kafka");
        return command_failed(err);
    }
    for (size_t i = 0; i < result.topic_count; i++) {
        const struct topic_result *topic = &result.topics[i];

        if (topic->outcome == TOPIC_PARTITIONS_DIFFER) {
            fprintf(stderr,
                    say("%s: tiene %d particiones y se declararon %d; no se toca\n",
                        "%s: has %d partitions and %d were declared; left alone\n"),
                    topic->name, topic->found, topic->wanted);
        }
    }
    printf(say("tópicos: %zu, creados %zu, distintos %zu\n",
               "topics: %zu, created %zu, differing %zu\n"),
           result.topic_count, result.created, result.differing);
    return result.differing == 0 ? EXIT_OK : EXIT_PROBLEM;
}
