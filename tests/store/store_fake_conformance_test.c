#include "tests/base/unit.h"
#include "tests/store/store_conformance.h"
#include "tests/support/fake_rows.h"
#include "tests/support/fake_store.h"

/* The suite against the store in memory, so that what the simulator shows is worth something. */

enum { CLIENTS_MAX = 4 };

static struct fake_database database;
static struct fake_store clients[CLIENTS_MAX];
static size_t client_count;
static int32_t own_rule_version;
static struct store *holder;
static struct store_commit held;

static void set_up(const struct table *const *tables, int32_t rule_version, int32_t shards)
{
    (void)tables;
    own_rule_version = rule_version;
    fake_database_init(&database, (size_t)shards);
}

static void tear_down(void)
{
    fake_database_finish(&database);
}

static struct store *open_store(void)
{
    struct fake_store *client = &clients[client_count++];

    ck_assert_uint_le(client_count, CLIENTS_MAX);
    fake_store_init(client, &database);
    client->own_rule_version = own_rule_version;
    return &client->store;
}

/* The first client is the one that the suite takes its shards with. */
static void cut(int32_t shard)
{
    (void)shard;
    fake_store_disconnect(&clients[0]);
}

static void hold(int32_t shard)
{
    struct store_takeover taken;
    struct arena arena = {0};
    struct error err = {0};

    holder = open_store();
    ck_assert(holder->operations->takeover(holder, shard, &arena, &taken, &err));
    held = (struct store_commit){.shard = shard,
                                 .incarnation = taken.incarnation,
                                 .epoch = taken.epoch,
                                 .batch = taken.batch + 1};
    ck_assert(holder->operations->commit_send(holder, &held, &err));
    fake_transaction_begin(&database, clients[client_count - 1].sessions[shard].sent);
    ck_assert_ptr_nonnull(fake_database_shard(&database, shard)->lock);
    arena_finish(&arena);
}

static bool holder_commits(void)
{
    struct error err = {0};
    const bool commits =
        holder->operations->commit_receive(holder, held.shard, &err) == STORE_COMMITTED;

    holder->operations->destroy(holder);
    return commits;
}

static void set_rules(int32_t shard, int32_t rule_version)
{
    fake_database_shard(&database, shard)->rule_version = rule_version;
}

static void ask_replay(int32_t shard, const char *topic, int64_t until)
{
    struct store_replay *replay = fake_list_add(&fake_database_shard(&database, shard)->replays);

    *replay = (struct store_replay){topic, until};
}

int main(void)
{
    const struct store_pair pair = {.set_up = set_up,
                                    .tear_down = tear_down,
                                    .open = open_store,
                                    .cut = cut,
                                    .hold = hold,
                                    .holder_commits = holder_commits,
                                    .set_rules = set_rules,
                                    .ask_replay = ask_replay};

    return store_conformance_run("store.memory", &pair);
}
