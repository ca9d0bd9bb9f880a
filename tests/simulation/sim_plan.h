#ifndef TESTS_SIM_PLAN_H
#define TESTS_SIM_PLAN_H

#include "tests/simulation/sim_facts.h"
#include "tests/support/fake_process.h"

#include <stdio.h>

/* What happens in one run, and when: the messages that come in and the faults that befall. It follows from the seed;
 * a shrunk one is a part of it. */

enum sim_kind {
    SIM_SEND,   /**< a gateway sends message `a` */
    SIM_DAY,    /**< the gateway of institution `a` closes day `b` on reported topic `c` */
    SIM_REPEAT, /**< gateway `a` sends the last `b` messages of each partition again */
    SIM_SKIP,   /**< gateway `a` loses its next message, which comes with its next repetition */
    SIM_RENEW,  /**< gateway `a` is restored: it sends all again under a higher incarnation */
    SIM_CRASH,  /**< member `a` dies at its `b`th next effect of kind `c`; after it: `d` */
    SIM_STOP,   /**< member `a` is asked to end, and comes again after `b` turns */
    SIM_FREEZE, /**< member `a` sleeps for `b` turns; the group takes its shards away: `c` */
    SIM_COMMIT, /**< the next commit of member `a` comes to fate `b`; SIM_FAILS: to SQLSTATE `c` */
    SIM_AWAY,   /**< nobody answers the next `b` effects of kind `c` of member `a` */
    SIM_UNSENT, /**< the producer of member `a` fails */
    SIM_CUT,    /**< the database's connection of member `a` dies */
    SIM_REBALANCE, /**< the group of service `a` deals its shards anew */
    SIM_HELD, /**< what member `a` sends on its output `c`, or on all, stands for `b` turns; it dies then: `d` */
    SIM_RAISE,   /**< the incarnation of shard `b` of service `a` is raised */
    SIM_BACKUP,  /**< the database of service `a` is backed up */
    SIM_GO_BACK, /**< it goes back to its last backup; `abasto restore` is run `b` turns later */
    SIM_UNSENT_FOR_GOOD, /**< output `c` of service `a` refuses what is sent, for `b` turns */
    SIM_LOSE_TAIL, /**< the broker loses the last `b` records of log `a`; `abasto redrive` is run `c` turns later */
    SIM_LOSE_HEAD, /**< the first ones */
    SIM_KINDS,
};

/** A fate of SIM_COMMIT beside those of enum fake_fate: PostgreSQL answers with sim_states[c], and the runtime's own
 *  reading of it says what that is. Classes 22, 23 and 54 come from messages (enum sim_poison). */
enum { SIM_FAILS = FAKE_FATES, SIM_STATES = 13 };
extern const char *const sim_states[SIM_STATES];

struct sim_item {
    int64_t turn;
    enum sim_kind kind;
    int64_t a;
    int64_t b;
    int64_t c;
    int64_t d;
};

struct sim_plan {
    uint64_t seed;
    bool rebuilding;        /**< who would go back to a backup is emptied and rebuilt instead */
    struct sim_item *items; /**< by turn */
    size_t count;
    size_t capacity;
};

/** `faults` times as many of them as there are messages, in hundredths. */
void sim_plan_make(struct sim_plan *plan, const struct sim_facts *facts, uint64_t seed,
                   struct fake_random *random);
void sim_plan_finish(struct sim_plan *plan);
void sim_plan_add(struct sim_plan *plan, const struct sim_item *item);
/** "deliveries/2 dies after commit_send"; in the arena. */
const char *sim_plan_text(struct arena *arena, const struct sim_facts *facts,
                          const struct sim_item *item);

#endif
