#include "common/base/date.h"
#include "events.h"
#include "services/gateway/gateway_tables.h"
#include "tests/base/unit.h"
#include "tests/gateway/drop.h"

#include <inttypes.h>
#include <string.h>

/* The golden files of IMSS as they come again: the same once more, in other bytes, and as a later snapshot. */

static struct drop drop;
static size_t heard; /* of what was emitted */

static void begin(void)
{
    drop_start(&drop, "imss");
    heard = 0;
}

static void end(void)
{
    drop_finish(&drop);
}

static const char *day_text(const int32_t *day)
{
    char text[DATE_TEXT_BYTES];

    if (day == NULL) {
        return "-";
    }
    date_format(*day, text);
    return arena_copy(&drop.arena, text);
}

static const char *line_of(const struct fake_emitted *one)
{
    struct arena *arena = &drop.arena;

    if (one->type == &order_reported_type) {
        const struct order_reported *order = one->event;

        return arena_format(
            arena, "orden %s: %" PRId64 " piezas, para el %s%s\n", order->fact.fact_id,
            order->pieces, day_text(&order->due_on),
            order->status == ORDER_STATUS_CANCELLED
                ? arena_format(arena, ", cancelada el %s", day_text(&order->cancelled_on))
                : "");
    }
    if (one->type == &receipt_reported_type) {
        const struct receipt_reported *receipt = one->event;

        return arena_format(arena, "alta %s: %" PRId64 " piezas\n", receipt->fact.fact_id,
                            receipt->pieces);
    }
    if (one->type == &contract_reported_type) {
        const struct contract_reported *contract = one->event;

        return arena_format(arena, "contrato %s: %" PRId32 " pb, hasta %s\n",
                            contract->fact.fact_id, contract->terms.rate_bp,
                            contract->has_ends_on ? day_text(&contract->ends_on) : "-");
    }
    if (one->type == &contract_line_reported_type) {
        const struct contract_line_reported *line = one->event;

        return arena_format(arena, "partida %s: hasta %" PRId64 " piezas\n", line->fact.fact_id,
                            line->maximum_pieces);
    }
    return arena_format(arena, "%s\n", one->type->full_name);
}

/* What was said of rows since this was last asked. */
static const char *said(void)
{
    struct buffer text = {0};
    const char *out;

    for (; heard < fake_work_emitted_count(drop.work); heard++) {
        const struct fake_emitted *one = fake_work_emitted(drop.work, heard);

        if (strncmp(one->topic, "reported.", strlen("reported.")) == 0) {
            buffer_append_text(&text, line_of(one));
        }
    }
    out = arena_copy(&drop.arena, buffer_text(&text));
    buffer_finish(&text);
    return out;
}

/* Every `old` of a text is `new`; there is one at least. */
static char *with(const char *text, const char *old, const char *new)
{
    struct buffer out = {0};
    const char *at = strstr(text, old);
    char *copy;

    ck_assert_msg(at != NULL, "%s", old);
    for (; at != NULL; at = strstr(text, old)) {
        buffer_append(&out, text, (size_t)(at - text));
        buffer_append_text(&out, new);
        text = at + strlen(old);
    }
    buffer_append_text(&out, text);
    copy = arena_copy(&drop.arena, buffer_text(&out));
    buffer_finish(&out);
    return copy;
}

static void load(const char *name, const char *content)
{
    drop_load(&drop, name, content, NULL);
}

static char *golden(const char *layout)
{
    return drop_source(&drop, arena_format(&drop.arena, "tests/gateway/golden/%s.csv", layout));
}

static void says(const char *expected)
{
    const char *found = said();

    ck_assert_msg(strcmp(found, expected) == 0, "said\n%snot\n%s", found, expected);
}

