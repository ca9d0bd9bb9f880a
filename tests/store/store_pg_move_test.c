#include "common/store/store_pg_move.h"
#include "common/store/store_spread.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A shard goes from one real PostgreSQL to another, and the tool dies between any two of its steps: ABASTO_TEST_STACK
 * names the stack.env of two servers. */

enum { FIRST, SECOND, SERVERS, SHARDS = 3, NOTES = 500, STEPS = 4, STEPS_MAX = 12 };

struct note {
    const char *owner;
    const char *remark;
    int64_t pieces;
};

static const struct column columns[] = {COLUMN(struct note, owner, COLUMN_TEXT),
                                        COLUMN(struct note, remark, COLUMN_TEXT),
                                        COLUMN(struct note, pieces, COLUMN_INT64)};
static const struct table notes = TABLE(struct note, "note", 1, columns);
static const struct table *const tables[] = {&notes, NULL};

static struct arena arena;
static struct server_list servers;
static char schema[64];
static struct store_pg_options options[SERVERS];
static struct store *store;
static struct store_takeover taken;

static int64_t now_ms(void *context)
{
    (void)context;
    return 0;
}

static const char *setting(const char *name)
{
    char line[1024];
    const char *value = NULL;
    FILE *file = fopen(getenv("ABASTO_TEST_STACK"), "r");

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == '=') {
            value = arena_copy(&arena, line + strlen(name) + 1);
        }
    }
    (void)fclose(file);
    ck_assert_msg(value != NULL, "no %s", name);
    return value;
}

/* The number that a query gives on a server. */
static int64_t ask(int server, const char *sql)
{
    PGconn *link = PQconnectdb(servers.items[server].conninfo);
    PGresult *result;
    int64_t number;

    PQclear(PQexec(link, arena_format(&arena,
                                      "set client_min_messages = warning; set search_path = \"%s\"",
                                      schema)));
    result = PQexec(link, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK ||
                      PQresultStatus(result) == PGRES_COMMAND_OK,
                  "%s: %s", sql, PQerrorMessage(link));
    number = PQntuples(result) == 0 ? 0 : strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(link);
    return number;
}

static void open_store(void)
{
    struct store_spread_part parts[SERVERS];
    const struct store_spread_options spread = {.parts = parts, .count = SERVERS, .now_ms = now_ms};

    for (int i = 0; i < SERVERS; i++) {
        parts[i] = (struct store_spread_part){.name = servers.items[i].name,
                                              .store = store_pg_create(&options[i])};
    }
    store = store_spread_create(&spread);
}

static void take(int32_t shard)
{
    struct error err = {0};

    ck_assert_msg(store->operations->takeover(store, shard, &arena, &taken, &err), "%s",
                  err.message);
}

static enum store_result write_notes(int32_t shard, int count, const char *remark)
{
    void **rows = arena_array(&arena, (size_t)count, sizeof *rows);
    const struct store_write write = {&notes, rows, (size_t)count};
    const struct store_advance advance = {"orders", taken.batch, taken.batch + 1};
    const struct store_agenda later = {20000, "kind", "imss/1", NULL};
    const struct store_commit commit = {.shard = shard,
                                        .incarnation = taken.incarnation,
                                        .epoch = taken.epoch,
                                        .batch = taken.batch + 1,
                                        .advances = &advance,
                                        .advance_count = 1,
                                        .writes = &write,
                                        .write_count = 1,
                                        .later = &later,
                                        .later_count = 1,
                                        .outbox = {(const uint8_t *)"event", 5}};
    struct error err = {0};

    for (int i = 0; i < count; i++) {
        struct note *note = arena_alloc(&arena, sizeof *note);

        *note = (struct note){arena_format(&arena, "imss/%d", i), i % 3 == 0 ? NULL : remark, i};
        rows[i] = note;
    }
    ck_assert_msg(store->operations->commit_send(store, &commit, &err), "%s", err.message);
    return store->operations->commit_receive(store, shard, &err);
}

