#include "cli/explain_text.h"
#include "tests/base/unit.h"

#include <string.h>

enum { TEXT_BYTES = 8192 };

static const struct {
    const char *units;
    const char *pesos;
} amounts[] = {
    {"0", "$0.00"},
    {"1", "$0.00000001"},
    {"1000000", "$0.01"},
    {"899456250000", "$8,994.5625"},
    {"547832000000", "$5,478.32"},
    {"100000000", "$1.00"},
    {"12345678901234567890123456789", "$123,456,789,012,345,678,901.23456789"},
    {"", ""},
    {"tope", "tope"},
    {"-1", "-1"},
};

START_TEST(exact_amounts_are_told_with_all_their_decimals)
{
    struct arena arena = {0};

    ck_assert_str_eq(explain_units(amounts[_i].units, &arena), amounts[_i].pesos);
    arena_finish(&arena);
}
END_TEST

#define HEAD                                                                                       \
    "{\"sanction_id\":\"s\",\"notice\":\"DATOS DE DEMOSTRACIÓN\",\"status\":\"CALCULATED\","      \
    "\"ordered_pieces\":1730,\"due_on\":\"2025-08-01\",\"effective_due_on\":\"2025-08-04\","       \
    "\"terms\":{\"stated\":true,\"origin\":\"contrato\",\"clause\":\"Décima\",\"rate_bp\":250,"   \
    "\"day_type\":\"WORKING\",\"grace_days\":1,\"cap_days\":null,\"cap_bp\":1000,"                 \
    "\"counting_date\":\"ENTRY\",\"missing_goods\":\"NONE\"},"

static const char late[] = HEAD
    "\"steps\":[{\"kind\":\"LATE\",\"receipt_id\":\"r-1\",\"counted_on\":\"2025-08-13\","
    "\"pieces\":1298,\"price\":\"599.9000\",\"days_late\":8,\"charged_days\":5,\"rate_bp\":200,"
    "\"amount_e6\":\"7786702000000\"}],\"sum_e6\":\"7786702000000\",\"cap_e6\":"
    "\"7786701000000\",\"cap_applied\":true,\"amount\":\"77867.01\",\"exposure\":\"0.00\","
    "\"final\":true,\"cap_note\":\"tope desconocido\",\"rounding\":\"una vez\",\"day\":"
    "\"2025-08-04\",\"guarantee\":null,\"facts\":[\"r-1@1.1\"]}";

static const char without_terms[] = "{\"terms\":{\"stated\":false},\"steps\":[],\"final\":false,"
                                    "\"facts\":[]}";

static void tell_with(const char *json, const char *rows_json, char out[TEXT_BYTES])
{
    struct arena arena = {0};
    json_t *penalty = json_loads(json, 0, NULL);
    json_t *rows = rows_json == NULL ? NULL : json_loads(rows_json, 0, NULL);
    FILE *file = tmpfile();
    size_t size;

    ck_assert_ptr_nonnull(penalty);
    ck_assert_ptr_nonnull(file);
    explain_text(penalty, rows, &arena, file);
    rewind(file);
    size = fread(out, 1, TEXT_BYTES - 1, file);
    out[size] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    json_decref(penalty);
    json_decref(rows);
    arena_finish(&arena);
}

static void tell(const char *json, char out[TEXT_BYTES])
{
    tell_with(json, NULL, out);
}

static const char *const said[] = {
    "DATOS DE DEMOSTRACIÓN\n",
    "calculada",
    "contrato, Décima",
    "2.5 % por día hábil de atraso, tras 1 día de gracia",
    "sin tope de días, 10 % de lo atrasado",
    "cuenta la fecha del alta",
    "2025-08-01, inhábil: se recorre al 2025-08-04",
    "De la recepción r-1 cuentan 1,298 piezas, con fecha 2025-08-13, 8 días tarde; se cobran 5 "
    "días:",
    "$599.90 x 1,298 piezas x 5 días x 2 % = $77,867.02",
    "$77,867.01: la suma lo pasa, vale el tope",
    "tope desconocido",
    "Importe     $77,867.01 (redondeo: una vez)",
    "Ya no puede crecer",
    "recepción r-1@1.1",
};

START_TEST(a_penalty_is_told_in_words_and_numbers)
{
    char text[TEXT_BYTES];

    tell(late, text);
    ck_assert_msg(strstr(text, said[_i]) != NULL, "«%s» is not in:\n%s", said[_i], text);
}
END_TEST

static const char *const said_in_english[] = {
    "DATOS DE DEMOSTRACIÓN\n", /* the event's own text */
    "calculated; until it is notified it is not imposed",
    "2.5 % per working day of delay, after 1 day of grace",
    "no cap in days, 10 % of what is late",
    "2025-08-01, no working day: moved to 2025-08-04",
    "Of receipt r-1 count 1,298 pieces, dated 2025-08-13, 8 days late; charged are 5 days:",
    "$77,867.01: the sum exceeds it, the cap holds",
    "Can grow no more",
};

