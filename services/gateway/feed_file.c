#include "services/gateway/feed_file.h"

#include "events.h"
#include "services/gateway/archive.h"
#include "services/gateway/sidecar.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE_INSTITUTION "ssa"

static bool open_reader(const struct feed_file *file, char delimiter, struct table_reader **out,
                        struct error *err)
{
    struct arena arena = {0};
    const char *path = arena_format(&arena, "%s/contenido", file->record.folder);
    FILE *stream = fopen(path, "rb");

    if (stream == NULL) {
        (void)error_set(err, ERROR_RETRY, "cannot open %s: %s", path, strerror(errno));
    } else {
        *out = table_reader_create(stream, delimiter);
    }
    arena_finish(&arena);
    return stream != NULL;
}

static bool read_header(struct feed_file *file, char delimiter, struct table_row *header,
                        bool *found, struct error *err)
{
    table_reader_destroy(file->reader);
    file->reader = NULL;
    return open_reader(file, delimiter, &file->reader, err) &&
           table_reader_next(file->reader, header, found, err);
}

/* Only the ministry says what the catalogue is, and it says nothing else. */
static const char *stranger(const struct feed_place *place, const struct layout *layout,
                            struct arena *arena)
{
    const char *owner = layout_institution(layout);
    const bool is_catalogue = layout_event(layout) == &clave_catalogued_type;

    if (owner != NULL && strcmp(owner, place->institution) != 0) {
        return arena_format(arena, "el formato %s es de %s, no de %s; entréguelo en su buzón",
                            layout_id(layout), owner, place->institution);
    }
    if (is_catalogue != (strcmp(place->institution, CATALOGUE_INSTITUTION) == 0)) {
        return arena_format(arena,
                            "%s no entrega archivos de formato %s; entréguelo en el buzón "
                            "de quien lo publica",
                            place->institution, layout_id(layout));
    }
    return NULL;
}

static bool match_named(struct feed_file *file, const struct feed_place *place, const char *id,
                        struct error *err)
{
    const struct layout *layout = layout_find(place->layouts, id);
    struct layout_misfit misfit = {0};
    struct table_row header;
    bool found;

    if (layout == NULL) {
        file->record.refusal = arena_format(
            &file->arena, "no hay formato «%s»; revise --layout o el archivo acompañante", id);
        return true;
    }
    file->record.layout = layout_id(layout);
    if (!read_header(file, layout_delimiter(layout), &header, &found, err)) {
        return false;
    }
    if (!found) {
        file->record.refusal = "el archivo está vacío: no tiene ni encabezado; entréguelo completo";
    } else if (layout_match(layout, &header, &file->arena, &file->columns, &misfit)) {
        file->layout = layout;
    } else {
        file->record.refusal = misfit.message;
    }
    return true;
}

/* Tries each delimiter; the misfit told is that of the one which parts the header the most. */
static bool recognise(struct feed_file *file, const struct feed_place *place, struct error *err)
{
    static const char delimiters[] = {',', '|', ';', '\t'};
    size_t most_cells = 0;

    for (size_t i = 0; i < sizeof delimiters && file->layout == NULL; i++) {
        struct layout_misfit misfit = {0};
        const struct layout *layout;
        struct table_row header;
        bool found;

        if (!read_header(file, delimiters[i], &header, &found, err)) {
            return false;
        }
        if (!found) {
            file->record.refusal =
                "el archivo está vacío: no tiene ni encabezado; entréguelo completo";
            return true;
        }
        layout = layout_recognise(place->layouts, place->institution, &header, &file->arena,
                                  &file->columns, &misfit);
        if (layout != NULL && layout_delimiter(layout) == delimiters[i]) {
            file->layout = layout;
            file->record.layout = layout_id(layout);
        } else if (layout == NULL && header.count > most_cells) {
            most_cells = header.count;
            file->record.refusal = misfit.message;
        }
    }
    if (file->layout != NULL) {
        file->record.refusal = NULL;
    } else if (file->record.refusal == NULL) {
        file->record.refusal = "no se reconoce el formato del archivo; indíquelo con --layout";
    }
    return true;
}

