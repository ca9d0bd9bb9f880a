#include "services/sanctions/sanctions_handlers.h"
#include "services/sanctions/sanctions_tables.h"
#include "tests/base/unit.h"
#include "tests/sanctions/sanctions_usual.h"
#include "tests/support/fake_work.h"

#include <string.h>

enum { DUE = USUAL_DUE };

static const char *const contract_id = usual_contract_id;
static const char *const order_id = usual_order_id;

static void settle(struct fake_work *fake)
{
    struct error err = {0};

    ck_assert_msg(fake_work_settle(fake, &err), "%s", err.message);
}

static const struct penalty_calculated *said(const struct fake_work *fake)
{
    return fake_work_said(fake, &penalty_calculated_type, "order_id", order_id);
}

START_TEST(a_late_receipt_is_charged_corrected_and_notified)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    const struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    struct delivery_part part = {.receipt_id = "R1",
                                 .counted_on = DUE + 2,
                                 .has_counted_on = true,
                                 .pieces = 100,
                                 .applied_pieces = 100};
    struct delivery_recorded delivery = usual_delivery(&part, 1, 0);
    const struct decision_reported decision = {
        .fact = {.fact_id = "D1", .source = "plantilla.decisiones", .as_of = 1, .sequence = 1},
        .institution = "imss",
        .contract_id = contract_id,
        .decision_id = "D1",
        .kind = "notificacion",
        .order_id = order_id,
        .decided_on = DUE + 30,
        .has_decided_on = true,
        .document = "OFICIO/1"};

    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    settle(fake);
    ck_assert_ptr_null(said(fake)); /* without the contract nothing can be said */
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    settle(fake);
    ck_assert_ptr_nonnull(said(fake));
    ck_assert_int_eq(said(fake)->amount_centavos, 40000);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_CALCULATED);
    ck_assert_str_eq(said(fake)->notice, "DATOS DE DEMOSTRACIÓN");
    ck_assert_ptr_nonnull(strstr(said(fake)->cap_note, "tope desconocido"));
    ck_assert_uint_eq(said(fake)->facts_count, 1);
    fake_work_send(fake, &decision_reported_type, contract_id, &decision);
    settle(fake);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_NOTIFIED);
    ck_assert_str_eq(said(fake)->notified_by, "OFICIO/1");
    part.counted_on = DUE;
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    settle(fake);
    ck_assert_int_eq(said(fake)->amount_centavos, 0);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_VOID);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(missing_goods_grow_with_the_days_until_their_cap_and_are_said_once_then)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    const struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    size_t times;

    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    settle(fake);
    ck_assert_ptr_null(said(fake));
    fake_work_close_day(fake, "imss", DUE + 2);
    settle(fake);
    ck_assert_int_eq(said(fake)->exposure_centavos, 40000);
    ck_assert(!said(fake)->final);
    fake_work_close_day(fake, "imss", DUE + 9);
    settle(fake);
    ck_assert_int_eq(said(fake)->amount_centavos, 100000);
    ck_assert_int_eq(said(fake)->exposure_centavos, 0);
    ck_assert(said(fake)->final);
    times = fake_work_emitted_of(fake, &penalty_calculated_type);
    fake_work_close_day(fake, "imss", DUE + 40);
    settle(fake);
    ck_assert_uint_eq(fake_work_emitted_of(fake, &penalty_calculated_type), times);
    fake_work_destroy(fake);
}
END_TEST

static bool handles(const char *kind)
{
    const struct handler *handler = sanctions_handlers;

    while (handler->type != NULL && strcmp(handler->type, kind) != 0) {
        handler++;
    }
    return handler->type != NULL;
}

START_TEST(newer_rules_judge_each_order_line_again_and_say_only_what_differs)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    const struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    size_t times;

    ck_assert_ptr_eq(sanctions_rejudge[0].table, &sanctions_order_known_table);
    for (size_t i = 0; sanctions_rejudge[i].table != NULL; i++) {
        ck_assert(handles(sanctions_rejudge[i].kind));
    }
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_close_day(fake, "imss", DUE + 9);
    settle(fake);
    times = fake_work_emitted_of(fake, &penalty_calculated_type);
    ck_assert_uint_gt(times, 0);
    fake_work_forget_cache(fake);
    fake_work_send_named(fake, sanctions_rejudge[0].kind, order_id, NULL);
    settle(fake);
    ck_assert_uint_eq(fake_work_emitted_of(fake, &penalty_calculated_type), times);
    fake_work_destroy(fake);
}
END_TEST

/* What stands once the last day is closed, days closing `step` by `step`. */
static char *standing_after(const struct contract_registered *contract, int32_t last, int32_t step,
                            struct arena *arena)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    const struct order_issued order = usual_order();
    char *standing;

    fake_work_send(fake, &contract_registered_type, contract_id, contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    settle(fake);
    for (int32_t day = last % step; day <= last; day += step) {
        fake_work_close_day(fake, "imss", DUE + day);
        settle(fake);
    }
    standing = fake_work_standing(fake, arena);
    fake_work_destroy(fake);
    return standing;
}

