#include "services/gateway/row.h"

#include "common/avro/record_member.h"
#include "common/base/date.h"
#include "common/base/text.h"
#include "events.h"
#include "services/gateway/row_reading.h"

#include <inttypes.h>
#include <string.h>

enum { EXTRA_REMARKS = 12 }; /* of rules, over those of the cells */

/* "10", "0", "104", "0", "0" -> "010.000.0104.00.00": spreadsheets eat the zeros in front. */
static const char *joined_parts(const struct row_reading *reading,
                                const struct layout_column *column)
{
    static const int widths[CLAVE_PARTS_MAX] = {3, 3, 4, 2, 2};
    const char *joined = "";

    for (size_t i = 0; i < column->part_count; i++) {
        const char *part = text_trim(reading->arena, row_found(reading, column->parts[i]));
        int64_t number;

        if (text_to_int64(part, &number) && number >= 0) {
            part = arena_format(reading->arena, "%0*" PRId64, widths[i], number);
        }
        joined = arena_format(reading->arena, "%s%s%s", joined, i == 0 ? "" : ".", part);
    }
    return strspn(joined, ".") == strlen(joined) ? "" : joined;
}

const char *row_found(const struct row_reading *reading, const struct layout_column *column)
{
    const size_t at = reading->columns->at[column - reading->layout->columns];

    if (column->part_count > 0) {
        return joined_parts(reading, column);
    }
    return at < reading->row->count ? reading->row->cells[at] : "";
}

/* Puts a value into its member; the kinds were checked when the layout was read. */
static void put(struct row_reading *reading, const struct layout_member *member, const char *text,
                int64_t number)
{
    void *record;

    if (member->field == NULL) {
        return;
    }
    record = layout_member_at(member, reading->event);
    switch (member->field->type) {
    case FIELD_TEXT:
        *(const char **)member_of(member->field, record) = text;
        break;
    case FIELD_DATE:
    case FIELD_INT32:
        *(int32_t *)member_of(member->field, record) = (int32_t)number;
        break;
    case FIELD_INT64:
    case FIELD_DECIMAL:
    case FIELD_INSTANT:
        *(int64_t *)member_of(member->field, record) = number;
        break;
    case FIELD_BOOL:
        *(bool *)member_of(member->field, record) = number != 0;
        break;
    case FIELD_ENUM:
        *(unsigned *)member_of(member->field, record) = (unsigned)number;
        break;
    case FIELD_BYTES:
    case FIELD_RECORD:
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return;
    }
    member_set_present(member->field, record, true);
}

static enum reason missing_reason(const struct layout_column *column, const struct cell *cell)
{
    if (column->if_blank != NULL) {
        return REASON_BLANK_MEANS;
    }
    switch (column->type) {
    case COLUMN_LOT:
        return REASON_NO_LOT;
    case COLUMN_EXPIRY:
        return REASON_NO_EXPIRY;
    case COLUMN_TEXT:
    case COLUMN_IDENTIFIER:
    case COLUMN_CLAVE:
    case COLUMN_RFC:
    case COLUMN_CONTRACT:
    case COLUMN_ORDER:
    case COLUMN_CLUES:
    case COLUMN_PROCEDURE:
    case COLUMN_DATE:
    case COLUMN_QUANTITY:
    case COLUMN_INTEGER:
    case COLUMN_PERCENT:
    case COLUMN_MONEY:
    case COLUMN_WORDS:
        break;
    }
    return cell->word ? REASON_SAYS_NONE : REASON_BLANK;
}

/* A word that stands for none ("S/L") is said even where blank is quite in order. */
static bool worth_a_word(const struct layout_column *column, const struct cell *cell)
{
    return column->need == COLUMN_EXPECTED ||
           (cell->word && (column->type == COLUMN_LOT || column->type == COLUMN_EXPIRY));
}

/* What takes the place of a cell that says nothing. */
static void use_default(const struct layout_column *column, bool unknown_word, struct cell *cell)
{
    const struct column_word *word =
        unknown_word && column->other != NULL ? column->other : column->preset;

    if (word != NULL) {
        *cell = (struct cell){.state = CELL_READ, .text = word->symbol, .number = word->number};
    } else if (column->has_default_number) {
        *cell = (struct cell){.state = CELL_READ, .number = column->default_number};
    }
}

