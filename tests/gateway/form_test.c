#include "common/base/cp1252.h"
#include "common/base/text.h"
#include "events.h"
#include "services/gateway/cell.h"
#include "services/gateway/file_name.h"
#include "services/gateway/layout_parts.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <string.h>

/* How files are written: encodings, delimiters, banners, names, several values in a cell. */

static struct arena arena;

static const char orders[] = "contrato;orden;cveArticulo;fechaExpedicion;descripci\xF3nEntrega;"
                             "estatus;fechaEntrega;cantidadSolicitada;precio;importeSinIva\r\n"
                             "C1;O1;010 000 2540 00 00;06/06/2025;ALMAC\xC9N;Pendiente;20/06/2025;"
                             "312;12.25;\r\n";

static const struct {
    const char *says;
    const char *institution;
    const char *text;
    const char *layout; /**< NULL: refused */
    const char *message;
} files[] = {
    {"Windows' code page and semicolons, as the layout declares", "imss", orders, "imss.ordenes",
     NULL},
    {"tabs", "imss",
     "noAlta\tfechaAltaTrunc\tnoContrato\tnoOrden\tclave\tcantRecibida\tclasPtalRecep\n",
     "imss.altas", NULL},
    {"semicolons where the layout declares commas only", "issste",
     "contrato;orden;clave;cantidad;fecha_limite\n", NULL, "separado por punto y coma"},
    {"Windows' code page where the layout declares UTF-8 only", "imss-bienestar",
     "CNS,CLAVE,CANTIDAD RECIBIDA,FECHA DE ENTREGA,DESCRIPCI\xD3N\n", NULL, "UTF-8"},
    {"a layout of another institution", "issste",
     "noAlta|fechaAltaTrunc|noContrato|noOrden|clave|cantRecibida|clasPtalRecep\n", NULL,
     "ningún formato"},
    {"a part of the clave is missing", "imss",
     "numero_contrato,fecha_actualizacion,gpo,gen,esp,var,cantidad_maxima_clave,"
     "porcentaje_sancion_contrato,dias_de_entrega_sancion\n",
     NULL, "imss.contratos-partidas: dif"},
};

START_TEST(the_form_of_a_file_is_declared_and_never_guessed)
{
    const struct file_sum sum = read_stream(stream_of(files[_i].text, strlen(files[_i].text)),
                                            files[_i].institution, NULL, NULL, &arena, NULL, NULL);

    ck_assert_msg(text_equal(sum.layout, files[_i].layout), "%s: %s", files[_i].says,
                  sum.layout == NULL ? sum.message : sum.layout);
    ck_assert_msg(files[_i].message == NULL || strstr(sum.message, files[_i].message) != NULL,
                  "%s: %s", files[_i].says, sum.message);
}
END_TEST

static void take_warehouse(const struct reported_row *row, void *context)
{
    const char **warehouse = context;

    ck_assert_int_eq(row->verdict, ROW_TAKEN);
    ck_assert_uint_eq(row->remark_count, 0);
    *warehouse = arena_copy(&arena, ((const struct receipt_reported *)row->event)->warehouse);
}

/* Other layouts have the same delimiter and no other encoding than UTF-8. */
START_TEST(windows_code_page_is_read_so_where_the_header_alone_could_be_utf8)
{
    static const char text[] =
        "noAlta|fechaAltaTrunc|noContrato|noOrden|clave|cantRecibida|descUnidad|clasPtalRecep\r\n"
        "A1|06/06/2025|C1|182500001001|010 000 2540 00 00|5|ALMAC\xC9N|360901152110\r\n";
    static const char *const named[] = {NULL, "imss.altas"};
    const char *warehouse = NULL;
    const struct file_sum sum = read_stream(stream_of(text, strlen(text)), "imss", named[_i], NULL,
                                            &arena, take_warehouse, &warehouse);

    ck_assert_msg(text_equal(sum.layout, "imss.altas"), "%s", sum.message);
    ck_assert_int_eq(sum.taken, 1);
    ck_assert_str_eq(warehouse, "ALMACÉN");
}
END_TEST

/* Every title that a layout knows, or only those it cannot do without. */
static char *header_of(const struct layout *layout, bool all)
{
    char *header = arena_copy(&arena, "");

    for (size_t i = 0; i < layout->column_count; i++) {
        const struct layout_column *column = &layout->columns[i];

        if (column->title_count > 0 && (all || column->need == COLUMN_REQUIRED)) {
            header = arena_format(&arena, "%s%s\"%s\"", header, header[0] == '\0' ? "" : "\t",
                                  column->name);
        }
    }
    for (size_t i = 0; all && i < layout->ignored_count; i++) {
        header = arena_format(&arena, "%s\t\"%s\"", header, layout->ignored[i]);
    }
    for (char *c = header; *c != '\0'; c++) {
        *c = *c == '\t' ? layout->delimiters[0] : *c;
    }
    return header;
}