static void set_up(void)
{
    struct error err = {0};

    ck_assert(server_list_read(setting("ABASTO_DATABASE"), setting("ABASTO_DATABASES"), &arena,
                               &servers, &err));
    ck_assert_uint_eq(servers.count, SERVERS);
    (void)snprintf(schema, sizeof schema, "test_move_%ld", (long)getpid());
    for (int i = 0; i < SERVERS; i++) {
        options[i] = (struct store_pg_options){.conninfo = servers.items[i].conninfo,
                                               .schema = schema,
                                               .connections = 1,
                                               .lock_timeout_ms = 300,
                                               .rule_version = 1,
                                               .tables = tables};
        ck_assert_msg(store_pg_migrate(&options[i], &err), "%s", err.message);
    }
    ck_assert(store_pg_create_shards(&options[FIRST], SHARDS, &err));
    open_store();
    take(1);
    ck_assert_int_eq(write_notes(1, 7, "de otra"), STORE_COMMITTED);
    take(2);
    ck_assert_int_eq(write_notes(2, NOTES, "más ñ"), STORE_COMMITTED);
}

static void tear_down(void)
{
    store->operations->destroy(store);
    for (int i = 0; i < SERVERS; i++) {
        (void)ask(i, arena_format(&arena, "drop schema \"%s\" cascade", schema));
        (void)ask(i, arena_format(&arena, "drop schema if exists \"%s_moving_2\" cascade", schema));
    }
    arena_finish(&arena);
}

static struct store_pg_move move_to(size_t to, bool undo)
{
    return (struct store_pg_move){
        .servers = &servers, .schema = schema, .shard = 2, .to = to, .undo = undo};
}

static int64_t holders(void)
{
    return ask(FIRST, "select count(*) from shard where id = 2") +
           ask(SECOND, "select count(*) from shard where id = 2");
}

/* At most so many steps, then the tool is gone. Whatever happens, the row is never on two servers, and the rows of the
 * tables are where it is, or nowhere in force. */
static enum move_step run(size_t to, bool undo, int most)
{
    struct store_pg_move move = move_to(to, undo);
    struct move_decision next;
    struct move_amount amount;
    struct error err = {0};

    for (int i = 0; i < STEPS_MAX; i++) {
        ck_assert_msg(store_pg_move_look(&move, &next, &err), "%s", err.message);
        if (i == most || next.step == MOVE_DONE || next.step == MOVE_STUCK) {
            store_pg_move_finish(&move);
            return next.step;
        }
        ck_assert_msg(store_pg_move_do(&move, &next, &amount, &err), "%s", err.message);
        ck_assert_int_le(holders(), 1);
        for (int server = 0; server < SERVERS; server++) {
            ck_assert_int_eq(ask(server, "select count(*) from note where shard = 2"),
                             NOTES * ask(server, "select count(*) from shard where id = 2"));
        }
    }
    ck_abort_msg("it does not come to an end");
    return MOVE_STUCK;
}

/* The shard lives there as if it always had: all its rows, and it goes on. */
static void lives_at(int server, int64_t batch)
{
    ck_assert_int_eq(holders(), 1);
    ck_assert_int_eq(ask(server, "select count(*) from shard where id = 2 and moving_to is null"),
                     1);
    ck_assert_int_eq(ask(server, "select count(*) from note where shard = 2"), NOTES);
    ck_assert_int_eq(ask(server, "select count(*) from note where remark = 'más ñ'"),
                     NOTES * 2 / 3);
    ck_assert_int_eq(ask(server, "select count(*) from agenda where shard = 2"), 1);
    ck_assert_int_eq(ask(server, "select count(*) from shard_left where shard = 2"), 0);
    ck_assert_int_eq(ask(1 - server, "select count(*) from agenda where shard = 2"), 0);
    ck_assert_int_eq(ask(FIRST, "select count(*) from note where shard = 1"), 7);
    ck_assert_int_eq(ask(server, arena_format(&arena,
                                              "select count(*) from pg_namespace where nspname ="
                                              " '%s_moving_2'",
                                              schema)),
                     0);
    take(2);
    ck_assert_int_eq(taken.batch, batch);
    ck_assert_uint_eq(taken.unpublished_count, (size_t)batch);
    ck_assert_int_eq(taken.positions[0].next_offset, batch);
    ck_assert_int_eq(write_notes(2, 1, "nuevo"), STORE_COMMITTED);
    ck_assert_int_eq(ask(server, "select batch from shard where id = 2"), batch + 1);
}

