#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <string.h>

/* One example of every reason for which a row is not taken as it came: with the column, what was found, what was
 * expected and what to do, word for word. Those of reports are in inbox_reasons_test.c, those of files in
 * file_reasons_test.c. */

#define MEND(column)                                                                               \
    "si no es correcto, corrija " column " en su origen y cargue el archivo otra vez"
#define COMPLETE(column) "complete " column " en la fila y cargue el archivo otra vez"
#define PIECES "un número entero de piezas"
#define DATE "una fecha AAAA-MM-DD (también se lee dd/mm/aaaa)"
#define CLAVE "una clave CNIS, p. ej. 010.000.2540.00"
#define RFC "un RFC, p. ej. XFI000101050"
#define MONEY "un importe en pesos, p. ej. 12.2550"

/* A file of one row: what its layout cannot do without, and then the cells that matter. '@' in a row is a cell of
 * `long_cell` bytes. */
#define RECEIPT(titles, cells)                                                                     \
    "recepcion,clave,piezas,fecha_fisica" titles "\nR1,010.000.2540.00,124,2025-06-18" cells "\n"
#define ORDER(titles, cells)                                                                       \
    "orden,clave,cantidad,fecha_limite,contrato" titles                                            \
    "\n7,010.000.2540.00,10,2025-06-20,C1" cells "\n"
#define CONTRACT(titles, cells) "contrato" titles "\nC1" cells "\n"
#define IMSS_CONTRACT(titles, cells)                                                               \
    "numero_contrato,gpo,gen,esp,dif,var,cantidad_maxima_clave" titles                             \
    "\nC1,010,000,2540,00,00,1000" cells "\n"
#define ALTA                                                                                       \
    "noAlta,fechaAltaTrunc,noContrato,noOrden,clave,cantRecibida,clasPtalRecep\n"                  \
    "A1,18/06/2025,C1,O1,010 000 2540 00 00,5,360901152110\n"
#define WAREHOUSE(titles, cells)                                                                   \
    "CNS,CLAVE,CANTIDAD RECIBIDA,FECHA DE ENTREGA" titles                                          \
    "\n1,010.000.2540.00,10,2025-06-18" cells "\n"
#define SEVERAL(which)                                                                             \
    "[layout]\nid = x\nevent = ReceiptReported\nkey = a\n[a]\ncolumn = recepcion\n"                \
    "type = identifier\nneed = required\ntarget = receipt_id\n[fecha]\ncolumn = fecha\n"           \
    "type = date\nseparators = /y\ntarget = physical_on\nseveral = " which "\n"

