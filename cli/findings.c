#include "cli/command.h"
#include "cli/filter.h"
#include "cli/merge.h"
#include "cli/output.h"

static const struct output_column columns[] = {
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"kind", {"hallazgo", "finding"}, OUTPUT_TEXT},
    {"subject", {"sobre", "about"}, OUTPUT_TEXT},
    {"message", {"mensaje", "message"}, OUTPUT_TEXT},
    {"contract_id", {0}, OUTPUT_TEXT},
    {"raised_by", {0}, OUTPUT_TEXT},
    {"invented", {"demostración", "demonstration"}, OUTPUT_BOOL},
};

enum exit_status findings_list(struct cli *cli, struct error *err)
{
    static const char sql[] =
        "select institution, kind, subject, message, contract_id, raised_by, invented "
        "from monitor.finding where open and ($1::text is null or institution = $1) "
        "and " FILTER_CONTRACT_SQL("$2") " "
                                         "order by institution, kind, subject, raised_by";
    static const int order[] = {0, 1, 2, 5};
    const char *values[] = {cli->options.institution, NULL};
    PGresult *result;
    bool good = true;

    if (!filter_contract(cli->options.contract, &cli->arena, &values[1], err)) {
        return EXIT_USAGE;
    }
    if (!connection_query(&cli->connection, sql, values, 2, &result, err) ||
        !merge_sort(&cli->connection, &result, order, sizeof order / sizeof order[0], 0, err)) {
        return command_failed(err);
    }
    if (connection_rows(result) == 0 && !cli->options.json) {
        printf(say("sin hallazgos\n", "no findings\n"));
    } else {
        good = output_rows(result, columns, sizeof columns / sizeof columns[0], cli->options.json,
                           stdout, err);
    }
    PQclear(result);
    return good ? EXIT_OK : command_failed(err);
}
