#include "services/deliveries/deliveries_transit.h"

#include <stdlib.h>
#include <string.h>

static int by_remission(const void *left, const void *right)
{
    const struct remission_balance *a = left;
    const struct remission_balance *b = right;

    return strcmp(a->remission, b->remission);
}

/* Shipments that stand, summed by remisión: two suppliers may use one number. */
static void gather_shipments(struct transit *transit, struct rows shipments)
{
    size_t kept = 0;

    for (size_t i = 0; i < shipments.count; i++) {
        const struct shipment_known *shipment = shipments.items[i];

        if (!shipment->withdrawn) {
            transit->remissions[transit->count++] = (struct remission_balance){
                .remission = shipment->remission, .shipped = shipment->pieces};
            transit->shipped += shipment->pieces;
        }
    }
    qsort(transit->remissions, transit->count, sizeof *transit->remissions, by_remission);
    for (size_t i = 0; i < transit->count; i++) {
        const struct remission_balance *next = &transit->remissions[i];

        if (kept > 0 && by_remission(&transit->remissions[kept - 1], next) == 0) {
            transit->remissions[kept - 1].shipped += next->shipped;
        } else {
            transit->remissions[kept++] = *next;
        }
    }
    transit->count = kept;
}

static struct remission_balance *find(const struct transit *transit, const char *remission)
{
    const struct remission_balance wanted = {.remission = remission};

    return remission == NULL
               ? NULL
               : bsearch(&wanted, transit->remissions, transit->count, sizeof wanted, by_remission);
}

struct transit deliveries_transit(struct rows shipments, const struct counted_receipts *deliveries,
                                  struct arena *arena)
{
    struct transit transit = {
        .remissions = arena_array(arena, shipments.count + 1, sizeof *transit.remissions)};
    int64_t unnamed = 0;

    gather_shipments(&transit, shipments);
    for (size_t i = 0; i < deliveries->count; i++) {
        const struct receipt_reported *said = &deliveries->items[i].fact->said;
        struct remission_balance *balance = find(&transit, said->remission);
        int64_t *arrived = balance == NULL ? &unnamed : &balance->arrived;

        *arrived += said->pieces + said->rejected_pieces;
    }
    for (size_t i = 0; i < transit.count; i++) {
        const struct remission_balance *balance = &transit.remissions[i];

        if (balance->shipped > balance->arrived) {
            transit.in_transit += balance->shipped - balance->arrived;
        }
    }
    transit.in_transit -= unnamed < transit.in_transit ? unnamed : transit.in_transit;
    return transit;
}