START_TEST(a_penalty_is_told_in_english_to_who_reads_it)
{
    char text[TEXT_BYTES];

    ck_assert_int_eq(setenv("LC_ALL", "en_US.UTF-8", 1), 0);
    tell(late, text);
    ck_assert_msg(strstr(text, said_in_english[_i]) != NULL, "«%s» is not in:\n%s",
                  said_in_english[_i], text);
}
END_TEST

/* Missing goods, and facts of every kind. */
static const char waiting[] =
    "{\"contract_id\":\"imss/C-1\",\"order_number\":\"O-1\",\"clave\":\"010.000.0104.00\","
    "\"due_on\":\"2025-08-01\",\"effective_due_on\":\"2025-08-01\",\"terms\":{\"stated\":true},"
    "\"steps\":[{\"kind\":\"LATE\",\"receipt_id\":\"R1\",\"counted_on\":\"2025-08-03\","
    "\"pieces\":21,\"price\":\"1.0000\",\"days_late\":2,\"charged_days\":2,\"rate_bp\":200,"
    "\"amount_e6\":\"1\"},{\"kind\":\"MISSING\",\"receipt_id\":null,\"pieces\":10,"
    "\"price\":\"1.0000\",\"days_late\":9,\"charged_days\":9,\"rate_bp\":200,\"amount_e6\":"
    "\"1\"}],\"sum_e6\":\"2\",\"amount\":\"500.01\",\"guarantee\":\"500.00\",\"exposure\":"
    "\"0.00\",\"final\":false,\"day\":\"2025-08-10\",\"facts\":[\"R1@1.1\",\"V1@1.1\","
    "\"D1@1.1\",\"C-1@1.1\",\"C-1|010.000.0104.00@1.1\",\"O-1|010.000.0104.00@1.1\","
    "\"C-1|O-1|010.000.0104.00@1.2\",\"RFC|RM1|C-1|O-1|010.000.0104.00|L@1.1\",\"?@1.1\"]}";

static const char rows_behind[] =
    "[{\"fact_id\":\"R1\",\"receipt_id\":\"R1\",\"kind\":\"delivery\",\"pieces\":31},"
    "{\"fact_id\":\"V1\",\"receipt_id\":\"V1\",\"kind\":\"return\",\"pieces\":10},"
    "{\"fact_id\":\"D1\",\"receipt_id\":null,\"kind\":\"decision\",\"pieces\":null}]";

static const char *const said_of_waiting[] = {
    "La recepción R1 trajo 31 piezas el 2025-08-03, 2 días tarde; cuentan 21 piezas, sin lo "
    "devuelto ni lo excedente:",
    "Al 2025-08-10 faltan 10 piezas, a 9 días del vencimiento:",
    "Garantía    $500.00: la pena la rebasa",
    "Todavía puede crecer",
    " recepción R1@1.1\n",
    " devolución V1@1.1\n",
    " decisión D1@1.1\n",
    " contrato C-1@1.1\n",
    " partida C-1|010.000.0104.00@1.1\n",
    " orden O-1|010.000.0104.00@1.1\n",
    " orden C-1|O-1|010.000.0104.00@1.2\n",
    " remisión RFC|RM1|C-1|O-1|010.000.0104.00|L@1.1\n",
    " hecho ?@1.1\n",
};

START_TEST(what_went_back_what_is_missing_and_what_each_fact_is_are_told)
{
    char text[TEXT_BYTES];

    tell_with(waiting, rows_behind, text);
    ck_assert_msg(strstr(text, said_of_waiting[_i]) != NULL, "«%s» is not in:\n%s",
                  said_of_waiting[_i], text);
    ck_assert_ptr_null(strstr(text, "En riesgo"));
}
END_TEST

START_TEST(without_known_terms_it_says_so)
{
    char text[TEXT_BYTES];

    tell(without_terms, text);
    ck_assert_ptr_nonnull(strstr(text, "sin ellas no se calcula pena"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, exact_amounts_are_told_with_all_their_decimals, 0,
                        UNIT_COUNT(amounts));
    tcase_add_loop_test(tcase, a_penalty_is_told_in_words_and_numbers, 0, UNIT_COUNT(said));
    tcase_add_loop_test(tcase, a_penalty_is_told_in_english_to_who_reads_it, 0,
                        UNIT_COUNT(said_in_english));
    tcase_add_loop_test(tcase, what_went_back_what_is_missing_and_what_each_fact_is_are_told, 0,
                        UNIT_COUNT(said_of_waiting));
    tcase_add_test(tcase, without_known_terms_it_says_so);
}

int main(void)
{
    return unit_run("cli.explain", fill);
}
