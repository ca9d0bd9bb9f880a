#include "services/sanctions/sanctions_judge.h"

#include "common/base/decimal.h"

#include <string.h>

/* What fits in the event: eighteen digits, two of them centavos. */
static const int64_t amount_max_centavos = INT64_C(999999999999999999);

static bool stands(const struct sanction_facts *facts)
{
    return facts->order != NULL && facts->order->known && facts->contract != NULL &&
           facts->contract->known;
}

static bool can_be_judged(const struct sanction_facts *facts)
{
    return stands(facts) && facts->contract->terms.stated && facts->order->has_price_e4 &&
           facts->order->has_due_on;
}

static bool delivery_known(const struct sanction_facts *facts)
{
    return facts->delivery != NULL && facts->delivery->known;
}

static int64_t missing_pieces(const struct sanction_facts *facts)
{
    return delivery_known(facts) ? facts->delivery->missing_pieces : facts->order->pieces;
}

static struct penalty_facts penalty_facts_of(const struct sanction_facts *facts,
                                             struct arena *arena)
{
    const size_t count = delivery_known(facts) ? (size_t)facts->delivery->parts : 0;
    struct penalty_part *parts = arena_array(arena, count, sizeof *parts);
    struct penalty_facts out = {.terms = &facts->contract->terms,
                                .price_e4 = facts->order->price_e4,
                                .due_on = facts->order->due_on,
                                .cancelled = facts->order->cancelled,
                                .missing_pieces = missing_pieces(facts),
                                .parts = parts,
                                .day = facts->day,
                                .has_day = facts->has_day};

    for (size_t i = 0; i < count && i < facts->parts.count; i++) {
        const struct part_known *part = facts->parts.items[i];

        parts[out.part_count++] = (struct penalty_part){.receipt_id = part->receipt_id,
                                                        .counted_on = part->counted_on,
                                                        .has_counted_on = part->has_counted_on,
                                                        .pieces = part->applied_pieces};
    }
    return out;
}

/* The notified oficio, if one stands. */
static const struct decision_fact *notification(const struct sanction_facts *facts)
{
    const struct decision_fact *best = NULL;

    for (size_t i = 0; i < facts->decisions.count; i++) {
        const struct decision_fact *decision = facts->decisions.items[i];

        if (!decision->row.withdrawn && decision->said.kind != NULL &&
            strcmp(decision->said.kind, "notificacion") == 0 &&
            (best == NULL || fact_precedence(&decision->row, &best->row) < 0)) {
            best = decision;
        }
    }
    return best;
}

static void add_facts(const struct sanction_facts *facts, const struct decision_fact *decision,
                      struct arena *arena, struct penalty_calculated *event)
{
    struct fact_list list = {.arena = arena};

    if (facts->contract != NULL) {
        fact_list_add_joined(&list, facts->contract->facts);
        event->invented = facts->contract->invented;
    }
    if (facts->order != NULL) {
        fact_list_add_joined(&list, facts->order->facts);
        event->invented = event->invented || facts->order->invented;
    }
    if (facts->delivery != NULL) {
        fact_list_add_joined(&list, facts->delivery->facts);
        event->invented = event->invented || facts->delivery->invented;
    }
    if (decision != NULL) {
        fact_list_add(&list, &decision->row.fact);
        event->invented = event->invented || decision->row.fact.invented;
    }
    fact_list_close(&list);
    event->facts = list.items;
    event->facts_count = list.count;
    event->notice = event->invented ? "DATOS DE DEMOSTRACIÓN" : "";
}

static const char *either(const char *first, const char *second)
{
    return first != NULL && first[0] != 0 ? first : second != NULL ? second : "";
}

static void name_it(const struct sanction_facts *facts, struct arena *arena,
                    struct penalty_calculated *event)
{
    const struct order_key key = fact_order_key(arena, facts->order_id);
    const struct contract_known *contract = facts->contract;
    const struct order_known *order = facts->order;

