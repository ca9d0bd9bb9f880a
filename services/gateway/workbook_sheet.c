#include "services/gateway/workbook_parts.h"

#include "services/gateway/table_reader.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16384, REFERENCE_BYTES = 16 };

/* What the text between the markup is. */
enum within { NOTHING, VALUE, INLINE_TEXT };

struct sheet_reading {
    struct part part;
    struct sheet_values values;
    enum within within;
    bool within_phonetic;
    /* the cell */
    char type[16];
    char reference[REFERENCE_BYTES];
    bool is_date;
    bool has_formula;
    bool has_value;
    size_t column;
    size_t next_column; /* of a cell that does not say where it is */
    struct buffer value;
    /* the row */
    struct buffer bytes; /* cells, each with its NUL */
    size_t starts[TABLE_CELLS_MAX];
    size_t count;  /* cells with a start */
    size_t filled; /* up to the last that is not empty */
    const char *cells[TABLE_CELLS_MAX];
    bool row_ended;
    char unvalued[REFERENCE_BYTES];
};

/* "BC12" is column 54; 0: it has none. */
static size_t column_of(const char *reference)
{
    size_t column = 0;

    for (const char *c = reference; *c >= 'A' && *c <= 'Z' && column < COLUMNS_MAX; c++) {
        column = column * 26 + (size_t)(*c - 'A') + 1;
    }
    return column;
}

static void keep_attribute(char *to, size_t room, const char *value)
{
    const size_t size = value == NULL ? 0 : strnlen(value, room - 1);

    if (size > 0) {
        memcpy(to, value, size);
    }
    to[size] = '\0';
}

static void start_cell(struct sheet_reading *sheet, const char **attributes)
{
    size_t column;

    keep_attribute(sheet->reference, sizeof sheet->reference, part_attribute(attributes, "r"));
    keep_attribute(sheet->type, sizeof sheet->type, part_attribute(attributes, "t"));
    sheet->is_date = cell_style_is_date(sheet->values.styles, part_attribute(attributes, "s"));
    sheet->has_formula = false;
    sheet->has_value = false;
    buffer_clear(&sheet->value);
    column = column_of(sheet->reference);
    sheet->column = column > 0 ? column - 1 : sheet->next_column;
    sheet->next_column = sheet->column + 1;
}

static void start_row(struct sheet_reading *sheet)
{
    buffer_clear(&sheet->bytes);
    sheet->count = 0;
    sheet->filled = 0;
    sheet->next_column = 0;
}

static void on_start(struct part *part, const char *name, const char **attributes)
{
    struct sheet_reading *sheet = part->context;

    if (strcmp(name, "c") == 0) {
        start_cell(sheet, attributes);
    } else if (strcmp(name, "v") == 0) {
        sheet->within = VALUE;
        sheet->has_value = true;
    } else if (strcmp(name, "f") == 0) {
        sheet->has_formula = true;
    } else if (strcmp(name, "rPh") == 0) {
        sheet->within_phonetic = true;
    } else if (strcmp(name, "t") == 0 && !sheet->within_phonetic) {
        sheet->within = INLINE_TEXT;
        sheet->has_value = true;
    } else if (strcmp(name, "row") == 0) {
        start_row(sheet);
    }
}

static void on_text(struct part *part, const char *text, size_t size)
{
    struct sheet_reading *sheet = part->context;

    if (sheet->within == NOTHING) {
        return;
    }
    if (sheet->value.size + size > TABLE_ROW_BYTES_MAX) {
        part_refuse(part, REASON_WORKBOOK_LARGE);
        return;
    }
    buffer_append(&sheet->value, text, size);
}

/* The cell's place in the row; those that the sheet leaves out are empty. */
static bool place_cell(struct sheet_reading *sheet)
{
    if (sheet->column >= TABLE_CELLS_MAX || sheet->column < sheet->count) {
        part_refuse(&sheet->part,
                    sheet->column < sheet->count ? REASON_WORKBOOK_BROKEN : REASON_WORKBOOK_LARGE);
        return false;
    }
    while (sheet->count <= sheet->column) {
        if (sheet->count < sheet->column) {
            sheet->starts[sheet->count] = sheet->bytes.size;
            buffer_append_u8(&sheet->bytes, 0);
        }
        sheet->count++;
    }
    sheet->starts[sheet->column] = sheet->bytes.size;
    return true;
}

