#include "common/store/store_pg.h"
#include "tests/base/unit.h"
#include "tests/store/store_conformance.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The suite against a real PostgreSQL, and what only PostgreSQL has: ABASTO_TEST_STACK names its stack.env. */

static char conninfo[512];
static char schema[64];
static struct store_pg_options options;
static PGconn *holder;

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

static PGconn *connect_to_schema(void)
{
    PGconn *connection = PQconnectdb(conninfo);
    char path[128];

    (void)snprintf(path, sizeof path, "set search_path = \"%s\"; set client_min_messages = warning",
                   schema);
    PQclear(PQexec(connection, path));
    return connection;
}

static void sql(const char *text)
{
    PGconn *connection = connect_to_schema();
    PGresult *result = PQexec(connection, text);

    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK ||
                      PQresultStatus(result) == PGRES_TUPLES_OK,
                  "%s: %s", text, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

static void set_up(const struct table *const *tables, int32_t rule_version, int32_t shards)
{
    struct error err = {0};

    read_conninfo();
    (void)snprintf(schema, sizeof schema, "test_%ld", (long)getpid());
    options = (struct store_pg_options){.conninfo = conninfo,
                                        .schema = schema,
                                        .connections = 1,
                                        .lock_timeout_ms = 300,
                                        .rule_version = rule_version,
                                        .tables = tables};
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    ck_assert_msg(store_pg_create_shards(&options, shards, &err), "%s", err.message);
}

static void tear_down(void)
{
    char drop[128];

    (void)snprintf(drop, sizeof drop, "drop schema \"%s\" cascade", schema);
    sql(drop);
}

static struct store *open_store(void)
{
    return store_pg_create(&options);
}

static void cut(int32_t shard)
{
    char text[128];

    (void)snprintf(text, sizeof text,
                   "select pg_terminate_backend(owner_pid) from shard where id = %d", (int)shard);
    sql(text);
}

static void hold(int32_t shard)
{
    char text[512];

    holder = connect_to_schema();
    (void)snprintf(text, sizeof text,
                   "begin; update shard set epoch = epoch + 1,"
                   " owner_pid = pg_backend_pid(), owner_started = (select backend_start from"
                   " pg_stat_activity where pid = pg_backend_pid()) where id = %d; commit",
                   (int)shard);
    PQclear(PQexec(holder, text));
    PQclear(PQexec(holder, "begin"));
    (void)snprintf(text, sizeof text, "update shard set batch = batch + 1 where id = %d",
                   (int)shard);
    PQclear(PQexec(holder, text));
    ck_assert_int_eq(PQtransactionStatus(holder), PQTRANS_INTRANS);
}

static bool holder_commits(void)
{
    PGresult *result = PQexec(holder, "commit");
    const bool commits = PQresultStatus(result) == PGRES_COMMAND_OK;

    PQclear(result);
    PQfinish(holder);
    return commits;
}

static void set_rules(int32_t shard, int32_t rule_version)
{
    char text[128];

    (void)snprintf(text, sizeof text, "update shard set rule_version = %d where id = %d",
                   (int)rule_version, (int)shard);
    sql(text);
}

static void ask_replay(int32_t shard, const char *topic, int64_t until)
{
    char text[128];

    (void)snprintf(text, sizeof text, "insert into replay values (%d, '%s', %lld)", (int)shard,
                   topic, (long long)until);
    sql(text);
}

/* --- migrations --- */

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

static struct store *store;
static struct arena arena;
static struct store_takeover taken;

static void set_up_notes(void)
{
    set_up(tables, 1, 1);
    store = open_store();
}

static void tear_down_notes(void)
{
    store->operations->destroy(store);
    tear_down();
    arena_finish(&arena);
}

static void take(void)
{
    struct error err = {0};

    ck_assert_msg(store->operations->takeover(store, 0, &arena, &taken, &err), "%s", err.message);
}

static void write_note(struct note *note)
{
    void *const rows[] = {note};
    const struct store_write write = {&notes, rows, 1};
    const struct store_commit commit = {.incarnation = taken.incarnation,
                                        .epoch = taken.epoch,
                                        .batch = taken.batch + 1,
                                        .writes = &write,
                                        .write_count = 1};
    struct error err = {0};

    ck_assert_msg(store->operations->commit_send(store, &commit, &err), "%s", err.message);
    ck_assert_int_eq(store->operations->commit_receive(store, 0, &err), STORE_COMMITTED);
}

/* As an earlier version left it: without a table and columns that came since. */
START_TEST(a_database_at_an_older_schema_is_brought_up_and_keeps_its_rows)
{
    static const char *const owners[] = {"imss/1"};
    struct note note = {.owner = "imss/1", .pieces = 7};
    struct store_load load = {.table = &notes, .owners = owners, .owner_count = 1};
    struct error err = {0};

    take();
    write_note(&note);
    sql("alter table note drop column remark;"
        "alter table agenda drop column traceparent; drop table forwarded;"
        "drop function advance");
    ck_assert(!store->operations->takeover(store, 0, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    error_clear(&err);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    take();
    ck_assert_int_eq(taken.batch, 1);
    ck_assert(store->operations->load_send(store, 0, &load, 1, &err));
    ck_assert(store->operations->load_receive(store, 0, &arena, &err));
    ck_assert_uint_eq(load.row_count, 1);
    ck_assert_int_eq(((const struct note *)load.rows[0])->pieces, 7);
    ck_assert_ptr_null(((const struct note *)load.rows[0])->remark);
    note.remark = "nuevo";
    write_note(&note);
}
END_TEST

/* Every start migrates. It waits for no transaction of those that work, and makes them wait for nothing. */
START_TEST(migrating_what_is_as_it_should_be_locks_no_table)
{
    PGconn *worker = connect_to_schema();
    struct error err = {0};

    PQclear(PQexec(worker, "begin; lock table outbox, agenda, note in access share mode"));
    ck_assert_int_eq(PQtransactionStatus(worker), PQTRANS_INTRANS);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    PQclear(PQexec(worker, "commit"));
    PQfinish(worker);
}
END_TEST

static int columns_of_view(PGconn *worker)
{
    PGresult *result = PQexec(worker, "select * from note_seen");
    const int count = PQnfields(result);

    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(worker));
    PQclear(result);
    return count;
}

START_TEST(a_view_is_made_anew_when_it_is_declared_otherwise_and_else_left_to_its_readers)
{
    const struct view first[] = {{"note_seen", "select pieces from note"}, {0}};
    const struct view second[] = {{"note_seen", "select remark, pieces from note"}, {0}};
    PGconn *worker = connect_to_schema();
    struct error err = {0};

    options.views = first;
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    PQclear(PQexec(worker, "begin"));
    ck_assert_int_eq(columns_of_view(worker), 1);
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    PQclear(PQexec(worker, "commit"));
    options.views = second;
    ck_assert_msg(store_pg_migrate(&options, &err), "%s", err.message);
    ck_assert_int_eq(columns_of_view(worker), 2);
    options.views = NULL;
    PQfinish(worker);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up_notes, tear_down_notes);
    tcase_add_test(tcase, a_database_at_an_older_schema_is_brought_up_and_keeps_its_rows);
    tcase_add_test(tcase, migrating_what_is_as_it_should_be_locks_no_table);
    tcase_add_test(tcase,
                   a_view_is_made_anew_when_it_is_declared_otherwise_and_else_left_to_its_readers);
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

    const int both = store_conformance_run("store.postgresql", &pair);

    return unit_run("store.postgresql alone", fill) == EXIT_SUCCESS ? both : EXIT_FAILURE;
}
