#include "cli/progress.h"
#include "cli/say.h"

#include "common/base/decimal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BAR_CELLS = 24, CHUNK_BYTES = 64 * 1024 };

static bool unread(const char *path, struct error *err)
{
    return error_set(err, ERROR_REJECT, say("no se pudo leer %s: %s", "could not read %s: %s"),
                     path, say_errno(errno));
}

bool progress_count_rows(const char *path, int64_t *out, struct error *err)
{
    FILE *file = fopen(path, "rb");
    char chunk[CHUNK_BYTES];
    int64_t ends = 0;
    bool quoted = false;
    char last = '\n';
    size_t size;
    bool good;

    if (file == NULL) {
        return unread(path, err);
    }
    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0) {
        for (size_t i = 0; i < size; i++) {
            quoted = quoted != (chunk[i] == '"');
            ends += chunk[i] == '\n' && !quoted ? 1 : 0;
        }
        last = chunk[size - 1];
    }
    good = ferror(file) == 0 || unread(path, err);
    (void)fclose(file);
    if (!good) {
        return false;
    }
    ends += last == '\n' ? 0 : 1;
    *out = ends > 0 ? ends - 1 : 0;
    return true;
}

const char *progress_text(const struct progress *progress, const char *name, struct arena *arena)
{
    const int64_t rows = progress->rows > 0 ? progress->rows : 1;
    const int64_t done = progress->rows_done < rows ? progress->rows_done : rows;
    const int cells = (int)(done * BAR_CELLS / rows);
    char bar[BAR_CELLS + 1];
    char shown_done[DECIMAL_TEXT_BYTES];
    char shown_rows[DECIMAL_TEXT_BYTES];

    for (int i = 0; i < BAR_CELLS; i++) {
        bar[i] = i < cells ? '#' : '.';
    }
    bar[BAR_CELLS] = '\0';
    decimal_format_count(progress->rows_done, shown_done);
    decimal_format_count(progress->rows, shown_rows);
    return arena_format(arena,
                        say("[%s] %3d %% %s de %s renglones, archivo %zu de %zu: %s",
                            "[%s] %3d %% %s of %s rows, file %zu of %zu: %s"),
                        bar, (int)(done * 100 / rows), shown_done, shown_rows,
                        progress->files_done < progress->files ? progress->files_done + 1
                                                               : progress->files,
                        progress->files, name);
}

bool progress_stalled(struct progress_watch *watch, int64_t rows_read, int64_t now)
{
    if (watch->since == 0 || rows_read != watch->rows_read) {
        *watch = (struct progress_watch){.since = now, .rows_read = rows_read};
        return false;
    }
    if (watch->told || now - watch->since < INT64_C(1000000) * PROGRESS_PATIENCE_S) {
        return false;
    }
    watch->told = true;
    return true;
}
