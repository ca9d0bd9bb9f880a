#include "services/monitor/monitor_tables.h"

static const struct column ordered_line_columns[] = {
    COLUMN(struct ordered_line, order_id, COLUMN_TEXT),
    COLUMN(struct ordered_line, supplier_rfc, COLUMN_TEXT),
    COLUMN(struct ordered_line, supplier_name, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct ordered_line, ordered_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct ordered_line, price_e4, COLUMN_INT64),
    COLUMN_OPTIONAL(struct ordered_line, issued_on, COLUMN_DATE),
    COLUMN_OPTIONAL(struct ordered_line, due_on, COLUMN_DATE),
    COLUMN(struct ordered_line, destination, COLUMN_TEXT),
    COLUMN(struct ordered_line, cancelled, COLUMN_BOOL),
    COLUMN(struct ordered_line, invented, COLUMN_BOOL),
};

static const struct column delivered_line_columns[] = {
    COLUMN(struct delivered_line, order_id, COLUMN_TEXT),
    COLUMN(struct delivered_line, delivery_status, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct delivered_line, accepted_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct delivered_line, missing_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct delivered_line, excess_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct delivered_line, rejected_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct delivered_line, returned_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct delivered_line, outside_pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct delivered_line, in_transit_pieces, COLUMN_INT64),
    COLUMN(struct delivered_line, delivery_invented, COLUMN_BOOL),
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
    COLUMN(struct sanction, event_partition, COLUMN_INT32),
    COLUMN(struct sanction, event_offset, COLUMN_INT64),
    COLUMN(struct sanction, late_pieces, COLUMN_INT64),
    COLUMN(struct sanction, amount_centavos, COLUMN_INT64),
    COLUMN(struct sanction, exposure_centavos, COLUMN_INT64),
    COLUMN(struct sanction, status, COLUMN_TEXT),
    COLUMN(struct sanction, final, COLUMN_BOOL),
    COLUMN(struct sanction, stands, COLUMN_BOOL),
    COLUMN(struct sanction, invented, COLUMN_BOOL),
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
    COLUMN(struct quarantined, layout, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct quarantined, as_of, COLUMN_INT64),
};

static const struct column quarantine_done_columns[] = {
    COLUMN(struct quarantine_done, quarantine_id, COLUMN_TEXT),
    COLUMN(struct quarantine_done, acted_by, COLUMN_TEXT),
    COLUMN(struct quarantine_done, state, COLUMN_TEXT),
    COLUMN(struct quarantine_done, tries, COLUMN_INT64),
    COLUMN(struct quarantine_done, act, COLUMN_TEXT),
    COLUMN(struct quarantine_done, act_id, COLUMN_TEXT),
    COLUMN(struct quarantine_done, actor, COLUMN_TEXT),
    COLUMN(struct quarantine_done, ground, COLUMN_TEXT),
    COLUMN(struct quarantine_done, evidence, COLUMN_TEXT),
    COLUMN(struct quarantine_done, changes, COLUMN_TEXT),
    COLUMN(struct quarantine_done, still, COLUMN_TEXT),
    COLUMN(struct quarantine_done, contract_id, COLUMN_TEXT),
    COLUMN(struct quarantine_done, entity_id, COLUMN_TEXT),
    COLUMN(struct quarantine_done, fact, COLUMN_TEXT),
};

const struct table ordered_line_table =
    TABLE(struct ordered_line, "ordered_line", 1, ordered_line_columns);
const struct table delivered_line_table =
    TABLE(struct delivered_line, "delivered_line", 1, delivered_line_columns);
const struct table monitor_contract_table =
    TABLE(struct monitor_contract, "contract", 1, monitor_contract_columns);
const struct table contract_line_table =
    TABLE(struct contract_line, "contract_line", 1, contract_line_columns);
const struct table sanction_table = TABLE(struct sanction, "sanction", 1, sanction_columns);
const struct table monitor_finding_table =
    TABLE(struct monitor_finding, "finding", 2, monitor_finding_columns);
const struct table quarantined_table =
    TABLE(struct quarantined, "quarantined", 1, quarantined_columns);
const struct table quarantine_done_table =
    TABLE(struct quarantine_done, "quarantine_done", 1, quarantine_done_columns);

const struct table *const monitor_tables[] = {
    &ordered_line_table,  &delivered_line_table,  &monitor_contract_table,
    &contract_line_table, &sanction_table,        &monitor_finding_table,
    &quarantined_table,   &quarantine_done_table, NULL,
};

/* What tells a line from others follows from its id: events differ in what they know of it. */
static const char order_line_sql[] =
    "select order_id, split_part(order_id, '/', 1) as institution,"
    " split_part(order_id, '|', 1) as contract_id, split_part(order_id, '|', 2) as order_number,"
    " split_part(order_id, '|', 3) as clave, o.supplier_rfc, o.supplier_name, o.ordered_pieces,"
    " o.price_e4, o.issued_on, o.due_on, o.destination, coalesce(o.cancelled, false) as cancelled,"
    " coalesce(o.invented, false) as invented, d.delivery_status, d.accepted_pieces,"
    " d.missing_pieces, d.excess_pieces, d.rejected_pieces, d.returned_pieces, d.outside_pieces,"
    " d.in_transit_pieces, coalesce(d.delivery_invented, false) as delivery_invented,"
    " s.penalty_status, s.late_pieces, s.penalty_centavos, s.exposure_centavos,"
    " coalesce(s.penalty_invented, false) as penalty_invented"
    " from ordered_line o full join delivered_line d using (order_id) full join"
    " (select order_id, max(status) as penalty_status, sum(late_pieces)::bigint as late_pieces,"
    " sum(amount_centavos)::bigint as penalty_centavos,"
    " sum(exposure_centavos)::bigint as exposure_centavos, bool_or(invented) as penalty_invented"
    " from sanction where stands group by order_id) s using (order_id)";

/* A gateway acts for its institution alone. */
static const char set_aside_sql[] =
    "select q.quarantine_id, q.service, q.institution, q.source, q.position, q.column_name,"
    " q.found, q.expected, q.reason, q.action, q.layout, q.as_of,"
    " coalesce(d.state, 'abierta') as state, coalesce(d.tries, 0) as tries, d.act, d.act_id,"
    " d.actor, d.ground, d.evidence, d.changes, d.still, d.contract_id, d.entity_id, d.fact"
    " from quarantined q left join quarantine_done d on d.quarantine_id = q.quarantine_id"
    " and d.acted_by = q.institution";

const struct view monitor_views[] = {
    {"order_line", order_line_sql}, {"set_aside", set_aside_sql}, {0}};
