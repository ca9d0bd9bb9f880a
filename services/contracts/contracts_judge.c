#include "services/contracts/contracts_judge.h"

#include "common/base/decimal.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <string.h>

/* --- contract --- */

static struct fact_merged merged_contract(struct rows facts, struct arena *arena)
{
    return fact_merge(facts, &contract_reported_type, NULL, arena);
}

static void fill_contract(const struct contract_reported *said, struct contract_registered *out)
{
    out->contract_number = said->contract_number;
    out->supplier_rfc = said->supplier_rfc;
    out->supplier_name = said->supplier_name;
    out->procedure_number = said->procedure_number;
    out->starts_on = said->starts_on;
    out->has_starts_on = said->has_starts_on;
    out->ends_on = said->ends_on;
    out->has_ends_on = said->has_ends_on;
    out->legal_regime = said->legal_regime;
    out->guarantee_centavos = said->guarantee_centavos;
    out->has_guarantee_centavos = said->has_guarantee_centavos;
    out->terms = said->terms;
}

bool contracts_judge_contract(const char *contract_id, struct rows facts, struct arena *arena,
                              struct contract_registered *out)
{
    const struct fact_merged merged = merged_contract(facts, arena);
    const struct contract_fact *fact = merged.row;
    const char *slash = strchr(contract_id, '/');

    if (fact == NULL) {
        return false;
    }
    *out = (struct contract_registered){.institution = fact_institution(arena, contract_id),
                                        .contract_id = contract_id,
                                        .contract_number = slash == NULL ? contract_id : slash + 1,
                                        .terms = {.origin = ""},
                                        .withdrawn = fact->row.withdrawn,
                                        .invented = merged.invented,
                                        .facts = merged.used.items,
                                        .facts_count = merged.used.count};
    if (!fact->row.withdrawn) {
        fill_contract(&fact->said, out);
    }
    return true;
}

/* --- order --- */

/* Only a cancelled order has a day of it, and which of two orders is believed says whether it is. */
static const char *const of_the_status[] = {"cancelled_on", NULL};

static struct fact_merged merged_order(struct rows facts, struct arena *arena)
{
    return fact_merge(facts, &order_reported_type, of_the_status, arena);
}

static struct fact_merged merged_line(struct rows facts, struct arena *arena)
{
    return fact_merge(facts, &contract_line_reported_type, NULL, arena);
}

static struct fact_merged only_standing(struct fact_merged merged)
{
    const struct fact_row *row = merged.row;

    return row == NULL || row->withdrawn ? (struct fact_merged){0} : merged;
}

struct fact_merged contracts_order(struct rows facts, struct arena *arena)
{
    return only_standing(merged_order(facts, arena));
}

struct fact_merged contracts_line(struct rows facts, struct arena *arena)
{
    return only_standing(merged_line(facts, arena));
}

static void fill_order(const struct order_reported *said, struct order_issued *out)
{
    out->order_number = said->order_number;
    out->clave = said->clave;
    out->supplier_rfc = said->supplier_rfc;
    out->supplier_name = said->supplier_name;
    out->pieces = said->pieces;
    out->price_e4 = said->price_e4;
    out->has_price_e4 = said->has_price_e4;
    out->issued_on = said->issued_on;
    out->has_issued_on = said->has_issued_on;
    out->due_on = said->due_on;
    out->has_due_on = said->has_due_on;
    out->destination = said->destination;
    out->status = said->status;
    out->cancelled_on = said->cancelled_on;
    out->has_cancelled_on = said->has_cancelled_on;
}

bool contracts_judge_order(const char *order_id, struct rows facts, const struct fact_merged *line,
                           struct arena *arena, struct order_issued *out)
{
    struct fact_merged merged = merged_order(facts, arena);
    const struct order_fact *fact = merged.row;
    const struct line_fact *pricing = line->row;
    const struct order_key key = fact_order_key(arena, order_id);

    if (fact == NULL) {
        return false;
    }
    if (pricing != NULL &&
        (fact->row.withdrawn || fact->said.has_price_e4 || !pricing->said.has_price_e4)) {
        pricing = NULL;
    }
    *out = (struct order_issued){.institution = key.institution,
                                 .contract_id = key.contract_id,
                                 .order_id = order_id,
                                 .order_number = key.order_number,
                                 .clave = key.clave,
                                 .withdrawn = fact->row.withdrawn,
                                 .invented = merged.invented};
    if (!fact->row.withdrawn) {
        fill_order(&fact->said, out);
    }
    if (pricing != NULL) {
        out->price_e4 = pricing->said.price_e4;
        out->has_price_e4 = true;
        out->invented = out->invented || line->invented;
        fact_list_add_all(&merged.used, line->used.items, line->used.count);
        fact_list_close(&merged.used);
    }
    out->facts = merged.used.items;
    out->facts_count = merged.used.count;
    return true;
}

