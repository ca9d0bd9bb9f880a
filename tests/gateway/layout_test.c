#include "common/base/text.h"
#include "services/gateway/layout_parts.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct arena arena;

static struct file_sum read_text(const char *institution, const char *wanted, const char *text,
                                 size_t size)
{
    return read_stream(stream_of(text, size), institution, wanted, NULL, &arena, NULL, NULL);
}

static const struct {
    const char *header;
    const char *institution;
    const char *layout;
} recognised[] = {
    {"contrato,proveedor_rfc,proveedor,pena_tasa_diaria_pb,corte", "imss", "plantilla.contratos"},
    {"contrato,clave,cantidad_maxima,precio_unitario", "imss", "plantilla.partidas"},
    {"contrato,orden,clave,cantidad,fecha_limite", "issste", "plantilla.ordenes"},
    {"contrato,orden,clave,proveedor_rfc,remision,fecha_remision,piezas", "imss",
     "plantilla.remisiones"},
    {"recepcion,contrato,orden,clave,piezas,fecha_fisica", "imss", "plantilla.recepciones"},
    {"\xEF\xBB\xBFRecepci\xC3\xB3n,Contrato,\"Ord\nen\", CLAVE ,Piezas,\"Fecha F\xC3\xADsica\"",
     "imss", "plantilla.recepciones"},
    {"\xEF\xBB\xBFRecepci\xC3\xB3n,Contrato,\"Orden\n\", CLAVE ,Piezas,\"Fecha\nF\xC3\xADsica\"",
     "imss", "plantilla.recepciones"},
    {"decision,tipo,contrato,orden,clave,fecha,oficio", "imss", "plantilla.decisiones"},
    {"clave,nombre,presentacion", "ssa", "catalogo.claves"},
    {"numero_orden_suministro|numero_contrato|clave_medicamento|cantidad_solicitada|"
     "fecha_limite_entrega",
     "imss-bienestar", "imss-bienestar.ordenes"},
    {"numero_orden_suministro|numero_contrato|clave_medicamento|cantidad_solicitada|"
     "fecha_limite_entrega",
     "imss", NULL},
    {"a,b,c,d", "imss", NULL},
    {"contrato", "imss", "plantilla.contratos"},
};

START_TEST(a_layout_is_recognised_by_its_header)
{
    const char *header = recognised[_i].header;
    const struct file_sum sum = read_text(recognised[_i].institution, NULL, header, strlen(header));

    ck_assert_msg(text_equal(sum.layout, recognised[_i].layout), "%s: %s", header,
                  sum.layout == NULL ? sum.message : sum.layout);
    ck_assert(sum.layout != NULL || !text_is_blank(sum.message));
}
END_TEST

