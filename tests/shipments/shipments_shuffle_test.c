#include "services/shipments/shipments_handlers.h"
#include "services/shipments/shipments_tables.h"
#include "tests/base/unit.h"
#include "tests/support/fake_history.h"

#include "events.h"

/* Remisiones of several lots over several orders, told by two sources in several versions. */

enum { SEEDS = 220, ORDERS = 2, REMISSIONS = 2, LOTS = 2, VERSIONS = 3 };
enum { STREAM_ORDERS = 1 };

static const struct service service = {
    .name = "shipments",
    .outputs = (const char *const[]){"shipments", "findings", NULL},
    .tables = shipments_tables,
    .handlers = shipments_handlers,
};

static const char contract_id[] = "imss/C";

static char *order_of(struct fake_history *history, int64_t order)
{
    return arena_format(&history->arena, "%s|%d|010.000.0101.00", contract_id, (int)order);
}

static void tell_order(struct fake_history *history, struct fake_random *random, int64_t order)
{
    const struct order_issued event = {.institution = "imss",
                                       .contract_id = contract_id,
                                       .order_id = order_of(history, order),
                                       .order_number = "O",
                                       .clave = "010.000.0101.00",
                                       .withdrawn = fake_random_once_in(random, 3),
                                       .digest = ""};

    fake_history_add(history, STREAM_ORDERS, &order_issued_type, contract_id, &event);
}

static void tell_lot(struct fake_history *history, struct fake_random *random, int64_t order,
                     int64_t remission, int64_t lot, int64_t sequence)
{
    const char *order_id = order_of(history, order);
    const struct fact fact = {
        .fact_id =
            arena_format(&history->arena, "R%d|%d|L%d", (int)remission, (int)order, (int)lot),
        .source = fake_random_once_in(random, 4) ? "almacen.remisiones" : "plantilla.remisiones",
        .as_of = fake_random_below(random, 3),
        .sequence = sequence,
        .invented = fake_random_once_in(random, 3)};
    const struct report_withdrawn withdrawn = {.fact = fact,
                                               .institution = "imss",
                                               .contract_id = contract_id,
                                               .kind = "shipment",
                                               .entity_id = order_id,
                                               .reason = "ya no se reporta"};
    const struct shipment_reported event = {
        .fact = fact,
        .institution = "imss",
        .contract_id = contract_id,
        .order_id = order_id,
        .order_number = "O",
        .clave = "010.000.0101.00",
        .supplier_rfc = "XFI010101071",
        .remission = arena_format(&history->arena, "R%d", (int)remission),
        .shipped_on = (int32_t)fake_random_below(random, 5),
        .has_shipped_on = !fake_random_once_in(random, 4),
        .lot = fake_random_once_in(random, 4)
                   ? NULL
                   : arena_format(&history->arena, "L%d", (int)fake_random_below(random, LOTS)),
        .expires_on = (int32_t)fake_random_below(random, 2),
        .has_expires_on = fake_random_once_in(random, 2),
        .pieces = fake_random_below(random, 50)};

    if (fake_random_once_in(random, 5)) {
        fake_history_add(history, FAKE_FREE, &report_withdrawn_type, contract_id, &withdrawn);
    } else {
        fake_history_add(history, FAKE_FREE, &shipment_reported_type, contract_id, &event);
    }
}

static void make(struct fake_history *history, struct fake_random *random)
{
    int64_t sequence = 0;

    for (int version = 0; version < VERSIONS; version++) {
        for (int64_t order = 0; order < ORDERS; order++) {
            if (!fake_random_once_in(random, 3)) {
                tell_order(history, random, order);
            }
            for (int64_t remission = 0; remission < REMISSIONS; remission++) {
                for (int64_t lot = 0; lot < LOTS; lot++) {
                    tell_lot(history, random, order, remission, lot, ++sequence);
                }
            }
        }
    }
}

START_TEST(any_interleaving_repetition_and_batching_ends_in_the_same_shipments)
{
    ck_assert(fake_history_holds(&service, make, SEEDS, NULL));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, any_interleaving_repetition_and_batching_ends_in_the_same_shipments);
}

int main(void)
{
    return unit_run("shipments_shuffle", fill);
}
