#include "services/contracts/contracts_handlers.h"

#include "services/contracts/contracts_judge.h"
#include "services/contracts/contracts_tables.h"

#include <string.h>

static const char rejudge[] = "contracts.rejudge"; /* an order, and its line with it */
static const char rejudge_line[] = "contracts.rejudge-line";
static const char rejudge_contract[] = "contracts.rejudge-contract";

static char *line_id_of(struct work *work, const char *contract_id, const char *clave)
{
    return arena_format(work_arena(work), "%s|%s", contract_id, clave);
}

/* --- judge and put --- */

static bool judge_contract(struct work *work, const char *contract_id, struct error *err)
{
    const struct rows facts = work_rows(work, &contract_fact_table, contract_id);
    struct finding_list findings = {.arena = work_arena(work)};
    struct contract_registered event;
    struct contract_state *state;

    if (!contracts_judge_contract(contract_id, facts, work_arena(work), &event)) {
        return true;
    }
    contracts_contract_findings(contract_id, facts, &findings);
    state = work_entity(work, &contract_state_table, contract_id);
    if ((!event.withdrawn || state->judged.digest != NULL) &&
        !work_judged(work, "contracts", contract_id, &contract_registered_type, &event,
                     &state->judged, err)) {
        return false;
    }
    work_save(work, &contract_state_table, state);
    return finding_list_put(work, &findings,
                            &(struct finding_ground){contract_id, contract_id, event.invented,
                                                     event.facts, event.facts_count},
                            err);
}

static bool judge_line(struct work *work, const char *line_id, struct error *err)
{
    const struct rows facts = work_rows(work, &line_fact_table, line_id);
    struct finding_list findings = {.arena = work_arena(work)};
    struct line_state *state = work_entity(work, &line_state_table, line_id);
    struct contract_line_registered event =
        contracts_judge_line(line_id, facts, state, work_arena(work));

    contracts_line_findings(line_id, facts, state, &findings);
    if ((!event.withdrawn || state->judged.digest != NULL) &&
        !work_judged(work, "contracts", event.contract_id, &contract_line_registered_type, &event,
                     &state->judged, err)) {
        return false;
    }
    work_save(work, &line_state_table, state);
    return finding_list_put(work, &findings,
                            &(struct finding_ground){line_id, event.contract_id, event.invented,
                                                     event.facts, event.facts_count},
                            err);
}

static bool put_order(struct work *work, struct order_issued *event, struct order_state *state,
                      struct error *err)
{
    if ((!event->withdrawn || state->judged.digest != NULL) &&
        !work_judged(work, "orders", event->contract_id, &order_issued_type, event, &state->judged,
                     err)) {
        return false;
    }
    work_save(work, &order_state_table, state);
    return true;
}

/* The order, and the balance of its line with it, in one transaction. */
static bool judge_order(struct work *work, const char *order_id, struct error *err)
{
    const struct order_key key = fact_order_key(work_arena(work), order_id);
    const char *line_id = line_id_of(work, key.contract_id, key.clave);
    struct line_state *sums = work_entity(work, &line_state_table, line_id);
    struct order_state *state = work_entity(work, &order_state_table, order_id);
    const struct rows facts = work_rows(work, &order_fact_table, order_id);
    const struct fact_merged line =
        contracts_line(work_rows(work, &line_fact_table, line_id), work_arena(work));
    const struct order_fact *order = contracts_order(facts, work_arena(work)).row;
    struct finding_list findings = {.arena = work_arena(work)};
    struct order_issued event;
    struct finding_ground ground;
    struct order_share share;

    if (!contracts_judge_order(order_id, facts, &line, work_arena(work), &event)) {
        return true;
    }
    contracts_order_findings(order_id, facts, &line, &findings);
    ground = contracts_order_ground(&event, facts, &line, work_arena(work));
    share = contracts_share(&event, order != NULL && order->said.has_price_e4);
    return contracts_move(sums, state, &share, err) && put_order(work, &event, state, err) &&
           finding_list_put(work, &findings, &ground, err) && judge_line(work, line_id, err);
}

