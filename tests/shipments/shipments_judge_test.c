#include "services/shipments/shipments_judge.h"
#include "tests/base/unit.h"

#include <inttypes.h>
#include <string.h>

enum { LOTS_MAX = 4 };

static const char order_id[] = "imss/C1|O1|010.000.0101.00";
static const char shipment_id[] = "XFI/R1";

#define PLAIN "plantilla.remisiones"
#define NATIVE "almacen.remisiones"

/* Days are small numbers; 0 is no date. */
struct lot_told {
    const char *source; /* NULL: no more */
    const char *remission;
    int64_t pieces;
    const char *lot;
    int32_t expires_on;
    int32_t shipped_on;
    bool withdrawn;
    bool invented;
};

struct shipment_case {
    const char *sentence;
    struct lot_told told[LOTS_MAX];
    bool order_unknown;
    int64_t pieces;
    int32_t shipped_on;
    const char *lots; /* "lot/expiry:pieces", a blank between them */
    bool withdrawn;
    bool invented;
    size_t facts;
    const char *findings;
};

static const struct shipment_case cases[] = {
    {.sentence = "a remisión carries what it says",
     .told = {{PLAIN, "R1", 50, "L1", 400, .shipped_on = 5}},
     .pieces = 50,
     .shipped_on = 5,
     .lots = "L1/400:50",
     .facts = 1},
    {.sentence = "its lots are summed, and listed by lot",
     .told = {{PLAIN, "R1", 20, "L2", 400, .shipped_on = 5},
              {PLAIN, "R1", 30, "L1", 400, .shipped_on = 5}},
     .pieces = 50,
     .shipped_on = 5,
     .lots = "L1/400:30 L2/400:20",
     .facts = 2},
    {.sentence = "one lot in two rows is one lot",
     .told = {{PLAIN, "R1", 20, "L1", 400, .shipped_on = 5},
              {PLAIN, "R1", 30, "L1", 400, .shipped_on = 5}},
     .pieces = 50,
     .shipped_on = 5,
     .lots = "L1/400:50",
     .facts = 2},
    {.sentence = "one number with two expiries is two lots",
     .told = {{PLAIN, "R1", 20, "L1", 500, .shipped_on = 5},
              {PLAIN, "R1", 30, "L1", 400, .shipped_on = 5}},
     .pieces = 50,
     .shipped_on = 5,
     .lots = "L1/400:30 L1/500:20",
     .facts = 2},
    {.sentence = "the earliest date is that of the remisión",
     .told = {{PLAIN, "R1", 20, "L1", 400, .shipped_on = 7},
              {PLAIN, "R1", 30, "L2", 400, .shipped_on = 5},
              {PLAIN, "R1", 10, "L3", 400, .shipped_on = 6},
              {PLAIN, "R1", 10, "L4", .expires_on = 400}},
     .pieces = 70,
     .shipped_on = 5,
     .lots = "L1/400:20 L2/400:30 L3/400:10 L4/400:10",
     .facts = 4},
    {.sentence = "without a lot pieces are summed, too",
     .told = {{PLAIN, "R1", .pieces = 20}, {PLAIN, "R1", .pieces = 30}},
     .pieces = 50,
     .lots = "-/-:50",
     .facts = 2},
    {.sentence = "another remisión is another's",
     .told = {{PLAIN, "R1", 20, "L1", 400, .shipped_on = 5},
              {PLAIN, "R2", 30, "L1", 400, 4, .invented = true}},
     .pieces = 20,
     .shipped_on = 5,
     .lots = "L1/400:20",
     .facts = 1},
    {.sentence = "a withdrawn lot was not shipped",
     .told = {{PLAIN, "R1", 20, "L1", 400, .shipped_on = 5},
              {PLAIN, "R1", 30, "L2", 400, 4, .withdrawn = true, .invented = true}},
     .pieces = 20,
     .shipped_on = 5,
     .lots = "L1/400:20",
     .facts = 1},
    {.sentence = "when all its lots are withdrawn it is",
     .told = {{PLAIN, "R1", 20, "L1", 400, 5, .withdrawn = true}},
     .order_unknown = true,
     .lots = "",
     .withdrawn = true},
    {.sentence = "what rests on an invented lot is invented",
     .told = {{PLAIN, "R1", 20, "L1", 400, .shipped_on = 5},
              {PLAIN, "R1", 30, "L2", 400, 5, .invented = true}},
     .pieces = 50,
     .shipped_on = 5,
     .lots = "L1/400:20 L2/400:30",
     .invented = true,
     .facts = 2},
    {.sentence = "a remisión of an unknown order is found",
     .told = {{PLAIN, "R1", 50, "L1", 400, .shipped_on = 5}},
     .order_unknown = true,
     .pieces = 50,
     .shipped_on = 5,
     .lots = "L1/400:50",
     .facts = 1,
     .findings = "remision-sin-orden"},
    {.sentence =
         "of two sources the native layout is believed for all its lots, and the difference found",
     .told = {{PLAIN, "R1", 50, "L1", 400, .shipped_on = 5},
              {PLAIN, "R1", 50, "L2", 400, .shipped_on = 5},
              {NATIVE, "R1", 60, "L1", 400, .shipped_on = 6}},
     .pieces = 60,
     .shipped_on = 6,
     .lots = "L1/400:60",
     .facts = 1,
     .findings = "fuentes-discrepan"},
    {.sentence = "two sources that agree on the pieces do not differ",
     .told = {{PLAIN, "R1", 30, "L1", 400, .shipped_on = 5},
              {PLAIN, "R1", 30, "L2", 400, .shipped_on = 5},
              {NATIVE, "R1", 60, "L1", 400, .shipped_on = 6}},
     .pieces = 60,
     .shipped_on = 6,
     .lots = "L1/400:60",
     .facts = 1},
};

