#include "common/base/date.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "services/gateway/layout.h"
#include "services/gateway/layout_parts.h"

#include <stdint.h>

enum { TITLE_SHOWN_BYTES = 60, LIST_SHOWN_MAX = 12 };

/* A header against a layout. */
struct fitting {
    size_t *at;
    bool *known; /* per header cell */
    size_t known_count;
    size_t unknown_count;
    size_t expected_missing;
    const char *missing; /* required ones */
    const char *twice;   /* a title that stands in two columns */
};

/* The titles of a file, folded once. */
static const char **fold_header(const struct table_row *header, struct arena *arena)
{
    const char **folded = arena_array(arena, header->count + 1, sizeof *folded);

    for (size_t i = 0; i < header->count; i++) {
        folded[i] = column_fold(arena, header->cells[i]);
    }
    return folded;
}

static const char *joined(struct arena *arena, const char *list, const char *item)
{
    return list == NULL ? arena_copy(arena, item) : arena_format(arena, "%s, %s", list, item);
}

/* Where a column stands; the earlier title of the layout wins over an alias. */
static size_t find_column(const struct layout_column *column, const char *const *folded,
                          size_t count, struct fitting *fitting)
{
    for (size_t title = 0; title < column->title_count; title++) {
        size_t found = SIZE_MAX;

        for (size_t i = 0; i < count; i++) {
            if (!text_equal(folded[i], column->titles[title])) {
                continue;
            }
            if (found != SIZE_MAX) {
                fitting->twice = column->name;
            }
            found = found == SIZE_MAX ? i : found;
            fitting->known[i] = true;
        }
        if (found != SIZE_MAX) {
            return found;
        }
    }
    return SIZE_MAX;
}

static void mark_ignored(const struct layout *layout, const char *const *folded, size_t count,
                         struct fitting *fitting)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < layout->ignored_count && !fitting->known[i]; j++) {
            fitting->known[i] = text_equal(folded[i], layout->ignored[j]);
        }
        fitting->known[i] = fitting->known[i] || folded[i][0] == '\0';
    }
}

static struct fitting fit(const struct layout *layout, const struct table_row *header,
                          const char *const *folded, struct arena *arena)
{
    struct fitting fitting = {
        .at = arena_array(arena, layout->column_count, sizeof *fitting.at),
        .known = arena_array(arena, header->count + 1, sizeof *fitting.known),
    };

    for (size_t i = 0; i < layout->column_count; i++) {
        const struct layout_column *column = &layout->columns[i];

        fitting.at[i] = find_column(column, folded, header->count, &fitting);
        if (fitting.at[i] == SIZE_MAX && column->need == COLUMN_REQUIRED) {
            fitting.missing = joined(arena, fitting.missing, column->name);
        }
        fitting.expected_missing +=
            fitting.at[i] == SIZE_MAX && column->need == COLUMN_EXPECTED ? 1 : 0;
    }
    mark_ignored(layout, folded, header->count, &fitting);
    for (size_t i = 0; i < header->count; i++) {
        fitting.known_count += fitting.known[i] ? 1 : 0;
        fitting.unknown_count += fitting.known[i] ? 0 : 1;
    }
    return fitting;
}

static const char *unknown_titles(const struct table_row *header, const struct fitting *fitting,
                                  struct arena *arena)
{
    const char *list = NULL;
    size_t shown = 0;

    for (size_t i = 0; i < header->count && shown <= LIST_SHOWN_MAX; i++) {
        if (fitting->known[i]) {
            continue;
        }
        list = joined(arena, list,
                      shown == LIST_SHOWN_MAX ? "…" : cell_shown(arena, header->cells[i]));
        shown++;
    }
    return list;
}

/* What is wrong with the header itself, whatever the layout. */
static const char *header_fault(const struct table_row *header, struct arena *arena)
{
    if (header->torn) {
        return "el encabezado abre comillas que nunca cierra: revise las comillas de la primera "
               "fila";
    }
    if (header->not_text) {
        return arena_format(arena,
                            "el encabezado no está en UTF-8 (columna %zu): guarde el archivo como "
                            "«CSV UTF-8» y cárguelo otra vez",
                            header->not_text_cell + 1);
    }
    return NULL;
}

