#ifndef SERVICES_DELIVERIES_RECEIPTS_H
#define SERVICES_DELIVERIES_RECEIPTS_H

#include "services/deliveries/deliveries_tables.h"

/* Which receipts of an order stand, on what date each counts, and what is left of each after returns. */

/** A receipt that stands, with the date that counts. */
struct counted_receipt {
    const struct receipt_fact *fact;
    int32_t counted_on;
    bool has_counted_on; /**< false: it has neither the contract's date nor the physical one */
    enum counting_date counted_by;
    bool fell_back; /**< the contract's date is missing, the physical one was used */
    int64_t left;   /**< pieces less what was returned of them */
    int64_t applied;
};

struct counted_receipts {
    struct counted_receipt *items; /**< by counting date (without one: last), then receipt id */
    size_t count;
};

/** The receipts of an order by what they do to it. */
struct sorted_receipts {
    struct counted_receipts deliveries;
    struct counted_receipts returns;
    struct counted_receipts outside; /**< never raise a penalty: they are no parts of the order */
    int64_t returned_beyond;         /**< returned and never delivered */
};

/** Of several sources that report one receipt, the one that fact_precedence puts first; of copies (fact_is_copy)
 *  nothing where another source reports a delivery or return of the order. `counting` is the contract's date; the capture
 *  date is not looked at. Memory is the arena's. */
struct sorted_receipts deliveries_sort_receipts(struct rows facts, enum counting_date counting,
                                                struct arena *arena);

/** Takes what was returned from the deliveries: each return from those of its lot that came before it,
 *  newest first; then from others that came before it; then from any. */
void deliveries_take_returns(struct sorted_receipts *receipts);

/** Fills the order: pieces up to `ordered`, in the order of the deliveries. */
void deliveries_apply(struct counted_receipts *deliveries, int64_t ordered);

#endif
