#include "common/base/digest.h"
#include "schemas/generator/compat.h"
#include "schemas/generator/names.h"
#include "schemas/generator/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct released {
    char subject[256];
    int version;
    char fingerprint[DIGEST_HEX_BYTES];
};

static void fingerprint_of(const struct source *source, char out[static DIGEST_HEX_BYTES])
{
    uint8_t digest[DIGEST_BYTES];
    char *text = schema_meaning_text(&source->schema);

    digest_sha256(text, strlen(text), digest);
    digest_hex(digest, out);
    free(text);
}

void released_write(const struct model *model, struct buffer *out)
{
    char fingerprint[DIGEST_HEX_BYTES];

    for (size_t i = 0; i < model->source_count; i++) {
        fingerprint_of(&model->sources[i], fingerprint);
        buffer_format(out, "%s %d %s\n", model->sources[i].schema.root->full_name,
                      model->sources[i].version, fingerprint);
    }
}

static const struct source *source_of(const struct model *model, const struct released *released)
{
    for (size_t i = 0; i < model->source_count; i++) {
        if (model->sources[i].version == released->version &&
            strcmp(model->sources[i].schema.root->full_name, released->subject) == 0) {
            return &model->sources[i];
        }
    }
    return NULL;
}

static int32_t newest_version(const struct model *model, const char *subject)
{
    int32_t version = 0;

    for (size_t i = 0; i < model->source_count; i++) {
        if (strcmp(model->sources[i].schema.root->full_name, subject) == 0) {
            version = model->sources[i].version; /* they are sorted */
        }
    }
    return version;
}

static void check_one(const struct released *released, const struct model *model,
                      const struct topics *topics, bool *listed, struct buffer *faults)
{
    const struct source *source = source_of(model, released);
    char fingerprint[DIGEST_HEX_BYTES];

    if (source == NULL) {
        buffer_format(faults,
                      "%s v%d is released, and its schema is gone or its record renamed\n  rule: "
                      "released schemas stay as they are\n",
                      released->subject, released->version);
        compat_write_consumers(topics, released->subject, faults);
        return;
    }
    listed[source - model->sources] = true;
    fingerprint_of(source, fingerprint);
    if (strcmp(fingerprint, released->fingerprint) == 0) {
        return;
    }
    buffer_format(faults,
                  "%s: v%d is released, and its meaning has changed\n  rule: released schemas stay "
                  "as they are; restore it and put the change into %s.v%d.avsc\n",
                  source->path, released->version, names_last(released->subject),
                  newest_version(model, released->subject) + 1);
    compat_write_consumers(topics, released->subject, faults);
}

/* Messages of a version that another follows are out, whether someone wrote it down or not. */
static void check_followed(const struct model *model, const bool *listed, const char *list,
                           struct buffer *faults)
{
    for (size_t i = 0; i < model->source_count; i++) {
        if (!listed[i] && !sources_is_newest(model, i)) {
            buffer_format(faults, "%s: v%d has a successor and is not in %s\n",
                          model->sources[i].path, model->sources[i].version, list);
        }
    }
}

static bool read_line(const char *line, size_t length, struct released *out)
{
    char copy[512];
    char rest;

    if (length >= sizeof copy) {
        return false;
    }
    memcpy(copy, line, length);
    copy[length] = '\0';
    return sscanf(copy, "%255s %9d %64s %c", out->subject, &out->version, out->fingerprint,
                  &rest) == 3;
}

bool released_check(const char *path, const struct model *model, const struct topics *topics,
                    struct buffer *faults, struct error *err)
{
    struct arena arena = {0};
    bool *listed = arena_array(&arena, model->source_count + 1, sizeof *listed);
    const char *text = NULL;
    bool good = model_read_file(path, &arena, &text, err);
    size_t number = 0;

    for (const char *line = text; good && *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        struct released released = {0};

        number++;
        if (length > 0 && *line != '#') {
            good = read_line(line, length, &released) ||
                   error_set(err, ERROR_REJECT, "%s: line %zu is not: subject version fingerprint",
                             path, number);
            if (good) {
                check_one(&released, model, topics, listed, faults);
            }
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    if (good) {
        check_followed(model, listed, path, faults);
    }
    arena_finish(&arena);
    return good;
}
