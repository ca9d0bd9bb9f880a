#include "services/deliveries/deliveries_judge.h"

#include <inttypes.h>
#include <string.h>

static bool order_is_known(const struct delivery_facts *facts)
{
    return facts->order != NULL && facts->order->known;
}

static bool contract_is_known(const struct delivery_facts *facts)
{
    return facts->contract != NULL && facts->contract->known;
}

/* The contract names the date that counts. */
static enum counting_date counting_date(const struct delivery_facts *facts)
{
    return contract_is_known(facts) ? (enum counting_date)facts->contract->counting_date
                                    : COUNTING_DATE_PHYSICAL;
}

/* --- what would make sums meaningless --- */

/* Pieces of a delivery or a return are counted and cannot be less than none. What came by another way keeps its
 * sign: a negative one takes back what came by that way. */
static bool is_counted(enum receipt_kind kind)
{
    switch (kind) {
    case RECEIPT_KIND_DELIVERY:
    case RECEIPT_KIND_RETURN:
        return true;
    case RECEIPT_KIND_REVOLVING_FUND:
    case RECEIPT_KIND_DONATION:
    case RECEIPT_KIND_TRANSFER:
    case RECEIPT_KIND_OTHER_INSTITUTION:
        return false;
    }
    return true;
}

static bool add_counted(int64_t *total, int64_t pieces)
{
    return pieces >= 0 && !__builtin_add_overflow(*total, pieces, total);
}

/* Magnitudes are summed, so that no order of summing overflows. */
static bool add_signed(int64_t *total, int64_t pieces)
{
    return pieces > INT64_MIN && add_counted(total, pieces < 0 ? -pieces : pieces);
}

static bool pieces_are_summable(const struct delivery_facts *facts, struct error *err)
{
    int64_t total = 0;
    bool good = !order_is_known(facts) || facts->order->pieces >= 0;

    for (size_t i = 0; good && i < facts->receipts.count; i++) {
        const struct receipt_reported *said =
            &((const struct receipt_fact *)facts->receipts.items[i])->said;

        good = (is_counted(said->kind) ? add_counted(&total, said->pieces)
                                       : add_signed(&total, said->pieces)) &&
               add_counted(&total, said->rejected_pieces);
    }
    for (size_t i = 0; good && i < facts->shipments.count; i++) {
        const struct shipment_known *shipment = facts->shipments.items[i];

        good = add_counted(&total, shipment->pieces);
    }
    return good || error_set(err, ERROR_REJECT,
                             "piezas imposibles en la orden %s: negativas, o más de las que caben",
                             facts->order_id);
}

/* --- the facts it rests on --- */

static void use_receipts(const struct counted_receipts *receipts, struct fact_list *used,
                         bool *invented)
{
    for (size_t i = 0; i < receipts->count; i++) {
        const struct fact *fact = &receipts->items[i].fact->row.fact;

        fact_list_add(used, fact);
        *invented = *invented || fact->invented;
    }
}

static void use_told(const char *joined, bool is_invented, struct fact_list *used, bool *invented)
{
    fact_list_add_joined(used, joined);
    *invented = *invented || is_invented;
}

/* The contract is used where a receipt has a date to be counted. */
static void put_ground(const struct delivery_facts *facts, const struct sorted_receipts *receipts,
                       struct arena *arena, struct delivery_recorded *out)
{
    struct fact_list used = {.arena = arena};

    use_receipts(&receipts->deliveries, &used, &out->invented);
    use_receipts(&receipts->returns, &used, &out->invented);
    if (contract_is_known(facts) && used.count > 0) {
        use_told(facts->contract->facts, facts->contract->invented, &used, &out->invented);
    }
    use_receipts(&receipts->outside, &used, &out->invented);
    if (order_is_known(facts)) {
        use_told(facts->order->facts, facts->order->invented, &used, &out->invented);
    }
    for (size_t i = 0; i < facts->shipments.count; i++) {
        const struct shipment_known *shipment = facts->shipments.items[i];

        if (!shipment->withdrawn) {
            use_told(shipment->facts, shipment->invented, &used, &out->invented);
        }
    }
    fact_list_close(&used);
    out->facts = used.items;
    out->facts_count = used.count;
}

/* --- sums --- */

static struct delivery_part part_of(const struct counted_receipt *receipt)
{
    const struct receipt_reported *said = &receipt->fact->said;

