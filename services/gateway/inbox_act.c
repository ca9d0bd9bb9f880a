#include "common/avro/record_json.h"
#include "common/base/instant.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "services/gateway/inbox_parts.h"

/* An act on what was set aside, which comes through the inbox as reports do. */

static bool fault(struct inbox_reading *reading, const struct row_remark *remark)
{
    reading->report->aside = ASIDE_DECODING;
    inbox_remark(reading, true, remark);
    return false;
}

static bool read_json(struct inbox_reading *reading, const struct quarantine_act **out)
{
    const struct bytes payload = reading->report->message->payload;
    struct error why = {0};
    const void *record = NULL;
    json_error_t error;
    json_t *json =
        json_loadb((const char *)payload.data, payload.size, JSON_REJECT_DUPLICATES, &error);
    const bool good =
        json != NULL && record_from_json(&quarantine_act_type, json, reading->arena, &record, &why);

    json_decref(json);
    *out = record;
    return good ||
           fault(reading, &(struct row_remark){
                              .reason = {REASON_ACT_UNREADABLE, {NULL}},
                              .found = cell_shown(reading->arena,
                                                  why.action != ERROR_NONE ? why.message : ""),
                              .expected = "un objeto JSON con los miembros de QuarantineAct",
                              .action = "use abasto quarantine, o corrija el JSON y " INBOX_AGAIN});
}

static bool read_event(struct inbox_reading *reading, const struct quarantine_act **out)
{
    const struct inbox_message *message = reading->report->message;

    if (message->form == INBOX_OTHER) {
        return read_json(reading, out);
    }
    *out = message->record;
    return (message->form == INBOX_RECORD && message->schema == &quarantine_act_type) ||
           fault(reading,
                 &(struct row_remark){.reason = {REASON_ACT_UNREADABLE, {NULL}},
                                      .found = message->fault == NULL
                                                   ? ""
                                                   : cell_shown(reading->arena, message->fault),
                                      .expected = "mx.abasto.inbox.QuarantineAct",
                                      .action = "serialice con el esquema de "
                                                "QuarantineAct y " INBOX_AGAIN});
}

static bool read_kind(struct inbox_reading *reading, const char *word, enum inbox_act_kind *out)
{
    static const char *const words[] = {[INBOX_ACT_CORRECTION] = "correccion",
                                        [INBOX_ACT_RETRY] = "reintento",
                                        [INBOX_ACT_DISCARD] = "descarte"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_equal(word, words[i])) {
            *out = (enum inbox_act_kind)i;
            return true;
        }
    }
    return fault(reading, &(struct row_remark){.reason = {REASON_ACT_UNKNOWN, {NULL}},
                                               .column = "acto",
                                               .found = cell_shown(reading->arena, word),
                                               .expected = "correccion, reintento o descarte",
                                               .action = "corrija acto y " INBOX_AGAIN});
}

/* Who acts, and why, has to be told. */
static bool require_text(struct inbox_reading *reading, const char *member, const char *text)
{
    return !text_is_blank(text) ||
           fault(reading,
                 &(struct row_remark){
                     .reason = {REASON_ACT_UNSIGNED, {NULL}},
                     .column = member,
                     .found = "",
                     .expected = "un texto",
                     .action = arena_format(reading->arena, "escriba %s y " INBOX_AGAIN, member)});
}

static bool read_time(struct inbox_reading *reading, int64_t *out)
{
    const char *time = reading->report->message->time;

    return (time != NULL && instant_parse(time, out)) ||
           fault(reading,
                 &(struct row_remark){
                     .reason = {time == NULL ? REASON_ACT_UNDATED : REASON_ACT_TIME, {NULL}},
                     .column = "ce_time",
                     .found = time == NULL ? "" : cell_shown(reading->arena, time),
                     .expected = "un instante, 2025-06-18T12:00:00Z",
                     .action = "agregue ce_time y " INBOX_AGAIN});
}

static struct aside_content content_of(const struct quarantine_act *event)
{
    return (struct aside_content){.layout = event->formato,
                                  .file_name = event->archivo,
                                  .sha256 = event->sha256,
                                  .has_as_of = event->has_corte,
                                  .as_of = event->corte,
                                  .invented = event->demostracion,
                                  .row_number = event->renglon,
                                  .titles = event->titulos,
                                  .title_count = event->titulos_count,
                                  .cells = event->celdas,
                                  .cell_count = event->celdas_count};
}

static bool read_row(struct inbox_reading *reading, const struct inbox_act *act)
{
    const char *why;

    return aside_read(reading->layouts, reading->institution, &act->content, reading->arena,
                      &reading->report->row, &why) ||
           fault(reading,
                 &(struct row_remark){
                     .reason = {REASON_ACT_NO_LAYOUT, {why}},
                     .column = "formato",
                     .found = cell_shown(reading->arena,
                                         act->content.layout == NULL ? "" : act->content.layout),
                     .expected = "un formato que lea el renglón",
                     .action = "avise a quien mantiene el servicio"});
}

void inbox_act_read(struct inbox_reading *reading)
{
    struct inbox_report *report = reading->report;
    struct inbox_act *act = arena_alloc(reading->arena, sizeof *act);

    if (!read_event(reading, &act->event)) {
        return;
    }
    act->content = content_of(act->event);
    report->digest =
        inbox_digest(reading->arena, quarantine_act_type.full_name,
                     record_json_text(reading->arena, &quarantine_act_type, act->event));
    if (!read_kind(reading, act->event->acto, &act->kind) || !read_time(reading, &act->time) ||
        !require_text(reading, "actor", act->event->actor) ||
        !require_text(reading, "fundamento", act->event->fundamento) || reading->faulty) {
        return;
    }
    report->readable = act->kind != INBOX_ACT_DISCARD && read_row(reading, act);
    if (!reading->faulty) {
        report->act = act;
    }
}
