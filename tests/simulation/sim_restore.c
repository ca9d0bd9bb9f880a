#include "common/runtime/tail.h"
#include "tests/simulation/sim_world.h"
#include "tests/support/fake_rows.h"
#include "topics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A database that goes back to its backup while the topics stay: what its service said since is the lost future. What
 * `abasto restore --execute` does to it then (cli/restore.c) is done here to the one in memory. */

void sim_back_up(struct sim_world *world, int service)
{
    struct fake_database *database = &world->databases[service];

    fake_database_forget_snapshot(database, world->backups[service]);
    world->backups[service] = fake_database_snapshot(database);
}

static struct store_sequence known_of(const struct fake_shard *shard, const char *topic,
                                      int32_t partition)
{
    const struct store_sequence *items = shard->sequences.items;

    for (size_t i = 0; i < shard->sequences.count; i++) {
        if (items[i].partition == partition && strcmp(items[i].topic, topic) == 0) {
            return items[i];
        }
    }
    return (struct store_sequence){0};
}

/* The incarnation that comes after all that the output holds, if it holds what the database does not know. */
static void look_at(struct sim_world *world, int service, const struct fake_shard *shard,
                    const char *topic, int32_t partition, int64_t *next)
{
    struct bus *bus = &world->members[service * SIM_MEMBERS_EACH].bus.bus;
    const struct store_sequence known = known_of(shard, topic, partition);
    struct tail tail;
    struct error err = {0};

    if (!tail_read(bus, sim_services()[service]->name, shard->id, topic, partition,
                   known.acked_offset, known.incarnation, known.seq, &tail, &err)) {
        (void)sim_fail(world, "%s: %s", topic, err.message);
    } else if (tail.offset >= 0 && tail.incarnation >= *next) {
        *next = tail.incarnation + 1;
    }
}

static void renew(struct sim_world *world, int service, struct fake_shard *shard)
{
    const char *const *outputs = sim_services()[service]->outputs;
    int64_t next = shard->incarnation;

    for (size_t i = 0; outputs[i] != NULL; i++) {
        const bool own = topic_by_name(outputs[i])->partitions_per_shard;

        look_at(world, service, shard, outputs[i], own ? shard->id : 0, &next);
    }
    look_at(world, service, shard, "quarantine", 0, &next);
    if (next > shard->incarnation) {
        shard->incarnation = next;
        shard->epoch++;
        sim_tell(world, "operator > restores %s, shard %" PRId32 ": incarnation %" PRId64,
                 sim_services()[service]->name, shard->id, next);
    }
}

/* Everybody is stopped first; what they had sent lands until then. */
static void stop_all(struct sim_world *world, int service)
{
    for (int i = 0; i < SIM_MEMBERS_EACH; i++) {
        struct sim_member *member = &world->members[service * SIM_MEMBERS_EACH + i];

        sim_member_kill(member);
        while (member->bus.queue.count > 0) {
            sim_member_carry(member, 0);
        }
        member->back_at = world->turn + 1 + fake_random_below(&world->random, 60);
    }
}

static void keep_lost(struct sim_world *world, int service)
{
    struct sim_lost *lost = arena_array(&world->arena, 1, sizeof *lost);

    *lost = (struct sim_lost){.shards = fake_database_snapshot(&world->databases[service]),
                              .next = world->lost[service]};
    world->lost[service] = lost;
}

/* What `abasto rebuild --execute` does (cli/rebuild.c). */
static void empty(struct sim_world *world, int service, struct fake_shard *shard)
{
    struct bus *bus = &world->members[service * SIM_MEMBERS_EACH].bus.bus;
    const char *const *inputs = sim_services()[service]->inputs;
    struct fake_list *const lists[] = {&shard->rows,      &shard->agenda, &shard->positions,
                                       &shard->sequences, &shard->heard,  &shard->watermarks,
                                       &shard->forwarded, &shard->outbox, &shard->quarantine,
                                       &shard->replays};
    const int64_t before = shard->incarnation;

    renew(world, service, shard);
    shard->incarnation += shard->incarnation == before ? 1 : 0;
    shard->epoch++;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        lists[i]->count = 0;
    }
    shard->published = shard->batch;
    for (size_t i = 0; inputs[i] != NULL; i++) {
        struct store_replay *replay = fake_list_add(&shard->replays);
        struct error err = {0};

        replay->topic = inputs[i];
        if (!bus->operations->end_offset(bus, inputs[i], shard->id, &replay->until, &err)) {
            (void)sim_fail(world, "%s: %s", inputs[i], err.message);
        }
    }
    sim_tell(world, "operator > rebuilds %s, shard %" PRId32, sim_services()[service]->name,
             shard->id);
}

static void rebuild(struct sim_world *world, int service)
{
    stop_all(world, service);
    while (
        fake_database_work_off(&world->databases[service], true)) { /* it waits for their locks */
    }
    keep_lost(world, service);
    for (int32_t id = 0; id < SIM_SHARDS; id++) {
        empty(world, service, fake_database_shard(&world->databases[service], id));
    }
}

void sim_go_back(struct sim_world *world, int service, int64_t restore_in)
{
    struct fake_database *database = &world->databases[service];

    if (world->plan->rebuilding) {
        rebuild(world, service);
        return;
    }
    if (world->backups[service] == NULL) {
        return;
    }
    stop_all(world, service);
    keep_lost(world, service);
    fake_database_restore(database, world->backups[service]);
    world->backups[service] = NULL;
    world->restore_at[service] = world->turn + restore_in + 1;
}

void sim_restore(struct sim_world *world)
{
    for (int i = 0; i < SIM_SERVICES; i++) {
        if (world->restore_at[i] == 0 || (!world->draining && world->turn < world->restore_at[i])) {
            continue;
        }
        world->restore_at[i] = 0;
        stop_all(world, i);
        for (int32_t id = 0; id < SIM_SHARDS; id++) {
            renew(world, i, fake_database_lock(&world->databases[i], id));
        }
    }
}

void sim_restore_finish(struct sim_world *world)
{
    for (int i = 0; i < SIM_SERVICES; i++) {
        fake_database_forget_snapshot(&world->databases[i], world->backups[i]);
        for (struct sim_lost *lost = world->lost[i]; lost != NULL; lost = lost->next) {
            fake_database_forget_snapshot(&world->databases[i], lost->shards);
        }
    }
}
