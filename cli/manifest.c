#include "cli/manifest.h"
#include "cli/say.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 4096, ITEMS_MAX = 1000, CELLS = 3 };

static const char header[] = "institucion,archivo,layout";

/* Cuts the line at its commas; false unless there are three cells. */
static bool split(char *line, char *cells[CELLS])
{
    char *rest = line;

    for (int i = 0; i < CELLS; i++) {
        char *comma = strchr(rest, ',');

        cells[i] = rest;
        if ((comma == NULL) != (i == CELLS - 1)) {
            return false;
        }
        if (comma != NULL) {
            *comma = '\0';
            rest = comma + 1;
        }
    }
    return true;
}

/* The folder of a path, with its slash. */
static const char *folder_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? "" : arena_text(arena, path, (size_t)(slash - path) + 1);
}

static bool add_line(char *line, const char *folder, struct arena *arena,
                     struct manifest_item *item)
{
    char *cells[CELLS];

    if (!split(line, cells) || text_is_blank(cells[0]) || text_is_blank(cells[1])) {
        return false;
    }
    *item = (struct manifest_item){
        .institution = arena_copy(arena, cells[0]),
        .path = arena_format(arena, "%s%s/%s", folder, cells[0], cells[1]),
        .layout = text_is_blank(cells[2]) ? NULL : arena_copy(arena, cells[2])};
    return true;
}

static bool read_lines(FILE *file, const char *path, struct arena *arena,
                       struct manifest_item *items, size_t *count, struct error *err)
{
    const char *folder = folder_of(path, arena);
    char line[LINE_BYTES];

    for (size_t number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (number == 1) {
            if (strcmp(line, header) != 0) {
                return error_set(err, ERROR_REJECT,
                                 say("%s: el encabezado no es %s", "%s: the header is not %s"),
                                 path, header);
            }
        } else if (*count == ITEMS_MAX) {
            return error_set(err, ERROR_REJECT,
                             say("%s: tiene más de %d archivos", "%s: has more than %d files"),
                             path, ITEMS_MAX);
        } else if (!text_is_blank(line) && !add_line(line, folder, arena, &items[(*count)++])) {
            return error_set(err, ERROR_REJECT,
                             say("%s, línea %zu: no es %s", "%s, line %zu: is not %s"), path,
                             number, header);
        }
    }
    return (ferror(file) == 0 && *count > 0) ||
           error_set(err, ERROR_REJECT,
                     say("%s: no se puede leer o no nombra archivos",
                         "%s: cannot be read or names no files"),
                     path);
}

bool manifest_read(const char *path, struct arena *arena, struct manifest_item **out, size_t *count,
                   struct error *err)
{
    struct manifest_item *items = arena_array(arena, ITEMS_MAX, sizeof *items);
    FILE *file = fopen(path, "rb");
    size_t found = 0;
    bool good;

    if (file == NULL) {
        return error_set(err, ERROR_REJECT, say("no se pudo leer %s: %s", "could not read %s: %s"),
                         path, say_errno(errno));
    }
    good = read_lines(file, path, arena, items, &found, err);
    (void)fclose(file);
    if (good) {
        *out = items;
        *count = found;
    }
    return good;
}
