#include "services/gateway/feed_layout.h"

#include "events.h"
#include "services/gateway/feed_workbook.h"

#include <errno.h>
#include <string.h>

#define CATALOGUE_INSTITUTION "ssa"

static bool open_form(const struct feed_content *content, struct table_form form,
                      struct table_reader **out, struct error *err)
{
    FILE *stream = fopen(content->path, "rb");

    if (stream == NULL) {
        return error_set(err, ERROR_RETRY, "cannot open %s: %s", content->path, strerror(errno));
    }
    *out = table_reader_create(stream, form);
    return true;
}

bool feed_layout_open(const struct feed_content *content, struct table_form form,
                      struct table_reader **out, struct error *err)
{
    struct table_row header;
    bool found;

    if (!open_form(content, form, out, err)) {
        return false;
    }
    if (!table_reader_next(*out, &header, &found, err)) {
        table_reader_destroy(*out);
        *out = NULL;
        return false;
    }
    return true;
}

static struct table_row keep_row(const struct table_row *row, bool of_sheet, struct arena *arena)
{
    const char **cells = arena_array(arena, row->count + 1, sizeof *cells);
    struct table_row kept = *row;

    for (size_t i = 0; i < row->count; i++) {
        cells[i] = arena_copy(arena, row->cells[i]);
    }
    kept.cells = cells;
    while (of_sheet && kept.count > 0 && cells[kept.count - 1][0] == '\0') {
        kept.count--; /* as wide as a banner above it */
    }
    return kept;
}

/* The first rows of a file in one form: one of them is the header. */
static bool read_head(const struct feed_content *content, struct table_form form,
                      struct arena *arena, struct layout_head *out, struct error *err)
{
    struct table_row *rows = arena_array(arena, LAYOUT_HEAD_ROWS_MAX, sizeof *rows);
    struct table_reader *reader = NULL;
    struct table_row row;
    bool found = true;
    bool good;

    *out = (struct layout_head){.form = form, .rows = rows};
    if (!open_form(content, form, &reader, err)) {
        return false;
    }
    for (good = true; good && found && out->count < LAYOUT_HEAD_ROWS_MAX;) {
        good = table_reader_next(reader, &row, &found, err);
        if (good && found) {
            rows[out->count++] = keep_row(&row, form.sheet > 0, arena);
        }
    }
    table_reader_destroy(reader);
    return good;
}

/* Only the ministry says what the catalogue is, and it says nothing else. */
struct reason_said feed_layout_refusal(const char *institution, const struct layout *layout)
{
    const char *owner = layout_institution(layout);
    const bool is_catalogue = layout_event(layout) == &clave_catalogued_type;

    if (owner != NULL && strcmp(owner, institution) != 0) {
        return (struct reason_said){REASON_LAYOUT_OF_OTHER,
                                    {layout_id(layout), owner, institution}};
    }
    if (is_catalogue != (strcmp(institution, CATALOGUE_INSTITUTION) == 0)) {
        return (struct reason_said){REASON_LAYOUT_NOT_DUE, {institution, layout_id(layout)}};
    }
    return (struct reason_said){0};
}

static bool find_in_text(const struct layout_set *layouts, const char *institution,
                         const struct feed_content *content, const struct layout *named,
                         struct arena *arena, struct layout_fit *out, struct error *err)
{
    struct table_form forms[LAYOUT_FORMS_MAX];
    struct layout_head heads[LAYOUT_FORMS_MAX];
    const size_t count = layout_forms(layouts, content->utf8, forms);

    for (size_t i = 0; i < count; i++) {
        if (!read_head(content, forms[i], arena, &heads[i], err)) {
            return false;
        }
    }
    *out = layout_recognise(layouts, institution, named, heads, count, arena);
    return true;
}

static bool find_in_workbook(const struct layout_set *layouts, const char *institution,
                             const struct feed_content *content, const struct layout *named,
                             struct arena *arena, struct layout_fit *out, struct error *err)
{
    struct layout_fit fits[WORKBOOK_SHEETS_MAX] = {{.refusal = {.why = REASON_FILE_EMPTY}}};
    struct feed_workbook book;

    if (!feed_workbook_look(content, arena, &book, err)) {
        return false;
    }
    if (book.refusal.why != REASON_NONE) {
        *out = (struct layout_fit){.refusal = book.refusal};
        return true;
    }
    for (size_t i = 0; i < book.sheet_count; i++) {
        const struct table_form form = {.delimiter = ',', .sheet = i + 1};
        struct layout_head head;

        if (!read_head(content, form, arena, &head, err)) {
            return false;
        }
        fits[i] = layout_recognise(layouts, institution, named, &head, 1, arena);
    }
    *out = feed_workbook_choose(&book, fits, arena);
    return true;
}

static bool find_by_kind(const struct layout_set *layouts, const char *institution,
                         const struct feed_content *content, const struct layout *named,
                         struct arena *arena, struct layout_fit *out, struct error *err)
{
    enum feed_content_kind kind;

    if (!feed_content_kind(content, &kind, err)) {
        return false;
    }
    switch (kind) {
    case FEED_CONTENT_TEXT:
        return find_in_text(layouts, institution, content, named, arena, out, err);
    case FEED_CONTENT_WORKBOOK:
        return find_in_workbook(layouts, institution, content, named, arena, out, err);
    case FEED_CONTENT_OLD_WORKBOOK:
        *out = (struct layout_fit){.refusal = {.why = REASON_WORKBOOK_OLD}};
        return true;
    }
    return false;
}

bool feed_layout_find(const struct layout_set *layouts, const char *institution,
                      const struct feed_content *content, const struct sidecar *sidecar,
                      struct arena *arena, struct layout_fit *out, struct error *err)
{
    const struct layout *named =
        sidecar->layout == NULL ? NULL : layout_find(layouts, sidecar->layout);
    struct reason_said refusal = {0};

    if (sidecar->layout != NULL && (named == NULL || layout_is_companion(named))) {
        *out = (struct layout_fit){.refusal = {REASON_NO_SUCH_LAYOUT, {sidecar->layout}}};
        return true;
    }
    if (!find_by_kind(layouts, institution, content, named, arena, out, err)) {
        return false;
    }
    if (out->layout != NULL) {
        refusal = feed_layout_refusal(institution, out->layout);
    }
    if (refusal.why != REASON_NONE) {
        *out = (struct layout_fit){.refusal = refusal};
    }
    return true;
}
