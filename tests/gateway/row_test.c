#include "common/base/date.h"
#include "common/base/text.h"
#include "events.h"
#include "services/gateway/cell.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <string.h>

static struct arena arena;

/* The one row of a text, kept. */
struct kept {
    struct reported_row row;
    bool met;
};

static void keep(const struct reported_row *row, void *context)
{
    struct kept *kept = context;
    struct row_remark *remarks = arena_array(&arena, row->remark_count, sizeof *remarks);

    kept->row = *row;
    kept->met = true;
    for (size_t i = 0; i < row->remark_count; i++) {
        remarks[i] = row->remarks[i];
        remarks[i].reason.about[0] = arena_copy(&arena, row->remarks[i].reason.about[0]);
        remarks[i].column = arena_copy(&arena, row->remarks[i].column);
        remarks[i].found = arena_copy(&arena, row->remarks[i].found);
        remarks[i].expected = arena_copy(&arena, row->remarks[i].expected);
        remarks[i].action = arena_copy(&arena, row->remarks[i].action);
    }
    kept->row.remarks = remarks;
    kept->row.event = row->event == NULL ? NULL : record_copy(row->type, row->event, &arena);
    kept->row.contract = arena_copy(&arena, row->contract);
    kept->row.order = arena_copy(&arena, row->order);
    kept->row.clave = arena_copy(&arena, row->clave);
    kept->row.shipment = arena_copy(&arena, row->shipment);
    kept->row.receipt = arena_copy(&arena, row->receipt);
    kept->row.supplier = arena_copy(&arena, row->supplier);
    kept->row.fact_id = arena_copy(&arena, row->fact_id);
    kept->row.digest = arena_copy(&arena, row->digest);
    kept->row.content = arena_copy(&arena, row->content);
}

static struct reported_row read_one(const char *institution, const char *header, const char *line)
{
    const char *text = arena_format(&arena, "%s\n%s\n", header, line);
    struct kept kept = {0};
    const struct file_sum sum =
        read_stream(stream_of(text, strlen(text)), institution, NULL, NULL, &arena, keep, &kept);

    ck_assert_msg(sum.layout != NULL, "%s", sum.message);
    ck_assert(kept.met);
    return kept.row;
}

static const char receipt_header[] =
    "recepcion,contrato,orden,clave,remision,lote,caducidad,piezas,piezas_rechazadas,fecha_fisica,"
    "fecha_remision,fecha_alta,fecha_captura,tipo,carta_canje,corte,naturaleza";

static const char order_header[] = "contrato,orden,clave,cantidad,precio_unitario,fecha_emision,"
                                   "fecha_limite,destino_clues,estatus,fecha_cancelacion,corte,"
                                   "naturaleza";

/* A receipt's line with one cell in another form, and what becomes of it. */
struct receipt_case {
    const char *says;
    const char *cell;    /**< column */
    const char *value;   /**< what stands in it */
    const char *warning; /**< part of the reason; NULL: none on that column */
    bool set_aside;
    int64_t pieces;
    enum receipt_kind kind;
};

