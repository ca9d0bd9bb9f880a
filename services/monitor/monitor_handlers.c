#include "services/monitor/monitor_handlers.h"

#include "common/avro/record_json.h"
#include "events.h"
#include "services/monitor/monitor_tables.h"

#include <stdlib.h>

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

/* --- order lines --- */

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    const bool stands = !event->withdrawn;
    const struct ordered_line row = {
        .order_id = event->order_id,
        .supplier_rfc = stands ? event->supplier_rfc : NULL,
        .supplier_name = stands ? event->supplier_name : NULL,
        .has_ordered_pieces = stands,
        .ordered_pieces = event->pieces,
        .has_price_e4 = stands && event->has_price_e4,
        .price_e4 = event->price_e4,
        .has_issued_on = stands && event->has_issued_on,
        .issued_on = event->issued_on,
        .has_due_on = stands && event->has_due_on,
        .due_on = event->due_on,
        .destination = stands ? event->destination : NULL,
        .cancelled = stands && event->status == ORDER_STATUS_CANCELLED,
        .invented = stands && event->invented,
    };

    (void)err;
    work_put(work, &ordered_line_table, &row);
    return true;
}

static bool on_delivery(struct work *work, const struct message *message, struct error *err)
{
    const struct delivery_recorded *event = message->event;
    const bool stands = event->facts_count > 0;
    const struct delivered_line row = {
        .order_id = event->order_id,
        .delivery_status = stands ? delivery_status_name(event->status) : NULL,
        .has_accepted_pieces = stands,
        .accepted_pieces = event->accepted_pieces,
        .has_missing_pieces = stands,
        .missing_pieces = event->missing_pieces,
        .has_excess_pieces = stands,
        .excess_pieces = event->excess_pieces,
        .has_rejected_pieces = stands,
        .rejected_pieces = event->rejected_pieces,
        .has_returned_pieces = stands,
        .returned_pieces = event->returned_pieces,
        .has_outside_pieces = stands,
        .outside_pieces = event->outside_pieces,
        .has_in_transit_pieces = stands,
        .in_transit_pieces = event->in_transit_pieces,
        .delivery_invented = stands && event->invented,
    };

    (void)err;
    work_put(work, &delivered_line_table, &row);
    return true;
}

/* --- penalties --- */

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

static bool on_penalty(struct work *work, const struct message *message, struct error *err)
{
    const struct penalty_calculated *event = message->event;
    struct sanction row = {
        .sanction_id = event->sanction_id,
        .order_id = event->order_id,
        .contract_id = event->contract_id,
        .institution = event->institution,
        .event_partition = message->partition,
        .event_offset = message->offset,
        .amount_centavos = event->amount_centavos,
        .exposure_centavos = event->exposure_centavos,
        .status = penalty_status_name(event->status),
        .final = event->final,
        .stands = event->status != PENALTY_STATUS_VOID,
        .invented = event->invented,
    };

    if (!late_pieces(event, &row.late_pieces, err)) {
        return false;
    }
    work_put(work, &sanction_table, &row);
    return true;
}

/* --- contracts and their lines --- */

static bool on_contract(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_registered *event = message->event;
    const bool stands = !event->withdrawn;
    const struct monitor_contract row = {
        .contract_id = event->contract_id,
        .institution = event->institution,
        .contract_number = event->contract_number,
        .supplier_rfc = stands ? event->supplier_rfc : NULL,
        .supplier_name = stands ? event->supplier_name : NULL,
        .procedure_number = stands ? event->procedure_number : NULL,
        .has_starts_on = stands && event->has_starts_on,
        .starts_on = event->starts_on,
        .has_ends_on = stands && event->has_ends_on,
        .ends_on = event->ends_on,
        .withdrawn = event->withdrawn,
        .invented = stands && event->invented,
    };

    (void)err;
    work_put(work, &monitor_contract_table, &row);
    return true;
}

