#include "cli/output.h"
#include "tests/base/unit.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 4096, COLUMNS = 5 };

static const struct output_column columns[COLUMNS] = {
    {"name", {"nombre", "name"}, OUTPUT_TEXT},
    {"pieces", {"piezas", "pieces"}, OUTPUT_COUNT},
    {"centavos", {"pesos", "pesos"}, OUTPUT_MONEY},
    {"invented", {"demostración", "demonstration"}, OUTPUT_BOOL},
    {"inside", {0}, OUTPUT_TEXT},
};

/* One row; NULL is SQL NULL. */
static PGresult *make_result(const char *const values[COLUMNS])
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc attributes[COLUMNS] = {0};

    for (int i = 0; i < COLUMNS; i++) {
        static char name[] = "x";

        attributes[i] = (PGresAttDesc){.name = name, .typlen = -1, .atttypmod = -1};
    }
    ck_assert_int_ne(PQsetResultAttrs(result, COLUMNS, attributes), 0);
    for (int i = 0; i < COLUMNS; i++) {
        char copy[64] = "";

        if (values[i] != NULL) {
            memcpy(copy, values[i], strlen(values[i]) + 1);
        }
        ck_assert_int_ne(
            PQsetvalue(result, 0, i, copy, values[i] == NULL ? -1 : (int)strlen(values[i])), 0);
    }
    return result;
}

static void print(const PGresult *result, bool json, char out[TEXT_BYTES])
{
    FILE *file = tmpfile();
    struct error err = {0};
    size_t size;

    ck_assert_ptr_nonnull(file);
    ck_assert_msg(output_rows(result, columns, COLUMNS, json, file, &err), "%s", err.message);
    rewind(file);
    size = fread(out, 1, TEXT_BYTES - 1, file);
    out[size] = '\0';
    ck_assert_int_eq(fclose(file), 0);
}

static const struct {
    const char *values[COLUMNS];
    const char *json;
} rows[] = {
    {{"imss", "1234567", "682364238", "t", "x"},
     "{\"name\":\"imss\",\"pieces\":1234567,\"centavos\":682364238,\"invented\":true,\"inside\":"
     "\"x\"}\n"},
    {{NULL, NULL, NULL, NULL, NULL},
     "{\"name\":null,\"pieces\":null,\"centavos\":null,\"invented\":null,\"inside\":null}\n"},
    {{"2025", "0", "-5", "f", "\""},
     "{\"name\":\"2025\",\"pieces\":0,\"centavos\":-5,\"invented\":false,\"inside\":\"\\\"\"}\n"},
};

START_TEST(json_has_an_object_per_row_with_whole_numbers)
{
    char text[TEXT_BYTES];
    PGresult *result = make_result(rows[_i].values);

    print(result, true, text);
    ck_assert_str_eq(text, rows[_i].json);
    PQclear(result);
}
END_TEST

START_TEST(the_table_shows_the_same_with_separators_and_without_what_is_for_programs)
{
    char text[TEXT_BYTES];
    PGresult *result = make_result(rows[0].values);

    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    print(result, false, text);
    ck_assert_ptr_nonnull(strstr(text, "nombre"));
    ck_assert_ptr_nonnull(strstr(text, "1,234,567"));
    ck_assert_ptr_nonnull(strstr(text, "$6,823,642.38"));
    ck_assert_ptr_nonnull(strstr(text, "sí"));
    ck_assert_ptr_null(strstr(text, "inside"));
    PQclear(result);
}
END_TEST

START_TEST(who_reads_english_gets_english_titles_and_the_same_json)
{
    char text[TEXT_BYTES];
    PGresult *result = make_result(rows[0].values);

    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    ck_assert_int_eq(setenv("LC_ALL", "en_US.UTF-8", 1), 0);
    print(result, false, text);
    ck_assert_ptr_nonnull(strstr(text, "pieces"));
    ck_assert_ptr_nonnull(strstr(text, "yes"));
    ck_assert_ptr_null(strstr(text, "piezas"));
    print(result, true, text);
    ck_assert_str_eq(text, rows[0].json);
    PQclear(result);
}
END_TEST

START_TEST(a_table_that_no_service_has_made_yet_has_no_rows)
{
    char text[TEXT_BYTES];

    print(NULL, true, text);
    ck_assert_str_eq(text, "");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, json_has_an_object_per_row_with_whole_numbers, 0, UNIT_COUNT(rows));
    tcase_add_test(tcase,
                   the_table_shows_the_same_with_separators_and_without_what_is_for_programs);
    tcase_add_test(tcase, who_reads_english_gets_english_titles_and_the_same_json);
    tcase_add_test(tcase, a_table_that_no_service_has_made_yet_has_no_rows);
}

int main(void)
{
    return unit_run("cli.output", fill);
}
