#include "cli/explain_text.h"

#include "cli/explain_facts.h"
#include "cli/say.h"
#include "common/base/decimal.h"

#include <inttypes.h>
#include <string.h>

enum {
    UNIT_DECIMALS = 8, /* a millionth of a centavo is 10^-8 pesos */
    MONEY_DECIMALS = 2,
    PRICE_SCALE = 4,
    BASIS_POINT_DECIMALS = 2,
};

/* A symbol of the event and what people call it. */
struct word {
    const char *symbol;
    struct said said;
};

static const struct word words[] = {
    {"CALCULATED",
     {"calculada; mientras no se notifique no está impuesta",
      "calculated; until it is notified it is not imposed"}},
    {"NOTIFIED", {"notificada", "notified"}},
    {"VOID", {"sin efecto", "void"}},
    {"NATURAL", {"natural", "calendar"}},
    {"WORKING", {"hábil", "working"}},
    {"PHYSICAL", {"de la recepción física", "of the physical receipt"}},
    {"REMISSION", {"de la remisión", "of the remisión"}},
    {"ENTRY", {"del alta", "of the alta"}},
    {"NONE", {"lo que nunca llega no paga", "what never arrives does not pay"}},
    {"AFTER_CAP",
     {"lo que falta paga todos los días del tope, una vez vencido",
      "what is missing pays all days of the cap, once they are over"}},
    {"ACCRUE",
     {"lo que falta paga día a día hasta que llega",
      "what is missing pays day by day until it arrives"}},
};

static const char *symbol_text(const char *symbol)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].symbol, symbol) == 0) {
            return said_text(&words[i].said);
        }
    }
    return symbol;
}

/* Text of a field, "" when it has none. */
static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

static json_int_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool has(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value) ? json_string_length(value) > 0
                                 : value != NULL && !json_is_null(value);
}

static bool is_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

/* Digits with a comma at every third: of a whole number that may be longer than 64 bits. */
static const char *grouped(const char *digits, size_t length, struct arena *arena)
{
    char *out = arena_alloc(arena, length + length / 3 + 1);
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    return out;
}

const char *explain_units(const char *digits, struct arena *arena)
{
    const size_t length = strlen(digits);
    const size_t zeros = length > UNIT_DECIMALS ? 0 : UNIT_DECIMALS + 1 - length;
    const char *padded = arena_format(arena, "%.*s%s", (int)zeros, "000000000", digits);
    const size_t whole = strlen(padded) - UNIT_DECIMALS;
    size_t decimals = UNIT_DECIMALS;

    if (length == 0 || strspn(digits, "0123456789") != length) {
        return digits;
    }
    while (decimals > MONEY_DECIMALS && padded[whole + decimals - 1] == '0') {
        decimals--;
    }
    return arena_format(arena, "$%s.%.*s", grouped(padded, whole, arena), (int)decimals,
                        padded + whole);
}

/* "1165.6000" is "$1,165.60", "0.1234" is "$0.1234". */
static const char *pesos(const char *text, struct arena *arena)
{
    struct decimal price;

    if (!decimal_parse(text, PRICE_SCALE, DECIMAL_EXACT, &price) || price.value < 0) {
        return text;
    }
    return explain_units(arena_format(arena, "%" PRId64 "0000", price.value), arena);
}

static const char *count(json_int_t number, struct arena *arena)
{
    char text[DECIMAL_TEXT_BYTES];

    decimal_format_count(number, text);
    return arena_copy(arena, text);
}

static const char *per_cent(json_int_t basis_points, struct arena *arena)
{
    char text[DECIMAL_TEXT_BYTES];

    decimal_format_short(basis_points, BASIS_POINT_DECIMALS, 0, text);
    return arena_format(arena, "%s %%", text);
}

static const char *days(json_int_t number, struct arena *arena)
{
    return arena_format(arena, "%s %s", count(number, arena),
                        number == 1 ? say("día", "day") : say("días", "days"));
}

static const char *pieces(json_int_t number, struct arena *arena)
{
    return arena_format(arena, "%s %s", count(number, arena),
                        number == 1 ? say("pieza", "piece") : say("piezas", "pieces"));
}

static void tell_subject(const json_t *penalty, struct arena *arena, FILE *out)
{
    if (has(penalty, "notice")) {
        fprintf(out, "%s\n", text_of(penalty, "notice"));
    }
    fprintf(out, say("Pena %s\n", "Penalty %s\n"), text_of(penalty, "sanction_id"));
    fprintf(out, say("  Estado      %s", "  State       %s"),
            symbol_text(text_of(penalty, "status")));
    if (has(penalty, "notified_on")) {
        fprintf(out, say(" el %s, oficio %s", " on %s, oficio %s"), text_of(penalty, "notified_on"),
                text_of(penalty, "notified_by"));
    }
    fprintf(out, say("\n  Proveedor   %s %s\n", "\n  Supplier    %s %s\n"),
            text_of(penalty, "supplier_name"), text_of(penalty, "supplier_rfc"));
    fprintf(out, say("  Contrato    %s\n", "  Contract    %s\n"), text_of(penalty, "contract_id"));
    fprintf(out, say("  Orden       %s, clave %s, %s\n", "  Order       %s, clave %s, %s\n"),
            text_of(penalty, "order_number"), text_of(penalty, "clave"),
            pieces(number_of(penalty, "ordered_pieces"), arena));
}

