#ifndef SERVICES_SANCTIONS_JUDGE_H
#define SERVICES_SANCTIONS_JUDGE_H

#include "services/facts/finding_list.h"
#include "services/sanctions/sanctions_penalty.h"
#include "services/sanctions/sanctions_tables.h"

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
    bool grows;                      /**< missing goods: to be looked at again the next day */
};

/** Judges an order line: the penalty and the words around it. Memory belongs to the arena. Pure. */
MUST_CHECK bool sanctions_judge(const struct sanction_facts *facts, struct arena *arena,
                                struct sanction_judgement *out, struct error *err);

/** What keeps a late order line from being judged: no terms, no price, no date. */
void sanctions_findings(const struct sanction_facts *facts, struct finding_list *findings);

#endif
