#include "common/base/date.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"
#include "services/gateway/layout.h"
#include "services/gateway/layout_parts.h"

#include <stdint.h>
#include <string.h>

/* A header against a layout. */
struct fitting {
    size_t *at;
    bool *known; /* per header cell */
    size_t known_count;
    size_t unknown_count;
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
    }
}

/* A column made of others needs them all. */
static void miss_parts(const struct layout *layout, struct arena *arena, struct fitting *fitting)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct layout_column *column = &layout->columns[i];

        for (size_t part = 0; column->need == COLUMN_REQUIRED && part < column->part_count;
             part++) {
            if (fitting->at[column->parts[part] - layout->columns] == SIZE_MAX) {
                fitting->missing = joined(arena, fitting->missing, column->parts[part]->name);
            }
        }
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
        if (fitting.at[i] == SIZE_MAX && column->part_count == 0 &&
            column->need == COLUMN_REQUIRED) {
            fitting.missing = joined(arena, fitting.missing, column->name);
        }
    }
    miss_parts(layout, arena, &fitting);
    mark_ignored(layout, folded, header->count, &fitting);
    for (size_t i = 0; i < header->count; i++) {
        if (folded[i][0] != '\0') { /* a column without a title speaks for no layout */
            fitting.known_count += fitting.known[i] ? 1 : 0;
            fitting.unknown_count += fitting.known[i] ? 0 : 1;
        }
    }
    return fitting;
}

/* What is wrong with the header itself, whatever the layout. */
static struct reason_said header_fault(const struct table_row *header, struct arena *arena)
{
    if (header->torn) {
        return (struct reason_said){.why = REASON_HEADER_QUOTES};
    }
    if (header->not_text) {
        return (struct reason_said){REASON_HEADER_NOT_UTF8,
                                    {arena_format(arena, "%zu", header->not_text_cell + 1)}};
    }
    return (struct reason_said){0};
}

static struct reason_said missing_columns(const struct layout *layout,
                                          const struct fitting *fitting)
{
    return (struct reason_said){REASON_COLUMNS_MISSING, {layout->id, fitting->missing}};
}

static struct reason_said misfit_of(const struct layout *layout, const struct fitting *fitting,
                                    struct arena *arena)
{
    if (fitting->known_count <= fitting->unknown_count) {
        return (struct reason_said){
            REASON_FILE_OTHER,
            {layout->id, arena_format(arena, "%zu", fitting->known_count),
             arena_format(arena, "%zu", fitting->known_count + fitting->unknown_count)}};
    }
    if (fitting->missing != NULL) {
        return missing_columns(layout, fitting);
    }
    if (fitting->twice != NULL) {
        return (struct reason_said){REASON_COLUMN_TWICE, {fitting->twice}};
    }
    return (struct reason_said){0};
}

size_t layout_forms(const struct layout_set *set, bool utf8,
                    struct table_form out[LAYOUT_FORMS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++) {
        const struct layout *layout = set->layouts[i];

        for (const char *c = layout->delimiters; *c != '\0'; c++) {
            const struct table_form form = {.delimiter = *c, .cp1252 = !utf8 && layout->cp1252};
            size_t same = 0;

            while (same < count &&
                   (out[same].delimiter != form.delimiter || out[same].cp1252 != form.cp1252)) {
                same++;
            }
            if (same == count && count < LAYOUT_FORMS_MAX) {
                out[count++] = form;
            }
        }
    }
    return count;
}

/* A header that a layout may have. */
struct candidate {
    const struct layout *layout;
    struct table_form form;
    const struct table_row *header;
    struct fitting fitting;
    struct reason_said misfit; /* none: it fits */
};

static bool fits(const struct candidate *candidate)
{
    return candidate->misfit.why == REASON_NONE;
}

/* Whether a file of the institution may have that layout, in whatever form. */
static bool may_have(const struct layout *layout, const char *institution,
                     const struct layout *only)
{
    if (only != NULL) {
        return layout == only;
    }
    return !layout_is_companion(layout) &&
           (layout->institution == NULL || text_equal(layout->institution, institution));
}

/* Forms hold the code page only for a file that is not UTF-8. */
static bool is_in_cp1252(const struct layout_head *heads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (heads[i].form.cp1252) {
            return true;
        }
    }
    return false;
}

/* A layout that declares the code page reads a file that is not UTF-8 in it, and not in the form that another layout
 * with its delimiter brought: a header of plain ASCII fits both. */
static bool declares(const struct layout *layout, const struct table_form *form, bool cp1252)
{
    return form->sheet > 0 || (strchr(layout->delimiters, form->delimiter) != NULL &&
                               form->cp1252 == (cp1252 && layout->cp1252));
}

/* The row of a head that a layout's header stands in: the first that fits, or the one it knows most of. */
static struct candidate try_layout(const struct layout *layout, const struct layout_head *head,
                                   struct arena *arena)
{
    struct candidate best = {0};

    for (size_t i = 0; i < head->count && i <= layout->banner_rows; i++) {
        const struct table_row *header = &head->rows[i];
        struct candidate now = {.layout = layout,
                                .form = head->form,
                                .header = header,
                                .fitting = fit(layout, header, fold_header(header, arena), arena)};
        const struct reason_said fault = header_fault(header, arena);

        now.form.skip_rows = i;
        now.misfit = fault.why != REASON_NONE ? fault : misfit_of(layout, &now.fitting, arena);
        if (best.layout == NULL || fits(&now) ||
            now.fitting.known_count > best.fitting.known_count) {
            best = now;
        }
        if (fits(&now)) {
            break;
        }
    }
    return best;
}

