#include "services/contracts/contracts_judge.h"
#include "tests/base/unit.h"

#include <inttypes.h>
#include <string.h>

enum { FACTS_MAX = 2 };

static const char contract_id[] = "imss/C1";
static const char order_id[] = "imss/C1|O1|010.000.0101.00";
static const char line_id[] = "imss/C1|010.000.0101.00";

#define PLAIN "plantilla.ordenes"
#define COPY "copia.ordenes"
#define NATIVE "imss-bienestar.ordenes"

static void expect(const char *sentence, const char *what, int64_t found, int64_t expected)
{
    ck_assert_msg(found == expected, "%s: %s is %" PRId64 ", not %" PRId64, sentence, what, found,
                  expected);
}

static void expect_text(const char *sentence, const char *found, const char *expected)
{
    expected = expected == NULL ? "" : expected;
    ck_assert_msg(strcmp(found, expected) == 0, "%s: \"%s\", not \"%s\"", sentence, found,
                  expected);
}

static const char *findings_text(struct arena *arena, const struct finding_list *findings)
{
    const char *text = "";

    for (size_t i = 0; i < findings->count; i++) {
        text = arena_format(arena, "%s%s%s", text, i > 0 ? " " : "", findings->items[i].kind);
    }
    return text;
}

static struct fact_row row_of(const char *source, bool withdrawn, bool invented)
{
    return (struct fact_row){
        .withdrawn = withdrawn,
        .fact = {.fact_id = source, .source = source, .as_of = 1, .invented = invented}};
}

/* --- orders --- */

/* Prices are whole pesos; 0 is none. */
struct order_told {
    const char *source; /* NULL: no more */
    int64_t pieces;
    int64_t price;
    int32_t due_on;
    bool cancelled;
    bool withdrawn;
    bool invented;
};

struct order_case {
    const char *sentence;
    struct order_told told[FACTS_MAX];
    int64_t line_price;
    bool line_withdrawn;
    bool line_invented;
    int64_t pieces;
    int64_t price;
    bool withdrawn;
    bool invented;
    size_t facts;
    bool ground_invented;
    size_t ground_facts;
    struct order_share share;
    const char *findings;
};

#define STANDS .facts = 1, .ground_facts = 1
#define RESTS_ON_BOTH .facts = 2, .ground_facts = 2

