#include "services/gateway/aside.h"

#include "common/base/text.h"
#include "services/gateway/layout_parts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct layout_fit fit_of(const struct layout_set *layouts, const char *institution,
                                const struct layout *layout, const struct aside_content *content,
                                struct arena *arena)
{
    const struct table_row titles = {.cells = content->titles, .count = content->title_count};
    const struct layout_head head = {
        .form = {.delimiter = layout->delimiters[0]}, .rows = &titles, .count = 1};

    return layout_recognise(layouts, institution, layout, &head, 1, arena);
}

static void read_all(const struct layout_fit *fit, struct feed_row_record *row, struct arena *arena)
{
    row->rows = arena_array(arena, fit->reading_count, sizeof *row->rows);
    for (size_t i = 0; i < fit->reading_count; i++) {
        const struct layout_reading *reading = &fit->readings[i];

        row_read(reading->layout, &reading->columns, &row->of.file, NULL, &row->cells, arena,
                 &row->rows[i]);
    }
}

bool aside_read(const struct layout_set *layouts, const char *institution,
                const struct aside_content *content, struct arena *arena,
                struct feed_row_record *out, const char **fault)
{
    const struct layout *layout =
        content->layout == NULL ? NULL : layout_find(layouts, content->layout);
    struct layout_fit *fit = arena_alloc(arena, sizeof *fit);

    if (layout == NULL || content->title_count == 0) {
        *fault = arena_format(arena, "no hay formato «%s» con que leer la fila",
                              content->layout == NULL ? "" : content->layout);
        return false;
    }
    *fit = fit_of(layouts, institution, layout, content, arena);
    if (fit->layout == NULL) {
        *fault = reason_text(arena, &fit->refusal);
        return false;
    }
    *out = (struct feed_row_record){.of = {.layout = content->layout,
                                           .file = {.institution = institution,
                                                    .name = content->file_name,
                                                    .sha256 = content->sha256,
                                                    .as_of = content->as_of,
                                                    .has_as_of = content->has_as_of,
                                                    .invented = content->invented,
                                                    .again = ASIDE_AGAIN}},
                                    .fit = fit,
                                    .cells = {.number = content->row_number,
                                              .cells = content->cells,
                                              .count = content->cell_count}};
    read_all(fit, out, arena);
    return true;
}

const char *aside_texts_write(const char *const *texts, size_t count, struct arena *arena)
{
    json_t *list = json_array();
    const char *out;
    char *dump;

    for (size_t i = 0; i < count; i++) {
        const size_t size = strlen(texts[i]);
        const bool is_text = text_is_utf8(texts[i], size);

        (void)json_array_append_new(
            list,
            json_string(is_text ? texts[i] : text_clean(arena, texts[i], size, size * 3 + 4)));
    }
    dump = json_dumps(list, JSON_COMPACT);
    if (dump == NULL) {
        abort(); /* jansson is out of memory */
    }
    out = arena_copy(arena, dump);
    free(dump);
    json_decref(list);
    return out;
}

bool aside_texts_read(const char *json, struct arena *arena, const char *const **out, size_t *count,
                      struct error *err)
{
    json_error_t fault;
    json_t *list = json_loads(json, 0, &fault);
    const size_t size = json_array_size(list);
    const char **texts = arena_array(arena, size + 1, sizeof *texts);
    bool good = json_is_array(list);

    for (size_t i = 0; i < size; i++) {
        texts[i] = arena_copy(arena, json_string_value(json_array_get(list, i)));
        good = good && texts[i] != NULL;
    }
    json_decref(list);
    if (!good) {
        return error_set(err, ERROR_FATAL, "row_aside: no list of texts: %.100s", json);
    }
    *out = texts;
    *count = size;
    return true;
}

const char *aside_cell(const struct aside_content *content, size_t index)
{
    return index < content->cell_count ? content->cells[index] : "";
}

bool aside_same_cells(const struct aside_content *a, const struct aside_content *b)
{
    const size_t most = a->cell_count > b->cell_count ? a->cell_count : b->cell_count;

    for (size_t i = 0; i < most; i++) {
        if (!text_equal(aside_cell(a, i), aside_cell(b, i))) {
            return false;
        }
    }
    return true;
}
