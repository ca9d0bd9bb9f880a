#include "common/domain/order_number.h"
#include "tests/base/unit.h"

#include <string.h>

struct order_case {
    const char *text;
    enum order_number_form form;
    const char *canonical;
};

/* Real ones: formatos_reales.md §1 and the column PEDIDO of the warehouse file. */
static const struct order_case cases[] = {
    {"IMBB-09-02-2025-09153687-U013", ORDER_NUMBER_IMSS_BIENESTAR, "IMBB-09-02-2025-09153687-U013"},
    {"IMB-23-02-2024-23017985-ASF", ORDER_NUMBER_IMSS_BIENESTAR, "IMB-23-02-2024-23017985-ASF"},
    {"IMB-02-02-2024-02017989-F7", ORDER_NUMBER_IMSS_BIENESTAR, "IMB-02-02-2024-02017989-F7"},
    {"IMB-09-02-2024-0901047689-F", ORDER_NUMBER_IMSS_BIENESTAR, "IMB-09-02-2024-0901047689-F"},
    {"CIMB-09-01-2024-0901080040-ASF", ORDER_NUMBER_IMSS_BIENESTAR,
     "CIMB-09-01-2024-0901080040-ASF"},
    {" imbb-09-02-2025-09153687-u013\n", ORDER_NUMBER_IMSS_BIENESTAR,
     "IMBB-09-02-2025-09153687-U013"},
    {"IMBB - 09-02–2025-09153687 -U013", ORDER_NUMBER_IMSS_BIENESTAR,
     "IMBB-09-02-2025-09153687-U013"},
    {"IMBB-09-0-2025-09133711-U013", ORDER_NUMBER_OTHER, "IMBB-09-0-2025-09133711-U013"},
    {"IMBB-09-02-2025-09139315-0U13", ORDER_NUMBER_OTHER, "IMBB-09-02-2025-09139315-0U13"},
    {"IMBB-09-02-2025-09100989-013", ORDER_NUMBER_OTHER, "IMBB-09-02-2025-09100989-013"},
    {"IMBB-09-02-2025-0912737-U013", ORDER_NUMBER_OTHER, "IMBB-09-02-2025-0912737-U013"},
    {"IMBB-09-02-202509153149-U013", ORDER_NUMBER_OTHER, "IMBB-09-02-202509153149-U013"},
    {"IMBB-09-02-2025-09180408-2025", ORDER_NUMBER_OTHER, "IMBB-09-02-2025-09180408-2025"},
    {"IMBB-09-02-2025-15153687-U013", ORDER_NUMBER_OTHER, "IMBB-09-02-2025-15153687-U013"},
    {"IMBB-33-02-2025-33153687-U013", ORDER_NUMBER_OTHER, "IMBB-33-02-2025-33153687-U013"},
    {"IMBB-09-02-2025-09153687-U013X", ORDER_NUMBER_OTHER, "IMBB-09-02-2025-09153687-U013X"},
    {"2231/2025/066/P02", ORDER_NUMBER_OTHER, "2231/2025/066/P02"},
    {"OS-LCBMX-010-2026", ORDER_NUMBER_OTHER, "OS-LCBMX-010-2026"},
    {"orden  12 ñ", ORDER_NUMBER_OTHER, "ORDEN 12 Ñ"},
    {"1234567890123456789012345678901234567890", ORDER_NUMBER_OTHER,
     "1234567890123456789012345678901234567890"},
    {"NAN", ORDER_NUMBER_MISSING, ""},
    {"S / N", ORDER_NUMBER_MISSING, ""},
    {"---", ORDER_NUMBER_MISSING, ""},
    {"", ORDER_NUMBER_MISSING, ""},
    {NULL, ORDER_NUMBER_MISSING, ""},
    {"IMBB|09", ORDER_NUMBER_UNREADABLE, ""},
    {"IMBB-\xFF", ORDER_NUMBER_UNREADABLE, ""},
    {"cut \xE2\x82", ORDER_NUMBER_UNREADABLE, ""},
};

START_TEST(order_numbers_have_one_spelling)
{
    const struct order_case *row = &cases[_i];
    const struct order_number number = order_number_read(row->text);

    ck_assert_str_eq(number.text, row->canonical);
    ck_assert_msg(number.form == row->form, "«%s»: form %d", row->text, (int)number.form);
}
END_TEST

START_TEST(the_length_is_limited)
{
    char text[ORDER_NUMBER_BYTES_MAX + 3] = {0};

    memset(text, ' ', sizeof text - 1);
    memset(text + 1, 'A', ORDER_NUMBER_BYTES_MAX);
    ck_assert_int_eq(order_number_read(text).form, ORDER_NUMBER_OTHER);
    text[0] = 'A';
    ck_assert_int_eq(order_number_read(text).form, ORDER_NUMBER_UNREADABLE);
    ck_assert_str_eq(order_number_read(text).text, "");
}
END_TEST

START_TEST(an_order_line_is_named_by_contract_order_and_clave)
{
    struct arena arena = {0};

    ck_assert_str_eq(order_number_id(&arena, "imss/S6M0080", "371902", "010.000.0104.00"),
                     "imss/S6M0080|371902|010.000.0104.00");
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, order_numbers_have_one_spelling, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, the_length_is_limited);
    tcase_add_test(tcase, an_order_line_is_named_by_contract_order_and_clave);
}

int main(void)
{
    return unit_run("domain.order_number", fill);
}
