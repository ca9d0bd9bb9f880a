#include "schemas/generator/sources.h"

#include "schemas/generator/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool model_read_file(const char *path, struct arena *arena, const char **out, struct error *err)
{
    FILE *file = fopen(path, "rb");
    struct buffer text = {0};
    bool broken;

    if (file == NULL) {
        return error_set(err, ERROR_REJECT, "%s: %s", path, strerror(errno));
    }
    for (;;) {
        char chunk[4096];
        const size_t got = fread(chunk, 1, sizeof chunk, file);

        buffer_append(&text, chunk, got);
        if (got < sizeof chunk) {
            break;
        }
    }
    broken = ferror(file) != 0;
    (void)fclose(file);
    *out = arena_text(arena, (const char *)text.data, text.size);
    buffer_finish(&text);
    return !broken || error_set(err, ERROR_REJECT, "%s: cannot be read", path);
}

/* <Event>.v<N>.avsc, where Event is the record's name. */
static bool read_version(struct source *source, struct error *err)
{
    const char *slash = strrchr(source->path, '/');
    const char *file = slash == NULL ? source->path : slash + 1;
    const char *name = names_last(source->schema.root->full_name);
    const size_t length = strlen(name);
    char *end = NULL;
    long version;

    if (strncmp(file, name, length) != 0 || strncmp(file + length, ".v", 2) != 0 ||
        file[length + 2] < '1' || file[length + 2] > '9') {
        return error_set(err, ERROR_REJECT, "%s: a file with record %s is named %s.v<N>.avsc",
                         source->path, source->schema.root->full_name, name);
    }
    version = strtol(file + length + 2, &end, 10);
    if (strcmp(end, ".avsc") != 0 || version > 9999) {
        return error_set(err, ERROR_REJECT, "%s: a file name ends in .v<N>.avsc", source->path);
    }
    source->version = (int32_t)version;
    return true;
}

static bool read_source(const char *path, struct arena *arena, struct source *source,
                        struct error *err)
{
    const char *text = NULL;
    char *compact;

    source->path = path;
    if (!model_read_file(path, arena, &text, err)) {
        return false;
    }
    if (!schema_parse(text, &source->schema, err)) {
        return error_prefix(err, "%s", path);
    }
    if (source->schema.root->kind != SCHEMA_RECORD) {
        return error_set(err, ERROR_REJECT, "%s: a schema file holds one record", path);
    }
    compact = json_dumps(source->schema.json, JSON_COMPACT | JSON_ENSURE_ASCII);
    source->compact_json = arena_copy(arena, compact);
    free(compact);
    return read_version(source, err);
}

static int by_name_and_version(const void *left, const void *right)
{
    const struct source *a = left;
    const struct source *b = right;
    const int order = strcmp(a->schema.root->full_name, b->schema.root->full_name);

    return order != 0 ? order : (a->version > b->version) - (a->version < b->version);
}

bool sources_load(struct model *model, char **paths, size_t path_count, struct error *err)
{
    model->sources = arena_array(&model->arena, path_count, sizeof *model->sources);
    for (size_t i = 0; i < path_count; i++) {
        model->source_count = i + 1;
        if (!read_source(paths[i], &model->arena, &model->sources[i], err)) {
            return false;
        }
    }
    if (path_count > 0) {
        qsort(model->sources, path_count, sizeof *model->sources, by_name_and_version);
    }
    for (size_t i = 1; i < path_count; i++) {
        if (by_name_and_version(&model->sources[i - 1], &model->sources[i]) == 0) {
            return error_set(err, ERROR_REJECT, "%s: the same record and version as %s",
                             model->sources[i].path, model->sources[i - 1].path);
        }
    }
    return true;
}

bool sources_is_newest(const struct model *model, size_t index)
{
    return index + 1 == model->source_count ||
           strcmp(model->sources[index].schema.root->full_name,
                  model->sources[index + 1].schema.root->full_name) != 0;
}
