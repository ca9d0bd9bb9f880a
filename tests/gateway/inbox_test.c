#include "common/base/date.h"
#include "tests/base/unit.h"
#include "tests/gateway/desk.h"

#include <string.h>

/* Reports that institutions publish themselves: each is taken as a row of its template is, and answered. */

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

START_TEST(every_kind_of_report_is_taken)
{
    static const struct {
        const char *type;
        const char *json;
        const char *topic;
        const struct record_type *event;
    } kinds[] = {
        {"mx.abasto.inbox.ContractReport",
         "{\"contrato\":\"C1\",\"proveedor\":\"Uno\",\"pena_tasa_diaria_pb\":200,"
         "\"garantia_monto\":\"36304.20\"}",
         "reported.contracts", &contract_reported_type},
        {"mx.abasto.inbox.LineReport",
         "{\"contrato\":\"C1\",\"clave\":\"010.000.2540.00\",\"cantidad_maxima\":1000,"
         "\"precio_unitario\":\"12.2550\"}",
         "reported.contracts", &contract_line_reported_type},
        {"mx.abasto.inbox.OrderReport",
         "{\"contrato\":\"C1\",\"orden\":\"7\",\"clave\":\"010.000.2540.00\",\"cantidad\":10,"
         "\"fecha_limite\":\"2025-06-20\"}",
         "reported.orders", &order_reported_type},
        {"mx.abasto.inbox.ShipmentReport",
         "{\"proveedor_rfc\":\"XFI000101027\",\"remision\":\"RM1\",\"contrato\":\"C1\",\"orden\":"
         "\"7\","
         "\"clave\":\"010.000.2540.00\",\"fecha_remision\":\"2025-06-08\",\"piezas\":4}",
         "reported.shipments", &shipment_reported_type},
        {RECEIPT, GOOD, "reported.receipts", &receipt_reported_type},
        {"mx.abasto.inbox.DecisionReport",
         "{\"decision\":\"D1\",\"tipo\":\"notificacion\",\"contrato\":\"C1\",\"orden\":\"7\","
         "\"clave\":\"010.000.2540.00\",\"fecha\":\"2025-10-06\",\"oficio\":\"OF/1\"}",
         "reported.decisions", &decision_reported_type},
    };
    const struct report_answered *answer;

    desk_publish_json(&desk, "1", kinds[_i].type, kinds[_i].json);
    desk_settle(&desk);
    answer = desk_answer(&desk);
    ck_assert_msg(answer->verdict == REPORT_VERDICT_ACCEPTED ||
                      answer->verdict == REPORT_VERDICT_ACCEPTED_WITH_WARNINGS,
                  "%s: %s", kinds[_i].type,
                  answer->remarks_count == 0 ? "" : answer->remarks[0].reason);
    ck_assert_str_eq(answer->report, kinds[_i].type);
    ck_assert_str_eq(answer->contract_id, "imss/C1");
    ck_assert_uint_eq(desk_count(&desk, kinds[_i].topic, kinds[_i].event), 1);
}
END_TEST

START_TEST(avro_and_json_say_the_same)
{
    const struct receipt_report record = desk_receipt("R1");
    const struct report_answered *answer;

    desk_publish_record(&desk, "1", &receipt_report_type, &record);
    desk_settle(&desk);
    answer = desk_answer(&desk);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_uint_eq(receipts(), 1);
    answer = answer_to_json("1", GOOD);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REPEATED);
    answer = answer_to_json("2", GOOD);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_UNCHANGED);
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

START_TEST(an_unknown_member_is_a_warning_that_names_it)
{
    const struct report_answered *answer =
        answer_to_json("1", RECEIPT_WITH(",\"pieza\":3,\"institucion\":\"issste\""));

    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_ACCEPTED_WITH_WARNINGS);
    ck_assert_uint_eq(answer->remarks_count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(answer->remarks[i].code, "miembro-desconocido");
    }
    ck_assert_str_eq(last_receipt()->institution, "imss");
}
END_TEST

