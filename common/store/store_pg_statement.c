#include "common/store/store_pg_statement.h"

#include "common/base/arena.h"
#include "common/base/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BACKEND_START "(select backend_start from pg_stat_activity where pid = pg_backend_pid())"

/* Indexed by enum store_pg_own; the name is that of the prepared statement. */
static const struct {
    const char *name;
    const char *sql;
} own[STORE_PG_OWN_COUNT] = {
    [STORE_PG_LOCK_TIMEOUT] = {"lock_timeout", "select set_config('lock_timeout', $1::text, true)"},
    [STORE_PG_TAKE] = {"take", "update shard set epoch = epoch + 1, owner_pid = pg_backend_pid(),"
                               " owner_started = " BACKEND_START
                               " where id = $1::integer and rule_version <= $2::integer"
                               " and moving_to is null"
                               " returning incarnation, epoch, batch, published, rule_version"},
    [STORE_PG_SHARD] = {"shard",
                        "select rule_version, moving_to from shard where id = $1::integer"},
    [STORE_PG_LEFT] = {"left", "select server from shard_left where shard = $1::integer"},
    [STORE_PG_POSITIONS] = {"positions", "select topic, next_offset from input_position"
                                         " where shard = $1::integer order by topic"},
    [STORE_PG_SEQUENCES] =
        {"sequences", "select topic, partition, incarnation, seq, acked_offset from output_seq"
                      " where shard = $1::integer order by topic, partition"},
    [STORE_PG_HEARD] =
        {"heard",
         "select producer, producer_shard, topic, incarnation, seq, gap::integer from heard"
         " where shard = $1::integer order by producer, producer_shard, topic"},
    [STORE_PG_WATERMARKS] = {"watermarks",
                             "select topic, producer, institution, day from watermark"
                             " where shard = $1::integer order by topic, producer, institution"},
    [STORE_PG_FORWARDED] = {"forwarded", "select institution, day from forwarded"
                                         " where shard = $1::integer order by institution"},
    [STORE_PG_REPLAYS] = {"replays", "select topic, until from replay where shard = $1::integer"
                                     " order by topic"},
    [STORE_PG_UNPUBLISHED] =
        {"unpublished", "select batch, events from outbox where shard = $1::integer and batch >"
                        " (select published from shard where id = $1::integer)"
                        " order by batch"},
    /* The lock that was waited for is a transaction's, the one that stands in xmax of the row. Only the
     * recorded owner is ended, and only while the pid is still the same backend. */
    [STORE_PG_EVICT] = {"evict",
                        "select s.owner_pid, holder.pid, case when owner.pid is not null"
                        " and owner.pid = coalesce(holder.pid, owner.pid)"
                        " then pg_terminate_backend(owner.pid, 5000) end"
                        " from shard s left join pg_stat_activity owner on owner.pid = s.owner_pid"
                        " and owner.backend_start = s.owner_started"
                        " and owner.pid <> pg_backend_pid()"
                        " left join pg_locks holder on holder.locktype = 'transactionid'"
                        " and holder.transactionid = s.xmax and holder.mode = 'ExclusiveLock'"
                        " and holder.granted where s.id = $1::integer"},
    [STORE_PG_RELEASE] = {"release", "update shard set owner_pid = null, owner_started = null,"
                                     " published = greatest(published, least($3::bigint, batch))"
                                     " where id = $1::integer and epoch = $2::bigint"},
    [STORE_PG_OWNS] = {"owns", "select from shard where id = $1::integer and epoch = $2::bigint"},
    [STORE_PG_AGENDA] =
        {"agenda",
         "select a.due, a.kind, a.key, a.traceparent from agenda a where a.shard = $1::integer"
         " and a.due <= $2::integer and (a.due = $3::integer or exists (select from"
         " unnest($4::text[], $5::integer[]) d(institution, day)"
         " where a.due <= d.day and starts_with(a.key, d.institution || '/')))"
         " order by a.due, a.kind, a.key limit $6::bigint"},
    [STORE_PG_AGENDA_SIZE] = {"agenda_size", "select count(*) from (select from agenda"
                                             " where shard = $1::integer limit $2::bigint) a"},
    [STORE_PG_OUTBOX] = {"outbox", "select batch, events from outbox where shard = $1::integer"
                                   " and batch between $2::bigint and $3::bigint order by batch"},
    [STORE_PG_ADVANCE] = {"advance",
                          "select advance($1::integer, $2::bigint, $3::bigint, $4::bigint,"
                          " $5::text[], $6::bigint[], $7::bigint[], $8::bigint, $9::integer)"},
    [STORE_PG_REPLAYED] = {"replayed", "delete from replay where shard = $1::integer"},
    [STORE_PG_DONE] = {"done",
                       "delete from agenda a using unnest($2::integer[], $3::text[], $4::text[])"
                       " d(due, kind, key) where a.shard = $1::integer and a.due = d.due"
                       " and a.kind = d.kind and a.key = d.key"},
    [STORE_PG_LATER] =
        {"later", "insert into agenda (shard, due, kind, key, traceparent) select $1::integer,"
                  " u.* from unnest($2::integer[], $3::text[], $4::text[], $5::text[]) u"
                  " on conflict do nothing"},
    [STORE_PG_PUT_SEQUENCES] = {"put_sequences",
                                "insert into output_seq (shard, topic, partition, incarnation, seq,"
                                " acked_offset) select $1::integer, u.* from unnest($2::text[],"
                                " $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[]) u"
                                " on conflict (shard, topic, partition) do update set incarnation ="
                                " excluded.incarnation, seq = excluded.seq,"
                                " acked_offset = excluded.acked_offset"},
    [STORE_PG_PUT_HEARD] =
        {"put_heard", "insert into heard (shard, producer, producer_shard, topic, incarnation,"
                      " seq, gap) select $1::integer, u.* from unnest($2::text[], $3::integer[],"
                      " $4::text[], $5::bigint[], $6::bigint[], $7::boolean[]) u on conflict"
                      " (shard, producer, producer_shard, topic) do update set incarnation ="
                      " excluded.incarnation, seq = excluded.seq, gap = excluded.gap"},
    [STORE_PG_PUT_WATERMARKS] =
        {"put_watermarks", "insert into watermark (shard, topic, producer, institution, day)"
                           " select $1::integer, u.* from unnest($2::text[], $3::text[],"
                           " $4::text[], $5::integer[]) u on conflict (shard, topic, producer,"
                           " institution) do update set day = excluded.day"},
    [STORE_PG_PUT_FORWARDED] =
        {"put_forwarded", "insert into forwarded (shard, institution, day) select $1::integer,"
                          " u.* from unnest($2::text[], $3::integer[]) u"
                          " on conflict (shard, institution) do update set day = excluded.day"},
    [STORE_PG_PUT_QUARANTINE] =
        {"put_quarantine", "insert into quarantine (shard, id, institution, source, position,"
                           " column_name, found, expected, reason, action, payload)"
                           " select $1::integer, u.* from unnest($2::text[], $3::text[],"
                           " $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],"
                           " $9::text[], $10::text[], $11::bytea[]) u on conflict do nothing"},
    [STORE_PG_PUT_OUTBOX] = {"put_outbox", "insert into outbox (shard, batch, events)"
                                           " values ($1::integer, $2::bigint, $3::bytea)"},
    [STORE_PG_PRUNE] = {"prune",
                        "delete from outbox where shard = $1::integer and batch <= $2::bigint"
                        " and committed_at < now() - make_interval(secs => $3::integer)"},
};

