#include "tests/simulation/sim_plan.h"

#include "tests/simulation/sim_world.h"
#include "topics.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const sim_states[SIM_STATES] = {
    "08006", "25P02", "40001", "40P01", "53100", "53300", "55P03",
    "57014", "57P01", "58030", "42P01", "0A000", "XX000",
};

enum { TURNS_PER_MESSAGE = 40, QUIET_TURNS = 200 };

void sim_plan_add(struct sim_plan *plan, const struct sim_item *item)
{
    if (plan->count == plan->capacity) {
        plan->capacity = plan->capacity == 0 ? 64 : plan->capacity * 2;
        plan->items = memory_resize(plan->items, plan->capacity * sizeof *plan->items);
    }
    plan->items[plan->count++] = *item;
}

void sim_plan_finish(struct sim_plan *plan)
{
    free(plan->items);
    *plan = (struct sim_plan){0};
}

static int by_turn(const void *left, const void *right)
{
    const struct sim_item *a = left;
    const struct sim_item *b = right;

    if (a->turn != b->turn) {
        return a->turn < b->turn ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    if (a->b != b->b) {
        return a->b < b->b ? -1 : 1;
    }
    return (a->c > b->c) - (a->c < b->c);
}

/* Messages come in about the order they were made, or in any. */
static void plan_messages(struct sim_plan *plan, const struct sim_facts *facts, int64_t turns,
                          struct fake_random *random)
{
    const bool orderly = fake_random_once_in(random, 3);

    for (size_t i = 0; i < facts->count; i++) {
        const int64_t place = (int64_t)i * turns / (int64_t)facts->count;
        const struct sim_item item = {.turn = orderly ? place : fake_random_below(random, turns),
                                      .kind = SIM_SEND,
                                      .a = (int64_t)i};

        sim_plan_add(plan, &item);
    }
}

/* A topic of a gateway may be late with its days: the watermark of whoever reads it stalls. */
static void plan_days(struct sim_plan *plan, const struct sim_facts *facts, int64_t turns,
                      struct fake_random *random)
{
    for (int i = 0; i < facts->institution_count; i++) {
        for (int topic = 0; topic < SIM_REPORTED_TOPICS; topic++) {
            int64_t turn = 0;

            for (int32_t day = facts->first_day; day <= facts->last_day; day++) {
                const struct sim_item item = {
                    .turn = turn, .kind = SIM_DAY, .a = i, .b = day, .c = topic};

                turn += fake_random_below(random, 2 * turns / 9 + 1);
                if (!fake_random_once_in(random, 4)) { /* or the next one covers it */
                    sim_plan_add(plan, &item);
                }
            }
        }
    }
}

enum { FAULT_KINDS = SIM_KINDS - SIM_REPEAT };
#define BIT(kind) (UINT64_C(1) << ((kind)-SIM_REPEAT))

static const uint64_t losses = BIT(SIM_LOSE_TAIL) | BIT(SIM_LOSE_HEAD);
static const uint64_t futures = BIT(SIM_GO_BACK) | BIT(SIM_RAISE);

/* A run knows some kinds of faults only, so that some runs know many of one kind. */
static uint64_t any_kinds(struct fake_random *random)
{
    const uint64_t all = (UINT64_C(1) << FAULT_KINDS) - 1;
    const uint64_t kinds = (uint64_t)fake_random_below(random, (int64_t)all + 1) &
                           (uint64_t)fake_random_below(random, (int64_t)all + 1);
    const uint64_t known = kinds == 0 || fake_random_once_in(random, 3) ? all : kinds;

    /* Who looks for its own lost future needs what the broker has acknowledged. */
    return known & ~(fake_random_once_in(random, 2) ? losses : futures);
}

static enum sim_kind any_kind(uint64_t kinds, struct fake_random *random)
{
    int64_t kind = SIM_HELD - SIM_REPEAT;

    /* What one topic waits for while another goes on has to be many things before something is to be seen. */
    if ((kinds & BIT(SIM_HELD)) != 0 && fake_random_once_in(random, 3)) {
        return SIM_HELD;
    }
    do {
        kind = fake_random_below(random, FAULT_KINDS);
    } while ((kinds >> kind & 1) == 0);
    return (enum sim_kind)(SIM_REPEAT + kind);
}

/* Of a topic that has a sequence and that somebody reads or writes here. */
static int64_t any_log(struct fake_random *random)
{
    static const char *const topics[] = {"reported.contracts",
                                         "reported.orders",
                                         "reported.shipments",
                                         "reported.receipts",
                                         "reported.decisions",
                                         "contracts",
                                         "orders",
                                         "shipments",
                                         "deliveries",
                                         "sanctions",
                                         "findings"};
    const char *topic =
        topics[fake_random_below(random, (int64_t)(sizeof topics / sizeof topics[0]))];

    return (topic_by_name(topic) - topic_declarations) * SIM_SHARDS +
           fake_random_below(random, SIM_SHARDS);
}

static struct sim_item any_fault(const struct sim_facts *facts, uint64_t kinds,
                                 struct fake_random *random)
{
    static const enum fake_effect away[] = {FAKE_ASK,    FAKE_SCAN,     FAKE_SEND,
                                            FAKE_AGENDA, FAKE_TAKEOVER, FAKE_LOAD_RECEIVE};
    static const int fates[] = {FAKE_FENCES,           FAKE_LOSES_REPLY, FAKE_COMMITS_LATE,
                                FAKE_LOSES_CONNECTION, SIM_FAILS,        SIM_FAILS};
    struct sim_item item = {.kind = any_kind(kinds, random),
                            .a = fake_random_below(random, SIM_MEMBERS)};

    switch (item.kind) {
    case SIM_SEND:
    case SIM_DAY:
    case SIM_KINDS:
        break;
    case SIM_REPEAT:
        item.a = fake_random_below(random, facts->institution_count);
        item.b = 1 + fake_random_below(random, 12);
        break;
    case SIM_SKIP:
    case SIM_RENEW:
        item.a = fake_random_below(random, facts->institution_count);
        break;
    case SIM_CRASH:
        item.b = 1 + fake_random_below(random, 4);
        item.c = fake_random_below(random, FAKE_EFFECTS);
        item.d = fake_random_below(random, 2);
        break;
    case SIM_STOP:
        item.b = 20 + fake_random_below(random, 400);
        break;
    case SIM_HELD:
        item.b = 20 + fake_random_below(random, 2400);
        item.c = fake_random_below(random, 3);
        item.d = fake_random_below(random, 8);
        break;
    case SIM_FREEZE:
        item.b = 20 + fake_random_below(random, 600);
        item.c = fake_random_below(random, 3);
        break;
    case SIM_COMMIT:
        item.b = fates[fake_random_below(random, (int64_t)(sizeof fates / sizeof fates[0]))];
        item.c = fake_random_below(random, SIM_STATES);
        break;
    case SIM_AWAY:
        item.b = 1 + fake_random_below(random, 6);
        item.c = away[fake_random_below(random, (int64_t)(sizeof away / sizeof away[0]))];
        break;
    case SIM_UNSENT:
    case SIM_CUT:
        break;
    case SIM_GO_BACK:
        item.a = fake_random_below(random, SIM_SERVICES);
        item.b = fake_random_once_in(random, 2) ? 0 : fake_random_below(random, 2000);
        break;
    case SIM_UNSENT_FOR_GOOD:
        item.a = fake_random_below(random, SIM_SERVICES);
        item.b = 20 + fake_random_below(random, 1500);
        item.c = fake_random_below(random, 2);
        break;
    case SIM_LOSE_TAIL:
    case SIM_LOSE_HEAD:
        item.a = any_log(random);
        item.b = 1 + fake_random_below(random, 8);
        item.c = fake_random_below(random, 2000);
        break;
    case SIM_BACKUP:
    case SIM_REBALANCE:
        item.a = fake_random_below(random, SIM_SERVICES);
        break;
    case SIM_RAISE:
        item.a = fake_random_below(random, SIM_SERVICES);
        item.b = fake_random_below(random, SIM_SHARDS);
        break;
    }
    return item;
}

void sim_plan_make(struct sim_plan *plan, const struct sim_facts *facts, uint64_t seed,
                   struct fake_random *random)
{
    const int64_t turns = QUIET_TURNS + (int64_t)facts->count * TURNS_PER_MESSAGE;
    const int64_t faults = fake_random_below(random, 60);
    const uint64_t kinds = any_kinds(random);

    *plan = (struct sim_plan){.seed = seed};
    plan_messages(plan, facts, turns, random);
    plan_days(plan, facts, turns, random);
    for (int64_t i = 0; i < faults; i++) {
        struct sim_item item = any_fault(facts, kinds, random);

        item.turn = fake_random_below(random, turns);
        sim_plan_add(plan, &item);
    }
    qsort(plan->items, plan->count, sizeof *plan->items, by_turn);
}

static const char *const poisons[] = {[SIM_WHOLESOME] = "",
                                      [SIM_REFUSED] = ", which its database refuses",
                                      [SIM_UNREADABLE] = ", unreadable",
                                      [SIM_TOO_LONG] = ", too long"};

const char *sim_plan_text(struct arena *arena, const struct sim_facts *facts,
                          const struct sim_item *item)
{
    const char *member = item->a < SIM_MEMBERS ? sim_member_name((int)item->a) : "";
    const char *gateway = item->a < SIM_INSTITUTIONS_MAX ? facts->institutions[item->a] : "";
    const char *service = item->a < SIM_SERVICES ? sim_services()[item->a]->name : "";

    switch (item->kind) {
    case SIM_SEND:
        return arena_format(arena, "gateway.%s > %s: %s of %s%s",
                            facts->institutions[facts->items[item->a].institution],
                            facts->items[item->a].topic, facts->items[item->a].type->name,
                            facts->items[item->a].key, poisons[facts->items[item->a].poison]);
    case SIM_DAY:
        return arena_format(arena, "gateway.%s > closes day %" PRId64 " on %s", gateway, item->b,
                            sim_reported_topics[item->c]);
    case SIM_REPEAT:
        return arena_format(arena, "gateway.%s > sends the last %" PRId64 " again", gateway,
                            item->b);
    case SIM_SKIP:
        return arena_format(arena, "gateway.%s > its next message is lost on the way", gateway);
    case SIM_RENEW:
        return arena_format(arena, "gateway.%s > is restored", gateway);
    case SIM_CRASH:
        return arena_format(arena, "%s > is to die %s its %" PRId64 "th %s", member,
                            item->d != 0 ? "after" : "before", item->b,
                            fake_effect_name((enum fake_effect)item->c));
    case SIM_STOP:
        return arena_format(arena, "%s > SIGTERM", member);
    case SIM_FREEZE:
        return arena_format(arena, "%s > SIGSTOP for %" PRId64 " turns%s", member, item->b,
                            item->c != 0 ? "; the group takes its shards away" : "");
    case SIM_COMMIT:
        return arena_format(arena, "%s > its next commit is struck", member);
    case SIM_AWAY:
        return arena_format(arena, "%s > %s is to fail %" PRId64 " times", member,
                            fake_effect_name((enum fake_effect)item->c), item->b);
    case SIM_UNSENT:
        return arena_format(arena, "%s > its producer fails", member);
    case SIM_CUT:
        return arena_format(arena, "%s > its database connection dies", member);
    case SIM_REBALANCE:
        return arena_format(arena, "group of %s > rebalance", service);
    case SIM_HELD:
        return arena_format(
            arena, "%s > what it sends on output %" PRId64 " stands for %" PRId64 " turns%s",
            member, item->c, item->b, item->d != 0 ? "; then it dies" : "");
    case SIM_RAISE:
        return arena_format(arena, "operator > raises the incarnation of %s, shard %" PRId64,
                            service, item->b);
    case SIM_BACKUP:
        return arena_format(arena, "operator > backs up the database of %s", service);
    case SIM_GO_BACK:
        return arena_format(arena,
                            "operator > the database of %s goes back to its backup; abasto restore "
                            "in %" PRId64 " turns",
                            service, item->b);
    case SIM_UNSENT_FOR_GOOD:
        return arena_format(arena,
                            "broker > output %" PRId64 " of %s is refused for %" PRId64 " turns",
                            item->c, service, item->b);
    case SIM_LOSE_TAIL:
    case SIM_LOSE_HEAD:
        return arena_format(arena, "broker > loses the %s %" PRId64 " records of %s[%" PRId64 "]",
                            item->kind == SIM_LOSE_TAIL ? "last" : "first", item->b,
                            topic_declarations[item->a / SIM_SHARDS].name, item->a % SIM_SHARDS);
    case SIM_KINDS:
        break;
    }
    return "?";
}
