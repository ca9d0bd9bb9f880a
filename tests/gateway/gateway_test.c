#include "common/base/digest.h"
#include "events.h"
#include "services/gateway/gateway_tables.h"
#include "tests/base/unit.h"
#include "tests/gateway/drop.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define ORDERS                                                                                     \
    "contrato,orden,clave,cantidad,precio_unitario,fecha_emision,fecha_limite,destino_clues,"      \
    "estatus,fecha_cancelacion,corte,naturaleza\n"
#define ORDER_OF(contract, number, pieces, as_of)                                                  \
    contract "," number ",010.000.2540.00," pieces                                                 \
             ",12.25,2025-06-06,2025-06-20,DFIMS000340,vigente,," as_of ",real\n"
#define RECEIPTS                                                                                   \
    "recepcion,contrato,orden,clave,remision,lote,caducidad,piezas,piezas_rechazadas,"             \
    "fecha_fisica,fecha_remision,fecha_alta,fecha_captura,tipo,carta_canje,corte,naturaleza\n"
#define RECEIPT_OF(id, contract, order, pieces, as_of)                                             \
    id "," contract "," order ",010.000.2540.00,RM1,L1,2027-12-31," pieces                         \
       ",0,2025-06-18,2025-06-18,2025-06-19,2025-06-20,entrega,," as_of ",real\n"

static struct drop drop;

static void begin(void)
{
    drop_start(&drop, "imss");
}

static void end(void)
{
    drop_finish(&drop);
}

static size_t emitted(const struct record_type *type)
{
    return fake_work_emitted_of(drop.work, type);
}

static const struct fake_emitted *last(const struct record_type *type)
{
    const size_t count = fake_work_emitted_count(drop.work);

    for (size_t i = count; i > 0; i--) {
        if (fake_work_emitted(drop.work, i - 1)->type == type) {
            return fake_work_emitted(drop.work, i - 1);
        }
    }
    return NULL;
}

static const struct order_reported *last_order(void)
{
    const struct fake_emitted *found = last(&order_reported_type);

    ck_assert_ptr_nonnull(found);
    return found->event;
}

/* Of the only file that has that name. */
static const struct file_account *account_of(const char *content, const char *file_id)
{
    uint8_t hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    const struct file_account *account;

    digest_sha256(content, strlen(content), hash);
    digest_hex(hash, hex);
    account = fake_work_stored(drop.work, &file_account_table, file_id != NULL ? file_id : hex, "");
    ck_assert_ptr_nonnull(account);
    return account;
}

START_TEST(a_row_becomes_an_event_at_its_contract)
{
    drop_load(&drop, "o.csv", ORDERS ORDER_OF("IB/0941/2025", "7", "10", "2025-06-07"), NULL);
    ck_assert_uint_eq(emitted(&order_reported_type), 1);
    ck_assert_str_eq(last(&order_reported_type)->topic, "reported.orders");
    ck_assert_str_eq(last(&order_reported_type)->key, "imss/IB/941/2025");
    ck_assert_str_eq(last_order()->contract_id, "imss/IB/941/2025");
    ck_assert_str_eq(last_order()->order_id, "imss/IB/941/2025|7|010.000.2540.00");
    ck_assert_int_eq(last_order()->fact.sequence, 1);
    ck_assert_int_eq(last_order()->pieces, 10);
}
END_TEST

START_TEST(equal_content_brings_no_event_and_raises_what_counts_as_new)
{
    drop_load(&drop, "a.csv", ORDERS ORDER_OF("C", "7", "10", "2025-06-07"), NULL);
    drop_load(&drop, "b.csv", ORDERS ORDER_OF("C", "7", "10", "2025-06-20"), NULL);
    drop_load(&drop, "c.csv", ORDERS ORDER_OF("C", "7", "99", "2025-06-10"), NULL);
    ck_assert_uint_eq(emitted(&order_reported_type), 1);
    ck_assert_int_eq(last_order()->pieces, 10);
}
END_TEST

START_TEST(the_newer_as_of_wins_whatever_comes_last)
{
    const bool newer_first = _i == 1;
    const char *const old = ORDERS ORDER_OF("C", "7", "10", "2025-06-07");
    const char *const new = ORDERS ORDER_OF("C", "7", "12", "2025-06-08");

    drop_load(&drop, "a.csv", newer_first ? new : old, NULL);
    drop_load(&drop, "b.csv", newer_first ? old : new, NULL);
    ck_assert_int_eq(last_order()->pieces, 12);
    ck_assert_uint_eq(emitted(&order_reported_type), newer_first ? 1 : 2);
    ck_assert_int_eq(account_of(old, NULL)->unchanged, newer_first ? 1 : 0);
}
END_TEST

