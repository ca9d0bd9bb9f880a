#include "services/gateway/feed_file.h"

#include "common/base/date.h"
#include "services/gateway/archive.h"
#include "services/gateway/feed_layout.h"
#include "services/gateway/file_name.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Records of a log beside its rows: that the file is opened, and that it ended. */
enum { LOG_ENDS = 2 };

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
    if (!archive_keep(&copy, place->archive, place->institution, record->file_id,
                      card_of(file, place, copy.sha256, sidecar), arena, &record->folder, err)) {
        return false;
    }
    file->content = (struct feed_content){
        .path = arena_format(arena, "%s/contenido", record->folder), .utf8 = copy.utf8};
    return true;
}

static bool find_layout(struct feed_file *file, const struct feed_place *place,
                        const struct sidecar *sidecar, struct error *err)
{
    struct feed_file_record *record = &file->record;

    if (sidecar->fault.why != REASON_NONE) {
        struct reason_said refusal = sidecar->fault;

        refusal.about[0] =
            arena_format(&file->arena, "%s%s", file->dropped.name, FEED_SIDECAR_SUFFIX);
        record->refusal = reason_text(&file->arena, &refusal);
        return true;
    }
    if (!feed_layout_find(place->layouts, place->institution, &file->content, sidecar, &file->arena,
                          &file->fit, err)) {
        return false;
    }
    record->refusal = reason_text(&file->arena, &file->fit.refusal);
    record->layout = file->fit.layout != NULL ? layout_id(file->fit.layout) : sidecar->layout;
    return true;
}

/* Starts to read the rows behind the header, from the first. */
static bool open_rows(struct feed_file *file, struct error *err)
{
    table_reader_destroy(file->reader);
    file->reader = NULL;
    return feed_layout_open(&file->content, file->fit.form, &file->reader, err);
}

/* What the sidecar does not say stands in the name, or is the newest date of a first pass. */
static bool find_as_of(struct feed_file *file, struct error *err)
{
    struct row_file *said = &file->record.file;
    struct table_row row;
    bool found = true;
    int32_t day;

    if (!said->has_as_of && layout_is_named_by_date(file->fit.layout) &&
        file_name_day(said->name, &day)) {
        said->as_of = day * DATE_DAY_MICROSECONDS;
        said->has_as_of = true;
    }
    if (said->has_as_of || layout_as_of_column(file->fit.layout) == NULL) {
        return true;
    }
    if (!open_rows(file, err)) {
        return false;
    }
    while (found) {
        int64_t newest = said->has_as_of ? said->as_of : INT64_MIN;

        if (!table_reader_next(file->reader, &row, &found, err)) {
            return false;
        }
        if (found &&
            layout_newest(file->fit.layout, &file->fit.readings[0].columns, &row, &newest)) {
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

/* A row that was worked off before still stands in the snapshot. */
static void note_skipped(struct feed_file *file, const struct table_row *row)
{
    const struct layout_reading *reading = &file->fit.readings[0];
    struct arena arena = {0};
    struct reported_row read;

    if (layout_is_snapshot(reading->layout)) {
        row_read(reading->layout, &reading->columns, &file->record.file, NULL, row, &arena, &read);
        snapshot_add(&file->snapshot, &read, &file->arena);
        arena_finish(&arena);
    }
}

static const char *log_of(struct feed_file *file, int64_t reading)
{
    const char *id = file->record.file_id;

    return reading == 1 ? arena_format(&file->arena, "file/%s", id)
                        : arena_format(&file->arena, "file/%s/%" PRId64, id, reading);
}

static bool count_rows(struct feed_file *file, int64_t *out, struct error *err)
{
    struct table_row row;
    bool found = true;

    *out = 0;
    if (!open_rows(file, err)) {
        return false;
    }
    while (found) {
        if (!table_reader_next(file->reader, &row, &found, err)) {
            return false;
        }
        *out += found ? 1 : 0;
    }
    return true;
}

/* The log of this reading: the first that was not read to its end. A file that comes again is read again, for
 * another one may have said something else since. */
static bool find_log(struct feed_file *file, struct feed_batch *batch, int64_t *position,
                     struct error *err)
{
    int64_t rows = 0;

    file->log = log_of(file, 1);
    *position = feed_position(batch, file->log);
    if (*position > 0 && !count_rows(file, &rows, err)) {
        return false;
    }
    for (int64_t reading = 2; *position > 0 && *position >= rows + LOG_ENDS; reading++) {
        file->log = log_of(file, reading);
        file->record.again = true;
        *position = feed_position(batch, file->log);
    }
    return true;
}

/* Goes to row `position`, the next one wanted. */
static bool go_on_at(struct feed_file *file, struct feed_batch *batch, int64_t position,
                     size_t *left, struct error *err)
{
    struct table_row row;
    bool found;

    if (!open_rows(file, err)) {
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
        note_skipped(file, &row);
        file->record.rows = row.number;
    }
    return true;
}

static void refuse(struct feed_file *file, struct feed_batch *batch, size_t *left)
{
    int64_t position;

    file->log = arena_format(&file->arena, "refused/%s", file->record.file_id);
    position = feed_position(batch, file->log);
    give(file, batch, position, FEED_FILE_REFUSED, left);
    close_reader(file, position + 1);
}

bool feed_file_open(struct feed_file *file, const struct feed_place *place,
                    struct feed_batch *batch, size_t *left, struct error *err)
{
    struct sidecar sidecar;
    int64_t position;

    if (!take_in(file, place, &sidecar, err) || !find_layout(file, place, &sidecar, err)) {
        return false;
    }
    file->opened = true;
    file->record.report = &file->report;
    if (file->record.refusal != NULL) {
        refuse(file, batch, left);
        return true;
    }
    return find_as_of(file, err) && find_log(file, batch, &position, err) &&
           go_on_at(file, batch, position, left, err);
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
    event->fit = &file->fit;
    event->cells = *row;
    event->cells.cells = cells;
    event->rows = arena_array(arena, file->fit.reading_count, sizeof *event->rows);
    for (size_t i = 0; i < file->fit.reading_count; i++) {
        const struct layout_reading *reading = &file->fit.readings[i];

        row_read(reading->layout, &reading->columns, &file->record.file, NULL, &event->cells, arena,
                 &event->rows[i]);
    }
    if (layout_is_snapshot(file->fit.layout)) {
        snapshot_add(&file->snapshot, &event->rows[0], &file->arena);
    }
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
            if (layout_is_snapshot(file->fit.layout)) {
                snapshot_close(&file->snapshot);
                file->record.snapshot = &file->snapshot;
                file->record.snapshot_of = file->fit.layout;
            }
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
    buffer_finish(&file->report);
    arena_finish(&file->arena);
}
