#include "common/store/store_pg_part.h"
#include "common/store/store_pg_result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EVICTIONS_MAX = 3 };

/* Answers of a takeover, by their place in the exchange. */
enum {
    AT_LOCK_TIMEOUT,
    AT_TAKE,
    AT_SHARD,
    AT_LEFT,
    AT_POSITIONS,
    AT_SEQUENCES,
    AT_HEARD,
    AT_WATERMARKS,
    AT_FORWARDED,
    AT_REPLAYS,
    AT_UNPUBLISHED,
    AT_COUNT,
};
static const enum store_pg_own reads[] = {
    STORE_PG_SHARD,     STORE_PG_LEFT,    STORE_PG_POSITIONS,
    STORE_PG_SEQUENCES, STORE_PG_HEARD,   STORE_PG_WATERMARKS,
    STORE_PG_FORWARDED, STORE_PG_REPLAYS, STORE_PG_UNPUBLISHED};

static bool send_takeover(struct store_pg *store, struct store_pg_link *link,
                          struct store_pg_exchange *exchange, struct error *err)
{
    char timeout[32];

    (void)snprintf(timeout, sizeof timeout, "%" PRId32, store->options.lock_timeout_ms);
    store_pg_params_clear(&store->params);
    store_pg_param_text(&store->params, timeout);
    if (!store_pg_add_own(store, link, exchange, STORE_PG_LOCK_TIMEOUT, err)) {
        return false;
    }
    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, exchange->shard);
    store_pg_param_int32(&store->params, store->options.rule_version);
    if (!store_pg_add_own(store, link, exchange, STORE_PG_TAKE, err)) {
        return false;
    }
    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, exchange->shard);
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        if (!store_pg_add_own(store, link, exchange, reads[i], err)) {
            return false;
        }
    }
    return true;
}

static void read_positions(const PGresult *result, struct arena *arena, struct store_takeover *out)
{
    const int rows = PQntuples(result);

    out->positions = arena_array(arena, (size_t)rows, sizeof *out->positions);
    out->position_count = (size_t)rows;
    for (int i = 0; i < rows; i++) {
        out->positions[i] = (struct store_position){.topic = store_pg_text(result, i, 0, arena),
                                                    .next_offset = store_pg_int64(result, i, 1)};
    }
}

static void read_sequences(const PGresult *result, struct arena *arena, struct store_takeover *out)
{
    const int rows = PQntuples(result);

    out->sequences = arena_array(arena, (size_t)rows, sizeof *out->sequences);
    out->sequence_count = (size_t)rows;
    for (int i = 0; i < rows; i++) {
        out->sequences[i] = (struct store_sequence){.topic = store_pg_text(result, i, 0, arena),
                                                    .partition = store_pg_int32(result, i, 1),
                                                    .incarnation = store_pg_int64(result, i, 2),
                                                    .seq = store_pg_int64(result, i, 3),
                                                    .acked_offset = store_pg_int64(result, i, 4)};
    }
}

static void read_heard(const PGresult *result, struct arena *arena, struct store_takeover *out)
{
    const int rows = PQntuples(result);

    out->heard = arena_array(arena, (size_t)rows, sizeof *out->heard);
    out->heard_count = (size_t)rows;
    for (int i = 0; i < rows; i++) {
        out->heard[i] = (struct store_heard){.producer = store_pg_text(result, i, 0, arena),
                                             .producer_shard = store_pg_int32(result, i, 1),
                                             .topic = store_pg_text(result, i, 2, arena),
                                             .incarnation = store_pg_int64(result, i, 3),
                                             .seq = store_pg_int64(result, i, 4),
                                             .gap = store_pg_int32(result, i, 5) != 0};
    }
}

static void read_days(const PGresult *marks, const PGresult *forwarded, struct arena *arena,
                      struct store_takeover *out)
{
    out->watermark_count = (size_t)PQntuples(marks);
    out->watermarks = arena_array(arena, out->watermark_count, sizeof *out->watermarks);
    for (int i = 0; i < PQntuples(marks); i++) {
        out->watermarks[i] =
            (struct store_watermark){.topic = store_pg_text(marks, i, 0, arena),
                                     .producer = store_pg_text(marks, i, 1, arena),
                                     .institution = store_pg_text(marks, i, 2, arena),
                                     .day = store_pg_int32(marks, i, 3)};
    }
    out->forwarded_count = (size_t)PQntuples(forwarded);
    out->forwarded = arena_array(arena, out->forwarded_count, sizeof *out->forwarded);
    for (int i = 0; i < PQntuples(forwarded); i++) {
        out->forwarded[i] =
            (struct store_forwarded){.institution = store_pg_text(forwarded, i, 0, arena),
                                     .day = store_pg_int32(forwarded, i, 1)};
    }
}

