#ifndef SERVICES_GATEWAY_DIRECTORY_H
#define SERVICES_GATEWAY_DIRECTORY_H

#include "common/runtime/work.h"
#include "services/gateway/row.h"

/* Which contract an order or a remisión belongs to, learnt from the rows that say so. */

/** By what a row can be found in the directory. */
struct directory_keys {
    const char *order;    /**< `orden|<number>`; NULL: the row names no order */
    const char *shipment; /**< `remision|<rfc>|<number>`; NULL: no remisión */
};

struct directory_keys directory_keys_of(const struct reported_row *row, struct arena *arena);

/** Kind of the agenda items by which a waiting row is routed again. */
#define DIRECTORY_REROUTE "gateway.Reroute"

/** What such an item's key says. */
struct directory_reroute {
    const char *fact_key;
    struct directory_keys keys;
};

/** For needs: everything the functions below touch. */
void directory_need(struct work *work, const struct directory_keys *keys);

/** The contract_id that the directory gives, by order first; NULL: none. Of several, the one that was named
 *  last by as_of, then the first in the alphabet. */
const char *directory_find(struct work *work, const struct directory_keys *keys);

/** A row names `contract_id` itself. Rows that wait for it are put on the agenda when this changes what the
 *  directory says. */
void directory_learn(struct work *work, const struct directory_keys *keys, const char *contract_id,
                     int64_t as_of);

/** A row names no contract: it is routed anew when the directory learns one. Or no longer waits. */
void directory_wait(struct work *work, const struct directory_keys *keys, const char *fact_key,
                    bool waits);

MUST_CHECK bool directory_reroute_read(const char *key, struct arena *arena,
                                       struct directory_reroute *out);

#endif