/* What is said when nothing fits: of the header that is known best, parted most. */
static struct reason_said not_recognised(const struct candidate *near, const struct layout *only)
{
    if (near->layout == NULL) {
        return (struct reason_said){.why = REASON_FILE_EMPTY};
    }
    if (only == NULL && !near->header->torn && !near->header->not_text &&
        near->fitting.known_count <= near->fitting.unknown_count) {
        return (struct reason_said){.why = REASON_FILE_UNKNOWN};
    }
    return near->misfit;
}

static const char *delimiter_name(char delimiter)
{
    switch (delimiter) {
    case ';':
        return "punto y coma (;)";
    case '|':
        return "barra (|)";
    case '\t':
        return "tabulador";
    default:
        return "coma (,)";
    }
}

/* The header would do, but not as the file is written. */
static struct reason_said wrong_form(const struct candidate *astray, struct arena *arena)
{
    if (strchr(astray->layout->delimiters, astray->form.delimiter) != NULL) {
        return (struct reason_said){REASON_FILE_NOT_UTF8, {astray->layout->id}};
    }
    return (struct reason_said){REASON_FILE_FORM,
                                {arena_format(arena, "%s%s", delimiter_name(astray->form.delimiter),
                                              astray->form.cp1252 ? " y no está en UTF-8" : ""),
                                 astray->layout->id,
                                 delimiter_name(astray->layout->delimiters[0])}};
}

static bool is_nearer(const struct candidate *a, const struct candidate *than)
{
    if (than->layout == NULL || a->fitting.known_count != than->fitting.known_count) {
        return than->layout == NULL || a->fitting.known_count > than->fitting.known_count;
    }
    return a->header->count > than->header->count;
}

static struct layout_columns columns_of(const struct layout *layout, const struct fitting *fitting,
                                        const struct table_row *header)
{
    return (struct layout_columns){
        .at = fitting->at, .count = layout->column_count, .cells = header->count};
}

static struct table_form form_of(const struct candidate *best)
{
    struct table_form form = best->form;

    form.decimal_comma = form.sheet > 0 && best->layout->decimal_comma;
    return form;
}

/* The layout found, and those that read its rows too: they have to fit as well. */
static struct layout_fit with_companions(const struct candidate *best, struct arena *arena)
{
    const struct layout *layout = best->layout;
    struct layout_reading *readings = arena_array(arena, layout->also_count + 1, sizeof *readings);
    struct layout_fit out = {.layout = layout,
                             .form = form_of(best),
                             .readings = readings,
                             .reading_count = 1,
                             .header = *best->header};

    readings[0] = (struct layout_reading){layout, columns_of(layout, &best->fitting, best->header)};
    for (size_t i = 0; i < layout->also_count; i++) {
        const struct layout *also = layout->also[i];
        const struct fitting fitting =
            fit(also, best->header, fold_header(best->header, arena), arena);

        if (fitting.missing != NULL) {
            return (struct layout_fit){.refusal = missing_columns(also, &fitting)};
        }
        readings[out.reading_count++] =
            (struct layout_reading){also, columns_of(also, &fitting, best->header)};
    }
    return out;
}

struct layout_fit layout_recognise(const struct layout_set *set, const char *institution,
                                   const struct layout *only, const struct layout_head *heads,
                                   size_t head_count, struct arena *arena)
{
    struct candidate best = {0};
    struct candidate near = {0};
    struct candidate astray = {0}; /* would fit in a form that it does not declare */
    const char *tied = NULL;       /* names of those that fit as well as the best */
    const bool cp1252 = is_in_cp1252(heads, head_count);

    for (size_t i = 0; i < head_count * set->count; i++) {
        const struct layout_head *head = &heads[i / set->count];
        const struct layout *layout = set->layouts[i % set->count];
        struct candidate now;

        if (head->count == 0 || !may_have(layout, institution, only)) {
            continue;
        }
        now = try_layout(layout, head, arena);
        if (!declares(layout, &head->form, cp1252)) {
            astray = fits(&now) ? now : astray;
            continue;
        }
        if (is_nearer(&now, &near)) {
            near = now;
        }
        if (!fits(&now)) {
            continue;
        }
        if (now.layout == best.layout) {
            continue; /* in another form as well: the layout's usual one came first */
        }
        if (best.layout == NULL || now.fitting.unknown_count < best.fitting.unknown_count) {
            best = now;
            tied = NULL;
        } else if (now.fitting.unknown_count == best.fitting.unknown_count) {
            tied = joined(arena, tied == NULL ? best.layout->id : tied, layout->id);
        }
    }
    if (tied != NULL) {
        return (struct layout_fit){.refusal = {REASON_FILE_AMBIGUOUS, {tied}}};
    }
    if (best.layout == NULL && astray.layout != NULL) {
        return (struct layout_fit){.refusal = wrong_form(&astray, arena)};
    }
    if (best.layout == NULL) {
        return (struct layout_fit){.refusal = not_recognised(&near, only)};
    }
    return with_companions(&best, arena);
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
    *newest = day * DATE_DAY_MICROSECONDS > *newest ? day * DATE_DAY_MICROSECONDS : *newest;
    return true;
}