static const struct row_example {
    const char *text;
    const char *column;
    const char *found;
    const char *expected;
    const char *action;
    bool aside;              /* the row is not taken */
    const char *about;       /* what the reason speaks of */
    const char *institution; /* NULL: imss */
    const char *layout;      /* its text; NULL: one of ours */
    size_t long_cell;
    bool undated;   /* nothing dates the file */
    bool catalogue; /* there is one, which does not know the clave */
} rows[REASON_COUNT] = {
    [REASON_MISSING] = {RECEIPT(",orden", ",7") "R2,,5,2025-06-18,7\n", "clave", "", CLAVE,
                        COMPLETE("clave"), .aside = true},
    [REASON_BLANK] = {RECEIPT(",fecha_captura", ","), "fecha_captura", "", DATE,
                      MEND("fecha_captura")},
    [REASON_BLANK_MEANS] = {RECEIPT(",contrato", ","), "contrato", "",
                            "un número de contrato, p. ej. IB/1749/2025", MEND("contrato"),
                            .about = "viene en blanco: se guarda sin contrato y no causa penas"},
    [REASON_SAYS_NONE] = {RECEIPT(",remision", ",N/A"), "remision", "N/A",
                          "un número o folio de hasta 100 caracteres, sin '|'", MEND("remision")},
    [REASON_NO_LOT] = {RECEIPT(",lote", ",S/L"), "lote", "S/L", "un lote de hasta 19 caracteres",
                       MEND("lote")},
    [REASON_NO_EXPIRY] = {RECEIPT(",caducidad", ",S/C"), "caducidad", "S/C", DATE,
                          MEND("caducidad")},

    [REASON_NOT_UTF8] = {"recepcion,clave,piezas,fecha_fisica\nR\xF1,010.000.2540.00,1,2025-06-18",
                         "recepcion", "R\xEF\xBF\xBD",
                         "un número o folio de hasta 100 caracteres, sin '|'",
                         "guarde el archivo como «CSV UTF-8» y cárguelo otra vez", .aside = true},
    [REASON_NO_IDENTIFIER] = {RECEIPT(",remision", ",A|B"), "remision", "A|B",
                              "un número o folio de hasta 100 caracteres, sin '|'",
                              MEND("remision")},
    [REASON_NO_CONTRACT] = {CONTRACT("", "|1"), "contrato", "C1|1",
                            "un número de contrato, p. ej. IB/1749/2025", COMPLETE("contrato"),
                            .aside = true},
    [REASON_NO_ORDER] = {"orden,clave,cantidad,fecha_limite,contrato\n7|8,010.000.2540.00,10,"
                         "2025-06-20,C1\n",
                         "orden", "7|8", "un número de orden, p. ej. IMBB-09-02-2025-09153687-U013",
                         COMPLETE("orden"), .aside = true},
    [REASON_BAR_IN_CLAVE] = {"recepcion,clave,piezas,fecha_fisica\nR1,A|B,1,2025-06-18\n", "clave",
                             "A|B", CLAVE, COMPLETE("clave"), .aside = true},
    [REASON_BAR_IN_RFC] = {CONTRACT(",proveedor_rfc", ",A|B"), "proveedor_rfc", "A|B", RFC,
                           MEND("proveedor_rfc")},
    [REASON_NO_SUCH_WORD] = {RECEIPT(",tipo", ",prestamo"), "tipo", "prestamo",
                             "una de: entrega, devolucion, fondo_revolvente, donacion, "
                             "transferencia",
                             MEND("tipo")},
    [REASON_NO_DATE] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,1,2025-02-31\n",
                        "fecha_fisica", "2025-02-31", DATE,
                        "escriba en fecha_fisica una fecha que exista (AAAA-MM-DD) y cargue el "
                        "archivo otra vez",
                        .aside = true},
    [REASON_SERIAL_DATE] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,1,45826\n",
                            "fecha_fisica", "45826", DATE,
                            "escriba en fecha_fisica una fecha que exista (AAAA-MM-DD) y cargue el "
                            "archivo otra vez",
                            .aside = true},
    [REASON_NO_NUMBER] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,9999999999999999"
                          "999999999999999999999999,2025-06-18\n",
                          "piezas", "9999999999999999999999999999999999999999", PIECES,
                          "escriba en piezas el número entero de piezas y cargue el archivo otra "
                          "vez",
                          .aside = true},
    [REASON_PIECES_NOT_WHOLE] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,2.5,"
                                 "2025-06-18\n",
                                 "piezas", "2.5", PIECES,
                                 "escriba en piezas el número entero de piezas y cargue el archivo "
                                 "otra vez",
                                 .aside = true},
    [REASON_PIECES_NEGATIVE] = {"orden,clave,cantidad,fecha_limite,contrato\n7,010.000.2540.00,-10,"
                                "2025-06-20,C1\n",
                                "cantidad", "-10", PIECES,
                                "escriba en cantidad el número entero de piezas y cargue el "
                                "archivo otra vez",
                                .aside = true},
    [REASON_PIECES_IMPOSSIBLE] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,"
                                  "1000000000001,2025-06-18\n",
                                  "piezas", "1000000000001", PIECES,
                                  "escriba en piezas el número entero de piezas y cargue el "
                                  "archivo otra vez",
                                  .aside = true},
    [REASON_NOT_WHOLE] = {CONTRACT(",pena_gracia_dias", ",2.5"), "pena_gracia_dias", "2.5",
                          "un número entero", MEND("pena_gracia_dias")},
    [REASON_OUT_OF_RANGE] = {CONTRACT(",pena_tope_pb", ",10001"), "pena_tope_pb", "10001",
                             "un número entero", MEND("pena_tope_pb")},
    [REASON_PERCENT_OUT_OF_RANGE] = {IMSS_CONTRACT(",porcentaje_sancion_contrato", ",250"),
                                     "porcentaje_sancion_contrato", "250",
                                     "un porcentaje, p. ej. 2,50",
                                     MEND("porcentaje_sancion_contrato")},
    [REASON_MONEY_NEGATIVE] = {ORDER(",precio_unitario", ",-12.25"), "precio_unitario", "-12.25",
                               MONEY, MEND("precio_unitario")},

    [REASON_TEXT_NOT_UTF8] = {CONTRACT(",proveedor", ",QU\xCDMICA"), "proveedor",
                              "QU\xEF\xBF\xBDMICA", "un texto", MEND("proveedor")},
    [REASON_TEXT_CUT] = {CONTRACT(",proveedor", ",@"), "proveedor", "@…", "un texto",
                         MEND("proveedor"), .long_cell = 4001},
    [REASON_CONTRACT_ODD] = {RECEIPT(",contrato", ",PENDIENTE"), "contrato", "PENDIENTE",
                             "un número de contrato, p. ej. IB/1749/2025", MEND("contrato")},
    [REASON_ORDER_ODD] = {RECEIPT(",orden", ",7"), "orden", "7",
                          "un número de orden, p. ej. IMBB-09-02-2025-09153687-U013", MEND("orden"),
                          .institution = "imss-bienestar"},
    [REASON_CLAVE_CUCOP] = {"recepcion,clave,piezas,fecha_fisica\nR1,2231-0167,1,2025-06-18\n",
                            "clave", "2231-0167", CLAVE, MEND("clave")},
    [REASON_CLAVE_MALFORMED] = {"recepcion,clave,piezas,fecha_fisica\nR1,GASAS,1,2025-06-18\n",
                                "clave", "GASAS", CLAVE, MEND("clave")},
    [REASON_CLAVE_UNKNOWN] = {RECEIPT("", ""), "clave", "010.000.2540.00", CLAVE, MEND("clave"),
                              .catalogue = true},
    [REASON_RFC_LENGTH] = {CONTRACT(",proveedor_rfc", ",XFI00010105"), "proveedor_rfc",
                           "XFI00010105", RFC, MEND("proveedor_rfc")},
    [REASON_RFC_CHARACTERS] = {CONTRACT(",proveedor_rfc", ",X1I000101050"), "proveedor_rfc",
                               "X1I000101050", RFC, MEND("proveedor_rfc")},
    [REASON_RFC_DATE] = {CONTRACT(",proveedor_rfc", ",XFI000231050"), "proveedor_rfc",
                         "XFI000231050", RFC, MEND("proveedor_rfc")},
    [REASON_RFC_CHECK_DIGIT] = {CONTRACT(",proveedor_rfc", ",XFI000101051"), "proveedor_rfc",
                                "XFI000101051", RFC, MEND("proveedor_rfc")},
    [REASON_CLUES_ODD] = {ORDER(",destino_clues", ",HGZ 32"), "destino_clues", "HGZ 32",
                          "una CLUES, p. ej. DFIMS000230", MEND("destino_clues")},
    [REASON_PROCEDURE_ODD] = {CONTRACT(",procedimiento", ",licitación 5"), "procedimiento",
                              "licitación 5",
                              "un procedimiento, p. ej. AA-12-NEF-012NEF001-I-31-2025",
                              MEND("procedimiento")},
    [REASON_LOT_LONG] = {RECEIPT(",lote", ",ABCDEFGHIJKLMNOPQRST"), "lote", "ABCDEFGHIJKLMNOPQRST",
                         "un lote de hasta 19 caracteres", MEND("lote")},
    [REASON_DATE_WITH_TIME] = {RECEIPT(",fecha_alta", ",2025-06-19 00:00:00"), "fecha_alta",
                               "2025-06-19 00:00:00", DATE, MEND("fecha_alta")},
    [REASON_DAY_FIRST] = {RECEIPT(",fecha_alta", ",19/06/2025"), "fecha_alta", "19/06/2025", DATE,
                          MEND("fecha_alta")},
    [REASON_YEAR_UNLIKELY] = {RECEIPT(",fecha_alta", ",1900-01-01"), "fecha_alta", "1900-01-01",
                              DATE, MEND("fecha_alta")},
    [REASON_FIRST_COUNTS] = {"recepcion,fecha\nR1,2025-06-19/2025-06-18\n", "fecha",
                             "2025-06-19/2025-06-18", DATE, MEND("fecha"),
                             .layout = SEVERAL("first")},
    [REASON_LAST_COUNTS] = {"recepcion,fecha\nR1,2025-06-19 y 2025-06-18\n", "fecha",
                            "2025-06-19 y 2025-06-18", DATE, MEND("fecha"),
                            .layout = SEVERAL("last")},
    [REASON_OLDEST_COUNTS] = {"recepcion,fecha\nR1,\"2025-06-19\r\n2025-06-18\"\n", "fecha",
                              "2025-06-19↵2025-06-18", DATE, MEND("fecha"),
                              .layout = SEVERAL("oldest")},
    [REASON_NEWEST_COUNTS] = {"recepcion,fecha\nR1,\"2025-06-19\n2025-06-18\"\n", "fecha",
                              "2025-06-19↵2025-06-18", DATE, MEND("fecha"),
                              .layout = SEVERAL("newest")},
    [REASON_THOUSANDS] = {ORDER(",precio_unitario", ",\"1,234.50\""), "precio_unitario", "1,234.50",
                          MONEY, MEND("precio_unitario")},
    [REASON_FLOAT_NOISE] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,"
                            "119.99999999999999,2025-06-18\n",
                            "piezas", "119.99999999999999", PIECES, MEND("piezas")},
    [REASON_PIECES_WITH_DECIMALS] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,"
                                     "312.0,2025-06-18\n",
                                     "piezas", "312.0", PIECES, MEND("piezas")},
    [REASON_PIECES_ZERO] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,0,"
                            "2025-06-18\n",
                            "piezas", "0", PIECES, MEND("piezas")},
    [REASON_PIECES_UNLIKELY] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,"
                                "100000001,2025-06-18\n",
                                "piezas", "100000001", PIECES, MEND("piezas")},
    [REASON_PERCENT_ROUNDED] = {IMSS_CONTRACT(",porcentaje_sancion_contrato", ",\"2,005\""),
                                "porcentaje_sancion_contrato", "2,005",
                                "un porcentaje, p. ej. 2,50", MEND("porcentaje_sancion_contrato")},
    [REASON_MONEY_ROUNDED] = {ORDER(",precio_unitario", ",12.34567"), "precio_unitario", "12.34567",
                              MONEY, MEND("precio_unitario")},
    [REASON_PRICE_UNLIKELY] = {ORDER(",precio_unitario", ",10000001"), "precio_unitario",
                               "10000001", MONEY, MEND("precio_unitario")},
    [REASON_MONEY_SIGN] = {ORDER(",precio_unitario", ",$12.25"), "precio_unitario", "$12.25", MONEY,
                           MEND("precio_unitario")},

    [REASON_DIFFERS] = {WAREHOUSE(",CLAVE (SAICA)", ",010.000.0104.00"), "CLAVE (SAICA)",
                        "010.000.0104.00", CLAVE, MEND("CLAVE (SAICA)"), .about = "CLAVE",
                        .institution = "imss-bienestar"},
    [REASON_IS_RETURN] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00,-5,"
                          "2025-06-18\n",
                          "piezas", "-5", PIECES, MEND("piezas")},
    [REASON_IS_SUBTRACTED] = {"recepcion,clave,piezas,fecha_fisica,tipo\nR1,010.000.2540.00,-5,"
                              "2025-06-18,donacion\n",
                              "piezas", "-5", PIECES, MEND("piezas")},
    [REASON_MORE_REJECTED] = {RECEIPT(",piezas_rechazadas", ",125"), "piezas_rechazadas", "125",
                              PIECES, MEND("piezas_rechazadas")},
    [REASON_CANCELLED_UNDATED] = {ORDER(",estatus,fecha_cancelacion", ",cancelada,"),
                                  "fecha_cancelacion", "", DATE, MEND("fecha_cancelacion")},
    [REASON_SHORT_LIFE] = {RECEIPT(",caducidad", ",2026-06-17"), "caducidad", "2026-06-17", DATE,
                           MEND("caducidad"), .about = "12"},
    [REASON_FILE_UNDATED] = {RECEIPT("", ""), "corte", "",
                             "la fecha de la que habla la fila, AAAA-MM-DD",
                             "cargue el archivo otra vez con --as-of AAAA-MM-DD", .aside = true,
                             .undated = true},
    [REASON_FILLER] = {ALTA ".,,,,,,\n", "(fila)", ".", "una fila de datos",
                       "nada; si es un dato, quite la marca con que empieza la fila",
                       .aside = true},
    [REASON_LINE_TOO_LONG] = {"recepcion,clave,piezas,fecha_fisica\n@\n", "(fila)", "@…",
                              "un renglón de hasta 1 MB",
                              "revise separadores y saltos de renglón y cargue el archivo otra vez",
                              .aside = true, .long_cell = 2 * 1024 * 1024},
    [REASON_OPEN_QUOTE] = {"recepcion,clave,piezas,fecha_fisica\n\"R1,010.000.2540.00,1\n",
                           "(fila)", "\"R1,010.000.2540.00,1↵",
                           "comillas que se abren y se cierran en su celda",
                           "cierre las comillas de la fila y cargue el archivo otra vez",
                           .aside = true},
    [REASON_OTHER_CELLS] = {"recepcion,clave,piezas,fecha_fisica\nR1,010.000.2540.00\n", "(fila)",
                            "2 celdas", "4 celdas",
                            "revise separadores y comillas de la fila y cargue el archivo otra vez",
                            .aside = true},
};

