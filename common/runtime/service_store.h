#ifndef COMMON_SERVICE_STORE_H
#define COMMON_SERVICE_STORE_H

#include "common/store/server_list.h"
#include "common/store/store_pg.h"

/** The state of a process's shards: on one PostgreSQL server, or spread over several. */
struct service_store {
    struct store *store;
    struct server_list servers;
    struct store_pg_options of_server[SERVERS_MAX];
};

/** `options`: what all servers have in common; `servers` is copied, its texts borrowed. Never fails for a server that
 *  is away. Its address must not change; release with service_store_close, which accepts a zeroed one. */
void service_store_open(struct service_store *out, const struct store_pg_options *options,
                        const struct server_list *servers, int64_t (*now_ms)(void *context));

/** Schema, tables and views on every server that answers. True when one does; the others are prepared before a shard is
 *  looked for on them. */
bool service_store_prepare(struct service_store *store, struct error *err) MUST_CHECK;

void service_store_close(struct service_store *store);

#endif
