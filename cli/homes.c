#include "cli/homes.h"

#include "cli/merge.h"
#include "cli/place.h"
#include "cli/say.h"
#include "common/base/buffer.h"
#include "common/base/text.h"

#include <inttypes.h>

enum { TRIES = 40, PAUSE_MS = 250 };

/* In the order of shards_sql. */
enum { AT_SCHEMA, AT_SHARD, AT_HELD, AT_INCARNATION, AT_EPOCH, AT_TO };

static const char schemas_sql[] =
    "select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where c.relname = 'shard_left' and c.relkind = 'r' and has_table_privilege(c.oid, 'select')"
    " order by 1";

static bool is_place(const char *schema)
{
    for (size_t i = 0; i < place_count; i++) {
        if (text_equal(places[i].schema, schema)) {
            return true;
        }
    }
    return false;
}

/* One select over all services whose tables the server has; empty: it has none. */
static bool write_sql(struct connection *connection, size_t server, struct buffer *sql,
                      struct error *err)
{
    PGresult *schemas;

    if (!connection_query_at(connection, server, schemas_sql, NULL, 0, &schemas, err)) {
        return false;
    }
    for (int row = 0; row < connection_rows(schemas); row++) {
        const char *schema = connection_text(schemas, row, 0);

        if (is_place(schema)) {
            buffer_format(sql,
                          "%sselect '%s', id, true, incarnation, epoch, moving_to from %s.shard"
                          " union all select '%s', shard, false, 0, epoch, server from"
                          " %s.shard_left",
                          sql->size > 0 ? " union all " : "", schema, schema, schema, schema);
        }
    }
    PQclear(schemas);
    return true;
}

static bool take_home(const PGresult *found, int row, size_t server, struct arena *arena,
                      struct home *out, struct error *err)
{
    *out = (struct home){.schema = arena_copy(arena, connection_text(found, row, AT_SCHEMA)),
                         .server = server,
                         .held = text_equal(connection_text(found, row, AT_HELD), "t"),
                         .to = connection_text(found, row, AT_TO)};
    out->to = out->to == NULL ? NULL : arena_copy(arena, out->to);
    return connection_int64(found, row, AT_SHARD, &out->shard, err) &&
           connection_int64(found, row, AT_INCARNATION, &out->incarnation, err) &&
           connection_int64(found, row, AT_EPOCH, &out->epoch, err);
}

static bool read_server(struct connection *connection, size_t server, struct arena *arena,
                        struct homes *homes, struct error *err)
{
    struct buffer sql = {0};
    PGresult *found = NULL;
    bool good = write_sql(connection, server, &sql, err);

    if (good && sql.size > 0) {
        buffer_append_text(&sql, " order by 1, 2, 3");
        good = connection_query_at(connection, server, buffer_text(&sql), NULL, 0, &found, err);
    }
    buffer_finish(&sql);
    if (good && connection_rows(found) > 0) {
        struct home *more =
            arena_array(arena, homes->count + (size_t)connection_rows(found), sizeof *more);

        for (size_t i = 0; i < homes->count; i++) {
            more[i] = homes->items[i];
        }
        homes->items = more;
    }
    for (int row = 0; good && row < connection_rows(found); row++) {
        good = take_home(found, row, server, arena, &homes->items[homes->count++], err);
    }
    PQclear(found);
    return good;
}

bool homes_read(struct connection *connection, struct arena *arena, struct homes *out,
                struct error *err)
{
    *out = (struct homes){0};
    for (size_t i = 0; i < connection_servers(connection); i++) {
        if (!read_server(connection, i, arena, out, err)) {
            return false;
        }
    }
    return true;
}

bool homes_same_service(const struct home *home, const char *schema)
{
    return text_equal(home->schema, schema);
}

int64_t homes_end(const struct homes *homes, const char *schema)
{
    int64_t end = 0;

    for (size_t i = 0; i < homes->count; i++) {
        const struct home *home = &homes->items[i];

        if (homes_same_service(home, schema) && home->shard >= end) {
            end = home->shard + 1;
        }
    }
    return end;
}

