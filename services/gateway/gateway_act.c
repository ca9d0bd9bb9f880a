#include "common/base/date.h"
#include "common/base/text.h"
#include "common/domain/contract_number.h"
#include "services/gateway/gateway_aside.h"
#include "services/gateway/gateway_kind.h"
#include "services/gateway/gateway_row.h"
#include "services/gateway/gateway_version.h"

#include <inttypes.h>
#include <string.h>

/* Acts of people on what was set aside. The row that an act carries is compared with the one that was kept, and then
 * taken as any other; the act itself goes on as a decision. */

#define DECISIONS "reported.decisions"

void gateway_act_need(struct work *work, const struct inbox_report *report)
{
    work_need(work, &row_aside_table, report->act->event->apartado);
    work_need(work, &gateway_number_table, GATEWAY_SEQUENCE);
}

/* --- may it be done --- */

static bool kept_content(const struct row_aside *kept, struct arena *arena,
                         struct aside_content *out, struct error *err)
{
    *out = (struct aside_content){.layout = kept->layout,
                                  .file_name = kept->file_name,
                                  .sha256 = kept->sha256,
                                  .has_as_of = kept->has_as_of,
                                  .as_of = kept->as_of,
                                  .invented = kept->invented,
                                  .row_number = kept->row_number};
    return kept->layout == NULL ||
           (aside_texts_read(kept->titles, arena, &out->titles, &out->title_count, err) &&
            aside_texts_read(kept->cells, arena, &out->cells, &out->cell_count, err));
}

static bool same_titles(const struct aside_content *a, const struct aside_content *b)
{
    bool same = a->title_count == b->title_count;

    for (size_t i = 0; same && i < a->title_count; i++) {
        same = text_equal(a->titles[i], b->titles[i]);
    }
    return same;
}

static bool is_same_row(const struct aside_content *kept, const struct aside_content *said)
{
    return text_equal(kept->layout, said->layout) && text_equal(kept->file_name, said->file_name) &&
           text_equal(kept->sha256, said->sha256) && kept->has_as_of == said->has_as_of &&
           (!kept->has_as_of || kept->as_of == said->as_of) && kept->invented == said->invented &&
           kept->row_number == said->row_number && same_titles(kept, said);
}

static struct row_remark refusal(enum reason why, const char *found, const char *expected,
                                 const char *action)
{
    return (struct row_remark){.reason = {why, {NULL}},
                               .column = "apartado",
                               .found = found,
                               .expected = expected,
                               .action = action};
}

static bool is_open(const struct row_aside *aside)
{
    return text_equal(aside->state, "abierta");
}

/* A descarte of what another service set aside: only that service knows it, and monitor compares. */
static bool is_foreign(struct work *work, const struct quarantine_act *act)
{
    const size_t length = strlen(work_producer(work));

    return strncmp(act->apartado, work_producer(work), length) != 0 || act->apartado[length] != '/';
}

/* Why the row may not be taken; REASON_NONE when it may. */
static struct row_remark refuse_row(const struct inbox_act *act, const struct row_aside *aside,
                                    const struct aside_content *kept)
{
    const bool correction = act->kind == INBOX_ACT_CORRECTION;
    const bool same_cells = aside_same_cells(kept, &act->content);

    if (aside->layout == NULL) {
        return refusal(REASON_ACT_NO_ROW, act->event->apartado,
                       "un renglón de archivo o de reporte",
                       "pida a quien lo envió que lo publique otra vez, y descarte este");
    }
    if (!is_same_row(kept, &act->content)) {
        return refusal(REASON_ACT_OTHER_ROW, act->event->apartado, "el renglón tal como se apartó",
                       "use abasto quarantine, que lo toma de la base de datos");
    }
    if (text_equal(aside->state, "detenida")) {
        return refusal(
            REASON_ACT_HELD, act->event->apartado, "un renglón que se pueda leer",
            "corríjalo en su origen, entregue el archivo nuevo y descarte este apartado");
    }
    if (!correction && !is_open(aside)) {
        return refusal(REASON_ACT_NOT_OPEN, aside->state, "abierta",
                       "nada; para cambiarlo de nuevo use abasto quarantine fix");
    }
    if (correction == same_cells) {
        return refusal(correction ? REASON_ACT_NO_CHANGE : REASON_ACT_CHANGE, act->event->acto,
                       correction ? "al menos una celda distinta" : "las celdas tal como vinieron",
                       correction ? "diga qué cambia con --set columna=valor, o use retry"
                                  : "use abasto quarantine fix");
    }
    return (struct row_remark){0};
}

static struct row_remark refuse(struct work *work, const struct inbox_act *act,
                                const struct row_aside *aside, const struct aside_content *kept)
{
    const bool known = aside->state != NULL;

    if (act->kind != INBOX_ACT_DISCARD && known) {
        return refuse_row(act, aside, kept);
    }
    if (!known && (act->kind != INBOX_ACT_DISCARD || !is_foreign(work, act->event))) {
        return refusal(REASON_ACT_NOTHING, act->event->apartado, "un id de abasto quarantine list",
                       "revise el id con abasto quarantine list");
    }
    if (known && !is_open(aside) && !text_equal(aside->state, "detenida")) {
        return refusal(REASON_ACT_NOT_OPEN, aside->state, "abierta", "nada: ya está atendido");
    }
    return (struct row_remark){0};
}

/* --- what is said of it --- */

static const struct cell_change *changes_of(const struct aside_content *kept,
                                            const struct aside_content *now, struct arena *arena,
                                            size_t *count)
{
    struct cell_change *changes = arena_array(arena, kept->title_count + 1, sizeof *changes);

    *count = 0;
    for (size_t i = 0; i < kept->title_count; i++) {
        const char *before = aside_cell(kept, i);
        const char *after = aside_cell(now, i);

        if (!text_equal(before, after)) {
            changes[(*count)++] = (struct cell_change){kept->titles[i], before, after};
        }
    }
    return changes;
}