static bool find_layout(struct feed_file *file, const struct feed_place *place,
                        const struct sidecar *sidecar, struct error *err)
{
    if (sidecar->fault != NULL) {
        file->record.refusal =
            arena_format(&file->arena, "el archivo acompañante %s%s no se puede leer: %s",
                         file->dropped.name, FEED_SIDECAR_SUFFIX, sidecar->fault);
        return true;
    }
    if (sidecar->layout != NULL ? !match_named(file, place, sidecar->layout, err)
                                : !recognise(file, place, err)) {
        return false;
    }
    if (file->layout != NULL) {
        file->record.refusal = stranger(place, file->layout, &file->arena);
    }
    return true;
}

static struct bytes card_of(struct feed_file *file, const struct feed_place *place,
                            const char *sha256, const struct sidecar *sidecar)
{
    json_t *card = json_object();
    struct bytes out;
    char *text;

    (void)json_object_set_new(card, "institucion", json_string(place->institution));
    (void)json_object_set_new(card, "nombre", json_string(file->dropped.name));
    (void)json_object_set_new(card, "sha256", json_string(sha256));
    (void)json_object_set_new(card, "layout",
                              sidecar->layout != NULL ? json_string(sidecar->layout) : json_null());
    (void)json_object_set_new(card, "corte_us",
                              sidecar->has_as_of ? json_integer(sidecar->as_of) : json_null());
    (void)json_object_set_new(card, "naturaleza",
                              json_string(sidecar->invented ? "demostracion" : "real"));
    text = json_dumps(card, JSON_INDENT(2));
    out.size = strlen(text);
    out.data = (const uint8_t *)arena_text(&file->arena, text, out.size);
    free(text);
    json_decref(card);
    return out;
}

static bool take_in(struct feed_file *file, const struct feed_place *place, struct sidecar *sidecar,
                    struct error *err)
{
    struct arena *arena = &file->arena;
    const char *path = arena_format(arena, "%s/%s", place->drop, file->dropped.name);
    struct feed_file_record *record = &file->record;
    struct archive_copy copy;

    if (!sidecar_read(arena_format(arena, "%s%s", path, FEED_SIDECAR_SUFFIX), arena, sidecar,
                      err) ||
        !archive_begin(place->archive, place->institution, path, arena, &copy, err)) {
        return false;
    }
    record->file_id = sidecar->digest == NULL
                          ? arena_copy(arena, copy.sha256)
                          : arena_format(arena, "%s-%s", copy.sha256, sidecar->digest);
    record->file = (struct row_file){.institution = place->institution,
                                     .name = file->dropped.name,
                                     .sha256 = arena_copy(arena, copy.sha256),
                                     .as_of = sidecar->as_of,
                                     .has_as_of = sidecar->has_as_of,
                                     .invented = sidecar->invented};
    return archive_keep(&copy, place->archive, place->institution, record->file_id,
                        card_of(file, place, copy.sha256, sidecar), arena, &record->folder, err);
}

/* A first pass for the newest date of the file: what it does not say of itself. */
static bool find_as_of(struct feed_file *file, struct error *err)
{
    struct row_file *said = &file->record.file;
    struct table_row row;
    bool found = true;

    if (said->has_as_of || layout_as_of_column(file->layout) == NULL) {
        return true;
    }
    if (!read_header(file, layout_delimiter(file->layout), &row, &found, err)) {
        return false;
    }
    while (found) {
        int64_t newest = said->has_as_of ? said->as_of : INT64_MIN;

        if (!table_reader_next(file->reader, &row, &found, err)) {
            return false;
        }
        if (found && layout_newest(file->layout, &file->columns, &row, &newest)) {
            said->as_of = newest;
            said->has_as_of = true;
        }
    }
    return true;
}