static void read_replays(const PGresult *result, struct arena *arena, struct store_takeover *out)
{
    const int rows = PQntuples(result);

    out->replays = arena_array(arena, (size_t)rows, sizeof *out->replays);
    out->replay_count = (size_t)rows;
    for (int i = 0; i < rows; i++) {
        out->replays[i] = (struct store_replay){.topic = store_pg_text(result, i, 0, arena),
                                                .until = store_pg_int64(result, i, 1)};
    }
}

static void read_unpublished(const PGresult *result, struct arena *arena,
                             struct store_takeover *out)
{
    const int rows = PQntuples(result);

    out->unpublished = arena_array(arena, (size_t)rows, sizeof *out->unpublished);
    out->unpublished_count = (size_t)rows;
    for (int i = 0; i < rows; i++) {
        out->unpublished[i] = (struct store_outbox){.batch = store_pg_int64(result, i, 0),
                                                    .events = store_pg_bytes(result, i, 1, arena)};
    }
}

/* Why nothing was taken. */
static bool refuse_takeover(const struct store_pg_exchange *exchange, int32_t rule_version,
                            struct error *err)
{
    const PGresult *shard = exchange->results[AT_SHARD];
    const PGresult *left = exchange->results[AT_LEFT];

    if (PQntuples(shard) > 0 && !PQgetisnull(shard, 0, 1)) {
        return error_set(err, ERROR_RETRY, "el fragmento %" PRId32 " se está moviendo a %s",
                         exchange->shard, PQgetvalue(shard, 0, 1));
    }
    if (PQntuples(shard) > 0) {
        return error_set(err, ERROR_FATAL,
                         "el fragmento %" PRId32 " lo llevó una versión más nueva (reglas %" PRId32
                         "; este programa, %" PRId32 ")",
                         exchange->shard, store_pg_int32(shard, 0, 0), rule_version);
    }
    if (PQntuples(left) > 0) {
        return error_set(err, ERROR_RETRY,
                         "el fragmento %" PRId32 " se movió a %s: termine abasto shard move, o "
                         "nombre ese servidor en ABASTO_DATABASES",
                         exchange->shard, PQgetvalue(left, 0, 0));
    }
    return error_set(err, ERROR_FATAL,
                     "no existe el fragmento %" PRId32 ": ejecute abasto shard create",
                     exchange->shard);
}

static bool read_takeover(const struct store_pg_exchange *exchange, int32_t rule_version,
                          struct arena *arena, struct store_takeover *out, struct error *err)
{
    PGresult *const *results = exchange->results;
    const PGresult *take = results[AT_TAKE];

    if (PQntuples(take) == 0) {
        return refuse_takeover(exchange, rule_version, err);
    }
    out->incarnation = store_pg_int64(take, 0, 0);
    out->epoch = store_pg_int64(take, 0, 1);
    out->batch = store_pg_int64(take, 0, 2);
    out->published = store_pg_int64(take, 0, 3);
    out->rule_version = store_pg_int32(take, 0, 4);
    read_positions(results[AT_POSITIONS], arena, out);
    read_sequences(results[AT_SEQUENCES], arena, out);
    read_heard(results[AT_HEARD], arena, out);
    read_days(results[AT_WATERMARKS], results[AT_FORWARDED], arena, out);
    read_replays(results[AT_REPLAYS], arena, out);
    read_unpublished(results[AT_UNPUBLISHED], arena, out);
    return true;
}

/* The holder of the row does not yield (a client stopped in mid-pipeline keeps its lock whatever the
 * timeouts): the recorded owner's backend is ended. */
static bool evict(struct store_pg *store, struct store_pg_link *link, int32_t shard,
                  struct error *err)
{
    struct store_pg_exchange *exchange;

    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, shard);
    exchange =
        store_pg_call_own(store, link, shard, STORE_PG_EVICT, "terminar al dueño anterior", err);
    if (exchange == NULL) {
        return false;
    }
    store_pg_link_drop(link, exchange);
    return true;
}