    event->institution = key.institution;
    event->contract_id = key.contract_id;
    event->order_id = facts->order_id;
    event->order_number = key.order_number;
    event->clave = key.clave;
    event->sanction_id = arena_format(arena, "%s|atraso", facts->order_id);
    event->supplier_rfc = either(order != NULL ? order->supplier_rfc : NULL,
                                 contract != NULL ? contract->supplier_rfc : NULL);
    event->supplier_name = either(order != NULL ? order->supplier_name : NULL,
                                  contract != NULL ? contract->supplier_name : NULL);
    event->legal_regime = either(contract != NULL ? contract->legal_regime : NULL, NULL);
    event->rounding = "una sola vez, sobre el total de la orden, al centavo, medio hacia arriba";
    event->cap_note = "";
    event->sum_e6 = "0";
    event->rule_version = SANCTIONS_RULE_VERSION;
    event->status = PENALTY_STATUS_VOID;
    event->final = true;
    event->terms.origin = "";
    event->terms.clause = "";
}

/* False: the figures overflow, or fit no event. */
static bool calculate(const struct sanction_facts *facts, struct arena *arena, struct penalty *out,
                      int64_t *late_value_centavos)
{
    const struct penalty_facts penalty_facts = penalty_facts_of(facts, arena);
    struct error err = {0};

    return sanctions_penalty(&penalty_facts, arena, out, &err) &&
           exact_to_centavos(&out->late_value, late_value_centavos, &err) &&
           *late_value_centavos <= amount_max_centavos &&
           out->amount_centavos <= amount_max_centavos &&
           out->exposure_centavos <= amount_max_centavos;
}

static void put_penalty(const struct sanction_facts *facts, struct arena *arena,
                        const struct penalty *penalty, struct penalty_calculated *event)
{
    event->terms = facts->contract->terms;
    event->ordered_pieces = facts->order->pieces;
    event->due_on = facts->order->due_on;
    event->effective_due_on = penalty->effective_due_on;
    event->day = penalty->day;
    event->steps = penalty->steps;
    event->steps_count = penalty->step_count;
    event->cap_e6 = penalty->has_cap ? sanctions_units_text(arena, &penalty->cap) : NULL;
    event->cap_applied = penalty->cap_applied;
    event->sum_e6 = sanctions_units_text(arena, &penalty->sum);
    event->amount_centavos = penalty->amount_centavos;
    event->exposure_centavos = penalty->exposure_centavos;
    event->final = penalty->final;
    event->guarantee_centavos = facts->contract->guarantee_centavos;
    event->has_guarantee_centavos = facts->contract->has_guarantee_centavos;
    event->cap_note = event->has_guarantee_centavos
                          ? ""
                          : "tope desconocido: no se conoce la garantía de cumplimiento";
}

static void judge_penalty(const struct sanction_facts *facts, struct arena *arena,
                          struct sanction_judgement *out)
{
    struct penalty penalty;
    int64_t late_value_centavos;
    int32_t first;

    if (!calculate(facts, arena, &penalty, &late_value_centavos)) {
        out->impossible = true;
        return;
    }
    put_penalty(facts, arena, &penalty, &out->event);
    out->event.late_value_centavos = late_value_centavos;
    first = penalty.effective_due_on + 1;
    out->looks_again = penalty.grows;
    out->look_on = facts->has_day && facts->day >= first ? facts->day + 1 : first;
}

static bool waits(const struct sanction_facts *facts)
{
    return !facts->order->cancelled && missing_pieces(facts) > 0;
}

static bool is_overdue(const struct sanction_facts *facts)
{
    return facts->has_day && facts->day > facts->order->due_on;
}

/* What cannot be judged is found once its date has passed. */
static void look_when_due(const struct sanction_facts *facts, struct sanction_judgement *out)
{
    out->looks_again = waits(facts) && facts->order->has_due_on && !is_overdue(facts);
    out->look_on = facts->order->due_on + 1;
}

struct sanction_judgement sanctions_judge(const struct sanction_facts *facts, struct arena *arena)
{
    const struct decision_fact *decision = notification(facts);
    struct sanction_judgement judged = {0};
    struct penalty_calculated *event = &judged.event;

