#include "services/gateway/table_reader.h"

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/cp1252.h"
#include "common/base/text.h"
#include "services/gateway/workbook.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_BYTES = 64 * 1024,
    INSIDE_A_FIELD = 2, /* libcsv's FIELD_BEGUN; with `quoted`: a quote is open */
};

/* A row that libcsv has ended and nobody has asked for yet. */
struct waiting_row {
    size_t first_cell;
    size_t cell_count;
    bool not_text;
    size_t not_text_cell;
    bool torn;
    bool too_long;
};

struct table_reader {
    FILE *stream;
    struct workbook *book; /* NULL: delimited text */
    struct table_form form;
    struct csv_parser parser;
    struct buffer
        input; /* as UTF-8: the lines parsed since the last row ended, and what is not parsed yet */
    size_t open_at;  /* where those lines begin */
    size_t input_at; /* and end */
    size_t open_lines;
    struct buffer text; /* cells, each with its NUL */
    size_t *starts;     /* of the cells in `text` */
    size_t start_count;
    size_t start_capacity;
    struct waiting_row *rows;
    size_t row_count;
    size_t row_capacity;
    size_t row_next;
    struct waiting_row current; /* not ended */
    size_t dropped_cells;
    size_t header_cells;
    const char **cells;
    size_t cell_capacity;
    int64_t number;
    bool started;
    bool at_end; /* of the stream */
    bool ended;  /* and everything is parsed */
    char chunk[CHUNK_BYTES];
};

/* Whether these bytes are plain ASCII without NUL, which nearly all cells are. */
static bool is_plain(const char *bytes, size_t size)
{
    unsigned high = 0;
    bool zero = false;

    for (size_t i = 0; i < size; i++) {
        high |= (unsigned char)bytes[i];
        zero |= bytes[i] == '\0';
    }
    return high < 0x80 && !zero;
}

/* A NUL would hide what stands behind it: U+FFFD shows that something was there. */
static void append_cell(struct buffer *out, const char *bytes, size_t size)
{
    for (;;) {
        const char *zero = size == 0 ? NULL : memchr(bytes, 0, size);
        const size_t length = zero == NULL ? size : (size_t)(zero - bytes);

        buffer_append(out, bytes, length);
        if (zero == NULL) {
            return;
        }
        buffer_append_text(out, "\xEF\xBF\xBD");
        bytes = zero + 1;
        size -= length + 1;
    }
}

static void end_cell(void *bytes, size_t size, void *context)
{
    struct table_reader *reader = context;
    struct waiting_row *row = &reader->current;
    const char *text = size == 0 ? "" : bytes;

    if (row->cell_count == TABLE_CELLS_MAX) {
        reader->dropped_cells++;
        return;
    }
    if (!is_plain(text, size) && !row->not_text && !text_is_utf8(text, size)) {
        row->not_text = true;
        row->not_text_cell = row->cell_count;
    }
    if (reader->start_count == reader->start_capacity) {
        reader->start_capacity = reader->start_capacity == 0 ? 256 : reader->start_capacity * 2;
        reader->starts =
            memory_resize(reader->starts, reader->start_capacity * sizeof *reader->starts);
    }
    reader->starts[reader->start_count++] = reader->text.size;
    append_cell(&reader->text, text, size);
    buffer_append_u8(&reader->text, 0);
    row->cell_count++;
}

static void end_row(int terminator, void *context)
{
    struct table_reader *reader = context;

    (void)terminator;
    if (reader->row_count == reader->row_capacity) {
        reader->row_capacity = reader->row_capacity == 0 ? 64 : reader->row_capacity * 2;
        reader->rows = memory_resize(reader->rows, reader->row_capacity * sizeof *reader->rows);
    }
    reader->rows[reader->row_count++] = reader->current;
    reader->current = (struct waiting_row){.first_cell = reader->start_count};
}

static void start_parser(struct table_reader *reader)
{
    if (csv_init(&reader->parser, CSV_APPEND_NULL) != 0) {
        abort(); /* it fails only for a NULL parser */
    }
    csv_set_delim(&reader->parser, (unsigned char)reader->form.delimiter);
    csv_set_blk_size(&reader->parser, CHUNK_BYTES); /* its 128 bytes make long cells quadratic */
}

struct table_reader *table_reader_create(FILE *stream, struct table_form form)
{
    struct table_reader *reader = memory_alloc(sizeof *reader);

    memset(reader, 0, sizeof *reader);
    reader->stream = form.sheet == 0 ? stream : NULL;
    reader->book = form.sheet == 0 ? NULL : workbook_open(stream);
    reader->form = form;
    reader->number = -(int64_t)form.skip_rows;
    start_parser(reader);
    return reader;
}

void table_reader_destroy(struct table_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    csv_free(&reader->parser);
    if (reader->stream != NULL) {
        (void)fclose(reader->stream);
    }
    workbook_close(reader->book);
    buffer_finish(&reader->text);
    buffer_finish(&reader->input);
    free(reader->starts);
    free(reader->rows);
    free(reader->cells);
    free(reader);
}

