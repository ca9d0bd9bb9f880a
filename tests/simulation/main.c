#include "tests/simulation/sim_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* simulate [--seed N] [--runs N] [--tell]: runs of the simulator from seed N on, of a random one without it. One that
 * fails is shrunk, and told as a command of --keep and --pace that plays what is left of it.
 * --rebuild: databases that would go back to a backup are emptied and made anew from topics.
 * --without NAME: it is a mutant, and has to be caught by one of the runs. */

static void usage(void)
{
    (void)fprintf(stderr, "usage: simulate [--seed FIRST] [--runs COUNT] [--step STEP] [--without "
                          "MUTANT] [--keep ITEMS] [--pace PERCENT] [--rebuild] [--tell]\n");
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end;
    const unsigned long long value = text == NULL ? 0 : strtoull(text, &end, 10);

    if (text == NULL || *text == '\0' || *end != '\0') {
        usage();
    }
    return value;
}

/* The clock is asked for nothing but where to begin; the seed is printed. */
static uint64_t any_seed(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
    struct sim_options options = {.program = argv[0], .runs = 1, .step = 1, .pace = 100};
    bool seeded = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            options.seed = number(argv[++i]);
            seeded = true;
        } else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
            options.runs = number(argv[++i]);
        } else if (strcmp(argv[i], "--step") == 0 && i + 1 < argc) {
            options.step = number(argv[++i]);
        } else if (strcmp(argv[i], "--without") == 0 && i + 1 < argc) {
            options.mutant = argv[++i];
        } else if (strcmp(argv[i], "--rebuild") == 0) {
            options.rebuilding = true;
        } else if (strcmp(argv[i], "--keep") == 0 && i + 1 < argc) {
            options.kept = argv[++i];
        } else if (strcmp(argv[i], "--pace") == 0 && i + 1 < argc) {
            options.pace = (int64_t)number(argv[++i]);
        } else if (strcmp(argv[i], "--tell") == 0) {
            options.telling = true;
        } else {
            usage();
        }
    }
    if (!seeded) {
        options.seed = any_seed();
    }
    return sim_run_all(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
}
