#include "services/contracts/contracts_tables.h"

#include "common/runtime/finding.h"

static const struct column contract_fact_columns[] = {
    FACT_COLUMNS(struct contract_fact, "contract_id"),
    COLUMN_SAID(struct contract_fact, contract_number, COLUMN_TEXT),
    COLUMN_SAID(struct contract_fact, supplier_rfc, COLUMN_TEXT),
    COLUMN_SAID(struct contract_fact, supplier_name, COLUMN_TEXT),
    COLUMN_SAID(struct contract_fact, procedure_number, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct contract_fact, starts_on, COLUMN_DATE),
    COLUMN_SAID_OPTIONAL(struct contract_fact, ends_on, COLUMN_DATE),
    COLUMN_SAID(struct contract_fact, legal_regime, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct contract_fact, guarantee_centavos, COLUMN_INT64),
    TERMS_COLUMNS(struct contract_fact, said.terms),
};

static const struct column line_fact_columns[] = {
    FACT_COLUMNS(struct line_fact, "line_id"),
    COLUMN_SAID(struct line_fact, clave, COLUMN_TEXT),
    COLUMN_SAID(struct line_fact, description, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct line_fact, minimum_pieces, COLUMN_INT64),
    COLUMN_SAID_OPTIONAL(struct line_fact, maximum_pieces, COLUMN_INT64),
    COLUMN_SAID_OPTIONAL(struct line_fact, price_e4, COLUMN_INT64),
};

static const struct column order_fact_columns[] = {
    FACT_COLUMNS(struct order_fact, "order_id"),
    COLUMN_SAID(struct order_fact, order_number, COLUMN_TEXT),
    COLUMN_SAID(struct order_fact, clave, COLUMN_TEXT),
    COLUMN_SAID(struct order_fact, pieces, COLUMN_INT64),
    COLUMN_SAID_OPTIONAL(struct order_fact, price_e4, COLUMN_INT64),
    COLUMN_SAID_OPTIONAL(struct order_fact, issued_on, COLUMN_DATE),
    COLUMN_SAID_OPTIONAL(struct order_fact, due_on, COLUMN_DATE),
    COLUMN_SAID(struct order_fact, destination, COLUMN_TEXT),
    COLUMN_SAID(struct order_fact, status, COLUMN_INT32),
    COLUMN_SAID_OPTIONAL(struct order_fact, cancelled_on, COLUMN_DATE),
    COLUMN_SAID(struct order_fact, supplier_rfc, COLUMN_TEXT),
    COLUMN_SAID(struct order_fact, supplier_name, COLUMN_TEXT),
};

static const struct column contract_state_columns[] = {
    COLUMN(struct contract_state, contract_id, COLUMN_TEXT),
    JUDGED_COLUMNS(struct contract_state, judged),
};

static const struct column line_state_columns[] = {
    COLUMN(struct line_state, line_id, COLUMN_TEXT),
    COLUMN(struct line_state, orders, COLUMN_INT64),
    COLUMN(struct line_state, ordered_pieces, COLUMN_INT64),
    COLUMN(struct line_state, invented_orders, COLUMN_INT64),
    COLUMN(struct line_state, unpriced_orders, COLUMN_INT64),
    JUDGED_COLUMNS(struct line_state, judged),
};

static const struct column order_state_columns[] = {
    COLUMN(struct order_state, order_id, COLUMN_TEXT),
    COLUMN(struct order_state, counted_orders, COLUMN_INT64),
    COLUMN(struct order_state, counted_pieces, COLUMN_INT64),
    COLUMN(struct order_state, counted_invented, COLUMN_INT64),
    COLUMN(struct order_state, counted_unpriced, COLUMN_INT64),
    JUDGED_COLUMNS(struct order_state, judged),
};

const struct table contract_fact_table =
    TABLE(struct contract_fact, "contract_fact", 2, contract_fact_columns);
const struct table line_fact_table = TABLE(struct line_fact, "line_fact", 2, line_fact_columns);
const struct table order_fact_table = TABLE(struct order_fact, "order_fact", 2, order_fact_columns);
const struct table contract_state_table =
    TABLE(struct contract_state, "contract_state", 1, contract_state_columns);
const struct table line_state_table = TABLE(struct line_state, "line_state", 1, line_state_columns);
const struct table order_state_table =
    TABLE(struct order_state, "order_state", 1, order_state_columns);

const struct table *const contracts_tables[] = {
    &contract_fact_table, &line_fact_table,   &order_fact_table, &contract_state_table,
    &line_state_table,    &order_state_table, &finding_table,    NULL,
};