START_TEST(a_ce_time_that_cannot_be_read_only_warns_where_corte_says_the_day)
{
    static const char json[] = RECEIPT_WITH(",\"corte\":\"2025-06-20\"");
    const struct report_answered *answer;

    desk_publish(
        &desk, &(struct desk_message){
                   .id = "1", .source = "/imss/erp", .type = RECEIPT, .time = "ayer", JSON(json)});
    desk_settle(&desk);
    answer = desk_answer(&desk);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_ACCEPTED_WITH_WARNINGS);
    ck_assert_str_eq(answer->remarks[0].field, "ce_time");
    ck_assert_int_eq(answer->as_of, INT64_C(20259) * DATE_DAY_MICROSECONDS);
}
END_TEST

/* --- again --- */

START_TEST(the_same_report_again_counts_once_and_is_answered_again)
{
    const struct report_answered *answer;

    (void)answer_to_json("1", GOOD);
    desk_restart(&desk);
    answer = answer_to_json("1", GOOD);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REPEATED);
    ck_assert_int_eq(answer->repeats, 0);
    ck_assert_int_eq(answer->repeated_verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_int_eq(answer->position, 1);
    ck_assert_str_eq(answer->contract_id, "imss/C1");
    ck_assert_int_eq(answer->sequence, 1);
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

START_TEST(the_same_id_of_another_source_is_another_report)
{
    static const char other[] =
        "{\"recepcion\":\"R2\",\"clave\":\"010.000.2540.00\",\"piezas\":5,\"orden\":\"8\","
        "\"fecha_fisica\":\"2025-06-18\"}";

    (void)answer_to_json("1", GOOD);
    desk_publish(&desk, &(struct desk_message){.id = "1",
                                               .source = "/imss/otro",
                                               .type = RECEIPT,
                                               .time = "2025-06-20T12:00:00Z",
                                               JSON(other)});
    desk_settle(&desk);
    ck_assert_int_eq(desk_answer(&desk)->verdict, REPORT_VERDICT_ACCEPTED_WITH_WARNINGS);
    ck_assert_uint_eq(receipts(), 2);
}
END_TEST

START_TEST(an_id_that_was_taken_with_other_content_is_rejected)
{
    const struct report_answered *answer;

    (void)answer_to_json("1", GOOD);
    answer = answer_to_json("1", RECEIPT_WITH(",\"corte\":\"2025-06-21\""));
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_str_eq(answer->remarks[0].code, "ce_id-reutilizado");
    ck_assert_str_eq(answer->remarks[0].field, "ce_id");
    ck_assert_uint_eq(desk.database.shards[0].quarantine.count, 1);
    ck_assert_int_eq(answer_to_json("1", GOOD)->verdict, REPORT_VERDICT_REPEATED);
}
END_TEST

START_TEST(a_rejected_report_may_come_again_corrected)
{
    const struct report_answered *answer;

    (void)answer_to_json("1", "{\"recepcion\":\"R1\"}");
    answer = answer_to_json("1", "{\"recepcion\":\"R1\"}");
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REPEATED);
    ck_assert_int_eq(answer->repeated_verdict, REPORT_VERDICT_REJECTED);
    ck_assert_uint_ge(answer->remarks_count, 1);
    ck_assert_uint_eq(desk.database.shards[0].quarantine.count, 1);
    ck_assert_int_eq(answer_to_json("1", GOOD)->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_int_eq(answer_to_json("1", GOOD)->verdict, REPORT_VERDICT_REPEATED);
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

START_TEST(an_older_report_is_superseded_and_told_what_stands)
{
    const struct report_answered *answer;

    (void)answer_to_json("1", RECEIPT_WITH(",\"corte\":\"2025-06-21\""));
    answer = answer_to_json("2", "{\"recepcion\":\"R1\",\"contrato\":\"C1\",\"orden\":\"7\","
                                 "\"clave\":\"010.000.2540.00\",\"piezas\":99,\"fecha_fisica\":"
                                 "\"2025-06-18\",\"corte\":\"2025-06-20\"}");
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_SUPERSEDED);
    ck_assert_int_eq(answer->as_of, INT64_C(20260) * DATE_DAY_MICROSECONDS);
    ck_assert_int_eq(answer->sequence, 1);
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

/* --- the gateway goes on --- */

START_TEST(a_trace_of_the_sender_goes_on_and_one_that_is_none_begins_here)
{
    static const char json[] = GOOD;
    static const char sent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const char *trace;

    desk_publish(&desk, &(struct desk_message){AS_ERP, .traceparent = _i == 0 ? sent : "nonsense",
                                               JSON(json)});
    desk_settle(&desk);
    trace =
        bus_header(desk_last(&desk, "reported.receipts", &receipt_reported_type), "traceparent");
    ck_assert_int_eq(strncmp(trace, sent, 35) == 0, _i == 0);
    ck_assert_uint_eq(strlen(trace), strlen(sent));
    ck_assert_int_eq(
        strncmp(bus_header(desk_last(&desk, "outcomes.imss", &report_answered_type), "traceparent"),
                trace, 35),
        0);
}
END_TEST

START_TEST(what_the_database_refuses_is_set_aside_and_answered)
{
    const struct report_answered *answer;

    desk.database.refused = "R1";
    (void)answer_to_json("1", GOOD);
    answer = answer_to_json("2", "{\"recepcion\":\"R2\",\"clave\":\"010.000.2540.00\",\"piezas\":5,"
                                 "\"orden\":\"8\",\"fecha_fisica\":\"2025-06-18\"}");
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_ACCEPTED_WITH_WARNINGS);
    answer = desk_answer_at(&desk, 0);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_str_eq(answer->remarks[0].code, "no-se-puede-guardar");
    ck_assert_str_eq(answer->ce_id, "1");
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

START_TEST(the_day_waits_for_what_was_in_the_inbox)
{
    enum { REPORTS = 40 };
    struct bus_message const *closed;

    for (int i = 0; i < REPORTS; i++) {
        const char *json = arena_format(&desk.arena,
                                        "{\"recepcion\":\"R%d\",\"clave\":\"010.000.2540.00\","
                                        "\"piezas\":5,\"contrato\":\"C1\",\"orden\":\"8\","
                                        "\"fecha_fisica\":\"2025-06-18\"}",
                                        i);

        desk_publish_json(&desk, arena_format(&desk.arena, "%d", i), RECEIPT, json);
        if (i == 0) {
            desk_end_day(&desk, 20258);
        }
    }
    desk_settle(&desk);
    ck_assert_uint_eq(receipts(), REPORTS);
    closed = desk_last(&desk, "reported.receipts", &day_closed_type);
    ck_assert_ptr_nonnull(closed);
    ck_assert(desk_place(&desk, closed) >
              desk_place(&desk, desk_last(&desk, "reported.receipts", &receipt_reported_type)));
}
END_TEST

START_TEST(the_day_does_not_wait_for_what_a_transaction_left_at_the_end)
{
    desk_settle(&desk);
    (void)answer_to_json("1", GOOD);
    fake_broker_skip(&desk.broker, "inbox.imss", 0);
    desk_end_day(&desk, 20258);
    desk_turn(&desk, 20);
    ck_assert_uint_eq(desk_count(&desk, "reported.receipts", &day_closed_type), DESK_SHARDS);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_receipt_in_json_becomes_an_event_and_is_answered);
    tcase_add_loop_test(tcase, every_kind_of_report_is_taken, 0, 6);
    tcase_add_test(tcase, avro_and_json_say_the_same);
    tcase_add_test(tcase, an_unknown_member_is_a_warning_that_names_it);
    tcase_add_test(tcase, a_ce_time_that_cannot_be_read_only_warns_where_corte_says_the_day);
    tcase_add_test(tcase, the_same_report_again_counts_once_and_is_answered_again);
    tcase_add_test(tcase, the_same_id_of_another_source_is_another_report);
    tcase_add_test(tcase, an_id_that_was_taken_with_other_content_is_rejected);
    tcase_add_test(tcase, a_rejected_report_may_come_again_corrected);
    tcase_add_test(tcase, an_older_report_is_superseded_and_told_what_stands);
    tcase_add_loop_test(tcase, a_trace_of_the_sender_goes_on_and_one_that_is_none_begins_here, 0,
                        2);
    tcase_add_test(tcase, what_the_database_refuses_is_set_aside_and_answered);
    tcase_add_test(tcase, the_day_waits_for_what_was_in_the_inbox);
    tcase_add_test(tcase, the_day_does_not_wait_for_what_a_transaction_left_at_the_end);
}

int main(void)
{
    return unit_run("gateway.inbox", fill);
}
