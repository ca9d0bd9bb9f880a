#include "tests/simulation/sim_model.h"

#include <stdio.h>
#include <string.h>

static const char *const withdrawn_kinds[] = {"contract", "line",    "order",
                                              "shipment", "receipt", "decision"};

/* --- facts --- */

static const struct record_type *type_of(enum sim_entity entity)
{
    const struct record_type *const types[] = {
        &contract_reported_type, &contract_line_reported_type, &order_reported_type,
        &shipment_reported_type, &receipt_reported_type,       &decision_reported_type};

    return types[entity];
}

/* Whom a report speaks of; NULL: of another kind of entity. */
static const char *owner_of(const struct sim_world *world, enum sim_entity entity,
                            const struct sim_message *message, char *line, size_t line_bytes)
{
    (void)world;
    if (message->type == &report_withdrawn_type) {
        const struct report_withdrawn *event = message->event;

        return strcmp(event->kind, withdrawn_kinds[entity]) == 0 ? event->entity_id : NULL;
    }
    if (message->type != type_of(entity)) {
        return NULL;
    }
    switch (entity) {
    case SIM_CONTRACT:
        return message->key;
    case SIM_LINE:
        (void)snprintf(line, line_bytes, "%s|%s", message->key,
                       ((const struct contract_line_reported *)message->event)->clave);
        return line;
    case SIM_ORDER:
        return ((const struct order_reported *)message->event)->order_id;
    case SIM_SHIPMENT:
        return ((const struct shipment_reported *)message->event)->order_id;
    case SIM_RECEIPT:
        return ((const struct receipt_reported *)message->event)->order_id;
    case SIM_DECISION:
        return ((const struct decision_reported *)message->event)->order_id;
    }
    return NULL;
}

static bool is_newer(const struct fact *a, const struct fact *b)
{
    return a->as_of != b->as_of ? a->as_of > b->as_of : a->sequence > b->sequence;
}

static void take(struct sim_rows *rows, const struct fact *fact, const void *event)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct sim_row *row = &rows->items[i];

        if (strcmp(row->fact->source, fact->source) == 0 &&
            strcmp(row->fact->fact_id, fact->fact_id) == 0) {
            *row = is_newer(fact, row->fact) ? (struct sim_row){fact, event} : *row;
            return;
        }
    }
    if (rows->count < SIM_ROWS_MAX) {
        rows->items[rows->count++] = (struct sim_row){fact, event};
    }
}

void sim_rows_of(const struct sim_world *world, enum sim_entity entity, const char *owner,
                 struct sim_rows *out)
{
    char line[128];

    out->count = 0;
    for (size_t i = 0; i < world->facts->count; i++) {
        const struct sim_message *message = &world->facts->items[i];
        const char *of =
            sim_stands(world, i) ? owner_of(world, entity, message, line, sizeof line) : NULL;

        if (of != NULL && strcmp(of, owner) == 0) {
            take(out, message->event, /* a report begins with its fact */
                 message->type == &report_withdrawn_type ? NULL : message->event);
        }
    }
}

static bool is_native(const struct fact *fact)
{
    return strncmp(fact->source, "plantilla", strlen("plantilla")) != 0;
}

bool sim_is_better(const struct sim_row *a, const struct sim_row *b)
{
    if ((a->event != NULL) != (b->event != NULL)) {
        return a->event != NULL;
    }
    if (is_native(a->fact) != is_native(b->fact)) {
        return is_native(a->fact);
    }
    return is_newer(a->fact, b->fact);
}

const void *sim_believed(const struct sim_rows *rows)
{
    const struct sim_row *best = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        best = best == NULL || sim_is_better(&rows->items[i], best) ? &rows->items[i] : best;
    }
    return best == NULL ? NULL : best->event;
}

/* --- what several sources say together: where the more believed is silent, the less believed speaks --- */

static bool is_later_in_belief(const struct sim_row *row, const struct sim_row *than)
{
    return than == NULL || (row->fact != than->fact && sim_is_better(than, row));
}

/* The standing row that comes next after `row` in belief; NULL: none. */
static const struct sim_row *next_believed(const struct sim_rows *rows, const struct sim_row *row)
{
    const struct sim_row *next = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        const struct sim_row *one = &rows->items[i];

        if (one->event != NULL && is_later_in_belief(one, row) &&
            (next == NULL || sim_is_better(one, next))) {
            next = one;
        }
    }
    return next;
}

