#include "tests/simulation/sim_world.h"

#include "events.h"
#include "tests/simulation/sim_oracle.h"
#include "topics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DRAIN_TURNS_MAX = 120000,
    LOOK_EVERY = 64,
    REDRIVE_EVERY = 1500,
    TURN_MS = 20,
    DRAIN_TURN_MS = 200
};

/* --- the story --- */

void sim_mix(struct sim_world *world, uint64_t value)
{
    world->digest = (world->digest ^ value) * UINT64_C(1099511628211);
    world->digest ^= world->digest >> 29;
}

void sim_tell(struct sim_world *world, const char *format, ...)
{
    va_list arguments;

    if (!world->telling) {
        return;
    }
    va_start(arguments, format);
    (void)fprintf(stderr, "[%6" PRId64 "] ", world->turn);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

bool sim_fail(struct sim_world *world, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (world->verdict[0] == '\0') {
        (void)vsnprintf(world->verdict, sizeof world->verdict, format, arguments);
        sim_tell(world, "WRONG: %s", world->verdict);
    }
    va_end(arguments);
    return false;
}

bool sim_stands(const struct sim_world *world, size_t fact)
{
    return world->sent[fact] && world->facts->items[fact].poison == SIM_WHOLESOME;
}

/* --- beginning and end --- */

static void learn_schemas(struct sim_world *world)
{
    struct error err = {0};
    struct member member = {.bus = &world->members[0].bus.bus};

    member.registry = registry_create(event_types, event_type_count);
    world->registry = member.registry;
    if (!member_learn_schemas(&member, &err)) {
        (void)fprintf(stderr, "%s\n", err.message);
        abort();
    }
}

static void open_world(struct sim_world *world)
{
    fake_broker_init(&world->broker, SIM_SHARDS);
    for (int i = 0; i < SIM_SERVICES; i++) {
        fake_database_init(&world->databases[i], SIM_SHARDS);
        world->databases[i].keeps_outbox = true;
        world->databases[i].refused = sim_refused_text;
        world->databases[i].watch = sim_watch;
        world->databases[i].watch_context = world;
    }
    for (int i = 0; i < SIM_MEMBERS; i++) {
        sim_member_init(world, i);
    }
    for (int i = 0; i < world->facts->institution_count; i++) {
        world->gateways[i] =
            (struct sim_gateway){.institution = world->facts->institutions[i], .incarnation = 1};
    }
    world->sent = arena_array(&world->arena, world->facts->count + 1, sizeof *world->sent);
    learn_schemas(world);
}

static void close_world(struct sim_world *world)
{
    for (int i = 0; i < SIM_MEMBERS; i++) {
        sim_member_finish(&world->members[i]);
    }
    sim_restore_finish(world);
    for (int i = 0; i < SIM_SERVICES; i++) {
        fake_database_finish(&world->databases[i]);
    }
    sim_gateway_finish(world);
    fake_broker_finish(&world->broker);
    registry_destroy(world->registry);
    arena_finish(&world->arena);
}

/* --- what the plan says --- */

/* One of its outputs, whose leader is away; NULL: the whole broker is. */
static const char *stands_on(const struct sim_member *member, int64_t output)
{
    const char *const *outputs = sim_services()[member->service]->outputs;

    for (int64_t i = 0; outputs[i] != NULL; i++) {
        if (i == output) {
            return outputs[i];
        }
    }
    return NULL;
}

/* Who owns nothing sends nothing: then it is the other one of its service. */
static struct sim_member *who_sends(struct sim_member *member)
{
    return member->believes != 0 ? member : &member->world->members[member->index ^ 1];
}

static void befall_member(struct sim_world *world, const struct sim_item *item)
{
    struct sim_member *member = &world->members[item->a];

    switch (item->kind) {
    case SIM_CRASH:
        member->crash = *item;
        member->crash_left = item->b;
        break;
    case SIM_STOP:
        member->stopping = true;
        member->back_at = world->turn + item->b;
        break;
    case SIM_FREEZE:
        member->awake_at = world->turn + item->b;
        if (item->c != 0) {
            member->in_group = false;
            sim_group_deal(world, member->service);
        }
        break;
    case SIM_COMMIT:
        member->fate = item->b == SIM_FAILS ? FAKE_COMMITS : (enum fake_fate)item->b;
        member->state = item->b == SIM_FAILS ? sim_states[item->c] : NULL;
        break;
    case SIM_AWAY:
        member->away = *item;
        member->away_left = item->b;
        break;
    case SIM_UNSENT:
        fake_bus_fail(&member->bus);
        break;
    case SIM_CUT:
        fake_store_disconnect(&member->store);
        break;
    case SIM_HELD:
        member = who_sends(member);
        member->lands_from = world->turn + item->b;
        member->stands = stands_on(member, item->c);
        member->dies_with_it = item->d != 0;
        break;
    case SIM_SEND:
    case SIM_DAY:
    case SIM_REPEAT:
    case SIM_SKIP:
    case SIM_RENEW:
    case SIM_REBALANCE:
    case SIM_RAISE:
    case SIM_BACKUP:
    case SIM_GO_BACK:
    case SIM_UNSENT_FOR_GOOD:
    case SIM_LOSE_TAIL:
    case SIM_LOSE_HEAD:
    case SIM_KINDS:
        break;
    }
}

static void happen(struct sim_world *world, const struct sim_item *item)
{
    if (world->telling) {
        sim_tell(world, "%s", sim_plan_text(&world->arena, world->facts, item));
    }
    switch (item->kind) {
    case SIM_SEND:
        world->sent[item->a] = true;
        sim_gateway_send(world, &world->facts->items[item->a]);
        break;
    case SIM_DAY:
        sim_gateway_close_day(world, (int)item->a, (int32_t)item->b, (int)item->c);
        break;
    case SIM_REPEAT:
        sim_gateway_repeat(world, (int)item->a, (size_t)item->b);
        break;
    case SIM_SKIP:
        world->gateways[item->a].skips = true;
        break;
    case SIM_RENEW:
        sim_gateway_renew(world, (int)item->a);
        break;
    case SIM_REBALANCE:
        sim_group_deal(world, (int)item->a);
        break;
    case SIM_RAISE:
        fake_database_lock(&world->databases[item->a], (int32_t)item->b)->incarnation++;
        break;
    case SIM_BACKUP:
        sim_back_up(world, (int)item->a);
        break;
    case SIM_GO_BACK:
        sim_go_back(world, (int)item->a, item->b);
        break;
    case SIM_UNSENT_FOR_GOOD:
        world->refused[item->a].topic = sim_services()[item->a]->outputs[item->c];
        world->refused[item->a].until = world->turn + item->b;
        break;
    case SIM_LOSE_TAIL:
        sim_lose_tail(world, (size_t)item->a, item->b);
        world->redrive_at = world->turn + item->c;
        break;
    case SIM_LOSE_HEAD:
        sim_lose_head(world, (size_t)item->a, item->b);
        world->redrive_at = world->turn + item->c;
        break;
    case SIM_CRASH:
    case SIM_STOP:
    case SIM_FREEZE:
    case SIM_COMMIT:
    case SIM_AWAY:
    case SIM_UNSENT:
    case SIM_CUT:
    case SIM_HELD:
        befall_member(world, item);
        break;
    case SIM_KINDS:
        break;
    }
}

/* --- one turn --- */

static bool stands(const struct sim_member *member, const char *topic)
{
    return member->world->turn < member->lands_from &&
           (member->stands == NULL || strcmp(member->stands, topic) == 0);
}

static void carry_messages(struct sim_world *world)
{
    for (int i = 0; i < SIM_MEMBERS; i++) {
        struct sim_member *member = &world->members[i];
        const int64_t waiting = (int64_t)member->bus.queue.count;

        if (waiting > 0 && fake_random_once_in(&world->random, 4)) {
            const size_t at = (size_t)fake_random_below(&world->random, waiting);

            if (!stands(member, member->bus.queue.items[at].message.topic)) {
                sim_member_carry(member, at);
            }
        }
    }
}

static void die_with_what_stands(struct sim_world *world)
{
    for (int i = 0; i < SIM_MEMBERS; i++) {
        struct sim_member *member = &world->members[i];

        if (member->dies_with_it && world->turn >= member->lands_from) {
            member->dies_with_it = false;
            sim_tell(world, "%s > dies with what it had not sent", sim_member_name(i));
            sim_member_kill(member);
            sim_group_deal(world, member->service);
        }
    }
}

static void work_off_late(struct sim_world *world)
{
    if (fake_random_once_in(&world->random, 40)) {
        const int64_t service = fake_random_below(&world->random, SIM_SERVICES);

        if (fake_database_work_off(&world->databases[service],
                                   !fake_random_once_in(&world->random, 3))) {
            sim_tell(world, "%s > a commit that nobody waits for is worked off",
                     sim_services()[service]->name);
        }
    }
}

/* What an operator has to mend stops a process, with words that say what it is; its supervisor starts it again. */
static bool may_stop(const struct sim_world *world, const struct sim_member *member)
{
    const struct {
        bool happened;
        const char *words;
    } reasons[] = {
        {true, "some statement"},
        {member->was_refused, "sending to topic"},
        {world->broker_lost, "is outside the log"},
        {world->restore_at[member->service] != 0, "it was rolled back; run abasto restore"}};

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].happened && strstr(member->last_words, reasons[i].words) != NULL) {
            return true;
        }
    }
    return false;
}