/* `locked`: somebody held the row until the timeout; nothing was raised then. */
static bool try_takeover(struct store_pg *store, struct store_pg_link *link, int32_t shard,
                         struct arena *arena, struct store_takeover *out, bool *locked,
                         struct error *err)
{
    struct store_pg_exchange *exchange = store_pg_link_begin(link, STORE_PG_CALL, shard);
    const PGresult *failed;
    bool taken;

    if (!send_takeover(store, link, exchange, err)) {
        return false;
    }
    store_pg_link_end(link, exchange);
    store_pg_link_wait(link, exchange);
    failed = store_pg_exchange_error(exchange, NULL);
    *locked = failed != NULL && store_pg_sqlstate(failed) != NULL &&
              strcmp(store_pg_sqlstate(failed), "55P03") == 0;
    if (failed != NULL || exchange->died || exchange->result_count < AT_COUNT) {
        taken = *locked ? false
                : failed != NULL
                    ? store_pg_fail(failed, "tomar el fragmento", err)
                    : error_set(err, ERROR_RETRY, "tomar el fragmento: se perdió la conexión: %s",
                                link->death);
    } else {
        taken = read_takeover(exchange, store->options.rule_version, arena, out, err);
    }
    store_pg_link_drop(link, exchange);
    return taken;
}

bool store_pg_takeover(struct store *base, int32_t shard, struct arena *arena,
                       struct store_takeover *out, struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link = store_pg_link_of(store, shard);
    struct store_takeover found = {0};

    store_pg_link_abandon(link, shard);
    if (!store_pg_link_open(link, err)) {
        return false;
    }
    for (int i = 0; i <= EVICTIONS_MAX; i++) {
        bool locked = false;

        if (try_takeover(store, link, shard, arena, &found, &locked, err)) {
            store_pg_note_taken(store, shard);
            *out = found;
            return true;
        }
        if (!locked || !evict(store, link, shard, err)) {
            return err->action == ERROR_NONE
                       ? error_set(err, ERROR_RETRY, "el fragmento %" PRId32 " sigue ocupado",
                                   shard)
                       : false;
        }
    }
    return error_set(err, ERROR_RETRY, "el dueño del fragmento %" PRId32 " no cede", shard);
}

bool store_pg_find(struct store *base, int32_t shard, enum store_place *out, struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link = store_pg_link_of(store, shard);
    struct store_pg_exchange *exchange;

    if (!store_pg_link_open(link, err)) {
        return false;
    }
    exchange = store_pg_link_begin(link, STORE_PG_CALL, shard);
    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, shard);
    if (!store_pg_add_own(store, link, exchange, STORE_PG_SHARD, err) ||
        !store_pg_add_own(store, link, exchange, STORE_PG_LEFT, err) ||
        !store_pg_link_call(link, exchange, "buscar el fragmento", err)) {
        return false;
    }
    *out = PQntuples(exchange->results[0]) > 0   ? STORE_HERE
           : PQntuples(exchange->results[1]) > 0 ? STORE_LEFT
                                                 : STORE_ABSENT;
    store_pg_link_drop(link, exchange);
    return true;
}

bool store_pg_owns(struct store *base, int32_t shard, int64_t epoch, bool *out, struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link;
    struct store_pg_exchange *exchange;

    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, shard);
    store_pg_param_int64(&store->params, epoch);
    exchange =
        store_pg_call_taken(store, shard, STORE_PG_OWNS, "ver quién es el dueño", &link, err);
    if (exchange == NULL) {
        return false;
    }
    *out = PQntuples(exchange->results[0]) > 0;
    store_pg_link_drop(link, exchange);
    return true;
}

bool store_pg_release(struct store *base, int32_t shard, int64_t epoch, int64_t published,
                      struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct store_pg_link *link;
    struct store_pg_exchange *exchange;

    store_pg_params_clear(&store->params);
    store_pg_param_int32(&store->params, shard);
    store_pg_param_int64(&store->params, epoch);
    store_pg_param_int64(&store->params, published);
    exchange =
        store_pg_call_taken(store, shard, STORE_PG_RELEASE, "dejar el fragmento", &link, err);
    if (exchange == NULL) {
        return false;
    }
    store_pg_link_drop(link, exchange);
    return true;
}
