#include "common/avro/record_json.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "services/gateway/inbox_parts.h"
#include "services/gateway/layout_parts.h"

#include <inttypes.h>
#include <string.h>

/* The payload of a message of the inbox becomes cells of a row: a JSON object, or a record that is seen as one. */

static void fault(struct inbox_reading *reading, const struct reason_said *reason,
                  const char *found, const char *expected, const char *action)
{
    reading->report->aside = ASIDE_DECODING;
    inbox_remark(reading, true,
                 &(struct row_remark){
                     .reason = *reason, .found = found, .expected = expected, .action = action});
}

/* --- members --- */

/* A value of the wrong kind is not guessed at: 12.10 as a number may already be another amount. */
static const char *wanted_kind(const struct layout_column *column, const struct record_field *field)
{
    switch (field->type) {
    case FIELD_INT32:
    case FIELD_INT64:
        return "un número entero, sin comillas";
    case FIELD_DATE:
        return "una fecha entre comillas, \"2025-06-18\"";
    case FIELD_TEXT:
    case FIELD_BOOL:
    case FIELD_BYTES:
    case FIELD_INSTANT:
    case FIELD_DECIMAL:
    case FIELD_ENUM:
    case FIELD_RECORD:
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        break;
    }
    return column->type == COLUMN_MONEY ? "un importe entre comillas, \"12.50\""
                                        : "un texto entre comillas";
}

static bool is_of_kind(const struct record_field *field, const json_t *value)
{
    const bool whole = field->type == FIELD_INT32 || field->type == FIELD_INT64;

    return whole ? json_is_integer(value) : json_is_string(value);
}

static const char *shown(struct arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    const char *found = text == NULL ? "" : cell_shown(arena, text);

    free(text);
    return found;
}

static const char *cell_of(struct inbox_reading *reading, const struct layout_column *column,
                           const struct record_field *field, const json_t *value)
{
    struct arena *arena = reading->arena;

    if (value == NULL || json_is_null(value)) {
        return "";
    }
    if (json_is_integer(value) && is_of_kind(field, value)) {
        return arena_format(arena, "%" PRId64, (int64_t)json_integer_value(value));
    }
    if (is_of_kind(field, value)) {
        return arena_copy(arena, json_string_value(value));
    }
    reading->report->aside = ASIDE_DECODING;
    inbox_remark(
        reading, true,
        &(struct row_remark){
            .reason = {column->type == COLUMN_MONEY ? REASON_MONEY_AS_NUMBER : REASON_JSON_TYPE,
                       {NULL}},
            .column = column->name,
            .found = shown(arena, value),
            .expected = wanted_kind(column, field),
            .action = arena_format(arena, "escriba en %s %s y " INBOX_AGAIN, column->name,
                                   wanted_kind(column, field))});
    return "";
}

static void tell_unknown_members(struct inbox_reading *reading, json_t *object)
{
    const struct record_type *type = reading->report->kind->type;
    struct arena *arena = reading->arena;
    size_t told = 0;
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        if (record_field_named(type, name) != NULL) {
            continue;
        }
        if (told++ < INBOX_UNKNOWN_MEMBERS_MAX) {
            const char *member = cell_shown(arena, name);

            inbox_remark(
                reading, false,
                &(struct row_remark){
                    .reason = {REASON_UNKNOWN_MEMBER, {NULL}},
                    .column = member,
                    .found = shown(arena, value),
                    .expected = arena_format(arena, "los miembros de %s", type->full_name),
                    .action = arena_format(arena, "corrija el nombre de %s o quítelo", member)});
        }
    }
}

static const char *const *cells_of(struct inbox_reading *reading, json_t *object)
{
    const struct inbox_kind *kind = reading->report->kind;
    const struct layout *layout = kind->fit.layout;
    const char **cells = arena_array(reading->arena, layout->column_count, sizeof *cells);

    for (size_t i = 0; i < layout->column_count; i++) {
        const struct record_field *field = &kind->type->fields[i];

        cells[i] =
            cell_of(reading, &layout->columns[i], field, json_object_get(object, field->name));
    }
    tell_unknown_members(reading, object);
    return cells;
}