/* A line's facts changed: its own judgement, and that of the orders that take their price from it or are
 * compared with it. */
static bool line_changed(struct work *work, const char *contract_id, const char *line_id,
                         struct error *err)
{
    const struct line_state *sums = work_entity(work, &line_state_table, line_id);

    if (sums->orders > 0 || sums->unpriced_orders > 0) {
        work_touch(work, &order_state_table, rejudge,
                   arena_format(work_arena(work), "%s|", contract_id));
    }
    return judge_line(work, line_id, err);
}

/* --- needs --- */

static void need_contract(struct work *work, const char *contract_id)
{
    work_need(work, &contract_fact_table, contract_id);
    work_need(work, &contract_state_table, contract_id);
    work_need(work, &finding_table, contract_id);
}

static void need_line(struct work *work, const char *line_id)
{
    work_need(work, &line_fact_table, line_id);
    work_need(work, &line_state_table, line_id);
    work_need(work, &finding_table, line_id);
}

static void need_order(struct work *work, const char *order_id)
{
    const struct order_key key = fact_order_key(work_arena(work), order_id);

    need_line(work, line_id_of(work, key.contract_id, key.clave));
    work_need(work, &order_fact_table, order_id);
    work_need(work, &order_state_table, order_id);
    work_need(work, &finding_table, order_id);
}

static void needs_contract(struct work *work, const struct message *message)
{
    const struct contract_reported *event = message->event;

    need_contract(work, event->contract_id);
}

static void needs_line(struct work *work, const struct message *message)
{
    const struct contract_line_reported *event = message->event;

    need_line(work, line_id_of(work, event->contract_id, event->clave));
}

static void needs_order(struct work *work, const struct message *message)
{
    const struct order_reported *event = message->event;

    need_order(work, event->order_id);
}

static void needs_rejudge(struct work *work, const struct message *message)
{
    need_order(work, message->key);
}

static void needs_rejudge_line(struct work *work, const struct message *message)
{
    need_line(work, message->key);
}

static void needs_rejudge_contract(struct work *work, const struct message *message)
{
    need_contract(work, message->key);
}

static void needs_withdrawn(struct work *work, const struct message *message)
{
    const struct report_withdrawn *event = message->event;

    if (strcmp(event->kind, "contract") == 0) {
        need_contract(work, event->contract_id);
    } else if (strcmp(event->kind, "line") == 0) {
        need_line(work, event->entity_id);
    } else if (strcmp(event->kind, "order") == 0) {
        need_order(work, event->entity_id);
    }
}

/* --- on --- */

/* Content without identity, which is the row's. */
static struct contract_reported said_contract(const struct contract_reported *event)
{
    struct contract_reported said = *event;

    said.fact = (struct fact){0};
    said.institution = NULL;
    said.contract_id = NULL;
    return said;
}

static struct contract_line_reported said_line(const struct contract_line_reported *event)
{
    struct contract_line_reported said = *event;

    said.fact = (struct fact){0};
    said.institution = NULL;
    said.contract_id = NULL;
    return said;
}

static struct order_reported said_order(const struct order_reported *event)
{
    struct order_reported said = *event;

    said.fact = (struct fact){0};
    said.institution = NULL;
    said.contract_id = NULL;
    said.order_id = NULL;
    return said;
}

static bool on_contract(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_reported *event = message->event;
    struct contract_fact *row =
        fact_put(work, &contract_fact_table, event->contract_id, &event->fact, false);

    if (row == NULL) {
        return true;
    }
    row->said = said_contract(event);
    return judge_contract(work, event->contract_id, err);
}

static bool on_line(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_line_reported *event = message->event;
    const char *line_id = line_id_of(work, event->contract_id, event->clave);
    struct line_fact *row = fact_put(work, &line_fact_table, line_id, &event->fact, false);

    if (row == NULL) {
        return true;
    }
    row->said = said_line(event);
    return line_changed(work, event->contract_id, line_id, err);
}

static bool on_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_reported *event = message->event;
    struct order_fact *row =
        fact_put(work, &order_fact_table, event->order_id, &event->fact, false);

    if (row == NULL) {
        return true;
    }
    row->said = said_order(event);
    return judge_order(work, event->order_id, err);
}

