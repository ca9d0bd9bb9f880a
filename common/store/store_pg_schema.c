#include "common/store/store_pg.h"

#include "common/base/buffer.h"
#include "common/store/store_pg_connect.h"
#include "common/store/store_pg_result.h"
#include "common/store/store_pg_statement.h"

#include <inttypes.h>

/* Every start migrates, beside instances that work: what is as it should be must not be locked. ALTER TABLE locks the
 * table against everybody before it looks. */
static const char ensure_column_function[] =
    "create or replace function ensure_column(the_table text, the_column text, the_type text)"
    " returns void language plpgsql as $ensure$\n"
    "begin\n"
    " if not exists (select from pg_attribute where attrelid = quote_ident(the_table)::regclass"
    "  and attname = the_column and not attisdropped) then\n"
    "  execute format('alter table %I add column %I %s', the_table, the_column, the_type);\n"
    " end if;\n"
    "end $ensure$;";

/* A view says in its comment what it was made of. Its columns may have changed: replacing it would not do. */
static const char ensure_view_function[] =
    "create or replace function ensure_view(the_view text, the_select text)"
    " returns void language plpgsql as $ensure$\n"
    "begin\n"
    " if obj_description(to_regclass(quote_ident(the_view)), 'pg_class')"
    "  is distinct from md5(the_select) then\n"
    "  execute format('drop view if exists %I', the_view);\n"
    "  execute format('create view %I as %s', the_view, the_select);\n"
    "  execute format('comment on view %I is %L', the_view, md5(the_select));\n"
    " end if;\n"
    "end $ensure$;";

/* The runtime's own tables. Names of shards' owners, of topics and keys compare bytewise. */
static const char own_tables[] =
    "create table if not exists shard (id integer primary key, incarnation bigint not null,"
    " epoch bigint not null, batch bigint not null, published bigint not null,"
    " rule_version integer not null default 0, owner_pid integer, owner_started timestamptz,"
    " moving_to text);"
    "select ensure_column('shard', 'moving_to', 'text');"
    "create table if not exists shard_left (shard integer primary key, server text not null,"
    " epoch bigint not null, left_at timestamptz not null default now());"
    "create table if not exists input_position (shard integer, topic text collate \"C\","
    " next_offset bigint not null, primary key (shard, topic));"
    "create table if not exists output_seq (shard integer, topic text collate \"C\","
    " partition integer, incarnation bigint not null, seq bigint not null,"
    " acked_offset bigint not null, primary key (shard, topic, partition));"
    "create table if not exists heard (shard integer, producer text collate \"C\","
    " producer_shard integer, topic text collate \"C\", incarnation bigint not null,"
    " seq bigint not null, primary key (shard, producer, producer_shard, topic));"
    "alter table heard add column if not exists gap boolean not null default false;"
    "create table if not exists replay (shard integer, topic text collate \"C\","
    " until bigint not null, primary key (shard, topic));"
    "create table if not exists outbox (shard integer, batch bigint, events bytea not null,"
    " committed_at timestamptz not null default now(), primary key (shard, batch));"
    "do $storage$ begin if exists (select from pg_attribute where attrelid = 'outbox'::regclass"
    " and attname = 'events' and attstorage <> 'e') then"
    " alter table outbox alter column events set storage external; end if; end $storage$;"
    "create table if not exists watermark (shard integer, topic text collate \"C\","
    " producer text collate \"C\", institution text collate \"C\", day integer not null,"
    " primary key (shard, topic, producer, institution));"
    "create table if not exists forwarded (shard integer, institution text collate \"C\","
    " day integer not null, primary key (shard, institution));"
    "create table if not exists agenda (shard integer, due integer, kind text collate \"C\","
    " key text collate \"C\", traceparent text, primary key (shard, due, kind, key));"
    "select ensure_column('agenda', 'traceparent', 'text');"
    "create table if not exists quarantine (shard integer, id text collate \"C\","
    " institution text, source text not null, position bigint not null, column_name text,"
    " found text, expected text, reason text not null, action text, payload bytea,"
    " status text not null default 'abierta', set_aside_at timestamptz not null default now(),"
    " primary key (id));";

