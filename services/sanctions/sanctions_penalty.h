#ifndef SERVICES_SANCTIONS_PENALTY_H
#define SERVICES_SANCTIONS_PENALTY_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/exact.h"
#include "events.h"

/* The delay penalty of an order line: pure. Article 53 of the acquisitions law of 2000 and its successor of 2025
 * let the contract state it on the value of what was not delivered on time. */

struct penalty_part {
    const char *receipt_id;
    int32_t counted_on;
    bool has_counted_on;
    int64_t pieces; /**< of the receipt, what fills the order */
};

struct penalty_facts {
    const struct penalty_terms *terms;
    int64_t price_e4; /**< ten-thousandths of a peso, without VAT */
    int32_t due_on;
    bool cancelled;
    int64_t missing_pieces;
    const struct penalty_part *parts; /**< by counting date, then receipt id */
    size_t part_count;
    int32_t day; /**< up to which missing goods are judged */
    bool has_day;
};

struct penalty {
    int32_t effective_due_on;
    int32_t
        day; /**< that of the facts while missing goods still grow, else the effective due date */
    struct penalty_step *steps;
    size_t step_count;
    struct exact late_value;
    struct exact cap;
    bool has_cap;
    struct exact sum;
    bool cap_applied;
    int64_t amount_centavos;
    int64_t exposure_centavos;
    bool final;
    bool grows; /**< look again on the next day */
};

/** Judges. REJECT when the figures overflow. Steps and texts belong to the arena. */
MUST_CHECK bool sanctions_penalty(const struct penalty_facts *facts, struct arena *arena,
                                  struct penalty *out, struct error *err);

/** Units of an exact amount (millionths of a centavo) in decimal digits. */
char *sanctions_units_text(struct arena *arena, const struct exact *amount);

#endif
