#include "common/runtime/cache.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <string.h>

struct lot {
    const char *owner;
    const char *id;
    const char *remark;
    int64_t pieces;
};

static const struct column columns[] = {
    COLUMN(struct lot, owner, COLUMN_TEXT),
    COLUMN(struct lot, id, COLUMN_TEXT),
    COLUMN(struct lot, remark, COLUMN_TEXT),
    COLUMN(struct lot, pieces, COLUMN_INT64),
};
static const struct table lots = TABLE(struct lot, "lot", 2, columns);

static struct cache_entry *loaded(struct cache *cache, const char *owner)
{
    struct cache_entry *entry = cache_entry(cache, &lots, owner);

    cache_entry_mark_loaded(entry);
    return entry;
}

START_TEST(rows_of_an_owner_stand_in_the_order_of_their_ids)
{
    struct cache *cache = cache_create(1 << 20);
    struct cache_entry *entry = loaded(cache, "imss/1");
    static const char *const ids[] = {"b", "Z", "a", "ba", ""};
    static const char *const sorted[] = {"", "Z", "a", "b", "ba"};
    size_t count;
    void *const *rows;

    for (size_t i = 0; i < 5; i++) {
        (void)cache_row_mark(cache_entry_row(cache, entry, ids[i], true));
    }
    rows = cache_entry_rows(entry, &count);
    ck_assert_uint_eq(count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(((const struct lot *)rows[i])->id, sorted[i]);
        ck_assert_str_eq(((const struct lot *)rows[i])->owner, "imss/1");
    }
    cache_destroy(cache);
}
END_TEST

START_TEST(texts_of_a_changed_row_outlive_the_batch_once_it_is_settled)
{
    struct cache *cache = cache_create(1 << 20);
    struct cache_entry *entry = loaded(cache, "imss/1");
    struct lot *lot = cache_entry_row(cache, entry, "L1", true);
    char remark[16] = "sellado";

    lot->remark = remark;
    lot->pieces = 12;
    ck_assert(cache_row_mark(lot));
    ck_assert(!cache_row_mark(lot));
    cache_forget_unsaved(cache);
    cache_settle(cache, lot);
    memset(remark, 'x', sizeof remark - 1);
    lot = cache_entry_row(cache, entry, "L1", false);
    ck_assert_ptr_nonnull(lot);
    ck_assert_str_eq(lot->remark, "sellado");
    ck_assert_int_eq(lot->pieces, 12);
    ck_assert(cache_row_mark(lot));
    cache_destroy(cache);
}
END_TEST

START_TEST(a_row_that_was_made_and_not_saved_leaves_with_the_batch)
{
    struct cache *cache = cache_create(1 << 20);
    struct cache_entry *entry = loaded(cache, "imss/1");

    (void)cache_entry_row(cache, entry, "L1", true);
    (void)cache_row_mark(cache_entry_row(cache, entry, "L2", true));
    cache_forget_unsaved(cache);
    ck_assert_ptr_null(cache_entry_row(cache, entry, "L1", false));
    ck_assert_ptr_nonnull(cache_entry_row(cache, entry, "L2", false));
    cache_destroy(cache);
}
END_TEST

START_TEST(what_was_unused_for_longest_leaves_first_and_never_in_its_batch)
{
    struct cache *cache = cache_create(2000);
    char owner[32];

    for (int i = 0; i < 50; i++) {
        (void)snprintf(owner, sizeof owner, "imss/%d", i);
        (void)loaded(cache, owner);
    }
    cache_trim(cache);
    ck_assert_uint_gt(cache_bytes(cache), 2000); /* all of this batch */
    ck_assert(cache_entry_loaded(cache_entry(cache, &lots, "imss/0")));
    cache_trim(cache);
    ck_assert_uint_le(cache_bytes(cache), 2000);
    ck_assert(cache_entry_loaded(cache_entry(cache, &lots, "imss/0")));
    ck_assert(!cache_entry_loaded(cache_entry(cache, &lots, "imss/1")));
    cache_destroy(cache);
}
END_TEST

START_TEST(many_owners_are_found_again)
{
    struct cache *cache = cache_create(64 << 20);
    char owner[32];

    for (int i = 0; i < 20000; i++) {
        struct lot row = {.owner = owner, .id = "L", .remark = NULL, .pieces = i};

        (void)snprintf(owner, sizeof owner, "imss/%d", i);
        cache_entry_add(cache, loaded(cache, owner), &row);
    }
    for (int i = 0; i < 20000; i++) {
        const struct lot *lot;

        (void)snprintf(owner, sizeof owner, "imss/%d", i);
        lot = cache_entry_row(cache, cache_entry(cache, &lots, owner), "L", false);
        ck_assert_ptr_nonnull(lot);
        ck_assert_int_eq(lot->pieces, i);
    }
    cache_drop(cache);
    ck_assert_uint_eq(cache_bytes(cache), 0);
    cache_destroy(cache);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, rows_of_an_owner_stand_in_the_order_of_their_ids);
    tcase_add_test(tcase, texts_of_a_changed_row_outlive_the_batch_once_it_is_settled);
    tcase_add_test(tcase, a_row_that_was_made_and_not_saved_leaves_with_the_batch);
    tcase_add_test(tcase, what_was_unused_for_longest_leaves_first_and_never_in_its_batch);
    tcase_add_test(tcase, many_owners_are_found_again);
}

int main(void)
{
    return unit_run("runtime.cache", fill);
}
