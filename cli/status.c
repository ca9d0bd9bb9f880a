#include "cli/command.h"
#include "cli/output.h"
#include "common/domain/rfc.h"

static const struct output_column columns[] = {
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"orders", {"órdenes", "orders"}, OUTPUT_COUNT},
    {"ordered_pieces", {"ordenado", "ordered"}, OUTPUT_COUNT},
    {"in_transit_pieces", {"en tránsito", "in transit"}, OUTPUT_COUNT},
    {"accepted_pieces", {"aceptado", "accepted"}, OUTPUT_COUNT},
    {"missing_pieces", {"faltante", "missing"}, OUTPUT_COUNT},
    {"late_pieces", {"tarde", "late"}, OUTPUT_COUNT},
    {"penalty_centavos", {"penas", "penalties"}, OUTPUT_MONEY},
    {"exposure_centavos", {"en riesgo", "at risk"}, OUTPUT_MONEY},
};

/* Cancelled orders ask for nothing. Where an order does not name its supplier, the contract does. The three institutions are always there, side by side. The total is the
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
    "(select o.* from monitor.order_line o left join monitor.contract c using (contract_id) "
    "where ($1::text is null or o.clave = $1) and "
    "($2::text is null or contract_id = $2 or substr(contract_id, strpos(contract_id, '/') + 1) = "
    "$2) and ($3::text is null or coalesce(o.supplier_rfc, c.supplier_rfc) = $3)) l "
    "on l.institution = i.institution "
    "group by rollup (i.institution) order by grouping(i.institution), i.institution";

/* rfc_warning in the reader's language. */
static const char *rfc_fault_text(enum rfc_fault fault)
{
    switch (fault) {
    case RFC_FAULT_NONE:
        return "";
    case RFC_FAULT_MISSING:
        return say("falta el RFC", "the RFC is missing");
    case RFC_FAULT_LENGTH:
        return say("el RFC no tiene 12 ni 13 caracteres",
                   "the RFC has neither 12 nor 13 characters");
    case RFC_FAULT_CHARACTERS:
        return say("el RFC tiene caracteres fuera de su lugar",
                   "the RFC has characters out of place");
    case RFC_FAULT_DATE:
        return say("la fecha dentro del RFC no existe", "the date within the RFC does not exist");
    case RFC_FAULT_CHECK_DIGIT:
        return say("el dígito verificador del RFC no corresponde",
                   "the check digit of the RFC is wrong");
    }
    return "";
}

/* An RFC as the gateway keeps it. A fault is only told: official RFCs have them too. */
static bool read_supplier(const char *said, struct rfc *out, struct error *err)
{
    *out = rfc_read(said);
    if (out->fault == RFC_FAULT_MISSING) {
        return error_set(err, ERROR_REJECT, say("«%s» no es un RFC", "«%s» is no RFC"), said);
    }
    if (out->fault != RFC_FAULT_NONE) {
        fprintf(stderr, say("aviso: %s: %s\n", "warning: %s: %s\n"), out->text,
                rfc_fault_text(out->fault));
    }
    return true;
}

enum exit_status status_show(struct cli *cli, struct error *err)
{
    const struct options *options = &cli->options;
    struct rfc supplier;
    const char *values[] = {options->clave, options->contract, NULL};
    PGresult *result;
    bool good;

    if (options->supplier != NULL) {
        if (!read_supplier(options->supplier, &supplier, err)) {
            return EXIT_USAGE;
        }
        values[2] = supplier.text;
    }
    if (!connection_query(&cli->connection, sql, values, 3, &result, err)) {
        return command_failed(err);
    }
    good = output_rows(result, columns, sizeof columns / sizeof columns[0], options->json, stdout,
                       err);
    PQclear(result);
    return good ? EXIT_OK : command_failed(err);
}
