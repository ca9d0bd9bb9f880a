#include "common/domain/contract_number.h"
#include "common/domain/shard.h"
#include "tests/base/unit.h"

#include <string.h>

struct contract_case {
    const char *text;
    enum contract_number_form form;
    const char *canonical;
};

/* Real ones: the column CONTRATO of the warehouse file, domain.md §1, formatos_reales.md §7. */
static const struct contract_case cases[] = {
    {"IB/1749/2025", CONTRACT_NUMBER_PRESENT, "IB/1749/2025"},
    {"IB/0123/2025", CONTRACT_NUMBER_PRESENT, "IB/123/2025"},
    {"IB/123/2025", CONTRACT_NUMBER_PRESENT, "IB/123/2025"},
    {" ib / 0123 / 2025 ", CONTRACT_NUMBER_PRESENT, "IB/123/2025"},
    {"IB/000/2025", CONTRACT_NUMBER_PRESENT, "IB/0/2025"},
    {"IB/152/2024/D", CONTRACT_NUMBER_PRESENT, "IB/152/2024/D"},
    {"IB/0152/2024/0D", CONTRACT_NUMBER_PRESENT, "IB/152/2024/0D"},
    {"AA/999/9999/A", CONTRACT_NUMBER_PRESENT, "AA/999/9999/A"},
    {"LC/BMX/010/2026", CONTRACT_NUMBER_PRESENT, "LC/BMX/10/2026"},
    {"CS/AD/045/2026", CONTRACT_NUMBER_PRESENT, "CS/AD/45/2026"},
    {"BIRMEX-031/2024", CONTRACT_NUMBER_PRESENT, "BIRMEX-031/2024"},
    {"SSCDMX-DGAF-068-2025", CONTRACT_NUMBER_PRESENT, "SSCDMX-DGAF-068-2025"},
    {"SSCDMX–DGAF - 068-2025", CONTRACT_NUMBER_PRESENT, "SSCDMX-DGAF-068-2025"},
    {"DEAS-17-2025", CONTRACT_NUMBER_PRESENT, "DEAS-17-2025"},
    {"050GYR032N02826-084-00", CONTRACT_NUMBER_PRESENT, "050GYR032N02826-084-00"},
    {"012M7B997E13322001", CONTRACT_NUMBER_PRESENT, "012M7B997E13322001"},
    {"LA-ADQ-I174AYO-IB125-2023", CONTRACT_NUMBER_PRESENT, "LA-ADQ-I174AYO-IB125-2023"},
    {"S6M0080", CONTRACT_NUMBER_PRESENT, "S6M0080"},
    {"000123", CONTRACT_NUMBER_PRESENT, "000123"},
    {"/0/00/01", CONTRACT_NUMBER_PRESENT, "/0/0/1"},
    {"IB//2025/", CONTRACT_NUMBER_PRESENT, "IB//2025/"},
    {"contrato  nº\n7", CONTRACT_NUMBER_PRESENT, "CONTRATO Nº 7"},
    {"IB/1234567890123456789012345678901234567890/2025", CONTRACT_NUMBER_PRESENT,
     "IB/1234567890123456789012345678901234567890/2025"},
    {"NAN", CONTRACT_NUMBER_MISSING, ""},
    {"nan", CONTRACT_NUMBER_MISSING, ""},
    {"S/N", CONTRACT_NUMBER_MISSING, ""},
    {"s / n", CONTRACT_NUMBER_MISSING, ""},
    {"N/A", CONTRACT_NUMBER_MISSING, ""},
    {"Sin  número", CONTRACT_NUMBER_MISSING, ""},
    {" ", CONTRACT_NUMBER_MISSING, ""},
    {"//", CONTRACT_NUMBER_MISSING, ""},
    {"", CONTRACT_NUMBER_MISSING, ""},
    {NULL, CONTRACT_NUMBER_MISSING, ""},
    {"IB/1|2/2025", CONTRACT_NUMBER_UNREADABLE, ""},
    {"IB/\xD1/2025", CONTRACT_NUMBER_UNREADABLE, ""},
};

START_TEST(contract_numbers_have_one_spelling)
{
    const struct contract_case *row = &cases[_i];
    const struct contract_number number = contract_number_read(row->text);
    const struct contract_number again = contract_number_read(number.text);

    ck_assert_str_eq(number.text, row->canonical);
    ck_assert_msg(number.form == row->form, "«%s»: form %d", row->text, (int)number.form);
    ck_assert_str_eq(again.text, number.text);
}
END_TEST

START_TEST(the_length_is_limited)
{
    enum { BYTES = 1000000 };
    char *text = malloc(BYTES + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, '0', BYTES);
    text[BYTES] = '\0';
    ck_assert_int_eq(contract_number_read(text).form, CONTRACT_NUMBER_UNREADABLE);
    text[CONTRACT_NUMBER_BYTES_MAX + 1] = '\0';
    ck_assert_int_eq(contract_number_read(text).form, CONTRACT_NUMBER_UNREADABLE);
    text[CONTRACT_NUMBER_BYTES_MAX] = '\0';
    ck_assert_int_eq(contract_number_read(text).form, CONTRACT_NUMBER_PRESENT);
    free(text);
}
END_TEST

START_TEST(a_contract_is_named_by_institution_and_number)
{
    struct arena arena = {0};

    ck_assert_str_eq(contract_number_id(&arena, "imss-bienestar", "IB/123/2025"),
                     "imss-bienestar/IB/123/2025");
    ck_assert_str_eq(
        contract_number_id_without(&arena, "imss-bienestar", "IMBB-09-02-2025-09153687-U013"),
        "imss-bienestar/sin-contrato/IMBB-09-02-2025-09153687-U013");
    arena_finish(&arena);
}
END_TEST

struct shard_case {
    const char *contract_id;
    int32_t of_4;
    int32_t of_24;
};

/* Computed by an independent murmur2 in Python, itself checked against Kafka's vectors. */
static const struct shard_case shard_cases[] = {
    {"imss-bienestar/IB/1749/2025", 3, 7},
    {"imss-bienestar/IB/123/2025", 0, 4},
    {"imss/050GYR032N02826-084-00", 0, 4},
    {"issste/LC/BMX/10/2026", 1, 1},
    {"imss-bienestar/sin-contrato/IMBB-09-02-2025-09153687-U013", 2, 10},
    {"imss-bienestar/SSCDMX-DGAF-068-2025", 1, 5},
};

START_TEST(a_contract_stays_in_its_shard)
{
    const struct shard_case *row = &shard_cases[_i];

    ck_assert_int_eq(shard_of(row->contract_id, 4), row->of_4);
    ck_assert_int_eq(shard_of(row->contract_id, 24), row->of_24);
    ck_assert_int_eq(shard_of(row->contract_id, 1), 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, contract_numbers_have_one_spelling, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, the_length_is_limited);
    tcase_add_test(tcase, a_contract_is_named_by_institution_and_number);
    tcase_add_loop_test(tcase, a_contract_stays_in_its_shard, 0, UNIT_COUNT(shard_cases));
}

int main(void)
{
    return unit_run("domain.contract_number", fill);
}
