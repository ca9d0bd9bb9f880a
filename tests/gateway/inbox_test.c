#include "common/base/date.h"
#include "tests/base/unit.h"
#include "tests/gateway/desk.h"

#include <string.h>

/* Reports that institutions publish themselves: each is taken as a row of its template is, and answered. */

#define RECEIPT "mx.abasto.inbox.ReceiptReport"
#define RECEIPT_WITH(members)                                                                      \
    "{\"recepcion\":\"R1\",\"contrato\":\"C1\",\"orden\":\"7\",\"clave\":\"010.000.2540.00\","     \
    "\"remision\":\"RM1\",\"lote\":\"L1\",\"caducidad\":\"2027-12-31\",\"piezas\":10,"             \
    "\"piezas_rechazadas\":0,\"fecha_fisica\":\"2025-06-18\",\"fecha_remision\":\"2025-06-18\","   \
    "\"fecha_alta\":\"2025-06-19\",\"fecha_captura\":\"2025-06-20\",\"tipo\":\"entrega\"" members  \
    "}"
#define GOOD RECEIPT_WITH("")

static struct desk desk;

static void begin(void)
{
    desk_open(&desk, "imss");
}

static void end(void)
{
    desk_close(&desk);
}

static const struct report_answered *answer_to_json(const char *id, const char *json)
{
    desk_publish_json(&desk, id, RECEIPT, json);
    desk_settle(&desk);
    return desk_answer(&desk);
}

static size_t receipts(void)
{
    return desk_count(&desk, "reported.receipts", &receipt_reported_type);
}

static const struct receipt_reported *last_receipt(void)
{
    return desk_last_event(&desk, "reported.receipts", &receipt_reported_type);
}

START_TEST(a_receipt_in_json_becomes_an_event_and_is_answered)
{
    const struct report_answered *answer = answer_to_json("1", GOOD);

    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_uint_eq(answer->remarks_count, 0);
    ck_assert_str_eq(answer->institution, "imss");
    ck_assert_str_eq(answer->ce_id, "1");
    ck_assert_str_eq(answer->ce_source, "/imss/erp");
    ck_assert_str_eq(answer->report, RECEIPT);
    ck_assert_int_eq(answer->position, 0);
    ck_assert_str_eq(answer->contract_id, "imss/C1");
    ck_assert_str_eq(answer->entity_id, "imss/C1|7|010.000.2540.00");
    ck_assert_str_eq(answer->fact_id, "R1");
    ck_assert_int_eq(answer->sequence, 1);
    ck_assert_uint_eq(receipts(), 1);
    ck_assert_str_eq(last_receipt()->order_id, "imss/C1|7|010.000.2540.00");
    ck_assert_int_eq(last_receipt()->pieces, 10);
    ck_assert_int_eq(last_receipt()->fact.as_of, answer->as_of);
    ck_assert_str_eq(last_receipt()->fact.file, "inbox.imss");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, a_receipt_in_json_becomes_an_event_and_is_answered);
}

int main(void)
{
    return unit_run("gateway.inbox", fill);
}