static bool nobody_gave_up(struct sim_world *world)
{
    for (int i = 0; i < SIM_MEMBERS; i++) {
        struct sim_member *member = &world->members[i];

        if (member->last_words != NULL && !may_stop(world, member)) {
            return sim_fail(world, "%s stopped: %s", sim_member_name(i), member->last_words);
        }
        free(member->last_words);
        member->last_words = NULL;
    }
    return true;
}

/* What somebody does who looks after it. */
static void operate(struct sim_world *world)
{
    sim_restore(world);
    for (int i = 0; i < SIM_SERVICES; i++) {
        if (world->refused[i].topic != NULL && world->turn >= world->refused[i].until) {
            world->refused[i].topic = NULL;
        }
    }
    if (world->redrive_at != 0 && world->turn >= world->redrive_at) {
        world->redrive_at = world->draining ? world->turn + REDRIVE_EVERY : 0;
        (void)sim_redrive(world);
    }
}

static void turn(struct sim_world *world)
{
    const int64_t first = fake_random_below(&world->random, SIM_MEMBERS);

    for (int64_t i = 0; i < SIM_MEMBERS; i++) {
        if (sim_member_resume(&world->members[(first + i) % SIM_MEMBERS])) {
            break;
        }
    }
    operate(world);
    die_with_what_stands(world);
    carry_messages(world);
    work_off_late(world);
    world->now_ms += fake_random_below(&world->random, world->draining ? DRAIN_TURN_MS : TURN_MS);
    world->turn++;
}