const struct home *homes_holder(const struct homes *homes, const char *schema, int64_t shard)
{
    for (size_t i = 0; i < homes->count; i++) {
        const struct home *home = &homes->items[i];

        if (home->held && home->shard == shard && text_equal(home->schema, schema)) {
            return home;
        }
    }
    return NULL;
}

/* --- a question to all of them --- */

/* `*whole`: each shard is on one server. */
static bool check(const struct connection *connection, const struct homes *homes, bool *whole,
                  struct error *err)
{
    *whole = true;
    for (size_t i = 0; i < homes->count; i++) {
        const struct home *home = &homes->items[i];
        const struct home *holder = homes_holder(homes, home->schema, home->shard);

        if (holder == NULL &&
            server_list_index(connection->servers, home->to) == connection_servers(connection)) {
            return error_set(err, ERROR_REJECT,
                             say("%s/%" PRId64 " está en el servidor %s: nómbrelo en "
                                 "ABASTO_DATABASES, o las cifras no estarían completas",
                                 "%s/%" PRId64 " is on the server %s: name it in "
                                 "ABASTO_DATABASES, or the figures would not be whole"),
                             home->schema, home->shard, home->to);
        }
        *whole = *whole && holder != NULL;
        if (home->held && holder != home) {
            return error_set(err, ERROR_FATAL,
                             say("%s/%" PRId64 " está en %s y en %s: uno de ellos se restauró a un "
                                 "punto anterior; vea docs/operations.md",
                                 "%s/%" PRId64 " is on %s and on %s: one of them was restored to "
                                 "an older point; see docs/operations.md"),
                             home->schema, home->shard,
                             connection->servers->items[holder->server].name,
                             connection->servers->items[home->server].name);
        }
    }
    return true;
}

bool homes_are_known(struct connection *connection, struct error *err)
{
    struct arena arena = {0};
    struct homes homes;
    bool whole;
    const bool good =
        homes_read(connection, &arena, &homes, err) && check(connection, &homes, &whole, err);

    arena_finish(&arena);
    return good;
}

static bool same(const struct homes *one, const struct homes *other)
{
    bool equal = one->count == other->count;

    for (size_t i = 0; equal && i < one->count; i++) {
        equal = one->items[i].held == other->items[i].held &&
                one->items[i].shard == other->items[i].shard &&
                one->items[i].server == other->items[i].server &&
                text_equal(one->items[i].schema, other->items[i].schema);
    }
    return equal;
}

static bool ask_all(struct connection *connection, const char *sql, const char *const *values,
                    size_t count, PGresult **out, struct error *err)
{
    *out = NULL;
    for (size_t i = 0; i < connection_servers(connection); i++) {
        PGresult *more = NULL;
        const bool good = connection_query_at(connection, i, sql, values, count, &more, err) &&
                          merge_append(out, more, err);

        PQclear(more);
        if (!good) {
            PQclear(*out);
            *out = NULL;
            return false;
        }
    }
    return true;
}

/* `*settled`: nothing moved meanwhile. */
static bool ask_settled(struct connection *connection, const char *sql, const char *const *values,
                        size_t count, PGresult **out, bool *settled, struct error *err)
{
    struct arena arena = {0};
    struct homes before;
    struct homes after;
    bool good =
        homes_read(connection, &arena, &before, err) && check(connection, &before, settled, err);

    *out = NULL;
    if (good && *settled) {
        good = ask_all(connection, sql, values, count, out, err) &&
               homes_read(connection, &arena, &after, err);
        *settled = good && same(&before, &after);
    }
    arena_finish(&arena);
    if (!good || !*settled) {
        PQclear(*out);
        *out = NULL;
    }
    return good;
}

bool homes_query(struct connection *connection, const char *sql, const char *const *values,
                 size_t count, PGresult **out, struct error *err)
{
    bool settled = false;

    for (int i = 0; i < TRIES; i++) {
        if (!ask_settled(connection, sql, values, count, out, &settled, err)) {
            return false;
        }
        if (settled) {
            return true;
        }
        connection_pause(PAUSE_MS);
    }
    return error_set(err, ERROR_RETRY,
                     say("una partición está entre dos servidores: abasto shard list dice cuál, "
                         "abasto shard move la termina de mover",
                         "a shard is between two servers: abasto shard list tells which one, "
                         "abasto shard move finishes its move"));
}
