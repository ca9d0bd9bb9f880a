#ifndef SERVICES_MONITOR_TABLES_H
#define SERVICES_MONITOR_TABLES_H

#include "common/store/table.h"

#include <stdbool.h>
#include <stdint.h>

/* The read models: what every service judged last, as the command line and other programs read it by SQL.
 * Each event says its judgement whole, so that rows are only ever written, each by one kind of event; the view
 * `order_line` joins what is said of an order line. A judgement that no longer rests on anything leaves its columns
 * NULL. */

/** What OrderIssued says of an order line. */
struct ordered_line {
    const char *order_id;
    const char *supplier_rfc;
    const char *supplier_name;
    bool has_ordered_pieces;
    int64_t ordered_pieces; /**< as ordered, cancelled or not */
    bool has_price_e4;
    int64_t price_e4;
    bool has_issued_on;
    int32_t issued_on;
    bool has_due_on;
    int32_t due_on;
    const char *destination;
    bool cancelled;
    bool invented;
};

/** What DeliveryRecorded says of it. */
struct delivered_line {
    const char *order_id;
    const char *delivery_status;
    bool has_accepted_pieces;
    int64_t accepted_pieces;
    bool has_missing_pieces;
    int64_t missing_pieces;
    bool has_excess_pieces;
    int64_t excess_pieces;
    bool has_rejected_pieces;
    int64_t rejected_pieces;
    bool has_returned_pieces;
    int64_t returned_pieces;
    bool has_outside_pieces;
    int64_t outside_pieces;
    bool has_in_transit_pieces;
    int64_t in_transit_pieces;
    bool delivery_invented;
};

/** A contract. Orders seldom name their supplier: it is the contract's. */
struct monitor_contract {
    const char *contract_id;
    const char *institution;
    const char *contract_number;
    const char *supplier_rfc;
    const char *supplier_name;
    const char *procedure_number;
    bool has_starts_on;
    int32_t starts_on;
    bool has_ends_on;
    int32_t ends_on;
    bool withdrawn;
    bool invented;
};

/** A clave of a contract and what is left of it. */
struct contract_line {
    const char *line_id; /**< `<contract_id>|<clave>` */
    const char *institution;
    const char *contract_id;
    const char *clave;
    const char *description;
    bool has_minimum_pieces;
    int64_t minimum_pieces;
    bool has_maximum_pieces;
    int64_t maximum_pieces;
    bool has_price_e4;
    int64_t price_e4;
    int64_t orders;
    int64_t ordered_pieces;
    bool has_free_pieces;
    int64_t free_pieces;
    bool withdrawn;
    bool invented;
};

/** A penalty. Its event, from which it is explained, lies in topic `sanctions` for good, at this place. */
struct sanction {
    const char *sanction_id;
    const char *order_id;
    const char *contract_id;
    const char *institution;
    int32_t event_partition;
    int64_t event_offset;
    int64_t late_pieces;
    int64_t amount_centavos;
    int64_t exposure_centavos;
    const char *status;
    bool final;
    bool stands; /**< false: rests on no fact any more */
    bool invented;
};

/** Something a person should look at. */
struct monitor_finding {
    const char *contract_id;
    const char *finding_id;
    const char *institution;
    const char *kind;
    const char *subject;
    const char *message;
    const char *raised_by;
    bool open;
    bool invented;
};

/** A row or message that a service set aside. */
struct quarantined {
    const char *quarantine_id;
    const char *service;
    const char *institution;
    const char *source;
    int64_t position;
    const char *column_name;
    const char *found;
    const char *expected;
    const char *reason;
    const char *action;
    const char *layout; /**< of a row; else NULL */
    bool has_as_of;
    int64_t as_of; /**< microseconds; of its file or report */
};

/** The last act about it. */
struct quarantine_done {
    const char *quarantine_id;
    const char
        *acted_by; /**< institution of the gateway that took it: it counts for what is that one's */
    const char *state;
    int64_t tries;
    const char *act;
    const char *act_id;
    const char *actor;
    const char *ground;
    const char *evidence;
    const char *changes; /**< JSON */
    const char *still;   /**< why it still cannot be taken */
    const char *contract_id;
    const char *entity_id;
    const char *fact; /**< version that stands now */
};

extern const struct table ordered_line_table;
extern const struct table delivered_line_table;
extern const struct table monitor_contract_table;
extern const struct table contract_line_table;
extern const struct table sanction_table;
extern const struct table monitor_finding_table;
extern const struct table quarantined_table;
extern const struct table quarantine_done_table;

/** All tables of the service, NULL-terminated. */
extern const struct table *const monitor_tables[];

/** The view `order_line`: one row per order line that anything was said of; ends with a zeroed one. */
extern const struct view monitor_views[];

#endif