/* --- line --- */

struct order_share contracts_share(const struct order_issued *order, bool own_price)
{
    const bool stands = !order->withdrawn && order->status == ORDER_STATUS_OPEN;
    const bool needs_line = !order->withdrawn && !own_price;

    return (struct order_share){.orders = stands ? 1 : 0,
                                .pieces = stands ? order->pieces : 0,
                                .invented = stands && order->invented ? 1 : 0,
                                .unpriced = needs_line ? 1 : 0};
}

bool contracts_move(struct line_state *line, struct order_state *order,
                    const struct order_share *share, struct error *err)
{
    int64_t without;
    int64_t pieces;

    if (__builtin_sub_overflow(line->ordered_pieces, order->counted_pieces, &without) ||
        __builtin_add_overflow(without, share->pieces, &pieces)) {
        return error_set(err, ERROR_REJECT, "las piezas ordenadas de %s no caben en 64 bits",
                         line->line_id);
    }
    line->ordered_pieces = pieces;
    line->orders += share->orders - order->counted_orders;
    line->invented_orders += share->invented - order->counted_invented;
    line->unpriced_orders += share->unpriced - order->counted_unpriced;
    order->counted_orders = share->orders;
    order->counted_pieces = share->pieces;
    order->counted_invented = share->invented;
    order->counted_unpriced = share->unpriced;
    return true;
}

static void fill_line(const struct contract_line_reported *said,
                      struct contract_line_registered *out)
{
    out->clave = said->clave;
    out->description = said->description;
    out->minimum_pieces = said->minimum_pieces;
    out->has_minimum_pieces = said->has_minimum_pieces;
    out->maximum_pieces = said->maximum_pieces;
    out->has_maximum_pieces = said->has_maximum_pieces;
    out->price_e4 = said->price_e4;
    out->has_price_e4 = said->has_price_e4;
    out->has_free_pieces =
        said->has_maximum_pieces &&
        !__builtin_sub_overflow(said->maximum_pieces, out->ordered_pieces, &out->free_pieces);
}

struct contract_line_registered contracts_judge_line(const char *line_id, struct rows facts,
                                                     const struct line_state *sums,
                                                     struct arena *arena)
{
    const struct fact_merged merged = merged_line(facts, arena);
    const struct line_fact *fact = merged.row;
    const char *bar = strchr(line_id, '|');
    struct contract_line_registered out = {.institution = fact_institution(arena, line_id),
                                           .contract_id =
                                               arena_text(arena, line_id, strcspn(line_id, "|")),
                                           .clave = bar == NULL ? "" : bar + 1,
                                           .orders = sums->orders,
                                           .ordered_pieces = sums->ordered_pieces,
                                           .withdrawn = true,
                                           .invented = sums->invented_orders > 0};

    if (fact == NULL) {
        return out; /* known from its orders alone */
    }
    out.withdrawn = fact->row.withdrawn;
    out.invented = out.invented || merged.invented;
    out.facts = merged.used.items;
    out.facts_count = merged.used.count;
    if (!fact->row.withdrawn) {
        fill_line(&fact->said, &out);
    }
    return out;
}

/* --- findings --- */

static bool optional_differ(bool has_a, int64_t a, bool has_b, int64_t b)
{
    return has_a && has_b && a != b; /* silence is no contradiction */
}

static bool orders_differ(const void *left, const void *right)
{
    const struct order_reported *a = &((const struct order_fact *)left)->said;
    const struct order_reported *b = &((const struct order_fact *)right)->said;

    return a->pieces != b->pieces || a->status != b->status ||
           optional_differ(a->has_price_e4, a->price_e4, b->has_price_e4, b->price_e4) ||
           optional_differ(a->has_due_on, a->due_on, b->has_due_on, b->due_on);
}

static bool lines_differ(const void *left, const void *right)
{
    const struct contract_line_reported *a = &((const struct line_fact *)left)->said;
    const struct contract_line_reported *b = &((const struct line_fact *)right)->said;

    return optional_differ(a->has_price_e4, a->price_e4, b->has_price_e4, b->price_e4) ||
           optional_differ(a->has_minimum_pieces, a->minimum_pieces, b->has_minimum_pieces,
                           b->minimum_pieces) ||
           optional_differ(a->has_maximum_pieces, a->maximum_pieces, b->has_maximum_pieces,
                           b->maximum_pieces);
}

