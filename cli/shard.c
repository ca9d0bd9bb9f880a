#include "cli/command.h"
#include "cli/place.h"
#include "common/store/store_pg.h"

enum { LOCK_TIMEOUT_MS = 10000, OUTBOX_KEEP_S = 3600 };

enum exit_status shard_create(struct cli *cli, struct error *err)
{
    static const struct table *const no_tables[] = {NULL}; /* services make their own */
    const int32_t count = cli->options.count > 0 ? (int32_t)cli->options.count : cli->stack.shards;

    if (cli->stack.database == NULL) {
        (void)error_set(
            err, ERROR_RETRY,
            say("no se sabe dónde está la base de datos: make demo arranca una, o defina "
                "ABASTO_DATABASE o ABASTO_STACK",
                "nobody knows where the database is: make demo starts one, or set "
                "ABASTO_DATABASE or ABASTO_STACK"));
        return command_failed(err);
    }
    for (size_t i = 0; i < place_count; i++) {
        const struct store_pg_options options = {.conninfo = cli->stack.database,
                                                 .schema = places[i].schema,
                                                 .connections = 1,
                                                 .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                                 .outbox_keep_s = OUTBOX_KEEP_S,
                                                 .rule_version = 1,
                                                 .tables = no_tables};

        if (!store_pg_migrate(&options, err) ||
            !store_pg_create_shards(&options, places[i].per_shard ? count : 1, err)) {
            (void)error_prefix(err, "%s", places[i].schema);
            (void)connection_explain(err, say("la base de datos", "the database"));
            return command_failed(err);
        }
    }
    printf(say("particiones: %d por servicio, una por pasarela\n",
               "shards: %d of every service, one of every gateway\n"),
           count);
    return EXIT_OK;
}
