#include "services/gateway/gateway_handlers.h"

#include "services/gateway/account.h"
#include "services/gateway/directory.h"
#include "services/gateway/gateway_kind.h"
#include "services/gateway/gateway_snapshot.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/gateway_twin.h"
#include "services/gateway/gateway_version.h"

#include <string.h>

#define CLAVES "claves"
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
    (void)err;
    account_refuse(work, message->event);
    return true;
}

static void needs_end(struct work *work, const struct message *message)
{
    account_need_report(work, message->event);
    gateway_snapshot_need_end(work, message->event);
}

static bool on_file_ended(struct work *work, const struct message *message, struct error *err)
{
    (void)err;
    gateway_snapshot_end(work, message->event);
    account_end(work, message->event);
    return true;
}

static void needs_row(struct work *work, const struct message *message)
{
    const struct feed_row_record *record = message->event;

    account_need_row(work, record);
    work_need(work, &gateway_number_table, CLAVES);
    for (size_t i = 0; i < record->fit->reading_count; i++) {
        gateway_version_need(work, &record->rows[i]);
        if (record->rows[i].clave != NULL) {
            work_need(work, &known_clave_table, record->rows[i].clave);
        }
    }
}

static bool knows_clave(const void *context, const char *clave)
{
    const struct known_clave *known = context;

    return known != NULL && !known->withdrawn && strcmp(known->clave, clave) == 0;
}

/* A reading of the row as the catalogue lets it be read; without a catalogue no clave is called unknown. */
static struct reported_row judged_row(struct work *work, const struct feed_row_record *record,
                                      size_t which)
{
    struct reported_row row = record->rows[which];
    const struct layout_reading *reading = &record->fit->readings[which];
    const struct gateway_number *claves = work_find(work, &gateway_number_table, CLAVES);
    const struct known_clave *known;
    struct row_catalogue catalogue = {.knows = knows_clave};

    if (row.verdict != ROW_TAKEN || row.clave == NULL || gateway_kind_of(row.type) == NULL ||
        claves == NULL || claves->value == 0) {
        return row;
    }
    known = work_find(work, &known_clave_table, row.clave);
    if (!knows_clave(known, row.clave)) {
        catalogue.context = known;
        row_read(reading->layout, &reading->columns, &record->of.file, &catalogue, &record->cells,
                 work_arena(work), &row);
    }
    return row;
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
    const struct row_remark none = {0};
    const struct row_remark *fault = answer->remark_count > 0 ? &answer->remarks[0] : &none;
    const struct setting_aside aside = {
        .institution = work_institution(work),
        .source =
            arena_format(work_arena(work), "%s#%.12s", record->of.file.name, record->of.file_id),
        .position = record->cells.number,
        .column = fault->column,
        .found = fault->found,
        .expected = fault->expected,
        .reason = fault->reason != NULL ? fault->reason : "la fila no se puede leer",
        .action = fault->action != NULL ? fault->action
                                        : "corrija la fila y vuelva a entregar el archivo",
        .payload = raw_cells(work, record)};

    return work_set_aside(work, &aside, err);
}

/* All readings of a row are taken, or none. */
static bool take_row(struct work *work, const struct reported_row *rows, size_t count,
                     struct row_answer *answer, struct error *err)
{
    answer->unchanged = true;
    for (size_t i = 0; i < count; i++) {
        enum version_outcome outcome;

        if (!gateway_version_take(work, &rows[i], &outcome, err)) {
            return false;
        }
        answer->unchanged = answer->unchanged && outcome != VERSION_NEWS;
        answer->superseded = answer->superseded || outcome == VERSION_SUPERSEDED;
    }
    return true;
}

static bool on_row(struct work *work, const struct message *message, struct error *err)
{
    const struct feed_row_record *record = message->event;
    const size_t count = record->fit->reading_count;
    struct reported_row *rows = arena_array(work_arena(work), count, sizeof *rows);
    struct row_answer answer;
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        rows[i] = judged_row(work, record, i);
    }
    answer = row_answer_of(rows, count, work_arena(work));
    switch (answer.verdict) {
    case ROW_TAKEN:
        good = take_row(work, rows, count, &answer, err);
        break;
    case ROW_SET_ASIDE:
        good = account_has_set_aside(work, record) || set_aside(work, record, &answer, err);
        break;
    case ROW_FILLER:
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
        work_need(work, &gateway_number_table, CLAVES);
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
        struct gateway_number *claves = work_entity(work, &gateway_number_table, CLAVES);

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
    {DIRECTORY_REROUTE, gateway_reroute_needs, gateway_reroute},
    {GATEWAY_VANISHED, gateway_vanished_needs, gateway_vanished},
    {GATEWAY_TWINS, NULL, gateway_twins_judge},
    {GATEWAY_TWIN, gateway_twin_needs, gateway_twin_on},
    {"mx.abasto.clock.DayEnded", NULL, on_day_ended},
    {"mx.abasto.reference.ClaveCatalogued", needs_clave, on_clave},
    {0},
};
