#include "tests/simulation/sim_world.h"

/* Group coordinators. A member is told with its next poll, so that one that sleeps, or has not polled yet, still
 * believes that it owns what others have been given. */

static bool can_answer(const struct sim_member *member)
{
    return member->alive && member->in_group;
}

static void take_all(struct sim_member *member)
{
    for (int32_t shard = 0; shard < SIM_SHARDS; shard++) {
        if ((member->believes >> shard & 1) != 0) {
            fake_bus_take(&member->bus, shard);
        }
    }
    member->believes = 0;
}

void sim_group_deal(struct sim_world *world, int service)
{
    struct sim_member *candidates[SIM_MEMBERS_EACH];
    int count = 0;

    for (int i = 0; i < SIM_MEMBERS_EACH; i++) {
        struct sim_member *member = &world->members[service * SIM_MEMBERS_EACH + i];

        take_all(member);
        if (can_answer(member)) {
            candidates[count++] = member;
        }
    }
    for (int32_t shard = 0; count > 0 && shard < SIM_SHARDS; shard++) {
        struct sim_member *member = candidates[fake_random_below(&world->random, count)];

        member->believes |= 1U << shard;
        fake_bus_give(&member->bus, shard);
        sim_tell(world, "group of %s > shard %d to %s", sim_services()[service]->name, (int)shard,
                 sim_member_name(member->index));
    }
}
