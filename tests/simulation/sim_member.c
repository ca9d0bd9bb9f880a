#include "common/store/store_pg.h"
#include "tests/simulation/sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A process of a service: its life, and what befalls each of its effects. */

enum { BATCH_MESSAGES = 6, CACHE_BYTES = 1 << 16, MESSAGE_BYTES = 20000, DRAIN_MS = 3000 };

const char *sim_member_name(int index)
{
    static char names[SIM_MEMBERS][32];

    (void)snprintf(names[index], sizeof names[index], "%s/%d",
                   sim_services()[index / SIM_MEMBERS_EACH]->name, index % SIM_MEMBERS_EACH + 1);
    return names[index];
}

/* --- its life --- */

static int64_t now_ms(void *context)
{
    return ((const struct sim_world *)context)->now_ms;
}

static const char *no_setting(const void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

static void end(struct sim_member *member, const struct error *err)
{
    free(member->last_words);
    member->last_words =
        member->process.dead || err->action == ERROR_NONE ? NULL : memory_copy(err->message);
    if (member->last_words != NULL) {
        sim_tell(member->world, "%s > stops: %s", sim_member_name(member->index),
                 member->last_words);
    }
}

static bool start(struct sim_member *member, struct error *err)
{
    const struct running_options options = {.service = sim_services()[member->service],
                                            .bus = &member->bus.bus,
                                            .store = &member->store.store,
                                            .setting = no_setting,
                                            .now_ms = now_ms,
                                            .clock_context = member->world,
                                            .batch_messages = BATCH_MESSAGES,
                                            .cache_bytes = CACHE_BYTES,
                                            .unpublished_bytes_max = 1 << 20,
                                            .message_bytes_max = MESSAGE_BYTES,
                                            .metrics = &member->metrics,
                                            .log_level = (enum log_level)(LOG_LEVEL_ERROR + 1)};

    return running_start(&member->running, &options, err);
}

static void live(void *context)
{
    struct sim_member *member = context;
    struct error err = {0};

    while (!start(member, &err)) {
        if (err.action != ERROR_RETRY) {
            end(member, &err);
            return;
        }
        error_clear(&err);
    }
    member->started = true;
    while (!member->stopping && service_step(&member->running, 0, &err)) {
    }
    if (member->stopping && err.action == ERROR_NONE) {
        running_drain(&member->running, DRAIN_MS);
    }
    end(member, &err);
}

/* --- its effects --- */

static bool strikes(struct sim_item *fault, int64_t *left, enum fake_effect effect)
{
    if (*left == 0 || fault->c != (int64_t)effect) {
        return false;
    }
    (*left)--;
    return true;
}

static enum fake_fault befalls(void *context, enum fake_effect effect, int32_t shard)
{
    struct sim_member *member = context;
    struct sim_world *world = member->world;

    if (member->process.dead) {
        return FAKE_DIES_BEFORE;
    }
    sim_fiber_pause(member->fiber);
    sim_mix(world, (uint64_t)member->index << 32 | (uint64_t)effect << 8 | (uint8_t)shard);
    if (member->process.dead) {
        return FAKE_DIES_BEFORE;
    }
    if (strikes(&member->crash, &member->crash_left, effect) && member->crash_left == 0) {
        sim_tell(world, "%s > dies %s %s", sim_member_name(member->index),
                 member->crash.d != 0 ? "after" : "before", fake_effect_name(effect));
        return member->crash.d != 0 ? FAKE_DIES_AFTER : FAKE_DIES_BEFORE;
    }
    if (strikes(&member->away, &member->away_left, effect)) {
        sim_tell(world, "%s > %s: nobody answers", sim_member_name(member->index),
                 fake_effect_name(effect));
        return FAKE_IS_AWAY;
    }
    return FAKE_GOES_WELL;
}

static enum fake_fate fate_of_state(const char *state)
{
    switch (store_pg_action(state)) {
    case ERROR_NONE:
        return FAKE_COMMITS;
    case ERROR_RETRY:
        return FAKE_ROLLS_BACK;
    case ERROR_REJECT:
        return FAKE_REFUSES;
    case ERROR_FATAL:
        return FAKE_STOPS;
    }
    abort();
}

static enum fake_fate fate(void *context, int32_t shard)
{
    static const char *const texts[FAKE_FATES] = {
        [FAKE_FENCES] = "fenced by somebody else",
        [FAKE_LOSES_REPLY] = "applied, reply lost",
        [FAKE_LOSES_CONNECTION] = "not applied, reply lost",
        [FAKE_COMMITS_LATE] = "reply lost, to be applied some time",
        [FAKE_ROLLS_BACK] = "rolled back, SQLSTATE ",
        [FAKE_REFUSES] = "a message is refused, SQLSTATE ",
        [FAKE_STOPS] = "impossible, SQLSTATE "};
    struct sim_member *member = context;
    const char *state = member->state;
    const enum fake_fate struck = state != NULL ? fate_of_state(state) : member->fate;

    member->fate = FAKE_COMMITS;
    member->state = NULL;
    if (struck != FAKE_COMMITS) {
        sim_tell(member->world, "%s > commit of shard %d: %s%s", sim_member_name(member->index),
                 (int)shard, texts[struck], state != NULL ? state : "");
    }
    return struck;
}

static bool locks_early(void *context)
{
    return fake_random_once_in(&((struct sim_member *)context)->world->random, 2);
}

static enum fake_holder holder(void *context, int32_t shard)
{
    static const char *const texts[] = {"is ended", "commits first", "does not yield"};
    struct sim_member *member = context;
    const int64_t fate_of_it =
        fake_random_below(&member->world->random, member->world->draining ? 2 : 3);

    sim_tell(member->world, "%s > takes shard %d over: who holds its row %s",
             sim_member_name(member->index), (int)shard, texts[fate_of_it]);
    return (enum fake_holder)fate_of_it;
}

static size_t portion(void *context, size_t most)
{
    struct fake_random *random = &((struct sim_member *)context)->world->random;

    return fake_random_once_in(random, 2) ? most
                                          : (size_t)fake_random_below(random, (int64_t)most + 1);
}

/* --- from outside --- */

void sim_member_init(struct sim_world *world, int index)
{
    struct sim_member *member = &world->members[index];

    *member = (struct sim_member){.world = world,
                                  .index = index,
                                  .service = index / SIM_MEMBERS_EACH,
                                  .process = {.context = member,
                                              .befalls = befalls,
                                              .fate = fate,
                                              .locks_early = locks_early,
                                              .holder = holder,
                                              .portion = portion}};
    fake_bus_init(&member->bus, &world->broker);
    member->bus.holds = true;
    member->fiber = sim_fiber_create(live, member);
}

static void begin(struct sim_member *member)
{
    struct fake_database *database = &member->world->databases[member->service];

    fake_store_init(&member->store, database);
    member->store.own_rule_version = sim_services()[member->service]->rule_version;
    member->process.dead = false;
    member->process.dies_after = false;
    member->was_refused = false;
    member->store.process = &member->process;
    member->bus.process = &member->process;
    member->metrics = (struct metrics){0};
    member->started = false;
    member->stopping = false;
    member->alive = true;
    member->in_group = true;
    member->crash_left = 0;
    member->away_left = 0;
    member->fate = FAKE_COMMITS;
    member->state = NULL;
    sim_fiber_restart(member->fiber);
}

/* Of what it had sent, a first part may still land; nobody hears of it. */
static void bury(struct sim_member *member)
{
    struct error err = {0};
    const int64_t sent = (int64_t)member->bus.queue.count;

    if (member->started) {
        running_finish(&member->running);
    }
    fake_store_finish(&member->store);
    member->bus.process = NULL;
    fake_bus_lose(&member->bus, (size_t)fake_random_below(&member->world->random, sent + 1));
    if (!member->bus.bus.operations->reset(&member->bus.bus, &err)) {
        abort();
    }
    member->bus.cursor_count = 0;
    member->bus.given.count = 0;
    member->bus.taken.count = 0;
    member->believes = 0;
    member->alive = false;
    member->started = false;
    member->in_group = false;
}

/* Once awake, one that the group gave up finds its way back in some time. */
static void rejoin(struct sim_member *member)
{
    struct sim_world *world = member->world;

    if (!member->in_group && (world->draining || fake_random_once_in(&world->random, 20))) {
        member->in_group = true;
        sim_group_deal(world, member->service);
    }
}

bool sim_member_resume(struct sim_member *member)
{
    struct sim_world *world = member->world;

    if (!member->alive) {
        if (world->turn < member->back_at) {
            return false;
        }
        begin(member);
        sim_tell(world, "%s > starts", sim_member_name(member->index));
        sim_group_deal(world, member->service);
    }
    if (world->turn < member->awake_at) {
        return false;
    }
    rejoin(member);
    sim_fiber_resume(member->fiber);
    if (sim_fiber_ended(member->fiber)) {
        bury(member);
        if (!member->stopping) {
            member->back_at = world->turn + 1 + fake_random_below(&world->random, 60);
        }
        sim_group_deal(world, member->service);
    }
    return true;
}

void sim_member_kill(struct sim_member *member)
{
    if (member->alive) {
        member->process.dead = true;
        while (!sim_fiber_ended(member->fiber)) {
            sim_fiber_resume(member->fiber);
        }
        bury(member);
    }
}

void sim_member_carry(struct sim_member *member, size_t index)
{
    const struct fake_sending *sending = &member->bus.queue.items[index];
    const char *refused = member->world->refused[member->service].topic;

    if (refused == NULL || strcmp(refused, sending->message.topic) != 0) {
        fake_bus_land(&member->bus, index);
        return;
    }
    member->was_refused = member->was_refused || !sending->forgotten;
    fake_bus_refuse(&member->bus, index);
}

void sim_member_finish(struct sim_member *member)
{
    sim_member_kill(member);
    fake_bus_finish(&member->bus);
    sim_fiber_destroy(member->fiber);
    free(member->last_words);
}