static const struct {
    const char *says;
    const char *wanted;
    const char *bytes;
    size_t size;
    const char *message;
} misfits[] = {
    {"an empty file", NULL, "", 0, "vacío"},
    {"empty lines only", NULL, "\n\r\n\n", 4, "vacío"},
    {"a missing column", "plantilla.recepciones", "recepcion,contrato,orden,clave,piezas\n", 38,
     "faltan columnas obligatorias del formato plantilla.recepciones: fecha_fisica"},
    {"a missing column, nothing asked for", NULL, "recepcion,contrato,orden,clave,piezas\n", 38,
     "faltan columnas obligatorias"},
    {"another layout's file", "plantilla.contratos", "contrato,orden,clave,cantidad,fecha_limite\n",
     43, "no parece del formato plantilla.contratos"},
    {"no layout knows it", NULL, "a,b,c\n1,2,3\n", 12, "ningún formato"},
    {"bytes that are no text", NULL, "recepci\xF3n,contrato\n", 19, "UTF-8"},
    {"a NUL in the header", NULL, "recep\0ion,contrato\n", 19, "UTF-8"},
    {"an open quote in the header", NULL, "\"recepcion,contrato\n1,2\n", 24, "comillas"},
    {"a column twice", "plantilla.partidas", "contrato,clave,clave,cantidad_maxima\n", 37,
     "dos veces"},
    {"a picture", NULL, "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16, "UTF-8"},
};

START_TEST(what_does_not_fit_is_told_apart)
{
    const struct file_sum sum =
        read_text("imss", misfits[_i].wanted, misfits[_i].bytes, misfits[_i].size);

    ck_assert_msg(sum.layout == NULL, "%s", misfits[_i].says);
    ck_assert_msg(strstr(sum.message, misfits[_i].message) != NULL, "%s: %s", misfits[_i].says,
                  sum.message);
}
END_TEST

START_TEST(an_open_quote_sets_its_own_line_aside_and_no_other)
{
    static const char text[] = "recepcion,contrato,orden,clave,piezas,fecha_fisica\n"
                               "R1,C,O,010.000.2540.00,1,2025-06-18\n"
                               "\"R2,C,O,010.000.2540.00,1,2025-06-18\n"
                               "R3,C,O,010.000.2540.00,1,2025-06-18\n";
    const struct file_sum sum = read_text("imss", NULL, text, sizeof text - 1);

    ck_assert_int_eq(sum.rows, 3);
    ck_assert_int_eq(sum.taken, 2);
    ck_assert_int_eq(sum.set_aside, 1);
}
END_TEST

START_TEST(hostile_rows_never_crash_and_are_counted)
{
    static const char header[] = "recepcion,contrato,orden,clave,piezas,fecha_fisica\n";
    char text[4096];
    uint32_t state = 4711;

    for (int round = 0; round < 300; round++) {
        size_t used = sizeof header - 1;

        memcpy(text, header, used);
        while (used < sizeof text) {
            state = state * 1664525U + 1013904223U;
            text[used++] = "\"\n,|\0\xFF\xC3\x80"
                           "19-A"[(state >> 24) % 12];
        }
        ck_assert_str_eq(read_text("imss", NULL, text, sizeof text).layout,
                         "plantilla.recepciones");
        arena_reset(&arena);
    }
}
END_TEST

static const char good[] = "[layout]\nid = x\nevent = OrderReported\nkey = a\n[a]\ncolumn = a\n"
                           "type = order\nneed = required\ntarget = order_number\n";

static const struct {
    const char *says;
    const char *text; /**< appended to the good one */
    const char *message;
} faults[] = {
    {"a key nobody knows", "colour = red\n", "colour"},
    {"an unknown member", "[b]\ncolumn = b\ntype = date\ntarget = nowhere\n", "nowhere"},
    {"a member of another kind", "[b]\ncolumn = b\ntype = date\ntarget = pieces\n", "otro tipo"},
    {"an unknown type", "[b]\ncolumn = b\ntype = colour\n", "colour"},
    {"no type", "[b]\ncolumn = b\n", "type"},
    {"a role that its type cannot play", "[b]\ncolumn = b\ntype = quantity\nrole = as_of\n",
     "role"},
    {"an identity of any text", "[b]\ncolumn = b\ntype = text\nrole = shipment\n", "role"},
    {"months beyond a century", "[rules]\nshelf_life_months = 9223372036854775807\n",
     "shelf_life_months"},
    {"words without a word", "[b]\ncolumn = b\ntype = words\nwords = ,\n", "words"},
    {"a default that no member holds",
     "[b]\ncolumn = b\ntype = quantity\ntarget = pieces\ndefault = 9223372036854775807\n",
     "default"},
    {"a clave made of itself, by way of another",
     "[b]\nparts = c, d\ntype = clave\n[c]\nparts = b, d\ntype = clave\n"
     "[d]\ncolumn = d\ntype = text\n",
     "parts"},
    {"returns of an event without that kind",
     "[b]\ncolumn = b\ntype = quantity\ntarget = pieces\nnegative_is_return = yes\n"
     "[rules]\nreturn_kind = status\n",
     "negative_is_return"},
    {"no title", "[b]\ntype = date\n", "column"},
    {"a symbol that the enumeration lacks",
     "[b]\ncolumn = b\ntype = words\nwords = x=MAYBE\ntarget = status\n", "MAYBE"},
    {"words without meaning", "[b]\ncolumn = b\ntype = words\nwords = x\ntarget = status\n",
     "words"},
    {"separators that a comment cuts",
     "[b]\ncolumn = b\ntype = date\nseveral = first\nseparators = , ; |y\n", "juntos"},
    {"separators with blanks", "[b]\ncolumn = b\ntype = date\nseveral = first\nseparators = , |\n",
     "juntos"},
    {"a check against no column", "[b]\ncolumn = b\ntype = clave\nchecks = nowhere\n", "nowhere"},
    {"a constant for a date", "[constants]\ndue_on = 3\n", "due_on"},
    {"a constant that is no number", "[constants]\npieces = x\n", "pieces"},
    {"a rule over other members", "[rules]\nsubtract = pieces, status\n", "status"},
    {"a negative that has no kind to turn",
     "[b]\ncolumn = b\ntype = quantity\nnegative_is_return = yes\ntarget = pieces\n",
     "return_kind"},
};

START_TEST(a_layout_with_a_slip_is_refused)
{
    struct layout *layout = NULL;
    struct error err = {0};

    ck_assert_msg(layout_read("x.ini", good, &arena, &layout, &err), "%s", err.message);
    ck_assert(!layout_read("x.ini", arena_format(&arena, "%s%s", good, faults[_i].text), &arena,
                           &layout, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_msg(strstr(err.message, "x.ini:") == err.message &&
                      strstr(err.message, faults[_i].message) != NULL,
                  "%s: %s", faults[_i].says, err.message);
}
END_TEST

START_TEST(the_warehouse_file_dates_itself_by_its_newest_capture)
{
    const struct file_sum sum =
        read_project_file("tests/data/recepciones_imss_bienestar_cdmx_2025.csv", "imss-bienestar",
                          NULL, &arena, NULL, NULL);
    const struct layout_set *set = project_layouts(&arena);

    ck_assert(sum.as_of > INT64_C(20331) * 86400000000);
    ck_assert_str_eq(layout_as_of_column(layout_find(set, "imss-bienestar.recepciones-cdmx")),
                     "FECHA DE CAPTURA");
    ck_assert_ptr_null(layout_as_of_column(layout_find(set, "plantilla.ordenes")));
    ck_assert_ptr_null(layout_find(set, "nada"));
}
END_TEST

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Two layouts of one source: the second with other lines than the first. */
static bool load_two(const char *lines, struct error *err)
{
    static const char head[] = "[layout]\nid = %s\nsource = s\nevent = OrderReported\nkey = n\n"
                               "[n]\ncolumn = n\ntype = order\nneed = required\n%s";
    char *folder = arena_copy(&arena, "/tmp/abasto-layouts.XXXXXX");
    const struct layout_set *set;
    const char *a;
    const char *b;
    bool loaded;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    a = arena_format(&arena, "%s/a.ini", folder);
    b = arena_format(&arena, "%s/b.ini", folder);
    write_text(a, arena_format(&arena, head, "a",
                               "[r]\ncolumn = rfc\ntype = rfc\ntarget = supplier_rfc\n"));
    write_text(b, arena_format(&arena, head, "b", lines));
    loaded = layout_set_load(folder, &arena, &set, err);
    ck_assert_int_eq(unlink(a), 0);
    ck_assert_int_eq(unlink(b), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    return loaded;
}

START_TEST(layouts_of_one_source_fill_the_same_members)
{
    struct error err = {0};

    ck_assert_msg(load_two("[p]\ncolumn = otro\ntype = rfc\ntarget = supplier_rfc\n", &err), "%s",
                  err.message);
    ck_assert(!load_two("[p]\ncolumn = proveedor\ntype = text\ntarget = supplier_name\n", &err));
    ck_assert_msg(strstr(err.message, "supplier_") != NULL && strstr(err.message, "source") != NULL,
                  "%s", err.message);
}
END_TEST

START_TEST(only_a_reading_along_may_be_silent)
{
    static const char text[] =
        "[layout]\nid = x\nevent = OrderReported\nkey = a\n%s"
        "skip_if_blank = %s\n[a]\ncolumn = a\ntype = order\nneed = required\n";
    struct layout *layout = NULL;
    struct error err = {0};

    ck_assert_msg(layout_read("x.ini", arena_format(&arena, text, "reads_with = y\n", "a"), &arena,
                              &layout, &err),
                  "%s", err.message);
    ck_assert(!layout_read("x.ini", arena_format(&arena, text, "", "a"), &arena, &layout, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "skip_if_blank"));
    error_clear(&err);
    ck_assert(!layout_read("x.ini", arena_format(&arena, text, "reads_with = y\n", "nowhere"),
                           &arena, &layout, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "nowhere"));
}
END_TEST

static const struct {
    const char *says;
    const char *pieces;
    const char *day;
    bool silent;
} arrivals[] = {
    {"nothing came yet", "", "", true},
    {"words for nothing", "N/A", "S/D", true},
    {"no pieces are none", "0", "", true},
    {"pieces without a day are no silence", "5", "", false},
    {"nor is a day without pieces", "", "2025-06-18", false},
    {"nor what cannot be read", "cinco", "", false},
};

START_TEST(a_reading_is_silent_while_what_it_would_report_is_blank)
{
    const struct layout_set *set = project_layouts(&arena);
    const struct layout *layout = layout_find(set, "imss-bienestar.citas-recepciones");
    const struct row_file file = {.institution = "imss-bienestar", .as_of = 1, .has_as_of = true};
    const char *cells[] = {"IMBB-12-02-2025-12000001-U013", "010.000.2540.00", arrivals[_i].pieces,
                           arrivals[_i].day};
    size_t *at = arena_array(&arena, layout->column_count, sizeof *at);
    const struct layout_columns columns = {at, layout->column_count, UNIT_COUNT(cells)};
    struct reported_row row;

    for (size_t i = 0; i < layout->column_count; i++) {
        const char *section = layout->columns[i].section;

        at[i] = text_equal(section, "orden") || text_equal(section, "recibo") ? 0
                : text_equal(section, "clave")                                ? 1
                : text_equal(section, "recibidas")                            ? 2
                : text_equal(section, "recepcion")                            ? 3
                                                                              : SIZE_MAX;
    }
    row_read(layout, &columns, &file, NULL,
             &(struct table_row){.cells = cells, .count = UNIT_COUNT(cells), .number = 1}, &arena,
             &row);
    ck_assert_msg((row.verdict == ROW_SILENT) == arrivals[_i].silent, "%s", arrivals[_i].says);
    ck_assert_msg(!arrivals[_i].silent || (row.remark_count == 0 && row.event == NULL), "%s",
                  arrivals[_i].says);
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_layout_is_recognised_by_its_header, 0, UNIT_COUNT(recognised));
    tcase_add_loop_test(tcase, what_does_not_fit_is_told_apart, 0, UNIT_COUNT(misfits));
    tcase_add_test(tcase, an_open_quote_sets_its_own_line_aside_and_no_other);
    tcase_add_test(tcase, hostile_rows_never_crash_and_are_counted);
    tcase_add_loop_test(tcase, a_layout_with_a_slip_is_refused, 0, UNIT_COUNT(faults));
    tcase_add_test(tcase, layouts_of_one_source_fill_the_same_members);
    tcase_add_test(tcase, only_a_reading_along_may_be_silent);
    tcase_add_loop_test(tcase, a_reading_is_silent_while_what_it_would_report_is_blank, 0,
                        UNIT_COUNT(arrivals));
    tcase_add_test(tcase, the_warehouse_file_dates_itself_by_its_newest_capture);
}

int main(void)
{
    return unit_run("layout", fill);
}
