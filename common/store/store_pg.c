#include "common/store/store_pg_part.h"
#include "common/store/store_pg_result.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct store_pg *store_pg_of(struct store *store)
{
    return (struct store_pg *)(void *)store;
}

struct store_pg_link *store_pg_link_of(struct store_pg *store, int32_t shard)
{
    return &store->links[shard % store->options.connections];
}

void store_pg_note_taken(struct store_pg *store, int32_t shard)
{
    const size_t wanted = (size_t)shard + 1;

    if (wanted > store->shard_count) {
        store->generations = memory_resize(store->generations, wanted * sizeof *store->generations);
        memset(store->generations + store->shard_count, 0,
               (wanted - store->shard_count) * sizeof *store->generations);
        store->shard_count = wanted;
    }
    store->generations[shard] = store_pg_link_of(store, shard)->generation;
}

struct store_pg_link *store_pg_taken_link(struct store_pg *store, int32_t shard, struct error *err)
{
    struct store_pg_link *link = store_pg_link_of(store, shard);

    if (link->connection == NULL || (size_t)shard >= store->shard_count ||
        store->generations[shard] != link->generation) {
        (void)error_set(err, ERROR_RETRY,
                        "la conexión en que se tomó el fragmento %" PRId32 " se perdió: %s", shard,
                        link->death);
        return NULL;
    }
    return link;
}

bool store_pg_add_own(struct store_pg *store, struct store_pg_link *link,
                      struct store_pg_exchange *exchange, enum store_pg_own own, struct error *err)
{
    return store_pg_link_add(link, exchange, store_pg_statement_own(&store->statements, own),
                             &store->params, err);
}

struct store_pg_exchange *store_pg_call_own(struct store_pg *store, struct store_pg_link *link,
                                            int32_t shard, enum store_pg_own own, const char *doing,
                                            struct error *err)
{
    struct store_pg_exchange *exchange = store_pg_link_begin(link, STORE_PG_CALL, shard);

    return store_pg_add_own(store, link, exchange, own, err) &&
                   store_pg_link_call(link, exchange, doing, err)
               ? exchange
               : NULL;
}

struct store_pg_exchange *store_pg_call_taken(struct store_pg *store, int32_t shard,
                                              enum store_pg_own own, const char *doing,
                                              struct store_pg_link **link, struct error *err)
{
    *link = store_pg_taken_link(store, shard, err);
    return *link == NULL ? NULL : store_pg_call_own(store, *link, shard, own, doing, err);
}

/* --- load -------------------------------------------------------------------------------------- */

static bool add_load(struct store_pg *store, struct store_pg_link *link,
                     struct store_pg_exchange *exchange, const struct store_load *load,
                     struct error *err)
{
    const char *statement;

    if (!store_pg_statement_of(&store->statements, load->table, STORE_PG_TABLE_LOAD, &statement,
                               err)) {
        store_pg_link_drop(link, exchange);
        return false;
    }
    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, exchange->shard);
    store_pg_array_begin(&store->params, STORE_PG_OID_TEXT, load->owner_count);
    for (size_t i = 0; i < load->owner_count; i++) {
        store_pg_array_text(&store->params, load->owners[i]);
    }
    store_pg_array_end(&store->params);
    return store_pg_link_add(link, exchange, statement, &store->params, err);
}

static bool load_send(struct store *base, int32_t shard, struct store_load *loads, size_t count,
                      struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link = store_pg_taken_link(store, shard, err);
    struct store_pg_exchange *exchange;

    if (link == NULL) {
        return false;
    }
    exchange = store_pg_link_begin(link, STORE_PG_LOAD, shard);
    exchange->loads = loads;
    exchange->load_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!add_load(store, link, exchange, &loads[i], err)) {
            return false;
        }
    }
    store_pg_link_end(link, exchange);
    return true;
}

static bool load_receive(struct store *base, int32_t shard, struct arena *arena, struct error *err)
{
    struct store_pg_link *link = store_pg_link_of(store_pg_of(base), shard);
    struct store_pg_exchange *exchange = store_pg_link_find(link, STORE_PG_LOAD, shard);
    const PGresult *failed;
    bool good = true;

    assert(exchange != NULL && "load_receive without load_send");
    store_pg_link_wait(link, exchange);
    failed = store_pg_exchange_error(exchange, NULL);
    if (failed != NULL) {
        good = store_pg_fail(failed, "leer renglones", err);
    } else if (exchange->died || exchange->result_count < exchange->load_count) {
        good =
            error_set(err, ERROR_RETRY, "leer renglones: se perdió la conexión: %s", link->death);
    }
    for (size_t i = 0; good && i < exchange->load_count; i++) {
        struct store_load *load = &exchange->loads[i];

        good = store_pg_rows(exchange->results[i], load->table, arena, &load->rows,
                             &load->row_count, err);
    }
    store_pg_link_drop(link, exchange);
    return good;
}

/* --- agenda and outbox ------------------------------------------------------------------------- */

