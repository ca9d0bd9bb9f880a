#include "services/gateway/gateway_inbox.h"

#include "services/gateway/gateway_aside.h"
#include "services/gateway/gateway_outcome.h"
#include "services/gateway/gateway_row.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/gateway_version.h"
#include "services/gateway/inbox.h"

#include <string.h>

enum { PAYLOAD_KEPT_BYTES = 16 * 1024 }; /* the topic keeps all of it */

/* One report on its way to its answer. */
struct answering {
    const struct inbox_report *report;
    struct inbox_answer *known; /* NULL: nothing tells it from others */
    struct row_answer row;      /* what is said of the row */
    struct reported_row *rows;  /* NULL: there is none */
    struct report_answered said;
};

void gateway_inbox_needs(struct work *work, const struct message *message)
{
    const struct inbox_report *report = message->event;

    if (report->key != NULL) {
        work_need(work, &inbox_answer_table, report->key);
    }
    if (report->readable) {
        gateway_row_need(work, &report->row);
    }
    if (report->act != NULL) {
        gateway_act_need(work, report);
    }
    work_need(work, &row_aside_table,
              work_aside_id(work, report->message->topic, report->message->offset));
}

static const char *report_name(const struct inbox_report *report)
{
    return report->act != NULL    ? quarantine_act_type.full_name
           : report->kind != NULL ? report->kind->type->full_name
                                  : NULL;
}

static struct report_answered answer_to(const struct inbox_report *report)
{
    return (struct report_answered){.position = report->message->offset,
                                    .ce_id = report->id,
                                    .ce_source = report->source,
                                    .report = report_name(report),
                                    .verdict = REPORT_VERDICT_REJECTED};
}

static bool set_aside(struct work *work, const struct inbox_report *report,
                      const struct row_remark *fault, enum aside_class class, struct error *err)
{
    const struct bytes payload = report->message->payload;
    const struct setting_aside aside = {.institution = work_institution(work),
                                        .source = report->message->topic,
                                        .position = report->message->offset,
                                        .column = fault->column,
                                        .found = fault->found,
                                        .expected = fault->expected,
                                        .reason = reason_text(work_arena(work), &fault->reason),
                                        .action = fault->action,
                                        .payload = {payload.data, payload.size < PAYLOAD_KEPT_BYTES
                                                                      ? payload.size
                                                                      : PAYLOAD_KEPT_BYTES},
                                        .class = class};

    if (class == ASIDE_REFUSED) {
        return work_set_aside(work, &aside, err);
    }
    return gateway_aside_put(work, &aside, report->readable ? &report->row : NULL, err);
}

/* Nothing was loaded for it and nothing of it is kept: what PostgreSQL refused could be in any of it. */
static bool answer_refused(struct work *work, const struct inbox_report *report, const char *why,
                           struct error *err)
{
    const struct row_remark fault = {
        .reason = {REASON_NOT_STORED, {NULL}},
        .found = why,
        .expected = "valores que el sistema pueda guardar",
        .action = "avise a quien mantiene el servicio; el mensaje sigue en el buzón"};
    struct report_answered said = answer_to(report);

    return set_aside(work, report, &fault, ASIDE_REFUSED, err) &&
           gateway_outcome_report(work, &said, &fault, 1, NULL, 0, err);
}

/* --- what stands --- */

static bool say(struct work *work, struct answering *answering, struct error *err)
{
    const struct inbox_report *report = answering->report;

    if (answering->rows != NULL && answering->rows[0].verdict == ROW_TAKEN) {
        gateway_version_say(work, &answering->rows[0], &answering->said);
    }
    return gateway_outcome_report(work, &answering->said, report->remarks, report->remark_count,
                                  answering->row.remarks, answering->row.remark_count, err);
}

static void remember(struct work *work, struct answering *answering)
{
    struct inbox_answer *known = answering->known;

    if (known == NULL) {
        return;
    }
    known->ce_source = answering->report->source;
    known->ce_id = answering->report->id;
    known->position = answering->report->message->offset;
    known->digest = answering->report->digest;
    known->verdict = (int64_t)answering->said.verdict;
    work_save(work, &inbox_answer_table, known);
}

