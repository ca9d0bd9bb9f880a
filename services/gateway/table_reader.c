#include "services/gateway/table_reader.h"

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/cp1252.h"
#include "common/base/text.h"

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
};

struct table_reader {
    FILE *stream;
    struct table_form form;
    struct csv_parser parser;
    struct buffer utf8; /* a chunk of another encoding */
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
    size_t open_bytes; /* fed since the last end of a row */
    const char **cells;
    size_t cell_capacity;
    int64_t number;
    bool started;
    bool at_end;
    bool torn;
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
    reader->open_bytes = 0;
}

struct table_reader *table_reader_create(FILE *stream, struct table_form form)
{
    struct table_reader *reader = memory_alloc(sizeof *reader);

    memset(reader, 0, sizeof *reader);
    reader->stream = stream;
    reader->form = form;
    reader->number = -(int64_t)form.skip_rows;
    if (csv_init(&reader->parser, CSV_APPEND_NULL) != 0) {
        abort(); /* it fails only for a NULL parser */
    }
    csv_set_delim(&reader->parser, (unsigned char)form.delimiter);
    return reader;
}

void table_reader_destroy(struct table_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    csv_free(&reader->parser);
    (void)fclose(reader->stream);
    buffer_finish(&reader->text);
    buffer_finish(&reader->utf8);
    free(reader->starts);
    free(reader->rows);
    free(reader->cells);
    free(reader);
}

/* All waiting rows were handed out: what is left is the beginning of the next one. */
static void forget_rows(struct table_reader *reader)
{
    const size_t kept_cells = reader->current.cell_count;
    const size_t first_byte =
        kept_cells > 0 ? reader->starts[reader->current.first_cell] : reader->text.size;

    for (size_t i = 0; i < kept_cells; i++) {
        reader->starts[i] = reader->starts[reader->current.first_cell + i] - first_byte;
    }
    if (reader->text.size > first_byte) {
        memmove(reader->text.data, reader->text.data + first_byte, reader->text.size - first_byte);
    }
    reader->text.size -= first_byte;
    reader->start_count = kept_cells;
    reader->current.first_cell = 0;
    reader->row_count = 0;
    reader->row_next = 0;
}

static bool inside_quotes(const struct table_reader *reader)
{
    return reader->parser.pstate == INSIDE_A_FIELD && reader->parser.quoted != 0;
}

static void finish(struct table_reader *reader)
{
    reader->torn = reader->torn || inside_quotes(reader);
    reader->at_end = true;
    (void)csv_fini(&reader->parser, end_cell, end_row, reader);
}

/* The bytes of a chunk as UTF-8, without a byte order mark. */
static const char *text_of(struct table_reader *reader, size_t *size)
{
    const char *bytes = reader->chunk;

    if (!reader->started && *size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        *size -= 3;
    }
    reader->started = true;
    if (!reader->form.cp1252) {
        return bytes;
    }
    buffer_clear(&reader->utf8);
    cp1252_append_utf8(&reader->utf8, bytes, *size);
    *size = reader->utf8.size;
    return buffer_text(&reader->utf8);
}

static bool read_chunk(struct table_reader *reader, struct error *err)
{
    size_t size = fread(reader->chunk, 1, CHUNK_BYTES, reader->stream);
    const char *bytes;

    if (ferror(reader->stream) != 0) {
        return error_set(err, ERROR_RETRY, "no se pudo leer el archivo: %s", strerror(errno));
    }
    bytes = text_of(reader, &size);
    if (size == 0) {
        finish(reader);
        return true;
    }
    reader->open_bytes +=
        size; /* end_row sets it back: the part of the chunk before counts at most once */
    if (csv_parse(&reader->parser, bytes, size, end_cell, end_row, reader) != size) {
        return error_set(err, ERROR_RETRY, "%s", csv_strerror(csv_error(&reader->parser)));
    }
    if (reader->open_bytes > TABLE_ROW_BYTES_MAX) {
        reader->torn = true;
        finish(reader);
    }
    return true;
}

static void hand_out(struct table_reader *reader, struct table_row *row)
{
    const struct waiting_row *waiting = &reader->rows[reader->row_next++];

    if (waiting->cell_count > reader->cell_capacity) {
        reader->cell_capacity = waiting->cell_count;
        reader->cells = memory_resize(reader->cells, reader->cell_capacity * sizeof *reader->cells);
    }
    for (size_t i = 0; i < waiting->cell_count; i++) {
        reader->cells[i] =
            (const char *)reader->text.data + reader->starts[waiting->first_cell + i];
    }
    *row = (struct table_row){
        .number = reader->number++,
        .cells = reader->cells,
        .count = waiting->cell_count,
        .torn = reader->torn && reader->at_end && reader->row_next == reader->row_count,
        .not_text = waiting->not_text,
        .not_text_cell = waiting->not_text_cell,
    };
}

static bool next(struct table_reader *reader, struct table_row *row, bool *found, struct error *err)
{
    while (reader->row_next == reader->row_count && !reader->at_end) {
        forget_rows(reader);
        if (!read_chunk(reader, err)) {
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
