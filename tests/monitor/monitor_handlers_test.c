#include "events.h"
#include "services/monitor/monitor_handlers.h"
#include "services/monitor/monitor_tables.h"
#include "tests/base/unit.h"
#include "tests/support/fake_work.h"

#include <string.h>

#define CONTRACT "imss/C-1"
#define ORDER CONTRACT "|O-1|010.000.0104.00"

static const char *const facts[] = {"fact@1.1"};

static const struct service monitor = {
    .name = "monitor",
    .outputs = (const char *const[]){NULL},
    .tables = monitor_tables,
    .handlers = monitor_handlers,
    .rule_version = 1,
};

static const struct order_issued order = {.institution = "imss",
                                          .contract_id = CONTRACT,
                                          .order_id = ORDER,
                                          .order_number = "O-1",
                                          .clave = "010.000.0104.00",
                                          .pieces = 100,
                                          .has_due_on = true,
                                          .due_on = 20240,
                                          .status = ORDER_STATUS_OPEN,
                                          .facts = facts,
                                          .facts_count = 1,
                                          .digest = "d",
                                          .revision = 1};

/* It does not know the order's number: what tells the line must not depend on who spoke last. */
static const struct delivery_recorded delivery = {.institution = "imss",
                                                  .contract_id = CONTRACT,
                                                  .order_id = ORDER,
                                                  .order_number = "",
                                                  .clave = "010.000.0104.00",
                                                  .status = DELIVERY_STATUS_PARTIAL,
                                                  .ordered_pieces = 100,
                                                  .accepted_pieces = 60,
                                                  .applied_pieces = 60,
                                                  .missing_pieces = 40,
                                                  .in_transit_pieces = 10,
                                                  .facts = facts,
                                                  .facts_count = 1,
                                                  .digest = "d",
                                                  .revision = 1};

static const struct penalty_step steps[] = {
    {.kind = STEP_KIND_LATE, .receipt_id = "r", .pieces = 20, .amount_e6 = "1"},
    {.kind = STEP_KIND_MISSING, .pieces = 40, .amount_e6 = "2"},
};

static const struct penalty_calculated penalty = {.institution = "imss",
                                                  .contract_id = CONTRACT,
                                                  .order_id = ORDER,
                                                  .order_number = "O-1",
                                                  .clave = "010.000.0104.00",
                                                  .sanction_id = ORDER "|pena",
                                                  .status = PENALTY_STATUS_CALCULATED,
                                                  .terms = {.stated = true, .origin = "contrato"},
                                                  .ordered_pieces = 100,
                                                  .steps = steps,
                                                  .steps_count = 2,
                                                  .sum_e6 = "3",
                                                  .amount_centavos = 12345,
                                                  .exposure_centavos = 99,
                                                  .cap_note = "",
                                                  .rounding = "",
                                                  .notice = "",
                                                  .facts = facts,
                                                  .facts_count = 1,
                                                  .digest = "d",
                                                  .revision = 1};

static void say(struct fake_work *fake, int which)
{
    const struct {
        const struct record_type *type;
        const void *event;
    } said[] = {{&order_issued_type, &order},
                {&delivery_recorded_type, &delivery},
                {&penalty_calculated_type, &penalty}};

    fake_work_send(fake, said[which].type, CONTRACT, said[which].event);
}

static void settle(struct fake_work *fake)
{
    struct error err = {0};
    const char *reason = "";

    ck_assert_msg(fake_work_settle(fake, &err), "%s", err.message);
    ck_assert_msg(fake_work_rejected(fake, &reason) == 0, "%s", reason);
}

