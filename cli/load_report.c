#include "cli/load_report.h"

#include "cli/account.h"
#include "cli/output.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static const struct output_column columns[ACCOUNT_COLUMNS] = {
    [ACCOUNT_INSTITUTION] = {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    [ACCOUNT_NAME] = {"name", {"archivo", "file"}, OUTPUT_TEXT},
    [ACCOUNT_STATE] = {"state", {"estado", "state"}, OUTPUT_TEXT},
    [ACCOUNT_ROWS] = {"rows", {"renglones", "rows"}, OUTPUT_COUNT},
    [ACCOUNT_TAKEN] = {"taken", {"tomados", "taken"}, OUTPUT_COUNT},
    [ACCOUNT_WARNED] = {"warned", {"con aviso", "with a warning"}, OUTPUT_COUNT},
    [ACCOUNT_UNCHANGED] = {"unchanged", {"sin cambio", "unchanged"}, OUTPUT_COUNT},
    [ACCOUNT_QUARANTINED] = {"quarantined", {"apartados", "set aside"}, OUTPUT_COUNT},
    [ACCOUNT_SUPERSEDED] = {"superseded", {0}, OUTPUT_COUNT},
    [ACCOUNT_REPORT] = {"report", {0}, OUTPUT_TEXT},
    [ACCOUNT_REFUSAL] = {"refusal", {0}, OUTPUT_TEXT},
};

/* The numbers of an account, in the order of enum account_column. */
enum { SUMS = ACCOUNT_SUPERSEDED - ACCOUNT_ROWS + 1 };

static bool is_refused(const PGresult *accounts, int row)
{
    return text_equal(connection_text(accounts, row, ACCOUNT_STATE), "refused");
}

static bool is_zero(const PGresult *accounts, int row, enum account_column column)
{
    return text_equal(connection_text(accounts, row, (int)column), "0");
}

/* --- problems --- */

