#include "common/base/digest.h"
#include "events.h"
#include "services/gateway/gateway_tables.h"
#include "tests/base/unit.h"
#include "tests/gateway/drop.h"

#include <string.h>

/* Altas of SAI: a file is all there is of its units between its oldest and newest day. */

#define HEADER                                                                                     \
    "noAlta|fechaAltaTrunc|noContrato|noOrden|clave|cantRecibida|importe|descUnidad|"              \
    "clasPtalRecep|fpp\n"
#define ALTA(number, day, pieces) ALTA_OF("U1", number, day, pieces)
#define ALTA_OF(unit, number, day, pieces)                                                         \
    number "|" day "/06/2025|C1|O1|010 000 2540 00 00|" pieces "||HGZ|" unit "|\n"

static struct drop drop;

static void begin(void)
{
    drop_start(&drop, "imss");
}

static void end(void)
{
    drop_finish(&drop);
}

static size_t withdrawn(void)
{
    return fake_work_emitted_of(drop.work, &report_withdrawn_type);
}

static size_t reported(void)
{
    return fake_work_emitted_of(drop.work, &receipt_reported_type);
}

/* "A1=124 A2=-": what was last said of each receipt, by id. */
static void assert_stands(const char *receipt, int64_t pieces)
{
    const char *fact_end = arena_format(&drop.arena, "|%s|O1|010.000.2540.00", receipt);
    int64_t last = -2;
    int64_t newest = INT64_MIN;

    for (size_t i = 0; i < fake_work_emitted_count(drop.work); i++) {
        const struct fake_emitted *one = fake_work_emitted(drop.work, i);
        const bool gone = one->type == &report_withdrawn_type;
        const struct fact *fact;

        if (!gone && one->type != &receipt_reported_type) {
            continue;
        }
        fact = gone ? &((const struct report_withdrawn *)one->event)->fact
                    : &((const struct receipt_reported *)one->event)->fact;
        if (strstr(fact->fact_id, fact_end) != NULL && fact->as_of >= newest) {
            newest = fact->as_of;
            last = gone ? -1 : ((const struct receipt_reported *)one->event)->pieces;
        }
    }
    ck_assert_msg(last == pieces, "%s stands at %d, not %d", receipt, (int)last, (int)pieces);
}

START_TEST(an_alta_that_a_later_complete_file_lacks_is_withdrawn)
{
    drop_load(&drop, "altas_2025-07-01.csv",
              HEADER ALTA("A1", "10", "124") ALTA("A2", "12", "50") ALTA("A3", "20", "9"), NULL);
    ck_assert_uint_eq(reported(), 3);
    drop_load(&drop, "altas_2025-07-02.csv", HEADER ALTA("A1", "10", "120") ALTA("A3", "20", "9"),
              NULL);
    assert_stands("A1", 120);
    assert_stands("A2", -1);
    assert_stands("A3", 9);
    ck_assert_uint_eq(withdrawn(), 1);
    drop_load(&drop, "otra vez 2025-07-02.csv",
              HEADER ALTA("A1", "10", "120") ALTA("A3", "20", "9") "\n", NULL);
    ck_assert_uint_eq(withdrawn(), 1);
    ck_assert_uint_eq(reported(), 4);
    drop_load(&drop, "altas_2025-07-03.csv",
              HEADER ALTA("A1", "10", "120") ALTA("A2", "12", "50") ALTA("A3", "20", "9"), NULL);
    assert_stands("A2", 50);
}
END_TEST

START_TEST(what_is_withdrawn_names_the_file_that_lacks_it)
{
    static const char later[] = HEADER ALTA("A1", "10", "1") ALTA("A3", "20", "3");
    const struct report_withdrawn *gone;
    uint8_t hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    drop_load(&drop, "altas_2025-07-01.csv",
              HEADER ALTA("A1", "10", "1") ALTA("A2", "12", "2") ALTA("A3", "20", "3"), NULL);
    drop_load(&drop, "altas_2025-07-02.csv", later, NULL);
    digest_sha256(later, strlen(later), hash);
    digest_hex(hash, hex);
    gone = fake_work_said(drop.work, &report_withdrawn_type, "kind", "receipt");
    ck_assert_ptr_nonnull(gone);
    ck_assert_str_eq(gone->fact.fact_id, "U1|A2|O1|010.000.2540.00");
    ck_assert_str_eq(gone->fact.file, hex);
    ck_assert_int_eq(gone->fact.row, 0);
    ck_assert_str_eq(gone->reason, "ya no viene en una foto completa posterior");
}
END_TEST

START_TEST(what_lies_outside_of_the_window_or_the_unit_is_not_missed)
{
    drop_load(&drop, "altas_2025-07-01.csv",
              HEADER ALTA("A1", "10", "1") ALTA("A2", "20", "2") ALTA_OF("U2", "B1", "11", "3"),
              NULL);
    drop_load(&drop, "altas_2025-07-02.csv", HEADER ALTA("A1", "10", "1") ALTA("A4", "15", "4"),
              NULL);
    ck_assert_uint_eq(withdrawn(), 0);
    assert_stands("A2", 2);
    assert_stands("B1", 3);
}
END_TEST