static const char *or_else(const char *said, const char *other)
{
    return said != NULL ? said : other;
}

#define OR_ELSE(whole, other, member)                                                              \
    do {                                                                                           \
        if (!(whole)->has_##member) {                                                              \
            (whole)->has_##member = (other)->has_##member;                                         \
            (whole)->member = (other)->member;                                                     \
        }                                                                                          \
    } while (0)

const struct contract_reported *sim_contract_said(struct sim_world *world,
                                                  const struct sim_rows *rows)
{
    struct contract_reported *whole = NULL;

    for (const struct sim_row *row = next_believed(rows, NULL); row != NULL;
         row = next_believed(rows, row)) {
        const struct contract_reported *said = row->event;

        if (whole == NULL) {
            whole = arena_alloc(&world->arena, sizeof *whole);
            *whole = *said;
            continue;
        }
        whole->supplier_rfc = or_else(whole->supplier_rfc, said->supplier_rfc);
        whole->terms = whole->terms.stated || !said->terms.stated ? whole->terms : said->terms;
        OR_ELSE(whole, said, guarantee_centavos);
    }
    return whole;
}

const struct order_reported *sim_order_said(struct sim_world *world, const struct sim_rows *rows)
{
    struct order_reported *whole = NULL;

    for (const struct sim_row *row = next_believed(rows, NULL); row != NULL;
         row = next_believed(rows, row)) {
        const struct order_reported *said = row->event;

        if (whole == NULL) {
            whole = arena_alloc(&world->arena, sizeof *whole);
            *whole = *said;
            continue;
        }
        OR_ELSE(whole, said, price_e4);
        OR_ELSE(whole, said, issued_on);
        OR_ELSE(whole, said, due_on);
    }
    return whole;
}

const struct contract_line_reported *sim_line_said(struct sim_world *world,
                                                   const struct sim_rows *rows)
{
    struct contract_line_reported *whole = NULL;

    for (const struct sim_row *row = next_believed(rows, NULL); row != NULL;
         row = next_believed(rows, row)) {
        const struct contract_line_reported *said = row->event;

        if (whole == NULL) {
            whole = arena_alloc(&world->arena, sizeof *whole);
            *whole = *said;
            continue;
        }
        OR_ELSE(whole, said, price_e4);
        OR_ELSE(whole, said, minimum_pieces);
        OR_ELSE(whole, said, maximum_pieces);
    }
    return whole;
}

const char **sim_ids(struct sim_world *world, enum sim_entity entity, size_t *count)
{
    const char **ids = arena_array(&world->arena, world->facts->count + 1, sizeof *ids);
    char line[128];

    *count = 0;
    for (size_t i = 0; i < world->facts->count; i++) {
        const char *of = sim_stands(world, i)
                             ? owner_of(world, entity, &world->facts->items[i], line, sizeof line)
                             : NULL;
        size_t at = 0;

        while (of != NULL && at < *count && strcmp(ids[at], of) != 0) {
            at++;
        }
        if (of != NULL && at == *count) {
            ids[(*count)++] = arena_copy(&world->arena, of);
        }
    }
    return ids;
}

/* --- deliveries --- */

static bool date_of(const struct receipt_reported *receipt, enum counting_date which, int32_t *on)
{
    if (which == COUNTING_DATE_REMISSION && receipt->has_remission_on) {
        *on = receipt->remission_on;
        return true;
    }
    if (which == COUNTING_DATE_ENTRY && receipt->has_entry_on) {
        *on = receipt->entry_on;
        return true;
    }
    *on = receipt->physical_on;
    return receipt->has_physical_on;
}

/* Of each receipt the row to be believed. */
static void believe_receipts(const struct sim_rows *all, struct sim_rows *out)
{
    out->count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct receipt_reported *one = all->items[i].event;
        size_t at = 0;

        if (one == NULL) {
            continue;
        }
        while (at < out->count &&
               strcmp(((const struct receipt_reported *)out->items[at].event)->receipt_id,
                      one->receipt_id) != 0) {
            at++;
        }
        if (at == out->count) {
            out->items[out->count++] = all->items[i];
        } else if (sim_is_better(&all->items[i], &out->items[at])) {
            out->items[at] = all->items[i];
        }
    }
}

static bool comes_first(const struct sim_part *a, const struct sim_part *b)
{
    if (a->has_on != b->has_on) {
        return a->has_on;
    }
    if (a->has_on && a->on != b->on) {
        return a->on < b->on;
    }
    return strcmp(a->receipt_id, b->receipt_id) < 0;
}

