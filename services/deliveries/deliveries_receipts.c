#include "services/deliveries/deliveries_receipts.h"

#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

/* --- which stand --- */

static int by_receipt(const void *left, const void *right)
{
    const struct receipt_fact *const *a = left;
    const struct receipt_fact *const *b = right;
    const int id = strcmp((*a)->said.receipt_id, (*b)->said.receipt_id);

    return id != 0 ? id : fact_precedence(&(*a)->row, &(*b)->row);
}

static bool is_of_order(const struct receipt_fact *fact)
{
    return fact->said.kind == RECEIPT_KIND_DELIVERY || fact->said.kind == RECEIPT_KIND_RETURN;
}

/* The same goods under two names would count twice: where anybody else reports what came of an order, a copy that
 * somebody keeps adds nothing to it. */
static bool has_original(struct rows facts)
{
    for (size_t i = 0; i < facts.count; i++) {
        const struct receipt_fact *fact = facts.items[i];

        if (!fact->row.withdrawn && is_of_order(fact) && !fact_is_copy(&fact->row.fact)) {
            return true;
        }
    }
    return false;
}

/* One fact per receipt, the one to be believed. */
static const struct receipt_fact **standing(struct rows facts, struct arena *arena, size_t *count)
{
    const struct receipt_fact **chosen = arena_array(arena, facts.count + 1, sizeof *chosen);
    const bool original = has_original(facts);
    size_t found = 0;

    for (size_t i = 0; i < facts.count; i++) {
        const struct receipt_fact *fact = facts.items[i];

        if (!fact->row.withdrawn && !(original && fact_is_copy(&fact->row.fact))) {
            chosen[found++] = fact;
        }
    }
    qsort(chosen, found, sizeof(const struct receipt_fact *), by_receipt);
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        if (*count == 0 ||
            strcmp(chosen[*count - 1]->said.receipt_id, chosen[i]->said.receipt_id) != 0) {
            chosen[(*count)++] = chosen[i];
        }
    }
    return chosen;
}

/* --- on what date --- */

static bool date_named(const struct receipt_reported *said, enum counting_date which, int32_t *out)
{
    switch (which) {
    case COUNTING_DATE_PHYSICAL:
        *out = said->physical_on;
        return said->has_physical_on;
    case COUNTING_DATE_REMISSION:
        *out = said->remission_on;
        return said->has_remission_on;
    case COUNTING_DATE_ENTRY:
        *out = said->entry_on;
        return said->has_entry_on;
    }
    return false;
}

static struct counted_receipt count_receipt(const struct receipt_fact *fact,
                                            enum counting_date counting)
{
    struct counted_receipt receipt = {
        .fact = fact, .counted_by = counting, .left = fact->said.pieces};

    receipt.has_counted_on = date_named(&fact->said, counting, &receipt.counted_on);
    if (!receipt.has_counted_on) {
        receipt.counted_by = COUNTING_DATE_PHYSICAL;
        receipt.has_counted_on =
            date_named(&fact->said, COUNTING_DATE_PHYSICAL, &receipt.counted_on);
        receipt.fell_back = true;
    }
    return receipt;
}

static int by_counting_date(const void *left, const void *right)
{
    const struct counted_receipt *a = left;
    const struct counted_receipt *b = right;

    if (a->has_counted_on != b->has_counted_on) {
        return a->has_counted_on ? -1 : 1;
    }
    if (a->has_counted_on && a->counted_on != b->counted_on) {
        return a->counted_on < b->counted_on ? -1 : 1;
    }
    return strcmp(a->fact->said.receipt_id, b->fact->said.receipt_id);
}

static struct counted_receipts *kind_of(struct sorted_receipts *receipts, enum receipt_kind kind)
{
    switch (kind) {
    case RECEIPT_KIND_DELIVERY:
        return &receipts->deliveries;
    case RECEIPT_KIND_RETURN:
        return &receipts->returns;
    case RECEIPT_KIND_REVOLVING_FUND:
    case RECEIPT_KIND_DONATION:
    case RECEIPT_KIND_TRANSFER:
    case RECEIPT_KIND_OTHER_INSTITUTION:
        return &receipts->outside;
    }
    return &receipts->outside;
}

static void sort(struct counted_receipts *receipts)
{
    qsort(receipts->items, receipts->count, sizeof *receipts->items, by_counting_date);
}

struct sorted_receipts deliveries_sort_receipts(struct rows facts, enum counting_date counting,
                                                struct arena *arena)
{
    struct sorted_receipts receipts = {0};
    size_t count;
    const struct receipt_fact **chosen = standing(facts, arena, &count);

    receipts.deliveries.items = arena_array(arena, count + 1, sizeof *receipts.deliveries.items);
    receipts.returns.items = arena_array(arena, count + 1, sizeof *receipts.returns.items);
    receipts.outside.items = arena_array(arena, count + 1, sizeof *receipts.outside.items);
    for (size_t i = 0; i < count; i++) {
        struct counted_receipts *of = kind_of(&receipts, chosen[i]->said.kind);

        of->items[of->count++] = count_receipt(chosen[i], counting);
    }
    sort(&receipts.deliveries);
    sort(&receipts.returns);
    sort(&receipts.outside);
    return receipts;
}

/* --- returns --- */

static bool is_of_lot(const struct counted_receipt *delivery,
                      const struct counted_receipt *returned)
{
    const char *lot = returned->fact->said.lot;
    const char *remission = returned->fact->said.remission;

    return lot != NULL && text_equal(lot, delivery->fact->said.lot) &&
           (remission == NULL || text_equal(remission, delivery->fact->said.remission));
}

static bool came_before(const struct counted_receipt *delivery,
                        const struct counted_receipt *returned)
{
    return !delivery->has_counted_on || !returned->has_counted_on ||
           delivery->counted_on <= returned->counted_on;
}

static bool is_of_lot_before(const struct counted_receipt *delivery,
                             const struct counted_receipt *returned)
{
    return is_of_lot(delivery, returned) && came_before(delivery, returned);
}

static bool is_any(const struct counted_receipt *delivery, const struct counted_receipt *returned)
{
    (void)delivery;
    (void)returned;
    return true;
}

static void take_from(struct counted_receipts *deliveries, struct counted_receipt *returned,
                      bool (*may)(const struct counted_receipt *, const struct counted_receipt *))
{
    for (size_t i = deliveries->count; i > 0 && returned->left > 0; i--) {
        struct counted_receipt *delivery = &deliveries->items[i - 1];

        if (may(delivery, returned)) {
            const int64_t taken = delivery->left < returned->left ? delivery->left : returned->left;

            delivery->left -= taken;
            returned->left -= taken;
        }
    }
}

void deliveries_take_returns(struct sorted_receipts *receipts)
{
    for (size_t i = 0; i < receipts->returns.count; i++) {
        struct counted_receipt *returned = &receipts->returns.items[i];

        take_from(&receipts->deliveries, returned, is_of_lot_before);
        take_from(&receipts->deliveries, returned, came_before);
        take_from(&receipts->deliveries, returned, is_any);
        receipts->returned_beyond += returned->left;
    }
}

/* --- filling the order --- */

void deliveries_apply(struct counted_receipts *deliveries, int64_t ordered)
{
    int64_t needed = ordered;

    for (size_t i = 0; i < deliveries->count; i++) {
        struct counted_receipt *receipt = &deliveries->items[i];

        receipt->applied = receipt->left < needed ? receipt->left : needed;
        needed -= receipt->applied;
    }
}
