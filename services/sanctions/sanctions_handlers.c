#include "services/sanctions/sanctions_handlers.h"

#include "common/runtime/finding.h"
#include "services/sanctions/sanctions_judge.h"

#include <string.h>

static const char rejudge[] = "sanctions.rejudge"; /* of an order, or of a contract's sum */

/* --- judge and put --- */

static struct sanction_facts gather(struct work *work, const char *order_id)
{
    const struct order_key key = fact_order_key(work_arena(work), order_id);
    struct sanction_facts facts = {
        .order_id = order_id,
        .contract = work_find(work, &sanctions_contract_known_table, key.contract_id),
        .order = work_find(work, &sanctions_order_known_table, order_id),
        .delivery = work_find(work, &delivery_known_table, order_id),
        .parts = work_rows(work, &part_known_table, order_id),
        .decisions = work_rows(work, &decision_fact_table, order_id)};

    facts.has_day = work_day(work, key.institution, &facts.day);
    return facts;
}

static bool judge_contract(struct work *work, const char *contract_id, struct error *err)
{
    const struct contract_sum *sum = work_find(work, &contract_sum_table, contract_id);
    const struct contract_known *contract =
        work_find(work, &sanctions_contract_known_table, contract_id);
    struct finding_list findings = {.arena = work_arena(work)};
    struct fact_list facts = {.arena = work_arena(work)};

    sanctions_contract_findings(contract_id, contract, sum, &findings);
    fact_list_add_joined(&facts, contract != NULL ? contract->facts : NULL);
    return finding_list_put(
        work, &findings,
        &(struct finding_ground){.owner = contract_id,
                                 .contract_id = contract_id,
                                 .invented = (contract != NULL && contract->invented) ||
                                             (sum != NULL && sum->invented_penalties > 0),
                                 .facts = facts.items,
                                 .facts_count = facts.count},
        err);
}

/* Said when something is owed, or was once said to be. */
static bool put_sanction(struct work *work, struct sanction_judgement *judged, struct error *err)
{
    struct penalty_calculated *event = &judged->event;
    struct sanction_state *state = work_entity(work, &sanction_state_table, event->order_id);
    const int64_t before = state->judged.revision;
    struct contract_sum *sum;

    if (!judged->owed && state->judged.digest == NULL) {
        return true;
    }
    if (!work_judged(work, "sanctions", event->contract_id, &penalty_calculated_type, event,
                     &state->judged, err)) {
        return false;
    }
    if (state->judged.revision == before && !sanctions_moves(state, event)) {
        return true;
    }
    sum = work_entity(work, &contract_sum_table, event->contract_id);
    if (!sanctions_move(sum, state, event, err)) {
        return false;
    }
    work_save(work, &sanction_state_table, state);
    work_save(work, &contract_sum_table, sum);
    return judge_contract(work, event->contract_id, err);
}

static bool judge_order(struct work *work, const char *order_id, struct error *err)
{
    const struct sanction_facts facts = gather(work, order_id);
    struct finding_list findings = {.arena = work_arena(work)};
    struct sanction_judgement judged = sanctions_judge(&facts, work_arena(work));
    const struct finding_ground ground = {order_id, judged.event.contract_id, judged.event.invented,
                                          judged.event.facts, judged.event.facts_count};

    sanctions_findings(&facts, &judged, &findings);
    if (judged.looks_again) {
        work_later(work, judged.look_on, rejudge, order_id);
    }
    return put_sanction(work, &judged, err) && finding_list_put(work, &findings, &ground, err);
}

/* --- needs --- */

static void need_contract(struct work *work, const char *contract_id)
{
    work_need(work, &sanctions_contract_known_table, contract_id);
    work_need(work, &contract_sum_table, contract_id);
    work_need(work, &finding_table, contract_id);
}

static void need_order(struct work *work, const char *order_id)
{
    need_contract(work, fact_order_key(work_arena(work), order_id).contract_id);
    work_need(work, &sanctions_order_known_table, order_id);
    work_need(work, &delivery_known_table, order_id);
    work_need(work, &part_known_table, order_id);
    work_need(work, &decision_fact_table, order_id);
    work_need(work, &sanction_state_table, order_id);
    work_need(work, &finding_table, order_id);
}

static void needs_contract(struct work *work, const struct message *message)
{
    const struct contract_registered *event = message->event;

    need_contract(work, event->contract_id);
}

static void needs_order(struct work *work, const struct message *message)
{
    const struct order_issued *event = message->event;

    need_order(work, event->order_id);
}

static void needs_delivery(struct work *work, const struct message *message)
{
    const struct delivery_recorded *event = message->event;

    need_order(work, event->order_id);
}

/* What was decided about no order, as what was set aside, moves no penalty. */
static void needs_decision(struct work *work, const struct message *message)
{
    const struct decision_reported *event = message->event;

    if (event->order_id[0] != '\0') {
        need_order(work, event->order_id);
    }
}

static void needs_withdrawn(struct work *work, const struct message *message)
{
    const struct report_withdrawn *event = message->event;

    if (strcmp(event->kind, "decision") == 0) {
        need_order(work, event->entity_id);
    }
}

static bool is_contract(const char *owner)
{
    return strchr(owner, '|') == NULL;
}

static void needs_rejudge(struct work *work, const struct message *message)
{
    if (is_contract(message->key)) {
        need_contract(work, message->key);
    } else {
        need_order(work, message->key);
    }
}

/* --- on --- */

