#ifndef SERVICES_SHIPMENTS_TABLES_H
#define SERVICES_SHIPMENTS_TABLES_H

#include "services/facts/fact.h"

/** One reported lot of a remisión. Owner: order_id. */
struct lot_fact {
    struct fact_row row;
    struct shipment_reported said;
};

/** What was last said of a remisión for an order line. Owner: order_id; id: shipment_id. */
struct shipment_state {
    const char *order_id;
    const char *shipment_id;
    struct judgement judged;
};

/** Whether the order is known. */
struct order_known {
    const char *order_id;
    bool known;
};

extern const struct table lot_fact_table;
extern const struct table shipment_state_table;
extern const struct table shipments_order_known_table;

/** All tables of the service, NULL-terminated. */
extern const struct table *const shipments_tables[];

#endif