START_TEST(days_that_close_one_by_one_or_all_at_once_end_in_the_same_penalty)
{
    struct contract_registered contract = usual_contract();
    struct arena arena = {0};

    contract.terms.missing_goods = (enum missing_goods)(_i % 3);
    contract.terms.has_cap_days = _i / 3 % 2 == 1;
    contract.terms.has_cap_bp = _i / 6 % 2 == 1;
    contract.terms.cap_bp = 700;
    contract.terms.grace_days = _i / 12;
    ck_assert_str_eq(standing_after(&contract, 20, 1, &arena),
                     standing_after(&contract, 20, 20, &arena));
    ck_assert_str_eq(standing_after(&contract, 20, 1, &arena),
                     standing_after(&contract, 20, 7, &arena));
    arena_finish(&arena);
}
END_TEST

START_TEST(a_cap_in_per_cent_alone_is_said_once)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    size_t times;

    contract.terms.has_cap_days = false;
    contract.terms.has_cap_bp = true;
    contract.terms.cap_bp = 1000;
    contract.terms.missing_goods = (enum missing_goods)_i;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    settle(fake);
    fake_work_close_day(fake, "imss", DUE + 5);
    settle(fake);
    ck_assert_int_eq(said(fake)->amount_centavos + said(fake)->exposure_centavos, 100000);
    times = fake_work_emitted_of(fake, &penalty_calculated_type);
    fake_work_close_day(fake, "imss", DUE + 6);
    settle(fake);
    fake_work_close_day(fake, "imss", DUE + 40);
    settle(fake);
    ck_assert_uint_eq(fake_work_emitted_of(fake, &penalty_calculated_type), times);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(a_contract_without_terms_is_a_finding_and_no_penalty)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    const struct delivery_part part = {
        .receipt_id = "R1", .counted_on = DUE + 2, .has_counted_on = true, .applied_pieces = 100};
    const struct delivery_recorded delivery = usual_delivery(&part, 1, 0);
    static const char kind[] = "contrato-sin-condiciones-de-pena";

    contract.terms.stated = false;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    settle(fake);
    ck_assert_ptr_null(said(fake));
    ck_assert_ptr_nonnull(fake_work_finding(fake, kind, order_id));
    contract.terms.stated = true;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    settle(fake);
    ck_assert_ptr_null(fake_work_finding(fake, kind, order_id));
    ck_assert_int_eq(said(fake)->amount_centavos, 40000);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(penalties_above_the_guarantee_are_a_finding_of_the_contract)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    const struct delivery_part part = {
        .receipt_id = "R1", .counted_on = DUE + 2, .has_counted_on = true, .applied_pieces = 100};
    const struct delivery_recorded delivery = usual_delivery(&part, 1, 0);
    const struct finding_raised *finding;

    contract.guarantee_centavos = 39999;
    contract.has_guarantee_centavos = true;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    settle(fake);
    finding = fake_work_finding(fake, "penas-sobre-garantia", contract_id);
    ck_assert_ptr_nonnull(finding);
    ck_assert_ptr_nonnull(strstr(finding->message, "suman $400.00 y su garantía es de $399.99"));
    contract.guarantee_centavos = 40000;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    settle(fake);
    ck_assert_ptr_null(fake_work_finding(fake, "penas-sobre-garantia", contract_id));
    fake_work_destroy(fake);
}
END_TEST

START_TEST(penalties_above_the_guarantee_rest_on_the_contract_and_on_what_is_invented_of_them)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    struct contract_registered contract = usual_contract();
    struct order_issued order = usual_order();
    const struct delivery_part part = {
        .receipt_id = "R1", .counted_on = DUE + 2, .has_counted_on = true, .applied_pieces = 100};
    const struct delivery_recorded delivery = usual_delivery(&part, 1, 0);
    const struct finding_raised *finding;

    contract.guarantee_centavos = 1;
    contract.has_guarantee_centavos = true;
    contract.invented = false;
    order.invented = true;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    settle(fake);
    finding = fake_work_finding(fake, "penas-sobre-garantia", contract_id);
    ck_assert_ptr_nonnull(finding);
    ck_assert(finding->invented);
    ck_assert_uint_eq(finding->facts_count, 1);
    ck_assert_str_eq(finding->facts[0], "F@1");
    order.invented = false;
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    settle(fake);
    ck_assert(!fake_work_finding(fake, "penas-sobre-garantia", contract_id)->invented);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(a_penalty_beyond_any_amount_is_void_and_found_and_no_fact_is_lost)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    const struct contract_registered contract = usual_contract();
    struct order_issued order = usual_order();
    struct delivery_part part = {
        .receipt_id = "R1", .counted_on = DUE + 2, .has_counted_on = true, .applied_pieces = 100};
    struct delivery_recorded delivery = usual_delivery(&part, 1, 0);

    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    settle(fake);
    order.price_e4 =
        INT64_C(999999999999999999); /* 128 bits overflow; or only what an event holds */
    delivery.missing_pieces = _i == 0 ? INT64_MAX : 0;
    part.applied_pieces = _i == 0 ? 100 : 500;
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_close_day(fake, "imss", DUE + 9);
    settle(fake);
    ck_assert_uint_eq(fake_work_rejected(fake, NULL), 0);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_VOID);
    ck_assert_ptr_nonnull(fake_work_finding(fake, "importe-imposible", order_id));
    order.price_e4 = 1000000;
    delivery.missing_pieces = 0;
    part.applied_pieces = 100;
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_send(fake, &delivery_recorded_type, contract_id, &delivery);
    settle(fake);
    ck_assert_int_eq(said(fake)->amount_centavos, 40000);
    ck_assert_ptr_null(fake_work_finding(fake, "importe-imposible", order_id));
    fake_work_destroy(fake);
}
END_TEST