START_TEST(no_header_is_taken_for_that_of_another_layout)
{
    const struct layout_set *set = project_layouts(&arena);

    for (size_t i = 0; i < set->count * 2; i++) {
        const struct layout *layout = set->layouts[i / 2];
        const char *header = header_of(layout, i % 2 == 0);
        const char *institution = layout_institution(layout) != NULL ? layout_institution(layout)
                                  : strncmp(layout_id(layout), "catalogo", 8) == 0 ? "ssa"
                                                                                   : "imss";
        struct file_sum sum;

        if (layout_is_companion(layout)) {
            continue;
        }
        sum = read_stream(stream_of(header, strlen(header)), institution, NULL, NULL, &arena, NULL,
                          NULL);
        ck_assert_msg(text_equal(sum.layout, layout_id(layout)) ||
                          (sum.layout == NULL && (strstr(sum.message, "varios formatos") != NULL ||
                                                  strstr(sum.message, "faltan columnas") != NULL)),
                      "%s of %s is taken for %s (%s)", header, layout_id(layout),
                      sum.layout == NULL ? "none" : sum.layout, sum.message);
        ck_assert_msg(i % 2 != 0 || sum.layout != NULL, "%s: %s", layout_id(layout), sum.message);
    }
}
END_TEST

START_TEST(a_header_that_fits_two_layouts_is_refused_with_both_names)
{
    static const char text[] =
        "[layout]\nid = %s\nevent = OrderReported\nkey = a\nbanner_rows = 3\n[a]\ncolumn = orden\n"
        "type = order\nneed = required\ntarget = order_number\n";
    struct layout *layouts[2];
    const struct layout *listed[2];
    const struct layout_set set = {.layouts = listed, .count = 2};
    const char *const cells[] = {"orden"};
    const struct table_row rows[] = {{.cells = cells, .count = 1}};
    const struct layout_head head = {.form = {.delimiter = ','}, .rows = rows, .count = 1};
    struct error err = {0};
    struct layout_fit found;

    for (size_t i = 0; i < 2; i++) {
        const char *id = i == 0 ? "uno" : "otro";
        const char *ini = arena_format(&arena, "%.14s%s%s", text, id, text + 16);

        ck_assert_msg(layout_read("x.ini", ini, &arena, &layouts[i], &err), "%s", err.message);
        listed[i] = layouts[i];
    }
    found = layout_recognise(&set, "imss", NULL, &head, 1, &arena);
    ck_assert_ptr_null(found.layout);
    ck_assert_msg(text_equal(found.refusal.about[0], "uno, otro"), "%s",
                  reason_text(&arena, &found.refusal));
    found = layout_recognise(&set, "imss", layouts[1], &head, 1, &arena);
    ck_assert_ptr_eq(found.layout, layouts[1]);
}
END_TEST

START_TEST(banner_rows_above_the_header_are_no_rows)
{
    static const char text[] = "[layout]\nid = x\nevent = OrderReported\nkey = a\nbanner_rows = 3\n"
                               "[a]\ncolumn = orden\ntype = order\nneed = required\n"
                               "target = order_number\n[b]\ncolumn = clave\ntype = clave\n";
    static const char file[] =
        "INSTITUTO\nReporte de,\"varias\nl\xC3\xADneas\"\norden,clave\nO1,C\n";
    struct layout *layout;
    const struct layout *listed[1];
    const struct layout_set set = {.layouts = listed, .count = 1};
    struct table_row rows[3];
    struct table_reader *reader = table_reader_create(stream_of(file, sizeof file - 1),
                                                      (struct table_form){.delimiter = ','});
    const struct layout_head head = {.form = {.delimiter = ','}, .rows = rows, .count = 3};
    struct error err = {0};
    struct layout_fit found;
    bool more;

    ck_assert_msg(layout_read("x.ini", text, &arena, &layout, &err), "%s", err.message);
    listed[0] = layout;
    for (size_t i = 0; i < 3; i++) {
        const char **cells = arena_array(&arena, 2, sizeof *cells);

        ck_assert(table_reader_next(reader, &rows[i], &more, &err) && more);
        for (size_t j = 0; j < rows[i].count; j++) {
            cells[j] = arena_copy(&arena, rows[i].cells[j]);
        }
        rows[i].cells = cells;
    }
    table_reader_destroy(reader);
    found = layout_recognise(&set, "imss", NULL, &head, 1, &arena);
    ck_assert_ptr_eq(found.layout, layout);
    ck_assert_uint_eq(found.form.skip_rows, 2);
    reader = table_reader_create(stream_of(file, sizeof file - 1), found.form);
    ck_assert(table_reader_next(reader, &rows[0], &more, &err) && more);
    ck_assert_int_eq(rows[0].number, 0);
    ck_assert_str_eq(rows[0].cells[0], "orden");
    ck_assert(table_reader_next(reader, &rows[0], &more, &err) && more);
    ck_assert_int_eq(rows[0].number, 1);
    ck_assert_str_eq(rows[0].cells[0], "O1");
    table_reader_destroy(reader);
}
END_TEST

