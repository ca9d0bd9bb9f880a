#include "services/shipments/shipments_handlers.h"

#include "services/facts/fact_limit.h"
#include "services/shipments/shipments_judge.h"
#include "services/shipments/shipments_tables.h"

#include <string.h>

static const char rejudge[] = "shipments.rejudge";

/* --- judge and put --- */

static bool put_shipment(struct work *work, struct shipment_dispatched *event, struct error *err)
{
    struct shipment_state *state =
        work_row(work, &shipment_state_table, event->order_id, event->shipment_id);

    if (!work_judged(work, "shipments", event->contract_id, &shipment_dispatched_type, event,
                     &state->judged, err)) {
        return false;
    }
    work_save(work, &shipment_state_table, state);
    return true;
}

/* Remisiones that were said and of which nothing stands any more. */
static bool withdraw_gone(struct work *work, const char *order_id, struct rows facts,
                          const struct shipment_ids *ids, struct error *err)
{
    const struct rows states = work_rows(work, &shipment_state_table, order_id);

    for (size_t i = 0, next = 0; i < states.count; i++) {
        const struct shipment_state *state = states.items[i];
        struct shipment_dispatched event;

        while (next < ids->count && strcmp(ids->items[next], state->shipment_id) < 0) {
            next++;
        }
        if (state->judged.digest == NULL ||
            (next < ids->count && strcmp(ids->items[next], state->shipment_id) == 0)) {
            continue;
        }
        if (!shipments_judge(order_id, state->shipment_id, facts, work_arena(work), &event, err) ||
            !put_shipment(work, &event, err)) {
            return false;
        }
    }
    return true;
}

static bool judge_order(struct work *work, const char *order_id, struct error *err)
{
    const struct order_known *order = work_find(work, &shipments_order_known_table, order_id);
    const struct rows facts = work_rows(work, &lot_fact_table, order_id);
    const struct shipment_ids ids = shipments_ids(facts, work_arena(work));
    const struct finding_ground ground = shipments_ground(order_id, facts, work_arena(work));
    struct finding_list findings = {.arena = work_arena(work)};

    for (size_t i = 0; i < ids.count; i++) {
        struct shipment_dispatched event;

        if (!shipments_judge(order_id, ids.items[i], facts, work_arena(work), &event, err) ||
            !shipments_find(ids.items[i], facts, order != NULL && order->known, &event, &findings,
                            err) ||
            !put_shipment(work, &event, err)) {
            return false;
        }
    }
    return withdraw_gone(work, order_id, facts, &ids, err) &&
           finding_list_put(work, &findings, &ground, err);
}

/* --- needs --- */

static void need_order(struct work *work, const char *order_id)
{
    work_need(work, &shipments_order_known_table, order_id);
    work_need(work, &lot_fact_table, order_id);
    work_need(work, &shipment_state_table, order_id);
    work_need(work, &finding_table, order_id);
}

static void needs_shipment(struct work *work, const struct message *message)
{
    const struct shipment_reported *event = message->event;

    need_order(work, event->order_id);
}

static void needs_order(struct work *work, const struct message *message)
{
    const struct order_issued *event = message->event;

    need_order(work, event->order_id);
}

static void needs_withdrawn(struct work *work, const struct message *message)
{
    const struct report_withdrawn *event = message->event;

    if (strcmp(event->kind, "shipment") == 0) {
        need_order(work, event->entity_id);
    }
}

static void needs_rejudge(struct work *work, const struct message *message)
{
    need_order(work, message->key);
}

/* --- on --- */

/* Content without identity, which is the row's. */
static struct shipment_reported said_shipment(const struct shipment_reported *event)
{
    struct shipment_reported said = *event;

    said.fact = (struct fact){0};
    said.institution = NULL;
    said.contract_id = NULL;
    said.order_id = NULL;
    said.order_number = NULL;
    said.clave = NULL;
    return said;
}

static bool on_shipment(struct work *work, const struct message *message, struct error *err)
{
    const struct shipment_reported *event = message->event;
    struct lot_fact *row;

    if (!fact_has_room(work, &lot_fact_table, event->order_id, &event->fact)) {
        return fact_set_aside(work, message, event->institution, event->order_number, &event->fact,
                              err);
    }
    row = fact_put(work, &lot_fact_table, event->order_id, &event->fact, false);
    if (row != NULL) {
        row->said = said_shipment(event);
        work_settle(work, rejudge, event->order_id);
    }
    return true;
}

static bool on_withdrawn(struct work *work, const struct message *message, struct error *err)
{
    const struct report_withdrawn *event = message->event;

    (void)err;
    if (strcmp(event->kind, "shipment") == 0 && /* else another service's */
        fact_put(work, &lot_fact_table, event->entity_id, &event->fact, true) != NULL) {
        work_settle(work, rejudge, event->entity_id);
    }
    return true;
}

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    struct order_known *order = work_entity(work, &shipments_order_known_table, event->order_id);

    (void)err;
    if (order->known == event->withdrawn) {
        order->known = !event->withdrawn;
        work_save(work, &shipments_order_known_table, order);
        work_settle(work, rejudge, event->order_id);
    }
    return true;
}

static bool on_rejudge(struct work *work, const struct message *message, struct error *err)
{
    return judge_order(work, message->key, err);
}

/* --- what it said itself and lost --- */

static void recall_needs_shipment(struct work *work, const struct message *message)
{
    const struct shipment_dispatched *event = message->event;

    work_need(work, &shipment_state_table, event->order_id);
}

static bool recall_shipment(struct work *work, const struct message *message, struct error *err)
{
    const struct shipment_dispatched *event = message->event;
    struct shipment_state *state =
        work_row(work, &shipment_state_table, event->order_id, event->shipment_id);

    (void)err;
    state->judged = (struct judgement){event->digest, event->revision};
    work_save(work, &shipment_state_table, state);
    return true;
}

const struct handler shipments_handlers[] = {
    {"mx.abasto.reported.ShipmentReported", needs_shipment, on_shipment},
    {"mx.abasto.reported.ReportWithdrawn", needs_withdrawn, on_withdrawn},
    {"mx.abasto.orders.OrderIssued", needs_order, on_order},
    {rejudge, needs_rejudge, on_rejudge},
    {0},
};

const struct rejudge shipments_rejudge[] = {{&shipment_state_table, rejudge},
                                            {&lot_fact_table, rejudge},
                                            {&shipments_order_known_table, rejudge},
                                            {&finding_table, rejudge},
                                            {0}};

const struct handler shipments_recalls[] = {
    {"mx.abasto.shipments.ShipmentDispatched", recall_needs_shipment, recall_shipment},
    {"mx.abasto.findings.FindingRaised", finding_recall_needs, finding_recall},
    {0},
};
