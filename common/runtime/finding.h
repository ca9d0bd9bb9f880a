#ifndef COMMON_FINDING_H
#define COMMON_FINDING_H

#include "common/runtime/work.h"

/** Something a person should look at, as a judgement found it. */
struct finding {
    const char *kind;         /**< e.g. "orden-sobre-maximo" */
    const char *subject;      /**< order_id, receipt id, line ... */
    const char *message;      /**< Spanish */
    const char *const *facts; /**< what it alone rests on; NULL: on all of its owner's */
    size_t facts_count;
};

/** What a judgement may say at most about one owner. */
struct findings {
    const char *owner; /**< key of the entity judged */
    const char *institution;
    const char *contract_id;
    bool invented;
    const char *const *facts; /**< of those that name none of their own */
    size_t facts_count;
    const struct finding *items;
    size_t count;
};

/** The table that holds what was last said; services that raise findings list it among their tables and
 *  `work_need(work, &finding_table, owner)`. */
extern const struct table finding_table;

/** Emits the findings that are new or changed, and closes those of `owner` that no longer hold. */
bool findings_put(struct work *work, const struct findings *findings, struct error *err) MUST_CHECK;

/** A FindingRaised of one's own, as struct service.recalls wants it: its row is what was last said. The owner is what the
 *  subject begins with: a contract, line or order, of at most three parts. */
void finding_recall_needs(struct work *work, const struct message *message);
bool finding_recall(struct work *work, const struct message *message, struct error *err) MUST_CHECK;

#endif