static struct arena arena;

/* '@' as so many letters. */
static const char *with_long_cell(const char *text, size_t bytes)
{
    const char *mark = bytes == 0 ? NULL : strchr(text, '@');
    char *filler;

    if (mark == NULL) {
        return text;
    }
    filler = arena_alloc(&arena, bytes + 1);
    memset(filler, 'x', bytes);
    return arena_format(&arena, "%.*s%s%s", (int)(mark - text), text, filler, mark + 1);
}

static const struct layout_set *layouts_of(const struct row_example *given)
{
    struct layout_set *set = arena_alloc(&arena, sizeof *set);
    const struct layout **listed = arena_alloc(&arena, sizeof *listed);
    struct layout *layout = NULL;
    struct error err = {0};

    if (given->layout == NULL) {
        return project_layouts(&arena);
    }
    ck_assert_msg(layout_read("x.ini", given->layout, &arena, &layout, &err), "%s", err.message);
    listed[0] = layout;
    *set = (struct layout_set){.layouts = listed, .count = 1};
    return set;
}

static bool knows_none(const void *context, const char *clave)
{
    (void)context;
    (void)clave;
    return false;
}

/* The remark that gives this reason, of the last row of the example that gives it. */
static const struct row_remark *remark_of(const struct row_example *given, enum reason why,
                                          enum row_verdict *verdict)
{
    const char *institution = given->institution == NULL ? "imss" : given->institution;
    const char *text = with_long_cell(given->text, given->long_cell);
    struct table_reader *reader =
        table_reader_create(stream_of(text, strlen(text)), (struct table_form){.delimiter = ','});
    const struct row_file file = {.institution = institution,
                                  .name = "prueba.csv",
                                  .sha256 = "00",
                                  .as_of = INT64_C(1756598400000000),
                                  .has_as_of = !given->undated};
    const struct row_catalogue catalogue = {.knows = knows_none};
    const struct row_remark *found = NULL;
    struct table_row row;
    struct layout_head head = {.form = {.delimiter = ','}, .rows = &row, .count = 1};
    struct layout_fit fit;
    struct error err = {0};
    bool more;

