#include "common/store/store_pg.h"
#include "tests/base/unit.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What every store must do, against a real PostgreSQL: ABASTO_TEST_STACK names its stack.env. */

struct order {
    const char *owner;
    const char *id;
    const char *remark;
    int64_t pieces;
    int32_t due;
    bool has_due;
    int32_t days;
    bool cancelled;
};

static const struct column columns[] = {
    COLUMN(struct order, owner, COLUMN_TEXT),        COLUMN(struct order, id, COLUMN_TEXT),
    COLUMN(struct order, remark, COLUMN_TEXT),       COLUMN(struct order, pieces, COLUMN_INT64),
    COLUMN_OPTIONAL(struct order, due, COLUMN_DATE), COLUMN(struct order, days, COLUMN_INT32),
    COLUMN(struct order, cancelled, COLUMN_BOOL),
};
static const struct table orders = TABLE(struct order, "order_row", 2, columns);
static const struct table *const tables[] = {&orders, NULL};

static char conninfo[512];
static char schema[64];
static struct store_pg_options options;
static struct store *store;
static struct arena arena;
static struct store_takeover taken;

static void read_conninfo(void)
{
    const char *path = getenv("ABASTO_TEST_STACK");
    FILE *file;
    char line[512];

    ck_assert_msg(path != NULL, "ABASTO_TEST_STACK is not set");
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot read %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "ABASTO_DATABASE=", 16) == 0) {
            line[strcspn(line, "\n")] = 0;
            (void)snprintf(conninfo, sizeof conninfo, "%s", line + 16);
        }
    }
    (void)fclose(file);
    ck_assert(conninfo[0] != 0);
}

static void set_up(void)
{
    struct error err = {0};

    read_conninfo();
    (void)snprintf(schema, sizeof schema, "test_%ld", (long)getpid());
    options = (struct store_pg_options){.conninfo = conninfo,
                                        .schema = schema,
                                        .connections = 1,
                                        .lock_timeout_ms = 300,
                                        .rule_version = 2,
                                        .tables = tables};
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    ck_assert_msg(store_pg_create_shards(&options, 2, &err), "%s", err.message);
    store = store_pg_create(&options);
}