static const struct {
    const char *says;
    enum column_several several;
    const char *text;
    int32_t day; /**< 0: cannot be read */
    bool doubted;
} severals[] = {
    {"one value is no choice", SEVERAL_LAST, "2025-06-18", 20257, false},
    {"the last of two lines", SEVERAL_LAST, "2025-06-20\n2025-06-18", 20257, true},
    {"the first, blanks and empty parts aside", SEVERAL_FIRST, "; 2025-06-18 ;;2025-06-20", 20257,
     true},
    {"the newest", SEVERAL_NEWEST, "2025-06-18;2025-06-20;2025-06-19", 20259, true},
    {"the oldest", SEVERAL_OLDEST, "2025-06-19;2025-06-18", 20257, true},
    {"one of them is no date", SEVERAL_NEWEST, "2025-06-19;pronto", 0, true},
    {"none declared: two values are none", SEVERAL_NONE, "2025-06-19;2025-06-18", 0, true},
};

START_TEST(of_several_values_in_a_cell_the_declared_one_counts)
{
    const struct layout_column column = {
        .type = COLUMN_DATE, .name = "fecha", .several = severals[_i].several, .separators = "\n;"};
    const struct cell cell = cell_read(&column, severals[_i].text, "imss", &arena);

    ck_assert_msg((cell.state == CELL_READ) == (severals[_i].day != 0), "%s", severals[_i].says);
    if (severals[_i].day != 0) {
        ck_assert_msg(cell.number == severals[_i].day, "%s", severals[_i].says);
    }
    ck_assert_msg((cell.doubt != REASON_NONE) == severals[_i].doubted, "%s", severals[_i].says);
}
END_TEST

static const struct {
    const char *name;
    int32_t day; /**< 0: none */
} names[] = {
    {"altas_2025-06-18.csv", 20257},
    {"20250618.csv", 20257},
    {"ordenes 2025_06_18 (2).csv", 20257},
    {"2025-06-18 a 2025-06-18.csv", 20257},
    {"2025-06-17 a 2025-06-18.csv", 0},
    {"altas.csv", 0},
    {"2025-02-31.csv", 0},
    {"120250618.csv", 0},
    {"202506181.csv", 0},
    {"19990618.csv", 0},
    {"2025-0618.csv", 0},
};

START_TEST(a_name_dates_its_file_when_it_holds_one_date)
{
    int32_t day = 0;

    ck_assert_msg(file_name_day(names[_i].name, &day) == (names[_i].day != 0), "%s",
                  names[_i].name);
    ck_assert_int_eq(day, names[_i].day);
}
END_TEST

START_TEST(text_is_utf8_however_it_is_cut)
{
    static const char good[] = "a\xC3\xB1\xE2\x82\xAC\xF0\x9F\x92\x8Ax";
    static const char *const bad[] = {"a\xF1o", "\xC3", "\xE2\x82", "\x80", "\xC0\x80"};

    for (size_t cut = 0; cut < sizeof good; cut++) {
        struct text_utf8 text = {0};

        text_utf8_add(&text, good, cut);
        text_utf8_add(&text, good + cut, sizeof good - 1 - (cut < sizeof good ? cut : 0));
        ck_assert_msg(text_utf8_is_whole(&text), "cut at %zu", cut);
    }
    for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
        struct text_utf8 text = {0};

        for (const char *c = bad[i]; *c != '\0'; c++) {
            text_utf8_add(&text, c, 1);
        }
        ck_assert_msg(!text_utf8_is_whole(&text), "%zu", (size_t)i);
    }
}
END_TEST

START_TEST(the_code_page_becomes_utf8)
{
    struct buffer out = {0};

    cp1252_append_utf8(&out, "a\x80\xD1\x96\x81", 5);
    ck_assert_str_eq(buffer_text(&out), "a\xE2\x82\xAC\xC3\x91\xE2\x80\x93\xEF\xBF\xBD");
    buffer_finish(&out);
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_loop_test(tcase, the_form_of_a_file_is_declared_and_never_guessed, 0,
                        UNIT_COUNT(files));
    tcase_add_loop_test(tcase, windows_code_page_is_read_so_where_the_header_alone_could_be_utf8, 0,
                        2);
    tcase_add_test(tcase, no_header_is_taken_for_that_of_another_layout);
    tcase_add_test(tcase, a_header_that_fits_two_layouts_is_refused_with_both_names);
    tcase_add_test(tcase, banner_rows_above_the_header_are_no_rows);
    tcase_add_loop_test(tcase, of_several_values_in_a_cell_the_declared_one_counts, 0,
                        UNIT_COUNT(severals));
    tcase_add_loop_test(tcase, a_name_dates_its_file_when_it_holds_one_date, 0, UNIT_COUNT(names));
    tcase_add_test(tcase, text_is_utf8_however_it_is_cut);
    tcase_add_test(tcase, the_code_page_becomes_utf8);
}

int main(void)
{
    return unit_run("form", fill);
}