static void give(struct feed_file *file, struct feed_batch *batch, int64_t offset, const char *type,
                 size_t *left)
{
    struct feed_file_record *event = arena_alloc(feed_arena(batch), sizeof *event);

    *event = file->record;
    feed_put(batch, file->log, offset, type, file->record.file.institution, NULL, event);
    *left -= *left > 0 ? 1 : 0;
}

static void close_reader(struct feed_file *file, int64_t end_offset)
{
    table_reader_destroy(file->reader);
    file->reader = NULL;
    file->end_offset = end_offset;
}

/* Goes to row `position`, the next one wanted. A file that ends before was read to its end before. */
static bool go_on_at(struct feed_file *file, struct feed_batch *batch, int64_t position,
                     size_t *left, struct error *err)
{
    struct table_row row;
    bool found;

    if (!read_header(file, layout_delimiter(file->layout), &row, &found, err)) {
        return false;
    }
    if (position == 0) {
        give(file, batch, 0, FEED_FILE_OPENED, left);
        return true;
    }
    for (int64_t next = 1; next < position; next++) {
        if (!table_reader_next(file->reader, &row, &found, err)) {
            return false;
        }
        if (!found) {
            give(file, batch, position, FEED_FILE_AGAIN, left);
            close_reader(file, position + 1);
            return true;
        }
        file->record.rows = row.number;
    }
    return true;
}

bool feed_file_open(struct feed_file *file, const struct feed_place *place,
                    struct feed_batch *batch, size_t *left, struct error *err)
{
    struct sidecar sidecar;
    int64_t position;

    if (!take_in(file, place, &sidecar, err) || !find_layout(file, place, &sidecar, err)) {
        return false;
    }
    file->log =
        arena_format(&file->arena, "%s/%s", file->record.refusal != NULL ? "refused" : "file",
                     file->record.file_id);
    position = feed_position(batch, file->log);
    file->opened = true;
    if (file->record.refusal != NULL) {
        give(file, batch, position, FEED_FILE_REFUSED, left);
        close_reader(file, position + 1);
        return true;
    }
    return find_as_of(file, err) && go_on_at(file, batch, position, left, err);
}

static void give_row(struct feed_file *file, struct feed_batch *batch, const struct table_row *row,
                     size_t *left)
{
    struct arena *arena = feed_arena(batch);
    struct feed_row_record *event = arena_alloc(arena, sizeof *event);
    const char **cells = arena_array(arena, row->count + 1, sizeof *cells);

    for (size_t i = 0; i < row->count; i++) {
        cells[i] = arena_copy(arena, row->cells[i]);
    }
    event->of = file->record;
    event->layout = file->layout;
    event->columns = file->columns;
    event->cells = *row;
    event->cells.cells = cells;
    row_read(file->layout, &file->columns, &file->record.file, NULL, &event->cells, arena,
             &event->row);
    feed_put(batch, file->log, row->number, FEED_FILE_ROW, file->record.file.institution, NULL,
             event);
    file->record.rows = row->number;
    *left -= 1;
}

bool feed_file_read(struct feed_file *file, struct feed_batch *batch, size_t *left,
                    struct error *err)
{
    while (file->reader != NULL && *left > 0) {
        struct table_row row;
        bool found;

        if (!table_reader_next(file->reader, &row, &found, err)) {
            return false;
        }
        if (found) {
            give_row(file, batch, &row, left);
        } else {
            give(file, batch, file->record.rows + 1, FEED_FILE_ENDED, left);
            close_reader(file, file->record.rows + 2);
        }
    }
    return true;
}

bool feed_file_is_read(const struct feed_file *file)
{
    return file->opened && file->reader == NULL;
}

void feed_file_finish(struct feed_file *file)
{
    table_reader_destroy(file->reader);
    file->reader = NULL;
    arena_finish(&file->arena);
}
