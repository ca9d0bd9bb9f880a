#include "tests/base/unit.h"
#include "tests/gateway/desk.h"

#include <string.h>

/* What an inbox may hold that no report is: each is answered, set aside, and stops nothing. */

#define LONG_64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

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

static const struct bad {
    struct desk_message message;
    const char *code;
    const char *field; /* NULL: the message as a whole */
    const char *reason;
    const char *action;
} bad[] = {
    {{.source = "/e", .type = RECEIPT, JSON(GOOD)},
     "falta",
     "ce_id",
     "falta el encabezado",
     "agregue el encabezado ce_id"},
    {{.id = "1", .type = RECEIPT, JSON(GOOD)},
     "falta",
     "ce_source",
     "falta el encabezado",
     "agregue el encabezado ce_source"},
    {{.id = "1", .source = "/e", JSON(GOOD)},
     "falta",
     "ce_type",
     "falta el encabezado",
     "agregue el encabezado ce_type"},
    {{.id = "", .source = "/e", .type = RECEIPT, JSON(GOOD)},
     "ilegible",
     "ce_id",
     "viene vacío",
     "agregue el encabezado ce_id"},
    {{.id = "\xff\xfe", .source = "/e", .type = RECEIPT, JSON(GOOD)},
     "ilegible",
     "ce_id",
     "caracteres ilegibles",
     "agregue el encabezado ce_id"},
    {{.id = LONG_64 LONG_64 LONG_64 LONG_64, .source = "/e", .type = RECEIPT, JSON(GOOD)},
     "ilegible",
     "ce_id",
     "demasiado largo",
     "agregue el encabezado ce_id"},
    {{.id = "1", .source = "/e", .type = "mx.abasto.DayClosed", JSON(GOOD)},
     "tipo-desconocido",
     "ce_type",
     "no hay ningún reporte",
     "nombre completo"},
    {{.id = "1", .source = "/e", .type = "gateway.FileRow", JSON(GOOD)},
     "tipo-desconocido",
     "ce_type",
     "no hay ningún reporte",
     "nombre completo"},
    {{AS_ERP}, "vacio", NULL, "no trae contenido", "publique el reporte completo"},
    {{AS_ERP, JSON("recepcion=R1")}, "no-es-json", NULL, "línea 1", "corrija el JSON"},
    {{AS_ERP, JSON("{\"recepcion\":\"R\xff\"}")}, "no-es-json", NULL, "línea 1", "corrija el JSON"},
    {{AS_ERP, JSON("{\"recepcion\":\"1\",\"recepcion\":\"2\"}")},
     "no-es-json",
     NULL,
     "viene dos veces",
     "corrija el JSON"},
    {{AS_ERP, JSON("{\"piezas\":99999999999999999999}")},
     "no-es-json",
     NULL,
     "línea 1",
     "corrija el JSON"},
    {{AS_ERP, JSON("[" GOOD "]")},
     "no-es-objeto",
     NULL,
     "no es un objeto",
     "un objeto por reporte"},
    {{AS_ERP, JSON("\x01\x02\x03\x04")}, "no-es-json", NULL, "línea 1", "corrija el JSON"},
    {{AS_ERP, JSON("\0\0\0")}, "avro-ilegible", NULL, "no corresponden", "serialice"},
    {{AS_ERP, JSON("\0\0\0\0\1garbage that no schema fits")},
     "avro-ilegible",
     NULL,
     "no corresponden",
     "serialice"},
    {{AS_ERP, JSON("\0\0\0\x03\xe7rest")},
     "esquema-desconocido",
     NULL,
     "ningún esquema",
     "registro de esquemas"},
    {{AS_ERP, JSON("\0\0\0\x03\x84rest")},
     "esquema-ajeno",
     NULL,
     "no es de los que",
     "mx.abasto.inbox"},
    {{AS_ERP,
      JSON("{\"clave\":\"010.000.2540.00\",\"piezas\":10,\"fecha_fisica\":\"2025-06-18\"}")},
     "falta",
     "recepcion",
     "sin este dato",
     "complete recepcion"},
    {{AS_ERP, JSON("{\"recepcion\":\"R1\",\"clave\":\"010.000.2540.00\",\"piezas\":null,"
                   "\"fecha_fisica\":\"2025-06-18\"}")},
     "falta",
     "piezas",
     "sin este dato",
     "número entero de piezas"},
    {{AS_ERP, JSON("{\"recepcion\":\"R1\",\"clave\":\"010.000.2540.00\",\"piezas\":\"10\","
                   "\"fecha_fisica\":\"2025-06-18\"}")},
     "tipo-json",
     "piezas",
     "tipo JSON",
     "un número entero, sin comillas"},
    {{AS_ERP, JSON("{\"recepcion\":\"R1\",\"clave\":\"010.000.2540.00\",\"piezas\":10.0,"
                   "\"fecha_fisica\":\"2025-06-18\"}")},
     "tipo-json",
     "piezas",
     "tipo JSON",
     "un número entero, sin comillas"},
    {{AS_ERP, JSON("{\"recepcion\":{\"id\":1},\"clave\":\"010.000.2540.00\",\"piezas\":1,"
                   "\"fecha_fisica\":\"2025-06-18\"}")},
     "tipo-json",
     "recepcion",
     "tipo JSON",
     "un texto entre comillas"},
    {{AS_ERP, JSON("{\"recepcion\":\"R1\",\"clave\":\"010.000.2540.00\",\"piezas\":1,"
                   "\"fecha_fisica\":20257}")},
     "tipo-json",
     "fecha_fisica",
     "tipo JSON",
     "una fecha entre comillas"},
    {{AS_ERP, JSON("{\"recepcion\":\"R1\",\"clave\":\"010.000.2540.00\",\"piezas\":1,"
                   "\"fecha_fisica\":\"2025-02-31\"}")},
     "ilegible",
     "fecha_fisica",
     "",
     "una fecha que exista"},
    {{.id = "1", .source = "/e", .type = RECEIPT, JSON(GOOD)},
     "falta",
     "corte",
     "ni corte ni ce_time",
     "escriba corte o ce_time"},
};