static void append_value(struct sheet_reading *sheet)
{
    struct buffer *out = &sheet->bytes;
    const char *value = buffer_text(&sheet->value);

    if (strcmp(sheet->type, "s") == 0) {
        const char *text = shared_text(sheet->values.texts, value);

        if (text == NULL) {
            part_refuse(&sheet->part, REASON_WORKBOOK_BROKEN);
            return;
        }
        buffer_append_text(out, text);
    } else if (strcmp(sheet->type, "inlineStr") == 0 || strcmp(sheet->type, "str") == 0) {
        part_unescape(out, value, sheet->value.size);
    } else if (strcmp(sheet->type, "b") == 0) {
        buffer_append_text(out, strcmp(value, "1") == 0 ? "VERDADERO" : "FALSO");
    } else if (strcmp(sheet->type, "e") == 0 || strcmp(sheet->type, "d") == 0) {
        buffer_append_text(out, value);
    } else {
        cell_number_append(out, value, sheet->is_date, &sheet->values);
    }
}

/* Only a text may be empty: who cannot calculate writes the formula with no value, or an empty one. */
static bool is_unvalued(const struct sheet_reading *sheet)
{
    return sheet->has_formula && sheet->value.size == 0 &&
           !(sheet->has_value && strcmp(sheet->type, "str") == 0);
}

static void end_cell(struct sheet_reading *sheet)
{
    if (is_unvalued(sheet) && sheet->unvalued[0] == '\0') {
        memcpy(sheet->unvalued, sheet->reference[0] == '\0' ? "?" : sheet->reference,
               sheet->reference[0] == '\0' ? 2 : sizeof sheet->unvalued);
    }
    if (sheet->value.size == 0 || !place_cell(sheet)) {
        return;
    }
    append_value(sheet);
    buffer_append_u8(&sheet->bytes, 0);
    if (sheet->bytes.data[sheet->starts[sheet->column]] != '\0') {
        sheet->filled = sheet->count;
    }
    if (sheet->bytes.size > TABLE_ROW_BYTES_MAX) {
        part_refuse(&sheet->part, REASON_WORKBOOK_LARGE);
    }
}

static void on_end(struct part *part, const char *name)
{
    struct sheet_reading *sheet = part->context;

    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        sheet->within = NOTHING;
    } else if (strcmp(name, "rPh") == 0) {
        sheet->within_phonetic = false;
    } else if (strcmp(name, "c") == 0) {
        end_cell(sheet);
    } else if (strcmp(name, "row") == 0 && sheet->filled > 0) {
        sheet->row_ended = true;
        part_pause(part);
    }
}

struct sheet_reading *sheet_open(zip_t *zip, const char *part, const struct sheet_values *values,
                                 enum reason *fault)
{
    static const struct part_handlers handlers = {on_start, on_end, on_text};
    struct sheet_reading *sheet = memory_alloc(sizeof *sheet);

    memset(sheet, 0, sizeof *sheet);
    sheet->values = *values;
    *fault = part_open(&sheet->part, zip, part, &handlers, sheet);
    if (*fault != REASON_NONE) {
        sheet_close(sheet);
        return NULL;
    }
    return sheet;
}

bool sheet_next(struct sheet_reading *sheet, struct workbook_row *row, bool *found,
                enum reason *fault)
{
    sheet->row_ended = false;
    if (part_read(&sheet->part) == PART_FAULTY) {
        *fault = sheet->part.fault;
        return false;
    }
    *found = sheet->row_ended;
    for (size_t i = 0; *found && i < sheet->filled; i++) {
        sheet->cells[i] = (const char *)sheet->bytes.data + sheet->starts[i];
    }
    *row = (struct workbook_row){.cells = sheet->cells, .count = sheet->filled};
    return true;
}

const char *sheet_unvalued(const struct sheet_reading *sheet)
{
    return sheet->unvalued[0] != '\0' ? sheet->unvalued : NULL;
}

void sheet_close(struct sheet_reading *sheet)
{
    if (sheet != NULL) {
        part_close(&sheet->part);
        buffer_finish(&sheet->value);
        buffer_finish(&sheet->bytes);
        free(sheet);
    }
}
