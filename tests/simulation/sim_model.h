#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include "events.h"
#include "tests/simulation/sim_world.h"

/* The judgements that follow from what was reported, by code that shares nothing with the services': it looks at all
 * facts at once, and knows no order of arrival. */

enum { SIM_ROWS_MAX = 64 };

enum sim_entity {
    SIM_CONTRACT,
    SIM_LINE,
    SIM_ORDER,
    SIM_SHIPMENT,
    SIM_RECEIPT,
    SIM_DECISION,
};

/** The newest version of each fact that was reported of one entity. */
struct sim_row {
    const struct fact *fact;
    const void *event; /**< the report; NULL: withdrawn */
};
struct sim_rows {
    struct sim_row items[SIM_ROWS_MAX];
    size_t count;
};
void sim_rows_of(const struct sim_world *world, enum sim_entity entity, const char *owner,
                 struct sim_rows *out);
/** The report to be believed; NULL: none stands. */
const void *sim_believed(const struct sim_rows *rows);
/** What all that stand say together of a contract, an order or a line; NULL: none stands. */
const struct contract_reported *sim_contract_said(struct sim_world *world,
                                                  const struct sim_rows *rows);
const struct order_reported *sim_order_said(struct sim_world *world, const struct sim_rows *rows);
const struct contract_line_reported *sim_line_said(struct sim_world *world,
                                                   const struct sim_rows *rows);
/** Whether the first is to be believed rather than the second. */
bool sim_is_better(const struct sim_row *a, const struct sim_row *b);

struct sim_part {
    const char *receipt_id;
    int32_t on;
    bool has_on;
    int64_t applied;
};

/** Everything about one order line. */
struct sim_order {
    const char *order_id;
    const char *contract_id;
    const char *clave;
    const char *institution;
    const char *line_id; /**< `<contract_id>|<clave>` */
    /* order */
    const struct order_reported *order;       /**< NULL: none stands */
    const struct contract_reported *contract; /**< the same */
    int64_t price_e4;
    bool has_price;
    /* deliveries */
    struct sim_rows receipts; /**< the one to be believed of each receipt */
    struct sim_rows shipments;
    struct sim_part parts[SIM_ROWS_MAX];
    size_t part_count;
    int64_t accepted;
    int64_t applied;
    int64_t missing;
    int64_t excess;
    int64_t rejected;
    int64_t outside;
    int64_t shipped;
    int64_t in_transit;
    /* sanctions */
    bool judged; /**< price, due date and terms are there */
    int64_t amount_centavos;
    int64_t exposure_centavos;
    bool notified;
};
void sim_order_judge(struct sim_world *world, const char *order_id, struct sim_order *out);

/** Pieces shipped and arrived under the remisión of a standing shipment. */
int64_t sim_arrived(const struct sim_order *order, const char *remission);

/** The pieces and number of the standing, open orders of a line (`<contract_id>|<clave>`). */
struct sim_line {
    const struct contract_line_reported *line; /**< NULL: none stands */
    int64_t orders;
    int64_t pieces;
};
void sim_line_judge(struct sim_world *world, const char *line_id, struct sim_line *out);

/** Distinct ids that the sent facts speak of, in the world's arena. */
const char **sim_ids(struct sim_world *world, enum sim_entity entity, size_t *count);

#endif
