#ifndef TESTS_SIM_FACTS_H
#define TESTS_SIM_FACTS_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "tests/support/fake_random.h"

/* What institutions report in one run, all invented: contracts, lines, orders, remisiones, receipts, decisions, new
 * versions and withdrawals of each, as their gateways give them. */

enum { SIM_INSTITUTIONS_MAX = 2, SIM_REPORTED_TOPICS = 5 };

/** Why a message is to be set aside by the service that reads it, and to have no other effect. */
enum sim_poison {
    SIM_WHOLESOME,
    SIM_REFUSED,    /**< the database refuses a text of it (SQLSTATE classes 22, 23, 54) */
    SIM_UNREADABLE, /**< its bytes do not fit its schema */
    SIM_TOO_LONG,   /**< what is said of it could never be sent */
};

/** A message of a gateway. */
struct sim_message {
    const struct record_type *type;
    const char *topic;
    const char *key; /**< contract_id */
    const void *event;
    int institution; /**< index of its gateway */
    enum sim_poison poison;
};

struct sim_facts {
    struct arena arena;
    const char *institutions[SIM_INSTITUTIONS_MAX];
    int institution_count;
    int32_t first_day; /**< the days that close are first_day .. last_day */
    int32_t last_day;
    bool poisoned;             /**< some of the messages are to be set aside */
    struct sim_message *items; /**< each gateway's in the order of its sequence */
    size_t count;
    size_t capacity;
};

/** What no database of the simulation holds. */
extern const char sim_refused_text[];

/** The reported topics, in the order of deploy/topics.json. */
extern const char *const sim_reported_topics[SIM_REPORTED_TOPICS];

void sim_facts_make(struct sim_facts *facts, struct fake_random *random);
void sim_facts_finish(struct sim_facts *facts);

#endif
