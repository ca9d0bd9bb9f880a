#include "cli/account.h"
#include "cli/command.h"
#include "cli/drop.h"
#include "cli/manifest.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "common/base/instant.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_USUAL_S = 600, WAIT_MS = 50, SHOW_EVERY = 4 };

static const struct output_column columns[] = {
    [ACCOUNT_INSTITUTION] = {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    [ACCOUNT_NAME] = {"name", {"archivo", "file"}, OUTPUT_TEXT},
    [ACCOUNT_STATE] = {"state", {"estado", "state"}, OUTPUT_TEXT},
    [ACCOUNT_ROWS] = {"rows", {"renglones", "rows"}, OUTPUT_COUNT},
    [ACCOUNT_TAKEN] = {"taken", {"tomados", "taken"}, OUTPUT_COUNT},
    [ACCOUNT_WARNED] = {"warned", {"con aviso", "with a warning"}, OUTPUT_COUNT},
    [ACCOUNT_UNCHANGED] = {"unchanged", {"sin cambio", "unchanged"}, OUTPUT_COUNT},
    [ACCOUNT_QUARANTINED] = {"quarantined", {"apartados", "set aside"}, OUTPUT_COUNT},
    [ACCOUNT_REPORT] = {"report", {0}, OUTPUT_TEXT},
    [ACCOUNT_REFUSAL] = {"refusal", {0}, OUTPUT_TEXT},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* What was asked for, and how far it is. */
struct load {
    struct cli *cli;
    const struct manifest_item *items;
    size_t count;
    struct progress progress;
    PGresult *accounts; /* one row per file that was answered */
    struct arena line;  /* what is shown now */
};

/* --- progress --- */

static void show(struct load *load, const char *name, int64_t rows_read)
{
    struct progress now = load->progress;

    now.rows_done += rows_read;
    fprintf(stderr, "\r\033[K%s", progress_text(&now, name, &load->line));
    (void)fflush(stderr);
    arena_reset(&load->line);
}

static bool show_reading(struct load *load, const struct account_watch *watch, const char *name,
                         struct error *err)
{
    int64_t rows;

    if (!isatty(STDERR_FILENO)) {
        return true;
    }
    if (!account_rows_read(&load->cli->connection, watch, &rows, err)) {
        return false;
    }
    show(load, name, rows);
    return true;
}

/* A bar on a terminal, a line per file elsewhere. */
static void show_done(struct load *load, const char *name)
{
    if (isatty(STDERR_FILENO)) {
        show(load, name, 0);
        return;
    }
    fprintf(stderr, "[%zu/%zu] %s\n", load->progress.files_done, load->count, name);
}

static void end_progress(const struct load *load)
{
    if (isatty(STDERR_FILENO) && load->count > 0) {
        fprintf(stderr, "\r\033[K");
    }
}

static bool count_rows(struct load *load, struct error *err)
{
    for (size_t i = 0; i < load->count; i++) {
        int64_t rows;

        if (!progress_count_rows(load->items[i].path, &rows, err)) {
            return false;
        }
        load->progress.rows += rows;
    }
    load->progress.files = load->count;
    return true;
}

/* --- one file --- */

static bool await_answer(struct load *load, const struct manifest_item *item,
                         const struct account_watch *watch, PGresult **out, struct error *err)
{
    struct connection *connection = &load->cli->connection;
    const int64_t wanted_s = load->cli->options.timeout_s;
    const int64_t seconds = wanted_s > 0 ? wanted_s : WAIT_USUAL_S;
    const int64_t until = instant_now() + seconds * 1000000;

    for (int64_t turn = 0;; turn++) {
        if (!account_answer(connection, watch, out, err)) {
            return false;
        }
        if (*out != NULL) {
            return true;
        }
        if (instant_now() > until) {
            return error_set(err, ERROR_RETRY,
                             say("%s: la pasarela de %s no lo leyó en %" PRId64 " s",
                                 "%s: the gateway of %s did not read it in %" PRId64 " s"),
                             item->path, item->institution, seconds);
        }
        if (turn % SHOW_EVERY == 0 && !show_reading(load, watch, item->path, err)) {
            return false;
        }
        connection_pause(WAIT_MS);
    }
}

/* Adds a row to the accounts of all files. */
static bool keep_account(struct load *load, const PGresult *account, struct error *err)
{
    const int row = connection_rows(load->accounts);

    if (load->accounts == NULL) {
        load->accounts = PQcopyResult(account, PG_COPYRES_ATTRS);
    }
    for (int i = 0; i < COLUMNS; i++) {
        char value[] = "";
        const char *text = connection_text(account, 0, i);
        char *copy = text == NULL ? value : arena_copy(&load->cli->arena, text);

        if (load->accounts == NULL ||
            !PQsetvalue(load->accounts, row, i, copy, text == NULL ? -1 : (int)strlen(copy))) {
            return error_set(
                err, ERROR_FATAL,
                say("no hay memoria para las cuentas", "there is no memory for the accounts"));
        }
    }
    return true;
}

/* From the file to its account. */
static bool load_item(struct load *load, const struct manifest_item *item, struct error *err)
{
    struct cli *cli = load->cli;
    const struct drop_said said = {
        .layout = item->layout, .as_of = cli->options.as_of, .nature = cli->options.nature};
    const char *folder = arena_format(&cli->arena, "%s/%s", cli->stack.drop, item->institution);
    struct account_watch watch;
    PGresult *account;
    int64_t rows;
    bool good;

    if (!account_watch_begin(&cli->connection, item->institution, item->path, cli->stack.archive,
                             &cli->arena, &watch, err) ||
        !drop_file(item->path, folder, &said, &cli->arena, err) ||
        !await_answer(load, item, &watch, &account, err)) {
        return false;
    }
    good =
        keep_account(load, account, err) && connection_int64(account, 0, ACCOUNT_ROWS, &rows, err);
    PQclear(account);
    if (good) {
        load->progress.rows_done += rows;
        load->progress.files_done++;
        show_done(load, item->path);
    }
    return good;
}

/* --- the end --- */

struct sums {
    int64_t rows;
    int64_t taken;
    int64_t warned;
    int64_t unchanged;
    int64_t quarantined;
};

static bool add_up(const PGresult *accounts, struct sums *out, struct error *err)
{
    int64_t *const sums[] = {&out->rows, &out->taken, &out->warned, &out->unchanged,
                             &out->quarantined};

    for (int row = 0; row < connection_rows(accounts); row++) {
        for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
            int64_t value;

            if (!connection_int64(accounts, row, ACCOUNT_ROWS + (int)i, &value, err)) {
                return false;
            }
            *sums[i] += value;
        }
    }
    return true;
}

static bool tell_json(const struct sums *sums, struct error *err)
{
    json_t *json =
        json_pack("{s:I,s:I,s:I,s:I,s:I}", "rows", (json_int_t)sums->rows, "taken",
                  (json_int_t)sums->taken, "warned", (json_int_t)sums->warned, "unchanged",
                  (json_int_t)sums->unchanged, "quarantined", (json_int_t)sums->quarantined);
    const bool good = json_dumpf(json, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;

    json_decref(json);
    return good || error_set(err, ERROR_FATAL,
                             say("no se pudo escribir el JSON", "the JSON could not be written"));
}

/* Where the remarks about each file lie, and what to do about rows that were set aside. */
static void tell_reports(const PGresult *accounts, const struct sums *sums)
{
    for (int row = 0; row < connection_rows(accounts); row++) {
        if (strcmp(connection_text(accounts, row, ACCOUNT_WARNED), "0") != 0 ||
            strcmp(connection_text(accounts, row, ACCOUNT_QUARANTINED), "0") != 0) {
            printf(say("informe de %s: %s\n", "report on %s: %s\n"),
                   connection_text(accounts, row, ACCOUNT_NAME),
                   connection_text(accounts, row, ACCOUNT_REPORT));
        }
    }
    if (sums->quarantined > 0) {
        printf(say("renglones apartados: %" PRId64
                   "; «abasto quarantine list» dice por qué y qué hacer\n",
                   "rows set aside: %" PRId64
                   "; «abasto quarantine list» says why and what to do\n"),
               sums->quarantined);
    }
}

static size_t tell_refused(const PGresult *accounts)
{
    size_t refused = 0;

    for (int row = 0; row < connection_rows(accounts); row++) {
        if (strcmp(connection_text(accounts, row, ACCOUNT_STATE), say("rechazado", "refused")) ==
            0) {
            const char *refusal = connection_text(accounts, row, ACCOUNT_REFUSAL);

            refused++;
            fprintf(stderr, say("%s: rechazado: %s\n", "%s: refused: %s\n"),
                    connection_text(accounts, row, ACCOUNT_NAME),
                    refusal == NULL ? say("sin motivo", "without a reason") : refusal);
        }
    }
    return refused;
}

static bool tell_all(const struct load *load, struct error *err)
{
    struct sums sums = {0};

    if (!add_up(load->accounts, &sums, err)) {
        return false;
    }
    if (load->cli->options.json) {
        return tell_json(&sums, err);
    }
    if (!output_rows(load->accounts, columns, COLUMNS, false, stdout, err)) {
        return false;
    }
    tell_reports(load->accounts, &sums);
    return true;
}

static enum exit_status run_load(struct load *load, struct error *err)
{
    struct error telling = {0};
    size_t refused;
    bool good = count_rows(load, err);

    for (size_t i = 0; good && i < load->count; i++) {
        good = load_item(load, &load->items[i], err);
    }
    end_progress(load);
    refused = tell_refused(load->accounts);
    /* What was answered is told even when a later file could not be loaded. */
    if ((good || load->accounts != NULL) && !tell_all(load, &telling) && good) {
        *err = telling;
        good = false;
    }
    if (!good) {
        return command_failed(err);
    }
    return refused > 0 ? EXIT_PROBLEM : EXIT_OK;
}

/* --- what was asked for --- */

/* Either a list, or files of one institution. */
static bool read_items(struct cli *cli, struct load *load, struct error *err)
{
    const struct options *options = &cli->options;
    struct manifest_item *items;

    if (options->manifest != NULL) {
        if (options->word_count > 0 || options->institution != NULL || options->layout != NULL) {
            return error_set(err, ERROR_REJECT,
                             say("con --manifest no van archivos, --institution ni --layout",
                                 "with --manifest go neither files, --institution nor --layout"));
        }
        if (!manifest_read(options->manifest, &cli->arena, &items, &load->count, err)) {
            return false;
        }
    } else {
        if (options->word_count == 0) {
            return error_set(
                err, ERROR_REJECT,
                say("diga qué archivos, o --manifest", "say which files, or --manifest"));
        }
        items = arena_array(&cli->arena, options->word_count, sizeof *items);
        load->count = options->word_count;
        for (size_t i = 0; i < load->count; i++) {
            items[i] = (struct manifest_item){.institution = options->institution,
                                              .path = options->words[i],
                                              .layout = options->layout};
        }
    }
    load->items = items;
    for (size_t i = 0; i < load->count; i++) {
        if (!account_institution_known(items[i].institution)) {
            return error_set(
                err, ERROR_REJECT,
                say("falta la institución: imss, issste, imss-bienestar o ssa",
                    "the institution is missing: imss, issste, imss-bienestar or ssa"));
        }
    }
    return true;
}

enum exit_status load_files(struct cli *cli, struct error *err)
{
    struct load load = {.cli = cli};
    enum exit_status status;

    if (!read_items(cli, &load, err)) {
        return EXIT_USAGE;
    }
    if (cli->stack.drop == NULL || cli->stack.archive == NULL) {
        (void)error_set(
            err, ERROR_RETRY,
            say("no se sabe dónde están los buzones: defina ABASTO_DROP y ABASTO_ARCHIVE, "
                "o ABASTO_STACK",
                "nobody knows where the drop folders are: set ABASTO_DROP and ABASTO_ARCHIVE, "
                "or ABASTO_STACK"));
        return command_failed(err);
    }
    status = run_load(&load, err);
    PQclear(load.accounts);
    arena_finish(&load.line);
    return status;
}