START_TEST(of_a_later_snapshot_of_orders_only_the_orders_that_changed_are_said)
{
    char *file = golden("imss.ordenes");

    load("ordenes_2025-08-31.csv", file);
    says("orden 182500001001|010.000.2540.00: 312 piezas, para el 2025-06-20\n"
         "orden 182500001002|010.000.2540.00: 2510 piezas, para el 2025-09-05, cancelada el "
         "2025-08-31\n"
         "orden 182500001003|060.016.0105: 10 piezas, para el 2025-09-05\n"
         "orden 182500001004|010.000.2540.00: 312 piezas, para el 2025-06-20\n"
         "orden 182500001008|010.000.2540.00: 312 piezas, para el 2025-06-20\n"
         "orden 182500001009|010.000.2540.00: 312 piezas, para el 2099-06-20\n"
         "orden 182500001010|010.000.2540.00: 312 piezas, para el 2025-07-05\n");
    load("ordenes_2025-08-31.csv", file);
    load("ordenes_2025-09-01.csv", with(file, "TOTAL,,,,,,,3146,,\n", ""));
    says("");
    file = with(file, "06/06/2025,ALMACEN,Pendiente,20/06/2025,312,12.25,3822.00\n",
                "06/06/2025,ALMACEN,Atendida,20/06/2025,312,12.25,3822.00\n");
    file = with(file, "05/09/2025,10,,", "19/09/2025,10,,");
    file = with(file, "182500001004,010 000 2540 00 00,06/06/2025,ALMACEN,,20/06/2025,312",
                "182500001004,010 000 2540 00 00,06/06/2025,ALMACEN,,20/06/2025,300");
    file = with(file, "182500001010,", "182500001011,");
    load("ordenes_2025-09-15.csv", file);
    says("orden 182500001003|060.016.0105: 10 piezas, para el 2025-09-19\n"
         "orden 182500001004|010.000.2540.00: 300 piezas, para el 2025-06-20\n"
         "orden 182500001011|010.000.2540.00: 312 piezas, para el 2025-07-05\n");
    load("ordenes_2025-08-30.csv", with(file, ",300,", ",999,"));
    /* an older one moves nothing, but that the order was cancelled by then */
    says("orden 182500001002|010.000.2540.00: 2510 piezas, para el 2025-09-05, cancelada el "
         "2025-08-30\n");
}
END_TEST

#define ORDER_HEADER                                                                               \
    "contrato,orden,cveArticulo,fechaExpedicion,descripciónEntrega,estatus,fechaEntrega,"         \
    "cantidadSolicitada,precio,importeSinIva\n"
#define ORDER_ROW(status, pieces)                                                                  \
    "050GYR047N40308-001-00,7,010 000 2540 00 00,06/06/2025,ALMACEN," status ",20/06/2025," pieces \
    ",12.25,\n"

static const struct {
    const char *name;
    const char *content;
} snapshots[] = {
    {"ordenes_2025-08-30.csv", ORDER_HEADER ORDER_ROW("Pendiente", "10")},
    {"ordenes_2025-08-31.csv", ORDER_HEADER ORDER_ROW("Cancelada", "10")},
    {"ordenes_2025-09-01.csv", ORDER_HEADER ORDER_ROW("Cancelada", "9")},
    {"ordenes_2025-09-15.csv", ORDER_HEADER ORDER_ROW("Cancelada", "9") "TOTAL,,,,,,,,,\n"},
};
enum { SNAPSHOTS = UNIT_COUNT(snapshots), ORDERS_OF_SNAPSHOTS = 24 };

/* Whatever order files come in: SAI says that an order is cancelled in every snapshot, and in none when. */
START_TEST(an_order_is_cancelled_when_it_was_first_seen_so)
{
    size_t left[SNAPSHOTS] = {0, 1, 2, 3};
    const struct order_reported *order;
    int number = _i;

    for (size_t count = SNAPSHOTS; count > 0; count--) {
        const size_t pick = (size_t)number % count;

        number /= (int)count;
        load(snapshots[left[pick]].name, snapshots[left[pick]].content);
        memmove(&left[pick], &left[pick + 1], (count - pick - 1) * sizeof left[0]);
    }
    order = fake_work_said(drop.work, &order_reported_type, "order_number", "7");
    ck_assert_ptr_nonnull(order);
    ck_assert_int_eq(order->status, ORDER_STATUS_CANCELLED);
    ck_assert_int_eq(order->pieces, 9);
    ck_assert(order->has_cancelled_on);
    ck_assert_str_eq(day_text(&order->cancelled_on), "2025-08-31");
}
END_TEST

