#include "services/deliveries/deliveries_handlers.h"
#include "services/deliveries/deliveries_tables.h"
#include "tests/base/unit.h"
#include "tests/support/fake_history.h"

#include "events.h"

/* Two contracts with three orders each (one of which may never be told), receipts in several versions
 * that move between orders and contracts, are withdrawn and come back. */

enum { SEEDS = 250, CONTRACTS = 2, ORDERS = 3, RECEIPTS = 8 };
enum { STREAM_CONTRACTS = 1, STREAM_ORDERS, STREAM_SHIPMENTS };

static const struct service service = {
    .name = "deliveries",
    .outputs = (const char *const[]){"deliveries", "findings", NULL},
    .tables = deliveries_tables,
    .handlers = deliveries_handlers,
};

static char *contract_of(struct arena *arena, int64_t contract)
{
    return arena_format(arena, "imss/C%d", (int)contract);
}

static char *order_of(struct arena *arena, int64_t contract, int64_t order)
{
    return arena_format(arena, "imss/C%d|%d|010.000.0101.00", (int)contract, (int)order);
}

static bool optional_day(struct fake_random *random, int32_t *day)
{
    *day = (int32_t)(20250 + fake_random_below(random, 12));
    return !fake_random_once_in(random, 5);
}

static void tell_contract(struct fake_history *history, struct fake_random *random,
                          int64_t contract, int version)
{
    const char *fact = arena_format(&history->arena, "C%d@%d", (int)contract, version);
    const struct contract_registered event = {
        .institution = "imss",
        .contract_id = contract_of(&history->arena, contract),
        .contract_number = "C",
        .terms = {.stated = true,
                  .origin = "contrato",
                  .counting_date = (enum counting_date)fake_random_below(random, 3)},
        .withdrawn = fake_random_once_in(random, 6),
        .invented = fake_random_once_in(random, 3),
        .facts = &fact,
        .facts_count = 1,
        .digest = ""};

    fake_history_add(history, STREAM_CONTRACTS, &contract_registered_type, event.contract_id,
                     &event);
}

static void tell_order(struct fake_history *history, struct fake_random *random, int64_t contract,
                       int64_t order, int version)
{
    const char *fact =
        arena_format(&history->arena, "O%d.%d@%d", (int)contract, (int)order, version);
    const struct order_issued event = {
        .institution = "imss",
        .contract_id = contract_of(&history->arena, contract),
        .order_id = order_of(&history->arena, contract, order),
        .order_number = "O",
        .clave = "010.000.0101.00",
        .pieces = 20 + fake_random_below(random, 60),
        .status = fake_random_once_in(random, 4) ? ORDER_STATUS_CANCELLED : ORDER_STATUS_OPEN,
        .cancelled_on = 20255,
        .has_cancelled_on = fake_random_once_in(random, 2),
        .withdrawn = fake_random_once_in(random, 6),
        .facts = &fact,
        .facts_count = 1,
        .digest = ""};

    fake_history_add(history, STREAM_ORDERS, &order_issued_type, event.contract_id, &event);
}

static void tell_shipment(struct fake_history *history, struct fake_random *random,
                          int64_t contract, int64_t order, int version)
{
    const int64_t remission = fake_random_below(random, 3);
    const char *fact = arena_format(&history->arena, "S%d@%d", (int)remission, version);
    const struct shipment_dispatched event = {
        .institution = "imss",
        .contract_id = contract_of(&history->arena, contract),
        .order_id = order_of(&history->arena, contract, order),
        .order_number = "O",
        .clave = "010.000.0101.00",
        .shipment_id = arena_format(&history->arena, "XFI/R%d", (int)remission),
        .remission = arena_format(&history->arena, "R%d", (int)remission),
        .pieces = fake_random_below(random, 50),
        .withdrawn = fake_random_once_in(random, 6),
        .facts = &fact,
        .facts_count = 1,
        .digest = ""};

    fake_history_add(history, STREAM_SHIPMENTS, &shipment_dispatched_type, event.contract_id,
                     &event);
}