    ck_assert(table_reader_next(reader, &row, &more, &err) && more);
    fit = layout_recognise(layouts_of(given), institution, NULL, &head, 1, &arena);
    ck_assert_msg(fit.layout != NULL, "%s", reason_text(&arena, &fit.refusal));
    while (table_reader_next(reader, &row, &more, &err) && more) {
        const char **cells = arena_array(&arena, row.count + 1, sizeof *cells);

        for (size_t i = 0; i < row.count; i++) {
            cells[i] = arena_copy(&arena, row.cells[i]);
        }
        row.cells = cells;
        for (size_t i = 0; i < fit.reading_count; i++) {
            struct reported_row *out = arena_alloc(&arena, sizeof *out);

            row_read(fit.readings[i].layout, &fit.readings[i].columns, &file,
                     given->catalogue ? &catalogue : NULL, &row, &arena, out);
            for (size_t j = 0; j < out->remark_count; j++) {
                if (out->remarks[j].reason.why == why &&
                    text_equal(out->remarks[j].column, given->column)) {
                    found = &out->remarks[j];
                    *verdict = out->verdict;
                }
            }
        }
    }
    table_reader_destroy(reader);
    return found;
}

static bool is_of_inbox(enum reason why)
{
    return why == REASON_REPORT_UNDATED || (why >= REASON_NO_HEADER && why <= REASON_ACT_CHANGE);
}

