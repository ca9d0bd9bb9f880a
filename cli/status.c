#include "cli/command.h"
#include "cli/output.h"

static const struct output_column columns[] = {
    {"institution", "institución", OUTPUT_TEXT},
    {"orders", "órdenes", OUTPUT_COUNT},
    {"ordered_pieces", "ordenado", OUTPUT_COUNT},
    {"in_transit_pieces", "en tránsito", OUTPUT_COUNT},
    {"accepted_pieces", "aceptado", OUTPUT_COUNT},
    {"missing_pieces", "faltante", OUTPUT_COUNT},
    {"late_pieces", "tarde", OUTPUT_COUNT},
    {"penalty_centavos", "penas", OUTPUT_MONEY},
    {"exposure_centavos", "en riesgo", OUTPUT_MONEY},
};

/* Cancelled orders ask for nothing. The total is the sum of the same rows: it cannot differ. */
static const char sql[] =
    "select coalesce(institution, 'TOTAL'), "
    "count(*) filter (where ordered_pieces is not null and not cancelled), "
    "coalesce(sum(ordered_pieces) filter (where not cancelled), 0), "
    "coalesce(sum(in_transit_pieces), 0), coalesce(sum(accepted_pieces), 0), "
    "coalesce(sum(missing_pieces), 0), coalesce(sum(late_pieces), 0), "
    "coalesce(sum(penalty_centavos), 0), coalesce(sum(exposure_centavos), 0) "
    "from monitor.order_line where ($1::text is null or clave = $1) and "
    "($2::text is null or contract_id = $2 or substr(contract_id, strpos(contract_id, '/') + 1) = "
    "$2) "
    "group by rollup (institution) order by grouping(institution), institution";

enum exit_status status_show(struct cli *cli, struct error *err)
{
    const char *const values[] = {cli->options.clave, cli->options.contract};
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