static void put_part(struct sim_order *out, const struct sim_part *part)
{
    size_t at = out->part_count++;

    for (; at > 0 && comes_first(part, &out->parts[at - 1]); at--) {
        out->parts[at] = out->parts[at - 1];
    }
    out->parts[at] = *part;
}

int64_t sim_arrived(const struct sim_order *order, const char *remission)
{
    int64_t pieces = 0;

    for (size_t i = 0; i < order->receipts.count; i++) {
        const struct receipt_reported *receipt = order->receipts.items[i].event;

        if (receipt->kind == RECEIPT_KIND_DELIVERY && receipt->remission != NULL &&
            strcmp(receipt->remission, remission) == 0) {
            pieces += receipt->pieces + receipt->rejected_pieces;
        }
    }
    return pieces;
}

/* What came without naming a standing remisión is taken off what is on its way. */
static void judge_transit(struct sim_order *out)
{
    int64_t came = 0;
    int64_t named = 0;

    for (size_t i = 0; i < out->receipts.count; i++) {
        const struct receipt_reported *receipt = out->receipts.items[i].event;

        came +=
            receipt->kind == RECEIPT_KIND_DELIVERY ? receipt->pieces + receipt->rejected_pieces : 0;
    }
    for (size_t i = 0; i < out->shipments.count; i++) {
        const struct shipment_reported *shipment = out->shipments.items[i].event;

        if (shipment != NULL) {
            const int64_t arrived = sim_arrived(out, shipment->remission);

            named += arrived;
            out->shipped += shipment->pieces;
            out->in_transit += shipment->pieces > arrived ? shipment->pieces - arrived : 0;
        }
    }
    out->in_transit -= came - named < out->in_transit ? came - named : out->in_transit;
}

static void judge_delivery(struct sim_order *out)
{
    const enum counting_date which =
        out->contract != NULL ? out->contract->terms.counting_date : COUNTING_DATE_PHYSICAL;
    int64_t needed = out->order != NULL ? out->order->pieces : 0;

    for (size_t i = 0; i < out->receipts.count; i++) {
        const struct receipt_reported *receipt = out->receipts.items[i].event;
        struct sim_part part = {.receipt_id = receipt->receipt_id, .applied = receipt->pieces};

        if (receipt->kind != RECEIPT_KIND_DELIVERY) {
            out->outside += receipt->pieces;
            continue;
        }
        part.has_on = date_of(receipt, which, &part.on);
        out->accepted += receipt->pieces;
        out->rejected += receipt->rejected_pieces;
        put_part(out, &part);
    }
    for (size_t i = 0; i < out->part_count; i++) {
        struct sim_part *part = &out->parts[i];

        part->applied = part->applied < needed ? part->applied : needed;
        needed -= part->applied;
        out->applied += part->applied;
    }
    if (out->order != NULL) {
        out->excess = out->accepted - out->applied;
        out->missing = out->order->status == ORDER_STATUS_CANCELLED ? 0 : needed;
    }
    judge_transit(out);
}

/* --- sanctions: the arithmetic of tests/story/penalties_add_up.py --- */

struct sim_sum {
    int64_t sum; /**< millionths of a centavo; what is made here fits by far */
    int64_t cap;
};

static int64_t charged(const struct penalty_terms *terms, int64_t late)
{
    const int64_t days = late > terms->grace_days ? late - terms->grace_days : 0;

    return terms->has_cap_days && days > terms->cap_days ? terms->cap_days : days;
}

static void charge(const struct sim_order *order, int64_t pieces, int64_t late, struct sim_sum *sum)
{
    const struct penalty_terms *terms = &order->contract->terms;
    const int64_t days = charged(terms, late);
    const int64_t value = (int64_t)order->price_e4 * pieces;

    if (days > 0) {
        sum->sum += value * days * terms->rate_bp;
        sum->cap += terms->has_cap_bp ? value * terms->cap_bp : 0;
    }
}

static int64_t centavos(const struct sim_order *order, const struct sim_sum *sum)
{
    const bool capped = order->contract->terms.has_cap_bp && sum->sum > sum->cap;

    return (int64_t)(((capped ? sum->cap : sum->sum) * 2 + 1000000) / 2000000);
}

