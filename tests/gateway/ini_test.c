#include "services/gateway/ini.h"
#include "tests/base/unit.h"

#include <string.h>

static struct arena arena;

START_TEST(sections_keys_and_comments_are_read)
{
    struct ini ini;
    struct error err = {0};
    struct ini_section *section;

    ck_assert(ini_read("x.ini",
                       "# a comment\r\n[one]\r\na = b ; said after a blank\nc = d;e\n; all of it\n"
                       "\n[ two words ]\nempty =\n",
                       &arena, &ini, &err));
    ck_assert_uint_eq(ini.section_count, 2);
    section = ini_section(&ini, "one");
    ck_assert_str_eq(ini_value(section, "a"), "b");
    ck_assert_str_eq(ini_unused(section)->key, "c");
    ck_assert_str_eq(ini_value(section, "c"), "d;e");
    ck_assert_ptr_null(ini_unused(section));
    ck_assert_str_eq(ini_value(ini_section(&ini, "two words"), "empty"), "");
    ck_assert_ptr_null(ini_section(&ini, "three"));
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} faults[] = {
    {"a = b\n", "x.ini:1:"}, {"[s]\nno equals\n", "x.ini:2:"}, {"[s]\n= b\n", "x.ini:2:"},
    {"[s\n", "x.ini:1:"},    {"[s]\na=1\na=2\n", "x.ini:3:"},  {"[s]\n\n[s]\n", "x.ini:3:"},
    {"[]\n", "x.ini:1:"},    {"[s]\na=\xFF\n", "UTF-8"},
};

START_TEST(a_fault_names_file_and_line)
{
    struct ini ini;
    struct error err = {0};

    ck_assert(!ini_read("x.ini", faults[_i].text, &arena, &ini, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_msg(strstr(err.message, faults[_i].message) != NULL, "%s", err.message);
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, sections_keys_and_comments_are_read);
    tcase_add_loop_test(tcase, a_fault_names_file_and_line, 0, UNIT_COUNT(faults));
}

int main(void)
{
    return unit_run("ini", fill);
}