    return (struct delivery_part){.receipt_id = said->receipt_id,
                                  .counted_on = receipt->counted_on,
                                  .has_counted_on = receipt->has_counted_on,
                                  .counted_by = receipt->counted_by,
                                  .pieces = receipt->left,
                                  .applied_pieces = receipt->applied,
                                  .remission = said->remission,
                                  .lot = said->lot,
                                  .as_of = receipt->fact->row.fact.as_of,
                                  .sequence = receipt->fact->row.fact.sequence};
}

static void put_parts(const struct counted_receipts *deliveries, struct arena *arena,
                      struct delivery_recorded *out)
{
    struct delivery_part *parts = arena_array(arena, deliveries->count + 1, sizeof *parts);

    for (size_t i = 0; i < deliveries->count; i++) {
        const struct counted_receipt *receipt = &deliveries->items[i];

        parts[i] = part_of(receipt);
        out->accepted_pieces += receipt->left;
        out->applied_pieces += receipt->applied;
        out->rejected_pieces += receipt->fact->said.rejected_pieces;
    }
    out->parts = parts;
    out->parts_count = deliveries->count;
}

static int64_t pieces_of(const struct counted_receipts *receipts)
{
    int64_t pieces = 0;

    for (size_t i = 0; i < receipts->count; i++) {
        pieces += receipts->items[i].fact->said.pieces;
    }
    return pieces;
}

/* --- where the order stands --- */

static enum delivery_status status_of(const struct delivery_facts *facts,
                                      const struct delivery_recorded *out)
{
    if (!order_is_known(facts)) {
        return DELIVERY_STATUS_WITHOUT_ORDER;
    }
    if (facts->order->cancelled) {
        return DELIVERY_STATUS_CANCELLED;
    }
    if (out->excess_pieces > 0) {
        return DELIVERY_STATUS_OVER;
    }
    if (out->missing_pieces == 0) {
        return DELIVERY_STATUS_COMPLETE;
    }
    return out->accepted_pieces == 0 ? DELIVERY_STATUS_PENDING : DELIVERY_STATUS_PARTIAL;
}

/* What is beyond an order, and what it lacks. Nobody waits for the rest of a cancelled order; where no
 * order is known there is nothing to be beyond of. */
static void put_balance(const struct delivery_facts *facts, struct delivery_recorded *out)
{
    if (order_is_known(facts)) {
        out->excess_pieces = out->accepted_pieces - out->applied_pieces;
        out->missing_pieces =
            facts->order->cancelled ? 0 : out->ordered_pieces - out->applied_pieces;
    }
    out->status = status_of(facts, out);
}

static struct delivery_recorded named(const char *order_id, struct arena *arena)
{
    static const char none[] = "sin-orden/";
    const struct order_key key = fact_order_key(arena, order_id);
    const bool numbered = strncmp(key.order_number, none, sizeof none - 1) != 0;

    return (struct delivery_recorded){.institution = key.institution,
                                      .contract_id = key.contract_id,
                                      .order_id = order_id,
                                      .order_number = numbered ? key.order_number : "",
                                      .clave = key.clave};
}

bool deliveries_judge(const struct delivery_facts *facts, struct arena *arena,
                      struct delivery_judgement *out, struct error *err)
{
    struct delivery_judgement judgement = {.event = named(facts->order_id, arena)};
    struct delivery_recorded *event = &judgement.event;
    struct sorted_receipts *receipts = &judgement.receipts;

    if (!pieces_are_summable(facts, err)) {
        return false;
    }
    *receipts = deliveries_sort_receipts(facts->receipts, counting_date(facts), arena);
    event->ordered_pieces = order_is_known(facts) ? facts->order->pieces : 0;
    event->returned_pieces = pieces_of(&receipts->returns);
    event->outside_pieces = pieces_of(&receipts->outside);
    deliveries_take_returns(receipts);
    deliveries_apply(&receipts->deliveries, event->ordered_pieces);
    put_parts(&receipts->deliveries, arena, event);
    put_balance(facts, event);
    judgement.transit = deliveries_transit(facts->shipments, &receipts->deliveries, arena);
    event->shipped_pieces = judgement.transit.shipped;
    event->in_transit_pieces = judgement.transit.in_transit;
    put_ground(facts, receipts, arena, event);
    *out = judgement;
    return true;
}
