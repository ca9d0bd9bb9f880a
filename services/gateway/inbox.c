#include "services/gateway/inbox.h"

#include "common/avro/record_json.h"
#include "common/base/digest.h"
#include "common/base/instant.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "services/gateway/feed_layout.h"
#include "services/gateway/inbox_parts.h"
#include "services/gateway/layout_parts.h"

#include <inttypes.h>
#include <string.h>

void inbox_remark(struct inbox_reading *reading, bool is_fault, const struct row_remark *remark)
{
    struct inbox_report *report = reading->report;

    if (is_fault && !reading->faulty) {
        reading->faulty = true;
        report->remark_count = 0; /* of what is not taken only the faults are said */
    }
    if (is_fault == reading->faulty && report->remark_count < reading->room) {
        reading->remarks[report->remark_count++] = *remark;
    }
}

/* --- headers --- */

static bool is_legible(const char *text)
{
    return text[0] != '\0' && strlen(text) <= INBOX_HEADER_BYTES_MAX &&
           text_is_utf8(text, strlen(text));
}

static const char *printable(struct arena *arena, const char *text)
{
    return text == NULL ? "" : text_clean(arena, text, strlen(text), INBOX_HEADER_BYTES_MAX);
}

/* A header without which a report cannot be told from another, or read. */
static bool require_header(struct inbox_reading *reading, const char *name, const char *value)
{
    struct arena *arena = reading->arena;

    if (value != NULL && is_legible(value)) {
        return true;
    }
    reading->report->aside = ASIDE_IDENTITY;
    inbox_remark(
        reading, true,
        &(struct row_remark){
            .reason = {value == NULL ? REASON_NO_HEADER : REASON_HEADER_UNREADABLE, {NULL}},
            .column = name,
            .found = value == NULL ? "" : cell_shown(arena, value),
            .expected = arena_format(arena, "texto UTF-8 de 1 a %d bytes", INBOX_HEADER_BYTES_MAX),
            .action = arena_format(arena, "agregue el encabezado %s y " INBOX_AGAIN, name)});
    return false;
}

static const char *digest_of(struct arena *arena, const char *first, const char *second,
                             struct bytes rest)
{
    struct digest digest = {0};
    uint8_t hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    digest_begin(&digest);
    digest_add_text(&digest, first);
    digest_add_text(&digest, second);
    digest_add(&digest, rest.data, rest.size);
    digest_end(&digest, hash);
    digest_finish(&digest);
    digest_hex(hash, hex);
    return arena_copy(arena, hex);
}

const char *inbox_digest(struct arena *arena, const char *type, const char *said)
{
    return digest_of(arena, type, said, (struct bytes){0});
}

static bool is_act(const struct inbox_reading *reading)
{
    return text_equal(reading->report->message->type, quarantine_act_type.full_name);
}

static void read_kind(struct inbox_reading *reading)
{
    const char *type = reading->report->message->type;

    if (!require_header(reading, "ce_type", type)) {
        return;
    }
    reading->report->kind = inbox_kind_named(reading->kinds, type);
    if (reading->report->kind == NULL && !is_act(reading)) {
        reading->report->aside = ASIDE_IDENTITY;
        inbox_remark(reading, true,
                     &(struct row_remark){.reason = {REASON_UNKNOWN_TYPE, {NULL}},
                                          .column = "ce_type",
                                          .found = cell_shown(reading->arena, type),
                                          .expected = inbox_kind_names(reading->kinds),
                                          .action = "escriba en ce_type el nombre completo del "
                                                    "reporte y " INBOX_AGAIN});
    }
}

static void read_time(struct inbox_reading *reading, struct row_file *file)
{
    const char *time = reading->report->message->time;

    if (time == NULL) {
        return;
    }
    file->has_as_of = instant_parse(time, &file->as_of);
    if (!file->has_as_of) {
        file->as_of = 0;
        inbox_remark(reading, false,
                     &(struct row_remark){.reason = {REASON_TIME_UNREADABLE, {NULL}},
                                          .column = "ce_time",
                                          .found = cell_shown(reading->arena, time),
                                          .expected = "un instante, 2025-06-18T12:00:00Z",
                                          .action = "corrija ce_time en su programa"});
    }
}