static void sql(const char *text)
{
    PGconn *connection = PQconnectdb(conninfo);
    PGresult *result;
    char path[128];

    (void)snprintf(path, sizeof path, "set search_path = \"%s\"; set client_min_messages = warning",
                   schema);
    PQclear(PQexec(connection, path));
    result = PQexec(connection, text);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK ||
                      PQresultStatus(result) == PGRES_TUPLES_OK,
                  "%s: %s", text, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

static void tear_down(void)
{
    char drop[128];

    store->operations->destroy(store);
    (void)snprintf(drop, sizeof drop, "drop schema \"%s\" cascade", schema);
    sql(drop);
    arena_finish(&arena);
}

static void take(int32_t shard)
{
    struct error err = {0};

    ck_assert_msg(store->operations->takeover(store, shard, &arena, &taken, &err), "%s",
                  err.message);
}

/* A commit that follows from what takeover found. */
static struct store_commit next_commit(int32_t shard)
{
    return (struct store_commit){.shard = shard,
                                 .incarnation = taken.incarnation,
                                 .epoch = taken.epoch,
                                 .batch = taken.batch + 1};
}

static enum store_result commit(const struct store_commit *wanted)
{
    struct error err = {0};

    ck_assert_msg(store->operations->commit_send(store, wanted, &err), "%s", err.message);
    return store->operations->commit_receive(store, wanted->shard, &err);
}

static struct store_load load_of(int32_t shard, const char *const *owners, size_t count)
{
    struct store_load load = {.table = &orders, .owners = owners, .owner_count = count};
    struct error err = {0};

    ck_assert_msg(store->operations->load_send(store, shard, &load, 1, &err), "%s", err.message);
    ck_assert_msg(store->operations->load_receive(store, shard, &arena, &err), "%s", err.message);
    return load;
}

START_TEST(what_is_committed_is_what_takeover_finds)
{
    const struct store_advance advance = {"orders", 0, 17};
    const struct store_sequence sequence = {"deliveries", 1, 1, 40, 12};
    const struct store_heard heard = {"contracts", 1, "orders", 1, 99, true};
    const struct store_watermark mark = {"orders", "contracts", "imss", 20000};
    const struct store_forwarded forwarded = {"imss", 19999};
    struct store_commit wanted;

    take(1);
    ck_assert_int_eq(taken.incarnation, 1);
    ck_assert_int_eq(taken.epoch, 1);
    ck_assert_int_eq(taken.batch, 0);
    wanted = next_commit(1);
    wanted.advances = &advance;
    wanted.advance_count = 1;
    wanted.sequences = &sequence;
    wanted.sequence_count = 1;
    wanted.heard = &heard;
    wanted.heard_count = 1;
    wanted.watermarks = &mark;
    wanted.watermark_count = 1;
    wanted.forwarded = &forwarded;
    wanted.forwarded_count = 1;
    wanted.outbox = (struct bytes){(const uint8_t *)"event", 5};
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    take(1);
    ck_assert_int_eq(taken.epoch, 2);
    ck_assert_int_eq(taken.batch, 1);
    ck_assert_uint_eq(taken.position_count, 1);
    ck_assert_str_eq(taken.positions[0].topic, "orders");
    ck_assert_int_eq(taken.positions[0].next_offset, 17);
    ck_assert_int_eq(taken.sequences[0].seq, 40);
    ck_assert_int_eq(taken.sequences[0].acked_offset, 12);
    ck_assert_int_eq(taken.heard[0].seq, 99);
    ck_assert(taken.heard[0].gap);
    ck_assert_int_eq(taken.watermarks[0].day, 20000);
    ck_assert_int_eq(taken.forwarded[0].day, 19999);
    ck_assert_uint_eq(taken.unpublished_count, 1);
    ck_assert_mem_eq(taken.unpublished[0].events.data, "event", 5);
    take(0);
    ck_assert_uint_eq(taken.position_count, 0);
}
END_TEST

START_TEST(an_old_epoch_is_refused_though_batch_and_positions_agree)
{
    struct store_commit old;
    struct store *other = store_pg_create(&options);
    struct error err = {0};

    take(0);
    old = next_commit(0);
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert_int_eq(taken.batch, 0);
    ck_assert_int_eq(commit(&old), STORE_FENCED);
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert_int_eq(taken.batch, 0);
    other->operations->destroy(other);
}
END_TEST

START_TEST(who_was_overtaken_no_longer_owns)
{
    struct store *other = store_pg_create(&options);
    struct error err = {0};
    bool owns = false;
    int64_t epoch;

    take(0);
    epoch = taken.epoch;
    ck_assert(store->operations->owns(store, 0, epoch, &owns, &err));
    ck_assert(owns);
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert(store->operations->owns(store, 0, epoch, &owns, &err));
    ck_assert(!owns);
    other->operations->destroy(other);
}
END_TEST

START_TEST(another_batch_or_position_or_incarnation_is_refused)
{
    const struct store_advance wrong = {"orders", 5, 6};
    struct store_commit wanted;

    take(0);
    wanted = next_commit(0);
    wanted.batch = 2;
    ck_assert_int_eq(commit(&wanted), STORE_FENCED);
    wanted = next_commit(0);
    wanted.incarnation = 2;
    ck_assert_int_eq(commit(&wanted), STORE_FENCED);
    wanted = next_commit(0);
    wanted.advances = &wrong;
    wanted.advance_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_FENCED);
    wanted = next_commit(0);
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
}
END_TEST

START_TEST(rows_come_back_in_bytewise_order_with_their_nulls)
{
    struct order rows[] = {
        {.owner = "imss/1", .id = "b", .remark = "ñandú", .pieces = INT64_MIN},
        {.owner = "imss/1", .id = "Z", .due = 20254, .has_due = true, .days = -3},
        {.owner = "imss/2", .id = "a", .cancelled = true, .pieces = INT64_MAX},
        {.owner = "imss/3", .id = "x"},
    };
    void *const pointers[] = {&rows[0], &rows[3], &rows[1], &rows[2]};
    const struct store_write write = {&orders, pointers, 4};
    static const char *const owners[] = {"imss/2", "imss/1", "imss/none"};
    struct store_commit wanted;
    struct store_load load;
    const struct order *found;

    take(0);
    wanted = next_commit(0);
    wanted.writes = &write;
    wanted.write_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    load = load_of(0, owners, 3);
    ck_assert_uint_eq(load.row_count, 3);
    found = load.rows[0];
    ck_assert_str_eq(found->id, "Z");
    ck_assert(found->has_due);
    ck_assert_int_eq(found->due, 20254);
    ck_assert_int_eq(found->days, -3);
    ck_assert_ptr_null(found->remark);
    found = load.rows[1];
    ck_assert_str_eq(found->remark, "ñandú");
    ck_assert_int_eq(found->pieces, INT64_MIN);
    ck_assert(!found->has_due);
    found = load.rows[2];
    ck_assert_str_eq(found->owner, "imss/2");
    ck_assert(found->cancelled);
}
END_TEST

