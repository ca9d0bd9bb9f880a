#include "tests/simulation/sim_model.h"
#include "tests/simulation/sim_oracle.h"
#include "tests/simulation/sim_standing.h"

#include <string.h>

/* Every finding that the facts call for, and no other: `<kind>|<subject>`. */

struct finding_set {
    struct sim_world *world;
    const char **ids;
    size_t count;
    size_t capacity;
};

static size_t place_of(const struct finding_set *set, const char *id)
{
    size_t at = 0;

    while (at < set->count && strcmp(set->ids[at], id) != 0) {
        at++;
    }
    return at;
}

static void add(struct finding_set *set, const char *kind, const char *subject)
{
    const char *id = arena_format(&set->world->arena, "%s|%s", kind, subject);

    if (place_of(set, id) < set->count) {
        return;
    }
    if (set->count == set->capacity) {
        const size_t capacity = set->capacity == 0 ? 32 : set->capacity * 2;
        const char **ids = arena_array(&set->world->arena, capacity, sizeof *ids);

        for (size_t i = 0; i < set->count; i++) {
            ids[i] = set->ids[i];
        }
        set->ids = ids;
        set->capacity = capacity;
    }
    set->ids[set->count++] = id;
}

static const char *of_order(const struct finding_set *set, const struct sim_order *order,
                            const char *part)
{
    return arena_format(&set->world->arena, "%s|%s", order->order_id, part);
}

/* --- sources that disagree --- */

static bool optional_differ(bool has_a, int64_t a, bool has_b, int64_t b)
{
    return has_a && has_b && a != b;
}

static bool orders_differ(const struct order_reported *a, const struct order_reported *b)
{
    return a->pieces != b->pieces || a->status != b->status ||
           optional_differ(a->has_price_e4, a->price_e4, b->has_price_e4, b->price_e4) ||
           optional_differ(a->has_due_on, a->due_on, b->has_due_on, b->due_on);
}

static bool receipts_differ(const struct receipt_reported *a, const struct receipt_reported *b)
{
    return a->pieces != b->pieces || a->kind != b->kind ||
           optional_differ(a->has_physical_on, a->physical_on, b->has_physical_on, b->physical_on);
}

static void find_disagreements(struct finding_set *set, const struct sim_order *order)
{
    struct sim_rows rows;

    sim_rows_of(set->world, SIM_ORDER, order->order_id, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        if (rows.items[i].event != NULL && orders_differ(order->order, rows.items[i].event)) {
            add(set, "fuentes-discrepan", order->order_id);
        }
    }
    sim_rows_of(set->world, SIM_RECEIPT, order->order_id, &rows);
    for (size_t i = 0; i < order->receipts.count; i++) {
        const struct receipt_reported *believed = order->receipts.items[i].event;

        for (size_t j = 0; j < rows.count; j++) {
            const struct receipt_reported *other = rows.items[j].event;

            if (other != NULL && strcmp(other->receipt_id, believed->receipt_id) == 0 &&
                receipts_differ(believed, other)) {
                add(set, "fuentes-discrepan", of_order(set, order, believed->receipt_id));
            }
        }
    }
}

/* --- of an order --- */

static void find_of_contracts(struct finding_set *set, const struct sim_order *order)
{
    struct sim_line line;

    sim_line_judge(set->world, order->line_id, &line);
    if (line.line == NULL && line.orders > 0) {
        add(set, "clave-sin-partida", order->line_id);
    }
    if (line.line != NULL && line.line->has_maximum_pieces &&
        line.pieces > line.line->maximum_pieces) {
        add(set, "orden-sobre-maximo", order->line_id);
    }
    if (order->order != NULL && order->order->status == ORDER_STATUS_OPEN && line.line != NULL &&
        optional_differ(order->order->has_price_e4, order->order->price_e4, line.line->has_price_e4,
                        line.line->price_e4)) {
        add(set, "precio-distinto", order->order_id);
    }
}

static void find_of_shipments(struct finding_set *set, const struct sim_order *order)
{
    for (size_t i = 0; i < order->shipments.count; i++) {
        const struct shipment_reported *shipment = order->shipments.items[i].event;
        int64_t arrived;

        if (shipment == NULL) {
            continue;
        }
        arrived = sim_arrived(order, shipment->remission);
        if (order->order == NULL) {
            add(set, "remision-sin-orden",
                of_order(set, order,
                         arena_format(&set->world->arena, "%s/%s", shipment->supplier_rfc,
                                      shipment->remission)));
        }
        if (arrived > 0 && arrived != shipment->pieces) {
            add(set, "embarcado-distinto-de-recibido", of_order(set, order, shipment->remission));
        }
    }
}

static bool lacks_its_date(const struct sim_order *order, const struct receipt_reported *receipt)
{
    const enum counting_date which =
        order->contract != NULL ? order->contract->terms.counting_date : COUNTING_DATE_PHYSICAL;

    return which == COUNTING_DATE_PHYSICAL    ? !receipt->has_physical_on
           : which == COUNTING_DATE_REMISSION ? !receipt->has_remission_on
                                              : !receipt->has_entry_on;
}

