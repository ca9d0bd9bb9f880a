#include "services/sanctions/sanctions_penalty.h"

#include "common/domain/calendar.h"

enum { UNITS_DIGITS = 40 };

char *sanctions_units_text(struct arena *arena, const struct exact *amount)
{
    char digits[UNITS_DIGITS + 1] = "";
    size_t at = UNITS_DIGITS;
    uint128 left = amount->units;

    do {
        digits[--at] = (char)('0' + (int)(left % 10));
        left /= 10;
    } while (left > 0);
    return arena_text(arena, digits + at, UNITS_DIGITS - at);
}

/* A due date on a non-working day moves where the contract says so. */
static int32_t effective_due(const struct penalty_facts *facts)
{
    return facts->terms->due_moves ? calendar_next_working(facts->due_on) : facts->due_on;
}

static int32_t days_late(const struct penalty_terms *terms, int32_t due_on, int32_t came_on)
{
    if (came_on <= due_on) {
        return 0;
    }
    return terms->day_type == DAY_TYPE_WORKING ? calendar_working_days_between(due_on, came_on)
                                               : came_on - due_on;
}

/* Days of grace cost nothing, those after them do. */
static int32_t days_after_grace(const struct penalty_terms *terms, int32_t late)
{
    const int64_t days = (int64_t)late - (terms->grace_days > 0 ? terms->grace_days : 0);

    return days > 0 ? (int32_t)days : 0;
}

static int32_t charged_days(const struct penalty_terms *terms, int32_t late)
{
    const int32_t days = days_after_grace(terms, late);

    return terms->has_cap_days && days > terms->cap_days ? terms->cap_days : days;
}

static bool cap_in_days_reached(const struct penalty_terms *terms, int32_t late)
{
    return terms->has_cap_days && days_after_grace(terms, late) >= terms->cap_days;
}

/* The charged days after which a piece costs no more: those of the cap in days, or as many as bring the rate to the
 * cap in per cent, whichever are fewer. False: it has no cap. */
static bool days_to_cap(const struct penalty_terms *terms, int32_t *days)
{
    int64_t most = terms->has_cap_days ? terms->cap_days : INT32_MAX;

    if (terms->rate_bp <= 0) {
        *days = 0;
        return true;
    }
    if (terms->has_cap_bp) {
        const int64_t whole = ((int64_t)terms->cap_bp + terms->rate_bp - 1) / terms->rate_bp;

        most = whole < most ? whole : most;
    }
    *days = (int32_t)most;
    return terms->has_cap_days || terms->has_cap_bp;
}

static bool add_step(const struct penalty_facts *facts, struct arena *arena,
                     struct penalty *penalty, struct penalty_step step, struct error *err)
{
    struct exact product = {0};

    step.price_e4 = facts->price_e4;
    step.rate_bp = facts->terms->rate_bp;
    step.charged_days = charged_days(facts->terms, step.days_late);
    if (step.pieces == 0 || step.charged_days == 0) {
        return true;
    }
    if (!exact_add_part(&product, step.price_e4, step.pieces, step.charged_days, step.rate_bp,
                        err) ||
        !exact_add(&penalty->sum, &product, err) ||
        !exact_add_part(&penalty->late_value, step.price_e4, step.pieces, 1, EXACT_RATE_WHOLE_BP,
                        err) ||
        (penalty->has_cap && !exact_add_part(&penalty->cap, step.price_e4, step.pieces, 1,
                                             facts->terms->cap_bp, err))) {
        return false;
    }
    step.amount_e6 = sanctions_units_text(arena, &product);
    penalty->steps[penalty->step_count++] = step;
    return true;
}

/* Pieces on time are not punished with the late ones. */
static bool add_late(const struct penalty_facts *facts, struct arena *arena,
                     struct penalty *penalty, struct error *err)
{
    for (size_t i = 0; i < facts->part_count; i++) {
        const struct penalty_part *part = &facts->parts[i];
        const struct penalty_step step = {
            .kind = STEP_KIND_LATE,
            .receipt_id = part->receipt_id,
            .counted_on = part->counted_on,
            .has_counted_on = part->has_counted_on,
            .pieces = part->pieces,
            .days_late = part->has_counted_on
                             ? days_late(facts->terms, penalty->effective_due_on, part->counted_on)
                             : 0};

        if (!add_step(facts, arena, penalty, step, err)) {
            return false;
        }
    }
    return true;
}