static bool contracts_differ(const void *left, const void *right)
{
    const struct contract_reported *a = &((const struct contract_fact *)left)->said;
    const struct contract_reported *b = &((const struct contract_fact *)right)->said;

    return (a->terms.stated && b->terms.stated &&
            !record_equal(&penalty_terms_type, &a->terms, &b->terms)) ||
           optional_differ(a->has_guarantee_centavos, a->guarantee_centavos,
                           b->has_guarantee_centavos, b->guarantee_centavos) ||
           (a->supplier_rfc != NULL && b->supplier_rfc != NULL &&
            !text_equal(a->supplier_rfc, b->supplier_rfc));
}

/* One finding for the entity, naming the source that is believed. `whole` is what all say together. */
static void find_disagreement(const char *subject, const struct fact_row *whole, struct rows facts,
                              bool (*differ)(const void *a, const void *b),
                              struct finding_list *findings)
{
    for (size_t i = 0; i < facts.count; i++) {
        const struct fact_row *other = facts.items[i];

        if (!other->withdrawn && differ(whole, other)) {
            finding_list_add(findings, "fuentes-discrepan", subject,
                             "Las fuentes no dicen lo mismo de %s: se toma %s", subject,
                             whole->fact.source);
            return;
        }
    }
}

void contracts_contract_findings(const char *contract_id, struct rows facts,
                                 struct finding_list *findings)
{
    find_disagreement(contract_id, merged_contract(facts, findings->arena).row, facts,
                      contracts_differ, findings);
}

/* An order may be placed at another price than its line's, and then its own counts. */
static bool prices_differ(const struct order_fact *order, const struct line_fact *line)
{
    return order != NULL && order->said.status == ORDER_STATUS_OPEN && line != NULL &&
           optional_differ(order->said.has_price_e4, order->said.price_e4, line->said.has_price_e4,
                           line->said.price_e4);
}

static const char *price_text(struct arena *arena, int64_t price_e4)
{
    char text[DECIMAL_TEXT_BYTES];

    decimal_format(price_e4, 4, text);
    return arena_copy(arena, text);
}

void contracts_order_findings(const char *order_id, struct rows facts,
                              const struct fact_merged *line_merged, struct finding_list *findings)
{
    const struct order_fact *order = contracts_order(facts, findings->arena).row;
    const struct line_fact *line = line_merged->row;

    find_disagreement(order_id, order == NULL ? NULL : &order->row, facts, orders_differ, findings);
    if (prices_differ(order, line)) {
        finding_list_add(findings, "precio-distinto", order_id,
                         "La orden trae precio %s y su partida %s: vale el de la orden",
                         price_text(findings->arena, order->said.price_e4),
                         price_text(findings->arena, line->said.price_e4));
    }
}

struct finding_ground contracts_order_ground(const struct order_issued *event, struct rows facts,
                                             const struct fact_merged *line, struct arena *arena)
{
    struct finding_ground ground = {event->order_id, event->contract_id, event->invented,
                                    event->facts, event->facts_count};
    struct fact_list used = {.arena = arena};

    if (prices_differ(contracts_order(facts, arena).row, line->row)) {
        fact_list_add_all(&used, event->facts, event->facts_count);
        fact_list_add_all(&used, line->used.items, line->used.count);
        fact_list_close(&used);
        ground.invented = ground.invented || line->invented;
        ground.facts = used.items;
        ground.facts_count = used.count;
    }
    return ground;
}

void contracts_line_findings(const char *line_id, struct rows facts, const struct line_state *sums,
                             struct finding_list *findings)
{
    const struct line_fact *line = contracts_line(facts, findings->arena).row;

    find_disagreement(line_id, line == NULL ? NULL : &line->row, facts, lines_differ, findings);
    if (line == NULL && sums->orders > 0) {
        finding_list_add(findings, "clave-sin-partida", line_id,
                         "Hay %" PRId64 " órdenes vigentes (%" PRId64
                         " piezas) de una clave que el contrato no tiene",
                         sums->orders, sums->ordered_pieces);
    }
    if (line != NULL && line->said.has_maximum_pieces &&
        sums->ordered_pieces > line->said.maximum_pieces) {
        finding_list_add(findings, "orden-sobre-maximo", line_id,
                         "Ordenadas %" PRId64 " piezas de un máximo de %" PRId64,
                         sums->ordered_pieces, line->said.maximum_pieces);
    }
}