    name_it(facts, arena, event);
    if (can_be_judged(facts)) {
        judge_penalty(facts, arena, &judged);
    } else if (stands(facts)) {
        look_when_due(facts, &judged);
    }
    judged.owed = event->amount_centavos > 0 || event->exposure_centavos > 0;
    if (judged.owed) {
        event->status = decision != NULL ? PENALTY_STATUS_NOTIFIED : PENALTY_STATUS_CALCULATED;
    }
    if (decision != NULL) {
        event->notified_on = decision->said.decided_on;
        event->has_notified_on = decision->said.has_decided_on;
        event->notified_by = decision->said.document;
    }
    add_facts(facts, decision, arena, event);
    return judged;
}

/* Something came of it, or is missing after its date; what has no date can never be known to be late. */
static bool calls_for_a_penalty(const struct sanction_facts *facts)
{
    return (delivery_known(facts) && facts->delivery->parts > 0) ||
           (waits(facts) && (!facts->order->has_due_on || is_overdue(facts)));
}

void sanctions_findings(const struct sanction_facts *facts,
                        const struct sanction_judgement *judgement, struct finding_list *findings)
{
    if (judgement->impossible) {
        finding_list_add(findings, "importe-imposible", facts->order_id,
                         "la pena no cabe en ningún importe: revise precio, piezas y tasa");
        return;
    }
    if (!stands(facts) || !calls_for_a_penalty(facts)) {
        return;
    }
    if (!facts->contract->terms.stated) {
        finding_list_add(findings, "contrato-sin-condiciones-de-pena", facts->order_id,
                         "el contrato no dice su tasa de pena: no se puede calcular");
    } else if (!facts->order->has_price_e4) {
        finding_list_add(findings, "orden-sin-precio", facts->order_id,
                         "ni la orden ni su partida traen precio: no se puede calcular la pena");
    } else if (!facts->order->has_due_on) {
        finding_list_add(findings, "orden-sin-fecha-limite", facts->order_id,
                         "la orden no trae fecha límite: no se puede saber si llegó tarde");
    }
}

/* --- the contract --- */

static int64_t invented_of(const struct penalty_calculated *event)
{
    return event->invented && event->amount_centavos > 0 ? 1 : 0;
}

bool sanctions_moves(const struct sanction_state *state, const struct penalty_calculated *event)
{
    return state->amount_centavos != event->amount_centavos ||
           state->invented_penalties != invented_of(event);
}

bool sanctions_move(struct contract_sum *sum, struct sanction_state *state,
                    const struct penalty_calculated *event, struct error *err)
{
    const int64_t invented = invented_of(event);
    int64_t without;
    int64_t amount;

    if (__builtin_sub_overflow(sum->amount_centavos, state->amount_centavos, &without) ||
        __builtin_add_overflow(without, event->amount_centavos, &amount)) {
        return error_set(err, ERROR_REJECT, "las penas de %s no caben en 64 bits de centavos",
                         sum->contract_id);
    }
    sum->amount_centavos = amount;
    sum->invented_penalties += invented - state->invented_penalties;
    state->amount_centavos = event->amount_centavos;
    state->invented_penalties = invented;
    return true;
}

void sanctions_contract_findings(const char *contract_id, const struct contract_known *contract,
                                 const struct contract_sum *sum, struct finding_list *findings)
{
    if (sum != NULL && contract != NULL && contract->known && contract->has_guarantee_centavos &&
        sum->amount_centavos > contract->guarantee_centavos) {
        char owed[DECIMAL_TEXT_BYTES];
        char guarantee[DECIMAL_TEXT_BYTES];

        decimal_format_money(sum->amount_centavos, owed);
        decimal_format_money(contract->guarantee_centavos, guarantee);
        finding_list_add(findings, "penas-sobre-garantia", contract_id,
                         "las penas del contrato suman %s y su garantía es de %s: procede valorar "
                         "la rescisión",
                         owed, guarantee);
    }
}