static struct rows facts_of(struct arena *arena, const struct shipment_case *from)
{
    void **items = arena_array(arena, LOTS_MAX, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < LOTS_MAX && from->told[i].source != NULL; i++) {
        const struct lot_told *told = &from->told[i];
        struct lot_fact *fact = arena_alloc(arena, sizeof *fact);

        fact->row = (struct fact_row){.withdrawn = told->withdrawn,
                                      .fact = {.fact_id = arena_format(arena, "F%d", (int)i),
                                               .source = told->source,
                                               .invented = told->invented}};
        fact->said = (struct shipment_reported){.supplier_rfc = "XFI",
                                                .remission = told->remission,
                                                .pieces = told->pieces,
                                                .lot = told->lot,
                                                .expires_on = told->expires_on,
                                                .has_expires_on = told->expires_on > 0,
                                                .shipped_on = told->shipped_on,
                                                .has_shipped_on = told->shipped_on > 0};
        items[count++] = fact;
    }
    return (struct rows){items, count};
}

static const char *lots_text(struct arena *arena, const struct shipment_dispatched *event)
{
    const char *text = "";

    for (size_t i = 0; i < event->lots_count; i++) {
        const struct shipped_lot *lot = &event->lots[i];

        text = arena_format(
            arena, "%s%s%s/%s:%" PRId64, text, i > 0 ? " " : "", lot->lot == NULL ? "-" : lot->lot,
            lot->has_expires_on ? arena_format(arena, "%" PRId32, lot->expires_on) : "-",
            lot->pieces);
    }
    return text;
}

static const char *findings_text(struct arena *arena, const struct finding_list *findings)
{
    const char *text = "";

    for (size_t i = 0; i < findings->count; i++) {
        text = arena_format(arena, "%s%s%s", text, i > 0 ? " " : "", findings->items[i].kind);
    }
    return text;
}

static void expect(const char *sentence, const char *what, int64_t found, int64_t expected)
{
    ck_assert_msg(found == expected, "%s: %s is %" PRId64 ", not %" PRId64, sentence, what, found,
                  expected);
}

static void expect_text(const char *sentence, const char *found, const char *expected)
{
    ck_assert_msg(strcmp(found, expected) == 0, "%s: \"%s\", not \"%s\"", sentence, found,
                  expected);
}

START_TEST(a_shipment_is_judged)
{
    const struct shipment_case *expected = &cases[_i];
    struct arena arena = {0};
    const struct rows facts = facts_of(&arena, expected);
    struct finding_list findings = {.arena = &arena};
    struct shipment_dispatched event;
    struct error err = {0};

    ck_assert(shipments_judge(order_id, shipment_id, facts, &arena, &event, &err));
    ck_assert(
        shipments_find(shipment_id, facts, !expected->order_unknown, &event, &findings, &err));
    ck_assert_str_eq(event.remission, "R1");
    expect(expected->sentence, "pieces", event.pieces, expected->pieces);
    expect(expected->sentence, "shipped_on", event.shipped_on, expected->shipped_on);
    expect(expected->sentence, "has shipped_on", event.has_shipped_on, expected->shipped_on > 0);
    expect(expected->sentence, "withdrawn", event.withdrawn, expected->withdrawn);
    expect(expected->sentence, "invented", event.invented, expected->invented);
    expect(expected->sentence, "facts", (int64_t)event.facts_count, (int64_t)expected->facts);
    expect_text(expected->sentence, lots_text(&arena, &event), expected->lots);
    expect_text(expected->sentence, findings_text(&arena, &findings),
                expected->findings == NULL ? "" : expected->findings);
    arena_finish(&arena);
}
END_TEST

START_TEST(impossible_pieces_are_rejected)
{
    static const struct shipment_case impossible[] = {
        {.told = {{PLAIN, "R1", .pieces = -1}}},
        {.told = {{PLAIN, "R1", .pieces = INT64_MAX}, {PLAIN, "R1", .pieces = 1}}},
    };
    struct arena arena = {0};

    for (int i = 0; i < UNIT_COUNT(impossible); i++) {
        struct shipment_dispatched event;
        struct error err = {0};

        ck_assert(!shipments_judge(order_id, shipment_id, facts_of(&arena, &impossible[i]), &arena,
                                   &event, &err));
        ck_assert_int_eq(err.action, ERROR_REJECT);
        ck_assert_ptr_nonnull(strstr(err.message, "piezas embarcadas imposibles"));
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(an_order_names_each_remision_once_and_rests_on_what_stands)
{
    static const struct shipment_case two = {.told = {{PLAIN, "R2", .pieces = 1},
                                                      {PLAIN, "R1", 1, .invented = true},
                                                      {NATIVE, "R1", .pieces = 1},
                                                      {PLAIN, "R3", 1, .withdrawn = true}}};
    struct arena arena = {0};
    const struct rows facts = facts_of(&arena, &two);
    const struct shipment_ids ids = shipments_ids(facts, &arena);
    const struct finding_ground ground = shipments_ground(order_id, facts, &arena);

    ck_assert_uint_eq(ids.count, 2);
    ck_assert_str_eq(ids.items[0], "XFI/R1");
    ck_assert_str_eq(ids.items[1], "XFI/R2");
    ck_assert_str_eq(ground.owner, order_id);
    ck_assert_str_eq(ground.contract_id, "imss/C1");
    ck_assert_uint_eq(ground.facts_count, 3);
    ck_assert(ground.invented);
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_shipment_is_judged, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, impossible_pieces_are_rejected);
    tcase_add_test(tcase, an_order_names_each_remision_once_and_rests_on_what_stands);
}

int main(void)
{
    return unit_run("shipments_judge", fill);
}
