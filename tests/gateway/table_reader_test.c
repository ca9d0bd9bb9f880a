#include "services/gateway/table_reader.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <string.h>
#include <sys/resource.h>

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
    {"quotes that never close", "a,b\n\"x,1\n2,3\n", 13, ',', "a^b$\"x,1\n!$2^3$"},
    {"a quote that opens at the end of the file", "a,b\n1,2\n\"x", 10, ',', "a^b$1^2$\"x!$"},
    {"a quote that closes where another row opens one", "a,b,c\n1,\"x,2\n3,y,4\n5,\"z,6\n7,w,8\n",
     32, ',', "a^b^c$1,\"x,2\n!$3^y^4$5,\"z,6\n!$7^w^8$"},
    {"a cell of two lines is a cell", "a,b,c\n1,\"x\ny\",2\n", 16, ',', "a^b^c$1^x\ny^2$"},
    {"no line end at the end", "a,b\n1,2", 7, ',', "a^b$1^2$"},
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

START_TEST(a_line_of_megabytes_is_told_and_passed_over)
{
    const size_t size = 3 * 1024 * 1024;
    struct arena arena = {0};
    char *bytes = arena_alloc(&arena, size + 16);

    for (int quoted = 0; quoted < 2; quoted++) {
        memset(bytes, 'x', size);
        memcpy(bytes, quoted ? "a\n\"" : "a\nx", 3);
        memcpy(bytes + size, "\nb\n", 3);
        ck_assert_str_eq(read_all(bytes, size + 3, ',', &arena),
                         quoted ? "a$\"xxxxxxxxxxxxxxxxxxx!$b$" : "a$xxxxxxxxxxxxxxxxxxxx!$b$");
    }
    arena_finish(&arena);
}
END_TEST

/* Sparse: its 200 MB are on no disk, and must never be in memory at a time. */
START_TEST(a_line_of_two_hundred_megabytes_is_passed_over_as_it_comes)
{
    enum { MEGABYTES = 200 };
    static const char *const begins[] = {"a,b\n1,", "a,b\n\"1,"};
    FILE *stream = tmpfile();
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    struct rusage before;
    struct rusage after;
    bool found;

    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs(begins[_i], stream), 0);
    ck_assert_int_eq(fseek(stream, MEGABYTES * 1024L * 1024L, SEEK_CUR), 0);
    ck_assert_int_ge(fputs("\n2,y\n", stream), 0);
    rewind(stream);
    reader = table_reader_create(stream, (struct table_form){.delimiter = ','});
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
    ck_assert(table_reader_next(reader, &row, &found, &err) && found);
    ck_assert(table_reader_next(reader, &row, &found, &err) && found);
    ck_assert(row.torn && row.too_long == (_i == 0 || row.too_long));
    ck_assert_int_eq(row.cells[0][0], begins[_i][4]);
    ck_assert(table_reader_next(reader, &row, &found, &err) && found);
    ck_assert_msg(!row.torn && row.number == 2, "row %d", (int)row.number);
    ck_assert_str_eq(row.cells[1], "y");
    ck_assert(table_reader_next(reader, &row, &found, &err) && !found);
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, MEGABYTES / 2 * 1024);
    table_reader_destroy(reader);
}
END_TEST

START_TEST(lines_in_quotes_without_end_are_told_one_by_one)
{
    enum { LINES = 3000, LINE_BYTES = 100 };
    struct arena arena = {0};
    char *bytes = arena_alloc(&arena, 3 + LINES * LINE_BYTES + 1);
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    bool found = true;
    int64_t rows = 0;
    int torn = 0;

    memcpy(bytes, "a,b\n", 4);
    for (size_t i = 0; i < LINES; i++) {
        memset(bytes + 4 + i * LINE_BYTES, 'y', LINE_BYTES - 1);
        bytes[4 + i * LINE_BYTES + LINE_BYTES - 1] = '\n';
    }
    bytes[4] = '"';
    reader = table_reader_create(stream_of(bytes, 4 + (LINES - 1) * LINE_BYTES),
                                 (struct table_form){.delimiter = ','});
    while (found) {
        ck_assert(table_reader_next(reader, &row, &found, &err));
        rows += found ? 1 : 0;
        torn += found && row.torn ? 1 : 0;
    }
    ck_assert_int_eq(rows, LINES); /* the header, and all lines but the one cut off above */
    ck_assert_int_eq(torn, 1);
    table_reader_destroy(reader);
    arena_finish(&arena);
}
END_TEST

START_TEST(quotes_that_every_line_opens_cost_a_bounded_window_each)
{
    enum { LINES = 200000, LINE_BYTES = 4 };
    struct arena arena = {0};
    char *bytes = arena_alloc(&arena, LINES * LINE_BYTES + 1);
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    bool found = true;
    int torn = 0;

    for (size_t i = 0; i < LINES; i++) {
        memcpy(bytes + i * LINE_BYTES, "\"x,\n", LINE_BYTES);
    }
    reader = table_reader_create(stream_of(bytes, LINES * LINE_BYTES),
                                 (struct table_form){.delimiter = ','});
    while (found) {
        ck_assert(table_reader_next(reader, &row, &found, &err));
        torn += found && row.torn ? 1 : 0;
    }
    ck_assert_int_eq(torn, LINES);
    table_reader_destroy(reader);
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
    tcase_add_test(tcase, a_line_of_megabytes_is_told_and_passed_over);
    tcase_add_loop_test(tcase, a_line_of_two_hundred_megabytes_is_passed_over_as_it_comes, 0, 2);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, lines_in_quotes_without_end_are_told_one_by_one);
    tcase_add_test(tcase, quotes_that_every_line_opens_cost_a_bounded_window_each);
    tcase_add_test(tcase, thousands_of_cells_are_bounded);
}

int main(void)
{
    return unit_run("table_reader", fill);
}
