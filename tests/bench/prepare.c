#include "tests/bench/bench.h"

#include "common/store/store_pg.h"

enum { LOCK_TIMEOUT_MS = 10000 };

bool bench_prepare(struct bench *bench, struct error *err)
{
    static const struct table *const no_tables[] = {NULL}; /* the stage makes its own */
    const struct store_pg_options options = {.conninfo = bench_database(bench),
                                             .schema = "plain",
                                             .connections = 1,
                                             .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                             .rule_version = 1,
                                             .tables = no_tables};

    return (topics_apply(&bench->cli, err) == EXIT_OK &&
            schemas_apply(&bench->cli, err) == EXIT_OK && store_pg_migrate(&options, err) &&
            store_pg_create_shards(&options, bench->cli.stack.shards, err)) ||
           error_set(err, ERROR_FATAL, "could not be prepared");
}