static bool on_contract(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_registered *event = message->event;
    struct contract_known *contract =
        work_entity(work, &sanctions_contract_known_table, event->contract_id);

    *contract = (struct contract_known){
        .contract_id = contract->contract_id,
        .known = !event->withdrawn,
        .supplier_rfc = event->supplier_rfc,
        .supplier_name = event->supplier_name,
        .legal_regime = event->legal_regime,
        .guarantee_centavos = event->guarantee_centavos,
        .has_guarantee_centavos = event->has_guarantee_centavos,
        .terms = event->terms,
        .invented = event->invented,
        .facts = fact_list_join(work_arena(work), event->facts, event->facts_count)};
    work_save(work, &sanctions_contract_known_table, contract);
    work_touch(work, &sanctions_order_known_table, rejudge,
               arena_format(work_arena(work), "%s|", event->contract_id));
    return judge_contract(work, event->contract_id, err);
}

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    struct order_known *order = work_entity(work, &sanctions_order_known_table, event->order_id);

    (void)err;
    *order = (struct order_known){
        .order_id = order->order_id,
        .known = !event->withdrawn,
        .supplier_rfc = event->supplier_rfc,
        .supplier_name = event->supplier_name,
        .pieces = event->pieces,
        .price_e4 = event->price_e4,
        .has_price_e4 = event->has_price_e4,
        .due_on = event->due_on,
        .has_due_on = event->has_due_on,
        .cancelled = event->status == ORDER_STATUS_CANCELLED,
        .invented = event->invented,
        .facts = fact_list_join(work_arena(work), event->facts, event->facts_count)};
    work_save(work, &sanctions_order_known_table, order);
    work_settle(work, rejudge, event->order_id);
    return true;
}

static void keep_parts(struct work *work, const struct delivery_recorded *event)
{
    for (size_t i = 0; i < event->parts_count; i++) {
        const struct delivery_part *from = &event->parts[i];
        const char *place = arena_format(work_arena(work), "%05zu", i);
        struct part_known *part = work_row(work, &part_known_table, event->order_id, place);

        part->receipt_id = from->receipt_id;
        part->counted_on = from->counted_on;
        part->has_counted_on = from->has_counted_on;
        part->applied_pieces = from->applied_pieces;
        work_save(work, &part_known_table, part);
    }
}

static bool on_delivery(struct work *work, const struct message *message, struct error *err)
{
    const struct delivery_recorded *event = message->event;
    struct delivery_known *delivery = work_entity(work, &delivery_known_table, event->order_id);

    (void)err;
    keep_parts(work, event);
    delivery->known = true;
    delivery->missing_pieces = event->missing_pieces;
    delivery->parts = (int64_t)event->parts_count;
    delivery->invented = event->invented;
    delivery->facts = fact_list_join(work_arena(work), event->facts, event->facts_count);
    work_save(work, &delivery_known_table, delivery);
    work_settle(work, rejudge, event->order_id);
    return true;
}

static bool on_decision(struct work *work, const struct message *message, struct error *err)
{
    const struct decision_reported *event = message->event;
    struct decision_fact *row =
        event->order_id[0] == '\0'
            ? NULL
            : fact_put(work, &decision_fact_table, event->order_id, &event->fact, false);

    (void)err;
    if (row == NULL) {
        return true;
    }
    row->said = (struct decision_reported){.kind = event->kind,
                                           .decided_on = event->decided_on,
                                           .has_decided_on = event->has_decided_on,
                                           .document = event->document};
    work_settle(work, rejudge, event->order_id);
    return true;
}

static bool on_withdrawn(struct work *work, const struct message *message, struct error *err)
{
    const struct report_withdrawn *event = message->event;

    (void)err;
    if (strcmp(event->kind, "decision") == 0 && /* else another service's */
        fact_put(work, &decision_fact_table, event->entity_id, &event->fact, true) != NULL) {
        work_settle(work, rejudge, event->entity_id);
    }
    return true;
}

static bool on_rejudge(struct work *work, const struct message *message, struct error *err)
{
    return is_contract(message->key) ? judge_contract(work, message->key, err)
                                     : judge_order(work, message->key, err);
}

/* --- what it said itself and lost --- */

static void recall_needs_penalty(struct work *work, const struct message *message)
{
    const struct penalty_calculated *event = message->event;

    work_need(work, &sanction_state_table, event->order_id);
}

static bool recall_penalty(struct work *work, const struct message *message, struct error *err)
{
    const struct penalty_calculated *event = message->event;
    struct sanction_state *state = work_entity(work, &sanction_state_table, event->order_id);

    (void)err;
    state->judged = (struct judgement){event->digest, event->revision};
    work_save(work, &sanction_state_table, state);
    return true;
}

const struct handler sanctions_handlers[] = {
    {"mx.abasto.contracts.ContractRegistered", needs_contract, on_contract},
    {"mx.abasto.orders.OrderIssued", needs_order, on_order},
    {"mx.abasto.deliveries.DeliveryRecorded", needs_delivery, on_delivery},
    {"mx.abasto.reported.DecisionReported", needs_decision, on_decision},
    {"mx.abasto.reported.ReportWithdrawn", needs_withdrawn, on_withdrawn},
    {rejudge, needs_rejudge, on_rejudge},
    {0},
};

const struct handler sanctions_recalls[] = {
    {"mx.abasto.sanctions.PenaltyCalculated", recall_needs_penalty, recall_penalty},
    {"mx.abasto.findings.FindingRaised", finding_recall_needs, finding_recall},
    {0},
};

const struct rejudge sanctions_rejudge[] = {{&sanctions_order_known_table, rejudge},
                                            {&delivery_known_table, rejudge},
                                            {&decision_fact_table, rejudge},
                                            {&sanction_state_table, rejudge},
                                            {&sanctions_contract_known_table, rejudge},
                                            {&contract_sum_table, rejudge},
                                            {&finding_table, rejudge},
                                            {0}};
