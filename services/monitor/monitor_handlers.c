#include "services/monitor/monitor_handlers.h"

#include "common/avro/record_json.h"
#include "events.h"
#include "services/facts/fact.h"
#include "services/monitor/monitor_tables.h"

/* --- names --- */

static const char *delivery_status_name(enum delivery_status status)
{
    switch (status) {
    case DELIVERY_STATUS_PENDING:
        return "pendiente";
    case DELIVERY_STATUS_PARTIAL:
        return "parcial";
    case DELIVERY_STATUS_COMPLETE:
        return "completa";
    case DELIVERY_STATUS_OVER:
        return "excedida";
    case DELIVERY_STATUS_CANCELLED:
        return "cancelada";
    case DELIVERY_STATUS_WITHOUT_ORDER:
        return "sin orden";
    }
    return NULL;
}

static const char *penalty_status_name(enum penalty_status status)
{
    switch (status) {
    case PENALTY_STATUS_CALCULATED:
        return "calculada";
    case PENALTY_STATUS_NOTIFIED:
        return "notificada";
    case PENALTY_STATUS_VOID:
        return "sin efecto";
    }
    return NULL;
}

static char *line_id_of(struct work *work, const struct contract_line_registered *event)
{
    return arena_format(work_arena(work), "%s|%s", event->contract_id, event->clave);
}

/* --- order lines --- */

/* What tells the line from others follows from its id: events differ in what they know of it. */
static struct order_line *order_line(struct work *work, const char *order_id)
{
    const struct order_key key = fact_order_key(work_arena(work), order_id);
    struct order_line *row = work_entity(work, &order_line_table, order_id);

    row->institution = key.institution;
    row->contract_id = key.contract_id;
    row->order_number = key.order_number;
    row->clave = key.clave;
    return row;
}

static void needs_order(struct work *work, const struct message *message)
{
    const struct order_issued *event = message->event;

    work_need(work, &order_line_table, event->order_id);
}

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    struct order_line *row = order_line(work, event->order_id);
    const bool stands = !event->withdrawn;

    (void)err;
    row->supplier_rfc = stands ? event->supplier_rfc : NULL;
    row->supplier_name = stands ? event->supplier_name : NULL;
    row->has_ordered_pieces = stands;
    row->ordered_pieces = event->pieces;
    row->has_price_e4 = stands && event->has_price_e4;
    row->price_e4 = event->price_e4;
    row->has_issued_on = stands && event->has_issued_on;
    row->issued_on = event->issued_on;
    row->has_due_on = stands && event->has_due_on;
    row->due_on = event->due_on;
    row->destination = stands ? event->destination : NULL;
    row->cancelled = stands && event->status == ORDER_STATUS_CANCELLED;
    row->invented = stands && event->invented;
    work_save(work, &order_line_table, row);
    return true;
}

static void needs_delivery(struct work *work, const struct message *message)
{
    const struct delivery_recorded *event = message->event;

    work_need(work, &order_line_table, event->order_id);
}

static bool on_delivery(struct work *work, const struct message *message, struct error *err)
{
    const struct delivery_recorded *event = message->event;
    struct order_line *row = order_line(work, event->order_id);
    const bool stands = event->facts_count > 0;

    (void)err;
    row->delivery_status = stands ? delivery_status_name(event->status) : NULL;
    row->has_accepted_pieces = stands;
    row->accepted_pieces = event->accepted_pieces;
    row->has_missing_pieces = stands;
    row->missing_pieces = event->missing_pieces;
    row->has_excess_pieces = stands;
    row->excess_pieces = event->excess_pieces;
    row->has_rejected_pieces = stands;
    row->rejected_pieces = event->rejected_pieces;
    row->has_returned_pieces = stands;
    row->returned_pieces = event->returned_pieces;
    row->has_outside_pieces = stands;
    row->outside_pieces = event->outside_pieces;
    row->has_in_transit_pieces = stands;
    row->in_transit_pieces = event->in_transit_pieces;
    row->delivery_invented = stands && event->invented;
    work_save(work, &order_line_table, row);
    return true;
}

/* --- penalties --- */

static void needs_penalty(struct work *work, const struct message *message)
{
    const struct penalty_calculated *event = message->event;

    work_need(work, &order_line_table, event->order_id);
    work_need(work, &sanction_table, event->sanction_id);
}

static bool late_pieces(const struct penalty_calculated *event, int64_t *out, struct error *err)
{
    *out = 0;
    for (size_t i = 0; i < event->steps_count; i++) {
        if (event->steps[i].kind == STEP_KIND_LATE &&
            __builtin_add_overflow(*out, event->steps[i].pieces, out)) {
            return error_set(err, ERROR_REJECT, "las piezas tardías de %s no caben en 64 bits",
                             event->sanction_id);
        }
    }
    return true;
}

static void save_sanction(struct work *work, const struct penalty_calculated *event)
{
    struct sanction *row = work_entity(work, &sanction_table, event->sanction_id);

    row->order_id = event->order_id;
    row->contract_id = event->contract_id;
    row->institution = event->institution;
    row->amount_centavos = event->amount_centavos;
    row->exposure_centavos = event->exposure_centavos;
    row->status = penalty_status_name(event->status);
    row->final = event->final;
    row->stands = event->status != PENALTY_STATUS_VOID;
    row->invented = event->invented;
    row->json = record_json_text(work_arena(work), &penalty_calculated_type, event);
    work_save(work, &sanction_table, row);
}

