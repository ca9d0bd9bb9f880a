#include "services/monitor/monitor_tables.h"

static const struct column order_line_columns[] = {
    COLUMN(struct order_line, order_id, COLUMN_TEXT),
    COLUMN(struct order_line, institution, COLUMN_TEXT),
    COLUMN(struct order_line, contract_id, COLUMN_TEXT),
    COLUMN(struct order_line, order_number, COLUMN_TEXT),
    COLUMN(struct order_line, clave, COLUMN_TEXT),
    COLUMN(struct order_line, supplier_rfc, COLUMN_TEXT),
    COLUMN(struct order_line, supplier_name, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct order_line, ordered_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, price_e4, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, issued_on, COLUMN_DATE),
    COLUMN_OPTIONAL(struct order_line, due_on, COLUMN_DATE),
    COLUMN(struct order_line, destination, COLUMN_TEXT),
    COLUMN(struct order_line, cancelled, COLUMN_BOOL),
    COLUMN(struct order_line, invented, COLUMN_BOOL),
    COLUMN(struct order_line, delivery_status, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct order_line, accepted_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, missing_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, excess_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, rejected_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, returned_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, outside_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, in_transit_pieces, COLUMN_INT64),
    COLUMN(struct order_line, delivery_invented, COLUMN_BOOL),
    COLUMN(struct order_line, penalty_status, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct order_line, late_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, penalty_centavos, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order_line, exposure_centavos, COLUMN_INT64),
    COLUMN(struct order_line, penalty_invented, COLUMN_BOOL),
};

static const struct column monitor_contract_columns[] = {
    COLUMN(struct monitor_contract, contract_id, COLUMN_TEXT),
    COLUMN(struct monitor_contract, institution, COLUMN_TEXT),
    COLUMN(struct monitor_contract, contract_number, COLUMN_TEXT),
    COLUMN(struct monitor_contract, supplier_rfc, COLUMN_TEXT),
    COLUMN(struct monitor_contract, supplier_name, COLUMN_TEXT),
    COLUMN(struct monitor_contract, procedure_number, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct monitor_contract, starts_on, COLUMN_DATE),
    COLUMN_OPTIONAL(struct monitor_contract, ends_on, COLUMN_DATE),
    COLUMN(struct monitor_contract, withdrawn, COLUMN_BOOL),
    COLUMN(struct monitor_contract, invented, COLUMN_BOOL),
};

static const struct column contract_line_columns[] = {
    COLUMN(struct contract_line, line_id, COLUMN_TEXT),
    COLUMN(struct contract_line, institution, COLUMN_TEXT),
    COLUMN(struct contract_line, contract_id, COLUMN_TEXT),
    COLUMN(struct contract_line, clave, COLUMN_TEXT),
    COLUMN(struct contract_line, description, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct contract_line, minimum_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct contract_line, maximum_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct contract_line, price_e4, COLUMN_INT64),
    COLUMN(struct contract_line, orders, COLUMN_INT64),
    COLUMN(struct contract_line, ordered_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct contract_line, free_pieces, COLUMN_INT64),
    COLUMN(struct contract_line, withdrawn, COLUMN_BOOL),
    COLUMN(struct contract_line, invented, COLUMN_BOOL),
};

static const struct column sanction_columns[] = {
    COLUMN(struct sanction, sanction_id, COLUMN_TEXT),
    COLUMN(struct sanction, order_id, COLUMN_TEXT),
    COLUMN(struct sanction, contract_id, COLUMN_TEXT),
    COLUMN(struct sanction, institution, COLUMN_TEXT),
    COLUMN(struct sanction, amount_centavos, COLUMN_INT64),
    COLUMN(struct sanction, exposure_centavos, COLUMN_INT64),
    COLUMN(struct sanction, status, COLUMN_TEXT),
    COLUMN(struct sanction, final, COLUMN_BOOL),
    COLUMN(struct sanction, stands, COLUMN_BOOL),
    COLUMN(struct sanction, invented, COLUMN_BOOL),
    COLUMN(struct sanction, json, COLUMN_TEXT),
};

static const struct column monitor_finding_columns[] = {
    COLUMN(struct monitor_finding, contract_id, COLUMN_TEXT),
    COLUMN(struct monitor_finding, finding_id, COLUMN_TEXT),
    COLUMN(struct monitor_finding, institution, COLUMN_TEXT),
    COLUMN(struct monitor_finding, kind, COLUMN_TEXT),
    COLUMN(struct monitor_finding, subject, COLUMN_TEXT),
    COLUMN(struct monitor_finding, message, COLUMN_TEXT),
    COLUMN(struct monitor_finding, raised_by, COLUMN_TEXT),
    COLUMN(struct monitor_finding, open, COLUMN_BOOL),
    COLUMN(struct monitor_finding, invented, COLUMN_BOOL),
};

static const struct column quarantined_columns[] = {
    COLUMN(struct quarantined, quarantine_id, COLUMN_TEXT),
    COLUMN(struct quarantined, service, COLUMN_TEXT),
    COLUMN(struct quarantined, institution, COLUMN_TEXT),
    COLUMN(struct quarantined, source, COLUMN_TEXT),
    COLUMN(struct quarantined, position, COLUMN_INT64),
    COLUMN(struct quarantined, column_name, COLUMN_TEXT),
    COLUMN(struct quarantined, found, COLUMN_TEXT),
    COLUMN(struct quarantined, expected, COLUMN_TEXT),
    COLUMN(struct quarantined, reason, COLUMN_TEXT),
    COLUMN(struct quarantined, action, COLUMN_TEXT),
};

const struct table order_line_table = TABLE(struct order_line, "order_line", 1, order_line_columns);
const struct table monitor_contract_table =
    TABLE(struct monitor_contract, "contract", 1, monitor_contract_columns);
const struct table contract_line_table =
    TABLE(struct contract_line, "contract_line", 1, contract_line_columns);
const struct table sanction_table = TABLE(struct sanction, "sanction", 1, sanction_columns);
const struct table monitor_finding_table =
    TABLE(struct monitor_finding, "finding", 2, monitor_finding_columns);
const struct table quarantined_table =
    TABLE(struct quarantined, "quarantined", 1, quarantined_columns);

const struct table *const monitor_tables[] = {
    &order_line_table,
    &monitor_contract_table,
    &contract_line_table,
    &sanction_table,
    &monitor_finding_table,
    &quarantined_table,
    NULL,
};
