#include "services/deliveries/deliveries_judge.h"
#include "tests/base/unit.h"

#include <inttypes.h>
#include <string.h>

enum { RECEIPTS_MAX = 4, SHIPMENTS_MAX = 2, LETTER_UNKNOWN = 0, LETTER_YES, LETTER_NO };

static const char order_id[] = "imss/C1|O1|010.000.0101.00";

/* Days are small numbers; 0 is no date. */
struct receipt_case {
    const char *id; /* NULL: no more receipts */
    int32_t physical;
    int64_t pieces;
    enum receipt_kind kind;
    int32_t remission_on;
    int32_t entry;
    int32_t captured;
    int64_t rejected;
    const char *lot;
    const char *remission;
    int32_t expires;
    int letter;
    const char *source; /* NULL: the plain template */
    bool withdrawn;
    bool invented;
};

struct shipment_case {
    const char *remission;
    int64_t pieces;
    bool withdrawn;
};

struct judge_case {
    const char *sentence;
    int64_t ordered; /* 0: the order is not known */
    int32_t cancelled_on;
    enum counting_date counting;
    struct receipt_case receipts[RECEIPTS_MAX];
    struct shipment_case shipments[SHIPMENTS_MAX];
    enum delivery_status status;
    int64_t accepted, applied, excess, missing, rejected, returned, outside, shipped, in_transit;
    const char *parts;    /* "id@day:applied/pieces", a blank between them */
    const char *findings; /* kinds, a blank between them; NULL: none */
    bool order_invented;
    bool invented;
};

#define RETURNED .kind = RECEIPT_KIND_RETURN

