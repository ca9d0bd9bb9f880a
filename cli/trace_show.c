#include "cli/account.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/trace_order.h"
#include "common/base/instant.h"
#include "common/domain/order_number.h"

#include <inttypes.h>
#include <string.h>

enum {
    HOP,
    TOPIC,
    PLACE,
    EVENT,
    ORDER,
    TIME,
    DELAY,
    TRACE,
    SPAN,
    FILE_NAME,
    SHA256,
    ROW,
    COLUMNS,
};

static const struct output_column columns[COLUMNS] = {
    [HOP] = {"hop", {"paso", "hop"}, OUTPUT_COUNT},
    [TOPIC] = {"topic", {"tópico", "topic"}, OUTPUT_TEXT},
    [PLACE] = {"place", {"partición@posición", "partition@offset"}, OUTPUT_TEXT},
    [EVENT] = {"event", {"evento", "event"}, OUTPUT_TEXT},
    [ORDER] = {"order_id", {0}, OUTPUT_TEXT},
    [TIME] = {"time", {"hora", "time"}, OUTPUT_TEXT},
    [DELAY] = {"delay_ms", {"demora (ms)", "delay (ms)"}, OUTPUT_COUNT},
    [TRACE] = {"trace_id", {"traza", "trace"}, OUTPUT_TEXT},
    [SPAN] = {"span_id", {0}, OUTPUT_TEXT},
    [FILE_NAME] = {"file", {"archivo", "file"}, OUTPUT_TEXT},
    [SHA256] = {"sha256", {0}, OUTPUT_TEXT},
    [ROW] = {"row", {"renglón", "row"}, OUTPUT_COUNT},
};

/* What is shown of a hop, column by column. */
struct shown {
    const char *cells[COLUMNS];
};

/* Names of files are the database's: without it the digest has to do. */
static const char *file_name(struct cli *cli, const struct trace_hop *hop, bool *away)
{
    const char *institution =
        arena_text(&cli->arena, hop->contract_id, strcspn(hop->contract_id, "/"));
    struct error err = {0};
    const char *name = NULL;

    if (*away || hop->file == NULL) {
        return NULL;
    }
    *away = !account_file_name(&cli->connection, institution, hop->file, &cli->arena, &name, &err);
    return name;
}

static const char *moment(struct cli *cli, int64_t timestamp_ms)
{
    char text[INSTANT_TEXT_BYTES];

    if (cli->options.json) {
        instant_format(timestamp_ms * 1000, text);
    } else {
        instant_format_local(timestamp_ms * 1000, text);
    }
    return arena_copy(&cli->arena, text);
}

static struct shown show(struct cli *cli, const struct trace_hop *hop, const char *name)
{
    struct arena *arena = &cli->arena;

    return (struct shown){
        .cells = {[HOP] = arena_format(arena, "%zu", hop->number),
                  [TOPIC] = hop->topic,
                  [PLACE] = arena_format(arena, "%d@%" PRId64, hop->partition, hop->offset),
                  [EVENT] = hop->event,
                  [ORDER] = hop->order_id,
                  [TIME] = moment(cli, hop->timestamp_ms),
                  [DELAY] =
                      hop->number == 1 ? NULL : arena_format(arena, "%" PRId64, hop->delay_ms),
                  [TRACE] = hop->trace_id,
                  [SPAN] = hop->span_id,
                  [FILE_NAME] = name != NULL || cli->options.json ? name : hop->file,
                  [SHA256] = hop->file,
                  [ROW] = hop->file == NULL ? NULL : arena_format(arena, "%" PRId64, hop->row)}};
}

/* The hops as a result, so that they are printed as everything else is. */
static bool print(struct cli *cli, const struct trace_hops *hops, struct error *err)
{
    PGresult *result = NULL;
    const char *name = NULL;
    bool away = false;
    bool good = output_table(COLUMNS, &result, err);

    for (size_t i = 0; good && i < hops->count; i++) {
        struct shown shown;

        if (hops->items[i].number == 1) {
            name = file_name(cli, &hops->items[i], &away);
        }
        shown = show(cli, &hops->items[i], name);
        good = output_table_add(result, shown.cells, COLUMNS, err);
    }
    good = good && output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    return good;
}

/* The contracts it may be under: what was said, or else what the read model knows; none if it knows none or is
 * away, which only makes the search longer. */
static const char **find_contracts(struct cli *cli, size_t *count)
{
    static const char sql[] =
        "select distinct contract_id from monitor.order_line where order_number = $1";
    const struct order_number number = order_number_read(cli->options.words[0]);
    const char *const values[] = {number.text};
    const char **out = &cli->options.contract;
    struct error err = {0};
    PGresult *result = NULL;

    *count = cli->options.contract != NULL ? 1 : 0;
    if (*count > 0 || !connection_query(&cli->connection, sql, values, 1, &result, &err)) {
        return out;
    }
    *count = (size_t)connection_rows(result);
    out = arena_array(&cli->arena, *count, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        out[i] = arena_copy(&cli->arena, connection_text(result, (int)i, 0));
    }
    PQclear(result);
    return out;
}

enum exit_status trace_show(struct cli *cli, struct error *err)
{
    const char *order = cli->options.words[0];
    size_t contract_count;
    const char *const *contracts = find_contracts(cli, &contract_count);
    struct trace_hops hops = {0};
    struct broker broker;
    bool good =
        broker_open(&broker, &cli->stack, err) &&
        trace_order_find(&broker, order, contracts, contract_count, &cli->arena, &hops, err);

    broker_close(&broker);
    if (good && hops.count == 0) {
        (void)error_set(
            err, ERROR_REJECT,
            say("ningún evento habla de la orden «%s»", "no event speaks of order «%s»"), order);
        return EXIT_PROBLEM;
    }
    good = good && print(cli, &hops, err);
    return good ? EXIT_OK : command_failed(err);
}
