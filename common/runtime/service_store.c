#include "common/runtime/service_store.h"

#include "common/store/store_spread.h"

/* A server that is away must not keep the shards of the others waiting: with several, less is waited for each. */
enum { CONNECT_S = 2, NETWORK_S = 5, REST_MS = 15000 };

static bool migrate(void *context, struct error *err)
{
    return store_pg_migrate(context, err);
}

void service_store_open(struct service_store *out, const struct store_pg_options *options,
                        const struct server_list *servers, int64_t (*now_ms)(void *context))
{
    struct store_spread_part parts[SERVERS_MAX];
    const struct store_spread_options spread = {
        .parts = parts, .count = servers->count, .now_ms = now_ms, .rest_ms = REST_MS};

    out->servers = *servers;
    for (size_t i = 0; i < servers->count; i++) {
        struct store_pg_options *own = &out->of_server[i];

        *own = *options;
        own->conninfo = servers->items[i].conninfo;
        own->connect_timeout_s = servers->count > 1 ? CONNECT_S : 0;
        own->network_timeout_s = servers->count > 1 ? NETWORK_S : 0;
        parts[i] = (struct store_spread_part){.name = servers->items[i].name,
                                              .store = store_pg_create(own),
                                              .prepare = migrate,
                                              .prepare_context = own};
    }
    out->store = servers->count > 1 ? store_spread_create(&spread) : parts[0].store;
}

bool service_store_prepare(struct service_store *store, struct error *err)
{
    return store->servers.count > 1 ? store_spread_prepare(store->store, err)
                                    : store_pg_migrate(&store->of_server[0], err);
}

void service_store_close(struct service_store *store)
{
    if (store->store != NULL) {
        store->store->operations->destroy(store->store);
    }
}
