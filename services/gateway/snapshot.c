#include "services/gateway/snapshot.h"

#include <stdlib.h>
#include <string.h>

static void make_room(struct snapshot *snapshot, struct arena *arena)
{
    struct snapshot_fact *grown;

    if (snapshot->count < snapshot->capacity) {
        return;
    }
    snapshot->capacity = snapshot->capacity == 0 ? 256 : snapshot->capacity * 2;
    grown = arena_array(arena, snapshot->capacity, sizeof *grown);
    if (snapshot->count > 0) {
        memcpy(grown, snapshot->facts, snapshot->count * sizeof *grown);
    }
    snapshot->facts = grown;
}

/* Rows of one scope mostly stand together: its text is kept once. */
static const char *kept_scope(const struct snapshot *snapshot, const char *scope,
                              struct arena *arena)
{
    const char *last = snapshot->count == 0 ? NULL : snapshot->facts[snapshot->count - 1].scope;

    return last != NULL && strcmp(last, scope) == 0 ? last : arena_copy(arena, scope);
}

void snapshot_add(struct snapshot *snapshot, const struct reported_row *row, struct arena *arena)
{
    const bool first = snapshot->count == 0;

    if (row->verdict == ROW_FILLER) {
        return;
    }
    if (row->verdict != ROW_TAKEN || row->scope == NULL) {
        snapshot->torn = true;
        return;
    }
    make_room(snapshot, arena);
    snapshot->facts[snapshot->count] =
        (struct snapshot_fact){.scope = kept_scope(snapshot, row->scope, arena),
                               .fact_id = arena_copy(arena, row->fact_id)};
    snapshot->count++;
    snapshot->oldest = first || row->day < snapshot->oldest ? row->day : snapshot->oldest;
    snapshot->newest = first || row->day > snapshot->newest ? row->day : snapshot->newest;
}

static int in_order(const void *left, const void *right)
{
    const struct snapshot_fact *a = left;
    const struct snapshot_fact *b = right;
    const int scope = strcmp(a->scope, b->scope);

    return scope != 0 ? scope : strcmp(a->fact_id, b->fact_id);
}

void snapshot_close(struct snapshot *snapshot)
{
    if (snapshot->count > 1) {
        qsort(snapshot->facts, snapshot->count, sizeof *snapshot->facts, in_order);
    }
}

bool snapshot_is_whole(const struct snapshot *snapshot)
{
    return !snapshot->torn && snapshot->count > 0 &&
           snapshot->newest - snapshot->oldest <= SNAPSHOT_DAYS_MAX;
}

bool snapshot_shows(const struct snapshot *snapshot, const char *scope, const char *fact_id)
{
    const struct snapshot_fact wanted = {.scope = scope, .fact_id = fact_id};

    return bsearch(&wanted, snapshot->facts, snapshot->count, sizeof wanted, in_order) != NULL;
}
