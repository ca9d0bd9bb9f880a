#include "cli/command.h"
#include "cli/homes.h"
#include "cli/output.h"
#include "cli/place.h"
#include "common/store/store_pg.h"

#include <inttypes.h>

enum { LOCK_TIMEOUT_MS = 10000, OUTBOX_KEEP_S = 3600 };

static bool know_databases(const struct cli *cli, struct error *err)
{
    return cli->stack.databases.count > 0 ||
           error_set(err, ERROR_RETRY,
                     say("no se sabe dónde está la base de datos: make demo arranca una, o defina "
                         "ABASTO_DATABASE o ABASTO_STACK",
                         "nobody knows where the database is: make demo starts one, or set "
                         "ABASTO_DATABASE or ABASTO_STACK"));
}

/* --- create --- */

/* The rows of one service on the first server. Where another server holds a shard, the first has not one of the same
 * number made: it knows which ones left it, unless it is a new one. */
static bool create(struct cli *cli, const struct homes *homes, const struct place *place,
                   int32_t count, struct error *err)
{
    static const struct table *const no_tables[] = {NULL}; /* services make their own */
    const struct store_pg_options options = {.conninfo = cli->stack.databases.items[0].conninfo,
                                             .schema = place->schema,
                                             .connections = 1,
                                             .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                             .outbox_keep_s = OUTBOX_KEEP_S,
                                             .rule_version = 1,
                                             .tables = no_tables};

    for (int32_t shard = 0; shard < count; shard++) {
        const struct home *home = homes_holder(homes, place->schema, shard);
        bool first_knows = home == NULL || home->server == 0;

        for (size_t i = 0; i < homes->count && homes->items[i].server == 0; i++) {
            first_knows = first_knows || (homes->items[i].shard == shard &&
                                          homes_same_service(&homes->items[i], place->schema));
        }
        if (!first_knows) {
            return error_set(err, ERROR_REJECT,
                             say("%s/%" PRId32 " está en %s, y %s no sabe que se movió: ¿se "
                                 "restauró, o es otra?",
                                 "%s/%" PRId32 " is on %s, and %s does not know that it was moved: "
                                 "was it restored, or is it another one?"),
                             place->producer, shard, cli->stack.databases.items[home->server].name,
                             SERVER_LIST_FIRST);
        }
    }
    if (store_pg_migrate(&options, err) && store_pg_create_shards(&options, count, err)) {
        return true;
    }
    (void)error_prefix(err, "%s", place->schema);
    return connection_explain(err, say("la base de datos", "the database"));
}

enum exit_status shard_create(struct cli *cli, struct error *err)
{
    const int32_t count = cli->options.count > 0 ? (int32_t)cli->options.count : cli->stack.shards;
    struct homes homes;

    if (!know_databases(cli, err) || !homes_read(&cli->connection, &cli->arena, &homes, err)) {
        return command_failed(err);
    }
    for (size_t i = 0; i < place_count; i++) {
        if (!create(cli, &homes, &places[i], places[i].per_shard ? count : 1, err)) {
            return command_failed(err);
        }
    }
    printf(say("particiones: %d por servicio, una por pasarela\n",
               "shards: %d of every service, one of every gateway\n"),
           count);
    return EXIT_OK;
}

/* --- list --- */

static const struct output_column columns[] = {
    {"service", {"servicio", "service"}, OUTPUT_TEXT},
    {"shard", {"partición", "shard"}, OUTPUT_COUNT},
    {"server", {"servidor", "server"}, OUTPUT_TEXT},
    {"state", {"estado", "state"}, OUTPUT_TEXT},
    {"incarnation", {"encarnación", "incarnation"}, OUTPUT_COUNT},
    {"epoch", {"época", "epoch"}, OUTPUT_COUNT},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *state_of(struct cli *cli, const struct home *home)
{
    if (!home->held) {
        return arena_format(&cli->arena,
                            say("a medio mover a %s: repita abasto shard move",
                                "half moved to %s: repeat abasto shard move"),
                            home->to);
    }
    return home->to == NULL
               ? say("en servicio", "at work")
               : arena_format(&cli->arena,
                              say("cerrada, se mueve a %s", "closed, being moved to %s"), home->to);
}

static bool add_shard(struct cli *cli, const struct place *place, const struct home *home,
                      PGresult *table, struct error *err)
{
    struct arena *arena = &cli->arena;
    const char *const cells[COLUMNS] = {place->producer,
                                        arena_format(arena, "%" PRId64, home->shard),
                                        cli->stack.databases.items[home->server].name,
                                        state_of(cli, home),
                                        arena_format(arena, "%" PRId64, home->incarnation),
                                        arena_format(arena, "%" PRId64, home->epoch)};

    return output_table_add(table, cells, COLUMNS, err);
}

/* What left a server is only told while nobody holds it. */
static bool add_place(struct cli *cli, const struct homes *homes, const struct place *place,
                      PGresult *table, struct error *err)
{
    for (int64_t shard = 0; shard < homes_end(homes, place->schema); shard++) {
        const bool held = homes_holder(homes, place->schema, shard) != NULL;

        for (size_t i = 0; i < homes->count; i++) {
            const struct home *home = &homes->items[i];

            if (home->shard == shard && home->held == held &&
                homes_same_service(home, place->schema) &&
                !add_shard(cli, place, home, table, err)) {
                return false;
            }
        }
    }
    return true;
}

enum exit_status shard_list(struct cli *cli, struct error *err)
{
    struct homes homes;
    PGresult *table = NULL;
    bool good = know_databases(cli, err) &&
                homes_read(&cli->connection, &cli->arena, &homes, err) &&
                output_table(COLUMNS, &table, err);

    for (size_t i = 0; good && i < place_count; i++) {
        good = add_place(cli, &homes, &places[i], table, err);
    }
    good = good && output_rows(table, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(table);
    return good ? EXIT_OK : command_failed(err);
}
