#include "services/gateway/feed_record.h"
#include "services/gateway/reason.h"
#include "tests/base/unit.h"
#include "tests/gateway/book.h"
#include "tests/gateway/drop.h"

#include <stdlib.h>

/* One example of every reason for which a whole file is refused, word for word, as who delivered it reads it. */

static struct arena arena;

#define UNION                                                                                      \
    "contrato,orden,clave,cantidad,fecha_limite,cantidad_maxima,descripcion,cantidad_minima\n"
#define GOOD_ORDER                                                                                 \
    "orden,clave,cantidad,fecha_limite,contrato\n7,010.000.2540.00,10,2025-06-20,C1\n"
#define ALTA "noAlta,fechaAltaTrunc,noContrato,noOrden,clave,cantRecibida,clasPtalRecep\n"

#define ORDER_ROWS                                                                                 \
    "orden,clave,cantidad,fecha_limite,contrato\n7,010.000.2540.00,10,2025-06-20,C1\n"

static struct bytes old_workbook(void)
{
    return (struct bytes){(const uint8_t *)"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8};
}
static struct bytes other_archive(void)
{
    return book_of_parts(&arena, &(struct book_part){"ordenes.csv", ORDER_ROWS}, 1);
}
static struct bytes half_a_workbook(void)
{
    struct bytes whole = book_of_rows(&arena, book_rows_of_csv(&arena, ORDER_ROWS));

    whole.size /= 2;
    return whole;
}
static struct bytes wide_workbook(void)
{
    return book_of_rows(&arena, "<row><c r=\"XFD1\"><v>1</v></c></row>");
}
static struct bytes laughing_workbook(void)
{
    struct book_part parts[BOOK_PARTS];

    book_parts(&arena, "", parts);
    parts[BOOK_TEXTS].xml = "<!DOCTYPE sst [<!ENTITY ja \"ja\">]><sst/>";
    return book_of_parts(&arena, parts, BOOK_PARTS);
}
static struct bytes unvalued_workbook(void)
{
    return book_of_rows(&arena, arena_format(&arena, "%s<row><c r=\"C3\"><f>C2*2</f></c></row>",
                                             book_rows_of_csv(&arena, ORDER_ROWS)));
}
static struct bytes workbook_of_two(void)
{
    struct book_part parts[BOOK_PARTS];