START_TEST(every_reason_of_a_row_names_column_found_expected_and_action)
{
    const enum reason why = (enum reason)_i;
    const struct row_example *given = &rows[why];
    enum row_verdict verdict = ROW_TAKEN;
    const struct row_remark *remark;

    if (is_of_inbox(why) || why >= REASON_FILE_EMPTY) {
        return;
    }
    ck_assert_msg(given->text != NULL, "reason %d has no example", _i);
    remark = remark_of(given, why, &verdict);
    ck_assert_msg(remark != NULL, "reason %d is not given", _i);
    ck_assert_msg(reason_code(why) != NULL && reason_text(&arena, &remark->reason) != NULL,
                  "reason %d has no words", _i);
    ck_assert_str_eq(remark->column, given->column);
    ck_assert_str_eq(remark->found,
                     with_long_cell(given->found, given->long_cell == 0 ? 0 : CELL_SHOWN_BYTES));
    ck_assert_str_eq(remark->expected, given->expected);
    ck_assert_str_eq(remark->action, given->action);
    ck_assert_msg((verdict != ROW_TAKEN) == given->aside, "reason %d, verdict %d", _i, verdict);
    ck_assert_msg(given->about == NULL || text_equal(remark->reason.about[0], given->about), "%s",
                  remark->reason.about[0]);
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
    tcase_add_loop_test(tcase, every_reason_of_a_row_names_column_found_expected_and_action,
                        REASON_NONE + 1, REASON_COUNT);
}

int main(void)
{
    return unit_run("gateway.row_reasons", fill);
}
