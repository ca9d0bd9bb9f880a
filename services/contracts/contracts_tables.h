#ifndef SERVICES_CONTRACTS_TABLES_H
#define SERVICES_CONTRACTS_TABLES_H

#include "services/facts/fact.h"

/* Facts as reported, one row per source and fact. `said` has no identity of its own: contract_id,
 * order_id and the like are the row's owner. */

/** Owner: contract_id. */
struct contract_fact {
    struct fact_row row;
    struct contract_reported said;
};

/** Owner: line_id, `<contract_id>|<clave>`. */
struct line_fact {
    struct fact_row row;
    struct contract_line_reported said;
};

/** Owner: order_id. */
struct order_fact {
    struct fact_row row;
    struct order_reported said;
};

/** What was last said of a contract. */
struct contract_state {
    const char *contract_id;
    struct judgement judged;
};

/** What was last said of a line, and the sums over its orders. */
struct line_state {
    const char *line_id;
    int64_t orders;
    int64_t ordered_pieces;
    int64_t invented_orders;
    int64_t unpriced_orders; /**< reported without a price: the line gives it */
    struct judgement judged;
};

/** What was last said of an order, and what it added to its line. */
struct order_state {
    const char *order_id;
    int64_t counted_orders; /**< 1 when it stands, else 0 */
    int64_t counted_pieces;
    int64_t counted_invented;
    int64_t counted_unpriced;
    struct judgement judged;
};

extern const struct table contract_fact_table;
extern const struct table line_fact_table;
extern const struct table order_fact_table;
extern const struct table contract_state_table;
extern const struct table line_state_table;
extern const struct table order_state_table;

/** All tables of the service, NULL-terminated. */
extern const struct table *const contracts_tables[];

#endif