static const struct order_case order_cases[] = {
    {.sentence = "an order has its own price",
     .told = {{PLAIN, 100, 12, .due_on = 9}},
     .pieces = 100,
     .price = 12,
     STANDS,
     .share = {.orders = 1, .pieces = 100}},
    {.sentence = "an order without price takes its line's, and rests on it",
     .told = {{PLAIN, 100, .due_on = 9}},
     .line_price = 11,
     .line_invented = true,
     .pieces = 100,
     .price = 11,
     .invented = true,
     .facts = 2,
     .ground_invented = true,
     .ground_facts = 2,
     .share = {.orders = 1, .pieces = 100, .invented = 1, .unpriced = 1}},
    {.sentence = "a withdrawn line gives no price",
     .told = {{PLAIN, 100, .due_on = 9}},
     .line_price = 11,
     .line_withdrawn = true,
     .pieces = 100,
     STANDS,
     .share = {.orders = 1, .pieces = 100, .unpriced = 1}},
    {.sentence =
         "a price that is not its line's counts and is found, with what the finding rests on",
     .told = {{PLAIN, 100, 12, .due_on = 9}},
     .line_price = 11,
     .line_invented = true,
     .pieces = 100,
     .price = 12,
     .facts = 1,
     .ground_invented = true,
     .ground_facts = 2,
     .share = {.orders = 1, .pieces = 100},
     .findings = "precio-distinto"},
    {.sentence = "a price that is its line's is not found",
     .told = {{PLAIN, 100, 12, .due_on = 9}},
     .line_price = 12,
     .pieces = 100,
     .price = 12,
     STANDS,
     .share = {.orders = 1, .pieces = 100}},
    {.sentence = "a cancelled order frees its pieces, and its price no longer matters",
     .told = {{PLAIN, 100, 12, .due_on = 9, .cancelled = true}},
     .line_price = 11,
     .pieces = 100,
     .price = 12,
     STANDS},
    {.sentence = "a cancelled order without price still needs its line's",
     .told = {{PLAIN, 100, .due_on = 9, .cancelled = true, .invented = true}},
     .pieces = 100,
     .invented = true,
     .ground_invented = true,
     STANDS,
     .share = {.unpriced = 1}},
    {.sentence = "a withdrawn order adds nothing",
     .told = {{PLAIN, 100, 12, .due_on = 9, .withdrawn = true}},
     .line_price = 11,
     .withdrawn = true,
     STANDS},
    {.sentence = "of two sources the native layout is believed, and the difference found",
     .told = {{PLAIN, 100, 12, .due_on = 9}, {NATIVE, 90, 12, .due_on = 9}},
     .pieces = 90,
     .price = 12,
     STANDS,
     .share = {.orders = 1, .pieces = 90},
     .findings = "fuentes-discrepan"},
    {.sentence =
         "silence is no contradiction, and where the believed one is silent the other speaks",
     .told = {{PLAIN, 100, 12, .due_on = 9}, {NATIVE, .pieces = 100}},
     .line_price = 12,
     .pieces = 100,
     .price = 12,
     RESTS_ON_BOTH,
     .share = {.orders = 1, .pieces = 100}},
    {.sentence = "a copy adds what the system does not say, and takes nothing away",
     .told = {{COPY, 90, 12, .due_on = 9, .cancelled = true}, {NATIVE, .pieces = 100, .due_on = 9}},
     .pieces = 100,
     .price = 12,
     RESTS_ON_BOTH,
     .share = {.orders = 1, .pieces = 100},
     .findings = "fuentes-discrepan"},
    {.sentence = "what was withdrawn does not speak",
     .told = {{PLAIN, 100, 12, .due_on = 9, .withdrawn = true}, {NATIVE, .pieces = 100}},
     .pieces = 100,
     STANDS,
     .share = {.orders = 1, .pieces = 100, .unpriced = 1}},
    {.sentence = "who is invented and speaks makes the order so",
     .told = {{PLAIN, 100, 12, .invented = true}, {NATIVE, .pieces = 100}},
     .pieces = 100,
     .price = 12,
     .invented = true,
     .ground_invented = true,
     RESTS_ON_BOTH,
     .share = {.orders = 1, .pieces = 100, .invented = 1}},
    {.sentence = "two dates are",
     .told = {{PLAIN, 100, 12, .due_on = 9}, {NATIVE, 100, 12, .due_on = 8}},
     .pieces = 100,
     .price = 12,
     STANDS,
     .share = {.orders = 1, .pieces = 100},
     .findings = "fuentes-discrepan"},
    {.sentence = "a source that withdrew it says nothing against the other",
     .told = {{PLAIN, 100, 12, .due_on = 9}, {NATIVE, 90, 12, .withdrawn = true}},
     .pieces = 100,
     .price = 12,
     STANDS,
     .share = {.orders = 1, .pieces = 100}},
};

static struct rows orders_of(struct arena *arena, const struct order_case *from)
{
    void **items = arena_array(arena, FACTS_MAX, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < FACTS_MAX && from->told[i].source != NULL; i++) {
        const struct order_told *told = &from->told[i];
        struct order_fact *fact = arena_alloc(arena, sizeof *fact);

        fact->row = row_of(told->source, told->withdrawn, told->invented);
        fact->said = (struct order_reported){.pieces = told->pieces,
                                             .price_e4 = told->price * 10000,
                                             .has_price_e4 = told->price > 0,
                                             .due_on = told->due_on,
                                             .has_due_on = told->due_on > 0,
                                             .status = told->cancelled ? ORDER_STATUS_CANCELLED
                                                                       : ORDER_STATUS_OPEN};
        items[count++] = fact;
    }
    return (struct rows){items, count};
}

