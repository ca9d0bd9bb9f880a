#include "common/runtime/finding.h"

#include "events.h"

#include <stdio.h>
#include <string.h>

enum { OWNER_PARTS_MAX = 3 }; /* <institution>/<contract>|<order>|<clave> */

struct finding_row {
    const char *owner;
    const char *finding_id;
    const char *kind;
    const char *subject;
    const char *message;
    bool open;
    const char *digest;
    int64_t revision;
};

static const struct column columns[] = {
    COLUMN(struct finding_row, owner, COLUMN_TEXT),
    COLUMN(struct finding_row, finding_id, COLUMN_TEXT),
    COLUMN(struct finding_row, kind, COLUMN_TEXT),
    COLUMN(struct finding_row, subject, COLUMN_TEXT),
    COLUMN(struct finding_row, message, COLUMN_TEXT),
    COLUMN(struct finding_row, open, COLUMN_BOOL),
    COLUMN(struct finding_row, digest, COLUMN_TEXT),
    COLUMN(struct finding_row, revision, COLUMN_INT64),
};

const struct table finding_table = TABLE(struct finding_row, "finding", 2, columns);

/* The row becomes `now`, which may point into the batch's memory, only if it is saved. */
static bool say(struct work *work, const struct findings *findings, struct finding_row *row,
                const struct finding_row *now, const struct finding *item, struct error *err)
{
    const bool own = item != NULL && item->facts != NULL;
    struct judgement judgement = {row->digest, row->revision};
    struct finding_raised event = {.institution = findings->institution,
                                   .contract_id = findings->contract_id,
                                   .finding_id = now->finding_id,
                                   .kind = now->kind,
                                   .subject = now->subject,
                                   .open = now->open,
                                   .message = now->message,
                                   .raised_by = work_producer(work),
                                   .invented = findings->invented,
                                   .facts = own ? item->facts : findings->facts,
                                   .facts_count = own ? item->facts_count : findings->facts_count};

    if (!work_judged(work, "findings", findings->contract_id, &finding_raised_type, &event,
                     &judgement, err)) {
        return false;
    }
    if (judgement.revision != row->revision) {
        *row = *now;
        row->digest = judgement.digest;
        row->revision = judgement.revision;
        work_save(work, &finding_table, row);
    }
    return true;
}

static bool still_holds(const struct findings *findings, const struct finding_row *row)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *item = &findings->items[i];

        if (strcmp(item->kind, row->kind) == 0 && strcmp(item->subject, row->subject) == 0) {
            return true;
        }
    }
    return false;
}

static bool close_others(struct work *work, const struct findings *findings, struct error *err)
{
    const struct rows rows = work_rows(work, &finding_table, findings->owner);

    for (size_t i = 0; i < rows.count; i++) {
        struct finding_row *row = rows.items[i];

        if (row->open && !still_holds(findings, row)) {
            struct finding_row now = *row;

            now.open = false;
            if (!say(work, findings, row, &now, NULL, err)) {
                return false;
            }
        }
    }
    return true;
}

bool findings_put(struct work *work, const struct findings *findings, struct error *err)
{
    struct arena *arena = work_arena(work);

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *item = &findings->items[i];
        const char *id = arena_format(arena, "%s|%s", item->kind, item->subject);
        struct finding_row *row = work_row(work, &finding_table, findings->owner, id);
        struct finding_row now = *row;

        now.kind = item->kind;
        now.subject = item->subject;
        now.message = item->message;
        now.open = true;
        if (!say(work, findings, row, &now, item, err)) {
            return false;
        }
    }
    return close_others(work, findings, err);
}

static const char *owner_of(struct work *work, const char *subject)
{
    size_t length = 0;

    for (int part = 0; part < OWNER_PARTS_MAX && subject[length] != '\0'; part++) {
        length += part > 0 ? 1 : 0;
        length += strcspn(subject + length, "|");
    }
    return arena_text(work_arena(work), subject, length);
}

void finding_recall_needs(struct work *work, const struct message *message)
{
    const struct finding_raised *event = message->event;

    work_need(work, &finding_table, owner_of(work, event->subject));
}

bool finding_recall(struct work *work, const struct message *message, struct error *err)
{
    const struct finding_raised *event = message->event;
    struct finding_row *row =
        work_row(work, &finding_table, owner_of(work, event->subject), event->finding_id);

    (void)err;
    row->kind = event->kind;
    row->subject = event->subject;
    row->message = event->message;
    row->open = event->open;
    row->digest = event->digest;
    row->revision = event->revision;
    work_save(work, &finding_table, row);
    return true;
}
