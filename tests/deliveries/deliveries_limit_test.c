#include "events.h"
#include "services/deliveries/deliveries_handlers.h"
#include "services/deliveries/deliveries_tables.h"
#include "services/facts/fact_limit.h"
#include "tests/base/unit.h"
#include "tests/support/fake_work.h"

/* An order takes so many rows: what comes beyond is set aside, and what stands may still be corrected. */

static const struct service service = {
    .name = "deliveries",
    .outputs = (const char *const[]){"deliveries", "findings", NULL},
    .tables = deliveries_tables,
    .handlers = deliveries_handlers,
};

static void receive(struct fake_work *fake, struct arena *arena, int number, int64_t sequence)
{
    const struct receipt_reported event = {
        .fact = {.fact_id = arena_format(arena, "R%d", number),
                 .source = "plantilla.recepciones",
                 .as_of = 1,
                 .sequence = sequence,
                 .file = "f"},
        .institution = "imss",
        .contract_id = "imss/C1",
        .receipt_id = arena_format(arena, "R%d", number),
        .order_id = "imss/C1|7|010.000.0101.00",
        .order_number = "7",
        .clave = "010.000.0101.00",
        .pieces = 1,
    };

    fake_work_send(fake, &receipt_reported_type, event.contract_id, &event);
}

START_TEST(a_receipt_beyond_what_an_order_takes_is_set_aside)
{
    struct fake_work *fake = fake_work_create(&service, NULL);
    struct arena arena = {0};
    struct error err = {0};
    const struct message_quarantined *aside;

    for (int i = 0; i <= FACTS_PER_ORDER_MAX; i++) {
        receive(fake, &arena, i, i + 1);
    }
    receive(fake, &arena, 0, FACTS_PER_ORDER_MAX + 2);
    ck_assert_msg(fake_work_settle(fake, &err), "%s", err.message);
    ck_assert_uint_eq(fake_work_emitted_of(fake, &message_quarantined_type), 1);
    aside = fake_work_said(fake, &message_quarantined_type, "institution", "imss");
    ck_assert_ptr_nonnull(aside);
    ck_assert_str_eq(aside->column, "orden");
    ck_assert_str_eq(aside->found, "7");
    ck_assert_str_eq(aside->expected, "una orden de hasta 1000 renglones");
    ck_assert_str_eq(aside->reason, "la orden ya tiene 1000 renglones como éste; R1000 no se toma");
    ck_assert_str_eq(aside->action, "revise el número de orden en el archivo y cárguelo otra vez");
    arena_finish(&arena);
    fake_work_destroy(fake);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_receipt_beyond_what_an_order_takes_is_set_aside);
}

int main(void)
{
    return unit_run("deliveries.limit", fill);
}