static struct fact_merged line_of(struct arena *arena, const struct order_case *from)
{
    struct line_fact *fact = arena_alloc(arena, sizeof *fact);
    void **items = arena_array(arena, 1, sizeof *items);

    fact->row = row_of("plantilla.partidas", from->line_withdrawn, from->line_invented);
    fact->said = (struct contract_line_reported){.price_e4 = from->line_price * 10000,
                                                 .has_price_e4 = from->line_price > 0};
    items[0] = fact;
    return contracts_line((struct rows){items, from->line_price > 0 ? 1 : 0}, arena);
}

START_TEST(an_order_is_judged)
{
    const struct order_case *expected = &order_cases[_i];
    struct arena arena = {0};
    const struct rows facts = orders_of(&arena, expected);
    const struct fact_merged line = line_of(&arena, expected);
    const struct order_fact *whole = contracts_order(facts, &arena).row;
    struct finding_list findings = {.arena = &arena};
    struct finding_ground ground;
    struct order_issued event;
    struct order_share share;

    ck_assert(contracts_judge_order(order_id, facts, &line, &arena, &event));
    contracts_order_findings(order_id, facts, &line, &findings);
    ground = contracts_order_ground(&event, facts, &line, &arena);
    share = contracts_share(&event, whole != NULL && whole->said.has_price_e4);
    expect(expected->sentence, "pieces", event.pieces, expected->pieces);
    expect(expected->sentence, "price", event.price_e4, expected->price * 10000);
    expect(expected->sentence, "has price", event.has_price_e4, expected->price > 0);
    expect(expected->sentence, "withdrawn", event.withdrawn, expected->withdrawn);
    expect(expected->sentence, "invented", event.invented, expected->invented);
    expect(expected->sentence, "facts", (int64_t)event.facts_count, (int64_t)expected->facts);
    expect(expected->sentence, "ground invented", ground.invented, expected->ground_invented);
    expect(expected->sentence, "ground facts", (int64_t)ground.facts_count,
           (int64_t)expected->ground_facts);
    expect(expected->sentence, "share orders", share.orders, expected->share.orders);
    expect(expected->sentence, "share pieces", share.pieces, expected->share.pieces);
    expect(expected->sentence, "share invented", share.invented, expected->share.invented);
    expect(expected->sentence, "share unpriced", share.unpriced, expected->share.unpriced);
    expect_text(expected->sentence, findings_text(&arena, &findings), expected->findings);
    arena_finish(&arena);
}
END_TEST

/* --- lines --- */

struct line_case {
    const char *sentence;
    bool reported;
    bool withdrawn;
    bool line_invented;
    int64_t maximum; /* -1: none */
    struct line_state sums;
    bool has_free;
    int64_t free;
    bool invented;
    const char *findings;
};

static const struct line_case line_cases[] = {
    {"what is ordered is taken from the maximum", true, .maximum = 100,
     .sums = {.orders = 2, .ordered_pieces = 60}, .has_free = true, .free = 40},
    {"the maximum itself may be ordered", true, .maximum = 100,
     .sums = {.orders = 2, .ordered_pieces = 100}, .has_free = true},
    {"one piece beyond the maximum is found, and stands", true, .maximum = 100,
     .sums = {.orders = 2, .ordered_pieces = 101}, .has_free = true, .free = -1,
     .findings = "orden-sobre-maximo"},
    {"a maximum of none is a maximum", true, .maximum = 0,
     .sums = {.orders = 1, .ordered_pieces = 1}, .has_free = true, .free = -1,
     .findings = "orden-sobre-maximo"},
    {"without maximum nothing is beyond it", true, .maximum = -1,
     .sums = {.orders = 2, .ordered_pieces = 101}},
    {"orders of a clave that the contract lacks are found", false,
     .sums = {.orders = 1, .ordered_pieces = 10}, .findings = "clave-sin-partida"},
    {"a withdrawn line lacks, too, and its maximum is forgotten", true, .withdrawn = true,
     .maximum = 5, .sums = {.orders = 1, .ordered_pieces = 10}, .findings = "clave-sin-partida"},
    {"orders that were cancelled need no line", false, .sums = {.unpriced_orders = 1}},
    {"an invented order invents the balance", true, .maximum = 100,
     .sums = {.orders = 1, .ordered_pieces = 10, .invented_orders = 1}, .has_free = true,
     .free = 90, .invented = true},
    {"an invented line invents it", true, .line_invented = true, .maximum = 100, .has_free = true,
     .free = 100, .invented = true},
    {"of a line known from invented orders alone, too", false,
     .sums = {.orders = 1, .ordered_pieces = 10, .invented_orders = 1}, .invented = true,
     .findings = "clave-sin-partida"},
};