static const struct receipt_case receipt_cases[] = {
    {"a clean receipt has no remark", "piezas", "124", NULL, false, 124, RECEIPT_KIND_DELIVERY},
    {"thousands are read", "piezas", "\"1,200\"", "separador de miles", false, 1200, 0},
    {"float noise is read", "piezas", "119.99999999999999", "punto flotante", false, 120, 0},
    {"a whole number with decimals is read", "piezas", "312.0", "decimales", false, 312, 0},
    {"too many pieces are doubted", "piezas", "2147483648", "improbable", false, 2147483648, 0},
    {"a year long past is doubted", "fecha_fisica", "1900-01-01", "improbable", false, 124, 0},
    {"a year far ahead is doubted", "caducidad", "2099-01-01", "improbable", false, 124, 0},
    {"rejected pieces that cannot be read", "piezas_rechazadas", "veinte", "número", true, 0, 0},
    {"what is neither real nor invented is invented", "naturaleza", "inventado", "palabras", false,
     124, 0},
    {"zero is taken", "piezas", "0", "cero", false, 0, 0},
    {"a negative quantity is a return", "piezas", "-50", "devolución", false, 50,
     RECEIPT_KIND_RETURN},
    {"half a piece is no quantity", "piezas", "2.5", "entero", true, 0, 0},
    {"commas elsewhere are no thousands", "piezas", "\"12,00\"", "no es un número", true, 0, 0},
    {"a word is no quantity", "piezas", "PENDIENTE", "no es un número", true, 0, 0},
    {"no quantity", "piezas", "", "sin este dato", true, 0, 0},
    {"NAN is no quantity", "piezas", "NAN", "sin este dato", true, 0, 0},
    {"an impossible quantity", "piezas", "99999999999999", "imposible", true, 0, 0},
    {"a number that no integer holds", "piezas", "99999999999999999999999", "no es un número", true,
     0, 0},
    {"rejected pieces are not accepted", "piezas_rechazadas", "24", NULL, false, 100, 0},
    {"no rejected pieces given", "piezas_rechazadas", "", NULL, false, 124, 0},
    {"more rejected than received", "piezas_rechazadas", "125", "más piezas rechazadas", false, 0,
     0},
    {"a day that does not exist", "fecha_fisica", "2025-02-31", "no es una fecha", true, 0, 0},
    {"day first is read", "fecha_fisica", "18/06/2025", "dd/mm/aaaa", false, 124, 0},
    {"a time after the day is dropped", "fecha_fisica", "2025-06-18 00:00:00", "hora", false, 124,
     0},
    {"no date", "fecha_fisica", "", "sin este dato", true, 0, 0},
    {"no stamp on the remisión", "fecha_remision", "", "se usa la física", false, 124, 0},
    {"an unreadable alta", "fecha_alta", "ayer", "no es una fecha", false, 124, 0},
    {"no receipt id", "recepcion", "NAN", "sin este dato", true, 0, 0},
    {"an id with the separator of ids", "recepcion", "A|B", "no identifica", true, 0, 0},
    {"no contract", "contrato", "", "sin contrato", false, 124, 0},
    {"no order", "orden", "NAN", "no se sabe de qué orden", false, 124, 0},
    {"a CUCOP code is kept", "clave", "2231-0167", "CUCOP", false, 124, 0},
    {"no clave", "clave", "", "sin este dato", true, 0, 0},
    {"no lot", "lote", "S/L", "sin lote", false, 124, 0},
    {"a long lot is kept", "lote", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "19", false, 124, 0},
    {"no expiry", "caducidad", "S/C", "sin caducidad", false, 124, 0},
    {"little shelf life", "caducidad", "2026-06-17", "menos de 12 meses", false, 124, 0},
    {"just enough shelf life", "caducidad", "2026-06-18", NULL, false, 124, 0},
    {"a donation", "tipo", "donacion", NULL, false, 124, RECEIPT_KIND_DONATION},
    {"a revolving fund in capitals", "tipo", "FONDO REVOLVENTE", NULL, false, 124,
     RECEIPT_KIND_REVOLVING_FUND},
    {"no kind is a delivery", "tipo", "", "entrega", false, 124, RECEIPT_KIND_DELIVERY},
    {"an unknown kind raises no penalty", "tipo", "prestamo", "palabras", false, 124,
     RECEIPT_KIND_OTHER_INSTITUTION},
    {"no letter is not a no", "carta_canje", "", NULL, false, 124, 0},
    {"accents in a yes do not matter", "carta_canje", "Sí", NULL, false, 124, 0},
    {"an unreadable corte takes the file's", "corte", "pronto", "no es una fecha", false, 124, 0},
    {"text that is not UTF-8 is shown and said", "remision", "RM\xFF", "UTF-8", false, 124, 0},
    {"an id that is not UTF-8 is none", "recepcion", "R\xC3", "UTF-8", true, 0, 0},
};

