#include "cli/command.h"
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
        "from monitor.finding where open and ($1::text is null or institution = $1) and "
        "($2::text is null or contract_id = $2 or substr(contract_id, strpos(contract_id, '/') + "
        "1) = $2) "
        "order by institution, kind, subject, raised_by";
    const char *const values[] = {cli->options.institution, cli->options.contract};
    PGresult *result;
    bool good;

    if (!connection_query(&cli->connection, sql, values, 2, &result, err)) {
        return command_failed(err);
    }
    good = output_rows(result, columns, sizeof columns / sizeof columns[0], cli->options.json,
                       stdout, err);
    PQclear(result);
    return good ? EXIT_OK : command_failed(err);
}