START_TEST(a_tool_that_dies_after_any_step_is_run_again_and_finishes)
{
    ck_assert_int_eq(run(SECOND, false, _i) == MOVE_DONE, _i == STEPS);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    lives_at(SECOND, 1);
}
END_TEST

START_TEST(a_move_is_undone_until_it_was_deleted_at_home)
{
    (void)run(SECOND, false, _i);
    if (_i < 3) {
        ck_assert_int_eq(run(SECOND, true, 1) == MOVE_STUCK, false); /* and this tool dies too */
        ck_assert_int_eq(run(SECOND, true, -1), MOVE_DONE);
        lives_at(FIRST, 1);
        return;
    }
    ck_assert_int_eq(run(SECOND, true, -1), _i == STEPS ? MOVE_DONE : MOVE_STUCK);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    lives_at(SECOND, 1);
}
END_TEST

START_TEST(it_goes_back_as_it_came)
{
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    take(2);
    ck_assert_int_eq(run(FIRST, false, -1), MOVE_DONE);
    lives_at(FIRST, 1);
}
END_TEST

START_TEST(the_owner_is_out_and_nobody_takes_it_while_it_is_moved)
{
    struct error err = {0};

    ck_assert_int_eq(run(SECOND, false, 1), MOVE_COPY);
    taken.batch = 1;
    ck_assert_int_eq(write_notes(2, 1, "tarde"), STORE_FENCED);
    ck_assert(!store->operations->takeover(store, 2, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    ck_assert_int_eq(run(SECOND, false, 2), MOVE_ARRIVE);
    error_clear(&err);
    ck_assert(!store->operations->takeover(store, 2, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_RETRY);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    lives_at(SECOND, 1);
}
END_TEST

/* `abasto shard create` runs at every start of a deployment. */
START_TEST(a_shard_that_left_is_not_created_anew)
{
    struct error err = {0};

    ck_assert_int_eq(run(SECOND, false, 3), MOVE_ARRIVE);
    ck_assert(store_pg_create_shards(&options[FIRST], SHARDS, &err));
    ck_assert_int_eq(holders(), 0);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    ck_assert(store_pg_create_shards(&options[FIRST], SHARDS, &err));
    lives_at(SECOND, 1);
}
END_TEST

/* One of two tools at the same work finds its step done by the other. */
START_TEST(who_comes_second_looks_again)
{
    struct store_pg_move one = move_to(SECOND, false);
    struct store_pg_move other = move_to(SECOND, _i % 2 == 1);
    struct move_decision first;
    struct move_decision second;
    struct move_amount amount;
    struct error err = {0};

    (void)run(SECOND, false, 1 + _i / 2);
    ck_assert(store_pg_move_look(&one, &first, &err));
    ck_assert(store_pg_move_look(&other, &second, &err));
    ck_assert_msg(store_pg_move_do(&other, &second, &amount, &err), "%s", err.message);
    /* The copy alone may be made though the home was opened again: it belongs to no move, and is dropped. */
    if (first.step != MOVE_COPY || second.step != MOVE_RESUME) {
        ck_assert(!store_pg_move_do(&one, &first, &amount, &err));
    }
    ck_assert_int_le(holders(), 1);
    store_pg_move_finish(&one);
    store_pg_move_finish(&other);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    lives_at(SECOND, 1);
}
END_TEST

START_TEST(a_copy_that_was_changed_does_not_let_its_home_go)
{
    struct store_pg_move move = move_to(SECOND, false);
    struct move_decision next;
    struct move_amount amount;
    struct error err = {0};

    (void)run(SECOND, false, 2);
    (void)ask(SECOND, arena_format(&arena,
                                   "update \"%s_moving_2\".note set pieces = 8 where owner"
                                   " = 'imss/7'",
                                   schema));
    ck_assert(store_pg_move_look(&move, &next, &err));
    ck_assert_int_eq(next.step, MOVE_REMOVE);
    ck_assert(!store_pg_move_do(&move, &next, &amount, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    store_pg_move_finish(&move);
    ck_assert_int_eq(run(SECOND, true, -1), MOVE_DONE);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    lives_at(SECOND, 1);
}
END_TEST

START_TEST(a_server_whose_tables_differ_is_refused_before_anything_is_touched)
{
    static const char *const changes[] = {"alter table note add column more text",
                                          "drop table note", "create table stranger (id integer)"};
    struct store_pg_move move = move_to(SECOND, false);
    struct move_decision next;
    struct move_amount amount;
    struct error err = {0};

    (void)ask(_i == 2 ? FIRST : SECOND, changes[_i]);
    ck_assert(store_pg_move_look(&move, &next, &err));
    ck_assert(!store_pg_move_do(&move, &next, &amount, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    store_pg_move_finish(&move);
    take(2);
    ck_assert_int_eq(taken.batch, 1);
}
END_TEST

/* As after a restore of the first server to before the move: it must not win, however often it was started since. */
START_TEST(what_a_backup_brings_back_is_forgotten_where_the_shard_went_on)
{
    struct error err = {0};

    (void)ask(FIRST, "create table public.kept as select * from note where shard = 2;"
                     "create table public.kept_shard as select * from shard where id = 2");
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    take(2);
    ck_assert_int_eq(write_notes(2, 1, "nuevo"), STORE_COMMITTED);
    (void)ask(FIRST, "insert into note select * from public.kept;"
                     "insert into shard select * from public.kept_shard;"
                     "update shard set epoch = 99 where id = 2; delete from shard_left;"
                     "drop table public.kept; drop table public.kept_shard");
    ck_assert(!store->operations->takeover(store, 2, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_int_eq(run(FIRST, false, -1), MOVE_STUCK);
    ck_assert_int_eq(holders(), 2);
    ck_assert_int_eq(run(SECOND, false, -1), MOVE_DONE);
    ck_assert_int_eq(ask(FIRST, "select count(*) from note where shard = 2"), 0);
    take(2);
    ck_assert_int_eq(taken.batch, 2);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, a_tool_that_dies_after_any_step_is_run_again_and_finishes, 0,
                        STEPS + 1);
    tcase_add_loop_test(tcase, a_move_is_undone_until_it_was_deleted_at_home, 0, STEPS + 1);
    tcase_add_test(tcase, it_goes_back_as_it_came);
    tcase_add_test(tcase, the_owner_is_out_and_nobody_takes_it_while_it_is_moved);
    tcase_add_test(tcase, a_shard_that_left_is_not_created_anew);
    tcase_add_loop_test(tcase, who_comes_second_looks_again, 0, 4);
    tcase_add_test(tcase, what_a_backup_brings_back_is_forgotten_where_the_shard_went_on);
    tcase_add_test(tcase, a_copy_that_was_changed_does_not_let_its_home_go);
    tcase_add_loop_test(tcase, a_server_whose_tables_differ_is_refused_before_anything_is_touched,
                        0, 3);
}

int main(void)
{
    return unit_run("store.postgresql move", fill);
}
