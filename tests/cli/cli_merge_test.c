#include "cli/merge.h"
#include "common/base/arena.h"
#include "tests/base/unit.h"

#include <string.h>

/* Answers of two servers, without any. */

enum { OID_TEXT = 25, OID_INT64 = 20, COLUMNS = 3 };

static const struct server_list two = {.items = {{"a", ""}, {"b", ""}}, .count = 2};
static struct connection several = {.servers = &two};

static PGresult *table_of(const char *const rows[][COLUMNS], size_t count)
{
    static char name[] = "";
    PGresAttDesc columns[COLUMNS] = {{.name = name, .typid = OID_TEXT, .typlen = -1},
                                     {.name = name, .typid = OID_INT64, .typlen = 8},
                                     {.name = name, .typid = OID_INT64, .typlen = 8}};
    PGresult *table = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

    ck_assert(PQsetResultAttrs(table, COLUMNS, columns));
    for (size_t row = 0; row < count; row++) {
        for (int i = 0; i < COLUMNS; i++) {
            const char *cell = rows[row][i];
            char *copy = memory_copy(cell == NULL ? "" : cell); /* libpq wants one that is ours */

            ck_assert(PQsetvalue(table, (int)row, i, copy, cell == NULL ? -1 : (int)strlen(copy)));
            free(copy);
        }
    }
    return table;
}

static void expect_row(const PGresult *table, int row, const char *first, const char *second,
                       const char *third)
{
    const char *const wanted[] = {first, second, third};

    for (int i = 0; i < COLUMNS; i++) {
        const char *found = connection_text(table, row, i);

        ck_assert_msg(wanted[i] == NULL ? found == NULL : found != NULL,
                      "row %d, column %d: NULL differs", row, i);
        if (found != NULL) {
            ck_assert_str_eq(found, wanted[i]);
        }
    }
}

static PGresult *both(const char *const one[][COLUMNS], size_t ones,
                      const char *const other[][COLUMNS], size_t others)
{
    struct error err = {0};
    PGresult *first = table_of(one, ones);
    PGresult *second = table_of(other, others);
    PGresult *all = NULL;

    ck_assert(merge_append(&all, NULL, &err)); /* a server that has no such table */
    ck_assert(merge_append(&all, first, &err));
    ck_assert(merge_append(&all, second, &err));
    PQclear(first);
    PQclear(second);
    return all;
}

START_TEST(rows_of_two_servers_are_sorted_and_cut)
{
    static const char *const one[][COLUMNS] = {{"imss", "9", "1"}, {"ssa", NULL, "2"}};
    static const char *const other[][COLUMNS] = {
        {"imss", "10", NULL}, {NULL, "1", "3"}, {"ssa", "1", "4"}};
    static const int order[] = {0, 1};
    struct error err = {0};
    PGresult *all = both(one, 2, other, 3);

    ck_assert(merge_sort(&several, &all, order, 2, 4, &err));
    ck_assert_int_eq(PQntuples(all), 4);
    expect_row(all, 0, "imss", "9", "1");
    expect_row(all, 1, "imss", "10", NULL);
    expect_row(all, 2, "ssa", "1", "4");
    expect_row(all, 3, "ssa", NULL, "2");
    PQclear(all);
}
END_TEST

START_TEST(rows_of_one_name_are_added_up_and_the_total_is_last)
{
    static const char *const one[][COLUMNS] = {
        {"imss", "5", "1"}, {"issste", "0", "0"}, {"TOTAL", "5", "1"}};
    static const char *const other[][COLUMNS] = {
        {"birmex", "7", "0"}, {"imss", "9000000000", "2"}, {"TOTAL", "9000000007", "2"}};
    struct error err = {0};
    PGresult *all = both(one, 3, other, 3);

    ck_assert(merge_sum(&several, &all, &err));
    ck_assert_int_eq(PQntuples(all), 4);
    expect_row(all, 0, "birmex", "7", "0");
    expect_row(all, 1, "imss", "9000000005", "3");
    expect_row(all, 2, "issste", "0", "0");
    expect_row(all, 3, "TOTAL", "9000000012", "3");
    PQclear(all);
}
END_TEST

START_TEST(the_answer_of_one_server_stays_as_it_is)
{
    static const char *const rows[][COLUMNS] = {{"b", "1", "1"}, {"a", "1", "1"}, {"a", "2", "2"}};
    static const struct server_list one = {.items = {{"a", ""}}, .count = 1};
    static const int order[] = {0};
    const struct connection single = {.servers = &one};
    struct error err = {0};
    PGresult *all = table_of(rows, 3);

    ck_assert(merge_sort(&single, &all, order, 1, 1, &err));
    ck_assert(merge_sum(&single, &all, &err));
    ck_assert_int_eq(PQntuples(all), 3);
    expect_row(all, 0, "b", "1", "1");
    PQclear(all);
    all = NULL;
    ck_assert(merge_sum(&several, &all, &err));
    ck_assert(merge_sort(&several, &all, order, 1, 0, &err));
    ck_assert_ptr_null(all);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, rows_of_two_servers_are_sorted_and_cut);
    tcase_add_test(tcase, rows_of_one_name_are_added_up_and_the_total_is_last);
    tcase_add_test(tcase, the_answer_of_one_server_stays_as_it_is);
}

int main(void)
{
    return unit_run("cli.merge", fill);
}