    book_parts(&arena, book_rows_of_csv(&arena, ORDER_ROWS), parts);
    parts[BOOK_BOOK].xml = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Enero\" r:id=\"rId1\"/>"
                           "<sheet name=\"Febrero\" r:id=\"rId1\"/></sheets></workbook>";
    return book_of_parts(&arena, parts, BOOK_PARTS);
}

static const struct file_example {
    const char *institution;
    const char *content;
    const char *sidecar; /* NULL: none */
    const char *refusal;
    struct bytes (*make)(void); /* content that is no text */
} files[REASON_COUNT] = {
    [REASON_FILE_EMPTY] = {"imss", "", NULL,
                           "el archivo está vacío: no tiene ni encabezado; entréguelo completo"},
    [REASON_FILE_UNKNOWN] = {"imss", "uno,dos\n1,2\n", NULL,
                             "ningún formato conocido tiene este encabezado: revise que sea el "
                             "archivo correcto y su separador, o indique el formato con --layout"},
    [REASON_FILE_AMBIGUOUS] = {"imss", UNION, NULL,
                               "el encabezado sirve a varios formatos: plantilla.ordenes, "
                               "plantilla.partidas; indique cuál es con --layout o en el archivo "
                               "acompañante"},
    [REASON_FILE_OTHER] =
        {"imss", GOOD_ORDER, "{\"layout\":\"plantilla.contratos\"}",
         "el archivo no parece del formato plantilla.contratos: conoce 1 de sus "
         "5 columnas; revise que sea el archivo correcto, su separador, o indique "
         "el formato con --layout"},
    [REASON_FILE_FORM] = {"issste", "contrato;orden;clave;cantidad;fecha_limite\n", NULL,
                          "el archivo está separado por punto y coma (;) y el formato "
                          "plantilla.ordenes se separa por coma (,) en UTF-8: guárdelo así y "
                          "cárguelo otra vez"},
    [REASON_HEADER_QUOTES] = {"imss", "\"recepcion,contrato\n1,2\n", NULL,
                              "el encabezado abre comillas que nunca cierra: revise las comillas "
                              "de la primera fila"},
    [REASON_FILE_NOT_UTF8] = {"ssa", "clave,nombre,presentaci\xF3n\n", NULL,
                              "el archivo no está en UTF-8, como pide el formato catalogo.claves: "
                              "guárdelo como «CSV UTF-8» y cárguelo otra vez"},
    [REASON_HEADER_NOT_UTF8] = {"imss", "contrato,recepci\xF3n\n", NULL,
                                "el encabezado no está en UTF-8 (columna 2): guarde el archivo "
                                "como «CSV UTF-8» y cárguelo otra vez"},
    [REASON_COLUMNS_MISSING] = {"imss", "recepcion,contrato,orden,clave,piezas\n", NULL,
                                "al archivo le faltan columnas obligatorias del formato "
                                "plantilla.recepciones: fecha_fisica; agréguelas y cárguelo otra "
                                "vez"},
    [REASON_COLUMN_TWICE] = {"imss", "orden,clave,cantidad,fecha_limite,contrato,Orden\n",
                             "{\"layout\":\"plantilla.ordenes\"}",
                             "la columna orden está dos veces en el encabezado: deje una sola y "
                             "cárguelo otra vez"},
    [REASON_NO_SUCH_LAYOUT] = {"imss", GOOD_ORDER, "{\"layout\":\"plantilla.inexistente\"}",
                               "no hay formato «plantilla.inexistente»; revise --layout o el "
                               "archivo acompañante"},
    [REASON_LAYOUT_OF_OTHER] = {"issste", ALTA, "{\"layout\":\"imss.altas\"}",
                                "el formato imss.altas es de imss, no de issste; entréguelo en su "
                                "buzón"},
    [REASON_LAYOUT_NOT_DUE] = {"imss", "clave,nombre,presentacion\n010.000.2540.00,A,B\n", NULL,
                               "imss no entrega archivos de formato catalogo.claves; entréguelo en "
                               "el buzón de quien lo publica"},
    [REASON_WORKBOOK_OLD] =
        {.institution = "imss",
         .make = old_workbook,
         .refusal =
             "el archivo es un libro .xls o un libro con contraseña: guárdelo como .xlsx sin "
             "contraseña y cárguelo otra vez"},
    [REASON_WORKBOOK_OTHER] =
        {.institution = "imss",
         .make = other_archive,
         .refusal = "el archivo está comprimido y no es un libro .xlsx: entregue el libro o el CSV "
                    "mismo"},
    [REASON_WORKBOOK_BROKEN] =
        {.institution = "imss",
         .make = half_a_workbook,
         .refusal = "el libro está incompleto o dañado: ábralo en Excel, guárdelo de nuevo como "
                    ".xlsx y cárguelo otra vez"},
    [REASON_WORKBOOK_LARGE] =
        {.institution = "imss",
         .make = wide_workbook,
         .refusal = "el libro pasa de lo que cabe en uno (256 MiB descomprimido, 1,024 columnas, 1 "
                    "MiB por renglón): guárdelo como «CSV UTF-8» y cárguelo otra vez"},
    [REASON_WORKBOOK_ENTITIES] =
        {.institution = "imss",
         .make = laughing_workbook,
         .refusal =
             "el libro declara entidades XML, que ningún libro lleva: guárdelo de nuevo desde "
             "Excel y cárguelo otra vez"},
    [REASON_WORKBOOK_FORMULA] =
        {.institution = "imss",
         .make = unvalued_workbook,
         .refusal = "la celda C3 de la hoja Hoja 1 tiene una fórmula sin su resultado: ábralo en "
                    "Excel, guárdelo y cárguelo otra vez"},
    [REASON_WORKBOOK_SHEETS] =
        {.institution = "imss",
         .make = workbook_of_two,
         .refusal = "varias hojas del libro son de formato plantilla.ordenes (Enero, Febrero): "
                    "entregue cada una en un libro suyo"},
    [REASON_SIDECAR_ODD] = {"imss", GOOD_ORDER, "",
                            "el archivo acompañante malo.csv.meta.json no se puede leer: no es un "
                            "archivo; quítelo y entregue otra vez los dos"},
    [REASON_SIDECAR_NO_JSON] = {"imss", GOOD_ORDER, "layout=plantilla.ordenes",
                                "el archivo acompañante malo.csv.meta.json no se puede leer: no es "
                                "JSON; corríjalo y entregue otra vez los dos"},
    [REASON_SIDECAR_NO_OBJECT] = {"imss", GOOD_ORDER, "[]",
                                  "el archivo acompañante malo.csv.meta.json no se puede leer: no "
                                  "es un objeto JSON; corríjalo y entregue otra vez los dos"},
    [REASON_SIDECAR_NO_TEXTS] = {"imss", GOOD_ORDER, "{\"as_of\":20250831}",
                                 "el archivo acompañante malo.csv.meta.json no se puede leer: "
                                 "layout, as_of y nature deben ser textos; corríjalo y entregue "
                                 "otra vez los dos"},
    [REASON_SIDECAR_AS_OF] = {"imss", GOOD_ORDER, "{\"as_of\":\"ayer\"}",
                              "el archivo acompañante malo.csv.meta.json no se puede leer: as_of "
                              "«ayer» no es una fecha AAAA-MM-DD; corríjala y entregue otra vez "
                              "los dos"},
    [REASON_SIDECAR_NATURE] = {"imss", GOOD_ORDER, "{\"nature\":\"dudosa\"}",
                               "el archivo acompañante malo.csv.meta.json no se puede leer: nature "
                               "«dudosa» no es real ni demostracion; corríjala y entregue otra vez "
                               "los dos"},
};

START_TEST(every_reason_of_a_file_says_what_is_wrong_and_what_to_do)
{
    const enum reason why = (enum reason)_i;
    const struct file_example *given = &files[why];
    const struct feed_file_record *record;
    struct drop drop;
    struct error err = {0};

    ck_assert_msg(given->content != NULL || given->make != NULL, "reason %d has no example", _i);
    drop_start(&drop, given->institution);
    if (why == REASON_SIDECAR_ODD) {
        ck_assert_int_eq(
            system(arena_format(&arena, "mkdir -p '%s/drop/malo.csv.meta.json'", drop.root)), 0);
    }
    if (given->make != NULL) {
        drop_bytes(&drop, "malo.csv", given->make(), given->sidecar);
    } else {
        drop_file(&drop, "malo.csv", given->content,
                  why == REASON_SIDECAR_ODD ? NULL : given->sidecar);
    }
    ck_assert_msg(drop_poll(&drop, 100, &err), "%s", err.message);
    ck_assert_uint_eq(drop.shard.backlog_count, 1);
    ck_assert_str_eq(drop.shard.backlog[0].type, FEED_FILE_REFUSED);
    record = drop.shard.backlog[0].event;
    ck_assert_str_eq(record->refusal, given->refusal);
    drop_commit(&drop);
    ck_assert_str_eq(drop_text(&drop, "drop/rechazados/malo.csv.motivo.txt"),
                     arena_format(&arena, "%s\n", given->refusal));
    drop_finish(&drop);
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
    tcase_add_loop_test(tcase, every_reason_of_a_file_says_what_is_wrong_and_what_to_do,
                        REASON_FILE_EMPTY, REASON_COUNT);
}

int main(void)
{
    return unit_run("gateway.file_reasons", fill);
}
