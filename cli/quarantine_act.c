#include "cli/broker.h"
#include "cli/output.h"
#include "cli/quarantine_plan.h"
#include "common/avro/record_json.h"
#include "common/base/digest.h"
#include "common/base/instant.h"
#include "common/base/text.h"
#include "events.h"

#include <inttypes.h>
#include <string.h>

/* Acts are messages to the inbox of the institution: its gateway takes them and answers. */

#define SOURCE "abasto/quarantine"

enum { RATE_USUAL = 50, WAIT_USUAL_S = 60, WAIT_MS = 100, ID_BYTES = 32, SECOND_MS = 1000 };

/* --- what is said --- */

static const struct output_column columns[] = {
    {"quarantine_id", {"id", "id"}, OUTPUT_TEXT},
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"changes", {"cambios", "changes"}, OUTPUT_TEXT},
    {"outcome", {"resultado", "outcome"}, OUTPUT_TEXT},
    {"acts", {"procede", "goes ahead"}, OUTPUT_BOOL},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static bool table_of(const struct quarantine_plan *plan, PGresult **out, struct error *err)
{
    bool good = output_table(COLUMNS, out, err);

    for (size_t i = 0; good && i < plan->count; i++) {
        const struct quarantine_item *item = &plan->items[i];
        const char *const cells[COLUMNS] = {item->id, item->institution, item->changes,
                                            item->outcome, item->sent ? "t" : "f"};

        good = output_table_add(*out, cells, COLUMNS, err);
    }
    return good;
}

static bool tell_plan(const struct cli *cli, const struct quarantine_plan *plan, struct error *err)
{
    PGresult *result = NULL;
    bool good;

    if (plan->count == 0 && !cli->options.json) {
        printf(say("nada apartado\n", "nothing was set aside\n"));
        return true;
    }
    good = table_of(plan, &result, err) &&
           output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    if (good && plan->more) {
        fprintf(stderr,
                say("hay más que los %zu dichos: repita la orden, o use --max\n",
                    "there are more than the %zu told: repeat the command, or use --max\n"),
                plan->count);
    }
    return good;
}

/* --- the message --- */

/* Also tells one try from the next, so that only the very same act is the same one. */
static const char *id_of(const char *json, int64_t tries, struct arena *arena)
{
    const char *said = arena_format(arena, "%" PRId64 " %s", tries, json);
    uint8_t hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    digest_sha256(said, strlen(said), hash);
    digest_hex(hash, hex);
    return arena_text(arena, hex, ID_BYTES);
}

static struct quarantine_act event_of(const struct cli *cli, enum quarantine_act_kind kind,
                                      const struct quarantine_item *item)
{
    static const char *const words[] = {[QUARANTINE_FIX] = "correccion",
                                        [QUARANTINE_RETRY] = "reintento",
                                        [QUARANTINE_DISCARD] = "descarte"};
    const struct aside_content *row = &item->after;
    struct quarantine_act event = {.apartado = item->id,
                                   .acto = words[kind],
                                   .actor = cli->options.actor,
                                   .fundamento = cli->options.ground,
                                   .evidencia = cli->options.evidence};

    if (kind != QUARANTINE_DISCARD) {
        event.formato = row->layout;
        event.archivo = row->file_name;
        event.sha256 = row->sha256;
        event.corte = row->as_of;
        event.has_corte = row->has_as_of;
        event.demostracion = row->invented;
        event.renglon = row->row_number;
        event.titulos = row->titles;
        event.titulos_count = row->title_count;
        event.celdas = row->cells;
        event.celdas_count = row->cell_count;
    }
    return event;
}

static bool write_act(struct cli *cli, struct broker *broker, enum quarantine_act_kind kind,
                      const struct quarantine_item *item, const char **ce_id,
                      struct bus_message *out, struct error *err)
{
    struct arena *arena = &cli->arena;
    const struct quarantine_act event = event_of(cli, kind, item);
    struct buffer payload = {0};
    char *now = arena_alloc(arena, INSTANT_TEXT_BYTES);
    const bool good =
        registry_encode(broker->registry, &quarantine_act_type, &event, &payload, err);

    if (good) {
        instant_format(instant_now(), now);
        *ce_id = id_of(record_json_text(arena, &quarantine_act_type, &event), item->tries, arena);
        *out = (struct bus_message){
            .topic = arena_format(arena, "inbox.%s", item->institution),
            .key = {(const uint8_t *)item->id, strlen(item->id)},
            .payload = {(const uint8_t *)arena_text(arena, buffer_text(&payload), payload.size),
                        payload.size},
            .headers = {{"ce_specversion", "1.0"},
                        {"ce_type", quarantine_act_type.full_name},
                        {"ce_source", SOURCE},
                        {"ce_id", *ce_id},
                        {"ce_time", now},
                        {"content-type", "application/avro"}},
            .header_count = 6};
    }
    buffer_finish(&payload);
    return good;
}

/* --- and its answer --- */

/* The verdict as the gateway keeps it; -1: it has not answered yet. */
static bool read_answer(struct cli *cli, const struct quarantine_item *item, const char *ce_id,
                        int64_t *verdict, struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select verdict from %s.inbox_answer where ce_source = $1 and "
                                   "ce_id = $2",
                                   item->schema);
    const char *const values[] = {SOURCE, ce_id};
    PGresult *found;
    bool good;

    *verdict = -1;
    if (!connection_query_patiently(&cli->connection, sql, values, 2, &found, err)) {
        return false;
    }
    good = connection_rows(found) == 0 || connection_int64(found, 0, 0, verdict, err);
    PQclear(found);
    return good;
}

