#include "common/store/store_spread.h"
#include "tests/base/unit.h"
#include "tests/support/fake_store.h"

#include <string.h>

/* Two databases in memory, and what they say of themselves when a test wants it otherwise. */
enum { FIRST, SECOND, PARTS, REST_MS = 1000 };

struct server {
    struct store store; /* first: passes everything on to `fake` */
    struct fake_store fake;
    struct fake_database database;
    struct store_operations operations;
    bool holds[2]; /* the rows of the shards */
    bool away;
    bool left;
    int asked;
    int prepared;
};

static struct server servers[PARTS];
static struct store *store;
static struct arena arena;
static int64_t now;

static int64_t now_ms(void *context)
{
    (void)context;
    return now;
}

static bool find(struct store *base, int32_t shard, enum store_place *out, struct error *err)
{
    struct server *server = (struct server *)(void *)base;

    server->asked++;
    if (server->away) {
        return error_set(err, ERROR_RETRY, "no answer");
    }
    *out = server->holds[shard] ? STORE_HERE : server->left ? STORE_LEFT : STORE_ABSENT;
    return true;
}

static bool takeover(struct store *base, int32_t shard, struct arena *to,
                     struct store_takeover *out, struct error *err)
{
    struct store *fake = &((struct server *)(void *)base)->fake.store;

    return fake->operations->takeover(fake, shard, to, out, err);
}

static bool commit_send(struct store *base, const struct store_commit *commit, struct error *err)
{
    struct store *fake = &((struct server *)(void *)base)->fake.store;

    return fake->operations->commit_send(fake, commit, err);
}

static enum store_result commit_receive(struct store *base, int32_t shard, struct error *err)
{
    struct store *fake = &((struct server *)(void *)base)->fake.store;

    return fake->operations->commit_receive(fake, shard, err);
}

static void destroy(struct store *base)
{
    fake_store_finish(&((struct server *)(void *)base)->fake);
}

static bool prepare(void *context, struct error *err)
{
    struct server *server = context;

    server->prepared++;
    return !server->away || error_set(err, ERROR_RETRY, "no answer");
}

static void set_up(void)
{
    static const char *const names[] = {"principal", "segundo"};
    struct store_spread_part parts[PARTS];
    const struct store_spread_options options = {
        .parts = parts, .count = PARTS, .now_ms = now_ms, .rest_ms = REST_MS};

    for (int i = 0; i < PARTS; i++) {
        struct server *server = &servers[i];

        fake_database_init(&server->database, 2);
        fake_store_init(&server->fake, &server->database);
        server->operations = (struct store_operations){.find = find,
                                                       .takeover = takeover,
                                                       .commit_send = commit_send,
                                                       .commit_receive = commit_receive,
                                                       .destroy = destroy};
        server->store.operations = &server->operations;
        parts[i] = (struct store_spread_part){names[i], &server->store, prepare, server};
    }
    servers[FIRST].holds[0] = true;
    servers[SECOND].holds[1] = true;
    store = store_spread_create(&options);
}

static void tear_down(void)
{
    store->operations->destroy(store);
    for (int i = 0; i < PARTS; i++) {
        fake_database_finish(&servers[i].database);
    }
    arena_finish(&arena);
}

static bool take(int32_t shard, struct store_takeover *out, struct error *err)
{
    *err = (struct error){0};
    return store->operations->takeover(store, shard, &arena, out, err);
}

static enum store_result commit(int32_t shard, const struct store_takeover *taken)
{
    const struct store_commit one = {.shard = shard,
                                     .incarnation = taken->incarnation,
                                     .epoch = taken->epoch,
                                     .batch = taken->batch + 1};
    struct error err = {0};

    ck_assert_msg(store->operations->commit_send(store, &one, &err), "%s", err.message);
    return store->operations->commit_receive(store, shard, &err);
}