START_TEST(a_datum_that_the_database_cannot_hold_leaves_nothing_of_its_batch)
{
    struct order good = {.owner = "imss/1", .id = "a"};
    struct order bad = {.owner = "imss/1", .id = "b", .due = INT32_MAX, .has_due = true};
    struct order broken = {.owner = "imss/1", .id = "c", .remark = "\xff\xfe"};
    void *const first[] = {&good, &bad};
    void *const second[] = {&broken};
    struct store_write write = {&orders, first, 2};
    static const char *const owners[] = {"imss/1"};
    struct store_commit wanted;

    take(0);
    wanted = next_commit(0);
    wanted.writes = &write;
    wanted.write_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_DATA_ERROR);
    write = (struct store_write){&orders, second, 1};
    ck_assert_int_eq(commit(&wanted), STORE_DATA_ERROR);
    ck_assert_uint_eq(load_of(0, owners, 1).row_count, 0);
    take(0);
    ck_assert_int_eq(taken.batch, 0);
}
END_TEST

/* As an earlier version left it: without a table and columns that came since. */
START_TEST(a_database_at_an_older_schema_is_brought_up_and_keeps_its_rows)
{
    struct order row = {.owner = "imss/1", .id = "a", .pieces = 7};
    void *const rows[] = {&row};
    const struct store_write write = {&orders, rows, 1};
    static const char *const owners[] = {"imss/1"};
    struct store_commit wanted;
    struct error err = {0};
    struct store_load load;

    take(0);
    wanted = next_commit(0);
    wanted.writes = &write;
    wanted.write_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    sql("alter table order_row drop column remark, drop column cancelled;"
        "alter table agenda drop column traceparent; drop table forwarded;"
        "drop function advance");
    ck_assert(!store->operations->takeover(store, 0, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    take(0);
    ck_assert_int_eq(taken.batch, 1);
    load = load_of(0, owners, 1);
    ck_assert_uint_eq(load.row_count, 1);
    ck_assert_int_eq(((const struct order *)load.rows[0])->pieces, 7);
    ck_assert_ptr_null(((const struct order *)load.rows[0])->remark);
    row.remark = "nuevo";
    wanted = next_commit(0);
    wanted.writes = &write;
    wanted.write_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
}
END_TEST

START_TEST(a_connection_that_dies_leaves_the_outcome_to_takeover)
{
    struct store_commit wanted;
    struct error err = {0};
    enum store_result result;

    take(0);
    wanted = next_commit(0);
    ck_assert(store->operations->commit_send(store, &wanted, &err));
    sql("select pg_terminate_backend(owner_pid) from shard where id = 0");
    result = store->operations->commit_receive(store, 0, &err);
    ck_assert(result == STORE_COMMITTED || result == STORE_UNKNOWN || result == STORE_RETRY);
    error_clear(&err);
    wanted.batch++;
    if (store->operations->commit_send(store, &wanted, &err)) {
        ck_assert_int_ne(store->operations->commit_receive(store, 0, &err), STORE_COMMITTED);
    }
    ck_assert_int_eq(err.action, ERROR_RETRY);
    take(0);
    ck_assert(result != STORE_COMMITTED || taken.batch == 1);
    wanted = next_commit(0);
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
}
END_TEST

START_TEST(an_owner_that_holds_the_row_is_ended_by_its_recorded_backend)
{
    PGconn *holder = PQconnectdb(conninfo);
    char text[512];

    (void)snprintf(text, sizeof text,
                   "set search_path = \"%s\"; begin; update shard set epoch = epoch + 1,"
                   " owner_pid = pg_backend_pid(), owner_started = (select backend_start from"
                   " pg_stat_activity where pid = pg_backend_pid()) where id = 0; commit",
                   schema);
    PQclear(PQexec(holder, text));
    PQclear(PQexec(holder, "begin"));
    PQclear(PQexec(holder, "update shard set batch = batch + 1 where id = 0"));
    take(0);
    ck_assert_int_eq(taken.batch, 0);
    ck_assert_int_eq(taken.epoch, 2);
    PQclear(PQexec(holder, "commit"));
    ck_assert_int_eq(PQstatus(holder), CONNECTION_BAD);
    PQfinish(holder);
}
END_TEST

/* Every start migrates. It waits for no transaction of those that work, and makes them wait for nothing. */
START_TEST(migrating_what_is_as_it_should_be_locks_no_table)
{
    PGconn *worker = PQconnectdb(conninfo);
    struct error err = {0};
    char text[256];

    (void)snprintf(text, sizeof text,
                   "set search_path = \"%s\"; begin; lock table outbox, agenda, \"%s\""
                   " in access share mode",
                   schema, orders.name);
    PQclear(PQexec(worker, text));
    ck_assert_int_eq(PQtransactionStatus(worker), PQTRANS_INTRANS);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    PQclear(PQexec(worker, "commit"));
    PQfinish(worker);
}
END_TEST

START_TEST(a_missing_shard_and_a_newer_rule_stop)
{
    struct error err = {0};

    ck_assert(!store->operations->takeover(store, 7, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_ptr_nonnull(strstr(err.message, "shard create"));
    error_clear(&err);
    sql("update shard set rule_version = 3 where id = 0");
    ck_assert(!store->operations->takeover(store, 0, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
}
END_TEST

/* So that what newer rules judge anew can be put on the agenda in the same transaction. */
START_TEST(a_takeover_tells_the_older_rule_and_the_next_commit_raises_it)
{
    struct store_commit wanted;

    sql("update shard set rule_version = 1 where id = 0");
    take(0);
    ck_assert_int_eq(taken.rule_version, 1);
    take(0);
    ck_assert_int_eq(taken.rule_version, 1);
    wanted = next_commit(0);
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    take(0);
    ck_assert_int_eq(taken.rule_version, 2);
}
END_TEST

START_TEST(the_agenda_gives_what_is_due_for_its_institution_and_at_once)
{
    const struct store_agenda later[] = {
        {20, "judge", "imss/2", NULL},
        {10, "judge", "imss/1", "first"},
        {30, "judge", "imss/3", NULL},
        {5, "judge", "issste/1", NULL},
        {STORE_DUE_NOW, "judge", "ssa/1", "now"},
        {10, "judge", "imss/1", "second"},
    };
    static const char *const institutions[] = {"imss"};
    const int32_t days[] = {20};
    struct store_commit wanted;
    struct store_agenda *due;
    struct error err = {0};
    size_t count;

    take(0);
    wanted = next_commit(0);
    wanted.later = later;
    wanted.later_count = 6;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(
        store->operations->agenda(store, 0, institutions, days, 1, 10, &arena, &due, &count, &err));
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(due[0].key, "ssa/1");
    ck_assert_str_eq(due[1].key, "imss/1");
    ck_assert_str_eq(due[2].key, "imss/2");
    ck_assert_str_eq(due[0].traceparent, "now");
    ck_assert_str_eq(due[1].traceparent, "first");
    ck_assert_ptr_null(due[2].traceparent);
    wanted.batch++;
    wanted.later_count = 0;
    wanted.done = due;
    wanted.done_count = 2;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(
        store->operations->agenda(store, 0, institutions, days, 1, 10, &arena, &due, &count, &err));
    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(the_agenda_is_counted_whether_due_or_not_up_to_a_bound)
{
    const struct store_agenda later[] = {
        {.due = 100, .kind = "k", .key = "imss/1"},
        {.due = 200, .kind = "k", .key = "imss/2"},
        {.due = 100, .kind = "k", .key = "issste/1"},
    };
    struct error err = {0};
    struct store_commit wanted;
    int64_t size = -1;

    take(0);
    ck_assert_msg(store->operations->agenda_size(store, 0, 10, &size, &err), "%s", err.message);
    ck_assert_int_eq(size, 0);
    wanted = next_commit(0);
    wanted.later = later;
    wanted.later_count = 3;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(store->operations->agenda_size(store, 0, 10, &size, &err));
    ck_assert_int_eq(size, 3);
    ck_assert(store->operations->agenda_size(store, 0, 2, &size, &err));
    ck_assert_int_eq(size, 2);
}
END_TEST

START_TEST(a_touch_puts_every_owner_of_the_prefix_on_the_agenda)
{
    struct order rows[] = {{.owner = "imss/1|a", .id = "1"},
                           {.owner = "imss/1|a", .id = "2"},
                           {.owner = "imss/1|ñ", .id = "1"},
                           {.owner = "imss/2|a", .id = "1"}};
    void *const pointers[] = {&rows[0], &rows[1], &rows[2], &rows[3]};
    const struct store_write write = {&orders, pointers, 4};
    const struct store_touch touch = {&orders, "judge", "imss/1|", "cause"};
    const struct store_touch all = {&orders, "judge", "", NULL};
    struct store_commit wanted;
    struct store_agenda *due;
    struct error err = {0};
    size_t count;

    take(0);
    wanted = next_commit(0);
    wanted.writes = &write;
    wanted.write_count = 1;
    wanted.touches = &touch;
    wanted.touch_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(store->operations->agenda(store, 0, NULL, NULL, 0, 10, &arena, &due, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(due[0].key, "imss/1|a");
    ck_assert_str_eq(due[0].traceparent, "cause");
    ck_assert_str_eq(due[1].key, "imss/1|ñ");
    wanted = (struct store_commit){.shard = 0,
                                   .incarnation = taken.incarnation,
                                   .epoch = taken.epoch,
                                   .batch = taken.batch + 2,
                                   .touches = &all,
                                   .touch_count = 1};
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(store->operations->agenda(store, 0, NULL, NULL, 0, 10, &arena, &due, &count, &err));
    ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(published_batches_are_kept_and_then_pruned)
{
    struct store_commit wanted;
    struct store_outbox *kept;
    struct error err = {0};
    size_t count;

    take(0);
    for (int i = 0; i < 3; i++) {
        wanted = next_commit(0);
        wanted.batch = i + 1;
        wanted.outbox = (struct bytes){(const uint8_t *)"event", 5};
        ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    }
    ck_assert(store->operations->outbox(store, 0, 1, 3, &arena, &kept, &count, &err));
    ck_assert_uint_eq(count, 3);
    wanted.batch = 4;
    wanted.published = 2;
    wanted.prune_through = 2;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(store->operations->outbox(store, 0, 1, 9, &arena, &kept, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(kept[0].batch, 3);
    take(0);
    ck_assert_int_eq(taken.published, 2);
    ck_assert_uint_eq(taken.unpublished_count, 2);
}
END_TEST

START_TEST(two_shards_share_a_connection_with_their_work_in_flight_together)
{
    struct error err = {0};
    struct store_commit first;
    struct store_commit second;

    take(0);
    first = next_commit(0);
    take(1);
    second = next_commit(1);
    first.batch = 9; /* refused: the other's transaction behind it must not mind */
    ck_assert(store->operations->commit_send(store, &first, &err));
    ck_assert(store->operations->commit_send(store, &second, &err));
    ck_assert_int_eq(store->operations->commit_receive(store, 1, &err), STORE_COMMITTED);
    ck_assert_int_eq(store->operations->commit_receive(store, 0, &err), STORE_FENCED);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, what_is_committed_is_what_takeover_finds);
    tcase_add_test(tcase, an_old_epoch_is_refused_though_batch_and_positions_agree);
    tcase_add_test(tcase, who_was_overtaken_no_longer_owns);
    tcase_add_test(tcase, another_batch_or_position_or_incarnation_is_refused);
    tcase_add_test(tcase, rows_come_back_in_bytewise_order_with_their_nulls);
    tcase_add_test(tcase, a_datum_that_the_database_cannot_hold_leaves_nothing_of_its_batch);
    tcase_add_test(tcase, a_database_at_an_older_schema_is_brought_up_and_keeps_its_rows);
    tcase_add_test(tcase, a_connection_that_dies_leaves_the_outcome_to_takeover);
    tcase_add_test(tcase, an_owner_that_holds_the_row_is_ended_by_its_recorded_backend);
    tcase_add_test(tcase, migrating_what_is_as_it_should_be_locks_no_table);
    tcase_add_test(tcase, a_missing_shard_and_a_newer_rule_stop);
    tcase_add_test(tcase, a_takeover_tells_the_older_rule_and_the_next_commit_raises_it);
    tcase_add_test(tcase, the_agenda_gives_what_is_due_for_its_institution_and_at_once);
    tcase_add_test(tcase, the_agenda_is_counted_whether_due_or_not_up_to_a_bound);
    tcase_add_test(tcase, a_touch_puts_every_owner_of_the_prefix_on_the_agenda);
    tcase_add_test(tcase, published_batches_are_kept_and_then_pruned);
    tcase_add_test(tcase, two_shards_share_a_connection_with_their_work_in_flight_together);
}

int main(void)
{
    return unit_run("store.conformance", fill);
}