START_TEST(a_line_is_judged)
{
    const struct line_case *expected = &line_cases[_i];
    struct arena arena = {0};
    struct line_fact fact = {
        .row = row_of("plantilla.partidas", expected->withdrawn, expected->line_invented),
        .said = {.clave = "010.000.0101.00",
                 .maximum_pieces = expected->maximum,
                 .has_maximum_pieces = expected->maximum >= 0}};
    void *items[] = {&fact};
    const struct rows facts = {items, expected->reported ? 1 : 0};
    struct finding_list findings = {.arena = &arena};
    const struct contract_line_registered event =
        contracts_judge_line(line_id, facts, &expected->sums, &arena);

    contracts_line_findings(line_id, facts, &expected->sums, &findings);
    ck_assert_str_eq(event.institution, "imss");
    ck_assert_str_eq(event.contract_id, contract_id);
    ck_assert_str_eq(event.clave, "010.000.0101.00");
    expect(expected->sentence, "withdrawn", event.withdrawn,
           !expected->reported || expected->withdrawn);
    expect(expected->sentence, "orders", event.orders, expected->sums.orders);
    expect(expected->sentence, "ordered", event.ordered_pieces, expected->sums.ordered_pieces);
    expect(expected->sentence, "has free", event.has_free_pieces, expected->has_free);
    expect(expected->sentence, "free", event.free_pieces, expected->free);
    expect(expected->sentence, "invented", event.invented, expected->invented);
    expect(expected->sentence, "facts", (int64_t)event.facts_count, expected->reported ? 1 : 0);
    expect_text(expected->sentence, findings_text(&arena, &findings), expected->findings);
    arena_finish(&arena);
}
END_TEST

