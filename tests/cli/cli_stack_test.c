#include "cli/stack.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const variables[] = {"ABASTO_STACK",
                                        "ABASTO_BROKERS",
                                        "ABASTO_DATABASE",
                                        "ABASTO_INSECURE",
                                        "ABASTO_SHARDS",
                                        "ABASTO_DROP",
                                        "ABASTO_ARCHIVE",
                                        "ABASTO_DATABASE_FILE",
                                        "ABASTO_DATABASES",
                                        "ABASTO_DATABASES_FILE",
                                        "ABASTO_SASL_USER",
                                        "ABASTO_SASL_PASSWORD",
                                        "ABASTO_SASL_PASSWORD_FILE"};

static void forget_environment(void)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        ck_assert_int_eq(unsetenv(variables[i]), 0);
    }
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* A folder with var/demo/stack.env and bin/deep below it. */
static char *make_tree(struct arena *arena)
{
    char *root = arena_copy(arena, "/tmp/abasto-stack-test.XXXXXX");

    ck_assert_ptr_nonnull(mkdtemp(root));
    ck_assert_int_eq(mkdir(arena_format(arena, "%s/var", root), 0700), 0);
    ck_assert_int_eq(mkdir(arena_format(arena, "%s/var/demo", root), 0700), 0);
    ck_assert_int_eq(mkdir(arena_format(arena, "%s/bin", root), 0700), 0);
    ck_assert_int_eq(mkdir(arena_format(arena, "%s/bin/deep", root), 0700), 0);
    write_file(arena_format(arena, "%s/var/demo/stack.env", root),
               "ABASTO_BROKERS=127.0.0.1:1\nABASTO_DATABASE=postgresql://a?x=1&y=2\n"
               "ABASTO_SHARDS=6\nABASTO_INSECURE=1\nABASTO_DROP=/drop");
    return root;
}

static void remove_tree(const char *root, struct arena *arena)
{
    ck_assert_int_eq(unlink(arena_format(arena, "%s/var/demo/stack.env", root)), 0);
    ck_assert_int_eq(rmdir(arena_format(arena, "%s/var/demo", root)), 0);
    ck_assert_int_eq(rmdir(arena_format(arena, "%s/var", root)), 0);
    ck_assert_int_eq(rmdir(arena_format(arena, "%s/bin/deep", root)), 0);
    ck_assert_int_eq(rmdir(arena_format(arena, "%s/bin", root)), 0);
    ck_assert_int_eq(rmdir(root), 0);
}

START_TEST(the_stack_is_found_above_the_folder_or_above_the_program)
{
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;
    char *root = make_tree(&arena);
    const char *deep = arena_format(&arena, "%s/bin/deep", root);

    forget_environment();
    for (int from_program = 0; from_program < 2; from_program++) {
        ck_assert(stack_find(from_program == 1 ? "/nowhere" : deep,
                             from_program == 1 ? deep : "/nowhere", &arena, &stack, &err));
        ck_assert_str_eq(stack.brokers, "127.0.0.1:1");
        ck_assert_uint_eq(stack.databases.count, 1);
        ck_assert_str_eq(stack.databases.items[0].conninfo, "postgresql://a?x=1&y=2");
        ck_assert_str_eq(stack.drop, "/drop");
        ck_assert_ptr_null(stack.archive);
        ck_assert_int_eq(stack.shards, 6);
        ck_assert(stack.insecure);
    }
    remove_tree(root, &arena);
    arena_finish(&arena);
}
END_TEST

START_TEST(the_environment_counts_before_the_file)
{
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;
    char *root = make_tree(&arena);

    forget_environment();
    ck_assert_int_eq(setenv("ABASTO_BROKERS", "kafka:9092", 1), 0);
    ck_assert_int_eq(setenv("ABASTO_STACK", arena_format(&arena, "%s/var/demo", root), 1), 0);
    ck_assert(stack_find("/nowhere", "/nowhere", &arena, &stack, &err));
    ck_assert_str_eq(stack.brokers, "kafka:9092");
    ck_assert_int_eq(stack.shards, 6);
    remove_tree(root, &arena);
    arena_finish(&arena);
}
END_TEST