/* The lines parsed so far are rows, for good. */
static void close_lines(struct table_reader *reader)
{
    reader->open_at = reader->input_at;
    reader->open_lines = 0;
}

/* All waiting rows were handed out, and none is begun. */
static void forget_rows(struct table_reader *reader)
{
    if (reader->open_lines == 0) {
        reader->text.size = 0;
        reader->start_count = 0;
        reader->current = (struct waiting_row){0};
        reader->row_count = 0;
        reader->row_next = 0;
    }
}

static bool inside_quotes(const struct table_reader *reader)
{
    return reader->parser.pstate == INSIDE_A_FIELD && reader->parser.quoted != 0;
}

/* Reads on; bytes that are rows already are let go. */
static bool read_chunk(struct table_reader *reader, struct error *err)
{
    struct buffer *input = &reader->input;
    size_t size = fread(reader->chunk, 1, CHUNK_BYTES, reader->stream);
    const char *bytes = reader->chunk;

    if (ferror(reader->stream) != 0) {
        return error_set(err, ERROR_RETRY, "no se pudo leer el archivo: %s", strerror(errno));
    }
    reader->at_end = size == 0;
    if (!reader->started && size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    reader->started = true;
    if (reader->open_at > 0) {
        memmove(input->data, input->data + reader->open_at, input->size - reader->open_at);
        input->size -= reader->open_at;
        reader->input_at -= reader->open_at;
        reader->open_at = 0;
    }
    if (reader->form.cp1252) {
        cp1252_append_utf8(input, bytes, size);
    } else {
        buffer_append(input, bytes, size);
    }
    return true;
}

/* Adds a row of one cell that shows how a line begins that cannot be parted into cells. */
static void add_torn(struct table_reader *reader, const void *line, size_t size, bool too_long)
{
    const size_t shown = size < TORN_SHOWN_BYTES ? size : TORN_SHOWN_BYTES;
    char copy[TORN_SHOWN_BYTES];

    memcpy(copy, line, shown);
    end_cell(copy, shown, reader);
    reader->current.torn = true;
    reader->current.too_long = too_long;
    end_row(0, reader);
}

/* Bytes of the first line of a text, its end included. */
static size_t line_bytes(const uint8_t *text, size_t size)
{
    const uint8_t *end = size == 0 ? NULL : memchr(text, '\n', size);

    return end == NULL ? size : (size_t)(end - text) + 1;
}

/* The quote that opened in the first of the open lines was a mistake: that line alone is torn, and the
 * others are read anew. Nothing waits, for lines are parsed only when nothing does. */
static void tear_first_line(struct table_reader *reader)
{
    const uint8_t *line = reader->input.data + reader->open_at;
    const size_t first = line_bytes(line, reader->input_at - reader->open_at);

    csv_free(&reader->parser);
    start_parser(reader);
    reader->text.size = 0;
    reader->start_count = 0;
    reader->row_count = 0;
    reader->row_next = 0;
    reader->current = (struct waiting_row){0};
    add_torn(reader, line, first, false);
    reader->input_at = reader->open_at + first;
    close_lines(reader);
}

/* Whether a cell of what was read as one row holds whole rows: a quote closed where another opened. */
static bool has_swallowed(const struct table_reader *reader)
{
    for (size_t i = 0; reader->header_cells > 2 && i < reader->start_count; i++) {
        const char *cell = (const char *)reader->text.data + reader->starts[i];
        size_t delimiters = 0;

        if (strchr(cell, '\n') == NULL) {
            continue;
        }
        for (const char *c = cell; *c != '\0'; c++) {
            delimiters += *c == reader->form.delimiter ? 1 : 0;
        }
        if (delimiters + 1 >= reader->header_cells) {
            return true;
        }
    }
    return false;
}

/* Whether so much stands within the open quote that it is none: each line that opens one is read anew after it, so
 * that the bound is also what a file of nothing but open quotes costs. */
static bool is_open_too_long(const struct table_reader *reader)
{
    return reader->input_at - reader->open_at > TABLE_QUOTED_BYTES_MAX ||
           reader->open_lines > TABLE_QUOTED_LINES_MAX;
}

static bool parse_line(struct table_reader *reader, size_t size, struct error *err)
{
    const uint8_t *line = reader->input.data + reader->input_at;

    if (csv_parse(&reader->parser, line, size, end_cell, end_row, reader) != size) {
        return error_set(err, ERROR_RETRY, "%s", csv_strerror(csv_error(&reader->parser)));
    }
    reader->input_at += size;
    reader->open_lines++;
    if (inside_quotes(reader)) {
        if (is_open_too_long(reader)) {
            tear_first_line(reader);
        }
    } else if (reader->open_lines > 1 && has_swallowed(reader)) {
        tear_first_line(reader);
    } else if (size > 0 && line[size - 1] == '\n') {
        close_lines(reader);
    }
    return true;
}

/* A line without an end: its beginning is told, and the rest is passed over as it comes. */
static bool skip_long_line(struct table_reader *reader, struct error *err)
{
    struct buffer *input = &reader->input;
    size_t size;

    if (reader->open_lines > 0) {
        tear_first_line(reader);
        return true;
    }
    add_torn(reader, input->data + reader->input_at, input->size - reader->input_at, true);
    for (;;) {
        size = line_bytes(input->data + reader->input_at, input->size - reader->input_at);
        reader->input_at += size;
        close_lines(reader);
        if (reader->at_end || (size > 0 && input->data[reader->input_at - 1] == '\n')) {
            return true;
        }
        if (!read_chunk(reader, err)) {
            return false;
        }
    }
}

/* The stream has ended, and so has what was read of it. */
static void end_rows(struct table_reader *reader)
{
    if (inside_quotes(reader)) {
        tear_first_line(reader);
        return;
    }
    (void)csv_fini(&reader->parser, end_cell, end_row, reader);
    if (reader->open_lines > 1 && has_swallowed(reader)) {
        tear_first_line(reader);
        return;
    }
    close_lines(reader);
    reader->ended = true;
}

/* Parses the next line, or ends. */
static bool advance(struct table_reader *reader, struct error *err)
{
    struct buffer *input = &reader->input;

    for (;;) {
        const size_t left = input->size - reader->input_at;
        const size_t size = left == 0 ? 0 : line_bytes(input->data + reader->input_at, left);

        if (size > 0 && (reader->at_end || input->data[reader->input_at + size - 1] == '\n')) {
            return parse_line(reader, size, err);
        }
        if (reader->at_end) {
            end_rows(reader);
            return true;
        }
        if (left > TABLE_ROW_BYTES_MAX) {
            return skip_long_line(reader, err);
        }
        if (!read_chunk(reader, err)) {
            return false;
        }
    }
}

static void make_room(struct table_reader *reader, size_t cells)
{
    if (cells > reader->cell_capacity) {
        reader->cell_capacity = cells;
        reader->cells = memory_resize(reader->cells, cells * sizeof *reader->cells);
    }
}

static void hand_out(struct table_reader *reader, struct table_row *row)
{
    const struct waiting_row *waiting = &reader->rows[reader->row_next++];

    make_room(reader, waiting->cell_count);
    for (size_t i = 0; i < waiting->cell_count; i++) {
        reader->cells[i] =
            (const char *)reader->text.data + reader->starts[waiting->first_cell + i];
    }
    if (reader->number == 0) {
        reader->header_cells = waiting->cell_count;
    }
    *row = (struct table_row){
        .number = reader->number++,
        .cells = reader->cells,
        .count = waiting->cell_count,
        .torn = waiting->torn,
        .too_long = waiting->too_long,
        .not_text = waiting->not_text,
        .not_text_cell = waiting->not_text_cell,
    };
}

/* The next row of a sheet. A workbook is looked through before it is read: what cannot be read now could be then. */
static bool next_of_sheet(struct table_reader *reader, struct table_row *row, bool *found,
                          struct error *err)
{
    struct workbook_row read;
    size_t count;

    if ((!reader->started && !workbook_start(reader->book, reader->form.sheet - 1,
                                             reader->form.decimal_comma ? ',' : '.')) ||
        !workbook_next(reader->book, &read, found)) {
        return error_set(err, ERROR_RETRY, "no se pudo leer el libro");
    }
    reader->started = true;
    if (!*found) {
        return true;
    }
    if (reader->number == 0) {
        reader->header_cells = read.count;
    }
    count =
        reader->number > 0 && read.count < reader->header_cells ? reader->header_cells : read.count;
    make_room(reader, count);
    for (size_t i = 0; i < count; i++) {
        reader->cells[i] = i < read.count ? read.cells[i] : "";
    }
    *row = (struct table_row){.number = reader->number++, .cells = reader->cells, .count = count};
    return true;
}

/* The next row, banners included. */
static bool next(struct table_reader *reader, struct table_row *row, bool *found, struct error *err)
{
    if (reader->book != NULL) {
        return next_of_sheet(reader, row, found, err);
    }
    while (reader->row_next == reader->row_count && !reader->ended) {
        forget_rows(reader);
        if (!advance(reader, err)) {
            return false;
        }
    }
    *found = reader->row_next < reader->row_count;
    if (*found) {
        hand_out(reader, row);
    }
    return true;
}

bool table_reader_next(struct table_reader *reader, struct table_row *row, bool *found,
                       struct error *err)
{
    while (reader->number < 0) {
        if (!next(reader, row, found, err)) {
            return false;
        }
        if (!*found) {
            return true;
        }
    }
    return next(reader, row, found, err);
}
