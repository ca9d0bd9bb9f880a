#include "cli/command.h"
#include "cli/drop.h"
#include "cli/output.h"
#include "common/base/decimal.h"
#include "common/base/instant.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_USUAL_S = 600, WAIT_MS = 100 };

struct account {
    int64_t rows;
    int64_t taken;
    int64_t warned;
    int64_t unchanged;
    int64_t quarantined;
};

static const char *const institutions[] = {"imss", "issste", "imss-bienestar", "ssa"};

static bool known_institution(const char *name)
{
    for (size_t i = 0; i < sizeof institutions / sizeof institutions[0]; i++) {
        if (text_equal(name, institutions[i])) {
            return true;
        }
    }
    return false;
}

/* gateway_imss_bienestar; the institution is one of ours, so that nothing else can get into the SQL. */
static const char *schema_of(const char *institution, struct arena *arena)
{
    char *schema = arena_format(arena, "gateway_%s", institution);

    for (char *at = schema; *at != '\0'; at++) {
        *at = *at == '-' ? '_' : *at;
    }
    return schema;
}

/* How often a file of this content was read, whatever its sidecar. */
static bool times_read(struct cli *cli, const char *sha256, int64_t *out, struct error *err)
{
    const char *sql = arena_format(
        &cli->arena, "select coalesce(sum(times_read), 0) from %s.file_account where sha256 = $1",
        schema_of(cli->options.institution, &cli->arena));
    PGresult *result;
    bool good;

    *out = 0;
    if (!connection_query_patiently(&cli->connection, sql, &sha256, 1, &result, err)) {
        return false;
    }
    good = connection_rows(result) == 0 || connection_int64(result, 0, 0, out, err);
    PQclear(result);
    return good;
}

/* --- progress --- */

static void show_progress(const char *name, size_t done, size_t all)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K[%zu/%zu] %s", done, all, name);
        (void)fflush(stderr);
    }
}

static void end_progress(void)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K");
    }
}

/* --- accounts --- */

static const struct output_column account_columns[] = {
    {"name", "archivo", OUTPUT_TEXT},
    {"state", "estado", OUTPUT_TEXT},
    {"rows", "renglones", OUTPUT_COUNT},
    {"taken", "tomados", OUTPUT_COUNT},
    {"warned", "con aviso", OUTPUT_COUNT},
    {"unchanged", "sin cambio", OUTPUT_COUNT},
    {"quarantined", "apartados", OUTPUT_COUNT},
    {"report", "informe", OUTPUT_TEXT},
    {"refusal", NULL, OUTPUT_TEXT},
};

enum {
    ACCOUNT_NAME = 0,
    ACCOUNT_STATE = 1,
    ACCOUNT_ROWS = 2,
    ACCOUNT_REFUSAL = 8,
    ACCOUNT_COLUMNS = sizeof account_columns / sizeof account_columns[0]
};

/* The account of the reading that raised times_read last: of this content, the one that was asked for. */
static bool read_account(struct cli *cli, const char *sha256, const char *before, PGresult **out,
                         struct error *err)
{
    const char *schema = schema_of(cli->options.institution, &cli->arena);
    const char *values[] = {sha256, cli->stack.archive, before};
    const char *sql = arena_format(
        &cli->arena,
        "select name, case state when 'done' then 'terminado' when 'refused' then 'rechazado' else "
        "state end, rows, taken, warned, case when times_read > 1 then last_unchanged else "
        "unchanged "
        "end, quarantined, $2::text || '/' || institution || '/' || file_id || '/informe.csv', "
        "refusal from %s.file_account where sha256 = $1 and times_read > coalesce(($3::jsonb ->> "
        "file_id)::bigint, 0) limit 1",
        schema);

    return connection_query_patiently(&cli->connection, sql, values, 3, out, err);
}

/* file_id -> times_read of the content, as JSON text. */
static bool read_before(struct cli *cli, const char *sha256, const char **out, struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select jsonb_object_agg(file_id, times_read)::text from "
                                   "%s.file_account where sha256 = $1",
                                   schema_of(cli->options.institution, &cli->arena));
    const char *text = NULL;
    PGresult *result;

    if (!connection_query_patiently(&cli->connection, sql, &sha256, 1, &result, err)) {
        return false;
    }
    if (connection_rows(result) > 0) {
        text = connection_text(result, 0, 0);
    }
    *out = arena_copy(&cli->arena, text == NULL ? "{}" : text);
    PQclear(result);
    return true;
}