START_TEST(the_database_may_stand_in_a_file)
{
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;
    char *root = make_tree(&arena);
    const char *secret = arena_format(&arena, "%s/secret", root);

    forget_environment();
    ck_assert_int_eq(setenv("ABASTO_DATABASE_FILE", secret, 1), 0);
    ck_assert(!stack_find("/nowhere", "/nowhere", &arena, &stack, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    write_file(secret, "postgresql://secret\n");
    ck_assert(stack_find("/nowhere", "/nowhere", &arena, &stack, &err));
    ck_assert_str_eq(stack.databases.items[0].conninfo, "postgresql://secret");
    ck_assert_int_eq(unlink(secret), 0);
    remove_tree(root, &arena);
    arena_finish(&arena);
}
END_TEST

START_TEST(other_servers_may_stand_in_lines_of_a_file)
{
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;
    char *root = make_tree(&arena);
    const char *secret = arena_format(&arena, "%s/secret", root);

    forget_environment();
    ck_assert_int_eq(setenv("ABASTO_DATABASES_FILE", secret, 1), 0);
    write_file(secret, "norte=postgresql://n\nsur=postgresql://s\n");
    ck_assert(stack_find(root, "/nowhere", &arena, &stack, &err));
    ck_assert_uint_eq(stack.databases.count, 3);
    ck_assert_str_eq(stack.databases.items[2].conninfo, "postgresql://s");
    write_file(secret, "norte=secreto\n");
    ck_assert(!stack_find(root, "/nowhere", &arena, &stack, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_ptr_null(strstr(err.message, "secreto"));
    ck_assert_int_eq(unlink(secret), 0);
    remove_tree(root, &arena);
    arena_finish(&arena);
}
END_TEST

START_TEST(a_password_of_the_environment_counts_before_the_file_of_the_stack)
{
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;
    char *root = make_tree(&arena);
    const char *secret = arena_format(&arena, "%s/secret", root);

    forget_environment();
    write_file(secret, "of-the-file\n");
    write_file(
        arena_format(&arena, "%s/var/demo/stack.env", root),
        arena_format(&arena, "ABASTO_SASL_USER=admin\nABASTO_SASL_PASSWORD_FILE=%s", secret));
    ck_assert(stack_find(root, "/nowhere", &arena, &stack, &err));
    ck_assert_str_eq(stack.sasl_user, "admin");
    ck_assert_str_eq(stack.sasl_password, "of-the-file");
    ck_assert_int_eq(setenv("ABASTO_SASL_USER", "operator", 1), 0);
    ck_assert_int_eq(setenv("ABASTO_SASL_PASSWORD", "of-the-environment", 1), 0);
    ck_assert(stack_find(root, "/nowhere", &arena, &stack, &err));
    ck_assert_str_eq(stack_bus(&stack).sasl_user, "operator");
    ck_assert_str_eq(stack_bus(&stack).sasl_password, "of-the-environment");
    ck_assert_int_eq(unlink(secret), 0);
    remove_tree(root, &arena);
    arena_finish(&arena);
}
END_TEST

START_TEST(a_named_stack_that_is_not_there_is_no_connection)
{
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;

    forget_environment();
    ck_assert_int_eq(setenv("ABASTO_STACK", "/nowhere", 1), 0);
    ck_assert(!stack_find("/", "/", &arena, &stack, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    arena_finish(&arena);
}
END_TEST

START_TEST(shards_that_are_no_number_are_refused)
{
    static const char *const wrong[] = {"0", "-1", "cuatro", "4097"};
    struct arena arena = {0};
    struct error err = {0};
    struct stack stack;

    forget_environment();
    ck_assert_int_eq(setenv("ABASTO_SHARDS", wrong[_i], 1), 0);
    ck_assert(!stack_find("/nowhere", "/nowhere", &arena, &stack, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    arena_finish(&arena);
}
END_TEST

START_TEST(a_value_is_that_of_the_whole_name)
{
    struct arena arena = {0};
    static const char text[] = "XA=1\nAB=2\nA=\nA=4\n";

    ck_assert_str_eq(stack_value(text, "A", &arena), "");
    ck_assert_str_eq(stack_value(text, "AB", &arena), "2");
    ck_assert_ptr_null(stack_value(text, "B", &arena));
    ck_assert_ptr_null(stack_value("", "A", &arena));
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_stack_is_found_above_the_folder_or_above_the_program);
    tcase_add_test(tcase, the_environment_counts_before_the_file);
    tcase_add_test(tcase, the_database_may_stand_in_a_file);
    tcase_add_test(tcase, other_servers_may_stand_in_lines_of_a_file);
    tcase_add_test(tcase, a_password_of_the_environment_counts_before_the_file_of_the_stack);
    tcase_add_test(tcase, a_named_stack_that_is_not_there_is_no_connection);
    tcase_add_loop_test(tcase, shards_that_are_no_number_are_refused, 0, 4);
    tcase_add_test(tcase, a_value_is_that_of_the_whole_name);
}

int main(void)
{
    return unit_run("cli.stack", fill);
}
