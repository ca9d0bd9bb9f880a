#include "services/gateway/table_reader.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <string.h>

/* All rows of some bytes as "cell^cell$", torn ones with "!", those that are not text with "?". */
static char *read_all(const char *bytes, size_t size, char delimiter, struct arena *arena)
{
    struct table_reader *reader =
        table_reader_create(stream_of(bytes, size), (struct table_form){.delimiter = delimiter});
    struct table_row row;
    struct error err = {0};
    char *all = arena_copy(arena, "");
    bool found = true;

    for (;;) {
        ck_assert_msg(table_reader_next(reader, &row, &found, &err), "%s", err.message);
        if (!found) {
            break;
        }
        for (size_t i = 0; i < row.count && i < 8; i++) {
            all = arena_format(arena, "%s%s%.20s", all, i == 0 ? "" : "^", row.cells[i]);
        }
        all = arena_format(arena, "%s%s%s$", all, row.torn ? "!" : "", row.not_text ? "?" : "");
    }
    table_reader_destroy(reader);
    return all;
}

static const struct {
    const char *says;
    const char *bytes;
    size_t size;
    char delimiter;
    const char *rows;
} cases[] = {
    {"nothing", "", 0, ',', ""},
    {"a mark of byte order alone", "\xEF\xBB\xBF", 3, ',', ""},
    {"a mark before the header",
     "\xEF\xBB\xBF"
     "a,b\n1,2\n",
     11, ',', "a^b$1^2$"},
    {"line ends of all kinds", "a\r\nb\rc\nd", 8, ',', "a$b$c$d$"},
    {"empty lines are no rows", "a\n\n\n1\n\n", 7, ',', "a$1$"},
    {"empty cells are a row", "a,b\n,\n", 6, ',', "a^b$^$"},
    {"a line break in quotes", "\"a\nb\",c\n", 8, ',', "a\nb^c$"},
    {"quotes in quotes", "\"a\"\"b\"\n", 7, ',', "a\"b$"},
    {"a pipe", "a|b,c\n", 6, '|', "a^b,c$"},
    {"quotes that never close", "a,b\n\"x,1\n2,3\n", 13, ',', "a^b$x,1\n2,3\n!$"},
    {"a NUL is shown", "a,b\nx\0y,2\n", 10, ',', "a^b$x\xEF\xBF\xBDy^2?$"},
    {"bytes that are no text", "a,b\n\xFF,2\n", 8, ',', "a^b$\xFF^2?$"},
};

START_TEST(rows_come_out_of_any_bytes)
{
    struct arena arena = {0};

    ck_assert_msg(strcmp(read_all(cases[_i].bytes, cases[_i].size, cases[_i].delimiter, &arena),
                         cases[_i].rows) == 0,
                  "%s: %s", cases[_i].says,
                  read_all(cases[_i].bytes, cases[_i].size, cases[_i].delimiter, &arena));
    arena_finish(&arena);
}
END_TEST

START_TEST(a_cell_of_two_megabytes_ends_the_file_as_torn)
{
    const size_t size = 2 * 1024 * 1024;
    struct arena arena = {0};
    char *bytes = arena_alloc(&arena, size + 8);
    const char *all;

    memset(bytes, 'x', size);
    memcpy(bytes, "a\n\"", 3);
    memcpy(bytes + size, "\"\nb\n", 4);
    all = read_all(bytes, size + 4, ',', &arena);
    ck_assert_str_eq(all, "a$xxxxxxxxxxxxxxxxxxxx!$");
    arena_finish(&arena);
}
END_TEST

START_TEST(thousands_of_cells_are_bounded)
{
    struct arena arena = {0};
    char *bytes = arena_alloc(&arena, 100001);
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    bool found;

    memset(bytes, ',', 100000);
    reader = table_reader_create(stream_of(bytes, 100000), (struct table_form){.delimiter = ','});
    ck_assert(table_reader_next(reader, &row, &found, &err) && found);
    ck_assert_uint_eq(row.count, TABLE_CELLS_MAX);
    table_reader_destroy(reader);
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, rows_come_out_of_any_bytes, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, a_cell_of_two_megabytes_ends_the_file_as_torn);
    tcase_add_test(tcase, thousands_of_cells_are_bounded);
}

int main(void)
{
    return unit_run("table_reader", fill);
}
