#ifndef CLI_HOMES_H
#define CLI_HOMES_H

#include "cli/connection.h"
#include "common/base/arena.h"

/* Which server holds which shard, where there are several. */

/** What one server says of one shard. */
struct home {
    const char *schema;
    int64_t shard;
    size_t server;
    bool held; /**< it has its row; else it was moved from here to `to` */
    int64_t incarnation;
    int64_t epoch;
    const char *to; /**< where it is being moved, or was; NULL: it is at work */
};

struct homes {
    struct home *items; /**< by server */
    size_t count;
};

/** Asks every server. RETRY when one does not answer. Memory is the arena's. */
bool homes_read(struct connection *connection, struct arena *arena, struct homes *out,
                struct error *err) MUST_CHECK;

/** The first of those that hold a shard; NULL: none does. */
const struct home *homes_holder(const struct homes *homes, const char *schema, int64_t shard);

bool homes_same_service(const struct home *home, const char *schema);

/** One more than the largest number of a service's shards; 0: it has none. */
int64_t homes_end(const struct homes *homes, const char *schema);

/** REJECT when a shard was moved to a server that is not among the connection's: what they hold is not all. */
bool homes_are_known(struct connection *connection, struct error *err) MUST_CHECK;

/** One statement to every server, their rows one behind the other. No shard is on its way meanwhile, so that each
 *  counts once: one that is being put in force is waited for, RETRY when that takes long; one that two servers hold is
 *  FATAL. */
bool homes_query(struct connection *connection, const char *sql, const char *const *values,
                 size_t count, PGresult **out, struct error *err) MUST_CHECK;

#endif