static bool on_rejudge(struct work *work, const struct message *message, struct error *err)
{
    return judge_order(work, message->key, err);
}

static bool on_rejudge_line(struct work *work, const struct message *message, struct error *err)
{
    return judge_line(work, message->key, err);
}

static bool on_rejudge_contract(struct work *work, const struct message *message, struct error *err)
{
    return judge_contract(work, message->key, err);
}

static bool on_withdrawn(struct work *work, const struct message *message, struct error *err)
{
    const struct report_withdrawn *event = message->event;
    const struct fact *fact = &event->fact;

    if (strcmp(event->kind, "contract") == 0) {
        return fact_put(work, &contract_fact_table, event->contract_id, fact, true) == NULL ||
               judge_contract(work, event->contract_id, err);
    }
    if (strcmp(event->kind, "line") == 0) {
        return fact_put(work, &line_fact_table, event->entity_id, fact, true) == NULL ||
               line_changed(work, event->contract_id, event->entity_id, err);
    }
    if (strcmp(event->kind, "order") == 0) {
        return fact_put(work, &order_fact_table, event->entity_id, fact, true) == NULL ||
               judge_order(work, event->entity_id, err);
    }
    return true; /* another service's */
}

/* --- what it said itself and lost --- */

static void recall_needs_contract(struct work *work, const struct message *message)
{
    const struct contract_registered *event = message->event;

    work_need(work, &contract_state_table, event->contract_id);
}

static bool recall_contract(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_registered *event = message->event;
    struct contract_state *state = work_entity(work, &contract_state_table, event->contract_id);

    (void)err;
    state->judged = (struct judgement){event->digest, event->revision};
    work_save(work, &contract_state_table, state);
    return true;
}

static void recall_needs_order(struct work *work, const struct message *message)
{
    const struct order_issued *event = message->event;

    work_need(work, &order_state_table, event->order_id);
}

static bool recall_order(struct work *work, const struct message *message, struct error *err)
{
    const struct order_issued *event = message->event;
    struct order_state *state = work_entity(work, &order_state_table, event->order_id);

    (void)err;
    state->judged = (struct judgement){event->digest, event->revision};
    work_save(work, &order_state_table, state);
    return true;
}

static void recall_needs_line(struct work *work, const struct message *message)
{
    const struct contract_line_registered *event = message->event;

    work_need(work, &line_state_table, line_id_of(work, event->contract_id, event->clave));
}

static bool recall_line(struct work *work, const struct message *message, struct error *err)
{
    const struct contract_line_registered *event = message->event;
    struct line_state *state =
        work_entity(work, &line_state_table, line_id_of(work, event->contract_id, event->clave));

    (void)err;
    state->judged = (struct judgement){event->digest, event->revision};
    work_save(work, &line_state_table, state);
    return true;
}

const struct handler contracts_handlers[] = {
    {"mx.abasto.reported.ContractReported", needs_contract, on_contract},
    {"mx.abasto.reported.ContractLineReported", needs_line, on_line},
    {"mx.abasto.reported.OrderReported", needs_order, on_order},
    {"mx.abasto.reported.ReportWithdrawn", needs_withdrawn, on_withdrawn},
    {rejudge, needs_rejudge, on_rejudge},
    {rejudge_line, needs_rejudge_line, on_rejudge_line},
    {rejudge_contract, needs_rejudge_contract, on_rejudge_contract},
    {0},
};

const struct rejudge contracts_rejudge[] = {{&order_state_table, rejudge},
                                            {&line_state_table, rejudge_line},
                                            {&contract_state_table, rejudge_contract},
                                            {0}};

const struct handler contracts_recalls[] = {
    {"mx.abasto.contracts.ContractRegistered", recall_needs_contract, recall_contract},
    {"mx.abasto.contracts.ContractLineRegistered", recall_needs_line, recall_line},
    {"mx.abasto.orders.OrderIssued", recall_needs_order, recall_order},
    {"mx.abasto.findings.FindingRaised", finding_recall_needs, finding_recall},
    {0},
};
