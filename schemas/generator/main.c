#include "schemas/generator/compat.h"
#include "schemas/generator/emit.h"
#include "schemas/generator/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* abasto-generate OUT_DIR deploy/topics.json schemas/released.txt schemas/<topic>/<Event>.v<N>.avsc ...
 * abasto-generate --release schemas/<topic>/<Event>.v<N>.avsc ...    prints the lines of released.txt
 * Exit 0: written, or nothing to change. 1: a fault in the input. 2: usage. */

struct output {
    const char *name;
    struct buffer text;
};

static bool is_unchanged(const char *path, const struct buffer *text)
{
    struct arena arena = {0};
    struct error ignored = {0};
    const char *before = NULL;
    const bool same = model_read_file(path, &arena, &before, &ignored) &&
                      strlen(before) == text->size && memcmp(before, text->data, text->size) == 0;

    arena_finish(&arena);
    return same;
}

/* Unchanged files keep their time, so that nothing is compiled again. */
static bool write_output(const char *directory, const struct output *output, struct error *err)
{
    struct arena arena = {0};
    const char *path = arena_format(&arena, "%s/%s", directory, output->name);
    bool done = true;

    if (!is_unchanged(path, &output->text)) {
        FILE *file = fopen(path, "wb");

        done = file != NULL &&
               fwrite(output->text.data, 1, output->text.size, file) == output->text.size;
        done = (file == NULL || fclose(file) == 0) && done;
        if (!done) {
            (void)error_set(err, ERROR_REJECT, "%s: %s", path, strerror(errno));
        }
    }
    arena_finish(&arena);
    return done;
}

static bool write_all(const char *directory, const struct model *model, const struct topics *topics,
                      struct error *err)
{
    struct output outputs[] = {
        {.name = "events.h"}, {.name = "events.c"}, {.name = "topics.h"}, {.name = "topics.c"}};
    bool done = true;

    emit_events_header(model, &outputs[0].text);
    emit_events_source(model, &outputs[1].text);
    emit_topics_header(topics, &outputs[2].text);
    emit_topics_source(topics, &outputs[3].text);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        done = done && write_output(directory, &outputs[i], err);
        buffer_finish(&outputs[i].text);
    }
    return done;
}

/* What breaks a consumer is told whole: it may be many fields of many events. */
static bool check_history(const struct model *model, const struct topics *topics,
                          const char *released, struct error *err)
{
    struct buffer faults = {0};
    bool good;

    compat_check(model, topics, &faults);
    good = released_check(released, model, topics, &faults, err);
    if (faults.size > 0) {
        (void)fputs(buffer_text(&faults), stderr);
        good = good && error_set(err, ERROR_REJECT, "a schema would break its consumers");
    }
    buffer_finish(&faults);
    return good;
}

static bool generate(char **arguments, int count, struct error *err)
{
    struct model model = {0};
    struct topics topics = {0};
    const bool done = sources_load(&model, arguments + 3, (size_t)(count - 3), err) &&
                      topics_load(&topics, arguments[1], err) &&
                      check_history(&model, &topics, arguments[2], err) &&
                      model_build(&model, err) && topics_check_events(&topics, &model, err) &&
                      topics_check_acyclic(&topics, err) &&
                      write_all(arguments[0], &model, &topics, err);

    topics_finish(&topics);
    model_finish(&model);
    return done;
}

static bool print_released(char **paths, int count, struct error *err)
{
    struct model model = {0};
    struct buffer text = {0};
    const bool done = sources_load(&model, paths, (size_t)count, err);

    if (done) {
        released_write(&model, &text);
        (void)fputs(buffer_text(&text), stdout);
    }
    buffer_finish(&text);
    model_finish(&model);
    return done;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    bool done;

    if (argc > 2 && strcmp(argv[1], "--release") == 0) {
        done = print_released(argv + 2, argc - 2, &err);
    } else if (argc >= 4) {
        done = generate(argv + 1, argc - 1, &err);
    } else {
        (void)fprintf(stderr, "usage: abasto-generate OUT_DIR topics.json released.txt SCHEMA...\n"
                              "       abasto-generate --release SCHEMA...\n");
        return 2;
    }
    if (!done) {
        (void)fprintf(stderr, "abasto-generate: %s\n", err.message);
    }
    return done ? 0 : 1;
}
