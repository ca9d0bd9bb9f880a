#include "tests/simulation/sim_model.h"
#include "tests/simulation/sim_oracle.h"
#include "tests/simulation/sim_standing.h"

#include <inttypes.h>
#include <string.h>

/* What stands on each topic, beside what the facts say. */

static bool differ(struct sim_world *world, const char *what, const char *id, int64_t expected,
                   int64_t found)
{
    return expected == found || sim_fail(world, "%s of %s is %" PRId64 " and must be %" PRId64,
                                         what, id, found, expected);
}

/* --- contracts --- */

static bool check_contract(struct sim_world *world, const char *id)
{
    const struct contract_registered *found =
        sim_standing(world, "contracts", &contract_registered_type, "contract_id", id);
    struct sim_rows rows;
    const struct contract_reported *said;

    sim_rows_of(world, SIM_CONTRACT, id, &rows);
    said = sim_contract_said(world, &rows);
    if (found == NULL) {
        return said == NULL || sim_fail(world, "contract %s was never said", id);
    }
    if (said == NULL) {
        return differ(world, "withdrawn", id, 1, found->withdrawn ? 1 : 0);
    }
    return differ(world, "withdrawn", id, 0, found->withdrawn ? 1 : 0) &&
           differ(world, "rate", id, said->terms.rate_bp, found->terms.rate_bp) &&
           differ(world, "grace", id, said->terms.grace_days, found->terms.grace_days) &&
           differ(world, "cap in days", id, said->terms.has_cap_days ? said->terms.cap_days : -1,
                  found->terms.has_cap_days ? found->terms.cap_days : -1) &&
           differ(world, "guarantee", id, said->guarantee_centavos, found->guarantee_centavos);
}

static bool check_line(struct sim_world *world, const char *id)
{
    const char *clave = strchr(id, '|') + 1;
    struct sim_line line;
    const struct contract_line_registered *found = NULL;
    const char *contract_id = arena_text(&world->arena, id, strcspn(id, "|"));

    sim_line_judge(world, id, &line);
    found = sim_standing_two(world, "contracts", &contract_line_registered_type, "contract_id",
                             contract_id, "clave", clave);
    if (found == NULL || found->withdrawn) {
        return line.line == NULL || sim_fail(world, "line %s was never said", id);
    }
    return differ(world, "orders", id, line.orders, found->orders) &&
           differ(world, "ordered pieces", id, line.pieces, found->ordered_pieces) &&
           differ(world, "price", id, line.line->price_e4, found->price_e4) &&
           (!line.line->has_maximum_pieces ||
            differ(world, "free pieces", id, line.line->maximum_pieces - line.pieces,
                   found->free_pieces));
}

/* --- orders, deliveries, sanctions --- */

static bool check_issued(struct sim_world *world, const struct sim_order *order)
{
    const struct order_issued *found =
        sim_standing(world, "orders", &order_issued_type, "order_id", order->order_id);
    const char *id = order->order_id;

    if (found == NULL) {
        return order->order == NULL || sim_fail(world, "order %s was never said", id);
    }
    if (order->order == NULL) {
        return differ(world, "withdrawn", id, 1, found->withdrawn ? 1 : 0);
    }
    return differ(world, "withdrawn", id, 0, found->withdrawn ? 1 : 0) &&
           differ(world, "pieces", id, order->order->pieces, found->pieces) &&
           differ(world, "price", id, order->has_price ? order->price_e4 : -1,
                  found->has_price_e4 ? found->price_e4 : -1) &&
           differ(world, "due date", id, order->order->due_on, found->due_on) &&
           differ(world, "status", id, order->order->status, found->status);
}