/* The line of a receipt, one cell replaced. */
static const char *receipt_line(const char *column, const char *value)
{
    static const char *const clean[][2] = {
        {"recepcion", "371902-805232"},
        {"contrato", "050GYR047N40308-001-00"},
        {"orden", "182500001001"},
        {"clave", "010.000.2540.00"},
        {"remision", "RM000001"},
        {"lote", "G57646"},
        {"caducidad", "2027-04-12"},
        {"piezas", "124"},
        {"piezas_rechazadas", "0"},
        {"fecha_fisica", "2025-06-18"},
        {"fecha_remision", "2025-06-17"},
        {"fecha_alta", "2025-06-19"},
        {"fecha_captura", "2025-06-20"},
        {"tipo", "entrega"},
        {"carta_canje", "no"},
        {"corte", "2025-06-20"},
        {"naturaleza", "real"},
    };
    const char *line = "";

    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++) {
        line = arena_format(&arena, "%s%s%s", line, i == 0 ? "" : ",",
                            text_equal(clean[i][0], column) ? value : clean[i][1]);
    }
    return line;
}

static const struct row_remark *remark_on(const struct reported_row *row, const char *column)
{
    for (size_t i = 0; i < row->remark_count; i++) {
        if (text_equal(row->remarks[i].column, column)) {
            return &row->remarks[i];
        }
    }
    return NULL;
}

START_TEST(a_receipt_is_read_as_the_template_says)
{
    const struct receipt_case *want = &receipt_cases[_i];
    const struct reported_row row =
        read_one("imss", receipt_header, receipt_line(want->cell, want->value));
    const struct row_remark *remark = remark_on(&row, want->cell);

    ck_assert_msg((row.verdict == ROW_SET_ASIDE) == want->set_aside, "%s", want->says);
    ck_assert_msg((remark == NULL) == (want->warning == NULL), "%s: %s", want->says,
                  remark == NULL ? "no remark" : reason_text(&arena, &remark->reason));
    if (remark != NULL) {
        ck_assert_msg(strstr(reason_text(&arena, &remark->reason), want->warning) != NULL, "%s: %s",
                      want->says, reason_text(&arena, &remark->reason));
        ck_assert(!text_is_blank(remark->expected));
        ck_assert_msg(!text_is_blank(remark->action), "%s", want->says);
    }
    if (want->set_aside) {
        ck_assert_ptr_null(row.event);
        ck_assert_ptr_eq(remark, &row.remarks[0]);
    } else {
        const struct receipt_reported *receipt = row.event;

        ck_assert_msg(receipt->pieces == want->pieces, "%s", want->says);
        ck_assert_msg(receipt->kind == want->kind, "%s", want->says);
    }
}
END_TEST

START_TEST(a_receipt_carries_all_its_row_says)
{
    const struct reported_row row = read_one("imss", receipt_header, receipt_line("", ""));
    const struct receipt_reported *receipt = row.event;
    char day[DATE_TEXT_BYTES];

    ck_assert_str_eq(row.fact_id, "371902-805232");
    ck_assert_str_eq(row.contract, "050GYR047N40308-001-00");
    ck_assert_str_eq(row.order, "182500001001");
    ck_assert_str_eq(row.clave, "010.000.2540.00");
    ck_assert_str_eq(row.shipment, "RM000001");
    ck_assert_str_eq(row.receipt, "371902-805232");
    ck_assert_int_eq(row.number, 1);
    ck_assert(row.as_of == INT64_C(20259) * DATE_DAY_MICROSECONDS);
    ck_assert_str_eq(receipt->fact.source, "plantilla.recepciones");
    ck_assert_str_eq(receipt->fact.fact_id, row.fact_id);
    ck_assert(receipt->fact.as_of == row.as_of && receipt->fact.row == 1);
    ck_assert_str_eq(receipt->institution, "imss");
    ck_assert_str_eq(receipt->contract_id, "");
    date_format(receipt->physical_on, day);
    ck_assert_str_eq(day, "2025-06-18");
    ck_assert(receipt->has_exchange_letter && !receipt->exchange_letter);
    ck_assert(!receipt->fact.invented);
}
END_TEST

