#include "services/gateway/gateway_handlers.h"

#include "services/gateway/account.h"
#include "services/gateway/directory.h"
#include "services/gateway/gateway_aside.h"
#include "services/gateway/gateway_inbox.h"
#include "services/gateway/gateway_kind.h"
#include "services/gateway/gateway_outcome.h"
#include "services/gateway/gateway_row.h"
#include "services/gateway/gateway_snapshot.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/gateway_twin.h"
#include "services/gateway/gateway_version.h"

#include <string.h>

#define CATALOGUE_INSTITUTION "ssa"

static void needs_file(struct work *work, const struct message *message)
{
    account_need(work, message->event);
}

static bool on_file_opened(struct work *work, const struct message *message, struct error *err)
{
    (void)err;
    account_open(work, message->event);
    return true;
}

static bool on_file_refused(struct work *work, const struct message *message, struct error *err)
{
    return gateway_outcome_file(work, account_refuse(work, message->event), err);
}

static void needs_end(struct work *work, const struct message *message)
{
    account_need_report(work, message->event);
    gateway_snapshot_need_end(work, message->event);
}

static bool on_file_ended(struct work *work, const struct message *message, struct error *err)
{
    gateway_snapshot_end(work, message->event);
    return gateway_outcome_file(work, account_end(work, message->event), err);
}

static void needs_row(struct work *work, const struct message *message)
{
    const struct feed_row_record *record = message->event;

    account_need_row(work, record);
    gateway_row_need(work, record);
    gateway_aside_need_row(work, record);
}

static struct bytes raw_cells(struct work *work, const struct feed_row_record *record)
{
    struct buffer text = {0};
    struct bytes out;

    for (size_t i = 0; i < record->cells.count; i++) {
        buffer_append_text(&text, i == 0 ? "" : "\t");
        buffer_append_text(&text, record->cells.cells[i]);
    }
    out.size = text.size;
    out.data = (const uint8_t *)arena_text(work_arena(work), buffer_text(&text), text.size);
    buffer_finish(&text);
    return out;
}

static bool set_aside(struct work *work, const struct feed_row_record *record,
                      const struct row_answer *answer, struct error *err)
{
    const struct row_remark *fault = &answer->remarks[0]; /* what sets aside says why */
    const struct setting_aside aside = {.institution = work_institution(work),
                                        .source = gateway_aside_source(work, &record->of),
                                        .position = record->cells.number,
                                        .column = fault->column,
                                        .found = fault->found,
                                        .expected = fault->expected,
                                        .reason = reason_text(work_arena(work), &fault->reason),
                                        .action = fault->action,
                                        .payload = raw_cells(work, record)};

    return gateway_aside_put(work, &aside, record, err);
}

static bool on_row(struct work *work, const struct message *message, struct error *err)
{
    const struct feed_row_record *record = message->event;
    const size_t count = record->fit->reading_count;
    struct row_answer answer;
    struct reported_row *rows = gateway_row_judge(work, record, &answer);
    bool good = true;

    switch (answer.verdict) {
    case ROW_TAKEN:
        good = gateway_row_take(work, rows, count, &answer, err) &&
               gateway_aside_reloaded(work, record, &answer, err);
        break;
    case ROW_SET_ASIDE:
        good = account_has_set_aside(work, record) || set_aside(work, record, &answer, err);
        break;
    case ROW_FILLER:
    case ROW_SILENT:
        break;
    }
    if (good) {
        account_row(work, record, &answer);
    }
    return good;
}

static bool on_day_ended(struct work *work, const struct message *message, struct error *err)
{
    const struct day_ended *ended = message->event;
    const struct day_closed closed = {.institution = work_institution(work), .day = ended->day};

    if (strcmp(closed.institution, CATALOGUE_INSTITUTION) == 0) {
        return true; /* it reports nothing that has days */
    }
    for (size_t i = 0; gateway_reported_topics[i] != NULL; i++) {
        if (!work_emit_everywhere(work, gateway_reported_topics[i], closed.institution,
                                  &day_closed_type, &closed, err)) {
            return false;
        }
    }
    return true;
}

static void needs_clave(struct work *work, const struct message *message)
{
    const struct clave_catalogued *event = message->event;

    if (event != NULL) {
        work_need(work, &known_clave_table, event->clave);
        work_need(work, &gateway_number_table, GATEWAY_CLAVES);
    }
}

static bool on_clave(struct work *work, const struct message *message, struct error *err)
{
    const struct clave_catalogued *event = message->event;
    struct known_clave *known;
    bool was_new;

    (void)err;
    if (event == NULL) {
        return true; /* a tombstone: compaction may leave one */
    }
    was_new = work_find(work, &known_clave_table, event->clave) == NULL;
    known = work_entity(work, &known_clave_table, event->clave);
    if (!was_new && event->as_of < known->as_of) {
        return true;
    }
    known->as_of = event->as_of;
    known->withdrawn = event->withdrawn;
    work_save(work, &known_clave_table, known);
    if (was_new) {
        struct gateway_number *claves = work_entity(work, &gateway_number_table, GATEWAY_CLAVES);

        claves->value++;
        work_save(work, &gateway_number_table, claves);
    }
    return true;
}

const struct handler gateway_handlers[] = {
    {FEED_FILE_OPENED, needs_file, on_file_opened},
    {FEED_FILE_ROW, needs_row, on_row},
    {FEED_FILE_ENDED, needs_end, on_file_ended},
    {FEED_FILE_REFUSED, needs_file, on_file_refused},
    {INBOX_MESSAGE, gateway_inbox_needs, gateway_inbox_on},
    {DIRECTORY_REROUTE, gateway_reroute_needs, gateway_reroute},
    {GATEWAY_VANISHED, gateway_vanished_needs, gateway_vanished},
    {GATEWAY_TWINS, NULL, gateway_twins_judge},
    {GATEWAY_TWIN, gateway_twin_needs, gateway_twin_on},
    {"mx.abasto.clock.DayEnded", NULL, on_day_ended},
    {"mx.abasto.reference.ClaveCatalogued", needs_clave, on_clave},
    {0},
};