static struct receipt_reported random_receipt(struct fake_history *history,
                                              struct fake_random *random, struct fact fact,
                                              const char *contract_id, const char *order_id)
{
    struct receipt_reported event = {
        .fact = fact,
        .institution = "imss",
        .contract_id = contract_id,
        .receipt_id = fact.fact_id,
        .order_id = order_id,
        .order_number = "O",
        .clave = "010.000.0101.00",
        .pieces = fake_random_below(random, 40),
        .rejected_pieces = fake_random_once_in(random, 4) ? fake_random_below(random, 9) : 0};

    event.has_physical_on = optional_day(random, &event.physical_on);
    event.has_remission_on = optional_day(random, &event.remission_on);
    event.has_entry_on = optional_day(random, &event.entry_on);
    event.has_expires_on = optional_day(random, &event.expires_on);
    event.expires_on += (int32_t)fake_random_below(random, 2) * 400;
    event.remission = fake_random_once_in(random, 4)
                          ? NULL
                          : arena_format(&history->arena, "R%d", (int)fake_random_below(random, 3));
    event.lot = fake_random_once_in(random, 3)
                    ? NULL
                    : arena_format(&history->arena, "L%d", (int)fake_random_below(random, 2));
    event.kind = fake_random_once_in(random, 2) ? RECEIPT_KIND_DELIVERY
                                                : (enum receipt_kind)fake_random_below(random, 6);
    if (event.kind > RECEIPT_KIND_RETURN && fake_random_once_in(random, 3)) {
        event.pieces = -event.pieces;
    }
    return event;
}

/* The first receipts of both contracts are told by two sources, each with places of its own. */
static void tell_receipt(struct fake_history *history, struct fake_random *random, int64_t receipt,
                         struct fake_place places[static 2], int64_t *sequence)
{
    static const char *const sources[] = {"plantilla.recepciones", "almacen.cdmx"};
    const size_t source = receipt < 4 && fake_random_once_in(random, 2) ? 1 : 0;
    const int64_t contract =
        fake_random_once_in(random, 8) ? (receipt + 1) % CONTRACTS : receipt % CONTRACTS;
    struct report_withdrawn to = {
        .fact = {.fact_id = arena_format(&history->arena, "REC%d", (int)receipt),
                 .source = sources[source],
                 .as_of = fake_random_below(random, 4),
                 .invented = fake_random_once_in(random, 3)},
        .institution = "imss",
        .contract_id = contract_of(&history->arena, contract),
        .kind = "receipt",
        .entity_id = order_of(&history->arena, contract, fake_random_below(random, ORDERS)),
        .reason = "lo reporta ahora en otra orden"};

    to.fact = fake_history_move(history, &places[source], &to, sequence);
    if (fake_random_once_in(random, 5)) {
        fake_history_add(history, FAKE_FREE, &report_withdrawn_type, to.contract_id, &to);
    } else {
        const struct receipt_reported event =
            random_receipt(history, random, to.fact, to.contract_id, to.entity_id);

        fake_history_add(history, FAKE_FREE, &receipt_reported_type, to.contract_id, &event);
    }
}

static void make(struct fake_history *history, struct fake_random *random)
{
    struct fake_place places[RECEIPTS][2] = {0};
    int64_t sequence = 0;

    for (int version = 0; version < 3; version++) {
        for (int64_t contract = 0; contract < CONTRACTS; contract++) {
            if (!fake_random_once_in(random, 3)) {
                tell_contract(history, random, contract, version);
            }
            for (int64_t order = 0; order < ORDERS; order++) {
                if (!fake_random_once_in(random, 2)) {
                    tell_order(history, random, contract, order, version);
                }
                if (!fake_random_once_in(random, 2)) {
                    tell_shipment(history, random, contract, order, version);
                }
            }
        }
        for (int64_t receipt = 0; receipt < RECEIPTS; receipt++) {
            tell_receipt(history, random, receipt, places[receipt], &sequence);
        }
    }
}

START_TEST(any_interleaving_repetition_and_batching_ends_in_the_same_deliveries)
{
    ck_assert(fake_history_holds(&service, make, SEEDS, NULL));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, any_interleaving_repetition_and_batching_ends_in_the_same_deliveries);
}

int main(void)
{
    return unit_run("deliveries_shuffle", fill);
}
