#include "services/shipments/shipments_judge.h"

#include "common/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *shipments_id(struct arena *arena, const struct shipment_reported *said)
{
    return arena_format(arena, "%s/%s", said->supplier_rfc == NULL ? "sin-rfc" : said->supplier_rfc,
                        said->remission);
}

static int by_text(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

struct shipment_ids shipments_ids(struct rows facts, struct arena *arena)
{
    struct shipment_ids ids = {.items = arena_array(arena, facts.count + 1, sizeof *ids.items)};
    size_t kept = 0;

    for (size_t i = 0; i < facts.count; i++) {
        const struct lot_fact *fact = facts.items[i];

        if (!fact->row.withdrawn) {
            ids.items[ids.count++] = shipments_id(arena, &fact->said);
        }
    }
    qsort(ids.items, ids.count, sizeof *ids.items, by_text);
    for (size_t i = 0; i < ids.count; i++) {
        if (kept == 0 || strcmp(ids.items[kept - 1], ids.items[i]) != 0) {
            ids.items[kept++] = ids.items[i];
        }
    }
    ids.count = kept;
    return ids;
}

static bool is_of(const struct lot_fact *fact, const char *shipment_id, struct arena *arena)
{
    return !fact->row.withdrawn && strcmp(shipments_id(arena, &fact->said), shipment_id) == 0;
}

/* The standing facts of the remisión. */
static struct rows facts_of(const char *shipment_id, struct rows facts, struct arena *arena)
{
    void **items = arena_array(arena, facts.count + 1, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < facts.count; i++) {
        if (is_of(facts.items[i], shipment_id, arena)) {
            items[count++] = facts.items[i];
        }
    }
    return (struct rows){items, count};
}

static int compare_lots(const void *left, const void *right)
{
    const struct shipped_lot *a = left;
    const struct shipped_lot *b = right;
    const int lot = strcmp(a->lot == NULL ? "" : a->lot, b->lot == NULL ? "" : b->lot);

    if (lot != 0) {
        return lot;
    }
    if (a->has_expires_on != b->has_expires_on) {
        return a->has_expires_on ? 1 : -1;
    }
    return !a->has_expires_on ? 0
                              : (a->expires_on > b->expires_on) - (a->expires_on < b->expires_on);
}

/* Sorts, and sums what is the same lot; all lots together were summed before. */
static void merge_lots(struct shipped_lot *lots, size_t *count)
{
    size_t kept = 0;

    qsort(lots, *count, sizeof *lots, compare_lots);
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || compare_lots(&lots[kept - 1], &lots[i]) != 0) {
            lots[kept++] = lots[i];
        } else {
            lots[kept - 1].pieces += lots[i].pieces;
        }
    }
    *count = kept;
}

static bool add_lot(struct shipment_dispatched *out, struct shipped_lot *lots,
                    const struct shipment_reported *said, struct error *err)
{
    if (said->pieces < 0 || __builtin_add_overflow(out->pieces, said->pieces, &out->pieces)) {
        return error_set(err, ERROR_REJECT, "piezas embarcadas imposibles: %" PRId64, said->pieces);
    }
    if (said->has_shipped_on && (!out->has_shipped_on || said->shipped_on < out->shipped_on)) {
        out->has_shipped_on = true;
        out->shipped_on = said->shipped_on;
    }
    lots[out->lots_count++] = (struct shipped_lot){.lot = said->lot,
                                                   .expires_on = said->expires_on,
                                                   .has_expires_on = said->has_expires_on,
                                                   .pieces = said->pieces};
    return true;
}

/* Everything that one source says of the remisión. */
static bool gather(const char *source, struct rows facts, struct arena *arena,
                   struct shipment_dispatched *out, struct error *err)
{
    struct shipped_lot *lots = arena_array(arena, facts.count + 1, sizeof *lots);
    struct fact_list used = {.arena = arena};

    for (size_t i = 0; i < facts.count; i++) {
        const struct lot_fact *fact = facts.items[i];

        if (strcmp(fact->row.fact.source, source) != 0) {
            continue;
        }
        if (!add_lot(out, lots, &fact->said, err)) {
            return false;
        }
        out->supplier_rfc = fact->said.supplier_rfc;
        out->remission = fact->said.remission;
        out->invented = out->invented || fact->row.fact.invented;
        fact_list_add(&used, &fact->row.fact);
    }
    fact_list_close(&used);
    out->facts = used.items;
    out->facts_count = used.count;
    out->lots = lots;
    merge_lots(lots, &out->lots_count);
    return true;
}

bool shipments_judge(const char *order_id, const char *shipment_id, struct rows facts,
                     struct arena *arena, struct shipment_dispatched *out, struct error *err)
{
    const struct order_key key = fact_order_key(arena, order_id);
    const struct rows own = facts_of(shipment_id, facts, arena);
    const struct lot_fact *best = fact_choose(own);
    const char *slash = strchr(shipment_id, '/');

    *out = (struct shipment_dispatched){.institution = key.institution,
                                        .contract_id = key.contract_id,
                                        .order_id = order_id,
                                        .order_number = key.order_number,
                                        .clave = key.clave,
                                        .shipment_id = shipment_id,
                                        .remission = slash == NULL ? "" : slash + 1,
                                        .withdrawn = best == NULL};
    return best == NULL || gather(best->row.fact.source, own, arena, out, err);
}

bool shipments_find(const char *shipment_id, struct rows facts, bool order_known,
                    const struct shipment_dispatched *shipment, struct finding_list *findings,
                    struct error *err)
{
    const struct rows own = facts_of(shipment_id, facts, findings->arena);
    const struct lot_fact *best = fact_choose(own);
    const char *subject = arena_format(findings->arena, "%s|%s", shipment->order_id, shipment_id);

    if (best != NULL && !order_known) {
        finding_list_add(findings, "remision-sin-orden", subject,
                         "La remisión %s nombra una orden que no se conoce", shipment->remission);
    }
    for (size_t i = 0; best != NULL && i < own.count; i++) {
        const struct lot_fact *other = own.items[i];
        struct shipment_dispatched told = {0};

        if (strcmp(other->row.fact.source, best->row.fact.source) == 0) {
            continue;
        }
        if (!gather(other->row.fact.source, own, findings->arena, &told, err)) {
            return false;
        }
        if (told.pieces != shipment->pieces) {
            finding_list_add(findings, "fuentes-discrepan", subject,
                             "Las fuentes no dicen lo mismo de la remisión %s: se toma %s",
                             shipment->remission, best->row.fact.source);
            return true;
        }
    }
    return true;
}

struct finding_ground shipments_ground(const char *order_id, struct rows facts, struct arena *arena)
{
    struct finding_ground ground = {.owner = order_id,
                                    .contract_id = fact_order_key(arena, order_id).contract_id};
    struct fact_list used = {.arena = arena};

    for (size_t i = 0; i < facts.count; i++) {
        const struct fact_row *row = facts.items[i];

        if (!row->withdrawn) {
            ground.invented = ground.invented || row->fact.invented;
            fact_list_add(&used, &row->fact);
        }
    }
    fact_list_close(&used);
    ground.facts = used.items;
    ground.facts_count = used.count;
    return ground;
}
