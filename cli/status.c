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

/* Cancelled orders ask for nothing. The three institutions are always there, side by side. The total is the
 * sum of the same rows: it cannot differ. */
static const char sql[] =
    "select coalesce(i.institution, 'TOTAL'), "
    "count(*) filter (where l.ordered_pieces is not null and not l.cancelled), "
    "coalesce(sum(l.ordered_pieces) filter (where not l.cancelled), 0), "
    "coalesce(sum(l.in_transit_pieces), 0), coalesce(sum(l.accepted_pieces), 0), "
    "coalesce(sum(l.missing_pieces), 0), coalesce(sum(l.late_pieces), 0), "
    "coalesce(sum(l.penalty_centavos), 0), coalesce(sum(l.exposure_centavos), 0) "
    "from (select unnest(array['imss', 'issste', 'imss-bienestar']) union select institution from "
    "monitor.order_line) i(institution) left join "
    "(select * from monitor.order_line where ($1::text is null or clave = $1) and "
    "($2::text is null or contract_id = $2 or substr(contract_id, strpos(contract_id, '/') + 1) = "
    "$2)) l on l.institution = i.institution "
    "group by rollup (i.institution) order by grouping(i.institution), i.institution";

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