/* A layout of the gateway's own is not among these: the gateway has the last word. */
static bool layout_known(const char *layout)
{
    const size_t length = strlen(layout);

    for (const char *at = options_layouts; (at = strstr(at, layout)) != NULL; at += length) {
        if ((at == options_layouts || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static void tell_refusal(const PGresult *accounts, int row, const struct manifest_item *item)
{
    const char *refusal = connection_text(accounts, row, ACCOUNT_REFUSAL);

    fprintf(stderr, say("%s: rechazado: %s\n", "%s: refused: %s\n"), item->path,
            refusal == NULL ? say("sin motivo", "without a reason") : refusal);
    if (item->layout != NULL && !layout_known(item->layout)) {
        fprintf(stderr, say("formatos conocidos: %s\n", "known layouts: %s\n"), options_layouts);
    }
}

size_t load_report_problems(const PGresult *accounts, const struct manifest_item *items)
{
    size_t problems = 0;

    for (int row = 0; row < connection_rows(accounts); row++) {
        if (is_refused(accounts, row)) {
            tell_refusal(accounts, row, &items[row]);
            problems++;
        } else if (is_zero(accounts, row, ACCOUNT_TAKEN) && !is_zero(accounts, row, ACCOUNT_ROWS)) {
            fprintf(stderr,
                    say("%s: no se tomó ningún renglón\n", "%s: not a single row was taken\n"),
                    items[row].path);
            problems++;
        }
    }
    return problems;
}

/* --- JSON --- */

static bool write_json(json_t *json, struct error *err)
{
    const bool good = json_dumpf(json, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF;

    json_decref(json);
    return good || error_set(err, ERROR_FATAL,
                             say("no se pudo escribir el JSON", "the JSON could not be written"));
}

static bool put_numbers(json_t *json, const int64_t *numbers)
{
    bool good = json != NULL;

    for (size_t i = 0; i < SUMS; i++) {
        good = good && json_object_set_new(json, columns[ACCOUNT_ROWS + i].name,
                                           json_integer((json_int_t)numbers[i])) == 0;
    }
    return good;
}

/* A refused file has a reason, and none of its rows was read: no report. */
static bool tell_file(const PGresult *accounts, int row, const struct manifest_item *item,
                      const int64_t *numbers, struct error *err)
{
    const bool refused = is_refused(accounts, row);
    json_t *json =
        json_pack("{s:s,s:s,s:s,s:s?,s:s?}", "file", item->path, "institution", item->institution,
                  "state", connection_text(accounts, row, ACCOUNT_STATE), "reason",
                  refused ? connection_text(accounts, row, ACCOUNT_REFUSAL) : NULL, "report",
                  refused ? NULL : connection_text(accounts, row, ACCOUNT_REPORT));

    if (!put_numbers(json, numbers)) {
        json_decref(json);
        return error_set(err, ERROR_FATAL,
                         say("%s: el nombre no es texto UTF-8", "%s: the name is no UTF-8 text"),
                         item->path);
    }
    return write_json(json, err);
}

/* --- text --- */

/* Where the remarks about the files lie: their paths are long, and few want more than one. */
static void tell_reports(const PGresult *accounts)
{
    size_t reports = 0;
    int last = 0;

    for (int row = 0; row < connection_rows(accounts); row++) {
        if (!is_zero(accounts, row, ACCOUNT_WARNED) ||
            !is_zero(accounts, row, ACCOUNT_QUARANTINED)) {
            reports++;
            last = row;
        }
    }
    if (reports == 1) {
        printf(say("informe de %s: %s\n", "report on %s: %s\n"),
               connection_text(accounts, last, ACCOUNT_NAME),
               connection_text(accounts, last, ACCOUNT_REPORT));
    } else if (reports > 1) {
        /* <archive>/<institution>/<file_id>/informe.csv */
        const char *path = connection_text(accounts, last, ACCOUNT_REPORT);
        size_t length = strlen(path);

        for (int parts = 3; parts > 0 && length > 0; length--) {
            parts -= path[length - 1] == '/' ? 1 : 0;
        }
        printf(say("informes de %zu archivos: %.*s/*/*/informe.csv (--json dice cuál es de cuál)\n",
                   "reports on %zu files: %.*s/*/*/informe.csv (--json says which is whose)\n"),
               reports, (int)length, path);
    }
}

static void tell_rows(const PGresult *accounts, const int64_t *sums)
{
    for (int row = 0; row < connection_rows(accounts); row++) {
        if (is_zero(accounts, row, ACCOUNT_ROWS) &&
            connection_text(accounts, row, ACCOUNT_REFUSAL) == NULL) {
            printf(say("%s: 0 renglones: sólo trae el encabezado\n",
                       "%s: 0 rows: it brings the header only\n"),
                   connection_text(accounts, row, ACCOUNT_NAME));
        }
    }
    if (sums[ACCOUNT_SUPERSEDED - ACCOUNT_ROWS] > 0) {
        printf(say("de los sin cambio, superados: %" PRId64
                   " (ya se conoce otra versión, de un corte mayor)\n",
                   "of the unchanged, superseded: %" PRId64
                   " (another version is known, of a later cut-off)\n"),
               sums[ACCOUNT_SUPERSEDED - ACCOUNT_ROWS]);
    }
    if (sums[ACCOUNT_QUARANTINED - ACCOUNT_ROWS] > 0) {
        printf(say("renglones apartados: %" PRId64
                   "; «abasto quarantine list» dice por qué y qué hacer\n",
                   "rows set aside: %" PRId64
                   "; «abasto quarantine list» says why and what to do\n"),
               sums[ACCOUNT_QUARANTINED - ACCOUNT_ROWS]);
    }
}

static bool tell_table(PGresult *accounts, const int64_t *sums, struct error *err)
{
    for (int row = 0; row < connection_rows(accounts); row++) {
        char shown[32];

        (void)text_format(shown, sizeof shown, "%s",
                          is_refused(accounts, row) ? say("rechazado", "refused")
                                                    : say("terminado", "done"));
        if (!PQsetvalue(accounts, row, ACCOUNT_STATE, shown, (int)strlen(shown))) {
            return error_set(
                err, ERROR_FATAL,
                say("no hay memoria para las cuentas", "there is no memory for the accounts"));
        }
    }
    if (!output_rows(accounts, columns, ACCOUNT_COLUMNS, false, stdout, err)) {
        return false;
    }
    tell_rows(accounts, sums);
    tell_reports(accounts);
    return true;
}

bool load_report_tell(PGresult *accounts, const struct manifest_item *items,
                      const struct options *options, struct error *err)
{
    int64_t sums[SUMS] = {0};

    for (int row = 0; row < connection_rows(accounts); row++) {
        int64_t numbers[SUMS];

        for (int i = 0; i < SUMS; i++) {
            if (!connection_int64(accounts, row, ACCOUNT_ROWS + i, &numbers[i], err)) {
                return false;
            }
            sums[i] += numbers[i];
        }
        if (options->json && !tell_file(accounts, row, &items[row], numbers, err)) {
            return false;
        }
    }
    if (options->json) {
        json_t *json = json_object();

        return put_numbers(json, sums) && write_json(json, err);
    }
    return tell_table(accounts, sums, err);
}
