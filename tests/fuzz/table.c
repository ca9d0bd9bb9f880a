#include "common/base/text.h"
#include "services/gateway/table_reader.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Delimited text. Rows are numbered in order, cells are text that PostgreSQL takes, and what was read, written with
 * every cell quoted, is read as the same.
 *
 * Input: a byte that chooses the form, and the file. */

static struct table_form form_of(uint8_t choice)
{
    static const char delimiters[] = {',', ';', '|', '\t'};

    return (struct table_form){.delimiter = delimiters[choice % 4],
                               .cp1252 = (choice & 4) != 0,
                               .skip_rows = (size_t)(choice >> 3 & 3)};
}

/* What was read, written anew; `faithful` turns false where that cannot be the same by design. */
struct rewriting {
    struct buffer text;
    char delimiter;
    bool faithful;
};

static void check_cell(const char *cell, bool is_text)
{
    FUZZ_CHECK(!is_text || text_is_utf8(cell, strlen(cell)), "\"%s\" is no UTF-8", cell);
}

static void rewrite(struct rewriting *rewriting, const struct table_row *row)
{
    struct buffer *out = &rewriting->text;

    if (row->torn || row->count >= TABLE_CELLS_MAX || row->not_text) {
        rewriting->faithful = false;
    }
    for (size_t i = 0; i < row->count; i++) {
        buffer_append_text(out, i == 0 ? "" : (char[]){rewriting->delimiter, '\0'});
        buffer_append_text(out, "\"");
        for (const char *at = row->cells[i]; *at != '\0'; at++) {
            /* a line break within may look like rows that were swallowed */
            rewriting->faithful = rewriting->faithful && *at != '\n' && *at != '\r';
            buffer_append_text(out, *at == '"' ? "\"" : "");
            buffer_append_u8(out, (uint8_t)*at);
        }
        buffer_append_text(out, "\"");
    }
    buffer_append_text(out, "\n");
}

static void read_all(struct bytes content, struct table_form form, struct rewriting *rewriting)
{
    FILE *stream = fopen(fuzz_file(content), "rb");
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    int64_t number = 0;
    bool found = true;

    FUZZ_CHECK(stream != NULL, "cannot read it again");
    reader = table_reader_create(stream, form);
    while (found) {
        FUZZ_CHECK(table_reader_next(reader, &row, &found, &err), "%s", err.message);
        if (!found) {
            break;
        }
        FUZZ_CHECK(row.number == number, "row %d comes as %d", (int)number, (int)row.number);
        FUZZ_CHECK(row.count > 0 && row.count <= TABLE_CELLS_MAX, "%zu cells", row.count);
        FUZZ_CHECK(!row.too_long || row.torn, "too long, and not torn");
        FUZZ_CHECK(!row.not_text || row.not_text_cell < row.count || row.count == TABLE_CELLS_MAX,
                   "the cell that is no text is none");
        for (size_t i = 0; i < row.count; i++) {
            check_cell(row.cells[i], !row.not_text && !row.torn);
        }
        rewrite(rewriting, &row);
        number++;
    }
    table_reader_destroy(reader);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const struct table_form form = form_of(fuzz_byte(&input));
    const struct table_form plain = {.delimiter = form.delimiter};
    struct rewriting once = {.delimiter = form.delimiter, .faithful = true};
    struct rewriting twice = {.delimiter = form.delimiter, .faithful = true};

    read_all(fuzz_rest(&input), form, &once);
    if (once.faithful) {
        read_all(buffer_view(&once.text), plain, &twice);
        FUZZ_CHECK(once.text.size == twice.text.size &&
                       (once.text.size == 0 ||
                        memcmp(once.text.data, twice.text.data, once.text.size) == 0),
                   "written and read, it is another table");
    }
    buffer_finish(&once.text);
    buffer_finish(&twice.text);
}
