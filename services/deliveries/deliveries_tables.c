#include "services/deliveries/deliveries_tables.h"

#include "common/runtime/finding.h"

static const struct column receipt_fact_columns[] = {
    FACT_COLUMNS(struct receipt_fact, "order_id"),
    COLUMN_SAID(struct receipt_fact, receipt_id, COLUMN_TEXT),
    COLUMN_SAID(struct receipt_fact, remission, COLUMN_TEXT),
    COLUMN_SAID(struct receipt_fact, lot, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct receipt_fact, expires_on, COLUMN_DATE),
    COLUMN_SAID(struct receipt_fact, pieces, COLUMN_INT64),
    COLUMN_SAID(struct receipt_fact, rejected_pieces, COLUMN_INT64),
    COLUMN_SAID_OPTIONAL(struct receipt_fact, physical_on, COLUMN_DATE),
    COLUMN_SAID_OPTIONAL(struct receipt_fact, remission_on, COLUMN_DATE),
    COLUMN_SAID_OPTIONAL(struct receipt_fact, entry_on, COLUMN_DATE),
    COLUMN_SAID(struct receipt_fact, kind, COLUMN_INT32),
    COLUMN_SAID_OPTIONAL(struct receipt_fact, exchange_letter, COLUMN_BOOL),
};

static const struct column order_known_columns[] = {
    COLUMN(struct order_known, order_id, COLUMN_TEXT),
    COLUMN(struct order_known, known, COLUMN_BOOL),
    COLUMN(struct order_known, pieces, COLUMN_INT64),
    COLUMN(struct order_known, cancelled, COLUMN_BOOL),
    COLUMN_OPTIONAL(struct order_known, cancelled_on, COLUMN_DATE),
    COLUMN(struct order_known, invented, COLUMN_BOOL),
    COLUMN(struct order_known, facts, COLUMN_TEXT),
};

static const struct column contract_known_columns[] = {
    COLUMN(struct contract_known, contract_id, COLUMN_TEXT),
    COLUMN(struct contract_known, known, COLUMN_BOOL),
    COLUMN(struct contract_known, counting_date, COLUMN_INT32),
    COLUMN(struct contract_known, invented, COLUMN_BOOL),
    COLUMN(struct contract_known, facts, COLUMN_TEXT),
};

static const struct column shipment_known_columns[] = {
    COLUMN(struct shipment_known, order_id, COLUMN_TEXT),
    COLUMN(struct shipment_known, shipment_id, COLUMN_TEXT),
    COLUMN(struct shipment_known, remission, COLUMN_TEXT),
    COLUMN(struct shipment_known, pieces, COLUMN_INT64),
    COLUMN(struct shipment_known, withdrawn, COLUMN_BOOL),
    COLUMN(struct shipment_known, invented, COLUMN_BOOL),
    COLUMN(struct shipment_known, facts, COLUMN_TEXT),
};

static const struct column delivery_state_columns[] = {
    COLUMN(struct delivery_state, order_id, COLUMN_TEXT),
    JUDGED_COLUMNS(struct delivery_state, judged),
};

const struct table receipt_fact_table =
    TABLE(struct receipt_fact, "receipt_fact", 2, receipt_fact_columns);
const struct table deliveries_order_known_table =
    TABLE(struct order_known, "order_known", 1, order_known_columns);
const struct table deliveries_contract_known_table =
    TABLE(struct contract_known, "contract_known", 1, contract_known_columns);
const struct table shipment_known_table =
    TABLE(struct shipment_known, "shipment_known", 2, shipment_known_columns);
const struct table delivery_state_table =
    TABLE(struct delivery_state, "delivery_state", 1, delivery_state_columns);

const struct table *const deliveries_tables[] = {
    &receipt_fact_table,
    &deliveries_order_known_table,
    &deliveries_contract_known_table,
    &shipment_known_table,
    &delivery_state_table,
    &finding_table,
    NULL,
};