START_TEST(each_shard_is_taken_where_its_row_is)
{
    struct store_takeover taken;
    struct error err;

    for (int32_t shard = 0; shard < 2; shard++) {
        ck_assert_msg(take(shard, &taken, &err), "%s", err.message);
        ck_assert_int_eq(commit(shard, &taken), STORE_COMMITTED);
    }
    ck_assert_int_eq(servers[FIRST].database.shards[0].batch, 1);
    ck_assert_int_eq(servers[SECOND].database.shards[1].batch, 1);
}
END_TEST

START_TEST(a_shard_that_was_moved_is_found_at_its_new_home)
{
    const struct fake_shard *from = &servers[FIRST].database.shards[0];
    struct fake_shard *to = &servers[SECOND].database.shards[0];
    struct store_takeover taken;
    struct error err;

    ck_assert(take(0, &taken, &err));
    to->epoch = from->epoch;
    servers[FIRST].holds[0] = false;
    servers[FIRST].left = true;
    servers[SECOND].holds[0] = true;
    ck_assert(take(0, &taken, &err));
    ck_assert_int_eq(taken.epoch, 2);
    ck_assert_int_eq(commit(0, &taken), STORE_COMMITTED);
    ck_assert_int_eq(to->batch, 1);
}
END_TEST

START_TEST(a_server_that_is_away_stops_only_its_own_shards)
{
    struct store_takeover taken;
    struct error err;

    servers[FIRST].away = true;
    ck_assert(store_spread_prepare(store, &(struct error){0}));
    ck_assert(take(1, &taken, &err));
    ck_assert_int_eq(commit(1, &taken), STORE_COMMITTED);
    ck_assert(!take(0, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    ck_assert_ptr_nonnull(strstr(err.message, "principal"));
    ck_assert_int_eq(servers[FIRST].prepared, 1); /* not asked over and over */
    servers[FIRST].away = false;
    ck_assert(!take(0, &taken, &err));
    now += REST_MS;
    ck_assert_msg(take(0, &taken, &err), "%s", err.message);
    ck_assert_int_eq(servers[FIRST].prepared, 2);
    ck_assert_int_eq(servers[SECOND].prepared, 1);
}
END_TEST

START_TEST(none_that_answers_is_no_start)
{
    struct error err = {0};

    servers[FIRST].away = true;
    servers[SECOND].away = true;
    ck_assert(!store_spread_prepare(store, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
}
END_TEST

START_TEST(a_shard_in_the_middle_of_its_move_is_waited_for_and_one_that_nobody_has_stops)
{
    struct store_takeover taken;
    struct error err;

    servers[FIRST].holds[0] = false;
    ck_assert(!take(0, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    servers[FIRST].left = true;
    ck_assert(!take(0, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
}
END_TEST

START_TEST(two_servers_that_hold_one_shard_stop)
{
    struct store_takeover taken;
    struct error err;

    servers[SECOND].holds[0] = true;
    ck_assert(!take(0, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_ptr_nonnull(strstr(err.message, "segundo"));
}
END_TEST

START_TEST(what_was_not_taken_is_not_written)
{
    const struct store_commit one = {.shard = 1, .incarnation = 1, .epoch = 1, .batch = 1};
    struct error err = {0};

    ck_assert(!store->operations->commit_send(store, &one, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, each_shard_is_taken_where_its_row_is);
    tcase_add_test(tcase, a_shard_that_was_moved_is_found_at_its_new_home);
    tcase_add_test(tcase, a_server_that_is_away_stops_only_its_own_shards);
    tcase_add_test(tcase, none_that_answers_is_no_start);
    tcase_add_test(tcase,
                   a_shard_in_the_middle_of_its_move_is_waited_for_and_one_that_nobody_has_stops);
    tcase_add_test(tcase, two_servers_that_hold_one_shard_stop);
    tcase_add_test(tcase, what_was_not_taken_is_not_written);
}

int main(void)
{
    return unit_run("store.spread", fill);
}
