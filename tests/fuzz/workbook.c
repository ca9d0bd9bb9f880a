#include "services/gateway/workbook.h"

#include "common/base/text.h"
#include "services/gateway/table_reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/gateway/book.h"

#include <string.h>

/* Workbooks. Cells are text that PostgreSQL takes, a row has one that is not empty at its end, a fault stays, and a
 * sheet that was read without one is read the same again.
 *
 * Input: a byte that chooses the part of a good workbook whose XML the rest is, or that it is the archive itself. */

#define ROWS                                                                                       \
    "<row><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"C1\" s=\"2\"><v>45817.5</v></c></row>"            \
    "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c s=\"3\"><f>A1</f><v>1E3</v></c></row>"

static struct bytes archive_of(struct fuzz_input *input, struct arena *arena)
{
    const size_t choice = (size_t)fuzz_byte(input) % (BOOK_PARTS + 1);
    const struct bytes rest = fuzz_rest(input);
    struct book_part parts[BOOK_PARTS];

    if (choice == BOOK_PARTS) {
        return rest;
    }
    book_parts(arena, ROWS, parts);
    parts[choice].xml = arena_text(arena, (const char *)rest.data, rest.size);
    return book_of_parts(arena, parts, BOOK_PARTS);
}

static void check_row(const struct workbook_row *row, struct buffer *read)
{
    FUZZ_CHECK(row->count > 0 && row->count <= TABLE_CELLS_MAX, "%zu cells", row->count);
    FUZZ_CHECK(row->cells[row->count - 1][0] != '\0', "a row ends with an empty cell");
    for (size_t i = 0; i < row->count; i++) {
        const char *cell = row->cells[i];

        FUZZ_CHECK(text_is_utf8(cell, strlen(cell)), "\"%s\" is no UTF-8", cell);
        buffer_append(read, cell, strlen(cell) + 1);
    }
    buffer_append_u8(read, '\n');
}

static bool read_sheet(struct workbook *book, size_t sheet, struct buffer *read)
{
    struct workbook_row row;
    bool found = true;

    if (!workbook_start(book, sheet, '.')) {
        return false;
    }
    while (found) {
        if (!workbook_next(book, &row, &found)) {
            return false;
        }
        if (found) {
            check_row(&row, read);
        }
    }
    return true;
}

static void check_sheet(struct workbook *book, size_t sheet)
{
    struct buffer once = {0};
    struct buffer twice = {0};

    if (read_sheet(book, sheet, &once)) {
        FUZZ_CHECK(read_sheet(book, sheet, &twice), "read once, and not again");
        FUZZ_CHECK(once.size == twice.size &&
                       (once.size == 0 || memcmp(once.data, twice.data, once.size) == 0),
                   "read again it is another sheet");
    } else {
        FUZZ_CHECK(workbook_fault(book).why != REASON_NONE, "a fault without a reason");
        FUZZ_CHECK(!workbook_start(book, sheet, '.'), "a fault that passes");
    }
    buffer_finish(&once);
    buffer_finish(&twice);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const char *path = fuzz_file(archive_of(&input, &arena));
    FILE *stream = fopen(path, "rb");
    struct workbook *book;

    FUZZ_CHECK(stream != NULL, "cannot read it again");
    book = workbook_open(stream);
    for (size_t i = 0; i < workbook_sheet_count(book); i++) {
        FUZZ_CHECK(workbook_sheet_name(book, i) != NULL, "a sheet without a name");
        check_sheet(book, i);
    }
    workbook_close(book);
    arena_finish(&arena);
}
