#include "schemas/generator/emit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* abasto-generate OUT_DIR deploy/topics.json schemas/<topic>/<Event>.v<N>.avsc ...
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

int main(int argc, char **argv)
{
    struct model model = {0};
    struct topics topics = {0};
    struct error err = {0};
    bool done;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: abasto-generate OUT_DIR topics.json SCHEMA.avsc...\n");
        return 2;
    }
    done = model_load(&model, argv + 3, (size_t)(argc - 3), &err) &&
           topics_load(&topics, argv[2], &model, &err) && topics_check_acyclic(&topics, &err) &&
           write_all(argv[1], &model, &topics, &err);
    if (!done) {
        (void)fprintf(stderr, "abasto-generate: %s\n", err.message);
    }
    topics_finish(&topics);
    model_finish(&model);
    return done ? 0 : 1;
}
