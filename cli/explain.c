#include "cli/command.h"
#include "cli/explain_text.h"
#include "cli/filter.h"
#include "cli/merge.h"
#include "cli/penalty_events.h"
#include "common/avro/record_json.h"
#include "common/domain/order_number.h"

#include <jansson.h>
#include <stdlib.h>

/* The penalties that are meant: by their id, that of an order line or the number of an order; by contract; by
 * institution. */
#define MEANT                                                                                      \
    "stands and ($1::text is null or sanction_id = $1 or order_id = $1 or "                        \
    "split_part(order_id, '|', 2) = $2) and " FILTER_CONTRACT_SQL(                                 \
        "$3") " and ($4::text is null or institution = $4)"

enum { VALUES = 4, SANCTION_ID = 0, ORDER_ID, PARTITION, OFFSET, ROWS = 1 };

static const char sql[] =
    "select sanction_id, order_id, event_partition, event_offset from monitor.sanction where " MEANT
    " order by sanction_id";

/* What the judging services keep of the rows themselves: the event has only what counts of each. Their shards may be on
 * other servers than monitor's. */
static const char rows_sql[] =
    "with meant as (select json_array_elements_text($1::json) as order_id), said as ("
    "select order_id, fact_id, receipt_id, case kind when 0 then 'delivery' when 1 then 'return' "
    "else 'other' end as kind, "
    "greatest(pieces - coalesce(rejected_pieces, 0), 0) as pieces from deliveries.receipt_fact "
    "where not withdrawn union all select order_id, fact_id, null, 'decision', null from "
    "sanctions.decision_fact where not withdrawn) "
    "select order_id, json_agg(json_build_object('fact_id', fact_id, 'receipt_id', receipt_id, "
    "'kind', said.kind, 'pieces', said.pieces))::text from said join meant using (order_id) group "
    "by order_id";

static json_t *load_json(const char *text, struct error *err)
{
    json_error_t fault;
    json_t *json = json_loads(text, 0, &fault);

    if (json == NULL) {
        (void)error_set(err, ERROR_FATAL,
                        say("lo que se guarda no es JSON: %s", "what is kept is no JSON: %s"),
                        fault.text);
    }
    return json;
}

/* The orders of the penalties, each once. */
static char *orders_of(const PGresult *penalties)
{
    json_t *orders = json_object();
    json_t *list = json_array();
    const char *order;
    json_t *present;
    char *text;

    for (int row = 0; row < connection_rows(penalties); row++) {
        (void)json_object_set_new(orders, connection_text(penalties, row, ORDER_ID), json_true());
    }
    json_object_foreach(orders, order, present)
    {
        (void)json_array_append_new(list, json_string(order));
    }
    text = json_dumps(list, JSON_COMPACT);
    json_decref(orders);
    json_decref(list);
    return text;
}

/* By order; empty when the services' tables are not there, or not ours to read. */
static json_t *find_rows(struct cli *cli, const PGresult *penalties)
{
    char *orders = orders_of(penalties);
    const char *const values[] = {orders};
    json_t *rows = json_object();
    struct error away = {0};
    PGresult *result = NULL;

    if (!connection_query(&cli->connection, rows_sql, values, 1, &result, &away)) {
        error_clear(&away);
    }
    free(orders);
    for (int row = 0; row < connection_rows(result); row++) {
        const char *order = connection_text(result, row, 0);
        json_t *json = load_json(connection_text(result, row, ROWS), &away);

        /* Receipts may be on one server, decisions on another. */
        if (json != NULL && json_array_extend(json_object_get(rows, order), json) != 0) {
            (void)json_object_set(rows, order, json);
        }
        json_decref(json);
    }
    PQclear(result);
    return rows;
}

static void print_text(const struct penalty_event *event, const json_t *rows)
{
    struct arena arena = {0};
    json_t *json = record_json(event->type, event->event);

    explain_text(json, rows, &arena, stdout);
    printf("\n");
    json_decref(json);
    arena_finish(&arena);
}

static void print_json(const struct penalty_event *event)
{
    struct arena arena = {0};

    printf("%s\n", record_json_text(&arena, event->type, event->event));
    arena_finish(&arena);
}

/* The events that the result names. */
static bool read_events(struct cli *cli, const PGresult *result, struct penalty_event **out,
                        struct error *err)
{
    const size_t count = (size_t)connection_rows(result);
    struct penalty_event *events = arena_array(&cli->arena, count + 1, sizeof *events);
    struct broker broker;
    bool good = true;

    for (size_t i = 0; good && i < count; i++) {
        int64_t partition = 0;

        events[i].sanction_id = connection_text(result, (int)i, SANCTION_ID);
        good = connection_int64(result, (int)i, PARTITION, &partition, err) &&
               connection_int64(result, (int)i, OFFSET, &events[i].offset, err);
        events[i].partition = (int32_t)partition;
    }
    *out = events;
    if (!good || count == 0) {
        return good;
    }
    good = broker_open(&broker, &cli->stack, err) &&
           (penalty_events_read(&broker, events, count, &cli->arena, err) ||
            connection_explain(err, "Kafka"));
    broker_close(&broker);
    return good;
}

static bool print_all(struct cli *cli, const PGresult *result, struct error *err)
{
    struct penalty_event *events;
    json_t *rows;

    if (!read_events(cli, result, &events, err)) {
        return false;
    }
    rows = cli->options.json || connection_rows(result) == 0 ? NULL : find_rows(cli, result);
    for (int row = 0; row < connection_rows(result); row++) {
        if (cli->options.json) {
            print_json(&events[row]);
        } else {
            print_text(&events[row], json_object_get(rows, connection_text(result, row, ORDER_ID)));
        }
    }
    json_decref(rows);
    return true;
}

/* False: neither a penalty nor all of them, nor those of somebody. */
static bool read_wish(struct cli *cli, const char *values[VALUES], struct error *err)
{
    const struct options *options = &cli->options;
    const bool filtered = options->contract != NULL || options->institution != NULL;
    struct order_number number;

    if (options->all ? options->word_count > 0 : options->word_count == 0 && !filtered) {
        return error_set(err, ERROR_REJECT,
                         say("diga qué pena u orden, --contract, --institution, o --all",
                             "say which penalty or order, --contract, --institution, or --all"));
    }
    values[0] = options->word_count == 0 ? NULL : options->words[0];
    number = order_number_read(values[0]);
    values[1] = arena_copy(&cli->arena, number.text);
    values[3] = options->institution;
    return filter_contract(options->contract, &cli->arena, &values[2], err);
}

enum exit_status explain_show(struct cli *cli, struct error *err)
{
    static const int by_id[] = {SANCTION_ID};
    const struct options *options = &cli->options;
    const char *values[VALUES];
    PGresult *result;
    bool good;
    int rows;

    if (!read_wish(cli, values, err)) {
        return EXIT_USAGE;
    }
    if (!connection_query(&cli->connection, sql, values, VALUES, &result, err) ||
        !merge_sort(&cli->connection, &result, by_id, 1, 0, err)) {
        return command_failed(err);
    }
    rows = connection_rows(result);
    good = print_all(cli, result, err);
    PQclear(result);
    if (good && rows == 0 && values[0] != NULL) {
        good = error_set(err, ERROR_REJECT, say("no hay una pena %s", "there is no penalty %s"),
                         values[0]);
    } else if (good && rows == 0 && !options->all) {
        good =
            error_set(err, ERROR_REJECT, say("no hay penas de %s", "there are no penalties of %s"),
                      options->contract != NULL ? options->contract : options->institution);
    }
    return good ? EXIT_OK : command_failed(err);
}