/* --- the end --- */

static bool is_read_to_the_end(const struct sim_world *world, int service, int32_t id)
{
    const struct service *declared = sim_services()[service];
    const struct fake_shard *shard = &world->databases[service].shards[id];
    const struct store_position *positions = shard->positions.items;

    for (size_t i = 0; declared->inputs[i] != NULL; i++) {
        const struct fake_log *log = fake_broker_log(&world->broker, declared->inputs[i], id);
        int64_t at = 0;

        for (size_t j = 0; j < shard->positions.count; j++) {
            at = strcmp(positions[j].topic, log->topic) == 0 ? positions[j].next_offset : at;
        }
        if (at < log->end) {
            return false;
        }
    }
    return true;
}

static bool is_at_rest(const struct sim_world *world)
{
    for (int i = 0; i < SIM_MEMBERS; i++) {
        const struct sim_member *member = &world->members[i];

        if (!member->started || member->bus.queue.count + member->bus.acks.count > 0 ||
            atomic_load(&member->metrics.idle) != 1) {
            return false;
        }
        for (int32_t id = 0; id < SIM_SHARDS; id++) {
            const struct shard *shard = &member->running.shards[id];

            if ((member->believes >> id & 1) != 0 &&
                (shard->state != SHARD_OWNED || shard->unpublished_first != NULL ||
                 shard->agenda_due || !is_read_to_the_end(world, member->service, id))) {
                return false;
            }
        }
    }
    return true;
}