const char *store_pg_type_name(enum column_type type)
{
    switch (type) {
    case COLUMN_TEXT:
        return "text";
    case COLUMN_INT64:
        return "bigint";
    case COLUMN_INT32:
        return "integer";
    case COLUMN_DATE:
        return "date";
    case COLUMN_BOOL:
        return "boolean";
    }
    return "text";
}

static void append_columns(struct buffer *sql, const struct table *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_format(sql, "%s\"%s\"", i > 0 ? ", " : "", table->columns[i].name);
    }
}

/* OFFSET 0 keeps the inner query apart, so that it is always one probe of the key, however few rows the
 * planner believes there are: a statement is planned while its table is still empty. */
static void write_load(struct buffer *sql, const struct table *table)
{
    buffer_append_text(sql, "select r.* from unnest($2::text[]) o(owner), lateral (select ");
    append_columns(sql, table, table->column_count);
    buffer_format(sql,
                  " from \"%s\" t where t.shard = $1::integer and t.\"%s\" = o.owner offset 0) r"
                  " order by ",
                  table->name, table->columns[0].name);
    for (size_t i = 0; i < table->key_columns; i++) {
        buffer_format(sql, "%sr.\"%s\"", i > 0 ? ", " : "", table->columns[i].name);
    }
}

static void write_save(struct buffer *sql, const struct table *table)
{
    buffer_format(sql, "insert into \"%s\" (shard, ", table->name);
    append_columns(sql, table, table->column_count);
    buffer_append_text(sql, ") select $1::integer, u.* from unnest(");
    for (size_t i = 0; i < table->column_count; i++) {
        buffer_format(sql, "%s$%zu::%s[]", i > 0 ? ", " : "", i + 2,
                      store_pg_type_name(table->columns[i].type));
    }
    buffer_append_text(sql, ") u on conflict (shard, ");
    append_columns(sql, table, table->key_columns);
    if (table->column_count == table->key_columns) {
        buffer_append_text(sql, ") do nothing");
        return;
    }
    buffer_append_text(sql, ") do update set ");
    for (size_t i = table->key_columns; i < table->column_count; i++) {
        buffer_format(sql, "%s\"%s\" = excluded.\"%s\"", i > table->key_columns ? ", " : "",
                      table->columns[i].name, table->columns[i].name);
    }
}