static bool on_line(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_line_registered *event = message->event;
    const struct contract_line row = {
        .line_id = arena_format(work_arena(work), "%s|%s", event->contract_id, event->clave),
        .institution = event->institution,
        .contract_id = event->contract_id,
        .clave = event->clave,
        .description = event->description,
        .has_minimum_pieces = event->has_minimum_pieces,
        .minimum_pieces = event->minimum_pieces,
        .has_maximum_pieces = event->has_maximum_pieces,
        .maximum_pieces = event->maximum_pieces,
        .has_price_e4 = event->has_price_e4,
        .price_e4 = event->price_e4,
        .orders = event->orders,
        .ordered_pieces = event->ordered_pieces,
        .has_free_pieces = event->has_free_pieces,
        .free_pieces = event->free_pieces,
        .withdrawn = event->withdrawn,
        .invented = event->invented,
    };

    (void)err;
    work_put(work, &contract_line_table, &row);
    return true;
}

/* --- findings and quarantine --- */

static bool on_finding(struct work *work, const struct message *message, struct error *err)
{
    const struct finding_raised *event = message->event;
    const struct monitor_finding row = {
        .contract_id = event->contract_id,
        .finding_id = arena_format(work_arena(work), "%s|%s", event->raised_by, event->finding_id),
        .institution = event->institution,
        .kind = event->kind,
        .subject = event->subject,
        .message = event->message,
        .raised_by = event->raised_by,
        .open = event->open,
        .invented = event->invented,
    };

    (void)err;
    work_put(work, &monitor_finding_table, &row);
    return true;
}

static bool on_quarantined(struct work *work, const struct message *message, struct error *err)
{
    const struct message_quarantined *event = message->event;
    const struct quarantined row = {
        .quarantine_id = event->quarantine_id,
        .service = event->service,
        .institution = event->institution,
        .source = event->source,
        .position = event->position,
        .column_name = event->column,
        .found = event->found,
        .expected = event->expected,
        .reason = event->reason,
        .action = event->action,
        .layout = event->layout,
        .has_as_of = event->has_as_of,
        .as_of = event->as_of,
    };

    (void)err;
    work_put(work, &quarantined_table, &row);
    return true;
}

static const char *changes_json(struct arena *arena, const struct quarantine_acted *event)
{
    json_t *list = json_array();
    const char *text;
    char *dump;

    for (size_t i = 0; i < event->changes_count; i++) {
        (void)json_array_append_new(list, record_json(&cell_change_type, &event->changes[i]));
    }
    dump = json_dumps(list, JSON_COMPACT);
    if (dump == NULL) {
        abort(); /* jansson is out of memory */
    }
    text = arena_copy(arena, dump);
    free(dump);
    json_decref(list);
    return text;
}

static bool on_acted(struct work *work, const struct message *message, struct error *err)
{
    const struct quarantine_acted *event = message->event;
    const struct quarantine_done row = {
        .quarantine_id = event->quarantine_id,
        .acted_by = event->institution,
        .state = event->state,
        .tries = event->tries,
        .act = event->act,
        .act_id = event->act_id,
        .actor = event->actor,
        .ground = event->ground,
        .evidence = event->evidence,
        .changes = changes_json(work_arena(work), event),
        .still = event->reason,
        .contract_id = event->contract_id,
        .entity_id = event->entity_id,
        .fact = event->fact,
    };

    (void)err;
    work_put(work, &quarantine_done_table, &row);
    return true;
}

/* Nothing is needed: each event says its judgement whole. */
const struct handler monitor_handlers[] = {
    {"mx.abasto.contracts.ContractRegistered", NULL, on_contract},
    {"mx.abasto.contracts.ContractLineRegistered", NULL, on_line},
    {"mx.abasto.orders.OrderIssued", NULL, on_order},
    {"mx.abasto.deliveries.DeliveryRecorded", NULL, on_delivery},
    {"mx.abasto.sanctions.PenaltyCalculated", NULL, on_penalty},
    {"mx.abasto.findings.FindingRaised", NULL, on_finding},
    {"mx.abasto.quarantine.MessageQuarantined", NULL, on_quarantined},
    {"mx.abasto.quarantine.QuarantineActed", NULL, on_acted},
    {0},
};
