#include "events.h"
#include "tests/base/unit.h"
#include "tests/gateway/book.h"
#include "tests/gateway/drop.h"

#include <string.h>

/* The same facts in a workbook and in a CSV are the same facts. */

static struct drop drop;

#define ORDERS                                                                                     \
    "contrato,orden,clave,cantidad,fecha_limite,fecha_expedicion\n"                                \
    "IMSS-1,7,010.000.2540.00,10,2025-06-09,2025-06-01\n"                                          \
    "IMSS-1,8,010.000.2540.00,1250,2025-06-10,2025-06-01\n"

/* As Excel keeps them: dates and quantities are numbers; a title above, a formula beside. */
#define ORDER(number, pieces, due)                                                                 \
    "<row><c t=\"inlineStr\"><is><t>IMSS-1</t></is></c><c><v>" number "</v></c>"                   \
    "<c t=\"inlineStr\"><is><t>010.000.2540.00</t></is></c><c><f>A1</f><v>" pieces "</v></c>"      \
    "<c s=\"1\"><v>" due "</v></c><c s=\"2\"><v>45809</v></c></row>"

static void begin(void)
{
    drop_start(&drop, "imss");
}

static void end(void)
{
    drop_finish(&drop);
}

static size_t reported(void)
{
    size_t count = 0;

    for (size_t i = 0; i < fake_work_emitted_count(drop.work); i++) {
        count += fake_work_emitted(drop.work, i)->type == &order_reported_type ? 1 : 0;
    }
    return count;
}

static void load_book(const char *name, const char *rows)
{
    drop_bytes(&drop, name, book_of_rows(&drop.arena, rows), "{\"as_of\":\"2025-06-30\"}");
    drop_work_off(&drop);
}

START_TEST(a_workbook_says_what_its_csv_says)
{
    drop_load(&drop, "ordenes.csv", ORDERS, "{\"as_of\":\"2025-06-30\"}");
    ck_assert_uint_eq(reported(), 2);
    load_book("ordenes.xlsx", book_rows_of_csv(&drop.arena, ORDERS));
    ck_assert_uint_eq(reported(), 2);
    load_book("excel.xlsx", arena_format(&drop.arena, "%s%s%s",
                                         book_rows_of_csv(&drop.arena, "contrato,orden,clave,"
                                                                       "cantidad,fecha_limite,"
                                                                       "fecha_expedicion\n"),
                                         ORDER("7", "10", "45817"), ORDER("8", "1250", "45818")));
    ck_assert_uint_eq(reported(), 2);
    load_book("cambio.xlsx", arena_format(&drop.arena, "%s%s",
                                          book_rows_of_csv(&drop.arena, "contrato,orden,clave,"
                                                                        "cantidad,fecha_limite,"
                                                                        "fecha_expedicion\n"),
                                          ORDER("8", "1251", "45818")));
    ck_assert_uint_eq(reported(), 3);
    ck_assert(drop_has(&drop, "drop/procesados/excel.xlsx"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, a_workbook_says_what_its_csv_says);
}

int main(void)
{
    return unit_run("gateway.workbook_files", fill);
}
