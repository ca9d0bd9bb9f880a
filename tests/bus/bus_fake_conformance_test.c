#include "tests/base/unit.h"
#include "tests/bus/bus_conformance.h"
#include "tests/support/fake_bus.h"

/* The suite against the bus in memory, so that what the simulator shows is worth something. Who owns which shard is
 * not the bus's to say: it is dealt here, as the simulator's group deals it (tests/simulation/sim_group.c). */

enum { CLIENTS_MAX = 4 };

static struct fake_broker broker;
static struct fake_bus clients[CLIENTS_MAX];
static struct bus_operations leaving; /* of clients in the group */
static size_t client_count;
static struct fake_bus *group[CLIENTS_MAX];
static size_t group_count;
static struct fake_bus *owners[CLIENTS_MAX]; /* of the shards */

static void deal(void)
{
    for (int32_t shard = 0; shard < broker.shard_count; shard++) {
        struct fake_bus *to = group_count == 0
                                  ? NULL
                                  : group[(size_t)shard * group_count / (size_t)broker.shard_count];

        if (owners[shard] != to && owners[shard] != NULL) {
            fake_bus_take(owners[shard], shard);
        }
        if (owners[shard] != to && to != NULL) {
            fake_bus_give(to, shard);
        }
        owners[shard] = to;
    }
}

static void leave(struct bus *bus)
{
    size_t kept = 0;

    for (size_t i = 0; i < group_count; i++) {
        if (&group[i]->bus != bus) {
            group[kept++] = group[i];
        }
    }
    group_count = kept;
    deal();
    fake_bus_finish((struct fake_bus *)(void *)bus);
}

static const char *set_up(int32_t partitions)
{
    ck_assert_int_eq(partitions, CLIENTS_MAX);
    fake_broker_init(&broker, partitions);
    return "orders";
}

static void tear_down(void)
{
    fake_broker_finish(&broker);
}

static struct bus *open_bus(bool in_group)
{
    struct fake_bus *client = &clients[client_count++];

    ck_assert_uint_le(client_count, CLIENTS_MAX);
    fake_bus_init(client, &broker);
    if (in_group) {
        leaving = *client->bus.operations;
        leaving.destroy = leave;
        client->bus.operations = &leaving;
        group[group_count++] = client;
        deal();
    }
    return &client->bus;
}

int main(void)
{
    const struct bus_pair pair = {set_up, tear_down, open_bus};

    return bus_conformance_run("bus.memory", &pair);
}
