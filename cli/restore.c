#include "cli/output.h"
#include "cli/restore_files.h"
#include "cli/restore_find.h"

#include <inttypes.h>
#include <string.h>

/* After the database was restored to an older point while Kafka went on: every shard whose outputs are ahead gets a new
 * incarnation, whose events count from 1 and are newer than all that was said before. Its next owner recalls what it had
 * said (common/runtime/recall.c), and reads its inputs again from where the database has them. What the gateways had read from files since comes out of their archives. */

static const struct output_column columns[] = {
    {"service", {"servicio", "service"}, OUTPUT_TEXT},
    {"shard", {"partición", "shard"}, OUTPUT_COUNT},
    {"unknown",
     {"eventos que la base no conoce", "events the database does not know"},
     OUTPUT_COUNT},
    {"incarnation", {"encarnación", "incarnation"}, OUTPUT_COUNT},
    {"next", {"nueva", "new one"}, OUTPUT_COUNT},
    {"files", {"archivos por leer otra vez", "files to be read again"}, OUTPUT_COUNT},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* --- what is told --- */

static bool tell(struct cli *cli, const struct restore_plan *plan,
                 const struct restore_files *files, struct error *err)
{
    PGresult *result = NULL;
    bool good = output_table(COLUMNS, &result, err);

    for (size_t i = 0; good && i < plan->count; i++) {
        const struct restore_shard *shard = &plan->shards[i];
        const char *const cells[COLUMNS] = {
            shard->place->producer,
            arena_format(&cli->arena, "%" PRId32, shard->shard),
            arena_format(&cli->arena, "%" PRId64, shard->unknown),
            arena_format(&cli->arena, "%" PRId64, shard->incarnation),
            arena_format(&cli->arena, "%" PRId64, shard->next),
            arena_format(&cli->arena, "%zu", files[i].count)};

        good = output_table_add(result, cells, COLUMNS, err);
    }
    good = good && output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    return good;
}

/* --- what is done --- */

/* One statement, so that it happens or does not. Of a gateway the versions of facts too go on above those of the lost
 * future: each of its events took at most one. */
static const char *renew_sql(const struct restore_shard *shard, struct arena *arena)
{
    const char *schema = shard->place->schema;
    const char *numbers =
        shard->place->per_shard
            ? ""
            : arena_format(arena,
                           ", numbers as (insert into %s.gateway_number (shard, name, value) "
                           "select id, 'sequence', $4::bigint from moved on conflict (shard, name) "
                           "do update set value = gateway_number.value + excluded.value)",
                           schema);

    return arena_format(arena,
                        "with moved as (update %s.shard set incarnation = $3::bigint, epoch = "
                        "epoch + 1, owner_pid = null, owner_started = null where id = $1::integer "
                        "and incarnation = $2::bigint and $4::bigint >= 0 returning id)%s select "
                        "count(*) from moved having count(*) > 0",
                        schema, numbers);
}

static bool renew(struct cli *cli, const struct restore_shard *shard, struct error *err)
{
    struct arena *arena = &cli->arena;
    const char *const values[] = {arena_format(arena, "%" PRId32, shard->shard),
                                  arena_format(arena, "%" PRId64, shard->incarnation),
                                  arena_format(arena, "%" PRId64, shard->next),
                                  arena_format(arena, "%" PRId64, shard->facts)};
    PGresult *done;
    bool good;

    if (!connection_query(&cli->connection, renew_sql(shard, arena), values, 4, &done, err)) {
        return false;
    }
    good = connection_rows(done) == 1 ||
           error_set(err, ERROR_RETRY,
                     say("%s/%" PRId32 " cambió mientras tanto: repita la orden",
                         "%s/%" PRId32 " has changed meanwhile: repeat the command"),
                     shard->place->producer, shard->shard);
    PQclear(done);
    return good;
}

/* The files first: a gateway that starts finds them before it closes a day. */
static bool restore(struct cli *cli, const struct restore_plan *plan,
                    const struct restore_files *files, struct error *err)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!restore_files_drop(cli, &files[i], err)) {
            return false;
        }
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (!renew(cli, &plan->shards[i], err)) {
            return false;
        }
    }
    return true;
}

static bool find_files(struct cli *cli, const struct restore_plan *plan,
                       struct restore_files *files, struct error *err)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct place *place = plan->shards[i].place;

        if (!place->per_shard &&
            !restore_files_find(cli, strchr(place->producer, '.') + 1, &files[i], err)) {
            return false;
        }
    }
    return true;
}

static bool plan_and_do(struct cli *cli, struct broker *broker, struct error *err)
{
    struct restore_plan plan;
    struct restore_files *files;

    if (!restore_find(cli, broker, &plan, err)) {
        return false;
    }
    files = arena_array(&cli->arena, plan.count + 1, sizeof *files);
    if (!find_files(cli, &plan, files, err)) {
        return false;
    }
    if (plan.count == 0 && !cli->options.json) {
        printf(say("la base conoce todo lo que está en los tópicos: nada que hacer\n",
                   "the database knows all that the topics hold: nothing to do\n"));
        return true;
    }
    if (!tell(cli, &plan, files, err)) {
        return false;
    }
    if (!cli->options.execute && plan.count > 0) {
        fprintf(stderr, "%s",
                say("no se hizo nada: con --execute se hace\n",
                    "nothing was done: with --execute it is\n"));
        return true;
    }
    return restore(cli, &plan, files, err);
}

enum exit_status restore_run(struct cli *cli, struct error *err)
{
    struct broker broker;
    const bool good = broker_open(&broker, &cli->stack, err) && plan_and_do(cli, &broker, err);

    broker_close(&broker);
    return good ? EXIT_OK : command_failed(err);
}
