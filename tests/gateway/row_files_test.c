#include "common/avro/record_json.h"
#include "common/base/text.h"
#include "events.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <string.h>

/* Whole files: the real receipts, a dirty month of them, and all that the demo loads. */

static struct arena arena;

/* What the rows of receipts said. */
struct tally {
    int64_t kinds[6];
    int64_t short_lived;
    int64_t known;
};

static bool warns(const struct reported_row *row, const char *column, const char *part)
{
    for (size_t i = 0; i < row->remark_count; i++) {
        if (text_equal(row->remarks[i].column, column) &&
            (part == NULL || strstr(reason_text(&arena, &row->remarks[i].reason), part) != NULL)) {
            return true;
        }
    }
    return false;
}

static void tally_receipt(const struct reported_row *row, void *context)
{
    struct tally *tally = context;
    const struct receipt_reported *receipt = row->event;

    ck_assert_msg(row->verdict == ROW_TAKEN, "row %d: %s", (int)row->number,
                  row->remark_count > 0 ? reason_text(&arena, &row->remarks[0].reason) : "");
    tally->kinds[receipt->kind]++;
    tally->short_lived += warns(row, "CADUCIDAD", "menos de 12 meses") ? 1 : 0;
    tally->known += warns(row, "CLAVE", NULL) ? 0 : 1;
}

START_TEST(every_row_of_the_real_receipts_is_taken)
{
    const struct row_catalogue catalogue = demo_catalogue(&arena);
    struct tally tally = {0};
    const struct file_sum sum =
        read_project_file("tests/data/recepciones_imss_bienestar_cdmx_2025.csv", "imss-bienestar",
                          &catalogue, &arena, tally_receipt, &tally);

    ck_assert_str_eq(sum.layout, "imss-bienestar.recepciones-cdmx");
    ck_assert_int_eq(sum.rows, 3511);
    ck_assert_int_eq(sum.taken, 3511);
    ck_assert_int_eq(sum.set_aside, 0);
    ck_assert_int_eq(tally.kinds[RECEIPT_KIND_DELIVERY], 3449 + 35);
    ck_assert_int_eq(tally.kinds[RECEIPT_KIND_REVOLVING_FUND], 5);
    ck_assert_int_eq(tally.kinds[RECEIPT_KIND_OTHER_INSTITUTION], 19 + 2);
    ck_assert_int_eq(tally.kinds[RECEIPT_KIND_TRANSFER], 1);
    ck_assert_int_eq(tally.short_lived, 99);
    ck_assert_int_eq(tally.known, 1318);
}
END_TEST

/* The dirty month, beside what is expected of it. */
struct month {
    json_t *expected;
    size_t set_aside_met;
    size_t doubtful_met;
    const char *fact_ids[512];
    const char *digests[512];
    const char *contents[512];
};

static const json_t *expected_of(const json_t *list, int64_t number)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        if (json_integer_value(json_object_get(item, "row")) == number) {
            return item;
        }
    }
    return NULL;
}

static const char *said(const json_t *item, const char *key)
{
    return json_string_value(json_object_get(item, key));
}

static void check_set_aside(const struct reported_row *row, const json_t *item)
{
    ck_assert_msg(item != NULL, "row %d was set aside: %s: %s", (int)row->number,
                  row->remarks[0].column, reason_text(&arena, &row->remarks[0].reason));
    ck_assert_str_eq(row->remarks[0].column, said(item, "column"));
    ck_assert_str_eq(row->remarks[0].found, said(item, "found"));
    ck_assert(!text_is_blank(row->remarks[0].expected));
    ck_assert(row->remarks[0].reason.why != REASON_NONE);
    ck_assert(!text_is_blank(row->remarks[0].action));
}

static void check_month_row(const struct reported_row *row, void *context)
{
    struct month *month = context;
    const json_t *aside =
        expected_of(json_object_get(month->expected, "quarantined_rows"), row->number);
    const json_t *doubtful =
        expected_of(json_object_get(month->expected, "doubtful_but_taken"), row->number);

    if (row->verdict == ROW_SET_ASIDE) {
        check_set_aside(row, aside);
        month->set_aside_met++;
        return;
    }
    ck_assert_msg(aside == NULL, "row %d was taken", (int)row->number);
    if (doubtful != NULL) {
        month->doubtful_met++;
        /* blanks around a quantity are cut off by the CSV itself */
        ck_assert_msg(text_equal(said(doubtful, "found"), " 350 ") ||
                          warns(row, said(doubtful, "column"), NULL),
                      "row %d says nothing of %s", (int)row->number, said(doubtful, "column"));
    }
    ck_assert_int_lt(row->number, 512);
    month->fact_ids[row->number] = arena_copy(&arena, row->fact_id);
    month->digests[row->number] = arena_copy(&arena, row->digest);
    month->contents[row->number] = arena_copy(&arena, row->content);
}

