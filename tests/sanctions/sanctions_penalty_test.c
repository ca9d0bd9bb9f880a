#include "services/sanctions/sanctions_judge.h"
#include "services/sanctions/sanctions_penalty.h"
#include "tests/base/unit.h"

#include <stdint.h>
#include <string.h>

/* Monday 2025-06-16 is day 20255; a piece costs 100 pesos. */
enum { DUE = 20255, SATURDAY = 20260, PRICE_E4 = 1000000, PARTS_MAX = 4 };

/* Two per cent a natural day, five days at most; what is missing pays the cap once it has passed. */
#define USUAL                                                                                      \
    {                                                                                              \
        .stated = true, .rate_bp = 200, .cap_days = 5, .has_cap_days = true,                       \
        .missing_goods = MISSING_GOODS_AFTER_CAP                                                   \
    }
/* Three per cent a day, ten at most: the fourth day is beyond it. */
#define PER_CENT_ALONE                                                                             \
    {                                                                                              \
        .stated = true, .rate_bp = 300, .cap_bp = 1000, .has_cap_bp = true,                        \
        .missing_goods = MISSING_GOODS_AFTER_CAP                                                   \
    }
#define CAME(day, count)                                                                           \
    {                                                                                              \
        .receipt_id = "r", .counted_on = (day), .has_counted_on = true, .pieces = (count)          \
    }

struct penalty_case {
    const char *sentence;
    struct penalty_terms terms;
    int32_t due_on;
    int64_t price_e4; /* 0: PRICE_E4 */
    struct penalty_part parts[PARTS_MAX];
    int64_t missing;
    bool cancelled;
    int32_t day; /* 0: none closed */
    int64_t amount_centavos;
    int64_t exposure_centavos;
    bool final;
    int32_t settled_late; /* of the missing goods, where they no longer grow; 0: not looked at */
};