START_TEST(at_equal_as_of_the_last_row_wins)
{
    drop_load(&drop, "a.csv",
              ORDERS ORDER_OF("C", "7", "10", "2025-06-07") ORDER_OF("C", "7", "11", "2025-06-07"),
              NULL);
    ck_assert_int_eq(last_order()->pieces, 11);
    ck_assert_int_eq(last_order()->fact.sequence, 2);
}
END_TEST

/* As they were written, whatever they are called: what came last is what stands. */
START_TEST(files_that_wait_together_are_read_oldest_first)
{
    const struct timespec before[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct arena arena = {0};

    drop_file(&drop, "z.csv", ORDERS ORDER_OF("C", "7", "10", "2025-06-07"), NULL);
    drop_file(&drop, "a.csv", ORDERS ORDER_OF("C", "7", "12", "2025-06-07"), NULL);
    ck_assert_int_eq(
        utimensat(AT_FDCWD, arena_format(&arena, "%s/drop/z.csv", drop.root), before, 0), 0);
    drop_work_off(&drop);
    ck_assert_int_eq(last_order()->pieces, 12);
    arena_finish(&arena);
}
END_TEST

START_TEST(a_receipt_that_moves_to_another_contract_is_withdrawn_at_the_old_one)
{
    const struct report_withdrawn *withdrawn;

    drop_load(&drop, "a.csv", RECEIPTS RECEIPT_OF("R1", "C1", "7", "10", "2025-06-20"), NULL);
    drop_load(&drop, "b.csv", RECEIPTS RECEIPT_OF("R1", "C2", "7", "10", "2025-06-21"), NULL);
    ck_assert_uint_eq(emitted(&report_withdrawn_type), 1);
    ck_assert_str_eq(last(&report_withdrawn_type)->key, "imss/C1");
    ck_assert_str_eq(last(&report_withdrawn_type)->topic, "reported.receipts");
    withdrawn = last(&report_withdrawn_type)->event;
    ck_assert_str_eq(withdrawn->kind, "receipt");
    ck_assert_str_eq(withdrawn->entity_id, "imss/C1|7|010.000.2540.00");
    ck_assert_str_eq(withdrawn->fact.fact_id, "R1");
    ck_assert_int_eq(withdrawn->fact.sequence, 2);
    ck_assert_str_eq(last(&receipt_reported_type)->key, "imss/C2");
}
END_TEST

#define DECISIONS                                                                                  \
    "decision,tipo,contrato,orden,clave,fecha,oficio,actor,fundamento,evidencia,corte,"            \
    "naturaleza\n"
#define DECISION_OF(order, clave, as_of)                                                           \
    "DEC-1,notificacion,C1," order "," clave ",2025-07-01,OF/1,Quien firma,Art. 53,," as_of        \
    ",real\n"

/* The order a decision is on is no part of its identity: corrected, it leaves the wrong one. */
START_TEST(a_decision_corrected_to_another_order_or_clave_is_withdrawn_at_the_old_one)
{
    const struct report_withdrawn *withdrawn;
    const struct decision_reported *decision;

    drop_load(&drop, "a.csv", DECISIONS DECISION_OF("7", "010.000.2540.00", "2025-07-02"), NULL);
    drop_load(&drop, "b.csv",
              _i == 0 ? DECISIONS DECISION_OF("8", "010.000.2540.00", "2025-07-03")
                      : DECISIONS DECISION_OF("7", "010.000.0101.00", "2025-07-03"),
              NULL);
    ck_assert_uint_eq(emitted(&report_withdrawn_type), 1);
    ck_assert_str_eq(last(&report_withdrawn_type)->key, "imss/C1");
    ck_assert_str_eq(last(&report_withdrawn_type)->topic, "reported.decisions");
    withdrawn = last(&report_withdrawn_type)->event;
    decision = last(&decision_reported_type)->event;
    ck_assert_str_eq(withdrawn->kind, "decision");
    ck_assert_str_eq(withdrawn->entity_id, "imss/C1|7|010.000.2540.00");
    ck_assert_str_eq(decision->order_id,
                     _i == 0 ? "imss/C1|8|010.000.2540.00" : "imss/C1|7|010.000.0101.00");
    ck_assert_int_eq(withdrawn->fact.as_of, decision->fact.as_of);
    ck_assert_int_lt(withdrawn->fact.sequence, decision->fact.sequence);
}
END_TEST

START_TEST(a_receipt_without_contract_goes_on_at_once_and_follows_its_order)
{
    const struct receipt_reported *receipt;

    drop_load(&drop, "r.csv", RECEIPTS RECEIPT_OF("R1", "", "7", "10", "2025-06-20"), NULL);
    ck_assert_str_eq(last(&receipt_reported_type)->key, "imss/sin-contrato/7");
    drop_restart(&drop);
    drop_load(&drop, "o.csv", ORDERS ORDER_OF("C1", "7", "10", "2025-06-07"), NULL);
    ck_assert_str_eq(last(&report_withdrawn_type)->key, "imss/sin-contrato/7");
    ck_assert_str_eq(last(&receipt_reported_type)->key, "imss/C1");
    receipt = last(&receipt_reported_type)->event;
    ck_assert_str_eq(receipt->order_id, "imss/C1|7|010.000.2540.00");
    ck_assert_str_eq(receipt->contract_id, "imss/C1");
    ck_assert_int_eq(receipt->pieces, 10);
    ck_assert_int_gt(receipt->fact.sequence, 2);
}
END_TEST

START_TEST(a_receipt_without_contract_whose_order_is_known_goes_there)
{
    drop_load(&drop, "o.csv", ORDERS ORDER_OF("C1", "7", "10", "2025-06-07"), NULL);
    drop_load(&drop, "r.csv", RECEIPTS RECEIPT_OF("R1", "", "7", "10", "2025-06-20"), NULL);
    ck_assert_str_eq(last(&receipt_reported_type)->key, "imss/C1");
    ck_assert_uint_eq(emitted(&report_withdrawn_type), 0);
    drop_load(&drop, "o2.csv", ORDERS ORDER_OF("C2", "7", "10", "2025-06-08"), NULL);
    ck_assert_str_eq(last(&receipt_reported_type)->key, "imss/C2");
}
END_TEST

START_TEST(equal_content_under_another_id_is_a_possible_duplicate_in_any_order)
{
    const char *const one = RECEIPTS RECEIPT_OF("R1", "C1", "7", "10", "2025-06-20");
    const char *const two = RECEIPTS RECEIPT_OF("R2", "C1", "7", "10", "2025-06-20");

    drop_load(&drop, "a.csv", _i == 0 ? one : two, NULL);
    ck_assert_uint_eq(emitted(&finding_raised_type), 0);
    drop_load(&drop, "b.csv", _i == 0 ? two : one, NULL);
    ck_assert_ptr_nonnull(fake_work_finding(drop.work, "posible-duplicado", "R2"));
    ck_assert_uint_eq(emitted(&receipt_reported_type), 2);
    drop_load(&drop, "c.csv", RECEIPTS RECEIPT_OF("R1", "C1", "7", "11", "2025-06-21"), NULL);
    ck_assert_ptr_null(fake_work_finding(drop.work, "posible-duplicado", "R2"));
}
END_TEST

#define MIXED                                                                                      \
    ORDERS ORDER_OF("IB/1749/2025", "1", "10", "2025-06-07")                                       \
        ORDER_OF("IB/1749/2025", "2", "PENDIENTE", "2025-06-07")                                   \
            ORDER_OF("", "3", "10", "2025-06-07")

START_TEST(the_account_counts_every_row_once)
{
    const struct file_account *account;
    const struct message_quarantined *aside;

    drop_load(&drop, "mixto.csv", MIXED, NULL);
    account = account_of(MIXED, NULL);
    ck_assert_str_eq(account->state, "done");
    ck_assert_str_eq(account->layout, "plantilla.ordenes");
    ck_assert_int_eq(account->rows, 3);
    ck_assert_int_eq(account->taken, 2);
    ck_assert_int_eq(account->warned, 1);
    ck_assert_int_eq(account->unchanged, 0);
    ck_assert_int_eq(account->quarantined, 1);
    ck_assert_int_eq(account->times_read, 1);
    aside = last(&message_quarantined_type)->event;
    ck_assert_str_eq(aside->column, "cantidad");
    ck_assert_str_eq(aside->found, "PENDIENTE");
    ck_assert_int_eq(aside->position, 2);
    ck_assert_str_ne(aside->action, "");
}
END_TEST

START_TEST(every_file_is_answered_with_its_account)
{
    const struct file_answered *answer;

    drop_load(&drop, "mixto.csv", MIXED, NULL);
    ck_assert_str_eq(last(&file_answered_type)->topic, "outcomes.imss");
    answer = last(&file_answered_type)->event;
    ck_assert_str_eq(answer->institution, "imss");
    ck_assert_str_eq(answer->name, "mixto.csv");
    ck_assert_str_eq(answer->layout, "plantilla.ordenes");
    ck_assert_ptr_null(answer->refusal);
    ck_assert_int_eq(answer->rows, 3);
    ck_assert_int_eq(answer->taken, 2);
    ck_assert_int_eq(answer->quarantined, 1);
    drop_load(&drop, "otra.csv", "a,b\n1,2\n", NULL);
    answer = last(&file_answered_type)->event;
    ck_assert_str_eq(answer->name, "otra.csv");
    ck_assert_ptr_nonnull(answer->refusal);
    ck_assert_int_eq(answer->rows, 0);
}
END_TEST

START_TEST(the_same_file_again_changes_nothing_but_how_often_it_was_read)
{
    const struct file_account *account;
    size_t said;

    drop_load(&drop, "mixto.csv", MIXED, NULL);
    said = fake_work_emitted_count(drop.work);
    drop_load(&drop, "mixto.csv", MIXED, NULL);
    ck_assert_uint_eq(fake_work_emitted_count(drop.work), said + 1);
    ck_assert_uint_eq(emitted(&file_answered_type), 2);
    account = account_of(MIXED, NULL);
    ck_assert_int_eq(account->rows, 3);
    ck_assert_int_eq(account->unchanged, 2);
    ck_assert_int_eq(account->superseded, 0);
    ck_assert_int_eq(account->times_read, 2);
}
END_TEST

START_TEST(of_equal_dates_the_file_that_came_last_stands_though_it_came_before)
{
    drop_load(&drop, "bueno.csv", ORDERS ORDER_OF("C1", "O1", "10", "2025-06-07"), NULL);
    drop_load(&drop, "malo.csv", ORDERS ORDER_OF("C1", "O1", "99", "2025-06-07"), NULL);
    ck_assert_int_eq(last_order()->pieces, 99);
    drop_load(&drop, "bueno.csv", ORDERS ORDER_OF("C1", "O1", "10", "2025-06-07"), NULL);
    ck_assert_int_eq(last_order()->pieces, 10);
}
END_TEST

START_TEST(a_row_that_a_newer_version_outdoes_is_counted_as_such)
{
    const char *older = ORDERS ORDER_OF("C1", "O1", "5", "2025-06-07");

    drop_load(&drop, "nuevo.csv", ORDERS ORDER_OF("C1", "O1", "10", "2025-06-08"), NULL);
    drop_load(&drop, "viejo.csv", older, NULL);
    ck_assert_int_eq(account_of(older, NULL)->unchanged, 1);
    ck_assert_int_eq(account_of(older, NULL)->superseded, 1);
}
END_TEST

START_TEST(the_report_stands_beside_the_archived_file)
{
    const char *report;

    drop_load(&drop, "mixto.csv", MIXED, NULL);
    report = drop_text(&drop, arena_format(&drop.arena, "archive/imss/%s/informe.csv",
                                           account_of(MIXED, NULL)->file_id));
    ck_assert_ptr_nonnull(report);
    ck_assert_ptr_nonnull(strstr(report, "fila,veredicto,columna,"));
    ck_assert_ptr_nonnull(strstr(report, "2,\"cuarentena\",\"cantidad\",\"PENDIENTE\""));
    ck_assert_ptr_nonnull(strstr(report, "3,\"aviso\",\"contrato\""));
}
END_TEST

START_TEST(no_cell_of_the_report_is_a_formula)
{
    static const char *const formulas[] = {"=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)"};
    const char *content = ORDERS;

    for (size_t i = 0; i < UNIT_COUNT(formulas); i++) {
        content = arena_format(&drop.arena,
                               "%sC-1,%zu,010.000.2540.00,\"%s\",12.25,2025-06-06,2025-06-20,"
                               "DFIMS000340,vigente,,2025-06-07,real\n",
                               content, i, formulas[i]);
    }
    drop_load(&drop, "formulas.csv", content, NULL);
    for (size_t i = 0; i < UNIT_COUNT(formulas); i++) {
        const char *report = drop_text(&drop, "drop/procesados/formulas.csv.informe.csv");

        ck_assert_msg(strstr(report, arena_format(&drop.arena, ",\"'%s\",", formulas[i])) != NULL,
                      "%s", report);
        ck_assert_ptr_null(strstr(report, arena_format(&drop.arena, ",\"%s\",", formulas[i])));
    }
}
END_TEST

START_TEST(a_refused_file_has_an_account_that_says_why)
{
    const struct file_account *account;

    drop_load(&drop, "vacio.csv", "", NULL);
    account = account_of("", NULL);
    ck_assert_str_eq(account->state, "refused");
    ck_assert_ptr_nonnull(strstr(account->refusal, "vacío"));
    ck_assert_int_eq(account->rows, 0);
}
END_TEST

START_TEST(an_ended_day_closes_in_every_partition_of_what_is_reported)
{
    const struct day_ended ended = {.day = 20249};
    struct error err = {0};

    fake_work_send(drop.work, &day_ended_type, "clock", &ended);
    ck_assert_msg(fake_work_settle(drop.work, &err), "%s", err.message);
    ck_assert_uint_eq(emitted(&day_closed_type), 4 * 5);
    ck_assert_int_eq(((const struct day_closed *)last(&day_closed_type)->event)->day, 20249);
}
END_TEST

/* Nobody but the gateway writes its agenda; what it cannot read there stops no other item. */
START_TEST(an_agenda_item_that_cannot_be_read_is_set_aside)
{
    static const char *const kinds[] = {"gateway.Reroute", "gateway.Vanished", "gateway.Twin"};
    const struct message_quarantined *aside;
    struct error err = {0};

    fake_work_send_named(drop.work, kinds[_i], "nada", NULL);
    ck_assert_msg(fake_work_settle(drop.work, &err), "%s", err.message);
    ck_assert_uint_eq(emitted(&message_quarantined_type), 1);
    aside = last(&message_quarantined_type)->event;
    ck_assert_str_eq(aside->reason,
                     arena_format(&drop.arena, "agenda %s: clave ilegible «nada»", kinds[_i]));
    ck_assert_str_eq(aside->expected, "datos que se puedan juzgar");
    ck_assert_str_ne(aside->action, "");
}
END_TEST

static void catalogue(const char *clave, bool withdrawn, int64_t as_of)
{
    const struct clave_catalogued event = {.clave = clave, .withdrawn = withdrawn, .as_of = as_of};
    struct error err = {0};

    fake_work_send(drop.work, &clave_catalogued_type, clave, &event);
    ck_assert_msg(fake_work_settle(drop.work, &err), "%s", err.message);
}

START_TEST(an_unknown_clave_is_taken_with_a_warning_once_there_is_a_catalogue)
{
    const char *const orders[] = {ORDERS ORDER_OF("IB/1749/2025", "1", "10", "2025-06-07"),
                                  ORDERS ORDER_OF("IB/1749/2025", "2", "10", "2025-06-07"),
                                  ORDERS ORDER_OF("IB/1749/2025", "3", "10", "2025-06-07"),
                                  ORDERS ORDER_OF("IB/1749/2025", "4", "10", "2025-06-07")};
    const int64_t warned[] = {0, 1, 0, 1};

    for (int i = 0; i < 4; i++) {
        if (i > 0) {
            catalogue(i == 1 ? "010.000.0104.00" : "010.000.2540.00", i == 3, i);
        }
        drop_load(&drop, "o.csv", orders[i], NULL);
        ck_assert_int_eq(account_of(orders[i], NULL)->taken, 1);
        ck_assert_int_eq(account_of(orders[i], NULL)->warned, warned[i]);
    }
}
END_TEST

START_TEST(the_ministry_publishes_its_catalogue_into_every_partition)
{
    drop_finish(&drop);
    drop_start(&drop, "ssa");
    drop_load(&drop, "claves.csv",
              "clave,nombre,presentacion\n010.000.2540.00,TELMISARTÁN,TABLETA\n",
              "{\"as_of\":\"2025-06-01\"}");
    ck_assert_uint_eq(emitted(&clave_catalogued_type), 4);
    ck_assert_str_eq(last(&clave_catalogued_type)->key, "010.000.2540.00");
    drop_load(&drop, "claves2.csv",
              "clave,nombre,presentacion\n010.000.2540.00,TELMISARTÁN,TABLETA\n",
              "{\"as_of\":\"2025-06-02\"}");
    ck_assert_uint_eq(emitted(&clave_catalogued_type), 4);
}
END_TEST

/* The real file of another month (tests/data) and the demo's: every row is taken or set aside. */
static const struct {
    const char *path;
    int64_t rows;
    int64_t quarantined_most;
} warehouse_files[] = {
    {"tests/data/recepciones_imss_bienestar_cdmx_2025.csv", 3511, 35},
    {"deploy/demo/imss-bienestar/recepciones_cdmx_2025.csv", 3511, 35},
};

START_TEST(every_row_of_a_warehouse_file_is_accounted_for)
{
    const struct file_account *account;
    const char *content;

    drop_finish(&drop);
    drop_start(&drop, "imss-bienestar");
    content = drop_source(&drop, warehouse_files[_i].path);
    drop_load(&drop, "recepciones.csv", content, NULL);
    account = account_of(content, NULL);
    ck_assert_str_eq(account->state, "done");
    ck_assert_str_eq(account->layout, "imss-bienestar.recepciones-cdmx");
    ck_assert(account->has_as_of);
    ck_assert_int_eq(account->rows, warehouse_files[_i].rows);
    ck_assert_int_eq(account->taken + account->quarantined, account->rows);
    ck_assert_int_le(account->quarantined, warehouse_files[_i].quarantined_most);
    ck_assert_uint_eq(emitted(&receipt_reported_type),
                      (size_t)(account->taken - account->unchanged));
}
END_TEST

static void fill(TCase *all)
{
    tcase_add_checked_fixture(all, begin, end);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_row_becomes_an_event_at_its_contract);
    tcase_add_test(all, equal_content_brings_no_event_and_raises_what_counts_as_new);
    tcase_add_loop_test(all, the_newer_as_of_wins_whatever_comes_last, 0, 2);
    tcase_add_test(all, at_equal_as_of_the_last_row_wins);
    tcase_add_test(all, files_that_wait_together_are_read_oldest_first);
    tcase_add_test(all, a_receipt_that_moves_to_another_contract_is_withdrawn_at_the_old_one);
    tcase_add_loop_test(
        all, a_decision_corrected_to_another_order_or_clave_is_withdrawn_at_the_old_one, 0, 2);
    tcase_add_test(all, a_receipt_without_contract_goes_on_at_once_and_follows_its_order);
    tcase_add_test(all, a_receipt_without_contract_whose_order_is_known_goes_there);
    tcase_add_loop_test(all, equal_content_under_another_id_is_a_possible_duplicate_in_any_order, 0,
                        2);
    tcase_add_test(all, the_account_counts_every_row_once);
    tcase_add_test(all, every_file_is_answered_with_its_account);
    tcase_add_test(all, the_same_file_again_changes_nothing_but_how_often_it_was_read);
    tcase_add_test(all, of_equal_dates_the_file_that_came_last_stands_though_it_came_before);
    tcase_add_test(all, a_row_that_a_newer_version_outdoes_is_counted_as_such);
    tcase_add_test(all, the_report_stands_beside_the_archived_file);
    tcase_add_test(all, no_cell_of_the_report_is_a_formula);
    tcase_add_test(all, a_refused_file_has_an_account_that_says_why);
    tcase_add_test(all, an_ended_day_closes_in_every_partition_of_what_is_reported);
    tcase_add_test(all, an_unknown_clave_is_taken_with_a_warning_once_there_is_a_catalogue);
    tcase_add_loop_test(all, every_row_of_a_warehouse_file_is_accounted_for, 0,
                        UNIT_COUNT(warehouse_files));
    tcase_add_loop_test(all, an_agenda_item_that_cannot_be_read_is_set_aside, 0, 3);
    tcase_add_test(all, the_ministry_publishes_its_catalogue_into_every_partition);
}

int main(void)
{
    return unit_run("gateway", fill);
}
