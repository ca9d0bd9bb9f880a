#include "services/shipments/shipments_tables.h"

#include "common/runtime/finding.h"

static const struct column lot_fact_columns[] = {
    FACT_COLUMNS(struct lot_fact, "order_id"),
    COLUMN_SAID(struct lot_fact, supplier_rfc, COLUMN_TEXT),
    COLUMN_SAID(struct lot_fact, remission, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct lot_fact, shipped_on, COLUMN_DATE),
    COLUMN_SAID(struct lot_fact, lot, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct lot_fact, expires_on, COLUMN_DATE),
    COLUMN_SAID(struct lot_fact, pieces, COLUMN_INT64),
};

static const struct column shipment_state_columns[] = {
    COLUMN(struct shipment_state, order_id, COLUMN_TEXT),
    COLUMN(struct shipment_state, shipment_id, COLUMN_TEXT),
    JUDGED_COLUMNS(struct shipment_state, judged),
};

static const struct column order_known_columns[] = {
    COLUMN(struct order_known, order_id, COLUMN_TEXT),
    COLUMN(struct order_known, known, COLUMN_BOOL),
};

const struct table lot_fact_table = TABLE(struct lot_fact, "lot_fact", 2, lot_fact_columns);
const struct table shipment_state_table =
    TABLE(struct shipment_state, "shipment_state", 2, shipment_state_columns);
const struct table shipments_order_known_table =
    TABLE(struct order_known, "order_known", 1, order_known_columns);

const struct table *const shipments_tables[] = {
    &lot_fact_table, &shipment_state_table, &shipments_order_known_table, &finding_table, NULL,
};