START_TEST(spelling_and_corte_change_no_digest_but_content_does)
{
    const struct reported_row one = read_one("imss", receipt_header, receipt_line("", ""));
    const struct reported_row later =
        read_one("imss", receipt_header, receipt_line("corte", "2025-10-31"));
    const struct reported_row spelled =
        read_one("imss", receipt_header, receipt_line("clave", " 010 000 2540 00 "));
    const struct reported_row other =
        read_one("imss", receipt_header, receipt_line("recepcion", "371902-805233"));
    const struct reported_row more =
        read_one("imss", receipt_header, receipt_line("piezas", "125"));
    const struct reported_row invented =
        read_one("imss", receipt_header, receipt_line("naturaleza", "demostracion"));

    ck_assert_str_eq(one.digest, later.digest);
    ck_assert(one.as_of < later.as_of);
    ck_assert_str_eq(one.digest, spelled.digest);
    ck_assert_str_ne(one.digest, other.digest);
    ck_assert_str_eq(one.content, other.content);
    ck_assert_str_ne(one.digest, more.digest);
    ck_assert_str_ne(one.digest, invented.digest);
    ck_assert(invented.invented && !one.invented);
    ck_assert(read_one("imss", receipt_header, receipt_line("naturaleza", "prueba")).invented);
}
END_TEST

START_TEST(a_cancelled_order_without_a_date_takes_the_day_of_its_corte)
{
    const struct reported_row row =
        read_one("imss", order_header,
                 "C-1,O-1,010.000.2540.00,10,12.2550,2025-06-06,2025-06-20,DFIMS000230,cancelada,,"
                 "2025-07-01,real");
    const struct order_reported *order = row.event;

    ck_assert_int_eq(row.verdict, ROW_TAKEN);
    ck_assert_int_eq(order->status, ORDER_STATUS_CANCELLED);
    ck_assert(order->has_cancelled_on && order->cancelled_on == 20270);
    ck_assert_ptr_nonnull(remark_on(&row, "fecha_cancelacion"));
    ck_assert(order->has_price_e4 && order->price_e4 == 122550);
    ck_assert_str_eq(row.fact_id, "C-1|O-1|010.000.2540.00");
}
END_TEST

START_TEST(a_negative_quantity_of_what_is_no_delivery_keeps_its_sign)
{
    const struct reported_row row =
        read_one("imss", receipt_header,
                 "D1,C,1,010.000.2540.00,RM1,L1,2027-04-12,-50,0,2025-06-18,,,,donacion,no,"
                 "2025-06-20,real");
    const struct receipt_reported *event = row.event;

    ck_assert_int_eq(row.verdict, ROW_TAKEN);
    ck_assert_int_eq(event->kind, RECEIPT_KIND_DONATION);
    ck_assert_int_eq(event->pieces, -50);
    ck_assert_ptr_nonnull(remark_on(&row, "piezas"));
    ck_assert_int_eq(remark_on(&row, "piezas")->reason.why, REASON_IS_SUBTRACTED);
}
END_TEST

START_TEST(an_order_without_due_date_or_with_negative_pieces_is_set_aside)
{
    const struct reported_row no_date = read_one(
        "imss", order_header, "C-1,O-1,010.000.2540.00,10,,2025-06-06,,,vigente,,2025-07-01,real");
    const struct reported_row negative =
        read_one("imss", order_header,
                 "C-1,O-1,010.000.2540.00,-10,,2025-06-06,2025-06-20,,vigente,,2025-07-01,real");

    ck_assert_int_eq(no_date.verdict, ROW_SET_ASIDE);
    ck_assert_str_eq(no_date.remarks[0].column, "fecha_limite");
    ck_assert_str_eq(no_date.fact_id, "C-1|O-1|010.000.2540.00");
    ck_assert_int_eq(negative.verdict, ROW_SET_ASIDE);
    ck_assert_str_eq(negative.remarks[0].column, "cantidad");
}
END_TEST

START_TEST(a_contract_without_a_rate_states_no_terms)
{
    static const char header[] = "contrato,proveedor_rfc,pena_tasa_diaria_pb,pena_dias,corte";
    const struct reported_row without = read_one("imss", header, "IB/0941/2025,,,,2025-06-01");
    const struct reported_row with =
        read_one("imss", header, "IB/941/2025,,200,habiles,2025-06-01");
    const struct contract_reported *none = without.event;
    const struct contract_reported *stated = with.event;

    ck_assert(!none->terms.stated);
    ck_assert_ptr_nonnull(remark_on(&without, "pena_tasa_diaria_pb"));
    ck_assert(stated->terms.stated && stated->terms.rate_bp == 200);
    ck_assert_int_eq(stated->terms.day_type, DAY_TYPE_WORKING);
    ck_assert_str_eq(stated->terms.origin, "contrato");
    ck_assert_str_eq(without.fact_id, with.fact_id);
    ck_assert(!stated->terms.has_cap_days);
}
END_TEST