/* --- JSON --- */

static struct reason_said json_reason(struct arena *arena, const json_error_t *error)
{
    const bool twice = json_error_code(error) == json_error_duplicate_key;

    return (struct reason_said){
        twice ? REASON_MEMBER_TWICE : REASON_NO_JSON,
        {arena_format(arena, "%d", error->line), arena_format(arena, "%d", error->column)}};
}

static const char *const *cells_of_json(struct inbox_reading *reading)
{
    const struct bytes payload = reading->report->message->payload;
    struct arena *arena = reading->arena;
    const char *beginning = text_clean(arena, payload.data, payload.size, CELL_SHOWN_BYTES);
    const char *const *cells = NULL;
    json_error_t error;
    json_t *json =
        json_loadb((const char *)payload.data, payload.size, JSON_REJECT_DUPLICATES, &error);

    if (json == NULL) {
        const struct reason_said reason = json_reason(arena, &error);

        fault(reading, &reason, beginning, "un objeto JSON en UTF-8, o Avro con su encabezado",
              "corrija el JSON y " INBOX_AGAIN);
    } else if (!json_is_object(json)) {
        fault(reading, &(struct reason_said){.why = REASON_NO_OBJECT}, beginning,
              "un objeto JSON: {\"recepcion\": …}",
              "publique un objeto por reporte con otro ce_id");
    } else {
        cells = cells_of(reading, json);
    }
    json_decref(json);
    return cells;
}

/* --- Avro --- */

static const char *const *cells_of_record(struct inbox_reading *reading)
{
    const struct inbox_message *message = reading->report->message;
    const char *const *cells;
    json_t *json;

    if (message->schema != reading->report->kind->type) {
        reading->report->aside = ASIDE_DECODING;
        inbox_remark(reading, true,
                     &(struct row_remark){.reason = {REASON_OTHER_TYPE, {NULL}},
                                          .column = "ce_type",
                                          .found = cell_shown(reading->arena, message->type),
                                          .expected = message->schema->full_name,
                                          .action = "escriba en ce_type el nombre del registro "
                                                    "Avro y " INBOX_AGAIN});
        return NULL;
    }
    json = record_json(message->schema, message->record);
    cells = cells_of(reading, json);
    json_decref(json);
    return cells;
}

const char *const *inbox_cells(struct inbox_reading *reading)
{
    const struct inbox_message *message = reading->report->message;
    const char *why = message->fault == NULL ? "" : cell_shown(reading->arena, message->fault);

    if (message->payload.size == 0) {
        fault(reading, &(struct reason_said){.why = REASON_EMPTY}, "",
              "un objeto JSON, o Avro con su encabezado",
              "publique el reporte completo con otro ce_id");
        return NULL;
    }
    switch (message->form) {
    case INBOX_OTHER:
        return cells_of_json(reading);
    case INBOX_RECORD:
        return cells_of_record(reading);
    case INBOX_UNREADABLE:
        fault(reading, &(struct reason_said){.why = REASON_AVRO_UNREADABLE}, why,
              "los bytes que su esquema describe",
              "serialice con el esquema que el mensaje nombra y " INBOX_AGAIN);
        return NULL;
    case INBOX_UNKNOWN_SCHEMA:
        fault(reading, &(struct reason_said){.why = REASON_SCHEMA_UNKNOWN}, why,
              "el id de un esquema de mx.abasto.inbox",
              "tome el id del registro de esquemas de Abasto y " INBOX_AGAIN);
        return NULL;
    case INBOX_FOREIGN_SCHEMA:
        fault(reading, &(struct reason_said){.why = REASON_SCHEMA_FOREIGN}, why,
              "un esquema de mx.abasto.inbox, tal como se publica",
              "serialice con un esquema de mx.abasto.inbox y " INBOX_AGAIN);
        return NULL;
    }
    return NULL;
}
