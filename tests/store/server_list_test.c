#include "common/store/server_list.h"
#include "tests/base/unit.h"

#define URI "postgresql://abasto@db/abasto"

START_TEST(without_others_there_is_the_first)
{
    struct arena arena = {0};
    struct error err = {0};
    struct server_list list;

    ck_assert(server_list_read("host=db user=abasto", NULL, &arena, &list, &err));
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.items[0].name, "principal");
    ck_assert_str_eq(list.items[0].conninfo, "host=db user=abasto");
    ck_assert(server_list_read(URI, " \n", &arena, &list, &err));
    ck_assert_uint_eq(list.count, 1);
    arena_finish(&arena);
}
END_TEST

START_TEST(others_are_named_apart_by_blanks_or_lines)
{
    struct arena arena = {0};
    struct error err = {0};
    struct server_list list;

    ck_assert(
        server_list_read(URI, "norte=" URI "?a=b  sur-2=postgres://x\r\n", &arena, &list, &err));
    ck_assert_uint_eq(list.count, 3);
    ck_assert_str_eq(list.items[1].name, "norte");
    ck_assert_str_eq(list.items[1].conninfo, URI "?a=b");
    ck_assert_uint_eq(server_list_index(&list, "sur-2"), 2);
    ck_assert_uint_eq(server_list_index(&list, "oeste"), 3);
    arena_finish(&arena);
}
END_TEST

START_TEST(what_names_no_server_is_refused_without_showing_it)
{
    static const char *const wrong[] = {"postgresql://user:secreto@db/abasto",
                                        "norte=host=secreto",
                                        "principal=" URI,
                                        "norte=" URI " norte=" URI,
                                        "el norte=" URI,
                                        "=" URI};
    struct arena arena = {0};
    struct error err = {0};
    struct server_list list;

    ck_assert(!server_list_read(URI, wrong[_i], &arena, &list, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_ptr_null(strstr(err.message, "secreto"));
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, without_others_there_is_the_first);
    tcase_add_test(tcase, others_are_named_apart_by_blanks_or_lines);
    tcase_add_loop_test(tcase, what_names_no_server_is_refused_without_showing_it, 0, 6);
}

int main(void)
{
    return unit_run("store.server_list", fill);
}
