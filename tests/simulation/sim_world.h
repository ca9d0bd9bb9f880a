#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "common/runtime/member.h"
#include "tests/simulation/sim_fiber.h"
#include "tests/simulation/sim_plan.h"
#include "tests/support/fake_broker.h"
#include "tests/support/fake_bus.h"
#include "tests/support/fake_database.h"
#include "tests/support/fake_store.h"

/* The whole of a run: a broker, a database for each service, two members of each, the gateways, the network between
 * them and the time that passes. Everything follows from the plan: nothing here asks a clock or a thread. */

enum {
    SIM_SERVICES = 4,
    SIM_MEMBERS_EACH = 2,
    SIM_MEMBERS = SIM_SERVICES * SIM_MEMBERS_EACH,
    SIM_SHARDS = 2,
    SIM_VERDICT_BYTES = 600,
};

/** The declarations that the services' main() hand to service_main. */
extern const struct service *const *sim_services(void);

struct sim_world;

/** One process of a service. */
struct sim_member {
    struct sim_world *world;
    int index; /**< of all members */
    int service;
    struct fake_process process;
    struct fake_bus bus;
    struct fake_store store;
    struct metrics metrics;
    struct running running;
    struct sim_fiber *fiber;
    bool alive; /**< its fiber has begun and not ended */
    bool started;
    bool stopping;
    int64_t awake_at;   /**< turn; asleep until then */
    int64_t back_at;    /**< of one that is not alive */
    int64_t lands_from; /**< what it sends stands until this turn */
    const char *stands; /**< on this topic alone; NULL: on all */
    bool dies_with_it;  /**< when it is to land */
    uint32_t believes;  /**< shards it was told to own, as bits */
    bool in_group;
    /* faults that wait for their effect */
    struct sim_item crash; /**< SIM_CRASH, or none */
    int64_t crash_left;
    struct sim_item away;
    int64_t away_left;
    enum fake_fate fate;
    bool was_refused;  /**< what it sent, for good */
    const char *state; /**< SQLSTATE of its next commit; NULL: as `fate` says */
    char *last_words;  /**< of the FATAL error it ended with; NULL: none */
};

/** What a gateway has sent on one partition of one topic. */
struct sim_stream {
    size_t *sent; /**< in order of seq: places in `sayings` */
    size_t count;
    size_t capacity;
};

/** What a gateway says, encoded. */
struct sim_saying {
    struct bus_message message;
    const struct sim_message *fact; /**< NULL: a day */
};

struct sim_gateway {
    const char *institution;
    int64_t incarnation;
    bool skips; /**< its next message is lost on the way */
    struct sim_stream streams[SIM_REPORTED_TOPICS][SIM_SHARDS];
    struct sim_stream before[SIM_REPORTED_TOPICS][SIM_SHARDS]; /**< under the last incarnation */
};

/** What a database held when it went back. */
struct sim_lost {
    struct fake_shard *shards;
    struct sim_lost *next;
};

struct sim_world {
    const struct sim_facts *facts;
    const struct sim_plan *plan;
    struct fake_random random; /**< of the scheduler */
    struct arena arena;
    struct fake_broker broker;
    struct fake_database databases[SIM_SERVICES];
    struct fake_shard *backups[SIM_SERVICES]; /**< the last one; NULL: none */
    struct sim_lost *lost[SIM_SERVICES];
    int64_t restore_at[SIM_SERVICES]; /**< turn; of a database that went back; 0: it did not */
    struct {
        const char *topic;   /**< NULL: none */
        int64_t until;       /**< turn */
    } refused[SIM_SERVICES]; /**< an output that takes nothing */
    bool broker_lost;        /**< what it had acknowledged */
    int64_t redrive_at;      /**< turn; 0: nobody thinks of it */
    struct sim_member members[SIM_MEMBERS];
    struct sim_gateway gateways[SIM_INSTITUTIONS_MAX];
    struct sim_saying *sayings; /**< of all gateways */
    size_t saying_count;
    size_t saying_capacity;
    struct registry *registry;
    bool *sent; /**< which facts were sent, by their place */
    int64_t turn;
    int64_t now_ms;
    bool draining;
    bool telling; /**< the story goes to stderr */
    uint64_t digest;
    char verdict[SIM_VERDICT_BYTES]; /**< what is wrong; "" while nothing is */
};

/** Whether everything came out as it must; else `verdict` says what did not. */
MUST_CHECK bool sim_world_run(const struct sim_facts *facts, const struct sim_plan *plan,
                              bool telling, uint64_t *digest,
                              char verdict[static SIM_VERDICT_BYTES]);

/** Whether a report was sent, and none that is to be set aside. */
bool sim_stands(const struct sim_world *world, size_t fact);

/** A line of the story. */
void sim_tell(struct sim_world *world, const char *format, ...) PRINTF_LIKE(2, 3);
/** The first one stands. Always false. */
bool sim_fail(struct sim_world *world, const char *format, ...) PRINTF_LIKE(2, 3);
/** Into the digest. */
void sim_mix(struct sim_world *world, uint64_t value);
const char *sim_member_name(int index);

/* sim_member.c */
void sim_member_init(struct sim_world *world, int index);
void sim_member_finish(struct sim_member *member);
/** One effect further; false: it cannot run now. */
bool sim_member_resume(struct sim_member *member);
/** It dies here and now. */
void sim_member_kill(struct sim_member *member);
/** What stands at `index` of its queue comes to the broker, with what must come before. */
void sim_member_carry(struct sim_member *member, size_t index);

/* sim_group.c */
/** Deals the shards of a service to those of its members who can answer. */
void sim_group_deal(struct sim_world *world, int service);

/* sim_gateway.c */
void sim_gateway_send(struct sim_world *world, const struct sim_message *message);
void sim_gateway_close_day(struct sim_world *world, int institution, int32_t day, int topic);
/** The last `count` messages of every partition again. */
void sim_gateway_repeat(struct sim_world *world, int institution, size_t count);
/** What a record of a gateway says; NULL: a day, or it is nobody's. */
const struct sim_message *sim_gateway_fact(const struct sim_world *world,
                                           const struct bus_message *record);
void sim_gateway_renew(struct sim_world *world, int institution);
/** From its outbox, of one partition, from sequence `first` on. False: there is nothing. */
bool sim_gateway_redrive(struct sim_world *world, int institution, const char *topic,
                         int32_t partition, int64_t first);
void sim_gateway_finish(struct sim_world *world);

/* sim_restore.c */
void sim_back_up(struct sim_world *world, int service);
/** To the last backup, if there is one. */
void sim_go_back(struct sim_world *world, int service, int64_t restore_in);
/** What `abasto restore --execute` does, to the databases that went back and whose time has come. */
void sim_restore(struct sim_world *world);
void sim_restore_finish(struct sim_world *world);

/* sim_redrive.c */
/** The broker loses records of the log with this number; of the head not what its producer may still read. */
void sim_lose_tail(struct sim_world *world, size_t log, int64_t count);
void sim_lose_head(struct sim_world *world, size_t log, int64_t count);
/** What `abasto redrive --execute` does. False: nobody waits for anything. */
bool sim_redrive(struct sim_world *world);

/* sim_watch.c: what must hold at every commit */
void sim_watch(void *context, const struct fake_shard *shard, const struct store_commit *commit);

#endif
