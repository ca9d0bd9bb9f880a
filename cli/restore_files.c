#include "cli/restore_files.h"

#include "cli/account.h"
#include "cli/drop.h"
#include "common/base/instant.h"
#include "common/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SECOND_US = 1000000, FILES_FIRST = 64 };

/* The last transaction of the gateway that the database has, in microseconds; 0: none. */
static bool last_commit(struct cli *cli, const char *schema, int64_t *out, struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select coalesce((extract(epoch from max(committed_at)) * "
                                   "1000000)::bigint, 0) from %s.outbox having count(*) > 0",
                                   schema);
    PGresult *found;
    bool good;

    *out = 0;
    if (!connection_query(&cli->connection, sql, NULL, 0, &found, err)) {
        return false;
    }
    good = connection_rows(found) == 0 || connection_int64(found, 0, 0, out, err);
    PQclear(found);
    return good;
}

static bool is_answered(struct cli *cli, const char *schema, const char *file_id, bool *out,
                        struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select from %s.file_account where file_id = $1 and state in "
                                   "('done', 'refused')",
                                   schema);
    PGresult *found;

    if (!connection_query(&cli->connection, sql, &file_id, 1, &found, err)) {
        return false;
    }
    *out = connection_rows(found) > 0;
    PQclear(found);
    return true;
}

/* When it was answered: its report was written then; one that was refused, or not read to its end, has none, and counts
 * from when it came. */
static bool read_time(const char *folder, struct arena *arena, int64_t *out, struct error *err)
{
    struct stat status;

    if (stat(arena_format(arena, "%s/informe.csv", folder), &status) != 0 &&
        stat(arena_format(arena, "%s/ficha.json", folder), &status) != 0) {
        return error_set(err, ERROR_REJECT, say("no se pudo leer %s: %s", "could not read %s: %s"),
                         folder, say_errno(errno));
    }
    *out = (int64_t)status.st_mtim.tv_sec * SECOND_US + status.st_mtim.tv_nsec / 1000;
    return true;
}

/* What its sidecar said, told again: the same words give the file the same identity. */
static bool read_card(const char *folder, struct arena *arena, struct restore_file *out,
                      struct error *err)
{
    const char *path = arena_format(arena, "%s/ficha.json", folder);
    json_error_t fault;
    json_t *card = json_load_file(path, 0, &fault);
    const json_t *as_of = json_object_get(card, "corte_us");
    const char *nature = json_string_value(json_object_get(card, "naturaleza"));

    out->name = arena_copy(arena, json_string_value(json_object_get(card, "nombre")));
    out->layout = arena_copy(arena, json_string_value(json_object_get(card, "layout")));
    out->nature = text_equal(nature, "demostracion") ? "demostracion" : NULL;
    if (json_is_integer(as_of)) {
        char *text = arena_alloc(arena, INSTANT_TEXT_BYTES);

        instant_format(json_integer_value(as_of), text);
        out->as_of = text;
    }
    json_decref(card);
    return out->name != NULL ||
           error_set(err, ERROR_REJECT, say("%s: no es una ficha", "%s: is no card of a file"),
                     path);
}

static bool take_folder(struct cli *cli, const char *home, const char *file_id, const char *schema,
                        int64_t since, struct restore_files *files, struct error *err)
{
    struct arena *arena = &cli->arena;
    const char *folder = arena_format(arena, "%s/%s", home, file_id);
    struct restore_file file = {.content = arena_format(arena, "%s/contenido", folder)};
    bool answered;

    if (!read_time(folder, arena, &file.read_at, err) ||
        !is_answered(cli, schema, file_id, &answered, err)) {
        return false;
    }
    if (answered && file.read_at <= since) {
        return true;
    }
    if (!read_card(folder, arena, &file, err)) {
        return false;
    }
    if (files->count % FILES_FIRST == 0) {
        struct restore_file *more = arena_array(arena, files->count + FILES_FIRST, sizeof *more);

        if (files->count > 0) {
            memcpy(more, files->items, files->count * sizeof *more);
        }
        files->items = more;
    }
    files->items[files->count++] = file;
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct restore_file *one = a;
    const struct restore_file *other = b;

    return (one->read_at > other->read_at) - (one->read_at < other->read_at);
}

bool restore_files_find(struct cli *cli, const char *institution, struct restore_files *out,
                        struct error *err)
{
    const char *schema = account_schema(institution, &cli->arena);
    const char *home = arena_format(
        &cli->arena, "%s/%s", cli->stack.archive == NULL ? "" : cli->stack.archive, institution);
    const struct dirent *entry;
    int64_t since;
    DIR *folder = cli->stack.archive == NULL ? NULL : opendir(home);
    bool good;

    *out = (struct restore_files){0};
    if (folder == NULL) {
        return error_set(err, ERROR_REJECT,
                         say("no está el archivo de %s (ABASTO_ARCHIVE): sin él no se sabe qué "
                             "archivos hay que leer otra vez",
                             "the archive of %s is not here (ABASTO_ARCHIVE): without it nobody "
                             "knows which files are to be read again"),
                         institution);
    }
    good = last_commit(cli, schema, &since, err);
    while (good && (entry = readdir(folder)) != NULL) {
        good =
            entry->d_name[0] == '.' ||
            take_folder(cli, home, arena_copy(&cli->arena, entry->d_name), schema, since, out, err);
    }
    (void)closedir(folder);
    for (size_t i = 0; i < out->count; i++) {
        out->items[i].institution = institution;
    }
    if (good && out->count > 1) {
        qsort(out->items, out->count, sizeof *out->items, by_time);
    }
    return good;
}

bool restore_files_drop(struct cli *cli, const struct restore_files *files, struct error *err)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct restore_file *file = &files->items[i];
        const struct drop_said said = {.name = file->name,
                                       .layout = file->layout,
                                       .as_of = file->as_of,
                                       .nature = file->nature,
                                       .came_at = file->read_at};
        const char *folder = arena_format(&cli->arena, "%s/%s", cli->stack.drop, file->institution);

        if (!drop_file(file->content, folder, &said, &cli->arena, err)) {
            return false;
        }
    }
    return true;
}
