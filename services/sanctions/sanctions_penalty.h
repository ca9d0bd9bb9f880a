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
    int32_t effective_due_on; /**< `due_on`, or the next working day where the terms move it */
    int32_t
        day; /**< that of the facts while missing goods still grow, else the effective due date */
    struct penalty_step *steps; /**< late parts as given, then the missing goods where charged */
    size_t step_count;
    struct exact late_value; /**< of the steps, days and rate aside */
    struct exact cap;        /**< cap_bp of late_value */
    bool has_cap;
    struct exact sum;
    bool cap_applied;
    int64_t amount_centavos; /**< the sum or the cap, rounded half-up once */
    int64_t
        exposure_centavos; /**< what missing goods would add that day, while they are not charged */
    bool final;            /**< nothing can be added, whenever the rest comes */
    bool grows;            /**< look again on the next day */
};

/** Judges one order line from its terms and the dates of its parts.
 *
 *  Each part costs price x pieces x charged days x rate: charged are the days after the effective due date
 *  (natural or working), less the days of grace, up to the cap in days. The order as a whole costs at most
 *  cap_bp of the value charged. Missing goods cost as `missing_goods` says; their days stop where a cap is
 *  reached, in days or in days x rate, so that any later day gives the same result. A cancelled order owes
 *  what came late and nothing for what is missing. Where a rate is 0 nothing is owed.
 *
 *  The rates, caps and grace are the contract's (docs/templates.md); that the penalty is on what came late alone, and
 *  missing goods pay the full cap once it has passed, is IMSS practice of 2025.
 *
 *  REJECT when the figures are negative or overflow (common/base/exact.h). Steps and texts belong to the
 *  arena. */
MUST_CHECK bool sanctions_penalty(const struct penalty_facts *facts, struct arena *arena,
                                  struct penalty *out, struct error *err);

/** Units of an exact amount (millionths of a centavo) in decimal digits. */
char *sanctions_units_text(struct arena *arena, const struct exact *amount);

#endif
