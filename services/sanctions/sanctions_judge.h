#ifndef SERVICES_SANCTIONS_JUDGE_H
#define SERVICES_SANCTIONS_JUDGE_H

#include "services/facts/finding_list.h"
#include "services/sanctions/sanctions_penalty.h"
#include "services/sanctions/sanctions_tables.h"

enum { SANCTIONS_RULE_VERSION = 1 }; /**< of the penalties and of the service that judges them */

/** What is known of an order line; NULL where nothing is. */
struct sanction_facts {
    const char *order_id;
    const struct contract_known *contract;
    const struct order_known *order;
    const struct delivery_known *delivery;
    struct rows parts;     /**< struct part_known, by place */
    struct rows decisions; /**< struct decision_fact */
    int32_t day;
    bool has_day;
};

struct sanction_judgement {
    struct penalty_calculated event; /**< whole but for digest and revision */
    bool owed;                       /**< there is a penalty or an exposure */
    bool impossible;  /**< the figures are beyond any amount: nothing is said of them */
    bool looks_again; /**< a day that closes later may change it ... */
    int32_t look_on;  /**< ... the first of them */
};

/** Judges an order line: the penalty and the words around it. Memory belongs to the arena. Pure, and it never
 *  refuses: figures that are negative or overflow give a void penalty and `importe-imposible`, because
 *  they may be the fault of another fact than the one that has just come. */
struct sanction_judgement sanctions_judge(const struct sanction_facts *facts, struct arena *arena);

/** What keeps an order line from being judged that is late, or would be known to be: no terms
 *  (`contrato-sin-condiciones-de-pena`), no price (`orden-sin-precio`), no date (`orden-sin-fecha-limite`),
 *  impossible figures (`importe-imposible`). Without a known contract nothing is found: its penalties are
 *  nobody's. */
void sanctions_findings(const struct sanction_facts *facts,
                        const struct sanction_judgement *judgement, struct finding_list *findings);

/** Whether sanctions_move would change anything. */
bool sanctions_moves(const struct sanction_state *state, const struct penalty_calculated *event);

/** Moves the contract's sums by what the penalty adds now less what `state` says it added before, and
 *  `state` with them. REJECT beyond 64 bits. */
MUST_CHECK bool sanctions_move(struct contract_sum *sum, struct sanction_state *state,
                               const struct penalty_calculated *event, struct error *err);

/** `penas-sobre-garantia`: the contract's penalties together exceed its guarantee. Article 53 of the law of
 *  2000 and its successor of 2025 let them not; we observe, the institution decides. `contract` and
 *  `sum` are NULL where nothing is known. */
void sanctions_contract_findings(const char *contract_id, const struct contract_known *contract,
                                 const struct contract_sum *sum, struct finding_list *findings);

#endif
