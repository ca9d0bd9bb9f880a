#include "services/gateway/directory.h"

#include "common/store/store.h"
#include "services/gateway/gateway_tables.h"

#include <string.h>

/* Separates the parts of an agenda key: no identifier holds it. */
#define SEPARATOR '\x1f'

struct directory_keys directory_keys_of(const struct reported_row *row, struct arena *arena)
{
    struct directory_keys keys = {0};

    if (row->order != NULL) {
        keys.order = arena_format(arena, "orden|%s", row->order);
    }
    if (row->shipment != NULL) {
        keys.shipment = arena_format(arena, "remision|%s|%s",
                                     row->supplier != NULL ? row->supplier : "", row->shipment);
    }
    return keys;
}

void directory_need(struct work *work, const struct directory_keys *keys)
{
    const char *const wanted[] = {keys->order, keys->shipment};

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (wanted[i] != NULL) {
            work_need(work, &directory_table, wanted[i]);
            work_need(work, &directory_waiting_table, wanted[i]);
        }
    }
}

static const char *chosen(struct work *work, const char *key)
{
    const struct rows rows = work_rows(work, &directory_table, key);
    const struct directory_claim *best = NULL;

    for (size_t i = 0; i < rows.count; i++) {
        const struct directory_claim *claim = rows.items[i];

        /* rows come in the order of the contracts: the first of equals stays */
        if (best == NULL || claim->as_of > best->as_of) {
            best = claim;
        }
    }
    return best == NULL ? NULL : best->contract_id;
}

const char *directory_find(struct work *work, const struct directory_keys *keys)
{
    const char *contract_id = NULL;

    if (keys->order != NULL) {
        contract_id = chosen(work, keys->order);
    }
    if (contract_id == NULL && keys->shipment != NULL) {
        contract_id = chosen(work, keys->shipment);
    }
    return contract_id;
}

static void wake(struct work *work, const char *key)
{
    const struct rows rows = work_rows(work, &directory_waiting_table, key);
    struct arena *arena = work_arena(work);

    for (size_t i = 0; i < rows.count; i++) {
        const struct directory_waiting *waiting = rows.items[i];

        if (waiting->active) {
            const char *item =
                arena_format(arena, "%s/%s%c%s%c%s", work_institution(work), waiting->fact_key,
                             SEPARATOR, waiting->order_key != NULL ? waiting->order_key : "",
                             SEPARATOR, waiting->shipment_key != NULL ? waiting->shipment_key : "");

            work_later(work, STORE_DUE_NOW, DIRECTORY_REROUTE, item);
        }
    }
}

static void learn(struct work *work, const char *key, const char *contract_id, int64_t as_of)
{
    const char *before = chosen(work, key);
    struct directory_claim *claim = work_row(work, &directory_table, key, contract_id);
    const char *after;

    if (claim->as_of != 0 && claim->as_of >= as_of) {
        return;
    }
    claim->as_of = as_of;
    work_save(work, &directory_table, claim);
    after = chosen(work, key);
    if (before == NULL || strcmp(before, after) != 0) {
        wake(work, key);
    }
}

void directory_learn(struct work *work, const struct directory_keys *keys, const char *contract_id,
                     int64_t as_of)
{
    if (keys->order != NULL) {
        learn(work, keys->order, contract_id, as_of);
    }
    if (keys->shipment != NULL) {
        learn(work, keys->shipment, contract_id, as_of);
    }
}

static void wait_under(struct work *work, const char *key, const struct directory_keys *keys,
                       const char *fact_key, bool waits)
{
    struct directory_waiting *waiting =
        work_find_row(work, &directory_waiting_table, key, fact_key);

    if (waiting == NULL && waits) {
        waiting = work_row(work, &directory_waiting_table, key, fact_key);
    }
    if (waiting == NULL || waiting->active == waits) {
        return;
    }
    waiting->active = waits;
    waiting->order_key = keys->order;
    waiting->shipment_key = keys->shipment;
    work_save(work, &directory_waiting_table, waiting);
}

void directory_wait(struct work *work, const struct directory_keys *keys, const char *fact_key,
                    bool waits)
{
    if (keys->order != NULL) {
        wait_under(work, keys->order, keys, fact_key, waits);
    }
    if (keys->shipment != NULL) {
        wait_under(work, keys->shipment, keys, fact_key, waits);
    }
}

bool directory_reroute_read(const char *key, struct arena *arena, struct directory_reroute *out)
{
    const char *fact = strchr(key, '/');
    const char *order = fact == NULL ? NULL : strchr(fact, SEPARATOR);
    const char *shipment = order == NULL ? NULL : strchr(order + 1, SEPARATOR);

    if (shipment == NULL) {
        return false;
    }
    *out = (struct directory_reroute){.fact_key =
                                          arena_text(arena, fact + 1, (size_t)(order - fact - 1))};
    if (shipment > order + 1) {
        out->keys.order = arena_text(arena, order + 1, (size_t)(shipment - order - 1));
    }
    if (shipment[1] != 0) {
        out->keys.shipment = arena_copy(arena, shipment + 1);
    }
    return true;
}