static void find_of_deliveries(struct finding_set *set, const struct sim_order *order)
{
    const struct order_reported *said = order->order;

    if (said == NULL && order->part_count > 0) {
        add(set, "recepcion-sin-orden", order->order_id);
    }
    if (order->excess > 0) {
        add(set, "entrega-excedida", order->order_id);
    }
    for (size_t i = 0; i < order->receipts.count; i++) {
        const struct receipt_reported *receipt = order->receipts.items[i].event;

        if (receipt->kind == RECEIPT_KIND_DELIVERY && lacks_its_date(order, receipt)) {
            add(set, "falta-fecha-que-cuenta", of_order(set, order, receipt->receipt_id));
        }
    }
    for (size_t i = 0; i < order->part_count && said != NULL; i++) {
        if (said->status == ORDER_STATUS_CANCELLED && said->has_cancelled_on &&
            order->parts[i].has_on && order->parts[i].on > said->cancelled_on) {
            add(set, "recepcion-tras-cancelacion",
                of_order(set, order, order->parts[i].receipt_id));
        }
    }
}

static void find_of_sanctions(struct finding_set *set, const struct sim_order *order)
{
    const struct order_reported *said = order->order;
    bool overdue;

    if (said == NULL || order->contract == NULL) {
        return;
    }
    overdue = said->status != ORDER_STATUS_CANCELLED && order->missing > 0 &&
              (!said->has_due_on || set->world->facts->last_day > said->due_on);
    if (order->part_count == 0 && !overdue) {
        return;
    }
    if (!order->contract->terms.stated) {
        add(set, "contrato-sin-condiciones-de-pena", order->order_id);
    } else if (!order->has_price) {
        add(set, "orden-sin-precio", order->order_id);
    } else if (!said->has_due_on) {
        add(set, "orden-sin-fecha-limite", order->order_id);
    }
}

static void find_of_guarantee(struct finding_set *set, const char *contract_id)
{
    size_t count;
    const char **ids = sim_ids(set->world, SIM_ORDER, &count);
    struct sim_rows rows;
    const struct contract_reported *contract;
    int64_t owed = 0;

    sim_rows_of(set->world, SIM_CONTRACT, contract_id, &rows);
    contract = sim_contract_said(set->world, &rows);
    for (size_t i = 0; i < count; i++) {
        struct sim_order order;

        sim_order_judge(set->world, ids[i], &order);
        owed += strcmp(order.contract_id, contract_id) == 0 ? order.amount_centavos : 0;
    }
    if (contract != NULL && contract->has_guarantee_centavos &&
        owed > contract->guarantee_centavos) {
        add(set, "penas-sobre-garantia", contract_id);
    }
}

static void find_all(struct finding_set *set)
{
    static const enum sim_entity speak_of_orders[] = {SIM_ORDER, SIM_SHIPMENT, SIM_RECEIPT};
    size_t count;
    const char **ids;

    for (size_t i = 0; i < sizeof speak_of_orders / sizeof speak_of_orders[0]; i++) {
        ids = sim_ids(set->world, speak_of_orders[i], &count);
        for (size_t j = 0; j < count; j++) {
            struct sim_order order;

            sim_order_judge(set->world, ids[j], &order);
            find_of_contracts(set, &order);
            find_disagreements(set, &order);
            find_of_shipments(set, &order);
            find_of_deliveries(set, &order);
            find_of_sanctions(set, &order);
        }
    }
    ids = sim_ids(set->world, SIM_CONTRACT, &count);
    for (size_t i = 0; i < count; i++) {
        find_of_guarantee(set, ids[i]);
    }
}

/* --- what is open --- */

static void follow(void *context, const void *event)
{
    struct finding_set *set = context;
    const struct finding_raised *finding = event;
    const size_t at =
        place_of(set, arena_format(&set->world->arena, "%s|%s", finding->kind, finding->subject));

    if (finding->open) {
        add(set, finding->kind, finding->subject);
    } else if (at < set->count) {
        set->ids[at] = set->ids[--set->count];
    }
}

bool sim_oracle_findings(struct sim_world *world)
{
    struct finding_set expected = {.world = world};
    struct finding_set open = {.world = world};

    find_all(&expected);
    sim_each(world, "findings", &finding_raised_type, follow, &open);
    for (size_t i = 0; i < expected.count; i++) {
        if (place_of(&open, expected.ids[i]) == open.count) {
            return sim_fail(world, "the finding %s is not open", expected.ids[i]);
        }
    }
    for (size_t i = 0; i < open.count; i++) {
        if (place_of(&expected, open.ids[i]) == expected.count) {
            return sim_fail(world, "the finding %s is open without ground", open.ids[i]);
        }
    }
    return true;
}
