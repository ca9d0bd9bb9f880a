#include "cli/options.h"
#include "tests/base/unit.h"

#include <string.h>

enum { WORDS_MAX = 8 };

/* Splits a line at its blanks and reads it as a command's. */
static bool parse(const char *keys, const char *line, struct arena *arena, struct options *out)
{
    char *argv[WORDS_MAX + 2] = {arena_copy(arena, "abasto")};
    char *rest = arena_copy(arena, line);
    char *save = NULL;
    int argc = 1;

    for (char *word = strtok_r(rest, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
        ck_assert_int_le(argc, WORDS_MAX);
        argv[argc++] = word;
    }
    return options_parse(keys, argc, argv, arena, out);
}

static const struct {
    const char *keys;
    const char *line;
} refused[] = {
    {"", "--json"},
    {"ij", "--layout x"},
    {"i", "--institution"},
    {"o", "--as-of mañana"},
    {"o", "--as-of 2025-02-30"},
    {"t", "--timeout 0"},
    {"t", "--timeout -3"},
    {"t", "--timeout 3s"},
    {"s", "--count 4.0"},
    {"j", "--json=si"},
    {"y", "--nature inventada"},
    {"m", "--manifest"},
    {"f", "--from ayer"},
    {"f", "--from -1"},
    {"N", "--last 0"},
    {"F", "--follow=si"},
    {"p", "--supplier"},
    {"i", "--institution marina"},
    {"Z", "--state abierto"},
    {"Z", "--state abi"},
    {"S", "--since 2025-13-01"},
    {"U", "--until ayer"},
    {"M", "--max 0"},
    {"r", "--rate diez"},
    {"V", "--set"},
    {"x", "--execute=si"},
    {"i", "--institution IMSS"},
};

START_TEST(what_a_command_does_not_take_or_cannot_read_is_a_fault)
{
    struct arena arena = {0};
    struct options options;

    ck_assert(!parse(refused[_i].keys, refused[_i].line, &arena, &options));
    ck_assert_ptr_nonnull(options.fault);
    arena_finish(&arena);
}
END_TEST

START_TEST(options_and_words_may_stand_in_any_order)
{
    struct arena arena = {0};
    struct options options;

    ck_assert(parse("ilojt", "uno.csv --institution imss dos.csv --json --as-of 2025-06-01", &arena,
                    &options));
    ck_assert_str_eq(options.institution, "imss");
    ck_assert_str_eq(options.as_of, "2025-06-01");
    ck_assert(options.json);
    ck_assert_ptr_null(options.layout);
    ck_assert_uint_eq(options.word_count, 2);
    ck_assert_str_eq(options.words[0], "uno.csv");
    ck_assert_str_eq(options.words[1], "dos.csv");
    arena_finish(&arena);
}
END_TEST

START_TEST(help_is_taken_by_every_command)
{
    struct arena arena = {0};
    struct options options;

    ck_assert(parse("", "--help", &arena, &options));
    ck_assert(options.help);
    arena_finish(&arena);
}
END_TEST

START_TEST(numbers_are_read_whole)
{
    struct arena arena = {0};
    struct options options;

    ck_assert(parse("st", "--timeout 30 --count 4", &arena, &options));
    ck_assert_int_eq(options.timeout_s, 30);
    ck_assert_int_eq(options.count, 4);
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_a_command_does_not_take_or_cannot_read_is_a_fault, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tcase, options_and_words_may_stand_in_any_order);
    tcase_add_test(tcase, help_is_taken_by_every_command);
    tcase_add_test(tcase, numbers_are_read_whole);
}

int main(void)
{
    return unit_run("cli.options", fill);
}
