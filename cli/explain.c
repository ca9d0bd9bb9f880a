#include "cli/command.h"

#include <jansson.h>

static const char sql[] =
    "select json from monitor.sanction where stands and ($1::text is null or sanction_id = $1 or "
    "order_id = $1) order by sanction_id";

/* A field of the event and what it is called here, in the order in which it is told. */
struct told {
    const char *name;
    const char *title;
};

static const struct told told_fields[] = {
    {"sanction_id", "Pena"},
    {"notice", "Aviso"},
    {"supplier_name", "Proveedor"},
    {"supplier_rfc", "RFC"},
    {"contract_id", "Contrato"},
    {"order_number", "Orden"},
    {"clave", "Clave"},
    {"status", "Estado"},
    {"ordered_pieces", "Piezas ordenadas"},
    {"due_on", "Fecha límite"},
    {"effective_due_on", "Fecha límite que cuenta"},
    {"day", "Juzgada hasta"},
    {"late_value", "Valor entregado tarde"},
    {"cap_e6", "Tope (millonésimas de centavo)"},
    {"cap_note", "Nota del tope"},
    {"sum_e6", "Suma (millonésimas de centavo)"},
    {"rounding", "Redondeo"},
    {"amount", "Importe"},
    {"exposure", "En riesgo"},
};

static const struct told told_steps[] = {
    {"kind", "motivo"},       {"receipt_id", "recepción"}, {"counted_on", "fecha que cuenta"},
    {"pieces", "piezas"},     {"price", "precio"},         {"charged_days", "días"},
    {"rate_bp", "tasa (pb)"}, {"amount_e6", "producto"},
};

static void print_value(const json_t *value)
{
    if (json_is_integer(value)) {
        printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        printf("%s", json_is_true(value) ? "sí" : "no");
    } else {
        printf("%s", json_is_string(value) ? json_string_value(value) : "—");
    }
}

static void print_step(const json_t *step, size_t number)
{
    printf("  %zu.", number);
    for (size_t i = 0; i < sizeof told_steps / sizeof told_steps[0]; i++) {
        printf("%s %s ", i == 0 ? "" : ",", told_steps[i].title);
        print_value(json_object_get(step, told_steps[i].name));
    }
    printf("\n");
}

static bool print_text(const char *text, struct error *err)
{
    json_error_t fault;
    json_t *json = json_loads(text, 0, &fault);
    const json_t *steps = json_object_get(json, "steps");

    if (json == NULL) {
        return error_set(err, ERROR_FATAL, "la pena guardada no es JSON: %s", fault.text);
    }
    for (size_t i = 0; i < sizeof told_fields / sizeof told_fields[0]; i++) {
        const json_t *value = json_object_get(json, told_fields[i].name);

        if (json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0)) {
            continue;
        }
        printf("%s: ", told_fields[i].title);
        print_value(value);
        printf("\n");
    }
    for (size_t i = 0; i < json_array_size(steps); i++) {
        print_step(json_array_get(steps, i), i + 1);
    }
    printf("\n");
    json_decref(json);
    return true;
}

static bool print_all(const struct cli *cli, const PGresult *result, struct error *err)
{
    for (int row = 0; row < connection_rows(result); row++) {
        const char *text = connection_text(result, row, 0);

        if (cli->options.json) {
            printf("%s\n", text);
        } else if (!print_text(text, err)) {
            return false;
        }
    }
    return true;
}

enum exit_status explain_show(struct cli *cli, struct error *err)
{
    const struct options *options = &cli->options;
    const char *id = options->all || options->word_count == 0 ? NULL : options->words[0];
    PGresult *result;
    bool good;
    int rows;

    if (options->all == (options->word_count == 1)) {
        (void)error_set(err, ERROR_REJECT, "diga qué pena, o --all");
        return EXIT_USAGE;
    }
    if (!connection_query(&cli->connection, sql, &id, 1, &result, err)) {
        return command_failed(err);
    }
    rows = connection_rows(result);
    good = print_all(cli, result, err);
    PQclear(result);
    if (good && rows == 0 && id != NULL) {
        (void)error_set(err, ERROR_REJECT, "no hay una pena %s", id);
        return EXIT_PROBLEM;
    }
    return good ? EXIT_OK : command_failed(err);
}