START_TEST(sums_move_by_the_difference_and_not_beyond_64_bits)
{
    struct line_state line = {.line_id = line_id, .orders = 3, .ordered_pieces = 60};
    struct order_state order = {.counted_orders = 1, .counted_pieces = 20};
    const struct order_share cancelled = {.unpriced = 1};
    const struct order_share absurd = {.orders = 1, .pieces = INT64_MAX};
    struct error err = {0};

    ck_assert(contracts_move(&line, &order, &cancelled, &err));
    ck_assert_int_eq(line.orders, 2);
    ck_assert_int_eq(line.ordered_pieces, 40);
    ck_assert_int_eq(line.unpriced_orders, 1);
    ck_assert_int_eq(order.counted_orders, 0);
    ck_assert_int_eq(order.counted_pieces, 0);
    ck_assert(!contracts_move(&line, &order, &absurd, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_ptr_nonnull(strstr(err.message, "las piezas ordenadas de"));
    ck_assert_int_eq(line.orders, 2);
    ck_assert_int_eq(line.ordered_pieces, 40);
    ck_assert_int_eq(order.counted_orders, 0);
}
END_TEST

/* --- contracts --- */

struct contract_told {
    const char *source; /* NULL: no more */
    int32_t rate_bp;    /* 0: no terms stated */
    int64_t guarantee;  /* 0: none */
    const char *supplier_rfc;
    bool withdrawn;
};

struct contract_case {
    const char *sentence;
    struct contract_told told[FACTS_MAX];
    int32_t rate_bp;
    bool withdrawn;
    const char *findings;
};

static const struct contract_case contract_cases[] = {
    {"a contract stands as it was told", {{PLAIN, 200, 5, .supplier_rfc = "A"}}, .rate_bp = 200},
    {"a withdrawn contract says nothing",
     {{PLAIN, 200, 5, "A", .withdrawn = true}},
     .withdrawn = true},
    {"terms that differ are found",
     {{PLAIN, .rate_bp = 200}, {NATIVE, .rate_bp = 250}},
     .rate_bp = 250,
     .findings = "fuentes-discrepan"},
    {"a source without terms says nothing against them, and they stand",
     {{PLAIN, .rate_bp = 200}, {NATIVE, .rate_bp = 0}},
     .rate_bp = 200},
    {"guarantees that differ are found",
     {{PLAIN, 200, .guarantee = 5}, {NATIVE, 200, .guarantee = 6}},
     .rate_bp = 200,
     .findings = "fuentes-discrepan"},
    {"suppliers that differ are found",
     {{PLAIN, 200, 5, .supplier_rfc = "A"}, {NATIVE, 200, 5, .supplier_rfc = "B"}},
     .rate_bp = 200,
     .findings = "fuentes-discrepan"},
    {"a source that withdrew it disagrees with nobody",
     {{PLAIN, 200, 5, .supplier_rfc = "A"}, {NATIVE, 250, 6, "B", .withdrawn = true}},
     .rate_bp = 200},
};

START_TEST(a_contract_is_judged)
{
    const struct contract_case *expected = &contract_cases[_i];
    struct arena arena = {0};
    struct contract_fact told[FACTS_MAX] = {0};
    void *items[FACTS_MAX];
    struct rows facts = {items, 0};
    struct finding_list findings = {.arena = &arena};
    struct contract_registered event;

    for (size_t i = 0; i < FACTS_MAX && expected->told[i].source != NULL; i++) {
        const struct contract_told *from = &expected->told[i];

        told[i].row = row_of(from->source, from->withdrawn, false);
        told[i].said = (struct contract_reported){
            .supplier_rfc = from->supplier_rfc,
            .guarantee_centavos = from->guarantee,
            .has_guarantee_centavos = from->guarantee > 0,
            .terms = {.stated = from->rate_bp > 0, .origin = "", .rate_bp = from->rate_bp}};
        items[facts.count++] = &told[i];
    }
    ck_assert(contracts_judge_contract(contract_id, facts, &arena, &event));
    contracts_contract_findings(contract_id, facts, &findings);
    expect(expected->sentence, "rate", event.terms.rate_bp, expected->rate_bp);
    expect(expected->sentence, "withdrawn", event.withdrawn, expected->withdrawn);
    expect_text(expected->sentence, findings_text(&arena, &findings), expected->findings);
    arena_finish(&arena);
}
END_TEST

START_TEST(of_what_was_never_reported_nothing_is_judged)
{
    struct arena arena = {0};
    struct contract_registered contract;
    struct order_issued order;
    const struct fact_merged no_line = {0};

    ck_assert(!contracts_judge_contract(contract_id, (struct rows){0}, &arena, &contract));
    ck_assert(!contracts_judge_order(order_id, (struct rows){0}, &no_line, &arena, &order));
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, an_order_is_judged, 0, UNIT_COUNT(order_cases));
    tcase_add_loop_test(tcase, a_line_is_judged, 0, UNIT_COUNT(line_cases));
    tcase_add_loop_test(tcase, a_contract_is_judged, 0, UNIT_COUNT(contract_cases));
    tcase_add_test(tcase, sums_move_by_the_difference_and_not_beyond_64_bits);
    tcase_add_test(tcase, of_what_was_never_reported_nothing_is_judged);
}

int main(void)
{
    return unit_run("contracts_judge", fill);
}