/* Missing goods whose cap has been reached. */
static bool is_settled(const struct penalty_terms *terms, int32_t late)
{
    int32_t most;

    return days_to_cap(terms, &most) && days_after_grace(terms, late) >= most;
}

/* Days stop where the cap is reached, so that the same facts say the same whenever they are judged after it. */
static int32_t days_until_settled(const struct penalty_terms *terms, int32_t late)
{
    int32_t most;

    return is_settled(terms, late) && days_to_cap(terms, &most) ? terms->grace_days + most : late;
}

/* What the contract charges for goods that have not come: nothing, the cap once it is reached, or day by day. */
static bool missing_is_charged(const struct penalty_terms *terms, bool settled)
{
    switch (terms->missing_goods) {
    case MISSING_GOODS_NONE:
        return false;
    case MISSING_GOODS_AFTER_CAP:
        return settled;
    case MISSING_GOODS_ACCRUE:
        return true;
    }
    return false;
}

static bool close_at_cap(struct penalty *penalty, int64_t *amount, struct error *err)
{
    penalty->cap_applied = penalty->has_cap && exact_compare(&penalty->sum, &penalty->cap) > 0;
    return exact_to_centavos(penalty->cap_applied ? &penalty->cap : &penalty->sum, amount, err);
}

/* Nothing can be added to settled goods: whenever they come, the cap in days has passed, or the order as a whole is
 * at its cap in per cent. Beside goods that came less late it may still be below. */
static bool cannot_grow(const struct penalty_terms *terms, const struct penalty *penalty,
                        int32_t late)
{
    return terms->rate_bp <= 0 || cap_in_days_reached(terms, late) ||
           (penalty->has_cap && exact_compare(&penalty->sum, &penalty->cap) >= 0);
}

/* What the missing goods would add if they came on that day. */
static bool expose(const struct penalty_facts *facts, struct arena *arena,
                   const struct penalty_step *step, struct penalty *penalty, struct error *err)
{
    struct penalty with = *penalty;
    int64_t amount;

    with.steps = arena_array(arena, penalty->step_count + 1, sizeof *with.steps);
    with.step_count = 0;
    if (!add_step(facts, arena, &with, *step, err) || !close_at_cap(&with, &amount, err)) {
        return false;
    }
    penalty->exposure_centavos = amount - penalty->amount_centavos;
    return true;
}

static bool judge_missing(const struct penalty_facts *facts, struct arena *arena,
                          struct penalty *penalty, struct error *err)
{
    const struct penalty_terms *terms = facts->terms;
    const int32_t late = days_late(terms, penalty->effective_due_on, facts->day);
    const bool settled = is_settled(terms, late);
    const struct penalty_step step = {.kind = STEP_KIND_MISSING,
                                      .pieces = facts->missing_pieces,
                                      .days_late = days_until_settled(terms, late)};

    penalty->grows = !settled;
    penalty->day = settled ? penalty->effective_due_on : facts->day;
    if (!missing_is_charged(terms, settled)) {
        return close_at_cap(penalty, &penalty->amount_centavos, err) &&
               expose(facts, arena, &step, penalty, err);
    }
    if (!add_step(facts, arena, penalty, step, err) ||
        !close_at_cap(penalty, &penalty->amount_centavos, err)) {
        return false;
    }
    penalty->final = settled && cannot_grow(terms, penalty, step.days_late);
    return true;
}

bool sanctions_penalty(const struct penalty_facts *facts, struct arena *arena, struct penalty *out,
                       struct error *err)
{
    struct penalty penalty = {.effective_due_on = effective_due(facts),
                              .has_cap = facts->terms->has_cap_bp};
    const bool waits = facts->missing_pieces > 0 && !facts->cancelled;

    penalty.day = penalty.effective_due_on;
    penalty.steps = arena_array(arena, facts->part_count + 1, sizeof *penalty.steps);
    if (!add_late(facts, arena, &penalty, err)) {
        return false;
    }
    penalty.final = !waits; /* complete, or cancelled: what came late stays owed */
    penalty.grows = waits;
    if (waits && facts->has_day && facts->day > penalty.effective_due_on
            ? !judge_missing(facts, arena, &penalty, err)
            : !close_at_cap(&penalty, &penalty.amount_centavos, err)) {
        return false;
    }
    *out = penalty;
    return true;
}
