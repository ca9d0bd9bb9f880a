#ifndef SERVICES_DELIVERIES_JUDGE_H
#define SERVICES_DELIVERIES_JUDGE_H

#include "services/deliveries/deliveries_receipts.h"
#include "services/deliveries/deliveries_transit.h"
#include "services/facts/finding_list.h"

/* Pure judgement of an order line: everything shipped and received of it. Facts in, value out; the memory
 * is the caller's arena. */

struct delivery_facts {
    const char *order_id;
    const struct order_known *order;       /**< NULL: never told */
    const struct contract_known *contract; /**< NULL: never told */
    struct rows shipments;                 /**< struct shipment_known */
    struct rows receipts;                  /**< struct receipt_fact */
};

/** What the event and the findings are both made from. */
struct delivery_judgement {
    struct delivery_recorded event;
    struct sorted_receipts receipts;
    struct transit transit;
};

/** Without a known contract the physical date counts. `event.facts_count` is 0 when nothing stands.
 *  REJECT: delivered, returned, refused or shipped pieces below zero, or sums beyond 64 bits. */
MUST_CHECK bool deliveries_judge(const struct delivery_facts *facts, struct arena *arena,
                                 struct delivery_judgement *out, struct error *err);

/** Kinds: `recepcion-sin-orden`, `entrega-excedida`, `embarcado-distinto-de-recibido`, `caducidad-corta`,
 *  `falta-fecha-que-cuenta`, `devolucion-excedida`, `recepcion-tras-cancelacion`, `fuentes-discrepan`. */
void deliveries_findings(const struct delivery_facts *facts,
                         const struct delivery_judgement *judgement, struct finding_list *findings);

#endif