/* No fault any more: everybody lives, all that was lost on the way is sent again, the last day closes. */
static void heal(struct sim_world *world)
{
    world->draining = true;
    sim_tell(world, "no more faults");
    for (int i = 0; i < SIM_MEMBERS; i++) {
        struct sim_member *member = &world->members[i];

        member->awake_at = 0;
        member->back_at = 0;
        member->lands_from = 0;
        member->dies_with_it = false;
        member->crash_left = 0;
        member->away_left = 0;
        member->fate = FAKE_COMMITS;
        member->state = NULL;
    }
    for (int i = 0; i < world->facts->institution_count; i++) {
        world->gateways[i].skips = false;
        for (int topic = 0; topic < SIM_REPORTED_TOPICS; topic++) {
            sim_gateway_close_day(world, i, world->facts->last_day, topic);
        }
        sim_gateway_repeat(world, i, SIZE_MAX);
    }
    world->redrive_at = world->broker_lost ? world->turn : 0;
    for (int i = 0; i < SIM_SERVICES; i++) {
        world->refused[i].until = 0;
        sim_group_deal(world, i);
        while (fake_database_work_off(&world->databases[i], true)) {
        }
    }
}

static bool come_to_rest(struct sim_world *world)
{
    for (int64_t i = 0; i < DRAIN_TURNS_MAX && world->verdict[0] == '\0'; i++) {
        turn(world);
        if (!nobody_gave_up(world)) {
            return false;
        }
        if (i % LOOK_EVERY == 0 && is_at_rest(world) &&
            (!world->broker_lost || !sim_redrive(world))) {
            return true;
        }
    }
    return sim_fail(world, "it does not come to rest in %d turns", (int)DRAIN_TURNS_MAX);
}

/* Everybody leaves in peace, and nobody comes back. */
static void leave(struct sim_world *world)
{
    for (int i = 0; i < SIM_MEMBERS; i++) {
        world->members[i].stopping = true;
        world->members[i].back_at = INT64_MAX;
    }
    for (int i = 0; i < SIM_MEMBERS; i++) {
        while (sim_member_resume(&world->members[i])) {
        }
    }
}

static void digest_all(struct sim_world *world)
{
    for (size_t i = 0; i < world->broker.record_count; i++) {
        const struct bus_message *record = &world->broker.records[i];

        sim_mix(world, (uint64_t)record->offset);
        for (size_t j = 0; j < record->payload.size; j++) {
            sim_mix(world, record->payload.data[j]);
        }
    }
}

bool sim_world_run(const struct sim_facts *facts, const struct sim_plan *plan, bool telling,
                   uint64_t *digest, char verdict[static SIM_VERDICT_BYTES])
{
    struct sim_world *world = memory_alloc(sizeof *world);
    bool good;

    *world = (struct sim_world){
        .facts = facts, .plan = plan, .random = {plan->seed}, .now_ms = 100000, .telling = telling};
    open_world(world);
    for (size_t i = 0; i < plan->count && world->verdict[0] == '\0'; i++) {
        while (world->turn < plan->items[i].turn && world->verdict[0] == '\0') {
            turn(world);
            (void)nobody_gave_up(world);
        }
        happen(world, &plan->items[i]);
    }
    heal(world);
    good = come_to_rest(world);
    if (good) {
        leave(world);
        good = nobody_gave_up(world) && sim_oracle_agrees(world);
    }
    digest_all(world);
    *digest = world->digest;
    memcpy(verdict, world->verdict, SIM_VERDICT_BYTES);
    close_world(world);
    free(world);
    return good && verdict[0] == '\0';
}