static void fill_agenda(struct store_pg_params *params, int32_t shard,
                        const char *const *institutions, const int32_t *days, size_t count,
                        size_t limit)
{
    int32_t latest = STORE_DUE_NOW;

    for (size_t i = 0; i < count; i++) {
        latest = days[i] > latest ? days[i] : latest;
    }
    store_pg_params_clear(params);
    store_pg_param_int32(params, shard);
    store_pg_param_int32(params, latest);
    store_pg_param_int32(params, STORE_DUE_NOW);
    store_pg_array_begin(params, STORE_PG_OID_TEXT, count);
    for (size_t i = 0; i < count; i++) {
        store_pg_array_text(params, institutions[i]);
    }
    store_pg_array_end(params);
    store_pg_array_begin(params, STORE_PG_OID_INT32, count);
    for (size_t i = 0; i < count; i++) {
        store_pg_array_int32(params, days[i]);
    }
    store_pg_array_end(params);
    store_pg_param_int64(params, (int64_t)limit);
}

static bool agenda(struct store *base, int32_t shard, const char *const *institutions,
                   const int32_t *days, size_t count, size_t limit, struct arena *arena,
                   struct store_agenda **out, size_t *out_count, struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link;
    struct store_pg_exchange *exchange;
    const PGresult *result;

    fill_agenda(&store->params, shard, institutions, days, count, limit);
    exchange = store_pg_call_taken(store, shard, STORE_PG_AGENDA, "leer la agenda", &link, err);
    if (exchange == NULL) {
        return false;
    }
    result = exchange->results[0];
    *out_count = (size_t)PQntuples(result);
    *out = arena_array(arena, *out_count, sizeof **out);
    for (int i = 0; i < PQntuples(result); i++) {
        (*out)[i] = (struct store_agenda){.due = store_pg_int32(result, i, 0),
                                          .kind = store_pg_text(result, i, 1, arena),
                                          .key = store_pg_text(result, i, 2, arena),
                                          .traceparent = store_pg_text(result, i, 3, arena)};
    }
    store_pg_link_drop(link, exchange);
    return true;
}

static bool agenda_size(struct store *base, int32_t shard, int64_t limit, int64_t *out,
                        struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link;
    struct store_pg_exchange *exchange;

    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, shard);
    store_pg_param_int64(&store->params, limit);
    exchange =
        store_pg_call_taken(store, shard, STORE_PG_AGENDA_SIZE, "contar la agenda", &link, err);
    if (exchange == NULL) {
        return false;
    }
    *out = store_pg_int64(exchange->results[0], 0, 0);
    store_pg_link_drop(link, exchange);
    return true;
}

static bool outbox(struct store *base, int32_t shard, int64_t first, int64_t last,
                   struct arena *arena, struct store_outbox **out, size_t *out_count,
                   struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link;
    struct store_pg_exchange *exchange;
    const PGresult *result;

    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, shard);
    store_pg_param_int64(&store->params, first);
    store_pg_param_int64(&store->params, last);
    exchange =
        store_pg_call_taken(store, shard, STORE_PG_OUTBOX, "leer la bandeja de salida", &link, err);
    if (exchange == NULL) {
        return false;
    }
    result = exchange->results[0];
    *out_count = (size_t)PQntuples(result);
    *out = arena_array(arena, *out_count, sizeof **out);
    for (int i = 0; i < PQntuples(result); i++) {
        (*out)[i] = (struct store_outbox){.batch = store_pg_int64(result, i, 0),
                                          .events = store_pg_bytes(result, i, 1, arena)};
    }
    store_pg_link_drop(link, exchange);
    return true;
}

/* --- life -------------------------------------------------------------------------------------- */

static void destroy(struct store *base)
{
    struct store_pg *store = store_pg_of(base);

    for (int32_t i = 0; i < store->options.connections; i++) {
        store_pg_link_finish(&store->links[i]);
    }
    store_pg_statements_finish(&store->statements);
    store_pg_params_finish(&store->params);
    arena_finish(&store->arena);
    free(store->links);
    free(store->generations);
    free(store);
}

static const struct store_operations operations = {
    .find = store_pg_find,
    .takeover = store_pg_takeover,
    .release = store_pg_release,
    .owns = store_pg_owns,
    .load_send = load_send,
    .load_receive = load_receive,
    .agenda = agenda,
    .agenda_size = agenda_size,
    .commit_send = store_pg_commit_send,
    .commit_receive = store_pg_commit_receive,
    .outbox = outbox,
    .destroy = destroy,
};

struct store *store_pg_create(const struct store_pg_options *options)
{
    struct store_pg *store = memory_alloc(sizeof *store);

    *store = (struct store_pg){.store.operations = &operations, .options = *options};
    store->options.conninfo = arena_copy(&store->arena, options->conninfo);
    store->options.schema = arena_copy(&store->arena, options->schema);
    store->options.connections = options->connections > 0 ? options->connections : 1;
    store_pg_statements_init(&store->statements, options->tables);
    store->links = memory_alloc((size_t)store->options.connections * sizeof *store->links);
    for (int32_t i = 0; i < store->options.connections; i++) {
        store->links[i] =
            (struct store_pg_link){.options = &store->options, .statements = &store->statements};
    }
    return &store->store;
}
