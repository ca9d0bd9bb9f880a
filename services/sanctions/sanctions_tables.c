#include "services/sanctions/sanctions_tables.h"

#include "common/runtime/finding.h"

static const struct column contract_known_columns[] = {
    COLUMN(struct contract_known, contract_id, COLUMN_TEXT),
    COLUMN(struct contract_known, known, COLUMN_BOOL),
    COLUMN(struct contract_known, supplier_rfc, COLUMN_TEXT),
    COLUMN(struct contract_known, supplier_name, COLUMN_TEXT),
    COLUMN(struct contract_known, legal_regime, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct contract_known, guarantee_centavos, COLUMN_INT64),
    TERMS_COLUMNS(struct contract_known, terms),
    COLUMN(struct contract_known, invented, COLUMN_BOOL),
    COLUMN(struct contract_known, facts, COLUMN_TEXT),
};

static const struct column order_known_columns[] = {
    COLUMN(struct order_known, order_id, COLUMN_TEXT),
    COLUMN(struct order_known, known, COLUMN_BOOL),
    COLUMN(struct order_known, supplier_rfc, COLUMN_TEXT),
    COLUMN(struct order_known, supplier_name, COLUMN_TEXT),
    COLUMN(struct order_known, pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_known, price_e4, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_known, due_on, COLUMN_DATE),
    COLUMN(struct order_known, cancelled, COLUMN_BOOL),
    COLUMN(struct order_known, invented, COLUMN_BOOL),
    COLUMN(struct order_known, facts, COLUMN_TEXT),
};

static const struct column delivery_known_columns[] = {
    COLUMN(struct delivery_known, order_id, COLUMN_TEXT),
    COLUMN(struct delivery_known, known, COLUMN_BOOL),
    COLUMN(struct delivery_known, missing_pieces, COLUMN_INT64),
    COLUMN(struct delivery_known, parts, COLUMN_INT64),
    COLUMN(struct delivery_known, invented, COLUMN_BOOL),
    COLUMN(struct delivery_known, facts, COLUMN_TEXT),
};

static const struct column part_known_columns[] = {
    COLUMN(struct part_known, order_id, COLUMN_TEXT),
    COLUMN(struct part_known, place, COLUMN_TEXT),
    COLUMN(struct part_known, receipt_id, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct part_known, counted_on, COLUMN_DATE),
    COLUMN(struct part_known, applied_pieces, COLUMN_INT64),
};

static const struct column decision_fact_columns[] = {
    FACT_COLUMNS(struct decision_fact, "order_id"),
    COLUMN_SAID(struct decision_fact, kind, COLUMN_TEXT),
    COLUMN_SAID_OPTIONAL(struct decision_fact, decided_on, COLUMN_DATE),
    COLUMN_SAID(struct decision_fact, document, COLUMN_TEXT),
};

static const struct column sanction_state_columns[] = {
    COLUMN(struct sanction_state, order_id, COLUMN_TEXT),
    COLUMN(struct sanction_state, amount_centavos, COLUMN_INT64),
    COLUMN(struct sanction_state, invented_penalties, COLUMN_INT64),
    JUDGED_COLUMNS(struct sanction_state, judged),
};

static const struct column contract_sum_columns[] = {
    COLUMN(struct contract_sum, contract_id, COLUMN_TEXT),
    COLUMN(struct contract_sum, amount_centavos, COLUMN_INT64),
    COLUMN(struct contract_sum, invented_penalties, COLUMN_INT64),
};

const struct table sanctions_contract_known_table =
    TABLE(struct contract_known, "contract_known", 1, contract_known_columns);
const struct table sanctions_order_known_table =
    TABLE(struct order_known, "order_known", 1, order_known_columns);
const struct table delivery_known_table =
    TABLE(struct delivery_known, "delivery_known", 1, delivery_known_columns);
const struct table part_known_table = TABLE(struct part_known, "part_known", 2, part_known_columns);
const struct table decision_fact_table =
    TABLE(struct decision_fact, "decision_fact", 2, decision_fact_columns);
const struct table sanction_state_table =
    TABLE(struct sanction_state, "sanction_state", 1, sanction_state_columns);
const struct table contract_sum_table =
    TABLE(struct contract_sum, "contract_sum", 1, contract_sum_columns);

const struct table *const sanctions_tables[] = {
    &sanctions_contract_known_table,
    &sanctions_order_known_table,
    &delivery_known_table,
    &part_known_table,
    &decision_fact_table,
    &sanction_state_table,
    &contract_sum_table,
    &finding_table,
    NULL,
};
