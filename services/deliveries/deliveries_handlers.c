#include "services/deliveries/deliveries_handlers.h"

#include "common/base/text.h"
#include "services/deliveries/deliveries_judge.h"
#include "services/deliveries/deliveries_tables.h"
#include "services/facts/fact_limit.h"

#include <string.h>

static const char rejudge[] = "deliveries.rejudge";

/* --- judge and put --- */

static struct delivery_facts gather(struct work *work, const char *order_id)
{
    const struct order_key key = fact_order_key(work_arena(work), order_id);

    return (struct delivery_facts){
        .order_id = order_id,
        .order = work_find(work, &deliveries_order_known_table, order_id),
        .contract = work_find(work, &deliveries_contract_known_table, key.contract_id),
        .shipments = work_rows(work, &shipment_known_table, order_id),
        .receipts = work_rows(work, &receipt_fact_table, order_id)};
}

/* An order line of which nothing stands is told only to those who once heard of it. */
static bool put_delivery(struct work *work, struct delivery_recorded *event, struct error *err)
{
    struct delivery_state *state = work_entity(work, &delivery_state_table, event->order_id);
    const int64_t before = state->judged.revision;

    if (event->facts_count == 0 && state->judged.digest == NULL) {
        return true;
    }
    if (!work_judged(work, "deliveries", event->contract_id, &delivery_recorded_type, event,
                     &state->judged, err)) {
        return false;
    }
    if (state->judged.revision != before) {
        work_save(work, &delivery_state_table, state);
    }
    return true;
}

static bool judge_order(struct work *work, const char *order_id, struct error *err)
{
    const struct delivery_facts facts = gather(work, order_id);
    struct finding_list findings = {.arena = work_arena(work)};
    struct delivery_judgement judgement;
    struct finding_ground ground;

    if (!deliveries_judge(&facts, work_arena(work), &judgement, err)) {
        return false;
    }
    deliveries_findings(&facts, &judgement, &findings);
    ground =
        (struct finding_ground){order_id, judgement.event.contract_id, judgement.event.invented,
                                judgement.event.facts, judgement.event.facts_count};
    return put_delivery(work, &judgement.event, err) &&
           finding_list_put(work, &findings, &ground, err);
}

/* --- needs --- */

static void need_order(struct work *work, const char *order_id)
{
    work_need(work, &deliveries_contract_known_table,
              fact_order_key(work_arena(work), order_id).contract_id);
    work_need(work, &deliveries_order_known_table, order_id);
    work_need(work, &shipment_known_table, order_id);
    work_need(work, &receipt_fact_table, order_id);
    work_need(work, &delivery_state_table, order_id);
    work_need(work, &finding_table, order_id);
}

static void needs_receipt(struct work *work, const struct message *message)
{
    const struct receipt_reported *event = message->event;

    need_order(work, event->order_id);
}

static void needs_withdrawn(struct work *work, const struct message *message)
{
    const struct report_withdrawn *event = message->event;

    if (strcmp(event->kind, "receipt") == 0) {
        need_order(work, event->entity_id);
    }
}

static void needs_order(struct work *work, const struct message *message)
{
    const struct order_issued *event = message->event;

    need_order(work, event->order_id);
}

static void needs_contract(struct work *work, const struct message *message)
{
    const struct contract_registered *event = message->event;

    work_need(work, &deliveries_contract_known_table, event->contract_id);
}

static void needs_shipment(struct work *work, const struct message *message)
{
    const struct shipment_dispatched *event = message->event;

    need_order(work, event->order_id);
}

static void needs_rejudge(struct work *work, const struct message *message)
{
    need_order(work, message->key);
}

/* --- on --- */

/* Content without identity, which is the row's, and without what no judgement here looks at. */
static struct receipt_reported said_receipt(const struct receipt_reported *event)
{
    struct receipt_reported said = *event;

    said.fact = (struct fact){0};
    said.institution = NULL;
    said.contract_id = NULL;
    said.order_id = NULL;
    said.order_number = NULL;
    said.clave = NULL;
    said.clave_evidence = NULL;
    said.supplier_rfc = NULL;
    said.supplier_name = NULL;
    said.warehouse = NULL;
    said.procedure_number = NULL;
    said.has_captured_on = false; /* never counts */
    return said;
}

static bool on_receipt(struct work *work, const struct message *message, struct error *err)
{
    const struct receipt_reported *event = message->event;
    struct receipt_fact *row;

    if (!fact_has_room(work, &receipt_fact_table, event->order_id, &event->fact)) {
        return fact_set_aside(work, message, event->institution, event->order_number, &event->fact,
                              err);
    }
    row = fact_put(work, &receipt_fact_table, event->order_id, &event->fact, false);
    if (row != NULL) {
        row->said = said_receipt(event);
        work_settle(work, rejudge, event->order_id);
    }
    return true;
}