static const char *verdict_text(struct arena *arena, const struct quarantine_item *item,
                                int64_t verdict)
{
    switch ((enum report_verdict)verdict) {
    case REPORT_VERDICT_ACCEPTED:
        return say("hecho", "done");
    case REPORT_VERDICT_ACCEPTED_WITH_WARNINGS:
        return say("hecho, con aviso", "done, with a warning");
    case REPORT_VERDICT_UNCHANGED:
        return say("atendido: ya se tenía igual", "settled: it was known");
    case REPORT_VERDICT_SUPERSEDED:
        return say("atendido: hay una versión más nueva", "settled: there is a newer version");
    case REPORT_VERDICT_REJECTED:
        return arena_format(
            arena,
            say("rechazado: vea abasto tail outcomes.%s", "rejected: see abasto tail outcomes.%s"),
            item->institution);
    case REPORT_VERDICT_REPEATED:
    case REPORT_VERDICT_UNKNOWN:
        break;
    }
    return say("respuesta desconocida", "unknown answer");
}

static bool await_answer(struct cli *cli, struct quarantine_item *item, const char *ce_id,
                         bool *settled, struct error *err)
{
    const int64_t seconds = cli->options.timeout_s > 0 ? cli->options.timeout_s : WAIT_USUAL_S;
    const int64_t until = instant_now() + seconds * 1000000;
    int64_t verdict;

    for (;;) {
        if (!read_answer(cli, item, ce_id, &verdict, err)) {
            return false;
        }
        if (verdict >= 0) {
            *settled = *settled && verdict != (int64_t)REPORT_VERDICT_REJECTED;
            item->outcome = verdict_text(&cli->arena, item, verdict);
            return true;
        }
        if (instant_now() > until) {
            return error_set(err, ERROR_RETRY,
                             say("la pasarela de %s no respondió en %" PRId64 " s",
                                 "the gateway of %s did not answer in %" PRId64 " s"),
                             item->institution, seconds);
        }
        connection_pause(WAIT_MS);
    }
}

/* --- all of them --- */

static bool send_all(struct cli *cli, struct broker *broker, const struct quarantine_plan *plan,
                     const char **ce_ids, struct error *err)
{
    const int64_t rate = cli->options.rate > 0 ? cli->options.rate : RATE_USUAL;

    for (size_t i = 0; i < plan->count; i++) {
        struct bus_message message;

        if (!plan->items[i].sent) {
            continue;
        }
        if (!write_act(cli, broker, plan->kind, &plan->items[i], &ce_ids[i], &message, err) ||
            !broker_send(broker, &message, 1, err)) {
            return false;
        }
        connection_pause((int)(SECOND_MS / rate));
    }
    return true;
}

static bool execute(struct cli *cli, struct quarantine_plan *plan, bool *settled, struct error *err)
{
    const char **ce_ids = arena_array(&cli->arena, plan->count + 1, sizeof *ce_ids);
    struct broker broker;
    bool good = broker_open(&broker, &cli->stack, err) && send_all(cli, &broker, plan, ce_ids, err);

    broker_close(&broker);
    for (size_t i = 0; good && i < plan->count; i++) {
        *settled = *settled && plan->items[i].sent;
        good = !plan->items[i].sent || await_answer(cli, &plan->items[i], ce_ids[i], settled, err);
    }
    return good;
}

static bool is_understood(const struct options *options, enum quarantine_act_kind kind,
                          struct error *err)
{
    if (kind == QUARANTINE_FIX && options->set_count == 0) {
        return error_set(err, ERROR_REJECT, "%s",
                         say("diga qué corregir: --set columna=valor",
                             "say what to correct: --set column=value"));
    }
    return !options->execute ||
           (!text_is_blank(options->actor) && !text_is_blank(options->ground)) ||
           error_set(err, ERROR_REJECT, "%s",
                     say("con --execute diga quién y por qué: --actor y --ground",
                         "with --execute say who and why: --actor and --ground"));
}

static enum exit_status act(struct cli *cli, enum quarantine_act_kind kind, struct error *err)
{
    struct quarantine_plan plan;
    bool settled = true;

    if (!is_understood(&cli->options, kind, err)) {
        return EXIT_USAGE;
    }
    if (!quarantine_plan_make(cli, kind, &plan, err) ||
        (cli->options.execute && !execute(cli, &plan, &settled, err)) ||
        !tell_plan(cli, &plan, err)) {
        return command_failed(err);
    }
    if (!cli->options.execute && plan.count > 0) {
        fprintf(stderr, "%s",
                say("no se hizo nada: con --execute se hace\n",
                    "nothing was done: with --execute it is\n"));
    }
    return settled ? EXIT_OK : EXIT_PROBLEM;
}

enum exit_status quarantine_fix(struct cli *cli, struct error *err)
{
    return act(cli, QUARANTINE_FIX, err);
}

enum exit_status quarantine_retry(struct cli *cli, struct error *err)
{
    return act(cli, QUARANTINE_RETRY, err);
}

enum exit_status quarantine_discard(struct cli *cli, struct error *err)
{
    return act(cli, QUARANTINE_DISCARD, err);
}