static const struct penalty_case cases[] = {
    {.sentence = "on the due date nothing is owed",
     .terms = USUAL,
     .due_on = DUE,
     .parts = {CAME(DUE, 100)},
     .final = true},
    {.sentence = "one day late owes two per cent of what came",
     .terms = USUAL,
     .due_on = DUE,
     .parts = {CAME(DUE + 1, 100)},
     .amount_centavos = 20000,
     .final = true},
    {.sentence = "pieces on time are not punished with the late ones",
     .terms = USUAL,
     .due_on = DUE,
     .parts = {CAME(DUE - 1, 60), CAME(DUE + 2, 40)},
     .amount_centavos = 16000,
     .final = true},
    {.sentence = "after five days the cap in days holds",
     .terms = USUAL,
     .due_on = DUE,
     .parts = {CAME(DUE + 30, 100)},
     .amount_centavos = 100000,
     .final = true},
    {.sentence = "days of grace cost nothing, those after them do",
     .terms = {.stated = true, .rate_bp = 100, .grace_days = 3},
     .due_on = DUE,
     .parts = {CAME(DUE + 3, 50), CAME(DUE + 4, 50)},
     .amount_centavos = 5000,
     .final = true},
    {.sentence = "working days leave the weekend out",
     .terms = {.stated = true, .rate_bp = 100, .day_type = DAY_TYPE_WORKING},
     .due_on = DUE + 4, /* Friday */
     .parts = {CAME(DUE + 7, 100)},
     .amount_centavos = 10000,
     .final = true},
    {.sentence = "a due date on a Saturday moves to Monday where the contract says so",
     .terms = {.stated = true, .rate_bp = 100, .due_moves = true},
     .due_on = SATURDAY,
     .parts = {CAME(SATURDAY + 2, 100)},
     .final = true},
    {.sentence = "a due date on a Saturday stays where the contract does not",
     .terms = {.stated = true, .rate_bp = 100},
     .due_on = SATURDAY,
     .parts = {CAME(SATURDAY + 2, 100)},
     .amount_centavos = 20000,
     .final = true},
    {.sentence = "the cap in per cent is of the value delivered late alone",
     .terms = {.stated = true, .rate_bp = 200, .cap_bp = 1000, .has_cap_bp = true},
     .due_on = DUE,
     .parts = {CAME(DUE, 90), CAME(DUE + 20, 10)},
     .amount_centavos = 10000,
     .final = true},
    {.sentence = "cancelled and never received owes nothing",
     .terms = USUAL,
     .due_on = DUE,
     .missing = 100,
     .cancelled = true,
     .day = DUE + 60,
     .final = true},
    {.sentence = "cancelled after a partial keeps what came late",
     .terms = USUAL,
     .due_on = DUE,
     .parts = {CAME(DUE + 1, 10)},
     .missing = 90,
     .cancelled = true,
     .day = DUE + 60,
     .amount_centavos = 2000,
     .final = true},
    {.sentence = "before any day is closed nothing is said of missing goods",
     .terms = USUAL,
     .due_on = DUE,
     .missing = 100},
    {.sentence = "missing goods are an exposure until the cap has passed",
     .terms = USUAL,
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 2,
     .exposure_centavos = 40000},
    {.sentence = "missing goods owe the cap once it has passed, and nothing can be added",
     .terms = USUAL,
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 5,
     .amount_centavos = 100000,
     .final = true},
    {.sentence = "missing goods that accrue owe day by day",
     .terms = {.stated = true, .rate_bp = 100, .missing_goods = MISSING_GOODS_ACCRUE},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 3,
     .amount_centavos = 30000},
    {.sentence = "where missing goods cost nothing they stay an exposure",
     .terms = {.stated = true, .rate_bp = 100, .cap_days = 5, .has_cap_days = true},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 90,
     .exposure_centavos = 50000},
    {.sentence = "a cap in per cent alone ends the exposure of goods that cost nothing",
     .terms = {.stated = true, .rate_bp = 100, .cap_bp = 500, .has_cap_bp = true},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 90,
     .exposure_centavos = 50000,
     .settled_late = 5},
    {.sentence = "before a cap in per cent alone missing goods are an exposure",
     .terms = PER_CENT_ALONE,
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 3,
     .exposure_centavos = 90000},
    {.sentence = "a cap in per cent alone is paid once the rate has reached it",
     .terms = PER_CENT_ALONE,
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 90,
     .amount_centavos = 100000,
     .final = true,
     .settled_late = 4},
    {.sentence = "days of grace come before the cap that missing goods pay",
     .terms = {.stated = true,
               .rate_bp = 200,
               .grace_days = 3,
               .cap_days = 5,
               .has_cap_days = true,
               .missing_goods = MISSING_GOODS_AFTER_CAP},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 7,
     .exposure_centavos = 80000},
    {.sentence = "grace and cap past, missing goods pay the days of the cap",
     .terms = {.stated = true,
               .rate_bp = 200,
               .grace_days = 3,
               .cap_days = 5,
               .has_cap_days = true,
               .missing_goods = MISSING_GOODS_AFTER_CAP},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 30,
     .amount_centavos = 100000,
     .final = true,
     .settled_late = 8},
    {.sentence = "the exposure of missing goods is capped with what came late",
     .terms = {.stated = true, .rate_bp = 200, .cap_bp = 300, .has_cap_bp = true},
     .due_on = DUE,
     .parts = {CAME(DUE + 1, 50)},
     .missing = 50,
     .day = DUE + 20,
     .amount_centavos = 10000,
     .exposure_centavos = 20000,
     .settled_late = 2},
    {.sentence = "goods that accrue stop at a cap in per cent alone",
     .terms = {.stated = true,
               .rate_bp = 100,
               .cap_bp = 500,
               .has_cap_bp = true,
               .missing_goods = MISSING_GOODS_ACCRUE},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 90,
     .amount_centavos = 50000,
     .final = true,
     .settled_late = 5},
    {.sentence =
         "beside goods one day late the order is not at its cap, and may grow when the rest comes",
     .terms = {.stated = true,
               .rate_bp = 100,
               .cap_bp = 500,
               .has_cap_bp = true,
               .missing_goods = MISSING_GOODS_ACCRUE},
     .due_on = DUE,
     .parts = {CAME(DUE + 1, 50)},
     .missing = 50,
     .day = DUE + 90,
     .amount_centavos = 30000,
     .settled_late = 5},
    {.sentence = "of two caps the one that is reached first ends the days",
     .terms = {.stated = true,
               .rate_bp = 200,
               .cap_days = 20,
               .has_cap_days = true,
               .cap_bp = 1000,
               .has_cap_bp = true,
               .missing_goods = MISSING_GOODS_AFTER_CAP},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 12,
     .amount_centavos = 100000,
     .final = true,
     .settled_late = 5},
    {.sentence = "without any cap what is paid after it is never paid",
     .terms = {.stated = true, .rate_bp = 100, .missing_goods = MISSING_GOODS_AFTER_CAP},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 90,
     .exposure_centavos = 900000},
    {.sentence = "a rate of zero is settled at once",
     .terms = {.stated = true, .missing_goods = MISSING_GOODS_ACCRUE},
     .due_on = DUE,
     .missing = 100,
     .day = DUE + 90,
     .final = true},
    {.sentence = "a receipt without a date that counts raises nothing",
     .terms = USUAL,
     .due_on = DUE,
     .parts = {{.receipt_id = "r", .pieces = 100}},
     .final = true},
    {.sentence = "half a centavo is rounded up, once, on the total",
     .terms = {.stated = true, .rate_bp = 1},
     .due_on = DUE,
     .price_e4 = 500000, /* each owes half a centavo: 3 x 0.5 is 2, and not 3 */
     .parts = {CAME(DUE + 1, 1), CAME(DUE + 1, 1), CAME(DUE + 1, 1)},
     .amount_centavos = 2,
     .final = true},
};

