#include "cli/account.h"
#include "cli/command.h"
#include "cli/drop.h"
#include "cli/load_report.h"
#include "cli/manifest.h"
#include "cli/progress.h"
#include "common/base/instant.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_USUAL_S = 600, WAIT_MS = 50, SHOW_EVERY = 4 };

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

static void end_progress(const struct load *load)
{
    if (isatty(STDERR_FILENO) && load->count > 0) {
        fprintf(stderr, "\r\033[K");
    }
}

/* How far the reading of a file is, on a terminal; and, anywhere, that it does not go on. */
static bool show_reading(struct load *load, const struct account_watch *watch,
                         const struct manifest_item *item, struct progress_watch *moving,
                         struct error *err)
{
    int64_t rows;

    if (!account_rows_read(&load->cli->connection, watch, &rows, err)) {
        return false;
    }
    if (progress_stalled(moving, rows, instant_now())) {
        end_progress(load);
        fprintf(stderr,
                say("la pasarela de %s no avanza desde hace %d s: vea make status\n",
                    "the gateway of %s has not moved for %d s: see make status\n"),
                item->institution, PROGRESS_PATIENCE_S);
    }
    if (isatty(STDERR_FILENO)) {
        show(load, item->path, rows);
    }
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
    struct progress_watch moving = {0};

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
        if (turn % SHOW_EVERY == 0 && !show_reading(load, watch, item, &moving, err)) {
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
    for (int i = 0; i < ACCOUNT_COLUMNS; i++) {
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

/* --- all files --- */

static enum exit_status run_load(struct load *load, struct error *err)
{
    struct error telling = {0};
    size_t problems;
    bool good = count_rows(load, err);

    for (size_t i = 0; good && i < load->count; i++) {
        good = load_item(load, &load->items[i], err);
    }
    end_progress(load);
    problems = load_report_problems(load->accounts, load->items);
    /* What was answered is told even when a later file could not be loaded. */
    if ((good || load->accounts != NULL) &&
        !load_report_tell(load->accounts, load->items, &load->cli->options, &telling) && good) {
        *err = telling;
        good = false;
    }
    if (!good) {
        return command_failed(err);
    }
    return problems > 0 ? EXIT_PROBLEM : EXIT_OK;
}

/* --- what was asked for --- */

/* The gateway would never look at a file of such a name, and nothing would be answered. */
static bool check_item(const struct manifest_item *item, struct error *err)
{
    if (item->institution == NULL) {
        return error_set(err, ERROR_REJECT,
                         say("falta --institution: " OPTIONS_INSTITUTIONS_ES,
                             "--institution is missing: " OPTIONS_INSTITUTIONS_EN));
    }
    if (!options_institution_known(item->institution)) {
        return error_set(err, ERROR_REJECT,
                         say("«%s» no es una institución conocida: " OPTIONS_INSTITUTIONS_ES,
                             "«%s» is no known institution: " OPTIONS_INSTITUTIONS_EN),
                         item->institution);
    }
    return drop_name_taken(item->path) ||
           error_set(err, ERROR_REJECT,
                     say("%s: no es un archivo de datos: los ocultos, .meta.json, .part y .tmp no "
                         "se leen",
                         "%s: is no data file: hidden ones, .meta.json, .part and .tmp are not "
                         "read"),
                     item->path);
}

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
        if (!check_item(&items[i], err)) {
            return false;
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
            say("no se sabe dónde están los buzones: make demo los crea, o defina ABASTO_DROP y "
                "ABASTO_ARCHIVE, o ABASTO_STACK",
                "nobody knows where the drop folders are: make demo makes them, or set "
                "ABASTO_DROP and ABASTO_ARCHIVE, or ABASTO_STACK"));
        return command_failed(err);
    }
    status = run_load(&load, err);
    PQclear(load.accounts);
    arena_finish(&load.line);
    return status;
}