/* What is doubtful about a cell that was read. */
static enum reason doubt_about(const struct row_reading *reading,
                               const struct layout_column *column, const struct cell *cell)
{
    const struct row_catalogue *catalogue = reading->catalogue;

    if (cell->doubt == REASON_NONE && column->role == ROLE_CLAVE && cell->well_formed &&
        reading->layout->fact.field != NULL && catalogue != NULL && catalogue->knows != NULL &&
        !catalogue->knows(catalogue->context, cell->text)) {
        return REASON_CLAVE_UNKNOWN;
    }
    return cell->doubt;
}

/* Whether the row cannot do without a cell. */
static bool sets_aside(const struct layout_column *column, const struct cell *cell)
{
    if (cell->state == CELL_UNREADABLE && column->unreadable_aside) {
        return true;
    }
    return column->need == COLUMN_REQUIRED &&
           (cell->state == CELL_MISSING || column->other == NULL);
}

static void take_cell(struct row_reading *reading, const struct layout_column *column)
{
    struct cell *cell = &reading->cells[column - reading->layout->columns];
    const char *found = row_found(reading, column);
    enum reason doubt;

    *cell = cell_read(column, found, reading->file->institution, reading->arena);
    if (cell->state == CELL_READ) {
        doubt = doubt_about(reading, column, cell);
        if (doubt != REASON_NONE) {
            row_warn(reading, column, doubt, NULL);
        }
    } else if (sets_aside(column, cell)) {
        row_set_aside(reading, column, cell);
        return;
    } else if (cell->state == CELL_UNREADABLE) {
        row_warn(reading, column, cell->doubt, NULL);
        put(reading, &column->states, NULL, 0);
        reading->unstated = column->unstates.field != NULL ? &column->unstates : reading->unstated;
        use_default(column, true, cell);
    } else {
        if (worth_a_word(column, cell)) {
            row_warn(reading, column, missing_reason(column, cell), column->if_blank);
        }
        use_default(column, false, cell);
    }
    if (cell->state == CELL_READ) {
        put(reading, &column->target, cell->text, cell->number);
        put(reading, &column->states, NULL, 1);
    }
}

/* A second column that says the same: the other decides, this one is only looked at. */
static void compare(struct row_reading *reading, const struct layout_column *column)
{
    const struct cell *cell = &reading->cells[column - reading->layout->columns];
    const struct cell *other = &reading->cells[column->checks - reading->layout->columns];

    if (cell->state != CELL_READ || other->state != CELL_READ ||
        (cell->number == other->number && text_equal(cell->text, other->text))) {
        return;
    }
    if (column->type != COLUMN_CLAVE || cell->well_formed) {
        row_warn(reading, column, REASON_DIFFERS, column->checks->name);
    }
}

static void give_role(struct row_reading *reading, const struct layout_column *column)
{
    const struct cell *cell = &reading->cells[column - reading->layout->columns];
    struct reported_row *out = reading->out;

    if (cell->state != CELL_READ) {
        return;
    }
    switch (column->role) {
    case ROLE_NONE:
        break;
    case ROLE_CONTRACT:
        out->contract = cell->text;
        break;
    case ROLE_ORDER:
        out->order = cell->text;
        break;
    case ROLE_CLAVE:
        out->clave = cell->text;
        break;
    case ROLE_SHIPMENT:
        out->shipment = cell->text;
        break;
    case ROLE_RECEIPT:
        out->receipt = cell->text;
        break;
    case ROLE_SUPPLIER:
        out->supplier = cell->text;
        break;
    case ROLE_AS_OF:
        out->as_of = cell->number * DATE_DAY_MICROSECONDS;
        break;
    case ROLE_NATURE:
        out->invented = cell->number != 0;
        break;
    }
}

/* The natural key, canonical; NULL when a part that the row cannot do without is not there. */
static const char *fact_id(const struct row_reading *reading)
{
    const struct layout *layout = reading->layout;
    const char *id = NULL;

    for (size_t i = 0; i < layout->key_count; i++) {
        const struct cell *cell = &reading->cells[layout->keys[i] - layout->columns];
        const char *part = cell->state == CELL_READ ? cell->text : "";

        if (cell->state != CELL_READ && layout->keys[i]->need == COLUMN_REQUIRED) {
            return NULL;
        }
        id = id == NULL ? part : arena_format(reading->arena, "%s|%s", id, part);
    }
    return id;
}