static int64_t wanted(const struct month *month, const char *key)
{
    return json_integer_value(json_object_get(month->expected, key));
}

/* How many rows other than `number` have the same text in this list. */
static int others_like(const char *const *list, int64_t number)
{
    int count = 0;

    for (size_t i = 0; i < 512; i++) {
        count += (int64_t)i != number && text_equal(list[i], list[number]) && list[i] != NULL;
    }
    return count;
}

START_TEST(a_dirty_month_comes_out_as_expected_row_by_row)
{
    const struct row_catalogue catalogue = demo_catalogue(&arena);
    struct month *month = arena_alloc(&arena, sizeof *month);
    struct file_sum sum;
    int64_t row;

    month->expected = json_load_file(
        source_path(&arena, "tests/data/recepciones_otro_mes.expected.json"), 0, NULL);
    ck_assert_ptr_nonnull(month->expected);
    sum = read_project_file("tests/data/recepciones_otro_mes.csv", "imss-bienestar", &catalogue,
                            &arena, check_month_row, month);
    ck_assert_int_eq(sum.rows, wanted(month, "rows"));
    ck_assert_int_eq(sum.set_aside, wanted(month, "quarantined"));
    ck_assert_int_eq(sum.taken, wanted(month, "taken") + wanted(month, "unchanged"));
    ck_assert_uint_eq(month->doubtful_met,
                      json_array_size(json_object_get(month->expected, "doubtful_but_taken")));
    row = wanted(month, "unchanged_row");
    ck_assert_int_eq(others_like(month->fact_ids, row), 1);
    ck_assert_int_eq(others_like(month->digests, row), 1);
    row = wanted(month, "same_content_other_cns_row");
    ck_assert_int_eq(others_like(month->fact_ids, row), 0);
    ck_assert_int_eq(others_like(month->contents, row), 1);
    row = wanted(month, "same_cns_other_content_row");
    ck_assert_int_eq(others_like(month->fact_ids, row), 1);
    ck_assert_int_eq(others_like(month->digests, row), 0);
    json_decref(month->expected);
}
END_TEST

/* A line of deploy/demo/carga.csv. */
static void check_demo_file(const char *institution, const char *file, const char *layout)
{
    const char *path = arena_format(&arena, "deploy/demo/%s/%s", institution, file);
    const struct file_sum sum = read_project_file(path, institution, NULL, &arena, NULL, NULL);

    ck_assert_msg(sum.layout != NULL, "%s: %s", path, sum.message);
    ck_assert_str_eq(sum.layout, layout);
    ck_assert_msg(sum.rows > 0 && sum.set_aside == 0, "%s: %d of %d set aside", path,
                  (int)sum.set_aside, (int)sum.rows);
}

START_TEST(every_file_of_the_demo_is_recognised_and_taken_whole)
{
    FILE *list = fopen(source_path(&arena, "deploy/demo/carga.csv"), "rb");
    struct table_reader *reader;
    struct table_row row;
    struct error err = {0};
    int files = 0;
    bool found;

    ck_assert_ptr_nonnull(list);
    reader = table_reader_create(list, (struct table_form){.delimiter = ','});
    ck_assert(table_reader_next(reader, &row, &found, &err));
    while (found) {
        ck_assert(table_reader_next(reader, &row, &found, &err));
        if (found) {
            ck_assert_uint_eq(row.count, 3);
            check_demo_file(row.cells[0], row.cells[1], row.cells[2]);
            files++;
        }
    }
    table_reader_destroy(reader);
    ck_assert_int_eq(files, 29);
}
END_TEST

START_TEST(the_catalogue_is_taken_whole)
{
    const struct file_sum sum =
        read_project_file("deploy/demo/catalogo/claves.csv", "ssa", NULL, &arena, NULL, NULL);

    ck_assert_str_eq(sum.layout, "catalogo.claves");
    ck_assert_int_eq(sum.taken, 2332);
    ck_assert_int_eq(sum.set_aside, 0);
}
END_TEST

static void tear_down(void)
{
    arena_finish(&arena);
}

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, every_row_of_the_real_receipts_is_taken);
    tcase_add_test(tcase, a_dirty_month_comes_out_as_expected_row_by_row);
    tcase_add_test(tcase, every_file_of_the_demo_is_recognised_and_taken_whole);
    tcase_add_test(tcase, the_catalogue_is_taken_whole);
}

int main(void)
{
    return unit_run("row_files", fill);
}
