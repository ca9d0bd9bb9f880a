#include "cli/broker.h"
#include "cli/command.h"
#include "cli/merge.h"
#include "cli/output.h"
#include "cli/restore_find.h"
#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/store/store_pg.h"
#include "topics.h"

#include <inttypes.h>
#include <string.h>

/* The state of a service made anew from topics: each shard is emptied, gets a new incarnation and the ends of its inputs as
 * they are now. Its next owner recalls what the shard said, reads its inputs silently up to there, judges every key once,
 * and says only what comes out otherwise (common/runtime/replay.h). */

enum { LOCK_TIMEOUT_MS = 10000, OUTBOX_KEEP_S = 3600 };

static const struct output_column columns[] = {
    {"service", {"servicio", "service"}, OUTPUT_TEXT},
    {"shard", {"partición", "shard"}, OUTPUT_COUNT},
    {"events", {"eventos por leer", "events to be read"}, OUTPUT_COUNT},
    {"incarnation", {"encarnación", "incarnation"}, OUTPUT_COUNT},
    {"next", {"nueva", "new one"}, OUTPUT_COUNT},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* Where one input of a shard ends. */
struct input_end {
    const char *topic;
    int64_t until;
};

struct rebuild_shard {
    struct restore_shard renewed; /* which it is, its incarnation and the next one */
    struct input_end *inputs;
    size_t input_count;
    int64_t events;
};

struct rebuild {
    const struct place *place;
    struct rebuild_shard *shards;
    size_t count;
};

/* --- which service --- */

static bool find_service(const char *name, const struct place **out, struct error *err)
{
    for (size_t i = 0; i < place_count; i++) {
        if (places[i].per_shard && text_equal(places[i].producer, name)) {
            *out = &places[i];
            return true;
        }
    }
    return error_set(
        err, ERROR_FATAL,
        strncmp(name, "gateway", strlen("gateway")) == 0
            ? say("%s: lo que sabe una pasarela viene de sus archivos, no de los tópicos; restaure "
                  "su base (abasto restore)",
                  "%s: what a gateway knows comes from its files, not from topics; restore its "
                  "database (abasto restore)")
            : say("no hay un servicio «%s»: contracts, shipments, deliveries, sanctions o monitor",
                  "there is no service «%s»: contracts, shipments, deliveries, sanctions or "
                  "monitor"),
        name);
}

/* --- what is to be read --- */

/* What its first records are gone from cannot make anything anew. */
static bool is_whole(struct broker *broker, const struct topic_declaration *topic,
                     int32_t partition, struct error *err)
{
    struct bus *bus = broker->bus;
    int64_t begin = 0;

    if (topic->kind != TOPIC_SEQUENCED) {
        return true;
    }
    return bus->operations->begin_offset(bus, topic->name, partition, &begin, err) &&
           (begin == 0 ||
            error_set(err, ERROR_REJECT,
                      say("%s[%" PRId32 "] ya no tiene sus primeros %" PRId64
                          " mensajes: no se puede reconstruir de él; restaure la base",
                          "%s[%" PRId32 "] has no longer its first %" PRId64
                          " messages: nothing can be made anew from it; restore the database"),
                      topic->name, partition, begin));
}

static bool find_inputs(struct cli *cli, struct broker *broker, struct rebuild_shard *shard,
                        struct error *err)
{
    const int32_t id = shard->renewed.shard;

    shard->inputs = arena_array(&cli->arena, topic_declaration_count, sizeof *shard->inputs);
    for (size_t i = 0; i < topic_declaration_count; i++) {
        const struct topic_declaration *topic = &topic_declarations[i];
        const int32_t partition = topic->partitions_per_shard ? id : 0;
        struct input_end *input = &shard->inputs[shard->input_count];

        if (topic->kind == TOPIC_CONTROL || !place_reads(shard->renewed.place, topic) ||
            partition != id) {
            continue;
        }
        input->topic = topic->name;
        if (!is_whole(broker, topic, partition, err) ||
            !broker->bus->operations->end_offset(broker->bus, topic->name, partition, &input->until,
                                                 err)) {
            return false;
        }
        shard->events += input->until;
        shard->input_count++;
    }
    return true;
}

/* Who still owns a shard might send what nobody would compare with any more. */
static bool check_stopped(struct cli *cli, const struct place *place, struct error *err)
{
    const char *sql =
        arena_format(&cli->arena,
                     "select count(*) from %s.shard s join pg_stat_activity a on a.pid = "
                     "s.owner_pid and a.backend_start = s.owner_started having count(*) > 0",
                     place->schema);
    PGresult *found;
    bool owned;

    if (!connection_query(&cli->connection, sql, NULL, 0, &found, err)) {
        return false;
    }
    owned = connection_rows(found) > 0;
    PQclear(found);
    return !owned || error_set(err, ERROR_REJECT,
                               say("%s está en marcha: deténgalo primero, todas sus instancias",
                                   "%s runs: stop it first, all of its instances"),
                               place->producer);
}

static bool find_shards(struct cli *cli, struct broker *broker, struct rebuild *out,
                        struct error *err)
{
    static const int by_id[] = {0};
    const char *sql =
        arena_format(&cli->arena, "select id, incarnation from %s.shard", out->place->schema);
    PGresult *found;
    bool good = true;

    if (!connection_query(&cli->connection, sql, NULL, 0, &found, err) ||
        !merge_sort(&cli->connection, &found, by_id, 1, 0, err)) {
        return false;
    }
    out->shards = arena_array(&cli->arena, (size_t)connection_rows(found) + 1, sizeof *out->shards);
    for (int row = 0; good && row < connection_rows(found); row++) {
        struct rebuild_shard *shard = &out->shards[out->count++];
        int64_t id = 0;

        shard->renewed.place = out->place;
        good = connection_int64(found, row, 0, &id, err) &&
               connection_int64(found, row, 1, &shard->renewed.incarnation, err);
        shard->renewed.shard = (int32_t)id;
        good = good && restore_look_at(cli, broker, &shard->renewed, err) &&
               find_inputs(cli, broker, shard, err);
    }
    PQclear(found);
    return good && (out->count > 0 ||
                    error_set(err, ERROR_REJECT,
                              say("la base no tiene particiones de %s: ejecute abasto shard create",
                                  "the database has no shards of %s: run abasto shard create"),
                              out->place->producer));
}

static bool tell(struct cli *cli, const struct rebuild *rebuild, struct error *err)
{
    PGresult *result = NULL;
    bool good = output_table(COLUMNS, &result, err);

    for (size_t i = 0; good && i < rebuild->count; i++) {
        const struct rebuild_shard *shard = &rebuild->shards[i];
        const char *const cells[COLUMNS] = {
            rebuild->place->producer, arena_format(&cli->arena, "%" PRId32, shard->renewed.shard),
            arena_format(&cli->arena, "%" PRId64, shard->events),
            arena_format(&cli->arena, "%" PRId64, shard->renewed.incarnation),
            arena_format(&cli->arena, "%" PRId64, shard->renewed.next)};

        good = output_table_add(result, cells, COLUMNS, err);
    }
    good = good && output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    return good;
}

/* --- what is done --- */

/* What hangs from a shard, whatever the service keeps: each table of its schema that says of which shard its rows are.
 * Every server has them. */
static bool find_tables(struct cli *cli, const struct place *place, PGresult **out,
                        struct error *err)
{
    static const char sql[] =
        "select quote_ident(t.table_name) from information_schema.tables t join "
        "information_schema.columns c using (table_schema, table_name) where t.table_schema = $1 "
        "and t.table_type = 'BASE TABLE' and c.column_name = 'shard' and t.table_name not in "
        "('replay', 'shard_left') order by 1";

    return connection_query_at(&cli->connection, 0, sql, &place->schema, 1, out, err);
}

/* One statement for each shard, so that it happens or does not; it does where the shard lives. */
static const char *empty_sql(const struct place *place, const PGresult *tables, struct buffer *sql)
{
    buffer_clear(sql);
    buffer_format(sql,
                  "with moved as (update %s.shard set incarnation = $3::bigint, epoch = epoch + 1, "
                  "published = batch, owner_pid = null, owner_started = null where id = "
                  "$1::integer and incarnation = $2::bigint and moving_to is null returning id), "
                  "ends as (insert into "
                  "%s.replay (shard, topic, until) select id, e.topic, e.until from moved, "
                  "unnest($4::text[], $5::bigint[]) e(topic, until) on conflict (shard, topic) do "
                  "update set until = excluded.until)",
                  place->schema, place->schema);
    for (int row = 0; row < connection_rows(tables); row++) {
        buffer_format(sql,
                      ", emptied_%d as (delete from %s.%s t using moved where t.shard = moved.id)",
                      row, place->schema, connection_text(tables, row, 0));
    }
    buffer_append_text(sql, " select count(*) from moved having count(*) > 0");
    return buffer_text(sql);
}

/* Topics and ends as arrays of PostgreSQL; names of topics need no quotes in them. */
static void ends_of(const struct rebuild_shard *shard, struct arena *arena, const char **topics,
                    const char **ends)
{
    *topics = "{";
    *ends = "{";
    for (size_t i = 0; i < shard->input_count; i++) {
        const char *comma = i > 0 ? "," : "";

        *topics = arena_format(arena, "%s%s%s", *topics, comma, shard->inputs[i].topic);
        *ends = arena_format(arena, "%s%s%" PRId64, *ends, comma, shard->inputs[i].until);
    }
    *topics = arena_format(arena, "%s}", *topics);
    *ends = arena_format(arena, "%s}", *ends);
}

static bool empty_shard(struct cli *cli, const struct rebuild_shard *shard, const char *sql,
                        struct error *err)
{
    struct arena *arena = &cli->arena;
    const char *values[] = {arena_format(arena, "%" PRId32, shard->renewed.shard),
                            arena_format(arena, "%" PRId64, shard->renewed.incarnation),
                            arena_format(arena, "%" PRId64, shard->renewed.next), NULL, NULL};
    PGresult *done;
    bool good;

    ends_of(shard, arena, &values[3], &values[4]);
    if (!connection_query(&cli->connection, sql, values, 5, &done, err)) {
        return false;
    }
    good = connection_rows(done) == 1 ||
           error_set(err, ERROR_RETRY,
                     say("%s/%" PRId32 " cambió mientras tanto: repita la orden",
                         "%s/%" PRId32 " has changed meanwhile: repeat the command"),
                     shard->renewed.place->producer, shard->renewed.shard);
    PQclear(done);
    return good;
}

/* A database of an older version has no place for the ends yet. */
static bool migrate(const struct cli *cli, const struct place *place, struct error *err)
{
    static const struct table *const no_tables[] = {NULL};
    struct store_pg_options options = {.schema = place->schema,
                                       .connections = 1,
                                       .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                       .outbox_keep_s = OUTBOX_KEEP_S,
                                       .rule_version = 1,
                                       .tables = no_tables};

    for (size_t i = 0; i < cli->stack.databases.count; i++) {
        options.conninfo = cli->stack.databases.items[i].conninfo;
        if (!store_pg_migrate(&options, err)) {
            return connection_explain(err, say("la base de datos", "the database"));
        }
    }
    return true;
}

static bool empty_shards(struct cli *cli, const struct rebuild *rebuild, struct error *err)
{
    PGresult *tables = NULL;
    struct buffer sql = {0};
    bool good = migrate(cli, rebuild->place, err) && find_tables(cli, rebuild->place, &tables, err);

    for (size_t i = 0; good && i < rebuild->count; i++) {
        good = empty_shard(cli, &rebuild->shards[i], empty_sql(rebuild->place, tables, &sql), err);
    }
    PQclear(tables);
    buffer_finish(&sql);
    return good;
}

static bool plan_and_do(struct cli *cli, struct broker *broker, struct error *err)
{
    struct rebuild rebuild = {0};

    if (!find_service(cli->options.words[0], &rebuild.place, err) ||
        !check_stopped(cli, rebuild.place, err) || !find_shards(cli, broker, &rebuild, err) ||
        !tell(cli, &rebuild, err)) {
        return false;
    }
    if (!cli->options.execute) {
        fprintf(stderr, "%s",
                say("no se hizo nada: con --execute se hace\n",
                    "nothing was done: with --execute it is\n"));
        return true;
    }
    if (!empty_shards(cli, &rebuild, err)) {
        return false;
    }
    fprintf(stderr,
            say("arranque %s: lee sus tópicos y sólo dice lo que resulte distinto\n",
                "start %s: it reads its topics and says only what comes out otherwise\n"),
            rebuild.place->producer);
    return true;
}

enum exit_status rebuild_run(struct cli *cli, struct error *err)
{
    struct broker broker;
    const bool good = broker_open(&broker, &cli->stack, err) && plan_and_do(cli, &broker, err);

    broker_close(&broker);
    return good ? EXIT_OK : command_failed(err);
}