static const int arrivals[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

START_TEST(what_is_said_of_an_order_line_is_the_same_in_whatever_order_it_arrives)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    const struct ordered_line *ordered;
    const struct delivered_line *delivered;
    const struct sanction *sanction;

    for (int i = 0; i < 3; i++) {
        say(fake, arrivals[_i][i]);
        settle(fake);
        fake_work_forget_cache(fake);
    }
    ordered = fake_work_stored(fake, &ordered_line_table, ORDER, "");
    ck_assert_ptr_nonnull(ordered);
    ck_assert(ordered->has_ordered_pieces);
    ck_assert_int_eq(ordered->ordered_pieces, 100);
    ck_assert(!ordered->cancelled);
    delivered = fake_work_stored(fake, &delivered_line_table, ORDER, "");
    ck_assert_ptr_nonnull(delivered);
    ck_assert_str_eq(delivered->delivery_status, "parcial");
    ck_assert_int_eq(delivered->accepted_pieces, 60);
    ck_assert_int_eq(delivered->missing_pieces, 40);
    ck_assert_int_eq(delivered->in_transit_pieces, 10);
    sanction = fake_work_stored(fake, &sanction_table, ORDER "|pena", "");
    ck_assert_ptr_nonnull(sanction);
    ck_assert_int_eq(sanction->late_pieces, 20);
    ck_assert_int_eq(sanction->amount_centavos, 12345);
    ck_assert_int_eq(sanction->exposure_centavos, 99);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(what_is_withdrawn_leaves_its_own_columns_empty)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    struct order_issued withdrawn = order;
    const struct ordered_line *row;

    say(fake, 0);
    withdrawn.withdrawn = true;
    fake_work_send(fake, &order_issued_type, CONTRACT, &withdrawn);
    settle(fake);
    row = fake_work_stored(fake, &ordered_line_table, ORDER, "");
    ck_assert(!row->has_ordered_pieces);
    ck_assert(!row->has_due_on);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(a_contract_says_who_supplies_it_until_it_is_withdrawn)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    struct contract_registered contract = {.institution = "imss",
                                           .contract_id = CONTRACT,
                                           .contract_number = "C-1",
                                           .supplier_rfc = "XFI000101026",
                                           .supplier_name = "PROVEEDOR",
                                           .has_ends_on = true,
                                           .ends_on = 20453,
                                           .terms = {.origin = "contrato"},
                                           .facts = facts,
                                           .facts_count = 1,
                                           .digest = "d",
                                           .revision = 1};
    const struct monitor_contract *row;

    fake_work_send(fake, &contract_registered_type, CONTRACT, &contract);
    settle(fake);
    row = fake_work_stored(fake, &monitor_contract_table, CONTRACT, "");
    ck_assert_str_eq(row->institution, "imss");
    ck_assert_str_eq(row->contract_number, "C-1");
    ck_assert_str_eq(row->supplier_rfc, "XFI000101026");
    ck_assert_str_eq(row->supplier_name, "PROVEEDOR");
    ck_assert(!row->has_starts_on);
    ck_assert_int_eq(row->ends_on, 20453);
    contract.withdrawn = true;
    fake_work_send(fake, &contract_registered_type, CONTRACT, &contract);
    settle(fake);
    row = fake_work_stored(fake, &monitor_contract_table, CONTRACT, "");
    ck_assert(row->withdrawn);
    ck_assert_ptr_null(row->supplier_rfc);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(a_sanction_says_where_its_event_lies)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    const struct sanction *row;

    say(fake, 2);
    settle(fake);
    say(fake, 2);
    settle(fake);
    row = fake_work_stored(fake, &sanction_table, ORDER "|pena", "");
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(row->amount_centavos, 12345);
    ck_assert_str_eq(row->status, "calculada");
    ck_assert(row->stands);
    ck_assert_int_eq(row->event_offset, 1);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(the_last_of_a_batch_stays)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    struct penalty_calculated without_effect = penalty;
    const struct sanction *sanction;

    say(fake, 2);
    without_effect.status = PENALTY_STATUS_VOID;
    without_effect.steps_count = 0;
    without_effect.amount_centavos = 0;
    without_effect.exposure_centavos = 0;
    fake_work_send(fake, &penalty_calculated_type, CONTRACT, &without_effect);
    settle(fake);
    sanction = fake_work_stored(fake, &sanction_table, ORDER "|pena", "");
    ck_assert(!sanction->stands);
    ck_assert_int_eq(sanction->amount_centavos, 0);
    ck_assert_int_eq(sanction->event_offset, 1);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(late_pieces_beyond_64_bits_are_set_aside)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    struct penalty_step impossible[] = {{.kind = STEP_KIND_LATE, .pieces = INT64_MAX},
                                        {.kind = STEP_KIND_LATE, .pieces = 1}};
    struct penalty_calculated event = penalty;
    struct error err = {0};
    const char *reason = "";

    event.steps = impossible;
    event.steps_count = 2;
    fake_work_send(fake, &penalty_calculated_type, CONTRACT, &event);
    ck_assert_msg(fake_work_settle(fake, &err), "%s", err.message);
    ck_assert_uint_eq(fake_work_rejected(fake, &reason), 1);
    ck_assert_msg(strstr(reason, "las piezas tardías de") != NULL, "%s", reason);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(a_finding_that_no_longer_holds_is_closed)
{
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    struct finding_raised finding = {.institution = "imss",
                                     .contract_id = CONTRACT,
                                     .finding_id = "kind|" ORDER,
                                     .kind = "kind",
                                     .subject = ORDER,
                                     .open = true,
                                     .message = "algo",
                                     .raised_by = "contracts",
                                     .digest = "d"};
    const struct monitor_finding *row;

    fake_work_send(fake, &finding_raised_type, CONTRACT, &finding);
    settle(fake);
    row = fake_work_stored(fake, &monitor_finding_table, CONTRACT, "contracts|kind|" ORDER);
    ck_assert(row->open);
    finding.open = false;
    fake_work_send(fake, &finding_raised_type, CONTRACT, &finding);
    settle(fake);
    row = fake_work_stored(fake, &monitor_finding_table, CONTRACT, "contracts|kind|" ORDER);
    ck_assert(!row->open);
    fake_work_destroy(fake);
}
END_TEST

START_TEST(what_was_done_about_what_was_set_aside_is_kept_beside_it)
{
    static const struct cell_change changes[] = {{"piezas", "doce", "12"}};
    const struct message_quarantined aside = {.quarantine_id = "gateway.imss/0/r.csv#0/1",
                                              .service = "gateway.imss",
                                              .institution = "imss",
                                              .source = "r.csv#0",
                                              .position = 1,
                                              .reason = "no es un número",
                                              .action = "corríjalo",
                                              .layout = "plantilla.recepciones"};
    const struct quarantine_acted acted = {.quarantine_id = aside.quarantine_id,
                                           .institution = "imss",
                                           .state = "reparada",
                                           .act = "correccion",
                                           .act_id = "a1",
                                           .actor = "Ana",
                                           .changes = changes,
                                           .changes_count = 1,
                                           .fact = "R1@1.2"};
    struct fake_work *fake = fake_work_create(&monitor, NULL);
    const struct quarantined *row;
    const struct quarantine_done *done;

    fake_work_send(fake, &message_quarantined_type, aside.quarantine_id, &aside);
    fake_work_send(fake, &quarantine_acted_type, aside.quarantine_id, &acted);
    settle(fake);
    row = fake_work_stored(fake, &quarantined_table, aside.quarantine_id, "");
    ck_assert_str_eq(row->layout, "plantilla.recepciones");
    done = fake_work_stored(fake, &quarantine_done_table, aside.quarantine_id, "");
    ck_assert_str_eq(done->state, "reparada");
    ck_assert_str_eq(done->acted_by, "imss");
    ck_assert_str_eq(done->fact, "R1@1.2");
    ck_assert_ptr_nonnull(strstr(done->changes, "doce"));
    fake_work_destroy(fake);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase,
                        what_is_said_of_an_order_line_is_the_same_in_whatever_order_it_arrives, 0,
                        (int)(sizeof arrivals / sizeof arrivals[0]));
    tcase_add_test(tcase, what_is_withdrawn_leaves_its_own_columns_empty);
    tcase_add_test(tcase, a_contract_says_who_supplies_it_until_it_is_withdrawn);
    tcase_add_test(tcase, a_sanction_says_where_its_event_lies);
    tcase_add_test(tcase, the_last_of_a_batch_stays);
    tcase_add_test(tcase, late_pieces_beyond_64_bits_are_set_aside);
    tcase_add_test(tcase, a_finding_that_no_longer_holds_is_closed);
    tcase_add_test(tcase, what_was_done_about_what_was_set_aside_is_kept_beside_it);
}

int main(void)
{
    return unit_run("monitor.handlers", fill);
}