static void tell_terms(const json_t *penalty, struct arena *arena, FILE *out)
{
    const json_t *terms = json_object_get(penalty, "terms");

    if (!is_true(terms, "stated")) {
        fprintf(out, say("  Condiciones no se conocen: sin ellas no se calcula pena\n",
                         "  Terms       are not known: without them no penalty is calculated\n"));
        return;
    }
    fprintf(out, say("  Condiciones %s", "  Terms       %s"), text_of(terms, "origin"));
    if (has(terms, "clause")) {
        fprintf(out, ", %s", text_of(terms, "clause"));
    }
    if (has(penalty, "legal_regime")) {
        fprintf(out, ", %s", text_of(penalty, "legal_regime"));
    }
    fprintf(out,
            say("\n              %s por día %s de atraso, tras %s de gracia, sin IVA\n",
                "\n              %s per %s day of delay, after %s of grace, without VAT\n"),
            per_cent(number_of(terms, "rate_bp"), arena), symbol_text(text_of(terms, "day_type")),
            days(number_of(terms, "grace_days"), arena));
    fprintf(out,
            say("              tope: %s, %s de lo atrasado\n",
                "              cap: %s, %s of what is late\n"),
            has(terms, "cap_days") ? days(number_of(terms, "cap_days"), arena)
                                   : say("sin tope de días", "no cap in days"),
            has(terms, "cap_bp") ? per_cent(number_of(terms, "cap_bp"), arena)
                                 : say("sin tope en por ciento", "no cap in per cent"));
    fprintf(out,
            say("              cuenta la fecha %s; %s\n",
                "              the date that counts is that %s; %s\n"),
            symbol_text(text_of(terms, "counting_date")),
            symbol_text(text_of(terms, "missing_goods")));
    fprintf(out, say("  Vencía      %s", "  Was due     %s"), text_of(penalty, "due_on"));
    if (strcmp(text_of(penalty, "due_on"), text_of(penalty, "effective_due_on")) != 0) {
        fprintf(out, say(", inhábil: se recorre al %s", ", no working day: moved to %s"),
                text_of(penalty, "effective_due_on"));
    }
    fprintf(out, "\n");
}

/* A receipt may have brought more than what counts of it: some went back, or was beyond the order. */
static void tell_receipt(const json_t *step, const json_t *rows, struct arena *arena, FILE *out)
{
    const char *receipt = text_of(step, "receipt_id");
    const json_int_t counted = number_of(step, "pieces");
    const json_int_t brought = explain_fact_pieces(rows, receipt);
    const char *late = days(number_of(step, "days_late"), arena);

    if (brought < counted) {
        fprintf(out,
                say("De la recepción %s cuentan %s, con fecha %s, %s tarde",
                    "Of receipt %s count %s, dated %s, %s late"),
                receipt, pieces(counted, arena), text_of(step, "counted_on"), late);
        return;
    }
    fprintf(out,
            say("La recepción %s trajo %s el %s, %s tarde", "Receipt %s brought %s on %s, %s late"),
            receipt, pieces(brought, arena), text_of(step, "counted_on"), late);
    if (brought > counted) {
        fprintf(out,
                say("; cuentan %s, sin lo devuelto ni lo excedente",
                    "; %s count, without returns and excess"),
                pieces(counted, arena));
    }
}

/* Once the cap is reached the day does not matter any more, and the event tells none after the due date. */
static void tell_missing(const json_t *penalty, const json_t *step, struct arena *arena, FILE *out)
{
    const char *missing = pieces(number_of(step, "pieces"), arena);
    const char *late = days(number_of(step, "days_late"), arena);

    if (strcmp(text_of(penalty, "day"), text_of(penalty, "effective_due_on")) == 0) {
        fprintf(out,
                say("Faltan %s, cumplido el tope a %s del vencimiento",
                    "Missing are %s, the cap reached %s past the due date"),
                missing, late);
        return;
    }
    fprintf(
        out,
        say("Al %s faltan %s, a %s del vencimiento", "On %s missing are %s, %s past the due date"),
        text_of(penalty, "day"), missing, late);
}