static const struct judge_case cases[] = {
    {"an order of which nothing came is pending", 100, .status = DELIVERY_STATUS_PENDING,
     .missing = 100, .parts = ""},
    {"what was ordered and came completes the order", 100, .receipts = {{"A", 9, 100}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"a part of it leaves the rest missing", 100, .receipts = {{"A", 9, 60}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 60, .applied = 60, .missing = 40,
     .parts = "A@9:60/60"},
    {"several receipts fill the order by counting date, not by name or arrival", 100,
     .receipts = {{"A", 12, 60}, {"B", 9, 60}}, .status = DELIVERY_STATUS_OVER, .accepted = 120,
     .applied = 100, .excess = 20, .parts = "B@9:60/60 A@12:40/60", .findings = "entrega-excedida"},
    {"on the same day the receipt id decides", 100, .receipts = {{"B", 9, 80}, {"A", 9, 80}},
     .status = DELIVERY_STATUS_OVER, .accepted = 160, .applied = 100, .excess = 60,
     .parts = "A@9:80/80 B@9:20/80", .findings = "entrega-excedida"},
    {"refused pieces do not fill the order", 100, .receipts = {{"A", 9, 70, .rejected = 30}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 70, .applied = 70, .missing = 30,
     .rejected = 30, .parts = "A@9:70/70"},
    {"a receipt without order is recorded and found", 0, .receipts = {{"A", 9, 100}},
     .status = DELIVERY_STATUS_WITHOUT_ORDER, .accepted = 100, .parts = "A@9:0/100",
     .findings = "recepcion-sin-orden"},
    {"a cancelled order misses nothing", 100, .cancelled_on = 10, .receipts = {{"A", 9, 60}},
     .status = DELIVERY_STATUS_CANCELLED, .accepted = 60, .applied = 60, .parts = "A@9:60/60"},
    {"goods after the cancellation are found", 100, .cancelled_on = 8, .receipts = {{"A", 9, 60}},
     .status = DELIVERY_STATUS_CANCELLED, .accepted = 60, .applied = 60, .parts = "A@9:60/60",
     .findings = "recepcion-tras-cancelacion"},
    /* returns */
    {"a return reopens the shortfall", 100, .receipts = {{"A", 9, 100}, {"Z", 10, 40, RETURNED}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 60, .applied = 60, .missing = 40,
     .returned = 40, .parts = "A@9:60/60"},
    {"what replaces returned goods counts on its own date", 100,
     .receipts = {{"A", 9, 100}, {"Z", 10, 40, RETURNED}, {"B", 20, 40}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .returned = 40,
     .parts = "A@9:60/60 B@20:40/40"},
    {"a return leaves the lot it names", 100,
     .receipts = {{"A", 8, 50, .lot = "L1"},
                  {"B", 9, 50, .lot = "L2"},
                  {"Z", 10, 20, RETURNED, .lot = "L1"}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 80, .applied = 80, .missing = 20,
     .returned = 20, .parts = "A@8:30/30 B@9:50/50"},
    {"a return without lot leaves what came last", 100,
     .receipts = {{"A", 8, 100}, {"B", 9, 50}, {"Z", 10, 50, RETURNED}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .returned = 50,
     .parts = "A@8:100/100 B@9:0/0"},
    {"of one lot a return leaves the remisión it names", 100,
     .receipts = {{"A", 8, 50, .lot = "L1", .remission = "R1"},
                  {"B", 9, 50, .lot = "L1", .remission = "R2"},
                  {"Z", 10, 20, RETURNED, .lot = "L1", .remission = "R1"}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 80, .applied = 80, .missing = 20,
     .returned = 20, .parts = "A@8:30/30 B@9:50/50"},
    {"more returned than came is found", 100, .receipts = {{"A", 9, 30}, {"Z", 10, 40, RETURNED}},
     .status = DELIVERY_STATUS_PENDING, .missing = 100, .returned = 40, .parts = "A@9:0/0",
     .findings = "devolucion-excedida"},
    /* dates */
    {"the contract may count the alta", 100, .counting = COUNTING_DATE_ENTRY,
     .receipts = {{"A", 9, 60, .entry = 14}, {"B", 10, 60, .entry = 12}},
     .status = DELIVERY_STATUS_OVER, .accepted = 120, .applied = 100, .excess = 20,
     .parts = "B@12:60/60 A@14:40/60", .findings = "entrega-excedida"},
    {"the contract may count the stamp on the remisión", 100, .counting = COUNTING_DATE_REMISSION,
     .receipts = {{"A", 9, 100, .remission_on = 8}}, .status = DELIVERY_STATUS_COMPLETE,
     .accepted = 100, .applied = 100, .parts = "A@8:100/100"},
    {"without the date that counts the physical one is used and found", 100,
     .counting = COUNTING_DATE_ENTRY, .receipts = {{"A", 9, 100, .captured = 30}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100",
     .findings = "falta-fecha-que-cuenta"},
    {"the capture date never counts", 100, .receipts = {{"A", 0, 60, .captured = 3}, {"B", 9, 60}},
     .status = DELIVERY_STATUS_OVER, .accepted = 120, .applied = 100, .excess = 20,
     .parts = "B@9:60/60 A@-:40/60", .findings = "entrega-excedida falta-fecha-que-cuenta"},
    /* shelf life */
    {"less than twelve months of shelf life is found, and the goods accepted", 100,
     .receipts = {{"A", 9, 100, .expires = 373}}, .status = DELIVERY_STATUS_COMPLETE,
     .accepted = 100, .applied = 100, .parts = "A@9:100/100", .findings = "caducidad-corta"},
    {"twelve months of shelf life are enough", 100, .receipts = {{"A", 9, 100, .expires = 374}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"with an exchange letter the shelf life may be shorter", 100,
     .receipts = {{"A", 9, 100, .expires = 100, .letter = LETTER_YES}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"a letter that is known to be missing does not help", 100,
     .receipts = {{"A", 9, 100, .expires = 100, .letter = LETTER_NO}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100",
     .findings = "caducidad-corta"},
    /* outside */
    {"donations, transfers, the revolving fund and others' contracts are no parts of the order",
     100,
     .receipts = {{"A", 9, 10, RECEIPT_KIND_DONATION},
                  {"B", 9, 20, RECEIPT_KIND_TRANSFER},
                  {"C", 9, 30, RECEIPT_KIND_REVOLVING_FUND},
                  {"D", 9, 40, RECEIPT_KIND_OTHER_INSTITUTION}},
     .status = DELIVERY_STATUS_PENDING, .missing = 100, .outside = 100, .parts = ""},
    {"what came outside an order and is negative is taken from what came that way", 100,
     .receipts = {{"A", 9, 30, RECEIPT_KIND_DONATION},
                  {"B", 9, -10, RECEIPT_KIND_DONATION},
                  {"C", 9, -25, RECEIPT_KIND_TRANSFER},
                  {"D", 9, 100}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .outside = -5,
     .parts = "D@9:100/100"},
    {"what rests on an invented receipt is invented", 100,
     .receipts = {{"A", 9, 60}, {"B", 10, 40, .invented = true}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100,
     .parts = "A@9:60/60 B@10:40/40", .invented = true},
    {"an invented receipt that was withdrawn invents nothing", 100,
     .receipts = {{"A", 9, 100}, {"B", 10, 40, .withdrawn = true, .invented = true}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"what rests on an invented order is invented", 100, .status = DELIVERY_STATUS_PENDING,
     .missing = 100, .parts = "", .order_invented = true, .invented = true},
    /* transit */
    {"what was shipped and has not come is in transit", 100, .shipments = {{"R1", 100}},
     .status = DELIVERY_STATUS_PENDING, .missing = 100, .shipped = 100, .in_transit = 100,
     .parts = ""},
    {"what arrives is no longer in transit", 100, .receipts = {{"A", 9, 100, .remission = "R1"}},
     .shipments = {{"R1", 100}}, .status = DELIVERY_STATUS_COMPLETE, .accepted = 100,
     .applied = 100, .shipped = 100, .parts = "A@9:100/100"},
    {"refused goods have arrived too", 100,
     .receipts = {{"A", 9, 70, .rejected = 30, .remission = "R1"}}, .shipments = {{"R1", 100}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 70, .applied = 70, .missing = 30,
     .rejected = 30, .shipped = 100, .parts = "A@9:70/70"},
    {"shipped and received that differ are found", 100,
     .receipts = {{"A", 9, 90, .remission = "R1"}}, .shipments = {{"R1", 100}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 90, .applied = 90, .missing = 10,
     .shipped = 100, .in_transit = 10, .parts = "A@9:90/90",
     .findings = "embarcado-distinto-de-recibido"},
    {"more received than one remisión shipped does not shorten another's way", 100,
     .receipts = {{"A", 9, 60, .remission = "R1"}}, .shipments = {{"R1", 50}, {"R2", 50}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 60, .applied = 60, .missing = 40,
     .shipped = 100, .in_transit = 50, .parts = "A@9:60/60",
     .findings = "embarcado-distinto-de-recibido"},
    {"what arrives without remisión shortens what is in transit", 100, .receipts = {{"A", 9, 60}},
     .shipments = {{"R1", 100}}, .status = DELIVERY_STATUS_PARTIAL, .accepted = 60, .applied = 60,
     .missing = 40, .shipped = 100, .in_transit = 40, .parts = "A@9:60/60"},
    {"a withdrawn remisión was not shipped", 100, .shipments = {{"R1", 100, true}},
     .status = DELIVERY_STATUS_PENDING, .missing = 100, .parts = ""},
    /* sources */
    {"a withdrawn receipt did not come", 100, .receipts = {{"A", 9, 100, .withdrawn = true}},
     .status = DELIVERY_STATUS_PENDING, .missing = 100, .parts = ""},
    {"of two sources the native layout is believed, and the difference found", 100,
     .receipts = {{"A", 9, 100}, {"A", 9, 90, .source = "almacen.cdmx"}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 90, .applied = 90, .missing = 10,
     .parts = "A@9:90/90", .findings = "fuentes-discrepan"},
    {"two sources that agree are one receipt", 100,
     .receipts = {{"A", 9, 100}, {"A", 9, 100, .source = "almacen.cdmx"}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"a copy counts where nobody else reports", 100,
     .receipts = {{"A", 9, 100, .source = "copia.citas"}}, .status = DELIVERY_STATUS_COMPLETE,
     .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"beside another source it is the same goods once more, and counts nothing", 100,
     .receipts = {{"A", 9, 100}, {"C", 10, 100, .source = "copia.citas"}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .parts = "A@9:100/100"},
    {"what it says otherwise is found", 100,
     .receipts = {{"A", 9, 60}, {"C", 10, 100, .source = "copia.citas"}},
     .status = DELIVERY_STATUS_PARTIAL, .accepted = 60, .applied = 60, .missing = 40,
     .parts = "A@9:60/60", .findings = "fuentes-discrepan"},
    {"a donation does not silence it", 100,
     .receipts = {{"A", 9, 5, .kind = RECEIPT_KIND_DONATION},
                  {"C", 10, 100, .source = "copia.citas"}},
     .status = DELIVERY_STATUS_COMPLETE, .accepted = 100, .applied = 100, .outside = 5,
     .parts = "C@10:100/100"},
};

static struct receipt_fact *receipt_of(struct arena *arena, const struct receipt_case *from)
{
    struct receipt_fact *fact = arena_alloc(arena, sizeof *fact);

    fact->row = (struct fact_row){
        .withdrawn = from->withdrawn,
        .fact = {.fact_id = from->id,
                 .invented = from->invented,
                 .source = from->source == NULL ? "plantilla.recepciones" : from->source}};
    fact->said = (struct receipt_reported){.receipt_id = from->id,
                                           .pieces = from->pieces,
                                           .rejected_pieces = from->rejected,
                                           .kind = from->kind,
                                           .lot = from->lot,
                                           .remission = from->remission,
                                           .physical_on = from->physical,
                                           .has_physical_on = from->physical > 0,
                                           .remission_on = from->remission_on,
                                           .has_remission_on = from->remission_on > 0,
                                           .entry_on = from->entry,
                                           .has_entry_on = from->entry > 0,
                                           .captured_on = from->captured,
                                           .has_captured_on = from->captured > 0,
                                           .expires_on = from->expires,
                                           .has_expires_on = from->expires > 0,
                                           .exchange_letter = from->letter == LETTER_YES,
                                           .has_exchange_letter = from->letter != LETTER_UNKNOWN};
    return fact;
}

static struct rows receipts_of(struct arena *arena, const struct judge_case *from)
{
    void **items = arena_array(arena, RECEIPTS_MAX, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < RECEIPTS_MAX && from->receipts[i].id != NULL; i++) {
        items[count++] = receipt_of(arena, &from->receipts[i]);
    }
    return (struct rows){items, count};
}

static struct rows shipments_of(struct arena *arena, const struct judge_case *from)
{
    void **items = arena_array(arena, SHIPMENTS_MAX, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < SHIPMENTS_MAX && from->shipments[i].remission != NULL; i++) {
        struct shipment_known *shipment = arena_alloc(arena, sizeof *shipment);

        shipment->remission = from->shipments[i].remission;
        shipment->pieces = from->shipments[i].pieces;
        shipment->withdrawn = from->shipments[i].withdrawn;
        items[count++] = shipment;
    }
    return (struct rows){items, count};
}

static const char *parts_text(struct arena *arena, const struct delivery_recorded *event)
{
    const char *text = "";

    for (size_t i = 0; i < event->parts_count; i++) {
        const struct delivery_part *part = &event->parts[i];
        const char *day =
            part->has_counted_on ? arena_format(arena, "%" PRId32, part->counted_on) : "-";

        text = arena_format(arena, "%s%s%s@%s:%" PRId64 "/%" PRId64, text, i > 0 ? " " : "",
                            part->receipt_id, day, part->applied_pieces, part->pieces);
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

static void expect_sums(const struct judge_case *expected, const struct delivery_recorded *event)
{
    expect(expected->sentence, "status", (int64_t)event->status, (int64_t)expected->status);
    expect(expected->sentence, "ordered", (int64_t)event->ordered_pieces,
           (int64_t)expected->ordered);
    expect(expected->sentence, "accepted", (int64_t)event->accepted_pieces,
           (int64_t)expected->accepted);
    expect(expected->sentence, "applied", (int64_t)event->applied_pieces,
           (int64_t)expected->applied);
    expect(expected->sentence, "excess", (int64_t)event->excess_pieces, (int64_t)expected->excess);
    expect(expected->sentence, "missing", (int64_t)event->missing_pieces,
           (int64_t)expected->missing);
    expect(expected->sentence, "rejected", (int64_t)event->rejected_pieces,
           (int64_t)expected->rejected);
    expect(expected->sentence, "returned", (int64_t)event->returned_pieces,
           (int64_t)expected->returned);
    expect(expected->sentence, "outside", (int64_t)event->outside_pieces,
           (int64_t)expected->outside);
    expect(expected->sentence, "shipped", (int64_t)event->shipped_pieces,
           (int64_t)expected->shipped);
    expect(expected->sentence, "in_transit", (int64_t)event->in_transit_pieces,
           (int64_t)expected->in_transit);
    expect(expected->sentence, "invented", event->invented, expected->invented);
}

START_TEST(an_order_line_is_judged)
{
    const struct judge_case *expected = &cases[_i];
    struct arena arena = {0};
    struct error err = {0};
    const struct order_known order = {.known = expected->ordered > 0,
                                      .pieces = expected->ordered,
                                      .invented = expected->order_invented,
                                      .cancelled = expected->cancelled_on > 0,
                                      .cancelled_on = expected->cancelled_on,
                                      .has_cancelled_on = expected->cancelled_on > 0};
    const struct contract_known contract = {.known = true,
                                            .counting_date = (int32_t)expected->counting};
    const struct delivery_facts facts = {.order_id = order_id,
                                         .order = &order,
                                         .contract = &contract,
                                         .receipts = receipts_of(&arena, expected),
                                         .shipments = shipments_of(&arena, expected)};
    struct finding_list findings = {.arena = &arena};
    struct delivery_judgement judgement;

    ck_assert_msg(deliveries_judge(&facts, &arena, &judgement, &err), "%s: %s", expected->sentence,
                  err.message);
    deliveries_findings(&facts, &judgement, &findings);
    expect_sums(expected, &judgement.event);
    expect_text(expected->sentence, parts_text(&arena, &judgement.event), expected->parts);
    expect_text(expected->sentence, findings_text(&arena, &findings),
                expected->findings == NULL ? "" : expected->findings);
    arena_finish(&arena);
}
END_TEST

START_TEST(impossible_pieces_are_rejected)
{
    static const struct receipt_case impossible[] = {
        {"A", 9, .pieces = -1},
        {"A", 9, -1, RETURNED},
        {"A", 9, 0, .rejected = -1},
        {"A", 9, 0, RECEIPT_KIND_DONATION, .rejected = -1},
        {"A", 9, INT64_MAX, .rejected = 1},
        {"A", 9, INT64_MAX, RECEIPT_KIND_TRANSFER, .rejected = 1},
        {"A", 9, -INT64_MAX, RECEIPT_KIND_REVOLVING_FUND, .rejected = 1},
        {"A", 9, .pieces = INT64_MIN, .kind = RECEIPT_KIND_OTHER_INSTITUTION},
    };
    struct arena arena = {0};

    for (int i = 0; i < UNIT_COUNT(impossible); i++) {
        const struct judge_case from = {.receipts = {impossible[i]}};
        const struct delivery_facts facts = {.order_id = order_id,
                                             .receipts = receipts_of(&arena, &from)};
        struct delivery_judgement judgement;
        struct error err = {0};

        ck_assert(!deliveries_judge(&facts, &arena, &judgement, &err));
        ck_assert_int_eq(err.action, ERROR_REJECT);
        ck_assert_ptr_nonnull(strstr(err.message, "negativas, o más de las que caben"));
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(the_event_is_named_by_its_order_and_a_sin_orden_id_has_no_number)
{
    const struct delivery_facts facts = {.order_id = "imss/C1|sin-orden/R1|010.000.0101.00"};
    struct delivery_judgement judgement;
    struct arena arena = {0};
    struct error err = {0};

    ck_assert(deliveries_judge(&facts, &arena, &judgement, &err));
    ck_assert_str_eq(judgement.event.institution, "imss");
    ck_assert_str_eq(judgement.event.contract_id, "imss/C1");
    ck_assert_str_eq(judgement.event.order_number, "");
    ck_assert_str_eq(judgement.event.clave, "010.000.0101.00");
    ck_assert_uint_eq(judgement.event.facts_count, 0);
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, an_order_line_is_judged, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, impossible_pieces_are_rejected);
    tcase_add_test(tcase, the_event_is_named_by_its_order_and_a_sin_orden_id_has_no_number);
}

int main(void)
{
    return unit_run("deliveries_judge", fill);
}
