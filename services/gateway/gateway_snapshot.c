#include "services/gateway/gateway_snapshot.h"

#include "common/base/date.h"
#include "common/base/text.h"
#include "common/store/store.h"
#include "services/gateway/gateway_version.h"
#include "services/gateway/snapshot.h"

#include <inttypes.h>
#include <string.h>

/* Separates the parts of an agenda key: no identifier holds it. */
#define SEPARATOR '\x1f'

static const char *marks_owner(struct arena *arena, const struct layout *layout, const char *scope)
{
    return arena_format(arena, "%s|%s", layout_source(layout), scope);
}

/* Facts are kept by month: a scope may hold years of them. */
static const char *facts_owner(struct arena *arena, const struct layout *layout, const char *scope,
                               int32_t day)
{
    const struct civil civil = date_to_civil(day);

    return arena_format(arena, "%s|%04" PRId32 "-%02" PRId32, marks_owner(arena, layout, scope),
                        civil.year, civil.month);
}

static int32_t next_month(int32_t day)
{
    struct civil civil = date_to_civil(day);
    int32_t first = day;

    civil.day = 1;
    civil.year += civil.month == 12 ? 1 : 0;
    civil.month = civil.month == 12 ? 1 : civil.month + 1;
    return date_from_civil(civil, &first) ? first : INT32_MAX;
}

void gateway_snapshot_need_row(struct work *work, const struct reported_row *row)
{
    if (row->verdict == ROW_TAKEN && row->scope != NULL) {
        struct arena *arena = work_arena(work);

        work_need(work, &snapshot_mark_table, marks_owner(arena, row->layout, row->scope));
        work_need(work, &snapshot_fact_table,
                  facts_owner(arena, row->layout, row->scope, row->day));
    }
}

bool gateway_snapshot_denies(struct work *work, const struct row_version *version,
                             const struct reported_row *row)
{
    struct rows marks;

    if (row->scope == NULL || version->digest != NULL) {
        return false; /* what is known has its own version */
    }
    marks = work_rows(work, &snapshot_mark_table,
                      marks_owner(work_arena(work), row->layout, row->scope));
    for (size_t i = 0; i < marks.count; i++) {
        const struct snapshot_mark *mark = marks.items[i];

        if (mark->as_of > row->as_of && row->day >= mark->oldest && row->day <= mark->newest) {
            return true;
        }
    }
    return false;
}

void gateway_snapshot_keep(struct work *work, struct row_version *version,
                           const struct reported_row *row)
{
    struct snapshot_known *known;

    if (row->scope == NULL) {
        return;
    }
    version->day = row->day;
    version->has_day = true;
    known =
        work_row(work, &snapshot_fact_table,
                 facts_owner(work_arena(work), row->layout, row->scope, row->day), row->fact_id);
    if (!known->known) {
        known->known = true;
        work_save(work, &snapshot_fact_table, known);
    }
}

/* Calls back for every scope of a snapshot that means something. */
static void each_scope(struct work *work, const struct feed_file_record *record,
                       void (*visit)(struct work *work, const struct feed_file_record *record,
                                     const char *scope))
{
    const struct snapshot *snapshot = record->snapshot;

    if (snapshot == NULL || !snapshot_is_whole(snapshot) || !record->file.has_as_of) {
        return;
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        if (i == 0 || !text_equal(snapshot->facts[i].scope, snapshot->facts[i - 1].scope)) {
            visit(work, record, snapshot->facts[i].scope);
        }
    }
}

static void need_scope(struct work *work, const struct feed_file_record *record, const char *scope)
{
    struct arena *arena = work_arena(work);

    work_need(work, &snapshot_mark_table, marks_owner(arena, record->snapshot_of, scope));
    for (int32_t day = record->snapshot->oldest; day <= record->snapshot->newest;
         day = next_month(day)) {
        work_need(work, &snapshot_fact_table, facts_owner(arena, record->snapshot_of, scope, day));
    }
}

void gateway_snapshot_need_end(struct work *work, const struct feed_file_record *record)
{
    each_scope(work, record, need_scope);
}