static bool on_withdrawn(struct work *work, const struct message *message, struct error *err)
{
    const struct report_withdrawn *event = message->event;

    (void)err;
    if (strcmp(event->kind, "receipt") == 0 && /* else another service's */
        fact_put(work, &receipt_fact_table, event->entity_id, &event->fact, true) != NULL) {
        work_settle(work, rejudge, event->entity_id);
    }
    return true;
}

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    struct order_known *order = work_entity(work, &deliveries_order_known_table, event->order_id);

    (void)err;
    order->known = !event->withdrawn;
    order->pieces = event->pieces;
    order->cancelled = event->status == ORDER_STATUS_CANCELLED;
    order->cancelled_on = event->cancelled_on;
    order->has_cancelled_on = event->has_cancelled_on;
    order->invented = event->invented;
    order->facts = fact_list_join(work_arena(work), event->facts, event->facts_count);
    work_save(work, &deliveries_order_known_table, order);
    work_settle(work, rejudge, event->order_id);
    return true;
}

static bool says_another(const struct contract_known *contract, const struct contract_known *now)
{
    return contract->known != now->known || contract->counting_date != now->counting_date ||
           contract->invented != now->invented || !text_equal(contract->facts, now->facts);
}

static bool on_contract(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_registered *event = message->event;
    struct contract_known *contract =
        work_entity(work, &deliveries_contract_known_table, event->contract_id);
    const struct contract_known now = {
        .contract_id = contract->contract_id,
        .known = !event->withdrawn,
        .counting_date = (int32_t)event->terms.counting_date,
        .invented = event->invented,
        .facts = fact_list_join(work_arena(work), event->facts, event->facts_count)};

    (void)err;
    if (says_another(contract, &now)) {
        *contract = now;
        work_save(work, &deliveries_contract_known_table, contract);
        work_touch(work, &delivery_state_table, rejudge,
                   arena_format(work_arena(work), "%s|", event->contract_id));
    }
    return true;
}

static bool on_shipment(struct work *work, const struct message *message, struct error *err)
{
    const struct shipment_dispatched *event = message->event;
    struct shipment_known *shipment =
        work_row(work, &shipment_known_table, event->order_id, event->shipment_id);

    (void)err;
    shipment->remission = event->remission;
    shipment->pieces = event->pieces;
    shipment->withdrawn = event->withdrawn;
    shipment->invented = event->invented;
    shipment->facts = fact_list_join(work_arena(work), event->facts, event->facts_count);
    work_save(work, &shipment_known_table, shipment);
    work_settle(work, rejudge, event->order_id);
    return true;
}

static bool on_rejudge(struct work *work, const struct message *message, struct error *err)
{
    return judge_order(work, message->key, err);
}

/* --- what it said itself and lost --- */

static void recall_needs_delivery(struct work *work, const struct message *message)
{
    const struct delivery_recorded *event = message->event;

    work_need(work, &delivery_state_table, event->order_id);
}

static bool recall_delivery(struct work *work, const struct message *message, struct error *err)
{
    const struct delivery_recorded *event = message->event;
    struct delivery_state *state = work_entity(work, &delivery_state_table, event->order_id);

    (void)err;
    state->judged = (struct judgement){event->digest, event->revision};
    work_save(work, &delivery_state_table, state);
    return true;
}

const struct handler deliveries_handlers[] = {
    {"mx.abasto.reported.ReceiptReported", needs_receipt, on_receipt},
    {"mx.abasto.reported.ReportWithdrawn", needs_withdrawn, on_withdrawn},
    {"mx.abasto.orders.OrderIssued", needs_order, on_order},
    {"mx.abasto.contracts.ContractRegistered", needs_contract, on_contract},
    {"mx.abasto.shipments.ShipmentDispatched", needs_shipment, on_shipment},
    {rejudge, needs_rejudge, on_rejudge},
    {0},
};

const struct rejudge deliveries_rejudge[] = {
    {&delivery_state_table, rejudge}, {&deliveries_order_known_table, rejudge},
    {&shipment_known_table, rejudge}, {&receipt_fact_table, rejudge},
    {&finding_table, rejudge},        {0}};

const struct handler deliveries_recalls[] = {
    {"mx.abasto.deliveries.DeliveryRecorded", recall_needs_delivery, recall_delivery},
    {"mx.abasto.findings.FindingRaised", finding_recall_needs, finding_recall},
    {0},
};
