#include "common/store/store_pg_move_table.h"

#include "common/base/text.h"
#include "common/store/store_pg_connect.h"
#include "common/store/store_pg_result.h"

#include <inttypes.h>

/* `shard` itself names the shard in `id`; which shards left is each server's own to know. */
static const char tables_sql[] =
    "select c.relname, case c.relname when 'shard' then 'id' else 'shard' end,"
    " string_agg(quote_ident(a.attname), ', ' order by a.attname collate \"C\"),"
    " string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '"
    " order by a.attname collate \"C\"), bool_or(a.attname = 'shard' or c.relname = 'shard')"
    " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
    " and not a.attisdropped where c.relnamespace = to_regnamespace(quote_ident($1))"
    " and c.relkind in ('r', 'p') and c.relname <> 'shard_left'"
    " group by c.relname order by c.relname collate \"C\"";

enum { AT_NAME, AT_KEY, AT_COLUMNS, AT_TYPES, AT_HAS_KEY };

static bool find_in(PGconn *link, const char *schema, struct arena *arena, struct move_tables *out,
                    struct error *err)
{
    PGresult *found;

    if (!store_pg_ask(link, tables_sql, &schema, 1, &found, err)) {
        return false;
    }
    out->count = (size_t)PQntuples(found);
    out->items = arena_array(arena, out->count + 1, sizeof *out->items);
    for (int row = 0; row < PQntuples(found); row++) {
        out->items[row] =
            (struct move_table){.name = arena_copy(arena, PQgetvalue(found, row, AT_NAME)),
                                .key = arena_copy(arena, PQgetvalue(found, row, AT_KEY)),
                                .columns = arena_copy(arena, PQgetvalue(found, row, AT_COLUMNS)),
                                .types = arena_copy(arena, PQgetvalue(found, row, AT_TYPES))};
        if (PQgetvalue(found, row, AT_HAS_KEY)[0] != 't') {
            (void)error_set(err, ERROR_REJECT,
                            "la tabla %s.%s no tiene columna shard: no se sabe de qué fragmento es "
                            "cada renglón",
                            schema, out->items[row].name);
        }
    }
    PQclear(found);
    return err->action == ERROR_NONE;
}

bool move_tables_find(PGconn *home, PGconn *destination, const char *schema, struct arena *arena,
                      struct move_tables *out, struct error *err)
{
    struct move_tables there;

    if (!find_in(home, schema, arena, out, err) ||
        !find_in(destination, schema, arena, &there, err)) {
        return false;
    }
    for (size_t i = 0; i < out->count || i < there.count; i++) {
        const char *here = i < out->count ? out->items[i].name : there.items[i].name;

        if (i >= out->count || i >= there.count || !text_equal(here, there.items[i].name) ||
            !text_equal(out->items[i].types, there.items[i].types)) {
            return error_set(err, ERROR_REJECT,
                             "las tablas de %s no son iguales en los dos servidores (%s): arranque "
                             "el servicio con ambos en ABASTO_DATABASES, que las prepara",
                             schema, here);
        }
    }
    return true;
}

static bool read_count(const char *text, int64_t *rows, struct error *err)
{
    int64_t more;

    if (!text_to_int64(text, &more)) {
        return error_set(err, ERROR_FATAL, "un número de renglones que no lo es");
    }
    *rows += more;
    return true;
}

bool move_table_count(PGconn *link, const char *schema, int32_t shard,
                      const struct move_table *table, int64_t *rows, struct error *err)
{
    struct arena arena = {0};
    PGresult *found;
    bool good =
        store_pg_ask(link,
                     arena_format(&arena, "select count(*) from \"%s\".\"%s\" where %s = %" PRId32,
                                  schema, table->name, table->key, shard),
                     NULL, 0, &found, err);

    if (good) {
        good = read_count(PQgetvalue(found, 0, 0), rows, err);
        PQclear(found);
    }
    arena_finish(&arena);
    return good;
}

/* --- copying --- */

/* Until the server has no more; an error of either side ends the other's COPY. */
static bool pass_on(PGconn *home, PGconn *destination, struct error *err)
{
    char *piece;
    int size;

    while ((size = PQgetCopyData(home, &piece, 0)) > 0) {
        const bool put = PQputCopyData(destination, piece, size) == 1;

        PQfreemem(piece);
        if (!put) {
            return error_set(err, ERROR_RETRY, "copiar: %s", PQerrorMessage(destination));
        }
    }
    return size == -1 || error_set(err, ERROR_RETRY, "copiar: %s", PQerrorMessage(home));
}

static bool end_copy(PGconn *link, const char *doing, struct error *err)
{
    PGresult *result;
    bool good = true;

    while ((result = PQgetResult(link)) != NULL) {
        if (PQresultStatus(result) == PGRES_COPY_OUT) { /* it was left in the middle */
            PQclear(result);
            return error_set(err, ERROR_RETRY, "%s: se interrumpió", doing);
        }
        good = (PQresultStatus(result) == PGRES_COMMAND_OK || store_pg_fail(result, doing, err)) &&
               good;
        PQclear(result);
    }
    return good;
}

