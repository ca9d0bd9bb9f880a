#include "services/contracts/contracts_handlers.h"
#include "services/contracts/contracts_tables.h"
#include "tests/base/unit.h"
#include "tests/support/fake_history.h"

#include "events.h"

/* Two contracts with two lines and four orders each, told by two sources in several versions: prices and
 * maxima change, orders are cancelled, rows are withdrawn and come back. */

enum { SEEDS = 250, CONTRACTS = 2, CLAVES = 3, ORDERS = 4, VERSIONS = 3 };

static const struct service service = {
    .name = "contracts",
    .outputs = (const char *const[]){"contracts", "orders", "findings", NULL},
    .tables = contracts_tables,
    .handlers = contracts_handlers,
};

static struct fact random_fact(struct fake_random *random, const char *fact_id, int64_t sequence)
{
    return (struct fact){.fact_id = fact_id,
                         .source = fake_random_once_in(random, 4) ? "imss-bienestar.ordenes"
                                                                  : "plantilla.ordenes",
                         .as_of = fake_random_below(random, 3),
                         .sequence = sequence,
                         .invented = fake_random_once_in(random, 3)};
}

static bool withdraw(struct fake_history *history, struct fake_random *random, struct fact fact,
                     const char *kind, const char *contract_id, const char *entity_id)
{
    const struct report_withdrawn event = {.fact = fact,
                                           .institution = "imss",
                                           .contract_id = contract_id,
                                           .kind = kind,
                                           .entity_id = entity_id,
                                           .reason = "ya no se reporta"};

    if (!fake_random_once_in(random, 5)) {
        return false;
    }
    fake_history_add(history, FAKE_FREE, &report_withdrawn_type, contract_id, &event);
    return true;
}

static void tell_contract(struct fake_history *history, struct fake_random *random,
                          const char *contract_id, int64_t sequence)
{
    const struct fact fact = random_fact(random, contract_id, sequence);
    const struct contract_reported event = {
        .fact = fact,
        .institution = "imss",
        .contract_id = contract_id,
        .contract_number = "C",
        .supplier_rfc = fake_random_once_in(random, 2) ? "XFI010101071" : NULL,
        .guarantee_centavos = fake_random_below(random, 3),
        .has_guarantee_centavos = fake_random_once_in(random, 2),
        .terms = {.stated = fake_random_once_in(random, 2),
                  .origin = "contrato",
                  .rate_bp = (int32_t)fake_random_below(random, 3)}};

    if (!withdraw(history, random, fact, "contract", contract_id, contract_id)) {
        fake_history_add(history, FAKE_FREE, &contract_reported_type, contract_id, &event);
    }
}

static void tell_line(struct fake_history *history, struct fake_random *random,
                      const char *contract_id, const char *clave, int64_t sequence)
{
    const char *line_id = arena_format(&history->arena, "%s|%s", contract_id, clave);
    const struct fact fact = random_fact(random, line_id, sequence);
    const struct contract_line_reported event = {
        .fact = fact,
        .institution = "imss",
        .contract_id = contract_id,
        .clave = clave,
        .maximum_pieces = 20 + fake_random_below(random, 60),
        .has_maximum_pieces = !fake_random_once_in(random, 4),
        .price_e4 = 10000 + fake_random_below(random, 5),
        .has_price_e4 = !fake_random_once_in(random, 4)};

    if (!withdraw(history, random, fact, "line", contract_id, line_id)) {
        fake_history_add(history, FAKE_FREE, &contract_line_reported_type, contract_id, &event);
    }
}

static void tell_order(struct fake_history *history, struct fake_random *random,
                       const char *contract_id, int64_t order, const char *clave, int64_t sequence)
{
    const char *order_id =
        arena_format(&history->arena, "%s|%d|%s", contract_id, (int)order, clave);
    const struct fact fact = random_fact(random, order_id, sequence);
    const struct order_reported event = {
        .fact = fact,
        .institution = "imss",
        .contract_id = contract_id,
        .order_id = order_id,
        .order_number = arena_format(&history->arena, "%d", (int)order),
        .clave = clave,
        .pieces = 1 + fake_random_below(random, 40),
        .price_e4 = 20000,
        .has_price_e4 = fake_random_once_in(random, 2),
        .due_on = 20250,
        .has_due_on = true,
        .status = fake_random_once_in(random, 4) ? ORDER_STATUS_CANCELLED : ORDER_STATUS_OPEN};

    if (!withdraw(history, random, fact, "order", contract_id, order_id)) {
        fake_history_add(history, FAKE_FREE, &order_reported_type, contract_id, &event);
    }
}

static void make(struct fake_history *history, struct fake_random *random)
{
    static const char *const claves[CLAVES] = {"010.000.0101.00", "010.000.0102.00",
                                               "010.000.0103.00"};
    int64_t sequence = 0;

    for (int version = 0; version < VERSIONS; version++) {
        for (int contract = 0; contract < CONTRACTS; contract++) {
            const char *contract_id = arena_format(&history->arena, "imss/C%d", contract);

            tell_contract(history, random, contract_id, ++sequence);
            for (int line = 0; line < CLAVES - 1; line++) { /* the last clave has no line */
                tell_line(history, random, contract_id, claves[line], ++sequence);
            }
            for (int64_t order = 0; order < ORDERS; order++) {
                tell_order(history, random, contract_id, order, claves[order % CLAVES], ++sequence);
            }
        }
    }
}

START_TEST(any_interleaving_repetition_and_batching_ends_in_the_same_contracts_lines_and_orders)
{
    ck_assert(fake_history_holds(&service, make, SEEDS, NULL));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(
        tcase,
        any_interleaving_repetition_and_batching_ends_in_the_same_contracts_lines_and_orders);
}

int main(void)
{
    return unit_run("contracts_shuffle", fill);
}
