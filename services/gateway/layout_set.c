#include "common/base/text.h"
#include "services/gateway/layout.h"
#include "services/gateway/layout_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYOUT_BYTES_MAX = 64 * 1024, LAYOUTS_MAX = 256 };

static const char suffix[] = ".ini";

static bool is_layout_file(const char *name)
{
    const size_t length = strlen(name);

    return name[0] != '.' && length >= sizeof suffix &&
           strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

static bool read_text(const char *path, struct arena *arena, const char **out, struct error *err)
{
    FILE *stream = fopen(path, "rb");
    char *text;
    size_t size;

    if (stream == NULL) {
        return error_set(err, ERROR_FATAL, "%s: %s", path, strerror(errno));
    }
    text = arena_alloc(arena, LAYOUT_BYTES_MAX + 1);
    size = fread(text, 1, LAYOUT_BYTES_MAX + 1, stream);
    if (ferror(stream) != 0 || size > LAYOUT_BYTES_MAX || memchr(text, 0, size) != NULL) {
        (void)fclose(stream);
        return error_set(err, ERROR_FATAL, "%s: no se pudo leer, es muy grande o no es texto",
                         path);
    }
    (void)fclose(stream);
    text[size] = '\0';
    *out = text;
    return true;
}

static bool load_one(const char *folder, const char *name, struct arena *arena, struct layout **out,
                     struct error *err)
{
    const size_t stem = strlen(name) - (sizeof suffix - 1);
    struct layout *layout = NULL;
    const char *text = NULL;

    if (!read_text(arena_format(arena, "%s/%s", folder, name), arena, &text, err) ||
        !layout_read(name, text, arena, &layout, err)) {
        return false;
    }
    if (strlen(layout->id) != stem || strncmp(layout->id, name, stem) != 0) {
        return error_set(err, ERROR_FATAL, "%s: su id es %s: archivo e id se llaman igual", name,
                         layout->id);
    }
    *out = layout;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the layout files of a folder, sorted: the same on every machine. */
static bool list_files(const char *folder, struct arena *arena, const char ***out, size_t *count,
                       struct error *err)
{
    DIR *directory = opendir(folder);
    const char **names;
    struct dirent *entry;

    if (directory == NULL) {
        return error_set(err, ERROR_FATAL, "%s: %s", folder, strerror(errno));
    }
    names = arena_array(arena, LAYOUTS_MAX, sizeof *names);
    *count = 0;
    while (*count < LAYOUTS_MAX && (entry = readdir(directory)) != NULL) {
        if (is_layout_file(entry->d_name)) {
            names[(*count)++] = arena_copy(arena, entry->d_name);
        }
    }
    (void)closedir(directory);
    if (*count == 0 || *count == LAYOUTS_MAX) {
        return error_set(err, ERROR_FATAL, "%s: se esperaban de 1 a %d formatos (.ini)", folder,
                         LAYOUTS_MAX - 1);
    }
    qsort(names, *count, sizeof *names, by_name);
    *out = names;
    return true;
}

/* Layouts that read the rows of another one are found through that one. */
static bool link_companions(const struct layout_set *set, struct layout *const *made,
                            struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        made[i]->also = arena_array(arena, set->count, sizeof *made[i]->also);
        for (size_t j = 0; j < set->count; j++) {
            if (made[j]->reads_with != NULL && text_equal(made[j]->reads_with, made[i]->id)) {
                made[i]->also[made[i]->also_count++] = made[j];
                made[j]->fillers = made[i]->fillers;
                made[j]->filler_count = made[i]->filler_count;
            }
        }
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct layout *layout = made[i];
        const struct layout *main =
            layout->reads_with == NULL ? NULL : layout_find(set, layout->reads_with);

        if (layout->reads_with != NULL && (main == NULL || main->reads_with != NULL)) {
            return error_set(err, ERROR_FATAL, "%s.ini: reads_with: %s no es un formato de archivo",
                             layout->id, layout->reads_with);
        }
    }
    return true;
}

static bool is_same(const struct layout_member *a, const struct layout_member *b)
{
    return a->field == b->field && a->base == b->base;
}

static bool states(const struct layout *layout, const struct layout_member *member)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        if (is_same(&layout->columns[i].target, member)) {
            return true;
        }
    }
    for (size_t i = 0; i < layout->constant_count; i++) {
        if (is_same(&layout->constants[i].target, member)) {
            return true;
        }
    }
    return false;
}

/* A member that one layout fills and the other never does; NULL: none. */
static const char *unstated(const struct layout *layout, const struct layout *other)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct layout_member *member = &layout->columns[i].target;

        if (member->field != NULL && !states(other, member)) {
            return member->field->name;
        }
    }
    return NULL;
}

static bool has_same_key(const struct layout *a, const struct layout *b)
{
    bool same = a->key_count == b->key_count;

    for (size_t i = 0; same && i < a->key_count; i++) {
        same = text_equal(a->keys[i]->section, b->keys[i]->section);
    }
    return same;
}

/* Layouts of one source tell versions of one fact, each whole: a member that one of them does not know would be
 * blanked by its rows. */
static bool check_sources(const struct layout_set *set, struct error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        for (size_t j = 0; j < set->count; j++) {
            const struct layout *a = set->layouts[i];
            const struct layout *b = set->layouts[j];
            const char *member = NULL;

            if (i == j || !text_equal(a->source, b->source)) {
                continue;
            }
            member = a->event == b->event ? unstated(a, b) : "event";
            member = has_same_key(a, b) ? member : "key";
            if (member != NULL) {
                return error_set(err, ERROR_FATAL,
                                 "%s.ini: source: comparte %s con %s.ini y no llena lo mismo (%s): "
                                 "dé a cada uno su source",
                                 b->id, a->source, a->id, member);
            }
        }
    }
    return true;
}

bool layout_set_load(const char *folder, struct arena *arena, const struct layout_set **out,
                     struct error *err)
{
    struct layout_set *set = arena_alloc(arena, sizeof *set);
    const struct layout **layouts;
    struct layout **made;
    const char **names = NULL;
    size_t count = 0;

    if (!list_files(folder, arena, &names, &count, err)) {
        return false;
    }
    layouts = arena_array(arena, count, sizeof *layouts);
    made = arena_array(arena, count, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        if (!load_one(folder, names[i], arena, &made[i], err)) {
            return false;
        }
        layouts[i] = made[i];
    }
    set->layouts = layouts;
    set->count = count;
    *out = set;
    return link_companions(set, made, arena, err) && check_sources(set, err);
}
