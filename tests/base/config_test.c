#include "common/base/config.h"
#include "common/base/text.h"
#include "tests/base/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
    const char *brokers;
    const char *directory;
    const char *password;
    int64_t batch;
    bool tls;
};

static const struct config_item items[] = {
    {.name = "T_BROKERS",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct settings, brokers),
     .required = true,
     .help = "Servidores de Kafka, separados por comas."},
    {.name = "T_DIRECTORY",
     .type = CONFIG_PATH,
     .offset = offsetof(struct settings, directory),
     .fallback = "var",
     .help = "Carpeta de trabajo."},
    {.name = "T_PASSWORD",
     .type = CONFIG_SECRET,
     .offset = offsetof(struct settings, password),
     .required = true,
     .help = "Contraseña de la base de datos."},
    {.name = "T_BATCH",
     .type = CONFIG_INT,
     .offset = offsetof(struct settings, batch),
     .fallback = "2000",
     .minimum = 1,
     .maximum = 10000,
     .help = "Mensajes por lote."},
    {.name = "T_TLS",
     .type = CONFIG_BOOL,
     .offset = offsetof(struct settings, tls),
     .fallback = "no",
     .help = "Cifrar la conexión."},
    {0},
};

static struct arena arena;
static struct buffer faults;
static struct settings settings;

static void start(void)
{
    settings = (struct settings){0};
    for (const struct config_item *item = items; item->name != NULL; item++) {
        (void)unsetenv(item->name);
    }
    (void)unsetenv("T_PASSWORD_FILE");
}

static void finish(void)
{
    arena_finish(&arena);
    buffer_finish(&faults);
}

static void set(const char *name, const char *value)
{
    ck_assert_int_eq(setenv(name, value, 1), 0);
}

static bool load(void)
{
    return config_load(items, &settings, &arena, &faults);
}

START_TEST(values_come_from_the_environment_and_defaults)
{
    set("T_BROKERS", "127.0.0.1:9092");
    set("T_PASSWORD", "secreta");
    set("T_TLS", "si");
    ck_assert_msg(load(), "%s", buffer_text(&faults));
    ck_assert_str_eq(settings.brokers, "127.0.0.1:9092");
    ck_assert_str_eq(settings.directory, "var");
    ck_assert_str_eq(settings.password, "secreta");
    ck_assert_int_eq(settings.batch, 2000);
    ck_assert(settings.tls);
}
END_TEST

START_TEST(all_faults_are_reported_at_once)
{
    set("T_BROKERS", ""); /* empty is not set */
    set("T_BATCH", "10001");
    set("T_TLS", "quizá");
    ck_assert(!load());
    ck_assert_str_eq(buffer_text(&faults),
                     "T_BROKERS: falta; Servidores de Kafka, separados por comas.\n"
                     "T_PASSWORD (o su _FILE): falta; Contraseña de la base de datos.\n"
                     "T_BATCH: 10001 está fuera de 1 a 10000\n"
                     "T_TLS: «quizá» no es «si» ni «no»\n");
    ck_assert_str_eq(settings.directory, "var");
}
END_TEST

START_TEST(a_number_must_be_a_number)
{
    set("T_BROKERS", "b");
    set("T_PASSWORD", "p");
    set("T_BATCH", "12x");
    ck_assert(!load());
    ck_assert_str_eq(buffer_text(&faults), "T_BATCH: «12x» no es un entero\n");
}
END_TEST

static void write_file(const char *content, size_t bytes, char path[static 32])
{
    int descriptor;

    ck_assert(text_format(path, 32, "/tmp/abasto-config-XXXXXX"));
    descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, content, bytes), (ssize_t)bytes);
    ck_assert_int_eq(close(descriptor), 0);
}

START_TEST(a_secret_comes_from_its_file_without_the_line_break)
{
    char path[32];

    write_file("de archivo \n", 12, path);
    set("T_BROKERS", "b");
    set("T_PASSWORD_FILE", path);
    ck_assert_msg(load(), "%s", buffer_text(&faults));
    ck_assert_str_eq(settings.password, "de archivo ");
    set("T_PASSWORD", "p");
    ck_assert(!load());
    ck_assert_str_eq(buffer_text(&faults),
                     "T_PASSWORD y T_PASSWORD_FILE: defina sólo una de las dos\n");
    (void)unlink(path);
}
END_TEST

struct file_case {
    const char *name;
    const char *content;
    size_t bytes;
};

static const struct file_case bad_files[] = {
    {"an empty one", "", 0},
    {"only a line break", "\n", 1},
    {"a NUL inside", "a\0b", 3},
    {"a NUL at the end", "ab\0", 3},
};

START_TEST(a_bad_secret_file_is_a_fault)
{
    const struct file_case *row = &bad_files[_i];
    char path[32];

    write_file(row->content, row->bytes, path);
    set("T_BROKERS", "b");
    set("T_PASSWORD_FILE", path);
    ck_assert_msg(!load(), "%s", row->name);
    (void)unlink(path);
    set("T_PASSWORD_FILE", "/nonexistent/secret");
    ck_assert(!load());
    ck_assert_ptr_nonnull(strstr(buffer_text(&faults), "no se puede abrir /nonexistent/secret"));
    set("T_PASSWORD_FILE", "/tmp");
    ck_assert(!load());
}
END_TEST

START_TEST(a_secret_file_that_never_ends_is_a_fault)
{
    set("T_BROKERS", "b");
    set("T_PASSWORD_FILE", "/dev/zero");
    ck_assert(!load());
}
END_TEST

/* What a printing function writes. */
static const char *printed(bool check)
{
    char *text = arena_alloc(&arena, 8192);
    FILE *file = tmpfile();

    ck_assert_ptr_nonnull(file);
    if (check) {
        config_print_check(items, &settings, file);
    } else {
        config_print_help(items, file);
    }
    rewind(file);
    (void)fread(text, 1, 8191, file);
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

START_TEST(secrets_are_never_printed)
{
    const char *text;

    set("T_BROKERS", "b:9092");
    set("T_PASSWORD", "secretísima");
    ck_assert(load());
    text = printed(true);
    ck_assert_ptr_null(strstr(text, "secret"));
    ck_assert_ptr_nonnull(strstr(text, "(definido)"));
    ck_assert_ptr_nonnull(strstr(text, "b:9092"));
    ck_assert_ptr_nonnull(strstr(text, "2000"));
    settings.password = NULL;
    ck_assert_ptr_nonnull(strstr(printed(true), "(sin definir)"));
}
END_TEST

START_TEST(the_help_is_the_table)
{
    const char *text = printed(false);

    ck_assert_ptr_nonnull(strstr(text, "Mensajes por lote. (por omisión: 2000) (de 1 a 10000)"));
    ck_assert_ptr_nonnull(strstr(text, "(obligatoria)"));
    ck_assert_ptr_nonnull(strstr(text, "T_PASSWORD_FILE"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, start, finish);
    tcase_add_test(tcase, values_come_from_the_environment_and_defaults);
    tcase_add_test(tcase, all_faults_are_reported_at_once);
    tcase_add_test(tcase, a_number_must_be_a_number);
    tcase_add_test(tcase, a_secret_comes_from_its_file_without_the_line_break);
    tcase_add_loop_test(tcase, a_bad_secret_file_is_a_fault, 0, UNIT_COUNT(bad_files));
    tcase_add_test(tcase, a_secret_file_that_never_ends_is_a_fault);
    tcase_add_test(tcase, secrets_are_never_printed);
    tcase_add_test(tcase, the_help_is_the_table);
}

int main(void)
{
    return unit_run("base.config", fill);
}