/* The fence: nothing of a batch stays unless its owner's view of the shard is the row's. */
static const char advance_function[] =
    "create or replace function advance(the_shard integer, the_incarnation bigint,"
    " the_epoch bigint, the_batch bigint, topics text[], froms bigint[], tos bigint[],"
    " the_published bigint, the_rule integer) returns void language plpgsql as $advance$\n"
    "declare one record;\n"
    "begin\n"
    " perform set_config('synchronous_commit', 'on', true);\n"
    " update shard set batch = the_batch, published = greatest(published, the_published),"
    "  rule_version = greatest(rule_version, the_rule)\n"
    "  where id = the_shard and incarnation = the_incarnation and epoch = the_epoch"
    "  and batch = the_batch - 1;\n"
    " if not found then\n"
    "  raise exception 'shard % is not at incarnation %, epoch %, batch %',"
    "   the_shard, the_incarnation, the_epoch, the_batch - 1 using errcode = 'AB001';\n"
    " end if;\n"
    " for one in select u.topic, u.f, u.t, p.next_offset from unnest(topics, froms, tos)"
    "  u(topic, f, t) left join input_position p on p.shard = the_shard and p.topic = u.topic "
    "loop\n"
    "  if coalesce(one.next_offset, 0) <> one.f then\n"
    "   raise exception 'shard % reads % at %, not at %', the_shard, one.topic,"
    "    coalesce(one.next_offset, 0), one.f using errcode = 'AB001';\n"
    "  end if;\n"
    " end loop;\n"
    " insert into input_position (shard, topic, next_offset)"
    "  select the_shard, u.topic, u.t from unnest(topics, tos) u(topic, t)"
    "  on conflict (shard, topic) do update set next_offset = excluded.next_offset;\n"
    "end $advance$;";

static void append_key_column(struct buffer *sql, const struct column *column)
{
    buffer_format(sql, "\"%s\" %s collate \"C\"", column->name, store_pg_type_name(column->type));
}

static void append_table(struct buffer *sql, const struct table *table)
{
    buffer_format(sql, "create table if not exists \"%s\" (shard integer", table->name);
    for (size_t i = 0; i < table->key_columns; i++) {
        buffer_append_text(sql, ", ");
        append_key_column(sql, &table->columns[i]);
    }
    buffer_append_text(sql, ", primary key (shard");
    for (size_t i = 0; i < table->key_columns; i++) {
        buffer_format(sql, ", \"%s\"", table->columns[i].name);
    }
    buffer_append_text(sql, "));");
    for (size_t i = table->key_columns; i < table->column_count; i++) {
        buffer_format(sql, "select ensure_column('%s', '%s', '%s');", table->name,
                      table->columns[i].name, store_pg_type_name(table->columns[i].type));
    }
}

static void append_view(struct buffer *sql, const struct view *view)
{
    buffer_format(sql, "select ensure_view('%s', $view$%s$view$);", view->name, view->sql);
}

/* Runs statements as one transaction: the simple protocol makes it so. */
static bool run(const struct store_pg_options *options, struct buffer *sql, const char *doing,
                struct error *err)
{
    PGconn *connection = store_pg_connect(options, err);
    PGresult *result;
    bool good;

    if (connection == NULL) {
        return false;
    }
    result = PQexec(connection, buffer_text(sql));
    good = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!good) {
        (void)store_pg_fail(result, doing, err);
    }
    PQclear(result);
    PQfinish(connection);
    return good;
}

static void append_lock(struct buffer *sql, const struct store_pg_options *options)
{
    buffer_format(sql,
                  "select pg_advisory_xact_lock(hashtextextended('abasto %s', 0));"
                  "create schema if not exists \"%s\";",
                  options->schema, options->schema);
}

bool store_pg_migrate(const struct store_pg_options *options, struct error *err)
{
    struct buffer sql = {0};
    bool good;

    append_lock(&sql, options);
    buffer_append_text(&sql, ensure_column_function);
    buffer_append_text(&sql, ensure_view_function);
    buffer_append_text(&sql, own_tables);
    buffer_append_text(&sql, advance_function);
    for (size_t i = 0; options->tables != NULL && options->tables[i] != NULL; i++) {
        append_table(&sql, options->tables[i]);
    }
    for (const struct view *view = options->views; view != NULL && view->name != NULL; view++) {
        append_view(&sql, view);
    }
    good = run(options, &sql, "preparar el esquema", err);
    buffer_finish(&sql);
    return good;
}

bool store_pg_create_shards(const struct store_pg_options *options, int32_t count,
                            struct error *err)
{
    struct buffer sql = {0};
    bool good;

    buffer_format(&sql,
                  "insert into shard (id, incarnation, epoch, batch, published)"
                  " select id, 1, 0, 0, 0 from generate_series(0, %" PRId32 " - 1) id"
                  " where not exists (select from shard_left l where l.shard = id)"
                  " on conflict do nothing;",
                  count);
    good = run(options, &sql, "crear los fragmentos", err);
    buffer_finish(&sql);
    return good;
}