static void tell_step(const json_t *penalty, const json_t *rows, size_t index, struct arena *arena,
                      FILE *out)
{
    const json_t *step = json_array_get(json_object_get(penalty, "steps"), index);
    const json_int_t charged = number_of(step, "charged_days");

    fprintf(out, "  %zu. ", index + 1);
    if (has(step, "receipt_id")) {
        tell_receipt(step, rows, arena, out);
    } else {
        tell_missing(penalty, step, arena, out);
    }
    if (number_of(step, "days_late") != charged) {
        fprintf(out, say("; se cobran %s", "; charged are %s"), days(charged, arena));
    }
    fprintf(out, ":\n     %s x %s x %s x %s = %s\n", pesos(text_of(step, "price"), arena),
            pieces(number_of(step, "pieces"), arena), days(charged, arena),
            per_cent(number_of(step, "rate_bp"), arena),
            explain_units(text_of(step, "amount_e6"), arena));
}

/* Whether one amount in pesos is above another. */
static bool exceeds(const char *amount, const char *limit)
{
    struct decimal left;
    struct decimal right;

    return decimal_parse(amount, MONEY_DECIMALS, DECIMAL_EXACT, &left) &&
           decimal_parse(limit, MONEY_DECIMALS, DECIMAL_EXACT, &right) && left.value > right.value;
}

static void tell_guarantee(const json_t *penalty, struct arena *arena, FILE *out)
{
    const char *guarantee = text_of(penalty, "guarantee");

    if (!has(penalty, "guarantee")) {
        return;
    }
    fprintf(out, say("  Garantía    %s", "  Guarantee   %s"), pesos(guarantee, arena));
    if (exceeds(text_of(penalty, "amount"), guarantee)) {
        fprintf(out, say(": la pena la rebasa", ": the penalty exceeds it"));
    }
    fprintf(out, "\n");
}

/* What may still be added. */
static void tell_future(const json_t *penalty, struct arena *arena, FILE *out)
{
    if (is_true(penalty, "final")) {
        fprintf(out, say("  Ya no puede crecer\n", "  Can grow no more\n"));
        return;
    }
    if (!exceeds(text_of(penalty, "exposure"), "0")) {
        fprintf(out, say("  Todavía puede crecer\n", "  May still grow\n"));
        return;
    }
    fprintf(out,
            say("  En riesgo   %s más, si llegara lo que falta",
                "  At risk     %s more, if what is missing arrived"),
            pesos(text_of(penalty, "exposure"), arena));
    if (strcmp(text_of(penalty, "day"), text_of(penalty, "effective_due_on")) != 0) {
        fprintf(out, say(" el %s", " on %s"), text_of(penalty, "day"));
    }
    fprintf(out, "\n");
}

static void tell_sum(const json_t *penalty, struct arena *arena, FILE *out)
{
    fprintf(out, say("  Suma        %s\n", "  Sum         %s\n"),
            explain_units(text_of(penalty, "sum_e6"), arena));
    if (has(penalty, "cap_e6")) {
        fprintf(out, say("  Tope        %s: %s\n", "  Cap         %s: %s\n"),
                explain_units(text_of(penalty, "cap_e6"), arena),
                is_true(penalty, "cap_applied")
                    ? say("la suma lo pasa, vale el tope", "the sum exceeds it, the cap holds")
                    : say("la suma no lo pasa", "the sum does not exceed it"));
    }
    tell_guarantee(penalty, arena, out);
    if (has(penalty, "cap_note")) {
        fprintf(out, say("  Nota        %s\n", "  Note        %s\n"), text_of(penalty, "cap_note"));
    }
    fprintf(out, say("  Importe     %s (redondeo: %s)\n", "  Amount      %s (rounding: %s)\n"),
            pesos(text_of(penalty, "amount"), arena), text_of(penalty, "rounding"));
    tell_future(penalty, arena, out);
}

static void tell_facts(const json_t *penalty, const json_t *rows, struct arena *arena, FILE *out)
{
    const json_t *facts = json_object_get(penalty, "facts");

    fprintf(out, say("  Se apoya en\n", "  Rests on\n"));
    for (size_t i = 0; i < json_array_size(facts); i++) {
        const char *fact = json_string_value(json_array_get(facts, i));

        if (fact != NULL) {
            fprintf(out, "    %s %s\n", explain_fact_kind(penalty, rows, fact, arena), fact);
        }
    }
}

void explain_text(const json_t *penalty, const json_t *rows, struct arena *arena, FILE *out)
{
    const size_t steps = json_array_size(json_object_get(penalty, "steps"));

    tell_subject(penalty, arena, out);
    tell_terms(penalty, arena, out);
    for (size_t i = 0; i < steps; i++) {
        tell_step(penalty, rows, i, arena, out);
    }
    tell_sum(penalty, arena, out);
    tell_facts(penalty, rows, arena, out);
}
