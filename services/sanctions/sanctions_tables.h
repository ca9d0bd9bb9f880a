#ifndef SERVICES_SANCTIONS_TABLES_H
#define SERVICES_SANCTIONS_TABLES_H

#include "services/facts/fact.h"

/** The contract as `contracts` last told it. */
struct contract_known {
    const char *contract_id;
    bool known; /**< false: never told, or withdrawn */
    const char *supplier_rfc;
    const char *supplier_name;
    const char *legal_regime;
    int64_t guarantee_centavos;
    bool has_guarantee_centavos;
    struct penalty_terms terms;
    bool invented;
    const char *facts; /**< fact_list_join */
};

/** The order line as `contracts` last told it. */
struct order_known {
    const char *order_id;
    bool known;
    const char *supplier_rfc;
    const char *supplier_name;
    int64_t pieces;
    int64_t price_e4;
    bool has_price_e4;
    int32_t due_on;
    bool has_due_on;
    bool cancelled;
    bool invented;
    const char *facts; /**< fact_list_join */
};

/** The order line's delivery as `deliveries` last told it; its parts are rows of their own. */
struct delivery_known {
    const char *order_id;
    bool known;
    int64_t missing_pieces;
    int64_t parts;
    bool invented;
    const char *facts; /**< fact_list_join */
};

/** A part of the delivery. Owner: order_id; id: its place, in five digits. Those from `parts` on are left over. */
struct part_known {
    const char *order_id;
    const char *place;
    const char *receipt_id;
    int32_t counted_on;
    bool has_counted_on;
    int64_t applied_pieces;
};

/** A decision on the order line. Owner: order_id. */
struct decision_fact {
    struct fact_row row;
    struct decision_reported said;
};

/** What was last said of the order line's penalty, and what it adds to the contract's sum. */
struct sanction_state {
    const char *order_id;
    int64_t amount_centavos;
    int64_t invented_penalties; /**< 1 when it owes and rests on an invented fact, else 0 */
    struct judgement judged;
};

/** Sums over the penalties of a contract's order lines, moved by (new - old). */
struct contract_sum {
    const char *contract_id;
    int64_t amount_centavos;
    int64_t invented_penalties; /**< how many of them owe and rest on an invented fact */
};

extern const struct table sanctions_contract_known_table;
extern const struct table sanctions_order_known_table;
extern const struct table delivery_known_table;
extern const struct table part_known_table;
extern const struct table decision_fact_table;
extern const struct table sanction_state_table;
extern const struct table contract_sum_table;

/** All tables of the service, NULL-terminated. */
extern const struct table *const sanctions_tables[];

#endif