static bool wait_until_read(struct cli *cli, const char *path, const char *sha256, int64_t before,
                            struct error *err)
{
    const int64_t seconds = cli->options.timeout_s > 0 ? cli->options.timeout_s : WAIT_USUAL_S;
    const int64_t until = instant_now() + seconds * 1000000;
    int64_t now = before;

    for (;;) {
        if (!times_read(cli, sha256, &now, err)) {
            return false;
        }
        if (now > before) {
            return true;
        }
        if (instant_now() > until) {
            return error_set(err, ERROR_RETRY, "%s: la pasarela de %s no lo leyó en %" PRId64 " s",
                             path, cli->options.institution, seconds);
        }
        connection_pause(WAIT_MS);
    }
}

static bool add_account(const PGresult *result, struct account *sum, struct error *err)
{
    int64_t *const sums[] = {&sum->rows, &sum->taken, &sum->warned, &sum->unchanged,
                             &sum->quarantined};

    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        int64_t value;

        if (!connection_int64(result, 0, ACCOUNT_ROWS + (int)i, &value, err)) {
            return false;
        }
        *sums[i] += value;
    }
    return true;
}

/* One file from the folder to its account. */
static bool load_file(struct cli *cli, const char *path, PGresult **account, struct error *err)
{
    const char *folder =
        arena_format(&cli->arena, "%s/%s", cli->stack.drop, cli->options.institution);
    char sha256[DIGEST_HEX_BYTES];
    const char *accounts;
    int64_t before;

    if (!drop_sha256(path, sha256, err) || !read_before(cli, sha256, &accounts, err) ||
        !times_read(cli, sha256, &before, err) ||
        !drop_file(path, folder, &cli->options, &cli->arena, err) ||
        !wait_until_read(cli, path, sha256, before, err) ||
        !read_account(cli, sha256, accounts, account, err)) {
        return false;
    }
    if (connection_rows(*account) != 1) {
        PQclear(*account);
        *account = NULL;
        return error_set(err, ERROR_FATAL, "%s: la pasarela no dejó cuenta de él", path);
    }
    return true;
}

/* Adds the account up and prints it; `*refused` when the whole file was. */
static bool tell_account(struct cli *cli, const PGresult *account, struct account *sum,
                         bool *refused, struct error *err)
{
    if (strcmp(connection_text(account, 0, ACCOUNT_STATE), "rechazado") == 0) {
        const char *refusal = connection_text(account, 0, ACCOUNT_REFUSAL);

        *refused = true;
        fprintf(stderr, "%s: rechazado: %s\n", connection_text(account, 0, ACCOUNT_NAME),
                refusal == NULL ? "sin motivo" : refusal);
    }
    return add_account(account, sum, err) &&
           (cli->options.json ||
            output_rows(account, account_columns, ACCOUNT_COLUMNS, false, stdout, err));
}

static bool tell_sum(const struct account *sum, struct error *err)
{
    json_t *json =
        json_pack("{s:I,s:I,s:I,s:I,s:I}", "rows", (json_int_t)sum->rows, "taken",
                  (json_int_t)sum->taken, "warned", (json_int_t)sum->warned, "unchanged",
                  (json_int_t)sum->unchanged, "quarantined", (json_int_t)sum->quarantined);
    const bool good = json_dumpf(json, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;

    json_decref(json);
    return good || error_set(err, ERROR_FATAL, "no se pudo escribir el JSON");
}

static bool ready(const struct cli *cli, struct error *err)
{
    if (cli->stack.drop == NULL || cli->stack.archive == NULL) {
        return error_set(err, ERROR_RETRY,
                         "no se sabe dónde están los buzones: defina ABASTO_DROP y ABASTO_ARCHIVE, "
                         "o ABASTO_STACK");
    }
    return true;
}

enum exit_status load_files(struct cli *cli, struct error *err)
{
    const struct options *options = &cli->options;
    struct account sum = {0};
    bool refused = false;

    if (!known_institution(options->institution)) {
        (void)error_set(err, ERROR_REJECT,
                        "falta --institution imss, issste, imss-bienestar o ssa");
        return EXIT_USAGE;
    }
    if (!ready(cli, err)) {
        return command_failed(err);
    }
    for (size_t i = 0; i < options->word_count; i++) {
        PGresult *account;
        bool good;

        show_progress(options->words[i], i, options->word_count);
        good = load_file(cli, options->words[i], &account, err);
        end_progress();
        if (!good) {
            return command_failed(err);
        }
        good = tell_account(cli, account, &sum, &refused, err);
        PQclear(account);
        if (!good) {
            return command_failed(err);
        }
    }
    if (options->json && !tell_sum(&sum, err)) {
        return command_failed(err);
    }
    return refused ? EXIT_PROBLEM : EXIT_OK;
}
