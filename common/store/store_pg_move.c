#include "common/store/store_pg_move.h"

#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/store/store_pg_connect.h"
#include "common/store/store_pg_move_table.h"
#include "common/store/store_pg_result.h"

#include <inttypes.h>
#include <string.h>

enum { LOCK_TIMEOUT_MS = 10000 };

/* --- connections and statements --- */

static const char *number(struct store_pg_move *move, int64_t value)
{
    return arena_format(&move->arena, "%" PRId64, value);
}

/* The schema of a copy that is not in force. Both names are ours: nothing in them needs quoting but `-`, which schemas
 * do not have. */
static const char *aside(struct store_pg_move *move)
{
    return arena_format(&move->arena, "%s_moving_%" PRId32, move->schema, move->shard);
}

static struct store_pg_options options_of(const struct store_pg_move *move, size_t server)
{
    static const struct table *const no_tables[] = {NULL};

    return (struct store_pg_options){.conninfo = move->servers->items[server].conninfo,
                                     .schema = move->schema,
                                     .connections = 1,
                                     .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                     .rule_version = INT32_MAX,
                                     .tables = no_tables};
}

/* A copy takes as long as it takes, and nothing of it may depend on the reader's settings. */
static const char settings[] =
    "select set_config('statement_timeout', '0', false), set_config('lock_timeout', '10s', false),"
    " set_config('idle_in_transaction_session_timeout', '0', false),"
    " set_config('synchronous_commit', 'on', false), set_config('bytea_output', 'hex', false)";

static bool open_link(struct store_pg_move *move, size_t server, struct error *err)
{
    const struct store_pg_options options = options_of(move, server);
    PGresult *set;

    if (move->links[server] != NULL && PQstatus(move->links[server]) == CONNECTION_OK) {
        return true;
    }
    PQfinish(move->links[server]);
    move->links[server] = store_pg_connect(&options, err);
    return move->links[server] != NULL
               ? store_pg_ask(move->links[server], settings, NULL, 0, &set, err) &&
                     (PQclear(set), true)
               : error_prefix(err, "%s", move->servers->items[server].name);
}

/* --- looking --- */

static bool table_exists(struct store_pg_move *move, size_t server, const char *schema,
                         const char *table, bool *out, struct error *err)
{
    const char *name = arena_format(&move->arena, "\"%s\".%s", schema, table);
    PGresult *found;

    if (!store_pg_ask(move->links[server], "select to_regclass($1) is not null", &name, 1, &found,
                      err)) {
        return false;
    }
    *out = PQgetvalue(found, 0, 0)[0] == 't';
    PQclear(found);
    return true;
}

/* A row of a table that tells of a shard. */
struct seen {
    bool found;
    int64_t epoch;
    int64_t incarnation;
    int64_t batch;
    const char *name; /* of a server; NULL: none */
};

static bool read_row(struct store_pg_move *move, size_t server, const char *sql, struct seen *out,
                     struct error *err)
{
    const char *shard = number(move, move->shard);
    PGresult *row;
    bool good = true;

    *out = (struct seen){0};
    if (!store_pg_ask(move->links[server], sql, &shard, 1, &row, err)) {
        return false;
    }
    out->found = PQntuples(row) > 0;
    if (out->found) {
        good = text_to_int64(PQgetvalue(row, 0, 0), &out->epoch) &&
               text_to_int64(PQgetvalue(row, 0, 1), &out->incarnation) &&
               text_to_int64(PQgetvalue(row, 0, 2), &out->batch);
        out->name = PQgetisnull(row, 0, 3) ? NULL : arena_copy(&move->arena, PQgetvalue(row, 0, 3));
    }
    PQclear(row);
    return good || error_set(err, ERROR_FATAL, "una época o un lote que no es un número");
}

static bool look_at_home(struct store_pg_move *move, size_t server, struct move_sight *sight,
                         struct error *err)
{
    struct seen row;
    struct seen left;

