#include "services/gateway/table_reader.h"
#include "services/gateway/workbook.h"
#include "tests/base/unit.h"
#include "tests/gateway/book.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;

static struct workbook *open_bytes(struct bytes bytes)
{
    FILE *stream = tmpfile();

    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes.data, 1, bytes.size, stream), bytes.size);
    rewind(stream);
    return workbook_open(stream);
}

static const char *joined(const struct workbook_row *row)
{
    const char *out = row->cells[0];

    for (size_t i = 1; i < row->count; i++) {
        out = arena_format(&arena, "%s|%s", out, row->cells[i]);
    }
    return out;
}

/* The rows of the first sheet, a line each, up to its end or a fault. */
static const char *rows_of(struct workbook *book, char decimal)
{
    const char *out = "";
    struct workbook_row row;
    bool found = true;

    ck_assert(workbook_start(book, 0, decimal));
    while (found && workbook_next(book, &row, &found)) {
        out = found ? arena_format(&arena, "%s%s\n", out, joined(&row)) : out;
    }
    return out;
}

#define NUMBER(style, value) "<row><c r=\"A1\" s=\"" style "\"><v>" value "</v></c></row>"

static const struct {
    const char *name;
    const char *rows;
    const char *read;
} cases[] = {
    {"shared texts", "<row><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>",
     "uno|dos \n"},
    {"a text of its own", "<row><c t=\"inlineStr\"><is><t>a &amp; b</t></is></c></row>", "a & b\n"},
    {"an escaped line break",
     "<row><c t=\"inlineStr\"><is><t>a_x000A_b_x005F_x000A_</t></is></c></row>", "a\nb_x000A_\n"},
    {"cells left out",
     "<row><c r=\"B3\" t=\"s\"><v>0</v></c><c r=\"D3\" t=\"s\"><v>0</v></c></row>", "|uno||uno\n"},
    {"empty rows and cells to the right",
     "<row/><row><c/></row><row><c t=\"s\"><v>0</v></c><c/><c/></row>", "uno\n"},
    {"a number", NUMBER("0", "1234.5"), "1234.5\n"},
    {"floating point", NUMBER("0", "0.10000000000000001"), "0.1\n"},
    {"an exponent", NUMBER("0", "1.2345678901E+12"), "1234567890100\n"},
    {"a small exponent", NUMBER("0", "1.5E-5"), "0.000015000000000\n"},
    {"a long integer", NUMBER("0", "201002540000123"), "201002540000123\n"},
    {"a number with a literal and a colour", NUMBER("3", "45"), "45\n"},
    {"a date", NUMBER("1", "45817"), "2025-06-09\n"},
    {"a date with its time", NUMBER("2", "45817.604166666664"), "2025-06-09 14:30:00\n"},
    {"a second before midnight", NUMBER("2", "45817.999999999"), "2025-06-10\n"},
    {"a time alone", NUMBER("2", "0.5"), "12:00:00\n"},
    {"before the fictitious day", NUMBER("1", "59"), "1900-02-28\n"},
    {"behind it", NUMBER("1", "61"), "1900-03-01\n"},
    {"beyond any date", NUMBER("1", "2958466"), "2958466\n"},
    {"a negative date", NUMBER("1", "-1"), "-1\n"},
    {"an ISO date", "<row><c t=\"d\"><v>2025-06-09</v></c></row>", "2025-06-09\n"},
    {"truth and errors",
     "<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"e\"><v>#N/A</v>"
     "</c></row>",
     "VERDADERO|FALSO|#N/A\n"},
    {"the value of a formula",
     "<row><c><f>SUM(A1:B1)</f><v>7</v></c><c t=\"str\"><f>T(A1)</f>"
     "<v>siete</v></c></row>",
     "7|siete\n"},
    {"a formula whose text is empty",
     "<row><c t=\"str\"><f>T(Z1)</f><v></v></c><c><v>1</v></c></row>", "|1\n"},
    {"prefixes", "<x:row xmlns:x=\"urn:x\"><x:c><x:v>1</x:v></x:c></x:row>", "1\n"},
};

START_TEST(a_cell_is_read_as_it_is_meant)
{
    struct workbook *book = open_bytes(book_of_rows(&arena, cases[_i].rows));

    ck_assert_int_eq(workbook_fault(book).why, REASON_NONE);
    ck_assert_uint_eq(workbook_sheet_count(book), 1); /* the hidden one is none */
    ck_assert_str_eq(workbook_sheet_name(book, 0), "Hoja 1");
    ck_assert_msg(strcmp(rows_of(book, '.'), cases[_i].read) == 0, "%s: %s", cases[_i].name,
                  rows_of(book, '.'));
    ck_assert_int_eq(workbook_fault(book).why, REASON_NONE);
    ck_assert_ptr_null(workbook_unvalued(book));
    workbook_close(book);
}
END_TEST

