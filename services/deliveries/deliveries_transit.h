#ifndef SERVICES_DELIVERIES_TRANSIT_H
#define SERVICES_DELIVERIES_TRANSIT_H

#include "services/deliveries/deliveries_receipts.h"

/* What was shipped against what arrived, remisión by remisión. Arrived is accepted or refused: a return
 * later does not put goods back on the road. */

struct remission_balance {
    const char *remission;
    int64_t shipped;
    int64_t arrived;
};

struct transit {
    struct remission_balance *remissions; /**< of the shipments that stand, by remisión */
    size_t count;
    int64_t shipped;
    int64_t
        in_transit; /**< shipped and not arrived under its remisión, less what arrived under none */
};

/** `deliveries` as sorted; memory is the arena's. Pieces must have been checked to be summable. */
struct transit deliveries_transit(struct rows shipments, const struct counted_receipts *deliveries,
                                  struct arena *arena);

#endif