/* --- verdicts --- */

static bool same_as_known(const struct answering *answering)
{
    return answering->known != NULL && answering->known->digest != NULL &&
           strcmp(answering->known->digest, answering->report->digest) == 0;
}

static bool was_taken(const struct answering *answering)
{
    return answering->known != NULL && answering->known->digest != NULL &&
           answering->known->verdict != (int64_t)REPORT_VERDICT_REJECTED;
}

static bool repeat(struct work *work, struct answering *answering, struct error *err)
{
    struct report_answered *said = &answering->said;

    said->verdict = REPORT_VERDICT_REPEATED;
    said->repeats = answering->known->position;
    said->has_repeats = true;
    said->repeated_verdict = (enum report_verdict)answering->known->verdict;
    said->has_repeated_verdict = true;
    return say(work, answering, err);
}

/* CloudEvents: one source and id are one event. What was taken stands; this one says something else. */
static bool refuse_other_content(struct work *work, struct answering *answering, struct error *err)
{
    const struct row_remark fault = {
        .reason = {REASON_ID_REUSED,
                   {arena_format(work_arena(work), "%lld", (long long)answering->known->position)}},
        .column = "ce_id",
        .found = answering->report->id,
        .expected = "un ce_id nuevo por cada reporte",
        .action = INBOX_AGAIN};

    answering->row = (struct row_answer){0};
    return set_aside(work, answering->report, &fault, ASIDE_IDENTITY, err) &&
           gateway_outcome_report(work, &answering->said, &fault, 1, NULL, 0, err);
}

static bool reject(struct work *work, struct answering *answering, struct error *err)
{
    const struct inbox_report *report = answering->report;
    const struct row_remark *fault =
        answering->row.remark_count > 0 ? answering->row.remarks : report->remarks;

    if (same_as_known(answering)) {
        return repeat(work, answering, err);
    }
    remember(work, answering);
    return set_aside(work, report, fault, report->aside, err) && say(work, answering, err);
}

static bool accept(struct work *work, struct answering *answering, struct error *err)
{
    const size_t remarks = answering->report->remark_count + answering->row.remark_count;
    struct row_answer *row = &answering->row;

    if (!gateway_row_take(work, answering->rows, answering->report->row.fit->reading_count, row,
                          err)) {
        return false;
    }
    answering->said.verdict = row->superseded  ? REPORT_VERDICT_SUPERSEDED
                              : row->unchanged ? REPORT_VERDICT_UNCHANGED
                              : remarks > 0    ? REPORT_VERDICT_ACCEPTED_WITH_WARNINGS
                                               : REPORT_VERDICT_ACCEPTED;
    remember(work, answering);
    return say(work, answering, err);
}

/* An act that does not take is told of on the row it is about: it is not itself set aside. */
static bool act(struct work *work, struct answering *answering, struct error *err)
{
    const bool repeated = same_as_known(answering);

    if (!gateway_act_take(work, answering->report, repeated, answering->rows, &answering->row,
                          &answering->said, err)) {
        return false;
    }
    if (repeated && answering->said.verdict == REPORT_VERDICT_REJECTED) {
        return repeat(work, answering, err);
    }
    remember(work, answering);
    return say(work, answering, err);
}

bool gateway_inbox_on(struct work *work, const struct message *message, struct error *err)
{
    const struct inbox_report *report = message->event;
    struct answering answering = {.report = report, .said = answer_to(report)};

    if (message->refused != NULL) {
        return answer_refused(work, report, message->refused, err);
    }
    if (report->key != NULL) {
        answering.known = work_entity(work, &inbox_answer_table, report->key);
    }
    if (report->readable) {
        answering.rows = gateway_row_judge(work, &report->row, &answering.row);
    }
    if (was_taken(&answering)) {
        return same_as_known(&answering) ? repeat(work, &answering, err)
                                         : refuse_other_content(work, &answering, err);
    }
    if (report->act != NULL) {
        return act(work, &answering, err);
    }
    return report->readable && answering.row.verdict == ROW_TAKEN ? accept(work, &answering, err)
                                                                  : reject(work, &answering, err);
}