START_TEST(numbers_take_the_decimal_sign_of_their_layout)
{
    struct workbook *book = open_bytes(book_of_rows(
        &arena, "<row><c><v>1234.5</v></c><c t=\"inlineStr\"><is><t>1.234,5</t></is></c></row>"));

    ck_assert_str_eq(rows_of(book, ','), "1234,5|1.234,5\n");
    workbook_close(book);
}
END_TEST

START_TEST(days_may_count_from_1904)
{
    struct book_part parts[BOOK_PARTS];
    struct workbook *book;

    book_parts(&arena, NUMBER("1", "44355"), parts);
    parts[BOOK_BOOK].xml = "<workbook xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets>"
                           "<sheet name=\"Hoja 1\" r:id=\"rId1\"/></sheets></workbook>";
    book = open_bytes(book_of_parts(&arena, parts, BOOK_PARTS));
    ck_assert_str_eq(rows_of(book, '.'), "2025-06-09\n");
    workbook_close(book);
}
END_TEST

START_TEST(a_formula_whose_number_is_empty_has_no_value)
{
    struct workbook *book = open_bytes(
        book_of_rows(&arena, "<row><c><v>1</v></c><c r=\"B1\"><f>A1</f><v></v></c></row>"));

    ck_assert_str_eq(rows_of(book, '.'), "1\n");
    ck_assert_str_eq(workbook_unvalued(book), "B1");
    workbook_close(book);
}
END_TEST

START_TEST(a_formula_without_its_value_is_named)
{
    struct workbook *book = open_bytes(
        book_of_rows(&arena, "<row><c r=\"A1\"><v>1</v></c></row><row><c r=\"B2\"><f>A1</f></c>"
                             "<c r=\"C2\"><f>A1</f></c></row>"));

    ck_assert_str_eq(rows_of(book, '.'), "1\n");
    ck_assert_str_eq(workbook_unvalued(book), "B2");
    workbook_close(book);
}
END_TEST

/* --- what is none, or wants to do harm --- */

static const char *repeated(const char *text, size_t times)
{
    struct buffer out = {0};
    const char *copy;

    for (size_t i = 0; i < times; i++) {
        buffer_append_text(&out, text);
    }
    copy = arena_copy(&arena, buffer_text(&out));
    buffer_finish(&out);
    return copy;
}

static struct bytes changed(size_t part, const char *name, const char *xml)
{
    struct book_part parts[BOOK_PARTS];

    book_parts(&arena, NUMBER("0", "1"), parts);
    parts[part].name = name == NULL ? parts[part].name : name;
    parts[part].xml = xml == NULL ? parts[part].xml : xml;
    return book_of_parts(&arena, parts, BOOK_PARTS);
}

static struct bytes cut(void)
{
    struct bytes whole = book_of_rows(&arena, NUMBER("0", "1"));

    whole.size /= 2;
    return whole;
}

/* The archive says that a part is half a gigabyte. */
static struct bytes bomb(void)
{
    const struct bytes whole = book_of_rows(&arena, NUMBER("0", "1"));
    uint8_t *bytes = (uint8_t *)arena_text(&arena, (const char *)whole.data, whole.size);

    for (size_t i = 0; i + 46 < whole.size; i++) {
        if (memcmp(bytes + i, "PK\x01\x02", 4) == 0) {
            memcpy(bytes + i + 24, "\x00\x00\x00\x20", 4);
        }
    }
    return (struct bytes){bytes, whole.size};
}

static struct bytes no_zip(void)
{
    return (struct bytes){(const uint8_t *)"PK\x03\x04 y nada", 11};
}
static struct bytes document(void)
{
    return changed(BOOK_BOOK, NULL, "<document/>");
}
static struct bytes binary(void)
{
    return changed(BOOK_ROOT, NULL,
                   "<Relationships><Relationship Id=\"1\" Type=\"t/officeDocument\" "
                   "Target=\"xl/styles.bin\"/></Relationships>");
}
static struct bytes other_archive(void)
{
    return changed(BOOK_ROOT, "datos.csv", NULL);
}
static struct bytes no_sheet(void)
{
    return changed(BOOK_SHEET, "xl/worksheets/otra.xml", NULL);
}
static struct bytes laughs(void)
{
    return changed(BOOK_SHEET, NULL,
                   "<!DOCTYPE w [<!ENTITY a \"ja\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet>"
                   "<sheetData><row><c t=\"inlineStr\"><is><t>&b;</t></is></c></row></sheetData>"
                   "</worksheet>");
}
static struct bytes open_markup(void)
{
    return changed(BOOK_SHEET, NULL, "<worksheet><sheetData><row>");
}
static struct bytes no_such_text(void)
{
    return changed(BOOK_SHEET, NULL, "<worksheet><row><c t=\"s\"><v>2</v></c></row></worksheet>");
}
static struct bytes twice_in_place(void)
{
    return changed(BOOK_SHEET, NULL,
                   "<worksheet><row><c r=\"B1\"><v>2</v></c><c r=\"A1\"><v>2</v></c></row>"
                   "</worksheet>");
}
static struct bytes endless_token(void)
{
    return changed(BOOK_SHEET, NULL,
                   arena_format(&arena, "<worksheet a=\"%s\"/>", repeated("0123456789", 200000)));
}
static struct bytes large_row(void)
{
    return changed(BOOK_SHEET, NULL,
                   arena_format(&arena,
                                "<worksheet><row><c t=\"str\"><v>%s</v></c></row></worksheet>",
                                repeated("0123456789", 120000)));
}
static struct bytes deep(void)
{
    return changed(BOOK_SHEET, NULL, repeated("<a>", 1000));
}
static struct bytes long_target(void)
{
    return changed(BOOK_RELATIONS, NULL,
                   arena_format(&arena,
                                "<Relationships><Relationship Id=\"rId1\" "
                                "Type=\"t/worksheet\" Target=\"%s\"/></Relationships>",
                                repeated("0123456789", 200)));
}
static struct bytes wide_row(void)
{
    return changed(BOOK_SHEET, NULL,
                   "<worksheet><row><c r=\"XFD1\"><v>1</v></c></row></worksheet>");
}