static void read_headers(struct inbox_reading *reading)
{
    struct inbox_report *report = reading->report;
    const struct inbox_message *message = report->message;
    struct arena *arena = reading->arena;
    const bool has_id = require_header(reading, "ce_id", message->id);
    const bool has_source = require_header(reading, "ce_source", message->source);

    report->id = printable(arena, message->id);
    report->source = printable(arena, message->source);
    if (has_id && has_source) {
        report->key = digest_of(arena, message->source, message->id, (struct bytes){0});
    }
    read_kind(reading);
}

/* --- the row --- */

static void refuse_institution(struct inbox_reading *reading)
{
    const struct inbox_kind *kind = reading->report->kind;

    if (kind != NULL &&
        feed_layout_refusal(reading->institution, kind->fit.layout).why != REASON_NONE) {
        inbox_remark(reading, true,
                     &(struct row_remark){
                         .reason = {REASON_NOT_YOURS, {reading->institution, kind->type->name}},
                         .column = "ce_type",
                         .found = kind->type->full_name,
                         .expected = "los reportes de la propia institución",
                         .action = "publíquelo en el buzón de quien reporta"});
    }
}

static void read_row(struct inbox_reading *reading, const char *const *cells)
{
    struct inbox_report *report = reading->report;
    struct feed_row_record *row = &report->row;
    const struct inbox_message *message = report->message;
    const struct layout_reading *template = &report->kind->fit.readings[0];
    struct row_file *file = &row->of.file;

    row->of.layout = layout_id(template->layout);
    *file = (struct row_file){.institution = reading->institution,
                              .name = message->topic,
                              .sha256 = message->topic,
                              .again = INBOX_AGAIN};
    read_time(reading, file);
    row->fit = &report->kind->fit;
    row->cells = (struct table_row){
        .number = message->offset, .cells = cells, .count = template->columns.cells};
    row->rows = arena_alloc(reading->arena, sizeof *row->rows);
    row_read(template->layout, &template->columns, file, NULL, &row->cells, reading->arena,
             row->rows);
    report->readable = true;
    report->aside = ASIDE_ROW;
}

/* The same report in JSON and in Avro, or with its members in another order, says the same. */
static const char *digest_of_cells(struct inbox_reading *reading, const char *const *cells)
{
    const struct inbox_kind *kind = reading->report->kind;
    struct buffer joined = {0};
    const char *digest;

    for (size_t i = 0; i < kind->type->field_count; i++) {
        buffer_format(&joined, "%zu:%s", strlen(cells[i]), cells[i]);
    }
    digest = digest_of(reading->arena, kind->type->full_name, NULL, buffer_view(&joined));
    buffer_finish(&joined);
    return digest;
}

const struct inbox_report *inbox_read(const struct inbox_kinds *kinds,
                                      const struct layout_set *layouts, const char *institution,
                                      const struct inbox_message *message, struct arena *arena)
{
    struct inbox_report *report = arena_alloc(arena, sizeof *report);
    struct inbox_reading reading = {.kinds = kinds,
                                    .layouts = layouts,
                                    .institution = institution,
                                    .report = report,
                                    .arena = arena,
                                    .room = INBOX_REMARKS_MAX};
    const char *const *cells = NULL;

    reading.remarks = arena_array(arena, reading.room, sizeof *reading.remarks);
    *report = (struct inbox_report){.message = message, .remarks = reading.remarks};
    read_headers(&reading);
    refuse_institution(&reading);
    if (report->kind != NULL) {
        cells = inbox_cells(&reading);
    }
    if (is_act(&reading)) {
        inbox_act_read(&reading);
    }
    if (cells != NULL && !reading.faulty) {
        report->digest = digest_of_cells(&reading, cells);
        read_row(&reading, cells);
    } else if (report->digest == NULL) {
        report->digest = digest_of(arena, message->type, "", message->payload);
    }
    return report;
}