START_TEST(what_cannot_be_taken_is_answered_with_code_field_reason_and_action)
{
    const struct bad *given = &bad[_i];
    const struct report_answered *answer;
    const struct report_remark *remark;

    desk_publish(&desk, &given->message);
    desk_publish_json(&desk, "next", RECEIPT, GOOD);
    desk_settle(&desk);
    ck_assert_uint_eq(desk_count(&desk, "outcomes.imss", &report_answered_type), 2);
    ck_assert_int_eq(desk_answer(&desk)->verdict, REPORT_VERDICT_ACCEPTED); /* it goes on */
    answer = desk_answer_at(&desk, 0);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_uint_ge(answer->remarks_count, 1);
    remark = &answer->remarks[0];
    ck_assert_str_eq(remark->code, given->code);
    ck_assert_str_eq(remark->field == NULL ? "" : remark->field,
                     given->field == NULL ? "" : given->field);
    ck_assert_msg(strstr(remark->reason, given->reason) != NULL, "%s", remark->reason);
    ck_assert_msg(strstr(remark->action, given->action) != NULL, "%s", remark->action);
    ck_assert_ptr_nonnull(remark->expected);
    ck_assert_uint_eq(desk.database.shards[0].quarantine.count, 1);
    ck_assert_str_eq(desk_aside(&desk)->source, "inbox.imss");
    ck_assert_int_eq(desk_aside(&desk)->position, 0);
    ck_assert_str_eq(desk_aside(&desk)->institution, "imss");
    ck_assert_str_eq(desk_aside(&desk)->reason, remark->reason);
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

START_TEST(money_as_a_number_is_rejected_by_name)
{
    const struct report_answered *answer;

    desk_publish_json(&desk, "1", "mx.abasto.inbox.LineReport",
                      "{\"contrato\":\"C1\",\"clave\":\"010.000.2540.00\",\"cantidad_maxima\":1000,"
                      "\"precio_unitario\":12.2550}");
    desk_settle(&desk);
    answer = desk_answer(&desk);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_uint_eq(answer->remarks_count, 1);
    ck_assert_str_eq(answer->remarks[0].code, "tipo-json");
    ck_assert_str_eq(answer->remarks[0].field, "precio_unitario");
    ck_assert_str_eq(answer->remarks[0].found, "12.255");
    ck_assert_str_eq(answer->remarks[0].expected, "un importe entre comillas, \"12.50\"");
    ck_assert_ptr_null(answer->contract_id);
}
END_TEST

START_TEST(all_faults_of_a_report_are_told_at_once)
{
    const struct report_answered *answer =
        answer_to_json("1", "{\"recepcion\":7,\"piezas\":\"x\",\"clave\":\"010.000.2540.00\"}");

    ck_assert_uint_eq(answer->remarks_count, 2);
    ck_assert_str_eq(answer->remarks[0].field, "recepcion");
    ck_assert_str_eq(answer->remarks[1].field, "piezas");
}
END_TEST

/* A receipt whose bytes lie: of its length, of its union branches, cut short, with more behind it. */
static void lie(struct buffer *payload, int how)
{
    switch (how) {
    case 0:
        payload->data[5] = 0xff; /* a length beyond all there is */
        payload->data[6] = 0x7f;
        break;
    case 1:
        payload->data[8] = 0x7e; /* behind the id "R1": a branch that the union lacks */
        break;
    case 2:
        payload->size -= 3;
        break;
    case 3:
        buffer_append_text(payload, "x");
        break;
    case 4:
        payload->size = 5;
        break;
    default:
        break;
    }
}

START_TEST(hostile_bytes_in_a_record_are_answered)
{
    const struct receipt_report record = desk_receipt("R1");
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert(registry_encode(desk.running.member.registry, &receipt_report_type, &record, &payload,
                              &err));
    lie(&payload, _i);
    desk_publish(&desk, &(struct desk_message){AS_ERP, .payload = buffer_view(&payload)});
    buffer_finish(&payload);
    desk_settle(&desk);
    ck_assert_int_eq(desk_answer(&desk)->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_str_eq(desk_answer(&desk)->remarks[0].code, "avro-ilegible");
}
END_TEST

START_TEST(headers_of_a_megabyte_are_answered_by_their_beginning)
{
    enum { MEGABYTE = 1 << 20 };
    static const char json[] = GOOD;
    char *text = arena_alloc(&desk.arena, MEGABYTE + 1);
    const struct report_answered *answer;

    memset(text, 'x', MEGABYTE);
    desk_publish(&desk, &(struct desk_message){.id = text,
                                               .source = text,
                                               .type = text,
                                               .time = text,
                                               .traceparent = text,
                                               .key = text,
                                               JSON(json)});
    desk_publish_json(&desk, "next", RECEIPT, GOOD);
    desk_settle(&desk);
    ck_assert_int_eq(desk_answer(&desk)->verdict, REPORT_VERDICT_ACCEPTED);
    answer = desk_answer_at(&desk, 0);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_uint_eq(answer->remarks_count, 3);
    ck_assert_uint_lt(strlen(answer->ce_id), 300);
    ck_assert_uint_lt(strlen(answer->ce_source), 300);
    for (size_t i = 0; i < answer->remarks_count; i++) {
        ck_assert_uint_lt(strlen(answer->remarks[i].found), 300);
    }
    ck_assert_uint_lt(
        strlen(bus_header(desk_last(&desk, "outcomes.imss", &report_answered_type), "traceparent")),
        100);
}
END_TEST

START_TEST(a_record_under_the_name_of_another_is_rejected)
{
    const struct receipt_report record = desk_receipt("R1");
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert(registry_encode(desk.running.member.registry, &receipt_report_type, &record, &payload,
                              &err));
    desk_publish(&desk, &(struct desk_message){.id = "1",
                                               .source = "/e",
                                               .type = "mx.abasto.inbox.OrderReport",
                                               .payload = buffer_view(&payload)});
    buffer_finish(&payload);
    desk_settle(&desk);
    ck_assert_str_eq(desk_answer(&desk)->remarks[0].code, "tipo-distinto");
    ck_assert_str_eq(desk_answer(&desk)->remarks[0].field, "ce_type");
}
END_TEST

START_TEST(who_publishes_only_the_catalogue_may_not_report_receipts)
{
    const struct report_answered *answer;

    desk_close(&desk);
    desk_open(&desk, "ssa");
    answer = answer_to_json("1", GOOD);
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_str_eq(answer->remarks[0].code, "no-le-corresponde");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_loop_test(tcase, what_cannot_be_taken_is_answered_with_code_field_reason_and_action,
                        0, UNIT_COUNT(bad));
    tcase_add_test(tcase, money_as_a_number_is_rejected_by_name);
    tcase_add_test(tcase, all_faults_of_a_report_are_told_at_once);
    tcase_add_loop_test(tcase, hostile_bytes_in_a_record_are_answered, 0, 5);
    tcase_add_test(tcase, headers_of_a_megabyte_are_answered_by_their_beginning);
    tcase_add_test(tcase, a_record_under_the_name_of_another_is_rejected);
    tcase_add_test(tcase, who_publishes_only_the_catalogue_may_not_report_receipts);
}

int main(void)
{
    return unit_run("gateway.inbox_faults", fill);
}
