#include "tests/store/store_conformance.h"

#include "tests/base/unit.h"

#include <string.h>

enum { STORE_RULES = 2, STORE_SHARDS = 2 };

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

static const struct store_pair *pair;
static struct store *store;
static struct arena arena;
static struct store_takeover taken;

static void set_up(void)
{
    pair->set_up(tables, STORE_RULES, STORE_SHARDS);
    store = pair->open();
}

static void tear_down(void)
{
    store->operations->destroy(store);
    pair->tear_down();
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
    struct store *other = pair->open();
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
    struct store *other = pair->open();
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

START_TEST(a_connection_that_dies_leaves_the_outcome_to_takeover)
{
    struct store_commit wanted;
    struct error err = {0};
    enum store_result result;

    take(0);
    wanted = next_commit(0);
    ck_assert(store->operations->commit_send(store, &wanted, &err));
    pair->cut(0);
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

START_TEST(an_owner_that_holds_the_row_is_ended_at_takeover)
{
    pair->hold(0);
    take(0);
    ck_assert_int_eq(taken.batch, 0);
    ck_assert_int_eq(taken.epoch, 2);
    ck_assert(!pair->holder_commits());
    take(0);
    ck_assert_int_eq(taken.batch, 0);
}
END_TEST

START_TEST(a_missing_shard_and_a_newer_rule_stop)
{
    struct error err = {0};

    ck_assert(!store->operations->takeover(store, 7, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
    ck_assert_ptr_nonnull(strstr(err.message, "shard create"));
    error_clear(&err);
    pair->set_rules(0, STORE_RULES + 1);
    ck_assert(!store->operations->takeover(store, 0, &arena, &taken, &err));
    ck_assert_int_eq(err.action, ERROR_FATAL);
}
END_TEST

/* So that what newer rules judge anew can be put on the agenda in the same transaction. */
START_TEST(a_takeover_tells_the_older_rule_and_the_next_commit_raises_it)
{
    struct store_commit wanted;

    pair->set_rules(0, STORE_RULES - 1);
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

START_TEST(a_commit_that_comes_after_a_takeover_is_refused_whole)
{
    const struct store_advance advance = {"orders", 0, 5};
    struct store *other = pair->open();
    struct store_commit late;
    struct error err = {0};

    take(0);
    late = next_commit(0);
    late.advances = &advance;
    late.advance_count = 1;
    late.outbox = (struct bytes){(const uint8_t *)"event", 5};
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert(store->operations->commit_send(store, &late, &err));
    ck_assert_int_eq(store->operations->commit_receive(store, 0, &err), STORE_FENCED);
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert_uint_eq(taken.position_count, 0);
    ck_assert_uint_eq(taken.unpublished_count, 0);
    other->operations->destroy(other);
}
END_TEST

START_TEST(who_gives_a_shard_up_saves_what_is_published_unless_it_was_overtaken)
{
    struct store *other = pair->open();
    struct store_commit wanted;
    struct error err = {0};
    int64_t epoch;

    take(0);
    epoch = taken.epoch;
    for (int i = 0; i < 2; i++) {
        wanted = next_commit(0);
        wanted.batch = i + 1;
        wanted.outbox = (struct bytes){(const uint8_t *)"event", 5};
        ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    }
    ck_assert(store->operations->release(store, 0, epoch, 1, &err));
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert_int_eq(taken.published, 1);
    ck_assert_uint_eq(taken.unpublished_count, 1);
    ck_assert_int_eq(taken.unpublished[0].batch, 2);
    ck_assert(store->operations->release(store, 0, epoch, 2, &err));
    ck_assert(other->operations->takeover(other, 0, &arena, &taken, &err));
    ck_assert_int_eq(taken.published, 1);
    other->operations->destroy(other);
}
END_TEST

START_TEST(a_replay_is_told_at_each_takeover_until_a_commit_ends_it)
{
    struct store_commit wanted;

    pair->ask_replay(0, "orders", 17);
    pair->ask_replay(1, "contracts", 4);
    take(1);
    take(0);
    ck_assert_uint_eq(taken.replay_count, 1);
    ck_assert_str_eq(taken.replays[0].topic, "orders");
    ck_assert_int_eq(taken.replays[0].until, 17);
    wanted = next_commit(0);
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    take(0);
    ck_assert_uint_eq(taken.replay_count, 1);
    wanted = next_commit(0);
    wanted.replayed = true;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    take(0);
    ck_assert_uint_eq(taken.replay_count, 0);
    take(1);
    ck_assert_uint_eq(taken.replay_count, 1);
}
END_TEST

START_TEST(what_is_done_goes_before_what_is_due_later_and_is_added_again)
{
    const struct store_agenda item = {.due = STORE_DUE_NOW, .kind = "judge", .key = "imss/1"};
    struct store_commit wanted;
    struct store_agenda *due;
    struct error err = {0};
    size_t count;

    take(0);
    wanted = next_commit(0);
    wanted.later = &item;
    wanted.later_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    wanted.batch++;
    wanted.done = &item;
    wanted.done_count = 1;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(store->operations->agenda(store, 0, NULL, NULL, 0, 10, &arena, &due, &count, &err));
    ck_assert_uint_eq(count, 1);
    wanted.batch++;
    wanted.later_count = 0;
    ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    ck_assert(store->operations->agenda(store, 0, NULL, NULL, 0, 10, &arena, &due, &count, &err));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(what_is_said_again_of_a_producer_an_output_or_a_day_replaces_what_was_known)
{
    const struct store_sequence sequences[] = {{"deliveries", 1, 1, 40, 12},
                                               {"deliveries", 1, 2, 3, 50}};
    const struct store_heard heard[] = {{"contracts", 1, "orders", 1, 99, false},
                                        {"contracts", 1, "orders", 2, 1, false}};
    const struct store_watermark marks[] = {{"orders", "contracts", "imss", 20000},
                                            {"orders", "contracts", "imss", 20001}};
    const struct store_forwarded days[] = {{"imss", 19999}, {"imss", 20000}};
    struct store_commit wanted;

    take(0);
    for (int i = 0; i < 2; i++) {
        wanted = next_commit(0);
        wanted.batch = i + 1;
        wanted.sequences = &sequences[i];
        wanted.sequence_count = 1;
        wanted.heard = &heard[i];
        wanted.heard_count = 1;
        wanted.watermarks = &marks[i];
        wanted.watermark_count = 1;
        wanted.forwarded = &days[i];
        wanted.forwarded_count = 1;
        ck_assert_int_eq(commit(&wanted), STORE_COMMITTED);
    }
    take(0);
    ck_assert_uint_eq(taken.sequence_count, 1);
    ck_assert_int_eq(taken.sequences[0].incarnation, 2);
    ck_assert_int_eq(taken.sequences[0].seq, 3);
    ck_assert_int_eq(taken.sequences[0].acked_offset, 50);
    ck_assert_uint_eq(taken.heard_count, 1);
    ck_assert_int_eq(taken.heard[0].incarnation, 2);
    ck_assert_int_eq(taken.heard[0].seq, 1);
    ck_assert_uint_eq(taken.watermark_count, 1);
    ck_assert_int_eq(taken.watermarks[0].day, 20001);
    ck_assert_uint_eq(taken.forwarded_count, 1);
    ck_assert_int_eq(taken.forwarded[0].day, 20000);
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

START_TEST(a_shard_is_found_where_its_row_is)
{
    enum store_place place;
    struct error err = {0};

    ck_assert(store->operations->find(store, STORE_SHARDS - 1, &place, &err));
    ck_assert_int_eq(place, STORE_HERE);
    ck_assert(store->operations->find(store, STORE_SHARDS, &place, &err));
    ck_assert_int_eq(place, STORE_ABSENT);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_shard_is_found_where_its_row_is);
    tcase_add_test(tcase, what_is_committed_is_what_takeover_finds);
    tcase_add_test(tcase, an_old_epoch_is_refused_though_batch_and_positions_agree);
    tcase_add_test(tcase, who_was_overtaken_no_longer_owns);
    tcase_add_test(tcase, another_batch_or_position_or_incarnation_is_refused);
    tcase_add_test(tcase, rows_come_back_in_bytewise_order_with_their_nulls);
    tcase_add_test(tcase, a_datum_that_the_database_cannot_hold_leaves_nothing_of_its_batch);
    tcase_add_test(tcase, a_connection_that_dies_leaves_the_outcome_to_takeover);
    tcase_add_test(tcase, an_owner_that_holds_the_row_is_ended_at_takeover);
    tcase_add_test(tcase, a_missing_shard_and_a_newer_rule_stop);
    tcase_add_test(tcase, a_takeover_tells_the_older_rule_and_the_next_commit_raises_it);
    tcase_add_test(tcase, the_agenda_gives_what_is_due_for_its_institution_and_at_once);
    tcase_add_test(tcase, the_agenda_is_counted_whether_due_or_not_up_to_a_bound);
    tcase_add_test(tcase, a_touch_puts_every_owner_of_the_prefix_on_the_agenda);
    tcase_add_test(tcase, published_batches_are_kept_and_then_pruned);
    tcase_add_test(tcase, a_commit_that_comes_after_a_takeover_is_refused_whole);
    tcase_add_test(tcase, who_gives_a_shard_up_saves_what_is_published_unless_it_was_overtaken);
    tcase_add_test(tcase, a_replay_is_told_at_each_takeover_until_a_commit_ends_it);
    tcase_add_test(tcase, what_is_done_goes_before_what_is_due_later_and_is_added_again);
    tcase_add_test(tcase,
                   what_is_said_again_of_a_producer_an_output_or_a_day_replaces_what_was_known);
    tcase_add_test(tcase, two_shards_share_a_connection_with_their_work_in_flight_together);
}

int store_conformance_run(const char *name, const struct store_pair *wanted)
{
    pair = wanted;
    return unit_run(name, fill);
}
