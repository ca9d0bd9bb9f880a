#include "cli/command.h"
#include "cli/filter.h"
#include "cli/freshness.h"
#include "cli/merge.h"
#include "cli/output.h"
#include "common/domain/rfc.h"

static const struct output_column columns[] = {
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"orders", {"órdenes vigentes", "standing orders"}, OUTPUT_COUNT},
    {"ordered_pieces", {"ordenado", "ordered"}, OUTPUT_COUNT},
    {"in_transit_pieces", {"en tránsito", "in transit"}, OUTPUT_COUNT},
    {"accepted_pieces", {"aceptado", "accepted"}, OUTPUT_COUNT},
    {"excess_pieces", {"excedente", "excess"}, OUTPUT_COUNT},
    {"without_order_pieces", {"sin orden", "without order"}, OUTPUT_COUNT},
    {"missing_pieces", {"faltante", "missing"}, OUTPUT_COUNT},
    {"late_pieces", {"tarde", "late"}, OUTPUT_COUNT},
    {"penalty_centavos", {"penas", "penalties"}, OUTPUT_MONEY},
    {"exposure_centavos", {"en riesgo", "at risk"}, OUTPUT_MONEY},
};

enum { COLUMNS = sizeof columns / sizeof columns[0], MATCHES = COLUMNS };

/* Cancelled orders ask for nothing: what came for them is accepted without an order, as what came for an order that
 * nobody knows. Where an order does not name its supplier, the contract does. The three institutions are always
 * there, side by side. The total is the sum of the same rows: it cannot differ. The last column tells whether
 * anything was found. */
static const char sql[] =
    "select coalesce(i.institution, 'TOTAL'), "
    "count(*) filter (where l.standing), "
    "coalesce(sum(l.ordered_pieces) filter (where l.standing), 0), "
    "coalesce(sum(l.in_transit_pieces), 0), coalesce(sum(l.accepted_pieces), 0), "
    "coalesce(sum(l.excess_pieces) filter (where l.standing), 0), "
    "coalesce(sum(l.accepted_pieces) filter (where not l.standing), 0), "
    "coalesce(sum(l.missing_pieces), 0), coalesce(sum(l.late_pieces), 0), "
    "coalesce(sum(l.penalty_centavos), 0), coalesce(sum(l.exposure_centavos), 0), "
    "count(l.order_id) "
    "from (select unnest(array['imss', 'issste', 'imss-bienestar']) union select institution from "
    "monitor.order_line) i(institution) left join "
    "(select o.*, o.ordered_pieces is not null and not o.cancelled as standing "
    "from monitor.order_line o left join monitor.contract c using (contract_id) "
    "where ($1::text is null or o.clave = $1) and " FILTER_CONTRACT_SQL(
        "$2") " and ($3::text is null or coalesce(o.supplier_rfc, c.supplier_rfc) = $3)) l "
              "on l.institution = i.institution "
              "group by rollup (i.institution) order by grouping(i.institution), i.institution";

/* What is wrong with it, in the language of the reader. */
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

/* What was asked for, in words. */
static const char *wish_text(const struct options *options, struct arena *arena)
{
    const struct {
        const char *name;
        const char *value;
    } parts[] = {{say("clave", "clave"), options->clave},
                 {say("contrato", "contract"), options->contract},
                 {say("proveedor", "supplier"), options->supplier}};
    const char *text = "";

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].value != NULL) {
            text = arena_format(arena, "%s%s%s %s", text, text[0] == '\0' ? "" : ", ",
                                parts[i].name, parts[i].value);
        }
    }
    return text;
}

/* Empty is an answer to "everything", and a problem where something was asked for. */
static bool found_any(const PGresult *result, const struct options *options, struct arena *arena,
                      struct error *err)
{
    const int last = connection_rows(result) - 1;
    const char *wish = wish_text(options, arena);
    int64_t matches = 0;

    if (wish[0] == '\0') {
        return true;
    }
    if (last >= 0 && !connection_int64(result, last, MATCHES, &matches, err)) {
        return false;
    }
    return matches > 0 ||
           error_set(err, ERROR_REJECT, say("no hay nada de %s", "there is nothing of %s"), wish);
}

static bool tell(struct cli *cli, const PGresult *result, struct error *err)
{
    if (!output_rows(result, columns, COLUMNS, cli->options.json, stdout, err)) {
        return false;
    }
    if (!cli->options.json) {
        printf(say("ordenado = aceptado - excedente - sin orden + faltante; sin orden: lo recibido "
                   "sin orden conocida o con orden cancelada\n",
                   "ordered = accepted - excess - without order + missing; without order: received "
                   "without a known order, or with a cancelled one\n"));
    }
    return true;
}

/* The options as the read model writes them. */
static bool read_wish(struct cli *cli, struct rfc *supplier, const char *values[3],
                      struct error *err)
{
    const struct options *options = &cli->options;

    if (!filter_clave(options->clave, &cli->arena, &values[0], err) ||
        !filter_contract(options->contract, &cli->arena, &values[1], err) ||
        (options->supplier != NULL && !read_supplier(options->supplier, supplier, err))) {
        return false;
    }
    values[2] = options->supplier == NULL ? NULL : supplier->text;
    return true;
}

enum exit_status status_show(struct cli *cli, struct error *err)
{
    const char *values[3];
    struct rfc supplier;
    PGresult *result;
    bool good;

    if (!read_wish(cli, &supplier, values, err)) {
        return EXIT_USAGE;
    }
    if (!connection_query(&cli->connection, sql, values, 3, &result, err) ||
        !merge_sum(&cli->connection, &result, err)) {
        return command_failed(err);
    }
    good = found_any(result, &cli->options, &cli->arena, err) && tell(cli, result, err);
    PQclear(result);
    if (!cli->options.json) {
        (void)fflush(stdout);
        freshness_tell(&cli->stack, &cli->arena, stderr);
    }
    return good ? EXIT_OK : command_failed(err);
}