/* A term that cannot be read must not become a harsher one. */
START_TEST(a_cap_or_grace_that_cannot_be_read_leaves_no_terms)
{
    static const char header[] =
        "contrato,pena_tasa_diaria_pb,pena_gracia_dias,pena_tope_dias,pena_tope_pb,corte";
    static const char *const lines[] = {
        "C1,200,tres,5,1000,2025-06-01",
        "C1,200,0,5 d\xC3\xAD"
        "as,1000,2025-06-01",
        "C1,200,0,5,10%,2025-06-01",
        "C1,99999999,0,5,1000,2025-06-01",
        "C1,200,-1,5,1000,2025-06-01",
        "C1,200,0,5,10001,2025-06-01",
    };
    const struct reported_row blank = read_one("imss", header, "C1,200,,,,2025-06-01");

    for (size_t i = 0; i < UNIT_COUNT(lines); i++) {
        const struct reported_row row = read_one("imss", header, lines[i]);

        ck_assert_int_eq(row.verdict, ROW_TAKEN);
        ck_assert_msg(!((const struct contract_reported *)row.event)->terms.stated, "%s", lines[i]);
        ck_assert_uint_gt(row.remark_count, 0);
    }
    ck_assert(((const struct contract_reported *)blank.event)->terms.stated);
}
END_TEST

START_TEST(a_decision_of_another_kind_is_set_aside)
{
    const struct reported_row row = read_one(
        "imss", "decision,tipo,contrato,orden,clave,fecha,oficio,actor,fundamento,evidencia,corte",
        "D-1,perdon,C-1,O-1,010.000.2540.00,2025-10-06,OF-1,A,F,,2025-10-06");

    ck_assert_int_eq(row.verdict, ROW_SET_ASIDE);
    ck_assert_str_eq(row.remarks[0].column, "tipo");
    ck_assert_str_eq(row.remarks[0].found, "perdon");
}
END_TEST

START_TEST(a_row_with_other_cells_than_the_header_is_set_aside)
{
    const struct reported_row shorter = read_one("imss", receipt_header, "R-1,C-1");
    const struct reported_row longer =
        read_one("imss", receipt_header, arena_format(&arena, "%s,de mas", receipt_line("", "")));
    const struct reported_row trailing =
        read_one("imss", receipt_header, arena_format(&arena, "%s,,", receipt_line("", "")));

    ck_assert_int_eq(shorter.verdict, ROW_SET_ASIDE);
    ck_assert_str_eq(shorter.remarks[0].found, "2 celdas");
    ck_assert_int_eq(longer.verdict, ROW_SET_ASIDE);
    ck_assert_int_eq(trailing.verdict, ROW_TAKEN);
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_loop_test(tcase, a_receipt_is_read_as_the_template_says, 0,
                        UNIT_COUNT(receipt_cases));
    tcase_add_test(tcase, a_receipt_carries_all_its_row_says);
    tcase_add_test(tcase, spelling_and_corte_change_no_digest_but_content_does);
    tcase_add_test(tcase, a_cancelled_order_without_a_date_takes_the_day_of_its_corte);
    tcase_add_test(tcase, a_negative_quantity_of_what_is_no_delivery_keeps_its_sign);
    tcase_add_test(tcase, an_order_without_due_date_or_with_negative_pieces_is_set_aside);
    tcase_add_test(tcase, a_contract_without_a_rate_states_no_terms);
    tcase_add_test(tcase, a_cap_or_grace_that_cannot_be_read_leaves_no_terms);
    tcase_add_test(tcase, a_decision_of_another_kind_is_set_aside);
    tcase_add_test(tcase, a_row_with_other_cells_than_the_header_is_set_aside);
}

int main(void)
{
    return unit_run("row", fill);
}
