#include "cli/filter.h"
#include "cli/freshness.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* What the command line reads: its arguments, lists of files, the metrics of services, contracts and claves as people
 * write them. What is refused is told; what is put in order stays so.
 *
 * Input: "options", "manifest", "metrics" or "filter" to a line feed, and what is read; arguments each to a line feed. */

enum { WORDS_MAX = 16 };

static void check_options(struct fuzz_input *input, struct arena *arena)
{
    char *argv[WORDS_MAX + 2] = {arena_copy(arena, "abasto")};
    struct options options = {0};
    int argc = 1;

    while (input->left > 0 && argc <= WORDS_MAX) {
        argv[argc++] = arena_copy(arena, fuzz_text(input, '\n', arena));
    }
    if (!options_parse(OPTIONS_ALL, argc, argv, arena, &options)) {
        FUZZ_CHECK(!text_is_blank(options.fault), "refused without a word");
        return;
    }
    FUZZ_CHECK(options.fault == NULL, "understood, and yet %s", options.fault);
    FUZZ_CHECK(options.word_count < (size_t)argc, "more words than there were");
    FUZZ_CHECK(options.last >= 0 && options.timeout_s >= 0 && options.count >= 0,
               "a negative bound");
    FUZZ_CHECK(options.institution == NULL || options_institution_known(options.institution),
               "an institution that nobody knows");
}

static void check_manifest(struct bytes list, struct arena *arena)
{
    struct manifest_item *items = NULL;
    struct error err = {0};
    size_t count = 0;

    if (!manifest_read(fuzz_file(list), arena, &items, &count, &err)) {
        FUZZ_CHECK(err.action == ERROR_REJECT && err.message[0] != '\0', "refused without a word");
        return;
    }
    FUZZ_CHECK(count > 0, "a list of nothing");
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(!text_is_blank(items[i].institution) && !text_is_blank(items[i].path),
                   "item %zu names nothing", i);
    }
}

static void check_metrics(const char *metrics)
{
    int64_t waiting = 0;

    FUZZ_CHECK(!freshness_read(metrics, &waiting) || waiting >= 0, "less than nothing waits");
}

typedef bool filter(const char *said, struct arena *arena, const char **out, struct error *err);

static void check_filter(filter *put_in_order, const char *said, struct arena *arena)
{
    const char *once = NULL;
    const char *twice = NULL;
    struct error err = {0};

    if (!put_in_order(said, arena, &once, &err)) {
        FUZZ_CHECK(err.action == ERROR_REJECT && once == NULL, "refused, and yet %s", once);
        return;
    }
    FUZZ_CHECK(put_in_order(once, arena, &twice, &err) && strcmp(once, twice) == 0,
               "\"%s\" becomes \"%s\"", once, twice == NULL ? "nothing" : twice);
}

static const char *name_of(size_t index)
{
    static const char *const names[] = {"options", "manifest", "metrics", "filter"};

    return names[index];
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const size_t choice = fuzz_choice(&input, name_of, 4, &arena);

    if (choice == 0) {
        check_options(&input, &arena);
    } else if (choice == 1) {
        check_manifest(fuzz_rest(&input), &arena);
    } else if (choice == 2) {
        check_metrics(fuzz_text(&input, 0, &arena));
    } else {
        const char *said = fuzz_text(&input, 0, &arena);

        check_filter(filter_contract, said, &arena);
        check_filter(filter_clave, said, &arena);
    }
    arena_finish(&arena);
}
