#include "cli/options.h"
#include "cli/say.h"
#include "tests/base/unit.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *lc_all;
    const char *lc_messages;
    const char *lang;
    const char *said;
} environments[] = {
    {NULL, NULL, NULL, "sí"},
    {NULL, NULL, "C", "sí"},
    {NULL, NULL, "POSIX", "sí"},
    {NULL, NULL, "es_MX.UTF-8", "sí"},
    {NULL, NULL, "fr_FR.UTF-8", "sí"},
    {NULL, NULL, "en_US.UTF-8", "yes"},
    {NULL, NULL, "en", "yes"},
    {NULL, "en_GB.UTF-8", "es_MX.UTF-8", "yes"},
    {NULL, "es_MX.UTF-8", "en_US.UTF-8", "sí"},
    {"C", "en_US.UTF-8", "en_US.UTF-8", "sí"},
    {"en_US.UTF-8", "es_MX.UTF-8", "es_MX.UTF-8", "yes"},
    {"", "", "en_US.UTF-8", "yes"},
};

static void set(const char *name, const char *value)
{
    ck_assert_int_eq(value == NULL ? unsetenv(name) : setenv(name, value, 1), 0);
}

START_TEST(the_first_locale_variable_that_is_set_decides)
{
    static const struct said both = {"sí", "yes"};

    set("LC_ALL", environments[_i].lc_all);
    set("LC_MESSAGES", environments[_i].lc_messages);
    set("LANG", environments[_i].lang);
    ck_assert_str_eq(say("sí", "yes"), environments[_i].said);
    ck_assert_str_eq(said_text(&both), environments[_i].said);
}
END_TEST

START_TEST(every_option_is_explained_in_both_languages)
{
    struct option_view spanish;
    struct option_view english;
    size_t count = 0;

    for (;; count++) {
        set("LC_ALL", "es_MX.UTF-8");
        if (!options_view(OPTIONS_ALL, count, &spanish)) {
            break;
        }
        set("LC_ALL", "en_US.UTF-8");
        ck_assert(options_view(OPTIONS_ALL, count, &english));
        ck_assert_msg(english.help != NULL && english.help[0] != '\0', "--%s", english.name);
        ck_assert_msg(strcmp(spanish.help, english.help) != 0, "--%s", english.name);
        ck_assert_int_eq(spanish.argument == NULL, english.argument == NULL);
    }
    ck_assert_uint_eq(count, strlen(OPTIONS_ALL) + 1);
}
END_TEST

START_TEST(what_the_system_says_of_files_is_in_the_language_of_the_reader)
{
    set("LC_ALL", "es_MX.UTF-8");
    ck_assert_str_eq(say_errno(ENOENT), "no existe");
    ck_assert_str_eq(say_errno(EACCES), "no hay permiso");
    ck_assert_str_eq(say_errno(EISDIR), "es una carpeta");
    set("LC_ALL", "en_US.UTF-8");
    ck_assert_str_eq(say_errno(ENOENT), "it does not exist");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_first_locale_variable_that_is_set_decides, 0,
                        UNIT_COUNT(environments));
    tcase_add_test(tcase, what_the_system_says_of_files_is_in_the_language_of_the_reader);
    tcase_add_test(tcase, every_option_is_explained_in_both_languages);
}

int main(void)
{
    return unit_run("cli.say", fill);
}