/* 1114111 is the last code point: bytewise, what begins with the prefix sorts before it. */
static void write_touch(struct buffer *sql, const struct table *table)
{
    const char *owner = table->columns[0].name;

    buffer_format(sql,
                  "insert into agenda (shard, due, kind, key, traceparent) select distinct"
                  " $1::integer, $2::integer, $3::text, t.\"%s\", $5::text from \"%s\" t where "
                  "t.shard = $1::integer"
                  " and t.\"%s\" >= $4::text and t.\"%s\" < $4::text || chr(1114111)"
                  " on conflict do nothing",
                  owner, table->name, owner, owner);
}

static void (*const of_table[STORE_PG_OF_TABLE_COUNT])(struct buffer *, const struct table *) = {
    [STORE_PG_TABLE_LOAD] = write_load,
    [STORE_PG_TABLE_SAVE] = write_save,
    [STORE_PG_TABLE_TOUCH] = write_touch,
};
static const char *const of_table_names[STORE_PG_OF_TABLE_COUNT] = {
    [STORE_PG_TABLE_LOAD] = "load",
    [STORE_PG_TABLE_SAVE] = "save",
    [STORE_PG_TABLE_TOUCH] = "touch",
};

static void add(struct store_pg_statements *statements, const char *name, const char *sql)
{
    statements->items[statements->count++] =
        (struct store_pg_statement){.name = memory_copy(name), .sql = memory_copy(sql)};
}

void store_pg_statements_init(struct store_pg_statements *statements,
                              const struct table *const *tables)
{
    struct buffer name = {0};
    struct buffer sql = {0};
    size_t table_count = 0;

    while (tables[table_count] != NULL) {
        table_count++;
    }
    *statements = (struct store_pg_statements){.tables = tables};
    statements->items = memory_alloc((STORE_PG_OWN_COUNT + table_count * STORE_PG_OF_TABLE_COUNT) *
                                     sizeof *statements->items);
    for (size_t i = 0; i < STORE_PG_OWN_COUNT; i++) {
        add(statements, own[i].name, own[i].sql);
    }
    for (size_t i = 0; i < table_count; i++) {
        for (size_t which = 0; which < STORE_PG_OF_TABLE_COUNT; which++) {
            buffer_clear(&name);
            buffer_clear(&sql);
            buffer_format(&name, "%s/%zu", of_table_names[which], i);
            of_table[which](&sql, tables[i]);
            add(statements, buffer_text(&name), buffer_text(&sql));
        }
    }
    buffer_finish(&name);
    buffer_finish(&sql);
}

void store_pg_statements_finish(struct store_pg_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        free(statements->items[i].name);
        free(statements->items[i].sql);
    }
    free(statements->items);
    *statements = (struct store_pg_statements){0};
}

const char *store_pg_statement_own(const struct store_pg_statements *statements,
                                   enum store_pg_own which)
{
    assert(which < STORE_PG_OWN_COUNT);
    return statements->items[which].name;
}

bool store_pg_statement_of(const struct store_pg_statements *statements, const struct table *table,
                           enum store_pg_of_table which, const char **name, struct error *err)
{
    for (size_t i = 0; statements->tables[i] != NULL; i++) {
        if (statements->tables[i] == table ||
            strcmp(statements->tables[i]->name, table->name) == 0) {
            *name =
                statements->items[STORE_PG_OWN_COUNT + i * STORE_PG_OF_TABLE_COUNT + which].name;
            return true;
        }
    }
    return error_set(err, ERROR_FATAL, "la tabla %s no está entre las declaradas del servicio",
                     table->name);
}
