#include "services/gateway/gateway_tables.h"

#include "common/runtime/finding.h"

static const struct column row_version_columns[] = {
    COLUMN(struct row_version, fact_key, COLUMN_TEXT),
    COLUMN(struct row_version, digest, COLUMN_TEXT),
    COLUMN(struct row_version, as_of, COLUMN_INT64),
    COLUMN(struct row_version, sequence, COLUMN_INT64),
    COLUMN(struct row_version, invented, COLUMN_BOOL),
    COLUMN(struct row_version, contract_id, COLUMN_TEXT),
    COLUMN(struct row_version, entity_id, COLUMN_TEXT),
    COLUMN(struct row_version, content, COLUMN_TEXT),
    COLUMN(struct row_version, said, COLUMN_TEXT),
    COLUMN(struct row_version, kind, COLUMN_TEXT),
    COLUMN(struct row_version, order_key, COLUMN_TEXT),
    COLUMN(struct row_version, shipment_key, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct row_version, day, COLUMN_DATE),
    COLUMN_OPTIONAL(struct row_version, cancelled_on, COLUMN_DATE),
    COLUMN(struct row_version, cancelled_undated, COLUMN_BOOL),
};
const struct table row_version_table =
    TABLE(struct row_version, "row_version", 1, row_version_columns);

static const struct column directory_columns[] = {
    COLUMN(struct directory_claim, directory_key, COLUMN_TEXT),
    COLUMN(struct directory_claim, contract_id, COLUMN_TEXT),
    COLUMN(struct directory_claim, as_of, COLUMN_INT64),
};
const struct table directory_table =
    TABLE(struct directory_claim, "directory", 2, directory_columns);

static const struct column directory_waiting_columns[] = {
    COLUMN(struct directory_waiting, directory_key, COLUMN_TEXT),
    COLUMN(struct directory_waiting, fact_key, COLUMN_TEXT),
    COLUMN(struct directory_waiting, order_key, COLUMN_TEXT),
    COLUMN(struct directory_waiting, shipment_key, COLUMN_TEXT),
    COLUMN(struct directory_waiting, active, COLUMN_BOOL),
};
const struct table directory_waiting_table =
    TABLE(struct directory_waiting, "directory_waiting", 2, directory_waiting_columns);

static const struct column snapshot_fact_columns[] = {
    COLUMN(struct snapshot_known, snapshot_key, COLUMN_TEXT),
    COLUMN(struct snapshot_known, fact_id, COLUMN_TEXT),
    COLUMN(struct snapshot_known, known, COLUMN_BOOL),
};
const struct table snapshot_fact_table =
    TABLE(struct snapshot_known, "snapshot_fact", 2, snapshot_fact_columns);

static const struct column snapshot_mark_columns[] = {
    COLUMN(struct snapshot_mark, mark_key, COLUMN_TEXT),
    COLUMN(struct snapshot_mark, file_id, COLUMN_TEXT),
    COLUMN(struct snapshot_mark, as_of, COLUMN_INT64),
    COLUMN(struct snapshot_mark, oldest, COLUMN_DATE),
    COLUMN(struct snapshot_mark, newest, COLUMN_DATE),
};
const struct table snapshot_mark_table =
    TABLE(struct snapshot_mark, "snapshot_mark", 2, snapshot_mark_columns);

static const struct column content_twin_columns[] = {
    COLUMN(struct content_twin, content_key, COLUMN_TEXT),
    COLUMN(struct content_twin, fact_id, COLUMN_TEXT),
    COLUMN(struct content_twin, contract_id, COLUMN_TEXT),
    COLUMN(struct content_twin, as_of, COLUMN_INT64),
    COLUMN(struct content_twin, sequence, COLUMN_INT64),
    COLUMN(struct content_twin, invented, COLUMN_BOOL),
    COLUMN(struct content_twin, active, COLUMN_BOOL),
};
const struct table content_twin_table =
    TABLE(struct content_twin, "content_twin", 2, content_twin_columns);

static const struct column known_clave_columns[] = {
    COLUMN(struct known_clave, clave, COLUMN_TEXT),
    COLUMN(struct known_clave, as_of, COLUMN_INT64),
    COLUMN(struct known_clave, withdrawn, COLUMN_BOOL),
};
const struct table known_clave_table =
    TABLE(struct known_clave, "clave_catalogue", 1, known_clave_columns);

static const struct column gateway_number_columns[] = {
    COLUMN(struct gateway_number, name, COLUMN_TEXT),
    COLUMN(struct gateway_number, value, COLUMN_INT64),
};
const struct table gateway_number_table =
    TABLE(struct gateway_number, "gateway_number", 1, gateway_number_columns);