static bool on_penalty(struct work *work, const struct message *message, struct error *err)
{
    const struct penalty_calculated *event = message->event;
    const bool stands = event->status != PENALTY_STATUS_VOID;
    struct order_line *row;
    int64_t late;

    if (!late_pieces(event, &late, err)) {
        return false;
    }
    save_sanction(work, event);
    row = order_line(work, event->order_id);
    row->penalty_status = stands ? penalty_status_name(event->status) : NULL;
    row->has_late_pieces = stands;
    row->late_pieces = late;
    row->has_penalty_centavos = stands;
    row->penalty_centavos = event->amount_centavos;
    row->has_exposure_centavos = stands;
    row->exposure_centavos = event->exposure_centavos;
    row->penalty_invented = stands && event->invented;
    work_save(work, &order_line_table, row);
    return true;
}

/* --- contracts and their lines --- */

static void needs_contract(struct work *work, const struct message *message)
{
    const struct contract_registered *event = message->event;

    work_need(work, &monitor_contract_table, event->contract_id);
}

static bool on_contract(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_registered *event = message->event;
    struct monitor_contract *row = work_entity(work, &monitor_contract_table, event->contract_id);
    const bool stands = !event->withdrawn;

    (void)err;
    row->institution = event->institution;
    row->contract_number = event->contract_number;
    row->supplier_rfc = stands ? event->supplier_rfc : NULL;
    row->supplier_name = stands ? event->supplier_name : NULL;
    row->procedure_number = stands ? event->procedure_number : NULL;
    row->has_starts_on = stands && event->has_starts_on;
    row->starts_on = event->starts_on;
    row->has_ends_on = stands && event->has_ends_on;
    row->ends_on = event->ends_on;
    row->withdrawn = event->withdrawn;
    row->invented = stands && event->invented;
    work_save(work, &monitor_contract_table, row);
    return true;
}

static void needs_line(struct work *work, const struct message *message)
{
    work_need(work, &contract_line_table, line_id_of(work, message->event));
}

static bool on_line(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_line_registered *event = message->event;
    struct contract_line *row = work_entity(work, &contract_line_table, line_id_of(work, event));

    (void)err;
    row->institution = event->institution;
    row->contract_id = event->contract_id;
    row->clave = event->clave;
    row->description = event->description;
    row->has_minimum_pieces = event->has_minimum_pieces;
    row->minimum_pieces = event->minimum_pieces;
    row->has_maximum_pieces = event->has_maximum_pieces;
    row->maximum_pieces = event->maximum_pieces;
    row->has_price_e4 = event->has_price_e4;
    row->price_e4 = event->price_e4;
    row->orders = event->orders;
    row->ordered_pieces = event->ordered_pieces;
    row->has_free_pieces = event->has_free_pieces;
    row->free_pieces = event->free_pieces;
    row->withdrawn = event->withdrawn;
    row->invented = event->invented;
    work_save(work, &contract_line_table, row);
    return true;
}

/* --- findings and quarantine --- */

static void needs_finding(struct work *work, const struct message *message)
{
    const struct finding_raised *event = message->event;

    work_need(work, &monitor_finding_table, event->contract_id);
}

static bool on_finding(struct work *work, const struct message *message, struct error *err)
{
    const struct finding_raised *event = message->event;
    const char *id = arena_format(work_arena(work), "%s|%s", event->raised_by, event->finding_id);
    struct monitor_finding *row = work_row(work, &monitor_finding_table, event->contract_id, id);

    (void)err;
    row->institution = event->institution;
    row->kind = event->kind;
    row->subject = event->subject;
    row->message = event->message;
    row->raised_by = event->raised_by;
    row->open = event->open;
    row->invented = event->invented;
    work_save(work, &monitor_finding_table, row);
    return true;
}

static void needs_quarantined(struct work *work, const struct message *message)
{
    const struct message_quarantined *event = message->event;

    work_need(work, &quarantined_table, event->quarantine_id);
}

static bool on_quarantined(struct work *work, const struct message *message, struct error *err)
{
    const struct message_quarantined *event = message->event;
    struct quarantined *row = work_entity(work, &quarantined_table, event->quarantine_id);

    (void)err;
    row->service = event->service;
    row->institution = event->institution;
    row->source = event->source;
    row->position = event->position;
    row->column_name = event->column;
    row->found = event->found;
    row->expected = event->expected;
    row->reason = event->reason;
    row->action = event->action;
    work_save(work, &quarantined_table, row);
    return true;
}

const struct handler monitor_handlers[] = {
    {"mx.abasto.contracts.ContractRegistered", needs_contract, on_contract},
    {"mx.abasto.contracts.ContractLineRegistered", needs_line, on_line},
    {"mx.abasto.orders.OrderIssued", needs_order, on_order},
    {"mx.abasto.deliveries.DeliveryRecorded", needs_delivery, on_delivery},
    {"mx.abasto.sanctions.PenaltyCalculated", needs_penalty, on_penalty},
    {"mx.abasto.findings.FindingRaised", needs_finding, on_finding},
    {"mx.abasto.quarantine.MessageQuarantined", needs_quarantined, on_quarantined},
    {0},
};