static const char *misfit_message(const struct layout *layout, const struct fitting *fitting,
                                  struct arena *arena)
{
    if (fitting->known_count <= fitting->unknown_count) {
        return arena_format(
            arena,
            "el archivo no parece del formato %s: conoce %zu de sus %zu columnas; revise que sea "
            "el archivo correcto, su separador, o indique el formato con --layout",
            layout->id, fitting->known_count, fitting->known_count + fitting->unknown_count);
    }
    if (fitting->missing != NULL) {
        return arena_format(arena,
                            "al archivo le faltan columnas obligatorias del formato %s: %s; "
                            "agréguelas y cárguelo otra vez",
                            layout->id, fitting->missing);
    }
    if (fitting->twice != NULL) {
        return arena_format(arena,
                            "la columna %s está dos veces en el encabezado: deje una sola y "
                            "cárguelo otra vez",
                            fitting->twice);
    }
    return NULL;
}

bool layout_match(const struct layout *layout, const struct table_row *header, struct arena *arena,
                  struct layout_columns *out, struct layout_misfit *misfit)
{
    const struct fitting fitting = fit(layout, header, fold_header(header, arena), arena);
    const char *message = header_fault(header, arena);

    message = message != NULL ? message : misfit_message(layout, &fitting, arena);
    *misfit = (struct layout_misfit){
        .missing = fitting.missing,
        .unknown = unknown_titles(header, &fitting, arena),
        .message = message,
    };
    if (message != NULL) {
        return false;
    }
    *out = (struct layout_columns){
        .at = fitting.at, .count = layout->column_count, .cells = header->count};
    return true;
}

/* Less is better: titles nobody knows weigh most. */
static size_t badness(const struct fitting *fitting)
{
    return fitting->unknown_count * 1000 + fitting->expected_missing;
}

static bool may_use(const struct layout *layout, const char *institution)
{
    return layout->institution == NULL || text_equal(layout->institution, institution);
}

static const char *not_recognised(const struct layout *best, const struct fitting *fitting,
                                  struct arena *arena)
{
    const char *near = best == NULL ? NULL : misfit_message(best, fitting, arena);

    return near == NULL || fitting->known_count <= fitting->unknown_count
               ? "ningún formato conocido tiene este encabezado: revise que sea el archivo "
                 "correcto y su separador, o indique el formato con --layout"
               : near;
}

const struct layout *layout_recognise(const struct layout_set *set, const char *institution,
                                      const struct table_row *header, struct arena *arena,
                                      struct layout_columns *out, struct layout_misfit *misfit)
{
    const char **folded = fold_header(header, arena);
    const char *message = header_fault(header, arena);
    const struct layout *best = NULL;
    const struct layout *tied = NULL;
    const struct layout *near = NULL; /* fits but for something: what the message speaks of */
    struct fitting best_fitting = {0};
    struct fitting near_fitting = {0};

    for (size_t i = 0; i < set->count && message == NULL; i++) {
        const struct layout *layout = set->layouts[i];
        const struct fitting fitting = fit(layout, header, folded, arena);

        if (!may_use(layout, institution)) {
            continue;
        }
        if (near == NULL || fitting.known_count > near_fitting.known_count) {
            near = layout;
            near_fitting = fitting;
        }
        if (misfit_message(layout, &fitting, arena) != NULL) {
            continue;
        }
        if (best == NULL || badness(&fitting) < badness(&best_fitting)) {
            best = layout;
            best_fitting = fitting;
            tied = NULL;
        } else if (badness(&fitting) == badness(&best_fitting)) {
            tied = layout;
        }
    }
    if (best != NULL && tied == NULL) {
        return layout_match(best, header, arena, out, misfit) ? best : NULL;
    }
    *misfit = (struct layout_misfit){.missing = near_fitting.missing, .message = message};
    if (tied != NULL) {
        misfit->message =
            arena_format(arena, "el encabezado sirve a %s y a %s: indique el formato con --layout",
                         best->id, tied->id);
    } else if (message == NULL) {
        misfit->message = not_recognised(near, &near_fitting, arena);
    }
    return NULL;
}

bool layout_newest(const struct layout *layout, const struct layout_columns *columns,
                   const struct table_row *cells, int64_t *newest)
{
    size_t at;
    int32_t day;

    if (layout->as_of_index == SIZE_MAX || columns->at[layout->as_of_index] == SIZE_MAX) {
        return false;
    }
    at = columns->at[layout->as_of_index];
    if (cells->torn || at >= cells->count || !cell_day(cells->cells[at], &day)) {
        return false;
    }
    *newest = day * CELL_DAY_MICROSECONDS > *newest ? day * CELL_DAY_MICROSECONDS : *newest;
    return true;
}
