#include "cli/drop.h"
#include "cli/manifest.h"
#include "cli/progress.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A file of that text; to be unlinked by the caller. */
static const char *make_file(const char *text, struct arena *arena)
{
    char *path = arena_copy(arena, "/tmp/abasto-load-test.XXXXXX");
    const int handle = mkstemp(path);

    ck_assert_int_ge(handle, 0);
    ck_assert_int_eq(write(handle, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(close(handle), 0);
    return path;
}

static const struct {
    const char *text;
    int64_t rows;
} contents[] = {
    {"", 0},
    {"a,b\n", 0},
    {"a,b", 0},
    {"a,b\n1,2\n3,4\n", 2},
    {"a,b\r\n1,2\r\n3,4", 2},
    {"a,b\n\"1\n1\",2\n\"3\"\"\n\",4\n", 2},
};

START_TEST(rows_are_counted_below_the_header_and_outside_quotes)
{
    struct arena arena = {0};
    struct error err = {0};
    const char *path = make_file(contents[_i].text, &arena);
    int64_t rows = -1;

    ck_assert(progress_count_rows(path, &rows, &err));
    ck_assert_int_eq(rows, contents[_i].rows);
    ck_assert_int_eq(unlink(path), 0);
    arena_finish(&arena);
}
END_TEST

START_TEST(the_bar_shows_the_share_of_all_rows)
{
    struct arena arena = {0};
    const struct progress half = {.files = 2, .files_done = 1, .rows = 3000, .rows_done = 1500};
    const struct progress more = {.files = 1, .files_done = 1, .rows = 10, .rows_done = 12};
    const struct progress none = {.files = 1};

    ck_assert_str_eq(progress_text(&half, "b.csv", &arena),
                     "[############............]  50 % 1,500 de 3,000 renglones, archivo 2 de 2: "
                     "b.csv");
    ck_assert_ptr_nonnull(strstr(progress_text(&more, "a", &arena), " 100 % "));
    ck_assert_ptr_nonnull(strstr(progress_text(&none, "a", &arena), "   0 % "));
    arena_finish(&arena);
}
END_TEST

START_TEST(a_gateway_that_reads_nothing_is_told_of_once_until_it_moves_again)
{
    const int64_t second = 1000000;
    struct progress_watch watch = {0};

    ck_assert(!progress_stalled(&watch, 0, 100 * second));
    ck_assert(!progress_stalled(&watch, 0, 114 * second));
    ck_assert(!progress_stalled(&watch, 10, 116 * second)); /* it moved */
    ck_assert(!progress_stalled(&watch, 10, 130 * second));
    ck_assert(progress_stalled(&watch, 10, 131 * second));
    ck_assert(!progress_stalled(&watch, 10, 160 * second));
    ck_assert(!progress_stalled(&watch, 11, 161 * second));
    ck_assert(progress_stalled(&watch, 11, 176 * second));
}
END_TEST

static const struct {
    const char *path;
    bool taken;
} names[] = {
    {"datos.csv", true},
    {"/tmp/.oculta/datos.csv", true},
    {".oculto.csv", false},
    {"/tmp/.oculto.csv", false},
    {"datos.csv.meta.json", false},
    {"datos.csv.part", false},
    {"/tmp/datos.tmp", false},
    {"carpeta/", false},
};

START_TEST(names_that_no_gateway_looks_at_are_known)
{
    ck_assert_msg(drop_name_taken(names[_i].path) == names[_i].taken, "%s", names[_i].path);
}
END_TEST

START_TEST(a_list_names_files_beside_it_in_their_order)
{
    struct arena arena = {0};
    struct error err = {0};
    struct manifest_item *items;
    size_t count;
    const char *path = make_file("institucion,archivo,layout\r\nimss,uno.csv,plantilla.ordenes\r\n"
                                 "\r\nissste,dos.csv,\r\n",
                                 &arena);

    ck_assert_msg(manifest_read(path, &arena, &items, &count, &err), "%s", err.message);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(items[0].institution, "imss");
    ck_assert_str_eq(items[0].path, "/tmp/imss/uno.csv");
    ck_assert_str_eq(items[0].layout, "plantilla.ordenes");
    ck_assert_str_eq(items[1].path, "/tmp/issste/dos.csv");
    ck_assert_ptr_null(items[1].layout);
    ck_assert_int_eq(unlink(path), 0);
    arena_finish(&arena);
}
END_TEST

static const char *const no_lists[] = {
    "",
    "institucion,archivo,layout\n",
    "archivo,institucion,layout\nimss,a,b\n",
    "institucion,archivo,layout\nimss,a\n",
    "institucion,archivo,layout\nimss,a,b,c\n",
    "institucion,archivo,layout\n,a,b\n",
    "institucion,archivo,layout\nimss,,b\n",
};

START_TEST(what_is_no_such_list_is_refused)
{
    struct arena arena = {0};
    struct error err = {0};
    struct manifest_item *items;
    size_t count;
    const char *path = make_file(no_lists[_i], &arena);

    ck_assert(!manifest_read(path, &arena, &items, &count, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_int_eq(unlink(path), 0);
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, rows_are_counted_below_the_header_and_outside_quotes, 0,
                        UNIT_COUNT(contents));
    tcase_add_test(tcase, the_bar_shows_the_share_of_all_rows);
    tcase_add_test(tcase, a_gateway_that_reads_nothing_is_told_of_once_until_it_moves_again);
    tcase_add_loop_test(tcase, names_that_no_gateway_looks_at_are_known, 0, UNIT_COUNT(names));
    tcase_add_test(tcase, a_list_names_files_beside_it_in_their_order);
    tcase_add_loop_test(tcase, what_is_no_such_list_is_refused, 0, UNIT_COUNT(no_lists));
}

int main(void)
{
    return unit_run("cli.load", fill);
}