    if (!read_row(move, server,
                  arena_format(&move->arena,
                               "select epoch, incarnation, batch, moving_to from \"%s\".shard"
                               " where id = $1::integer",
                               move->schema),
                  &row, err) ||
        !read_row(move, server,
                  arena_format(&move->arena,
                               "select epoch, 0, 0, server from \"%s\".shard_left"
                               " where shard = $1::integer",
                               move->schema),
                  &left, err)) {
        return false;
    }
    *sight = (struct move_sight){.held = row.found,
                                 .epoch = row.epoch,
                                 .incarnation = row.incarnation,
                                 .batch = row.batch,
                                 .moving_to = row.name,
                                 .left = left.found,
                                 .left_epoch = left.epoch,
                                 .left_to = left.name};
    return true;
}

static bool look_at_copy(struct store_pg_move *move, size_t server, struct move_sight *sight,
                         struct error *err)
{
    struct seen copied;

    if (!read_row(move, server,
                  arena_format(&move->arena,
                               "select epoch, 0, 0, source from \"%s\".arrival"
                               " where shard = $1::integer",
                               aside(move)),
                  &copied, err)) {
        return false;
    }
    sight->copied = copied.found;
    sight->copied_epoch = copied.epoch;
    sight->copied_from = copied.name;
    return true;
}

/* A server may have none of the service's tables yet. */
static bool look_at(struct store_pg_move *move, size_t server, struct error *err)
{
    struct move_sight *sight = &move->sights[server];
    bool serves = false;
    bool copies = false;

    *sight = (struct move_sight){0};
    return open_link(move, server, err) &&
           table_exists(move, server, move->schema, "shard_left", &serves, err) &&
           (!serves || look_at_home(move, server, sight, err)) &&
           table_exists(move, server, aside(move), "arrival", &copies, err) &&
           (!copies || look_at_copy(move, server, sight, err));
}

bool store_pg_move_look(struct store_pg_move *move, struct move_decision *out, struct error *err)
{
    for (size_t i = 0; i < move->servers->count; i++) {
        if (!look_at(move, i, err)) {
            return false;
        }
    }
    *out = shard_move_judge(move->servers, move->sights, move->to, move->undo);
    return true;
}

/* --- steps at the home --- */

static bool run(PGconn *link, const char *sql, struct error *err)
{
    PGresult *result;

    if (!store_pg_ask(link, sql, NULL, 0, &result, err)) {
        return false;
    }
    PQclear(result);
    return true;
}

/* One row changes, or somebody else was faster. */
static bool change_one(PGconn *link, const char *sql, const char *const *values, int count,
                       struct error *err)
{
    PGresult *result;
    bool one;

    if (!store_pg_ask(link, sql, values, count, &result, err)) {
        return false;
    }
    one = text_equal(PQcmdTuples(result), "1");
    PQclear(result);
    return one || error_set(err, ERROR_RETRY, "el fragmento cambió mientras tanto");
}

/* As the next owner would: an owner that holds the row in the middle of a batch is waited for, then ended. */
static bool raise_epoch(struct store_pg_move *move, size_t home, int64_t *epoch, struct error *err)
{
    const struct store_pg_options options = options_of(move, home);
    struct store *store = store_pg_create(&options);
    struct store_takeover taken;
    struct arena arena = {0};
    const bool good = store->operations->takeover(store, move->shard, &arena, &taken, err);

    if (good) {
        *epoch = taken.epoch;
    }
    arena_finish(&arena);
    store->operations->destroy(store);
    return good;
}

static bool fence(struct store_pg_move *move, size_t home, struct error *err)
{
    const char *sql =
        arena_format(&move->arena,
                     "update \"%s\".shard set moving_to = $2, owner_pid = null, owner_started ="
                     " null where id = $1::integer and epoch = $3::bigint and moving_to is null",
                     move->schema);
    const char *values[] = {number(move, move->shard), move->servers->items[move->to].name, NULL};
    int64_t epoch;

    if (!raise_epoch(move, home, &epoch, err)) {
        return false;
    }
    values[2] = number(move, epoch);
    return change_one(move->links[home], sql, values, 3, err);
}

static bool resume(struct store_pg_move *move, size_t home, struct error *err)
{
    const char *sql = arena_format(&move->arena,
                                   "update \"%s\".shard set moving_to = null where id = $1::integer"
                                   " and epoch = $3::bigint and moving_to = $2",
                                   move->schema);
    const char *const values[] = {number(move, move->shard), move->servers->items[move->to].name,
                                  number(move, move->sights[home].epoch)};

    return change_one(move->links[home], sql, values, 3, err);
}

