#include "common/base/config.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Settings from the environment. There is a fault or there is a value within its bounds; and a secret is never told.
 *
 * Input: lines of a digit, which names a variable, and its value. */

struct settings {
    const char *text;
    const char *path;
    const char *secret;
    int64_t bounded;
    int64_t any;
    bool flag;
};

#define ITEM(env, kind, member, initial, must, low, high)                                          \
    {                                                                                              \
        .name = (env), .type = (kind), .offset = offsetof(struct settings, member),                \
        .fallback = (initial), .required = (must), .minimum = (low), .maximum = (high),            \
        .help = "Una prueba."                                                                      \
    }

static const struct config_item items[] = {
    ITEM("FUZZ_TEXT", CONFIG_TEXT, text, NULL, true, 0, 0),
    ITEM("FUZZ_PATH", CONFIG_PATH, path, "/", false, 0, 0),
    ITEM("FUZZ_SECRET", CONFIG_SECRET, secret, NULL, false, 0, 0),
    ITEM("FUZZ_BOUNDED", CONFIG_INT, bounded, "4", false, 1, 64),
    ITEM("FUZZ_ANY", CONFIG_INT, any, NULL, false, 0, 0),
    ITEM("FUZZ_FLAG", CONFIG_BOOL, flag, "no", false, 0, 0),
    {0},
};
static const char *const names[] = {"FUZZ_TEXT", "FUZZ_PATH", "FUZZ_SECRET",     "FUZZ_BOUNDED",
                                    "FUZZ_ANY",  "FUZZ_FLAG", "FUZZ_SECRET_FILE"};
enum { NAMES = sizeof names / sizeof names[0], MARK = '~' };

static void set_environment(struct fuzz_input *input, struct arena *arena)
{
    for (size_t i = 0; i < NAMES; i++) {
        (void)unsetenv(names[i]);
    }
    while (input->left > 0) {
        const char *name = names[(size_t)fuzz_byte(input) % NAMES];
        const char *value = fuzz_text(input, '\n', arena);

        /* a path may be of a thing that never ends to be read */
        if (strcmp(name, "FUZZ_SECRET_FILE") == 0) {
            value = fuzz_file((struct bytes){(const uint8_t *)value, strlen(value)});
        }
        FUZZ_CHECK(setenv(name, value, 1) == 0, "cannot set %s", name);
    }
}

/* Whether another variable may be told that looks like the beginning of one. */
static bool is_no_secret(void)
{
    for (size_t i = 0; i < NAMES; i++) {
        const char *value = getenv(names[i]);

        if (strcmp(names[i], "FUZZ_SECRET") != 0 && value != NULL && strchr(value, MARK) != NULL) {
            return true;
        }
    }
    return false;
}

/* Of secrets that begin with a character which stands in none of our sentences. */
static void check_told(const char *text, const char *secret)
{
    if (secret != NULL && secret[0] == MARK && !is_no_secret()) {
        FUZZ_CHECK(strstr(text, secret) == NULL, "the secret is told: %s", text);
    }
}

static void check_printing(const struct settings *settings)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    FUZZ_CHECK(out != NULL, "out of memory");
    config_print_check(items, settings, out);
    (void)fclose(out);
    check_told(text, settings->secret);
    free(text);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct settings settings = {0};
    struct buffer faults = {0};
    struct arena arena = {0};
    bool good;

    set_environment(&input, &arena);
    good = config_load(items, &settings, &arena, &faults);
    FUZZ_CHECK(good == (faults.size == 0), "good, or not?");
    FUZZ_CHECK(!good || (settings.bounded >= 1 && settings.bounded <= 64), "out of bounds");
    FUZZ_CHECK(!good || settings.text != NULL, "what is required is not there");
    FUZZ_CHECK(good || faults.data[faults.size - 1] == '\n', "a fault without an end");
    check_told(buffer_text(&faults), getenv("FUZZ_SECRET"));
    check_told(buffer_text(&faults), settings.secret);
    check_printing(&settings);
    buffer_finish(&faults);
    arena_finish(&arena);
}