static const struct column file_account_columns[] = {
    COLUMN(struct file_account, file_id, COLUMN_TEXT),
    COLUMN(struct file_account, sha256, COLUMN_TEXT),
    COLUMN(struct file_account, institution, COLUMN_TEXT),
    COLUMN(struct file_account, name, COLUMN_TEXT),
    COLUMN(struct file_account, layout, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct file_account, as_of, COLUMN_INT64),
    COLUMN(struct file_account, nature, COLUMN_TEXT),
    COLUMN(struct file_account, state, COLUMN_TEXT),
    COLUMN(struct file_account, refusal, COLUMN_TEXT),
    COLUMN(struct file_account, rows, COLUMN_INT64),
    COLUMN(struct file_account, taken, COLUMN_INT64),
    COLUMN(struct file_account, warned, COLUMN_INT64),
    COLUMN(struct file_account, unchanged, COLUMN_INT64),
    COLUMN(struct file_account, quarantined, COLUMN_INT64),
    COLUMN(struct file_account, superseded, COLUMN_INT64),
    COLUMN(struct file_account, times_read, COLUMN_INT64),
};
const struct table file_account_table =
    TABLE(struct file_account, "file_account", 1, file_account_columns);

static const struct column file_remark_columns[] = {
    COLUMN(struct file_remark, remark_block, COLUMN_TEXT),
    COLUMN(struct file_remark, remark_id, COLUMN_TEXT),
    COLUMN(struct file_remark, row_number, COLUMN_INT64),
    COLUMN(struct file_remark, verdict, COLUMN_TEXT),
    COLUMN(struct file_remark, column_name, COLUMN_TEXT),
    COLUMN(struct file_remark, found, COLUMN_TEXT),
    COLUMN(struct file_remark, expected, COLUMN_TEXT),
    COLUMN(struct file_remark, reason, COLUMN_TEXT),
    COLUMN(struct file_remark, action, COLUMN_TEXT),
};
const struct table file_remark_table =
    TABLE(struct file_remark, "file_remark", 2, file_remark_columns);

static const struct column inbox_answer_columns[] = {
    COLUMN(struct inbox_answer, report_key, COLUMN_TEXT),
    COLUMN(struct inbox_answer, ce_source, COLUMN_TEXT),
    COLUMN(struct inbox_answer, ce_id, COLUMN_TEXT),
    COLUMN(struct inbox_answer, position, COLUMN_INT64),
    COLUMN(struct inbox_answer, digest, COLUMN_TEXT),
    COLUMN(struct inbox_answer, verdict, COLUMN_INT64),
};
const struct table inbox_answer_table =
    TABLE(struct inbox_answer, "inbox_answer", 1, inbox_answer_columns);

static const struct column row_aside_columns[] = {
    COLUMN(struct row_aside, quarantine_id, COLUMN_TEXT),
    COLUMN(struct row_aside, layout, COLUMN_TEXT),
    COLUMN(struct row_aside, file_name, COLUMN_TEXT),
    COLUMN(struct row_aside, sha256, COLUMN_TEXT),
    COLUMN_OPTIONAL(struct row_aside, as_of, COLUMN_INT64),
    COLUMN(struct row_aside, invented, COLUMN_BOOL),
    COLUMN(struct row_aside, row_number, COLUMN_INT64),
    COLUMN(struct row_aside, titles, COLUMN_TEXT),
    COLUMN(struct row_aside, cells, COLUMN_TEXT),
    COLUMN(struct row_aside, state, COLUMN_TEXT),
    COLUMN(struct row_aside, tries, COLUMN_INT64),
    COLUMN(struct row_aside, act, COLUMN_TEXT),
    COLUMN(struct row_aside, act_id, COLUMN_TEXT),
    COLUMN(struct row_aside, actor, COLUMN_TEXT),
    COLUMN(struct row_aside, ground, COLUMN_TEXT),
    COLUMN(struct row_aside, evidence, COLUMN_TEXT),
    COLUMN(struct row_aside, reason, COLUMN_TEXT),
    COLUMN(struct row_aside, fact, COLUMN_TEXT),
};
const struct table row_aside_table = TABLE(struct row_aside, "row_aside", 1, row_aside_columns);

const struct table *const gateway_tables[] = {
    &row_version_table,       &directory_table,
    &directory_waiting_table, &snapshot_fact_table,
    &snapshot_mark_table,     &content_twin_table,
    &known_clave_table,       &gateway_number_table,
    &file_account_table,      &file_remark_table,
    &inbox_answer_table,      &row_aside_table,
    &finding_table,           NULL,
};