static const struct {
    const char *name;
    struct bytes (*make)(void);
    enum reason fault;
} faults[] = {
    {"no archive at all", no_zip, REASON_WORKBOOK_BROKEN},
    {"half of a workbook", cut, REASON_WORKBOOK_BROKEN},
    {"another archive", other_archive, REASON_WORKBOOK_OTHER},
    {"a document", document, REASON_WORKBOOK_OTHER},
    {"a binary workbook", binary, REASON_WORKBOOK_OTHER},
    {"a sheet that is not there", no_sheet, REASON_WORKBOOK_BROKEN},
    {"markup that does not end", open_markup, REASON_WORKBOOK_BROKEN},
    {"a text that is not there", no_such_text, REASON_WORKBOOK_BROKEN},
    {"cells out of order", twice_in_place, REASON_WORKBOOK_BROKEN},
    {"entities", laughs, REASON_WORKBOOK_ENTITIES},
    {"a bomb", bomb, REASON_WORKBOOK_LARGE},
    {"an endless piece of markup", endless_token, REASON_WORKBOOK_LARGE},
    {"a row of a megabyte", large_row, REASON_WORKBOOK_LARGE},
    {"elements without end", deep, REASON_WORKBOOK_LARGE},
    {"a name of two thousand bytes", long_target, REASON_WORKBOOK_LARGE},
    {"a cell in column 16,384", wide_row, REASON_WORKBOOK_LARGE},
};

START_TEST(what_is_no_workbook_says_why)
{
    struct workbook *book = open_bytes(faults[_i].make());
    struct workbook_row row;
    bool found = true;

    if (workbook_fault(book).why == REASON_NONE && workbook_start(book, 0, '.')) {
        while (workbook_next(book, &row, &found) && found) {
        }
    }
    ck_assert_msg(workbook_fault(book).why == faults[_i].fault, "%s: fault %d", faults[_i].name,
                  (int)workbook_fault(book).why);
    ck_assert(!workbook_start(book, 0, '.')); /* a fault stays */
    workbook_close(book);
}
END_TEST

/* --- as a table --- */

START_TEST(a_row_has_as_many_cells_as_the_header)
{
    const struct bytes bytes =
        book_of_rows(&arena, "<row><c t=\"s\"><v>0</v></c></row>" /* a banner */
                             "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"
                             "<row><c><v>7</v></c></row>");
    FILE *stream = tmpfile();
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    bool found;

    ck_assert_uint_eq(fwrite(bytes.data, 1, bytes.size, stream), bytes.size);
    rewind(stream);
    reader = table_reader_create(stream, (struct table_form){.sheet = 1, .skip_rows = 1});
    ck_assert(table_reader_next(reader, &row, &found, &err) && found);
    ck_assert_int_eq(row.number, 0);
    ck_assert_uint_eq(row.count, 2);
    ck_assert(table_reader_next(reader, &row, &found, &err) && found);
    ck_assert_int_eq(row.number, 1);
    ck_assert_uint_eq(row.count, 2);
    ck_assert_str_eq(row.cells[0], "7");
    ck_assert_str_eq(row.cells[1], "");
    ck_assert(table_reader_next(reader, &row, &found, &err) && !found);
    table_reader_destroy(reader);
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_loop_test(tcase, a_cell_is_read_as_it_is_meant, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tcase, numbers_take_the_decimal_sign_of_their_layout);
    tcase_add_test(tcase, days_may_count_from_1904);
    tcase_add_test(tcase, a_formula_without_its_value_is_named);
    tcase_add_test(tcase, a_formula_whose_number_is_empty_has_no_value);
    tcase_add_loop_test(tcase, what_is_no_workbook_says_why, 0, sizeof faults / sizeof faults[0]);
    tcase_add_test(tcase, a_row_has_as_many_cells_as_the_header);
}

int main(void)
{
    return unit_run("gateway.workbook", fill);
}
