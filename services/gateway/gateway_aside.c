#include "services/gateway/gateway_aside.h"

#include "common/base/text.h"

/* --- set aside --- */

static void keep_row(struct work *work, const struct feed_row_record *row, struct row_aside *out)
{
    struct arena *arena = work_arena(work);
    const struct table_row *header = &row->fit->header;

    out->layout = row->of.layout;
    out->file_name = row->of.file.name;
    out->sha256 = row->of.file.sha256;
    out->has_as_of = row->of.file.has_as_of;
    out->as_of = row->of.file.as_of;
    out->invented = row->of.file.invented;
    out->row_number = row->cells.number;
    out->titles = aside_texts_write(header->cells, header->count, arena);
    out->cells = aside_texts_write(row->cells.cells, row->cells.count, arena);
}

bool gateway_aside_put(struct work *work, const struct setting_aside *aside,
                       const struct feed_row_record *row, struct error *err)
{
    struct setting_aside said = *aside;
    const char *id = work_aside_id(work, aside->source, aside->position);
    struct row_aside *kept = work_entity(work, &row_aside_table, id);

    if (kept->state == NULL) {
        kept->state = "abierta";
        if (row != NULL) {
            keep_row(work, row, kept);
        }
        work_save(work, &row_aside_table, kept);
    }
    said.layout = kept->layout;
    said.has_as_of = kept->has_as_of;
    said.as_of = kept->as_of;
    return work_set_aside(work, &said, err);
}

char *gateway_aside_source(struct work *work, const struct feed_file_record *record)
{
    return arena_format(work_arena(work), "%s#%.12s", record->file.name, record->file_id);
}

static char *id_of(struct work *work, const struct feed_row_record *record)
{
    return work_aside_id(work, gateway_aside_source(work, &record->of), record->cells.number);
}

static bool is_set_aside(const struct feed_row_record *record)
{
    for (size_t i = 0; i < record->fit->reading_count; i++) {
        if (record->rows[i].verdict == ROW_SET_ASIDE) {
            return true;
        }
    }
    return false;
}

void gateway_aside_need_row(struct work *work, const struct feed_row_record *record)
{
    if (record->of.again || is_set_aside(record)) {
        work_need(work, &row_aside_table, id_of(work, record));
    }
}

/* --- what became of it --- */

bool gateway_aside_tell(struct work *work, const struct row_aside *aside,
                        struct quarantine_acted *event, struct error *err)
{
    event->quarantine_id = aside->quarantine_id;
    event->institution = work_institution(work);
    event->state = aside->state;
    event->act = aside->act;
    event->act_id = aside->act_id;
    event->tries = aside->tries;
    event->actor = aside->actor;
    event->ground = aside->ground;
    event->evidence = aside->evidence;
    event->reason = aside->reason;
    event->fact = aside->fact;
    return work_emit(work, "quarantine", aside->quarantine_id, &quarantine_acted_type, event, err);
}

bool gateway_aside_reloaded(struct work *work, const struct feed_row_record *record,
                            const struct row_answer *answer, struct error *err)
{
    struct quarantine_acted event = {0};
    struct row_aside *aside =
        record->of.again ? work_find(work, &row_aside_table, id_of(work, record)) : NULL;

    if (aside == NULL ||
        (!text_equal(aside->state, "abierta") && !text_equal(aside->state, "detenida"))) {
        return true;
    }
    aside->state = answer->superseded ? "superada" : "reparada";
    aside->act = "recarga";
    aside->act_id = record->of.file_id;
    aside->actor = NULL;
    aside->ground = "el archivo se entregó otra vez y la fila ya se puede leer";
    aside->evidence = NULL;
    aside->reason = NULL;
    work_save(work, &row_aside_table, aside);
    return gateway_aside_tell(work, aside, &event, err);
}
