#ifndef COMMON_STORE_PG_H
#define COMMON_STORE_PG_H

#include "common/store/store.h"

struct store_pg_options {
    const char *conninfo; /**< libpq connection string or URI */
    const char *schema;   /**< search_path: one schema per service, "gateway_imss" for gateways */
    int32_t connections;  /**< shards are spread over these: shard % connections */
    int32_t connect_timeout_s; /**< 0: 5 */
    int32_t
        network_timeout_s;   /**< how long a server may leave what was sent unacknowledged; 0: 60 */
    int32_t lock_timeout_ms; /**< how long takeover waits before it terminates the holder */
    int32_t outbox_keep_s;   /**< published outbox rows are kept this long */
    int32_t rule_version;    /**< of this binary */
    const struct table *const
        *tables;              /**< NULL-terminated: the tables the statements are prepared for */
    const struct view *views; /**< ends with a zeroed one; NULL: none */
};

/** Connects lazily; creating never fails for a database that is away (calls then answer RETRY).
 *  The caller owns the result: operations->destroy. */
struct store *store_pg_create(const struct store_pg_options *options);

/** Creates the schema, the runtime's own tables and functions, the declared tables and missing columns
 *  of them, and the views, under an advisory lock; safe to run at each start and by several instances at once. */
bool store_pg_migrate(const struct store_pg_options *options, struct error *err) MUST_CHECK;

/** Makes the rows of shards 0..count-1 (incarnation 1, epoch 0) where they are missing and were not moved to another
 *  server; never touches existing ones. What `abasto shard create` calls. */
bool store_pg_create_shards(const struct store_pg_options *options, int32_t count,
                            struct error *err) MUST_CHECK;

/** NULL and classes 08 25 40 53 55 57 58: RETRY; 22 and 23: REJECT; all else FATAL. The fence's code is
 *  STORE_PG_FENCE and is checked before. `sqlstate` may be NULL. */
enum error_action store_pg_action(const char *sqlstate);
#define STORE_PG_FENCE "AB001"

#endif