/* `which`: what the row must be like besides. */
static bool delete_rows(struct store_pg_move *move, size_t home, const char *which,
                        const struct move_tables *tables, struct move_amount *out,
                        struct error *err)
{
    const char *const values[] = {number(move, move->shard), move->servers->items[move->to].name,
                                  number(move, move->sights[home].epoch)};
    PGconn *link = move->links[home];

    if (!change_one(link,
                    arena_format(&move->arena,
                                 "delete from \"%s\".shard where id = $1::integer and epoch ="
                                 " $3::bigint and %s",
                                 move->schema, which),
                    values, 3, err)) {
        return false;
    }
    for (size_t i = 0; i < tables->count; i++) {
        if (!move_table_delete(link, move->schema, move->shard, &tables->items[i], &out->rows,
                               err)) {
            return false;
        }
    }
    out->tables = tables->count;
    return change_one(link,
                      arena_format(&move->arena,
                                   "insert into \"%s\".shard_left (shard, server, epoch) values"
                                   " ($1::integer, $2, $3::bigint) on conflict (shard) do update"
                                   " set server = excluded.server, epoch = excluded.epoch,"
                                   " left_at = now()",
                                   move->schema),
                      values, 3, err);
}

/* --- steps at the destination --- */

static bool lock(struct store_pg_move *move, struct error *err)
{
    return run(move->links[move->to],
               arena_format(&move->arena,
                            "select pg_advisory_xact_lock(hashtextextended('abasto %s', 0))",
                            aside(move)),
               err);
}

/* The copy that was looked at is still the one that is there. */
static bool lock_copy(struct store_pg_move *move, struct error *err)
{
    const struct move_sight *seen = &move->sights[move->to];
    const char *const values[] = {number(move, move->shard), number(move, seen->copied_epoch)};

    return lock(move, err) &&
           change_one(move->links[move->to],
                      arena_format(&move->arena,
                                   "delete from \"%s\".arrival where shard = $1::integer and epoch"
                                   " = $2::bigint",
                                   aside(move)),
                      values, 2, err);
}

static bool drop(struct store_pg_move *move, struct error *err)
{
    return lock_copy(move, err) &&
           run(move->links[move->to],
               arena_format(&move->arena, "drop schema \"%s\" cascade", aside(move)), err);
}

static bool copy_tables(struct store_pg_move *move, size_t home, const struct move_tables *tables,
                        struct move_amount *out, struct error *err)
{
    const char *schema = aside(move);

    if (!lock(move, err) ||
        !run(move->links[move->to],
             arena_format(&move->arena,
                          "create schema \"%s\"; create table \"%s\".arrival (shard integer primary"
                          " key, source text not null, epoch bigint not null)",
                          schema, schema),
             err)) {
        return false;
    }
    for (size_t i = 0; i < tables->count; i++) {
        if (!move_table_copy(move->links[home], move->links[move->to], move->schema, schema,
                             move->shard, &tables->items[i], &out->rows, err)) {
            return false;
        }
    }
    out->tables = tables->count;
    return run(move->links[move->to],
               arena_format(&move->arena,
                            "update \"%s\".shard set moving_to = null, owner_pid = null,"
                            " owner_started = null; insert into \"%s\".arrival values (%" PRId32
                            ", '%s', %" PRId64 ")",
                            schema, schema, move->shard, move->servers->items[home].name,
                            move->sights[home].epoch),
               err);
}

/* One snapshot of the home; it does not change, for nobody owns the shard. */
static bool copy(struct store_pg_move *move, size_t home, const struct move_tables *tables,
                 struct move_amount *out, struct error *err)
{
    struct error ended = {0};
    const bool good =
        run(move->links[home], "begin isolation level repeatable read read only", err) &&
        copy_tables(move, home, tables, out, err);

    if (!run(move->links[home], "rollback", &ended) && good) {
        *err = ended;
        return false;
    }
    return good;
}

