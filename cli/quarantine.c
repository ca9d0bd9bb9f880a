#include "cli/command.h"
#include "cli/output.h"

static const struct output_column columns[] = {
    {"quarantine_id", {"id", "id"}, OUTPUT_TEXT},
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"source", {"fuente", "source"}, OUTPUT_TEXT},
    {"position", {"renglón", "row"}, OUTPUT_COUNT},
    {"column", {"columna", "column"}, OUTPUT_TEXT},
    {"found", {"encontrado", "found"}, OUTPUT_TEXT},
    {"expected", {"esperado", "expected"}, OUTPUT_TEXT},
    {"reason", {"motivo", "reason"}, OUTPUT_TEXT},
    {"action", {"remedio", "remedy"}, OUTPUT_TEXT},
    {"service", {0}, OUTPUT_TEXT},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char list_sql[] =
    "select quarantine_id, institution, source, position, column_name, found, expected, reason, "
    "action, service from monitor.quarantined where ($1::text is null or institution = $1) "
    "and ($2::text is null or quarantine_id = $2) "
    "order by institution, source, position, quarantine_id";

static enum exit_status print_rows(struct cli *cli, const char *institution, const char *id,
                                   int *rows, struct error *err)
{
    const char *const values[] = {institution, id};
    PGresult *result;
    bool good;

    if (!connection_query(&cli->connection, list_sql, values, 2, &result, err)) {
        return command_failed(err);
    }
    *rows = connection_rows(result);
    good = (*rows == 0 && id != NULL) ||
           output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    return good ? EXIT_OK : command_failed(err);
}

enum exit_status quarantine_list(struct cli *cli, struct error *err)
{
    int rows;

    return print_rows(cli, cli->options.institution, NULL, &rows, err);
}

enum exit_status quarantine_show(struct cli *cli, struct error *err)
{
    int rows;
    const enum exit_status status = print_rows(cli, NULL, cli->options.words[0], &rows, err);

    if (status == EXIT_OK && rows == 0) {
        (void)error_set(err, ERROR_REJECT,
                        say("nada apartado con id %s", "nothing was set aside under id %s"),
                        cli->options.words[0]);
        return EXIT_PROBLEM;
    }
    return status;
}