static struct penalty_facts facts_of(const struct penalty_case *row)
{
    struct penalty_facts facts = {.terms = &row->terms,
                                  .price_e4 = row->price_e4 > 0 ? row->price_e4 : PRICE_E4,
                                  .due_on = row->due_on,
                                  .cancelled = row->cancelled,
                                  .missing_pieces = row->missing,
                                  .parts = row->parts,
                                  .day = row->day,
                                  .has_day = row->day != 0};

    while (facts.part_count < PARTS_MAX && row->parts[facts.part_count].receipt_id != NULL) {
        facts.part_count++;
    }
    return facts;
}

START_TEST(the_penalty_is_what_the_contract_says)
{
    const struct penalty_case *row = &cases[_i];
    const struct penalty_facts facts = facts_of(row);
    struct arena arena = {0};
    struct error err = {0};
    struct penalty penalty;

    ck_assert_msg(sanctions_penalty(&facts, &arena, &penalty, &err), "%s", err.message);
    ck_assert_msg(penalty.amount_centavos == row->amount_centavos, "%s: %lld", row->sentence,
                  (long long)penalty.amount_centavos);
    ck_assert_msg(penalty.exposure_centavos == row->exposure_centavos, "%s: exposure %lld",
                  row->sentence, (long long)penalty.exposure_centavos);
    ck_assert_msg(penalty.final == row->final, "%s: final", row->sentence);
    if (row->settled_late > 0) {
        const struct penalty_step *last = &penalty.steps[penalty.step_count - 1];

        ck_assert_msg(!penalty.grows, "%s: grows", row->sentence);
        ck_assert_msg(penalty.day == penalty.effective_due_on, "%s: day", row->sentence);
        ck_assert_msg(penalty.exposure_centavos > 0 || last->days_late == row->settled_late,
                      "%s: %d days late", row->sentence, last->days_late);
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(figures_that_overflow_are_refused)
{
    const struct penalty_terms terms = {.stated = true, .rate_bp = 10000};
    const struct penalty_part parts[] = {CAME(DUE + 1000000, INT64_MAX)};
    const struct penalty_facts facts = {
        .terms = &terms, .price_e4 = INT64_MAX, .due_on = DUE, .parts = parts, .part_count = 1};
    struct arena arena = {0};
    struct error err = {0};
    struct penalty penalty;

    ck_assert(!sanctions_penalty(&facts, &arena, &penalty, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    arena_finish(&arena);
}
END_TEST

/* --- properties over generated histories --- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static int32_t below(uint32_t *state, uint32_t bound)
{
    return (int32_t)(next_random(state) % bound);
}

struct history {
    struct penalty_terms terms;
    struct penalty_part parts[PARTS_MAX];
    struct penalty_facts facts;
};

static void make_history(uint32_t seed, struct history *history)
{
    uint32_t state = seed * 2654435761U + 1;

    *history = (struct history){0};
    history->terms = (struct penalty_terms){.stated = true,
                                            .rate_bp = 1 + below(&state, 500),
                                            .day_type = (enum day_type)below(&state, 2),
                                            .grace_days = below(&state, 4),
                                            .cap_days = 1 + below(&state, 20),
                                            .has_cap_days = below(&state, 2) == 1,
                                            .cap_bp = 1 + below(&state, 2000),
                                            .has_cap_bp = below(&state, 2) == 1,
                                            .missing_goods = (enum missing_goods)below(&state, 3),
                                            .due_moves = below(&state, 2) == 1};
    for (int i = 0; i < PARTS_MAX; i++) {
        history->parts[i] =
            (struct penalty_part)CAME(DUE - 5 + below(&state, 60), below(&state, 5000));
    }
    history->facts = (struct penalty_facts){.terms = &history->terms,
                                            .price_e4 = 1 + below(&state, 9999999),
                                            .due_on = DUE + below(&state, 10),
                                            .missing_pieces = below(&state, 1000),
                                            .parts = history->parts,
                                            .part_count = PARTS_MAX,
                                            .day = DUE + below(&state, 90),
                                            .has_day = below(&state, 4) > 0};
}

static struct penalty judged(const struct penalty_facts *facts, struct arena *arena)
{
    struct error err = {0};
    struct penalty penalty;

    ck_assert_msg(sanctions_penalty(facts, arena, &penalty, &err), "%s", err.message);
    return penalty;
}

START_TEST(the_order_of_the_receipts_does_not_matter)
{
    struct history history;
    struct arena arena = {0};
    struct penalty_part turned[PARTS_MAX];
    struct penalty_facts facts;

    make_history((uint32_t)_i, &history);
    for (int i = 0; i < PARTS_MAX; i++) {
        turned[i] = history.parts[PARTS_MAX - 1 - i];
    }
    facts = history.facts;
    facts.parts = turned;
    ck_assert_int_eq(judged(&history.facts, &arena).amount_centavos,
                     judged(&facts, &arena).amount_centavos);
    arena_finish(&arena);
}
END_TEST

START_TEST(more_days_late_never_cost_less)
{
    struct history history;
    struct arena arena = {0};
    int64_t before;

    make_history((uint32_t)_i, &history);
    before = judged(&history.facts, &arena).amount_centavos;
    for (int days = 1; days < 10; days++) {
        int64_t now;

        history.parts[_i % PARTS_MAX].counted_on++;
        now = judged(&history.facts, &arena).amount_centavos;
        ck_assert_msg(now >= before, "seed %d, day %d: %lld < %lld", _i, days, (long long)now,
                      (long long)before);
        before = now;
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(the_parts_sum_to_the_amount_and_never_exceed_the_cap)
{
    struct history history;
    struct arena arena = {0};
    struct exact sum = {0};
    struct error err = {0};
    struct penalty penalty;
    int64_t amount;

    make_history((uint32_t)_i, &history);
    penalty = judged(&history.facts, &arena);
    for (size_t i = 0; i < penalty.step_count; i++) {
        const struct penalty_step *step = &penalty.steps[i];
        struct exact product = {0};

        ck_assert(exact_add_part(&product, step->price_e4, step->pieces, step->charged_days,
                                 step->rate_bp, &err));
        ck_assert_str_eq(sanctions_units_text(&arena, &product), step->amount_e6);
        ck_assert(exact_add(&sum, &product, &err));
    }
    ck_assert_int_eq(exact_compare(&sum, &penalty.sum), 0);
    ck_assert(exact_to_centavos(penalty.cap_applied ? &penalty.cap : &sum, &amount, &err));
    ck_assert_int_eq(amount, penalty.amount_centavos);
    ck_assert(!penalty.has_cap || penalty.cap_applied ||
              exact_compare(&penalty.sum, &penalty.cap) <= 0);
    ck_assert_int_ge(penalty.exposure_centavos, 0);
    arena_finish(&arena);
}
END_TEST

START_TEST(a_contract_whose_penalties_exceed_64_bits_is_refused)
{
    struct contract_sum sum = {.contract_id = "imss/C1", .amount_centavos = INT64_MAX};
    struct sanction_state state = {0};
    const struct penalty_calculated event = {.amount_centavos = 1};
    struct error err = {0};

    ck_assert(!sanctions_move(&sum, &state, &event, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_ptr_nonnull(strstr(err.message, "no caben en 64 bits de centavos"));
    ck_assert_int_eq(state.amount_centavos, 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_penalty_is_what_the_contract_says, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, figures_that_overflow_are_refused);
    tcase_add_test(tcase, a_contract_whose_penalties_exceed_64_bits_is_refused);
    tcase_add_loop_test(tcase, the_order_of_the_receipts_does_not_matter, 0, 200);
    tcase_add_loop_test(tcase, more_days_late_never_cost_less, 0, 200);
    tcase_add_loop_test(tcase, the_parts_sum_to_the_amount_and_never_exceed_the_cap, 0, 200);
}

int main(void)
{
    return unit_run("sanctions.penalty", fill);
}