static bool check_parts(struct sim_world *world, const struct sim_order *order,
                        const struct delivery_recorded *found)
{
    if (!differ(world, "parts", order->order_id, (int64_t)order->part_count,
                (int64_t)found->parts_count)) {
        return false;
    }
    for (size_t i = 0; i < order->part_count; i++) {
        const struct sim_part *part = &order->parts[i];

        if (strcmp(part->receipt_id, found->parts[i].receipt_id) != 0) {
            return sim_fail(world, "part %zu of %s is %s and must be %s", i, order->order_id,
                            found->parts[i].receipt_id, part->receipt_id);
        }
        if (!differ(world, "applied pieces", part->receipt_id, part->applied,
                    found->parts[i].applied_pieces) ||
            !differ(world, "counted date", part->receipt_id, part->has_on ? part->on : -1,
                    found->parts[i].has_counted_on ? found->parts[i].counted_on : -1)) {
            return false;
        }
    }
    return true;
}

static bool has_facts(const struct sim_order *order)
{
    bool any = order->order != NULL || order->receipts.count > 0;

    for (size_t i = 0; i < order->shipments.count; i++) {
        any = any || order->shipments.items[i].event != NULL;
    }
    return any;
}

static bool check_delivery(struct sim_world *world, const struct sim_order *order)
{
    const struct delivery_recorded *found =
        sim_standing(world, "deliveries", &delivery_recorded_type, "order_id", order->order_id);
    const char *id = order->order_id;

    if (found == NULL) {
        return !has_facts(order) || sim_fail(world, "delivery %s was never said", id);
    }
    return differ(world, "ordered", id, order->order != NULL ? order->order->pieces : 0,
                  found->ordered_pieces) &&
           differ(world, "accepted", id, order->accepted, found->accepted_pieces) &&
           differ(world, "applied", id, order->applied, found->applied_pieces) &&
           differ(world, "missing", id, order->missing, found->missing_pieces) &&
           differ(world, "excess", id, order->excess, found->excess_pieces) &&
           differ(world, "rejected", id, order->rejected, found->rejected_pieces) &&
           differ(world, "outside", id, order->outside, found->outside_pieces) &&
           differ(world, "shipped", id, order->shipped, found->shipped_pieces) &&
           differ(world, "in transit", id, order->in_transit, found->in_transit_pieces) &&
           check_parts(world, order, found);
}

static bool check_penalty(struct sim_world *world, const struct sim_order *order)
{
    const struct penalty_calculated *found =
        sim_standing(world, "sanctions", &penalty_calculated_type, "order_id", order->order_id);
    const bool owed = order->amount_centavos > 0 || order->exposure_centavos > 0;
    const char *id = order->order_id;

    if (found == NULL) {
        return !owed || sim_fail(world, "the penalty of %s was never said", id);
    }
    return differ(world, "penalty in centavos", id, order->amount_centavos,
                  found->amount_centavos) &&
           differ(world, "exposure in centavos", id, order->exposure_centavos,
                  found->exposure_centavos) &&
           differ(world, "status of the penalty", id,
                  !owed             ? PENALTY_STATUS_VOID
                  : order->notified ? PENALTY_STATUS_NOTIFIED
                                    : PENALTY_STATUS_CALCULATED,
                  found->status);
}

static bool check_order(struct sim_world *world, const char *id)
{
    struct sim_order order;

    sim_order_judge(world, id, &order);
    return check_issued(world, &order) && check_delivery(world, &order) &&
           check_penalty(world, &order);
}

/* Shipments and receipts may name an order that nobody reports. */
static bool check_all(struct sim_world *world, enum sim_entity entity,
                      bool (*check)(struct sim_world *world, const char *id))
{
    size_t count;
    const char **ids = sim_ids(world, entity, &count);
    bool good = true;

    for (size_t i = 0; good && i < count; i++) {
        good = check(world, ids[i]);
    }
    return good;
}

bool sim_oracle_judgements(struct sim_world *world)
{
    return check_all(world, SIM_CONTRACT, check_contract) &&
           check_all(world, SIM_LINE, check_line) && check_all(world, SIM_ORDER, check_order) &&
           check_all(world, SIM_SHIPMENT, check_order) &&
           check_all(world, SIM_RECEIPT, check_order) && sim_oracle_findings(world);
}