static const char *const hindrances[] = {"contrato-sin-condiciones-de-pena", "orden-sin-precio",
                                         "orden-sin-fecha-limite"};

START_TEST(an_order_of_which_nothing_came_says_why_it_cannot_be_judged_once_it_is_late)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    struct contract_registered contract = usual_contract();
    struct order_issued order = usual_order();

    contract.terms.stated = _i != 0;
    order.has_price_e4 = _i != 1;
    order.has_due_on = _i != 2;
    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_close_day(fake, "imss", DUE);
    settle(fake);
    ck_assert_int_eq(fake_work_finding(fake, hindrances[_i], order_id) != NULL, !order.has_due_on);
    fake_work_close_day(fake, "imss", DUE + 1);
    settle(fake);
    ck_assert_ptr_nonnull(fake_work_finding(fake, hindrances[_i], order_id));
    order.status = ORDER_STATUS_CANCELLED;
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    settle(fake);
    ck_assert_ptr_null(fake_work_finding(fake, hindrances[_i], order_id));
    fake_work_destroy(fake);
}
END_TEST

static struct decision_reported decision_of(const char *kind, int64_t sequence)
{
    return (struct decision_reported){.fact = {.fact_id = "D1",
                                               .source = "plantilla.decisiones",
                                               .as_of = 1,
                                               .sequence = sequence},
                                      .institution = "imss",
                                      .contract_id = contract_id,
                                      .decision_id = "D1",
                                      .kind = kind,
                                      .order_id = order_id,
                                      .document = "OFICIO/1"};
}

START_TEST(only_a_notification_that_stands_notifies)
{
    struct fake_work *fake = fake_work_create(&usual_service, NULL);
    const struct contract_registered contract = usual_contract();
    const struct order_issued order = usual_order();
    const struct decision_reported other = decision_of("condonacion", 1);
    const struct decision_reported notification = decision_of("notificacion", 2);
    const struct report_withdrawn withdrawn = {
        .fact = {.fact_id = "D1", .source = "plantilla.decisiones", .as_of = 1, .sequence = 3},
        .institution = "imss",
        .contract_id = contract_id,
        .kind = "decision",
        .entity_id = order_id,
        .reason = "es de otra orden"};

    fake_work_send(fake, &contract_registered_type, contract_id, &contract);
    fake_work_send(fake, &order_issued_type, contract_id, &order);
    fake_work_close_day(fake, "imss", DUE + 9);
    fake_work_send(fake, &decision_reported_type, contract_id, &other);
    settle(fake);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_CALCULATED);
    ck_assert_ptr_null(said(fake)->notified_by);
    fake_work_send(fake, &decision_reported_type, contract_id, &notification);
    settle(fake);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_NOTIFIED);
    fake_work_send(fake, &report_withdrawn_type, contract_id, &withdrawn);
    settle(fake);
    ck_assert_int_eq(said(fake)->status, PENALTY_STATUS_CALCULATED);
    ck_assert_ptr_null(said(fake)->notified_by);
    ck_assert_uint_eq(said(fake)->facts_count, 1);
    fake_work_destroy(fake);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_late_receipt_is_charged_corrected_and_notified);
    tcase_add_test(tcase, missing_goods_grow_with_the_days_until_their_cap_and_are_said_once_then);
    tcase_add_test(tcase, newer_rules_judge_each_order_line_again_and_say_only_what_differs);
    tcase_add_loop_test(tcase, days_that_close_one_by_one_or_all_at_once_end_in_the_same_penalty, 0,
                        24);
    tcase_add_loop_test(tcase, a_cap_in_per_cent_alone_is_said_once, 0, 3);
    tcase_add_test(tcase, a_contract_without_terms_is_a_finding_and_no_penalty);
    tcase_add_test(tcase, penalties_above_the_guarantee_are_a_finding_of_the_contract);
    tcase_add_test(
        tcase, penalties_above_the_guarantee_rest_on_the_contract_and_on_what_is_invented_of_them);
    tcase_add_loop_test(tcase, a_penalty_beyond_any_amount_is_void_and_found_and_no_fact_is_lost, 0,
                        2);
    tcase_add_loop_test(tcase,
                        an_order_of_which_nothing_came_says_why_it_cannot_be_judged_once_it_is_late,
                        0, UNIT_COUNT(hindrances));
    tcase_add_test(tcase, only_a_notification_that_stands_notifies);
}

int main(void)
{
    return unit_run("sanctions.handlers", fill);
}
