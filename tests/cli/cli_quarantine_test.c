#include "cli/quarantine_row.h"
#include "common/base/text.h"
#include "tests/base/unit.h"

#include <string.h>

/* What a correction makes of a row, and what is said of it before anything is sent. */

static struct arena arena;

static const char *const titles[] = {"recepcion", "contrato", "orden",
                                     "Clave",     "piezas",   "fecha_fisica"};
enum { TITLES = sizeof titles / sizeof titles[0] };

static struct aside_content row_of(const char *const *cells, size_t count)
{
    return (struct aside_content){.layout = "plantilla.recepciones",
                                  .file_name = "r.csv",
                                  .sha256 = "00",
                                  .has_as_of = true,
                                  .as_of = INT64_C(1750000000000000),
                                  .row_number = 3,
                                  .titles = titles,
                                  .title_count = TITLES,
                                  .cells = cells,
                                  .cell_count = count};
}

static const char *const bad_cells[] = {"R1", "C1", "7", "010.000.2540.00", "doce", "2025-06-18"};

static struct aside_content changed(const struct aside_content *row, const char *const *sets,
                                    size_t count)
{
    struct aside_content out;
    struct error err = {0};

    ck_assert_msg(quarantine_row_change(row, sets, count, &arena, &out, &err), "%s", err.message);
    return out;
}

static struct quarantine_verdict judge(const struct aside_content *row)
{
    const struct layout_set *layouts;
    struct error err = {0};

    ck_assert_msg(layout_set_load(arena_format(&arena, "%s/services/gateway/formats",
                                               getenv("ABASTO_SOURCE_DIR")),
                                  &arena, &layouts, &err),
                  "%s", err.message);
    return quarantine_row_judge(layouts, "imss", row, &arena);
}

START_TEST(a_set_changes_its_column_however_the_title_is_written)
{
    const struct aside_content row = row_of(bad_cells, TITLES);
    const char *const sets[] = {"PIEZAS=12", "clave = 010.000.0104.00=x"};
    const struct aside_content now = changed(&row, sets, 1);
    const struct aside_content other = changed(&row, &sets[1], 1);

    ck_assert_str_eq(quarantine_row_changes(&row, &now, &arena), "piezas: doce → 12");
    ck_assert_str_eq(now.cells[0], "R1");
    ck_assert_str_eq(other.cells[3], " 010.000.0104.00=x");
}
END_TEST

START_TEST(a_column_that_the_file_has_not_is_refused_with_those_it_has)
{
    const struct aside_content row = row_of(bad_cells, TITLES);
    const char *const strange[] = {"pieza=12", "piezas"};
    struct aside_content out;
    struct error err = {0};

    ck_assert(!quarantine_row_change(&row, &strange[_i], 1, &arena, &out, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_ptr_nonnull(strstr(err.message, _i == 0 ? "fecha_fisica" : "columna=valor"));
}
END_TEST

START_TEST(a_row_that_was_not_understood_is_made_of_the_sets_alone)
{
    static const char *const torn[] = {"R1,\"C1,7"};
    const struct aside_content row = row_of(torn, 1);
    const char *const sets[] = {"recepcion=R1", "piezas=12"};
    const struct aside_content now = changed(&row, sets, 2);

    ck_assert_uint_eq(now.cell_count, TITLES);
    ck_assert_str_eq(now.cells[0], "R1");
    ck_assert_str_eq(now.cells[1], "");
    ck_assert_str_eq(now.cells[4], "12");
}
END_TEST

START_TEST(what_would_come_is_what_the_gateway_reads)
{
    const struct aside_content row = row_of(bad_cells, TITLES);
    const char *const sets[] = {"piezas=12"};
    const struct aside_content now = changed(&row, sets, 1);
    struct quarantine_verdict verdict = judge(&row);

    ck_assert(!verdict.taken);
    ck_assert_ptr_nonnull(strstr(verdict.why, "piezas «doce»"));
    verdict = judge(&now);
    ck_assert_msg(verdict.taken, "%s", verdict.why);
    ck_assert_str_eq(verdict.fact_key, "plantilla.recepciones|R1");
    ck_assert_int_eq(verdict.as_of, row.as_of);
    ck_assert(!text_is_blank(verdict.digest));
}
END_TEST

START_TEST(a_layout_that_is_gone_is_said)
{
    struct aside_content row = row_of(bad_cells, TITLES);
    struct quarantine_verdict verdict;

    row.layout = "plantilla.nada";
    verdict = judge(&row);
    ck_assert(!verdict.taken);
    ck_assert_ptr_nonnull(strstr(verdict.why, "plantilla.nada"));
}
END_TEST

START_TEST(texts_survive_the_way_through_the_database)
{
    static const char *const texts[] = {"", "a\tb", "ñ \"x\"", "\xff\xfe", "1,2"};
    const char *json = aside_texts_write(texts, 5, &arena);
    const char *const *back;
    struct error err = {0};
    size_t count;

    ck_assert(aside_texts_read(json, &arena, &back, &count, &err));
    ck_assert_uint_eq(count, 5);
    ck_assert_str_eq(back[1], texts[1]);
    ck_assert_str_eq(back[2], texts[2]);
    ck_assert(text_is_utf8(back[3], strlen(back[3])));
    ck_assert(!aside_texts_read("[1]", &arena, &back, &count, &err));
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, a_set_changes_its_column_however_the_title_is_written);
    tcase_add_loop_test(tcase, a_column_that_the_file_has_not_is_refused_with_those_it_has, 0, 2);
    tcase_add_test(tcase, a_row_that_was_not_understood_is_made_of_the_sets_alone);
    tcase_add_test(tcase, what_would_come_is_what_the_gateway_reads);
    tcase_add_test(tcase, a_layout_that_is_gone_is_said);
    tcase_add_test(tcase, texts_survive_the_way_through_the_database);
}

int main(void)
{
    return unit_run("cli.quarantine", fill);
}
