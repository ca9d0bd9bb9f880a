#include "services/gateway/gateway_row.h"

#include "services/gateway/gateway_kind.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/gateway_version.h"

#include <string.h>

void gateway_row_need(struct work *work, const struct feed_row_record *record)
{
    work_need(work, &gateway_number_table, GATEWAY_CLAVES);
    for (size_t i = 0; i < record->fit->reading_count; i++) {
        gateway_version_need(work, &record->rows[i]);
        if (record->rows[i].clave != NULL) {
            work_need(work, &known_clave_table, record->rows[i].clave);
        }
    }
}

static bool knows_clave(const void *context, const char *clave)
{
    const struct known_clave *known = context;

    return known != NULL && !known->withdrawn && strcmp(known->clave, clave) == 0;
}

/* Without a catalogue no clave is called unknown. */
static struct reported_row judged_row(struct work *work, const struct feed_row_record *record,
                                      size_t which)
{
    struct reported_row row = record->rows[which];
    const struct layout_reading *reading = &record->fit->readings[which];
    const struct gateway_number *claves = work_find(work, &gateway_number_table, GATEWAY_CLAVES);
    const struct known_clave *known;
    struct row_catalogue catalogue = {.knows = knows_clave};

    if (row.verdict != ROW_TAKEN || row.clave == NULL || gateway_kind_of(row.type) == NULL ||
        claves == NULL || claves->value == 0) {
        return row;
    }
    known = work_find(work, &known_clave_table, row.clave);
    if (!knows_clave(known, row.clave)) {
        catalogue.context = known;
        row_read(reading->layout, &reading->columns, &record->of.file, &catalogue, &record->cells,
                 work_arena(work), &row);
    }
    return row;
}

struct reported_row *gateway_row_judge(struct work *work, const struct feed_row_record *record,
                                       struct row_answer *answer)
{
    const size_t count = record->fit->reading_count;
    struct reported_row *rows = arena_array(work_arena(work), count, sizeof *rows);

    for (size_t i = 0; i < count; i++) {
        rows[i] = judged_row(work, record, i);
    }
    *answer = row_answer_of(rows, count, work_arena(work));
    return rows;
}

/* All readings of a row that say anything are taken, or none. */
bool gateway_row_take(struct work *work, const struct reported_row *rows, size_t count,
                      struct row_answer *answer, struct error *err)
{
    answer->unchanged = true;
    for (size_t i = 0; i < count; i++) {
        enum version_outcome outcome;

        if (rows[i].verdict == ROW_SILENT) {
            continue;
        }
        if (!gateway_version_take(work, &rows[i], &outcome, err)) {
            return false;
        }
        answer->unchanged = answer->unchanged && outcome != VERSION_NEWS;
        answer->superseded = answer->superseded || outcome == VERSION_SUPERSEDED;
    }
    return true;
}