/* Where in a snapshot the row stands. */
static void find_scope(struct row_reading *reading)
{
    const struct layout *layout = reading->layout;
    struct reported_row *out = reading->out;

    for (size_t i = 0; i < layout->scope_count; i++) {
        const struct cell *cell = &reading->cells[layout->scope[i] - layout->columns];
        const char *part = cell->state == CELL_READ ? cell->text : "";

        out->scope = i == 0 ? part : arena_format(reading->arena, "%s|%s", out->scope, part);
    }
    if (layout->window != NULL) {
        out->day = (int32_t)reading->cells[layout->window - layout->columns].number;
    }
}

/* A row that cannot be told from a later version of itself cannot be taken. */
static void require_as_of(struct row_reading *reading)
{
    if (reading->out->as_of == INT64_MIN) {
        if (!reading->layout->undated) {
            const bool is_file = reading->file->again == NULL;

            row_fault(
                reading,
                &(struct row_remark){
                    .reason = {is_file ? REASON_FILE_UNDATED : REASON_REPORT_UNDATED, {NULL}},
                    .column = "corte",
                    .found = "",
                    .expected = "la fecha de la que habla la fila, AAAA-MM-DD",
                    .action = is_file ? ROW_AGAIN_FILE " con --as-of AAAA-MM-DD"
                                      : arena_format(reading->arena, "escriba corte o ce_time y %s",
                                                     row_again(reading)),
                });
        }
        reading->out->as_of = 0;
    }
}

/* Whether the first cell that says something is one of the layout's marks. */
static bool is_filler(const struct row_reading *reading)
{
    const struct layout *layout = reading->layout;
    const struct table_row *row = reading->row;
    size_t first = 0;
    const char *folded;

    while (layout->filler_count > 0 && first < row->count && text_is_blank(row->cells[first])) {
        first++;
    }
    if (layout->filler_count == 0 || first == row->count) {
        return false;
    }
    folded = column_fold(reading->arena, row->cells[first]);
    for (size_t i = 0; i < layout->filler_count; i++) {
        if (text_equal(folded, layout->fillers[i])) {
            return true;
        }
    }
    return false;
}

static void tell_filler(struct row_reading *reading)
{
    reading->faults[0] = (struct row_remark){
        .reason = {REASON_FILLER, {NULL}},
        .column = "(fila)",
        .found = cell_shown(reading->arena, reading->row->cells[0]),
        .expected = "una fila de datos",
        .action = "nada; si es un dato, quite la marca con que empieza la fila",
    };
    reading->out->verdict = ROW_FILLER;
    reading->out->as_of = 0;
    reading->out->remarks = reading->faults;
    reading->out->remark_count = 1;
}

static bool has_shape(struct row_reading *reading)
{
    const struct table_row *row = reading->row;
    struct arena *arena = reading->arena;
    size_t cells = row->count;

    if (row->torn) {
        row_fault(
            reading,
            &(struct row_remark){
                .reason = {row->too_long ? REASON_LINE_TOO_LONG : REASON_OPEN_QUOTE, {NULL}},
                .column = "(fila)",
                .found = row->count == 0 ? "" : cell_shown(arena, row->cells[0]),
                .expected = row->too_long ? "un renglón de hasta 1 MB"
                                          : "comillas que se abren y se cierran en su celda",
                .action =
                    row->too_long
                        ? "revise separadores y saltos de renglón y cargue el archivo otra vez"
                        : "cierre las comillas de la fila y cargue el archivo otra vez",
            });
        return false;
    }
    while (cells > reading->columns->cells && text_is_blank(row->cells[cells - 1])) {
        cells--; /* separators too many at the end hide nothing */
    }
    if (cells != reading->columns->cells) {
        row_fault(
            reading,
            &(struct row_remark){
                .reason = {REASON_OTHER_CELLS, {NULL}},
                .column = "(fila)",
                .found = arena_format(arena, "%zu celdas", row->count),
                .expected = arena_format(arena, "%zu celdas", reading->columns->cells),
                .action = "revise separadores y comillas de la fila y cargue el archivo otra vez",
            });
        return false;
    }
    return true;
}

