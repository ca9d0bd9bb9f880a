#ifndef SERVICES_DELIVERIES_TABLES_H
#define SERVICES_DELIVERIES_TABLES_H

#include "services/facts/fact.h"

/** One reported receipt. Owner: order_id, or the sin-orden id of a receipt without order. */
struct receipt_fact {
    struct fact_row row;
    struct receipt_reported said;
};

/** The order as `contracts` last told it. */
struct order_known {
    const char *order_id;
    bool known; /**< false: never told, or withdrawn */
    int64_t pieces;
    bool cancelled;
    int32_t cancelled_on;
    bool has_cancelled_on;
    bool invented;
    const char *facts; /**< fact_list_join */
};

/** What a judgement needs of the contract. */
struct contract_known {
    const char *contract_id;
    bool known;
    int32_t counting_date; /**< enum counting_date */
    bool invented;
    const char *facts; /**< fact_list_join */
};

/** A remisión as `shipments` last told it. Owner: order_id; id: shipment_id. */
struct shipment_known {
    const char *order_id;
    const char *shipment_id;
    const char *remission;
    int64_t pieces;
    bool withdrawn;
    bool invented;
    const char *facts; /**< fact_list_join */
};

/** What was last said of an order line. */
struct delivery_state {
    const char *order_id;
    struct judgement judged;
};

extern const struct table receipt_fact_table;
extern const struct table deliveries_order_known_table;
extern const struct table deliveries_contract_known_table;
extern const struct table shipment_known_table;
extern const struct table delivery_state_table;

/** All tables of the service, NULL-terminated. */
extern const struct table *const deliveries_tables[];

#endif