static void mark_scope(struct work *work, const struct feed_file_record *record, const char *scope)
{
    struct arena *arena = work_arena(work);
    struct snapshot_mark *mark =
        work_row(work, &snapshot_mark_table, marks_owner(arena, record->snapshot_of, scope),
                 record->file_id);

    mark->as_of = record->file.as_of;
    mark->oldest = record->snapshot->oldest;
    mark->newest = record->snapshot->newest;
    work_save(work, &snapshot_mark_table, mark);
}

static void miss_facts(struct work *work, const struct feed_file_record *record, const char *scope,
                       int32_t day)
{
    struct arena *arena = work_arena(work);
    const struct snapshot *snapshot = record->snapshot;
    const struct rows rows =
        work_rows(work, &snapshot_fact_table, facts_owner(arena, record->snapshot_of, scope, day));

    for (size_t i = 0; i < rows.count; i++) {
        const struct snapshot_known *known = rows.items[i];

        if (known->known && !snapshot_shows(snapshot, scope, known->fact_id)) {
            work_later(work, STORE_DUE_NOW, GATEWAY_VANISHED,
                       arena_format(arena, "%s/%s|%s%c%" PRId64 "%c%" PRId32 "%c%" PRId32 "%c%s",
                                    work_institution(work), layout_source(record->snapshot_of),
                                    known->fact_id, SEPARATOR, record->file.as_of, SEPARATOR,
                                    snapshot->oldest, SEPARATOR, snapshot->newest, SEPARATOR,
                                    record->file.sha256));
        }
    }
}

static void end_scope(struct work *work, const struct feed_file_record *record, const char *scope)
{
    mark_scope(work, record, scope);
    for (int32_t day = record->snapshot->oldest; day <= record->snapshot->newest;
         day = next_month(day)) {
        miss_facts(work, record, scope, day);
    }
}

void gateway_snapshot_end(struct work *work, const struct feed_file_record *record)
{
    each_scope(work, record, end_scope);
}

struct vanished {
    const char *fact_key;
    int64_t as_of;
    int64_t oldest;
    int64_t newest;
    const char *file; /* the snapshot that lacks it */
};

static bool read_key(const char *key, struct arena *arena, struct vanished *out)
{
    enum { AS_OF, OLDEST, NEWEST, SHA256, PARTS };
    const char *parts[PARTS] = {0};
    const char *fact = strchr(key, '/');
    char *text = fact == NULL ? NULL : arena_copy(arena, fact + 1);

    out->fact_key = text;
    for (size_t i = 0; i < PARTS && text != NULL; i++) {
        text = strchr(text, SEPARATOR);
        if (text != NULL) {
            *text++ = '\0';
            parts[i] = text;
        }
    }
    out->file = parts[SHA256];
    return text != NULL && text_to_int64(parts[AS_OF], &out->as_of) &&
           text_to_int64(parts[OLDEST], &out->oldest) && text_to_int64(parts[NEWEST], &out->newest);
}

void gateway_vanished_needs(struct work *work, const struct message *message)
{
    struct vanished vanished;

    if (read_key(message->key, work_arena(work), &vanished)) {
        gateway_version_need_fact(work, vanished.fact_key);
    }
}

bool gateway_vanished(struct work *work, const struct message *message, struct error *err)
{
    struct vanished vanished;
    struct row_version *version;

    if (!read_key(message->key, work_arena(work), &vanished)) {
        return error_set(err, ERROR_REJECT, "agenda %s: clave ilegible «%s»", message->type,
                         message->key);
    }
    version = work_find(work, &row_version_table, vanished.fact_key);
    if (version == NULL || version->as_of > vanished.as_of || !version->has_day ||
        version->day < vanished.oldest || version->day > vanished.newest) {
        return true; /* it has been seen since, or speaks of another time now */
    }
    return gateway_version_withdraw(work, version, vanished.as_of, vanished.file,
                                    "ya no viene en una foto completa posterior", err);
}