/* Whether all is blank that a row must not lack in order to say anything; no pieces are as good as a blank. */
static bool is_silent(const struct row_reading *reading)
{
    const struct layout *layout = reading->layout;

    for (size_t i = 0; i < layout->silent_count; i++) {
        const struct layout_column *column = layout->silent_without[i];
        const struct cell cell = cell_read(column, row_found(reading, column),
                                           reading->file->institution, reading->arena);
        int64_t none;

        if (cell.state != CELL_MISSING &&
            !(column->type == COLUMN_QUANTITY &&
              text_to_int64(text_trim(reading->arena, row_found(reading, column)), &none) &&
              none == 0)) {
            return false;
        }
    }
    return layout->silent_count > 0;
}

static void read_cells(struct row_reading *reading)
{
    const struct layout *layout = reading->layout;

    for (size_t i = 0; i < layout->column_count; i++) {
        take_cell(reading, &layout->columns[i]);
    }
    for (size_t i = 0; i < layout->column_count; i++) {
        give_role(reading, &layout->columns[i]);
        if (layout->columns[i].checks != NULL) {
            compare(reading, &layout->columns[i]);
        }
    }
    reading->out->fact_id = fact_id(reading);
    find_scope(reading);
    require_as_of(reading);
}

static void finish_event(struct row_reading *reading)
{
    const struct layout *layout = reading->layout;
    struct reported_row *out = reading->out;

    for (size_t i = 0; i < layout->constant_count; i++) {
        put(reading, &layout->constants[i].target, layout->constants[i].text,
            layout->constants[i].number);
    }
    if (reading->unstated != NULL) {
        put(reading, reading->unstated, NULL, 0);
    }
    put(reading, &layout->institution_member, reading->file->institution, 0);
    put(reading, &layout->as_of_member, NULL, out->as_of);
    record_fill_texts(layout->event, reading->event);
    if (layout->fact.field != NULL) {
        *(struct fact *)member_of(layout->fact.field, reading->event) = (struct fact){
            .fact_id = out->fact_id,
            .source = layout->source,
            .as_of = out->as_of,
            .file = reading->file->sha256,
            .row = out->number,
            .invented = out->invented,
        };
    }
    out->type = layout->event;
    out->event = reading->event;
}

/* Of a row that is set aside only what keeps it from being taken is said. */
static void hand_over_remarks(struct row_reading *reading)
{
    const bool faulty = reading->fault_count > 0;
    struct reported_row *out = reading->out;

    out->remarks = faulty ? reading->faults : reading->warnings;
    out->remark_count = faulty ? reading->fault_count : reading->warning_count;
    out->verdict = faulty ? ROW_SET_ASIDE : ROW_TAKEN;
}

void row_read(const struct layout *layout, const struct layout_columns *columns,
              const struct row_file *file, const struct row_catalogue *catalogue,
              const struct table_row *cells, struct arena *arena, struct reported_row *out)
{
    const size_t room = layout->column_count * 2 + EXTRA_REMARKS;
    struct row_reading reading = {
        .layout = layout,
        .columns = columns,
        .file = file,
        .catalogue = catalogue,
        .row = cells,
        .arena = arena,
        .cells = arena_array(arena, layout->column_count, sizeof *reading.cells),
        .event = arena_alloc(arena, layout->event->struct_bytes),
        .faults = arena_array(arena, room, sizeof *reading.faults),
        .warnings = arena_array(arena, room, sizeof *reading.warnings),
        .remark_room = room,
        .out = out,
    };

    *out = (struct reported_row){
        .layout = layout,
        .number = cells->number,
        .as_of = file->has_as_of ? file->as_of : INT64_MIN,
        .invented = file->invented,
    };
    if (is_filler(&reading)) {
        tell_filler(&reading);
        return;
    }
    if (has_shape(&reading)) {
        if (is_silent(&reading)) {
            out->verdict = ROW_SILENT;
            out->as_of = 0;
            return;
        }
        read_cells(&reading);
    }
    if (reading.fault_count == 0) {
        row_apply_rules(&reading);
    }
    if (reading.fault_count == 0) {
        finish_event(&reading);
        row_digest(&reading);
    }
    if (out->as_of == INT64_MIN) {
        out->as_of = 0;
    }
    hand_over_remarks(&reading);
}