/* The days of delay, without those of grace, from which on goods that are missing cost no more. */
static int64_t days_to_cap(const struct penalty_terms *terms)
{
    int64_t days = terms->has_cap_days ? terms->cap_days : INT32_MAX;

    if (terms->rate_bp <= 0) {
        return 0;
    }
    if (terms->has_cap_bp) {
        const int64_t whole = (terms->cap_bp + terms->rate_bp - 1) / terms->rate_bp;

        days = whole < days ? whole : days;
    }
    return days;
}

static void judge_penalty(struct sim_order *out, int32_t day)
{
    const struct penalty_terms *terms = &out->contract->terms;
    const int64_t late = (int64_t)day - out->order->due_on;
    const int64_t beyond = late > terms->grace_days ? late - terms->grace_days : 0;
    const bool settled = beyond >= days_to_cap(terms);
    const int64_t days = settled ? terms->grace_days + days_to_cap(terms) : late;
    struct sim_sum sum = {0};
    struct sim_sum with;

    for (size_t i = 0; i < out->part_count; i++) {
        const struct sim_part *part = &out->parts[i];

        charge(out, part->applied, part->has_on ? part->on - out->order->due_on : 0, &sum);
    }
    out->amount_centavos = centavos(out, &sum);
    if (out->missing == 0 || late <= 0) {
        return;
    }
    with = sum;
    charge(out, out->missing, days, &with);
    if (terms->missing_goods == MISSING_GOODS_ACCRUE ||
        (terms->missing_goods == MISSING_GOODS_AFTER_CAP && settled)) {
        out->amount_centavos = centavos(out, &with);
    } else {
        out->exposure_centavos = centavos(out, &with) - out->amount_centavos;
    }
}

/* --- the whole --- */

/* `<institution>/<contract number>|<order number>|<clave>` */
static void name_order(struct sim_world *world, const char *order_id, struct sim_order *out)
{
    const size_t contract = strcspn(order_id, "|");
    const char *number = order_id + contract + 1;

    out->order_id = order_id;
    out->contract_id = arena_text(&world->arena, order_id, contract);
    out->clave = strchr(number, '|') + 1;
    out->institution = arena_text(&world->arena, order_id, strcspn(order_id, "/"));
    out->line_id = arena_format(&world->arena, "%s|%s", out->contract_id, out->clave);
}

static void price_order(struct sim_world *world, struct sim_order *out)
{
    struct sim_rows rows;
    const struct contract_line_reported *line;

    sim_rows_of(world, SIM_LINE, out->line_id, &rows);
    line = sim_line_said(world, &rows);
    if (out->order == NULL) {
        return;
    }
    out->has_price = out->order->has_price_e4 || (line != NULL && line->has_price_e4);
    out->price_e4 = out->order->has_price_e4 ? out->order->price_e4
                    : out->has_price         ? line->price_e4
                                             : 0;
}

void sim_order_judge(struct sim_world *world, const char *order_id, struct sim_order *out)
{
    struct sim_rows rows;

    *out = (struct sim_order){0};
    name_order(world, order_id, out);
    sim_rows_of(world, SIM_CONTRACT, out->contract_id, &rows);
    out->contract = sim_contract_said(world, &rows);
    sim_rows_of(world, SIM_ORDER, order_id, &rows);
    out->order = sim_order_said(world, &rows);
    price_order(world, out);
    sim_rows_of(world, SIM_RECEIPT, order_id, &rows);
    believe_receipts(&rows, &out->receipts);
    sim_rows_of(world, SIM_SHIPMENT, order_id, &out->shipments);
    judge_delivery(out);
    sim_rows_of(world, SIM_DECISION, order_id, &rows);
    out->notified = sim_believed(&rows) != NULL;
    out->judged = out->contract != NULL && out->order != NULL && out->contract->terms.stated &&
                  out->has_price && out->order->has_due_on;
    if (out->judged) {
        judge_penalty(out, world->facts->last_day);
    }
}

void sim_line_judge(struct sim_world *world, const char *line_id, struct sim_line *out)
{
    struct sim_rows rows;
    size_t count;
    const char **ids = sim_ids(world, SIM_ORDER, &count);

    sim_rows_of(world, SIM_LINE, line_id, &rows);
    *out = (struct sim_line){.line = sim_line_said(world, &rows)};
    for (size_t i = 0; i < count; i++) {
        struct sim_order order;

        sim_order_judge(world, ids[i], &order);
        if (order.order != NULL && order.order->status == ORDER_STATUS_OPEN &&
            strcmp(order.line_id, line_id) == 0) {
            out->orders++;
            out->pieces += order.order->pieces;
        }
    }
}
