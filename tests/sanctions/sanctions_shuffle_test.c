#include "services/sanctions/sanctions_tables.h"
#include "tests/base/unit.h"
#include "tests/sanctions/sanctions_usual.h"
#include "tests/support/fake_history.h"

/* Two contracts of three orders each, told in several versions: terms, prices and dates change, decisions move between
 * orders, and days close in between. */

enum { SEEDS = 200, CONTRACTS = 2, ORDERS = 3, DUE = USUAL_DUE, PARTS_MAX = 3 };
enum { STREAM_CONTRACTS = 1, STREAM_ORDERS, STREAM_DELIVERIES };

static void tell_contract(struct fake_history *history, struct fake_random *random, int contract)
{
    struct contract_registered event = usual_contract();

    event.contract_id = arena_format(&history->arena, "imss/C%d", contract);
    event.terms.rate_bp = (int32_t)fake_random_below(random, 300);
    event.terms.grace_days = (int32_t)fake_random_below(random, 3);
    event.terms.stated = !fake_random_once_in(random, 5);
    event.terms.has_cap_days = fake_random_once_in(random, 2);
    event.terms.has_cap_bp = fake_random_once_in(random, 2);
    event.terms.missing_goods = (enum missing_goods)fake_random_below(random, 3);
    event.terms.cap_bp = 700;
    event.guarantee_centavos = fake_random_below(random, 50000);
    event.has_guarantee_centavos = fake_random_once_in(random, 2);
    event.invented = fake_random_once_in(random, 2);
    event.withdrawn = fake_random_once_in(random, 8);
    fake_history_add(history, STREAM_CONTRACTS, &contract_registered_type, event.contract_id,
                     &event);
}

static const char *order_of(struct fake_history *history, int contract, int order)
{
    return arena_format(&history->arena, "imss/C%d|%d|010.000.0101.00", contract, order);
}

static void tell_order(struct fake_history *history, struct fake_random *random, int contract,
                       int order)
{
    struct order_issued event = usual_order();

    event.contract_id = arena_format(&history->arena, "imss/C%d", contract);
    event.order_id = order_of(history, contract, order);
    event.price_e4 = fake_random_below(random, 2000000);
    event.has_price_e4 = !fake_random_once_in(random, 6);
    event.due_on = (int32_t)(DUE + fake_random_below(random, 5));
    event.status = fake_random_once_in(random, 4) ? ORDER_STATUS_CANCELLED : ORDER_STATUS_OPEN;
    event.has_due_on = !fake_random_once_in(random, 6);
    event.invented = fake_random_once_in(random, 4);
    event.withdrawn = fake_random_once_in(random, 8);
    fake_history_add(history, STREAM_ORDERS, &order_issued_type, event.contract_id, &event);
}

static void tell_delivery(struct fake_history *history, struct fake_random *random, int contract,
                          int order)
{
    struct delivery_part parts[PARTS_MAX];
    const size_t count = (size_t)fake_random_below(random, PARTS_MAX + 1);
    struct delivery_recorded event = usual_delivery(parts, count, fake_random_below(random, 40));

    for (size_t i = 0; i < count; i++) {
        parts[i] = (struct delivery_part){
            .receipt_id = arena_format(&history->arena, "R%d", (int)fake_random_below(random, 9)),
            .counted_on = (int32_t)(DUE + fake_random_below(random, 15)),
            .has_counted_on = !fake_random_once_in(random, 6),
            .applied_pieces = fake_random_below(random, 60)};
    }
    event.contract_id = arena_format(&history->arena, "imss/C%d", contract);
    event.order_id = order_of(history, contract, order);
    fake_history_add(history, STREAM_DELIVERIES, &delivery_recorded_type, event.contract_id,
                     &event);
}

/* Decisions move between the orders of a contract when they are corrected. */
static void tell_decision(struct fake_history *history, struct fake_random *random, int contract,
                          int decision, struct fake_place *place, int64_t *sequence)
{
    const struct report_withdrawn to = {
        .fact = {.fact_id = arena_format(&history->arena, "D%d.%d", contract, decision),
                 .source = "plantilla.decisiones",
                 .as_of = fake_random_below(random, 3)},
        .institution = "imss",
        .contract_id = arena_format(&history->arena, "imss/C%d", contract),
        .kind = "decision",
        .entity_id = order_of(history, contract, (int)fake_random_below(random, ORDERS)),
        .reason = "lo reporta ahora en otra orden"};
    const struct fact fact = fake_history_move(history, place, &to, sequence);
    const struct decision_reported event = {
        .fact = fact,
        .institution = "imss",
        .contract_id = to.contract_id,
        .decision_id = "D",
        .kind = fake_random_once_in(random, 4) ? "otra" : "notificacion",
        .order_id = to.entity_id,
        .decided_on = (int32_t)(DUE + fake_random_below(random, 50)),
        .has_decided_on = true,
        .document = arena_format(&history->arena, "OFICIO/%d", (int)fact.sequence)};

    fake_history_add(history, FAKE_FREE, &decision_reported_type, event.contract_id, &event);
}

static void make(struct fake_history *history, struct fake_random *random)
{
    struct fake_place places[CONTRACTS][ORDERS] = {0};
    int64_t sequence = 0;
    int32_t day = DUE - 2;

    for (int version = 0; version < 3; version++) {
        for (int contract = 0; contract < CONTRACTS; contract++) {
            if (!fake_random_once_in(random, 3)) {
                tell_contract(history, random, contract);
            }
            for (int order = 0; order < ORDERS; order++) {
                tell_order(history, random, contract, order);
                tell_delivery(history, random, contract, order);
                tell_decision(history, random, contract, order, &places[contract][order],
                              &sequence);
            }
            day += (int32_t)fake_random_below(random, 6);
            fake_history_close_day(history, "imss", day);
        }
    }
}

static const struct table *const kept[] = {&contract_sum_table, NULL};

START_TEST(any_interleaving_repetition_and_batching_ends_in_the_same_penalties)
{
    ck_assert(fake_history_holds(&usual_service, make, SEEDS, kept));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, any_interleaving_repetition_and_batching_ends_in_the_same_penalties);
}

int main(void)
{
    return unit_run("sanctions_shuffle", fill);
}
