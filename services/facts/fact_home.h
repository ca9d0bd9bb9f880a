#ifndef SERVICES_FACTS_FACT_HOME_H
#define SERVICES_FACTS_FACT_HOME_H

#include "services/facts/fact.h"

/* A correction may move a fact from one order to another of its contract. Its rows lie with the orders,
 * so something must know where its newest version lies: its home. Without it an old version that
 * arrives late would be taken at the old order, and the old order would keep what left it. */

/** One row per fact. */
struct fact_home {
    const char *home_id;  /**< fact_home_id */
    const char *order_id; /**< where the newest version lies */
    int64_t as_of;
    int64_t sequence;
    bool withdrawn;
};

/** Services that keep homes list it among their tables. */
extern const struct table fact_home_table;

/** `<contract_id>|<source>|<fact_id>`: what to need before fact_home_take; owned by the arena. */
char *fact_home_id(struct arena *arena, const char *contract_id, const struct fact *fact);

/** Whether this version is the newest of its fact, which then lies with `order_id`. If it lay with another
 *  order before, that one is handled as `kind` at once, with a message key for fact_leaving_read. */
bool fact_home_take(struct work *work, const char *contract_id, const char *order_id,
                    const struct fact *fact, bool withdrawn, const char *kind);

/** A fact that left an order, as the agenda tells it. */
struct fact_leaving {
    const char *order_id;
    const char *row_key; /**< fact_key of the row */
    struct fact fact;    /**< id, source and the version that moved it */
};

/** Reads a message key of the kind above; texts are owned by the arena. */
MUST_CHECK bool fact_leaving_read(struct arena *arena, const char *key, struct fact_leaving *out,
                                  struct error *err);

/** The order that such a key names; for needs. Owned by the arena. */
char *fact_leaving_order(struct arena *arena, const char *key);

#endif