START_TEST(of_later_contracts_only_the_contracts_and_lines_that_changed_are_said)
{
    char *file = golden("imss.contratos");

    load("contratos.csv", file);
    says("contrato 050GYR047N40308-001-00: 200 pb, hasta 2025-12-31\n"
         "partida 050GYR047N40308-001-00|010.000.2540.00: hasta 26645 piezas\n"
         "partida 050GYR047N40308-001-00|010.000.0262.00: hasta 4195 piezas\n"
         "contrato 050GYR047N40308-001-00: 250 pb, hasta 2025-12-31\n"
         "partida 050GYR047N40308-001-00|060.016.0105: hasta 26645 piezas\n"
         "contrato 050GYR047N30609-002-00: 0 pb, hasta 2025-12-31\n"
         "partida 050GYR047N30609-002-00|010.000.2540.00: hasta 26645 piezas\n"
         "contrato 050GYR047N40308-009-00: 200 pb, hasta -\n"
         "partida 050GYR047N40308-009-00|010.000.2540.00: hasta 26645 piezas\n"
         "contrato 050GYR047N40308-010-00: 200 pb, hasta 2026-02-28\n"
         "partida 050GYR047N40308-010-00|010.000.2540.00: hasta 26645 piezas\n");
    load("contratos.csv", file);
    load("contratos otra vez.csv", arena_format(&drop.arena, "%s\n", file));
    says("");
    file = with(with(file, ";31/05/2025;", ";30/06/2025;"), ";15/06/2025;", ";30/06/2025;");
    file = with(file, "2,5 %", "2,00");
    file = with(file, ";4195;", ";5.000;");
    file = with(file, "28/02/2026", "31/03/2026");
    file = with(file, "050GYR047N40308-009-00", "050GYR047N40308-011-00");
    load("contratos de junio.csv", file);
    says("contrato 050GYR047N40308-001-00: 200 pb, hasta 2025-12-31\n"
         "partida 050GYR047N40308-001-00|010.000.0262.00: hasta 5000 piezas\n"
         "contrato 050GYR047N40308-011-00: 200 pb, hasta -\n"
         "partida 050GYR047N40308-011-00|010.000.2540.00: hasta 26645 piezas\n"
         "contrato 050GYR047N40308-010-00: 200 pb, hasta 2026-03-31\n");
    load("contratos de mayo.csv", golden("imss.contratos"));
    says("");
}
END_TEST

START_TEST(of_a_later_snapshot_of_altas_only_the_altas_that_changed_are_said)
{
    char *file = golden("imss.altas");

    load("altas_2025-06-30.csv", file);
    says("alta 360901152110|371902-805232|182500001001|010.000.2540.00: 124 piezas\n"
         "alta 360901152110|371902-805233|182500001001|010.000.2540.00: 188 piezas\n"
         "alta 360901152110|371902-805234|182500001002|010.000.2540.00: 20 piezas\n"
         "alta 360901152110|371902-805235|182500001002|010.000.2540.00: 0 piezas\n"
         "alta 360901152110|371902-805238||010.000.2540.00: 5 piezas\n"
         "alta 360901152110|371902-805239|182500001002|010.000.2540.00: 7 piezas\n");
    load("altas_2025-06-30.csv", file);
    load("altas_2025-07-01.csv", with(file, ".|||||||||", "TOTAL|||||||||"));
    says("");
    file = with(file, "|124|", "|120|");
    load("altas_2025-07-02.csv", file);
    says("alta 360901152110|371902-805232|182500001001|010.000.2540.00: 120 piezas\n");
}
END_TEST

/* Both readings of a row look at its contract and at when it speaks. */
START_TEST(what_two_readings_of_a_row_have_to_say_of_a_column_is_said_once)
{
    char *file = golden("imss.contratos");
    const char *report;
    const char *at;

    drop_load(&drop, "c.csv", with(file, ";15/06/2025;", ";;"),
              "{\"layout\": \"imss.contratos\", \"as_of\": \"2025-06-15\"}");
    report = drop_text(&drop, "drop/procesados/c.csv.informe.csv");
    ck_assert_ptr_nonnull(report);
    at = strstr(report, "\n3,\"aviso\",\"fecha_actualizacion\"");
    ck_assert_msg(at != NULL, "%s", report);
    ck_assert_ptr_null(strstr(at + 1, "\n3,\"aviso\",\"fecha_actualizacion\""));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, of_a_later_snapshot_of_orders_only_the_orders_that_changed_are_said);
    tcase_add_loop_test(tcase, an_order_is_cancelled_when_it_was_first_seen_so, 0,
                        ORDERS_OF_SNAPSHOTS);
    tcase_add_test(tcase, of_later_contracts_only_the_contracts_and_lines_that_changed_are_said);
    tcase_add_test(tcase, of_a_later_snapshot_of_altas_only_the_altas_that_changed_are_said);
    tcase_add_test(tcase, what_two_readings_of_a_row_have_to_say_of_a_column_is_said_once);
}

int main(void)
{
    return unit_run("gateway_again", fill);
}