/* Of what no contract is known the decision stands by itself. */
static bool decide(struct work *work, const struct inbox_report *report,
                   const struct row_aside *aside, const struct report_answered *said,
                   struct error *err)
{
    struct arena *arena = work_arena(work);
    const bool of_order = said->entity_id != NULL && strchr(said->entity_id, '|') != NULL &&
                          strchr(strchr(said->entity_id, '|') + 1, '|') != NULL;
    const char *contract_id =
        said->contract_id != NULL
            ? said->contract_id
            : contract_number_id_without(arena, work_institution(work), "apartado");
    const struct decision_reported event = {
        .fact = {.fact_id = report->id,
                 .source = report->source,
                 .as_of = report->act->time,
                 .sequence = gateway_next_sequence(work),
                 .file = report->message->topic,
                 .row = report->message->offset,
                 .invented = aside->invented},
        .institution = work_institution(work),
        .contract_id = contract_id,
        .decision_id = report->id,
        .kind = arena_format(arena, "apartado.%s", aside->act),
        .order_id = of_order ? said->entity_id : "",
        .decided_on = (int32_t)(report->act->time / DATE_DAY_MICROSECONDS),
        .has_decided_on = true,
        .document = aside->quarantine_id,
        .actor = aside->actor,
        .ground = aside->ground,
        .evidence = aside->evidence};

    return work_emit(work, DECISIONS, contract_id, &decision_reported_type, &event, err);
}

/* The act stands on the row, on `quarantine`, and, unless nothing came of it, among the decisions. */
static bool put(struct work *work, const struct inbox_report *report, struct row_aside *aside,
                const struct aside_content *kept, const struct report_answered *said,
                struct error *err)
{
    const struct quarantine_act *act = report->act->event;
    struct quarantine_acted event = {.contract_id = said->contract_id,
                                     .entity_id = said->entity_id};

    aside->act = act->acto;
    aside->act_id = report->id;
    aside->actor = act->actor;
    aside->ground = act->fundamento;
    aside->evidence = act->evidencia;
    work_save(work, &row_aside_table, aside);
    if (report->act->kind != INBOX_ACT_DISCARD) {
        event.changes =
            changes_of(kept, &report->act->content, work_arena(work), &event.changes_count);
    }
    return gateway_aside_tell(work, aside, &event, err) &&
           (said->verdict == REPORT_VERDICT_REJECTED || decide(work, report, aside, said, err));
}

static void take_said(struct work *work, const struct reported_row *row, struct row_aside *aside,
                      struct report_answered *said)
{
    gateway_version_say(work, row, said);
    aside->fact = said->has_as_of ? arena_format(work_arena(work), "%s@%" PRId64 ".%" PRId64,
                                                 said->fact_id, said->as_of, said->sequence)
                                  : NULL;
}

static bool take_row(struct work *work, const struct inbox_report *report, bool repeated,
                     struct reported_row *rows, struct row_answer *answer, struct row_aside *aside,
                     struct report_answered *said, struct error *err)
{
    if (answer->verdict == ROW_TAKEN) {
        if (!gateway_row_take(work, rows, report->row.fit->reading_count, answer, err)) {
            return false;
        }
        aside->state = answer->superseded ? "superada" : "reparada";
        aside->reason = NULL;
        said->verdict = answer->superseded         ? REPORT_VERDICT_SUPERSEDED
                        : answer->unchanged        ? REPORT_VERDICT_UNCHANGED
                        : answer->remark_count > 0 ? REPORT_VERDICT_ACCEPTED_WITH_WARNINGS
                                                   : REPORT_VERDICT_ACCEPTED;
        take_said(work, &rows[0], aside, said);
        return true;
    }
    aside->reason = answer->remark_count > 0
                        ? reason_text(work_arena(work), &answer->remarks[0].reason)
                        : "es una fila de relleno";
    aside->tries += repeated ? 0 : 1;
    if (aside->tries >= ASIDE_TRIES_MAX && is_open(aside)) {
        aside->state = "detenida";
    }
    return true;
}

static void refuse_act(struct work *work, const struct row_remark *fault, struct row_answer *answer)
{
    struct row_remark *only = arena_alloc(work_arena(work), sizeof *only);

    *only = *fault;
    *answer = (struct row_answer){.verdict = ROW_SET_ASIDE, .remarks = only, .remark_count = 1};
}

bool gateway_act_take(struct work *work, const struct inbox_report *report, bool repeated,
                      struct reported_row *rows, struct row_answer *answer,
                      struct report_answered *said, struct error *err)
{
    struct row_aside *aside = work_entity(work, &row_aside_table, report->act->event->apartado);
    struct aside_content kept;
    struct row_remark fault;

    said->verdict = REPORT_VERDICT_REJECTED;
    if (!kept_content(aside, work_arena(work), &kept, err)) {
        return false;
    }
    fault = refuse(work, report->act, aside, &kept);
    if (fault.reason.why != REASON_NONE) {
        refuse_act(work, &fault, answer);
        return true;
    }
    if (report->act->kind == INBOX_ACT_DISCARD) {
        aside->state = "descartada";
        aside->reason = NULL;
        said->verdict = REPORT_VERDICT_ACCEPTED;
    } else if (!take_row(work, report, repeated, rows, answer, aside, said, err)) {
        return false;
    }
    return (repeated && said->verdict == REPORT_VERDICT_REJECTED) ||
           put(work, report, aside, &kept, said, err);
}
