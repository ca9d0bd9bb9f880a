#ifndef SERVICES_SHIPMENTS_JUDGE_H
#define SERVICES_SHIPMENTS_JUDGE_H

#include "services/facts/finding_list.h"
#include "services/shipments/shipments_tables.h"

/* Pure judgements of the shipments service: what a remisión carries for one order line. The memory is
 * the caller's arena. */

/** `<RFC>/<remisión>`; a supplier without RFC is "sin-rfc". Owned by the arena. */
char *shipments_id(struct arena *arena, const struct shipment_reported *said);

/** The remisiones that the standing facts of an order speak of, sorted, each once. */
struct shipment_ids {
    const char **items;
    size_t count;
};
struct shipment_ids shipments_ids(struct rows facts, struct arena *arena);

/** One remisión: lots of equal number and expiry summed, by lot. When several sources report it, the
 *  one that fact_precedence puts first is believed for all its lots. Nothing of it stands: withdrawn. REJECT when the
 *  pieces are negative or beyond 64 bits. */
MUST_CHECK bool shipments_judge(const char *order_id, const char *shipment_id, struct rows facts,
                                struct arena *arena, struct shipment_dispatched *out,
                                struct error *err);

/** `remision-sin-orden`, which closes when the order comes, and `fuentes-discrepan`. */
MUST_CHECK bool shipments_find(const char *shipment_id, struct rows facts, bool order_known,
                               const struct shipment_dispatched *shipment,
                               struct finding_list *findings, struct error *err);

/** What the findings of an order rest on: every fact that stands of it. Memory is the arena's. */
struct finding_ground shipments_ground(const char *order_id, struct rows facts,
                                       struct arena *arena);

#endif