static bool begin_copy(PGconn *link, const char *sql, ExecStatusType wanted, struct error *err)
{
    PGresult *result = PQexec(link, sql);
    const bool begun = PQresultStatus(result) == wanted || store_pg_fail(result, "copiar", err);

    PQclear(result);
    return begun;
}

static bool stream(PGconn *home, PGconn *destination, const char *out_sql, const char *in_sql,
                   struct error *err)
{
    bool passed;

    if (!begin_copy(destination, in_sql, PGRES_COPY_IN, err)) {
        return false;
    }
    passed = begin_copy(home, out_sql, PGRES_COPY_OUT, err) && pass_on(home, destination, err);
    if (PQputCopyEnd(destination, passed ? NULL : "se interrumpió") != 1) {
        return error_set(err, ERROR_RETRY, "copiar: %s", PQerrorMessage(destination));
    }
    return passed && end_copy(home, "leer de su origen", err) &&
           end_copy(destination, "copiar a su destino", err);
}

bool move_table_copy(PGconn *home, PGconn *destination, const char *schema, const char *aside,
                     int32_t shard, const struct move_table *table, int64_t *rows,
                     struct error *err)
{
    struct arena arena = {0};
    const char *make = arena_format(&arena, "create table \"%s\".\"%s\" (like \"%s\".\"%s\")",
                                    aside, table->name, schema, table->name);
    const char *out = arena_format(&arena,
                                   "copy (select %s from \"%s\".\"%s\" where %s = %" PRId32
                                   ") to stdout (format binary)",
                                   table->columns, schema, table->name, table->key, shard);
    const char *in = arena_format(&arena, "copy \"%s\".\"%s\" (%s) from stdin (format binary)",
                                  aside, table->name, table->columns);
    PGresult *made;
    bool good = store_pg_ask(destination, make, NULL, 0, &made, err);

    if (good) {
        PQclear(made);
        good = stream(home, destination, out, in, err) &&
               move_table_compare(home, destination, schema, aside, shard, table, rows, err);
    }
    arena_finish(&arena);
    return good;
}

/* --- comparing --- */

/* Half of each row's MD5, added up: the same in any order and on any version of PostgreSQL. It is to find what was
 * damaged or left out, not what somebody forged. */
static PGresult *summarise(PGconn *link, const char *schema, const struct move_table *table,
                           const char *where, struct arena *arena, struct error *err)
{
    PGresult *sum;

    return store_pg_ask(
               link,
               arena_format(arena,
                            "select count(*), coalesce(sum(('x' || left(md5(row(%s)::text), 16))"
                            "::bit(64)::bigint::numeric), 0) from \"%s\".\"%s\"%s",
                            table->columns, schema, table->name, where),
               NULL, 0, &sum, err)
               ? sum
               : NULL;
}

bool move_table_compare(PGconn *home, PGconn *destination, const char *schema, const char *aside,
                        int32_t shard, const struct move_table *table, int64_t *rows,
                        struct error *err)
{
    struct arena arena = {0};
    int64_t ignored = 0;
    PGresult *source =
        summarise(home, schema, table,
                  arena_format(&arena, " where %s = %" PRId32, table->key, shard), &arena, err);
    PGresult *target =
        source == NULL ? NULL : summarise(destination, aside, table, "", &arena, err);
    const bool good =
        target != NULL &&
        ((text_equal(PQgetvalue(source, 0, 0), PQgetvalue(target, 0, 0)) &&
          text_equal(PQgetvalue(source, 0, 1), PQgetvalue(target, 0, 1))) ||
         error_set(err, ERROR_REJECT,
                   "la copia de %s.%s no es igual a su origen (%s renglones, %s copiados)", schema,
                   table->name, PQgetvalue(source, 0, 0), PQgetvalue(target, 0, 0))) &&
        read_count(PQgetvalue(source, 0, 0), rows == NULL ? &ignored : rows, err);

    PQclear(source);
    PQclear(target);
    arena_finish(&arena);
    return good;
}

/* --- taking and deleting --- */

static bool change(PGconn *link, const char *sql, int64_t *rows, struct error *err)
{
    PGresult *changed;
    bool good = store_pg_ask(link, sql, NULL, 0, &changed, err);

    if (good) {
        good = read_count(PQcmdTuples(changed), rows, err);
        PQclear(changed);
    }
    return good;
}

bool move_table_take(PGconn *link, const char *aside, const char *schema,
                     const struct move_table *table, int64_t *rows, struct error *err)
{
    struct arena arena = {0};
    const bool good = change(
        link,
        arena_format(&arena, "insert into \"%s\".\"%s\" (%s) select %s from \"%s\".\"%s\"", schema,
                     table->name, table->columns, table->columns, aside, table->name),
        rows, err);

    arena_finish(&arena);
    return good;
}

bool move_table_delete(PGconn *link, const char *schema, int32_t shard,
                       const struct move_table *table, int64_t *rows, struct error *err)
{
    struct arena arena = {0};
    const bool good = change(link,
                             arena_format(&arena, "delete from \"%s\".\"%s\" where %s = %" PRId32,
                                          schema, table->name, table->key, shard),
                             rows, err);

    arena_finish(&arena);
    return good;
}