START_TEST(a_file_with_a_row_that_cannot_be_read_withdraws_nothing)
{
    drop_load(&drop, "altas_2025-07-01.csv",
              HEADER ALTA("A1", "10", "1") ALTA("A2", "12", "2") ALTA("A3", "20", "3"), NULL);
    drop_load(&drop, "altas_2025-07-02.csv",
              HEADER ALTA("A1", "10", "1") ALTA("A9", "12", "muchas") ALTA("A3", "20", "3"), NULL);
    drop_load(&drop, "cortado_2025-07-03.csv",
              HEADER ALTA("A1", "10", "1") ALTA("A3", "20", "3") "A4|21/06/20", NULL);
    ck_assert_uint_eq(withdrawn(), 0);
    assert_stands("A2", 2);
}
END_TEST

START_TEST(an_older_file_that_comes_later_changes_nothing)
{
    drop_load(&drop, "altas_2025-07-02.csv", HEADER ALTA("A1", "10", "1") ALTA("A3", "20", "3"),
              NULL);
    drop_load(&drop, "altas_2025-07-01.csv",
              HEADER ALTA("A1", "10", "7") ALTA("A2", "12", "2") ALTA("A5", "25", "5"), NULL);
    assert_stands("A1", 1);
    assert_stands("A2",
                  -2); /* never reported: a newer file had already said that it is not there */
    assert_stands("A3", 3);
    assert_stands("A5", 5); /* outside of what the newer file shows */
    ck_assert_uint_eq(withdrawn(), 0);
}
END_TEST

START_TEST(a_process_that_ends_in_the_middle_of_the_file_misses_nothing_else)
{
    struct error err = {0};

    drop_load(&drop, "altas_2025-07-01.csv",
              HEADER ALTA("A1", "10", "1") ALTA("A2", "12", "2") ALTA("A3", "20", "3"), NULL);
    drop_file(&drop, "altas_2025-07-02.csv", HEADER ALTA("A1", "10", "1") ALTA("A3", "20", "3"),
              NULL);
    ck_assert_msg(drop_poll(&drop, 2, &err), "%s", err.message); /* opened, and the first row */
    drop_commit(&drop);
    drop_restart(&drop);
    drop_work_off(&drop);
    ck_assert_uint_eq(withdrawn(), 1);
    assert_stands("A1", 1);
    assert_stands("A2", -1);
}
END_TEST

/* Beside those that only moved, from no contract to that of another alta of their order. */
static size_t vanished(void)
{
    size_t count = 0;

    for (size_t i = 0; i < fake_work_emitted_count(drop.work); i++) {
        const struct fake_emitted *one = fake_work_emitted(drop.work, i);

        count +=
            one->type == &report_withdrawn_type &&
            strstr(((const struct report_withdrawn *)one->event)->reason, "ya no viene") != NULL;
    }
    return count;
}

static void load_demo_altas(const char *day)
{
    const char *name = arena_format(&drop.arena, "altas_%s.csv", day);

    drop_load(&drop, name,
              drop_source(&drop, arena_format(&drop.arena, "deploy/demo/imss/%s", name)), NULL);
}

START_TEST(the_altas_of_the_demo_vanish_and_are_corrected_and_an_old_extract_moves_none)
{
    size_t first;
    size_t said;
    size_t gone;

    load_demo_altas("2025-10-24");
    first = reported();
    ck_assert_uint_gt(first, 1000);
    ck_assert_uint_eq(vanished(), 0);
    load_demo_altas("2025-10-31");
    said = reported();
    ck_assert_uint_gt(vanished(), 20);
    ck_assert_uint_gt(said, first + 50);
    ck_assert_uint_lt(said, first + 200); /* most say what they said, in other bytes */
    gone = withdrawn();
    load_demo_altas("2025-09-30");
    ck_assert_uint_eq(withdrawn(), gone);
    ck_assert_uint_eq(reported(), said);
}
END_TEST

START_TEST(a_contract_row_of_imss_gives_contract_and_line_and_is_counted_once)
{
    drop_load(&drop, "contratos.csv", drop_source(&drop, "tests/gateway/golden/imss.contratos.csv"),
              NULL);
    ck_assert_uint_eq(fake_work_emitted_of(drop.work, &contract_line_reported_type), 6);
    ck_assert_uint_ge(fake_work_emitted_of(drop.work, &contract_reported_type), 2);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, an_alta_that_a_later_complete_file_lacks_is_withdrawn);
    tcase_add_test(tcase, what_is_withdrawn_names_the_file_that_lacks_it);
    tcase_add_test(tcase, what_lies_outside_of_the_window_or_the_unit_is_not_missed);
    tcase_add_test(tcase, a_file_with_a_row_that_cannot_be_read_withdraws_nothing);
    tcase_add_test(tcase, an_older_file_that_comes_later_changes_nothing);
    tcase_add_test(tcase, a_process_that_ends_in_the_middle_of_the_file_misses_nothing_else);
    tcase_add_test(tcase,
                   the_altas_of_the_demo_vanish_and_are_corrected_and_an_old_extract_moves_none);
    tcase_add_test(tcase, a_contract_row_of_imss_gives_contract_and_line_and_is_counted_once);
}

int main(void)
{
    return unit_run("gateway_snapshot", fill);
}
