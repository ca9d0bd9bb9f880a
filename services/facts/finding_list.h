#ifndef SERVICES_FACTS_FINDING_LIST_H
#define SERVICES_FACTS_FINDING_LIST_H

#include "common/base/arena.h"
#include "common/runtime/finding.h"
#include "services/facts/fact.h"

/** What a judgement found, growing in the caller's arena. Shared by the services. */
struct finding_list {
    struct arena *arena;
    struct finding *items;
    size_t count;
    size_t capacity;
};

/** `subject` is kept as it is, the Spanish message is made in the arena. */
void finding_list_add(struct finding_list *list, const char *kind, const char *subject,
                      const char *format, ...) PRINTF_LIKE(4, 5);

/** The finding added last rests on this fact alone: many of one order would else repeat all of its facts. */
void finding_list_rests_on(struct finding_list *list, const struct fact *fact);

/** A date for a message, "2025-06-09"; owned by the arena. */
const char *finding_list_date(struct finding_list *list, int32_t date);

/** Whom the findings are about and what they rest on. */
struct finding_ground {
    const char *owner; /**< begins with a contract_id */
    const char *contract_id;
    bool invented;
    const char *const *facts;
    size_t facts_count;
};

/** findings_put of the list. */
MUST_CHECK bool finding_list_put(struct work *work, const struct finding_list *list,
                                 const struct finding_ground *ground, struct error *err);

#endif