/* Before it is deleted at home the copy is compared once more: it may be another's, and days old. */
static bool compare(struct store_pg_move *move, size_t home, const struct move_tables *tables,
                    struct error *err)
{
    for (size_t i = 0; i < tables->count; i++) {
        if (!text_equal(tables->items[i].name, "shard") &&
            !move_table_compare(move->links[home], move->links[move->to], move->schema, aside(move),
                                move->shard, &tables->items[i], NULL, err)) {
            return false;
        }
    }
    return true;
}

static bool arrive(struct store_pg_move *move, const struct move_tables *tables,
                   struct move_amount *out, struct error *err)
{
    const char *schema = aside(move);
    PGconn *link = move->links[move->to];

    if (!lock_copy(move, err)) {
        return false;
    }
    for (size_t i = 0; i < tables->count; i++) {
        if (!move_table_take(link, schema, move->schema, &tables->items[i], &out->rows, err)) {
            return false;
        }
    }
    out->tables = tables->count;
    return run(link,
               arena_format(&move->arena,
                            "delete from \"%s\".shard_left where shard = %" PRId32
                            "; drop schema \"%s\" cascade",
                            move->schema, move->shard, schema),
               err);
}

/* --- one step --- */

static size_t server_of(const struct store_pg_move *move, const struct move_decision *decision)
{
    switch (decision->step) {
    case MOVE_COPY:
    case MOVE_ARRIVE:
    case MOVE_DROP:
        return move->to;
    case MOVE_DONE:
    case MOVE_FENCE:
    case MOVE_REMOVE:
    case MOVE_FORGET:
    case MOVE_RESUME:
    case MOVE_STUCK:
        break;
    }
    return decision->from;
}

static bool step(struct store_pg_move *move, const struct move_decision *decision,
                 const struct move_tables *tables, struct move_amount *out, struct error *err)
{
    switch (decision->step) {
    case MOVE_FENCE:
        return fence(move, decision->from, err);
    case MOVE_COPY:
        return copy(move, decision->from, tables, out, err);
    case MOVE_REMOVE:
        return compare(move, decision->from, tables, err) &&
               delete_rows(move, decision->from, "moving_to = $2", tables, out, err);
    case MOVE_FORGET:
        return delete_rows(move, decision->from, "$2::text is not null", tables, out, err);
    case MOVE_ARRIVE:
        return arrive(move, tables, out, err);
    case MOVE_RESUME:
        return resume(move, decision->from, err);
    case MOVE_DROP:
        return drop(move, err);
    case MOVE_DONE:
    case MOVE_STUCK:
        break;
    }
    return true;
}

bool store_pg_move_do(struct store_pg_move *move, const struct move_decision *decision,
                      struct move_amount *out, struct error *err)
{
    PGconn *link = move->links[server_of(move, decision)];
    struct move_tables tables;
    struct error undone = {0};

    *out = (struct move_amount){0};
    if (decision->step == MOVE_DONE || decision->step == MOVE_STUCK) {
        return true;
    }
    /* The same tables on both sides, before anything is touched. */
    if (!move_tables_find(move->links[decision->from], move->links[move->to], move->schema,
                          &move->arena, &tables, err) ||
        !run(link, "begin", err)) {
        return false;
    }
    if (!step(move, decision, &tables, out, err)) {
        (void)run(link, "rollback", &undone);
        return false;
    }
    return run(link, "commit", err);
}

bool store_pg_move_measure(struct store_pg_move *move, size_t home, struct move_amount *out,
                           struct error *err)
{
    struct move_tables tables;

    *out = (struct move_amount){0};
    if (!move_tables_find(move->links[home], move->links[move->to], move->schema, &move->arena,
                          &tables, err)) {
        return false;
    }
    out->tables = tables.count;
    for (size_t i = 0; i < tables.count; i++) {
        if (!move_table_count(move->links[home], move->schema, move->shard, &tables.items[i],
                              &out->rows, err)) {
            return false;
        }
    }
    return true;
}

void store_pg_move_finish(struct store_pg_move *move)
{
    for (size_t i = 0; i < SERVERS_MAX; i++) {
        PQfinish(move->links[i]);
    }
    arena_finish(&move->arena);
}
