#include "services/gateway/inbox.h"
#include "tests/base/unit.h"
#include "tests/gateway/desk.h"

#include <string.h>

/* One example of every reason for which a report of the inbox is not taken as it came, word for word, as who published
 * it reads it in its answer. Reports are rows: what is said of their cells is in row_reasons_test.c. */

#define LINE "mx.abasto.inbox.LineReport"

static struct desk desk;

static void open_imss(void)
{
    desk_open(&desk, "imss");
}

static void publish_first(void)
{
    open_imss();
    desk_publish_json(&desk, "1", RECEIPT, GOOD);
    desk_settle(&desk);
}

static void open_ssa(void)
{
    desk_open(&desk, "ssa");
}

static void refuse_in_database(void)
{
    open_imss();
    desk.database.refused = "R1";
}

static const struct example {
    void (*open)(void); /* NULL: open_imss */
    struct desk_message message;
    const char *code;
    const char *field; /* "" : the message as a whole */
    const char *found;
    const char *expected;
    const char *reason;
    const char *action;
    bool taken; /* with this warning */
} examples[REASON_COUNT] = {
    [REASON_NO_HEADER] = {.message = {.source = "/e", .type = RECEIPT, JSON(GOOD)},
                          .code = "falta",
                          .field = "ce_id",
                          .found = "",
                          .expected = "texto UTF-8 de 1 a 255 bytes",
                          .reason = "falta el encabezado de CloudEvents",
                          .action = "agregue el encabezado ce_id y " INBOX_AGAIN},
    [REASON_HEADER_UNREADABLE] =
        {.message = {.id = "\xff", .source = "/e", .type = RECEIPT, JSON(GOOD)},
         .code = "ilegible",
         .field = "ce_id",
         .found = "\xEF\xBF\xBD",
         .expected = "texto UTF-8 de 1 a 255 bytes",
         .reason = "el encabezado viene vacío, con caracteres ilegibles o demasiado largo",
         .action = "agregue el encabezado ce_id y " INBOX_AGAIN},
    [REASON_TIME_UNREADABLE] = {.message = {.id = "1",
                                            .source = "/e",
                                            .type = RECEIPT,
                                            .time = "ayer",
                                            JSON(RECEIPT_WITH(",\"corte\":\"2025-06-20\""))},
                                .code = "ilegible",
                                .field = "ce_time",
                                .found = "ayer",
                                .expected = "un instante, 2025-06-18T12:00:00Z",
                                .reason = "no se puede leer como instante: no cuenta",
                                .action = "corrija ce_time en su programa",
                                .taken = true},
    [REASON_UNKNOWN_TYPE] =
        {.message = {.id = "1", .source = "/e", .type = "mx.abasto.DayClosed", JSON(GOOD)},
         .code = "tipo-desconocido",
         .field = "ce_type",
         .found = "mx.abasto.DayClosed",
         .expected = "mx.abasto.inbox.ContractReport, LineReport, OrderReport, ShipmentReport, "
                     "ReceiptReport, DecisionReport",
         .reason = "no hay ningún reporte de ese tipo",
         .action = "escriba en ce_type el nombre completo del reporte y " INBOX_AGAIN},
    /* its bytes are those of a receipt: see the test */
    [REASON_OTHER_TYPE] =
        {.message = {.id = "1", .source = "/e", .type = "mx.abasto.inbox.OrderReport"},
         .code = "tipo-distinto",
         .field = "ce_type",
         .found = "mx.abasto.inbox.OrderReport",
         .expected = RECEIPT,
         .reason = "ce_type no es el del esquema del mensaje",
         .action = "escriba en ce_type el nombre del registro Avro y " INBOX_AGAIN},
    [REASON_NOT_YOURS] = {.open = open_ssa,
                          .message = {AS_ERP, JSON(GOOD)},
                          .code = "no-le-corresponde",
                          .field = "ce_type",
                          .found = RECEIPT,
                          .expected = "los reportes de la propia institución",
                          .reason = "ssa no entrega reportes de ReceiptReport",
                          .action = "publíquelo en el buzón de quien reporta"},
    [REASON_EMPTY] = {.message = {AS_ERP},
                      .code = "vacio",
                      .field = "",
                      .found = "",
                      .expected = "un objeto JSON, o Avro con su encabezado",
                      .reason = "el mensaje no trae contenido",
                      .action = "publique el reporte completo con otro ce_id"},
    [REASON_NO_JSON] = {.message = {AS_ERP, JSON("recepcion=R1")},
                        .code = "no-es-json",
                        .field = "",
                        .found = "recepcion=R1",
                        .expected = "un objeto JSON en UTF-8, o Avro con su encabezado",
                        .reason = "no es JSON a partir de la línea 1, columna 9",
                        .action = "corrija el JSON y " INBOX_AGAIN},
    [REASON_MEMBER_TWICE] = {.message = {AS_ERP, JSON("{\"orden\":\"1\",\"orden\":\"2\"}")},
                             .code = "no-es-json",
                             .field = "",
                             .found = "{\"orden\":\"1\",\"orden\":\"2\"}",
                             .expected = "un objeto JSON en UTF-8, o Avro con su encabezado",
                             .reason = "un miembro viene dos veces (línea 1)",
                             .action = "corrija el JSON y " INBOX_AGAIN},
    [REASON_NO_OBJECT] = {.message = {AS_ERP, JSON("[1]")},
                          .code = "no-es-objeto",
                          .field = "",
                          .found = "[1]",
                          .expected = "un objeto JSON: {\"recepcion\": …}",
                          .reason = "el JSON no es un objeto",
                          .action = "publique un objeto por reporte con otro ce_id"},
    [REASON_JSON_TYPE] = {.message = {AS_ERP,
                                      JSON("{\"recepcion\":\"R1\",\"clave\":\"010.000.2540.00\","
                                           "\"piezas\":10.0,\"fecha_fisica\":\"2025-06-18\"}")},
                          .code = "tipo-json",
                          .field = "piezas",
                          .found = "10.0",
                          .expected = "un número entero, sin comillas",
                          .reason = "el valor no es del tipo JSON que corresponde",
                          .action =
                              "escriba en piezas un número entero, sin comillas y " INBOX_AGAIN},
    [REASON_MONEY_AS_NUMBER] =
        {.message = {.id = "1",
                     .source = "/e",
                     .type = LINE,
                     .time = "2025-06-20T12:00:00Z",
                     JSON("{\"contrato\":\"C1\",\"clave\":\"010.000.2540.00\","
                          "\"cantidad_maxima\":1000,\"precio_unitario\":12.2550}")},
         .code = "tipo-json",
         .field = "precio_unitario",
         .found = "12.255",
         .expected = "un importe entre comillas, \"12.50\"",
         .reason = "un importe no se escribe como número: al leerlo puede cambiar de valor",
         .action =
             "escriba en precio_unitario un importe entre comillas, \"12.50\" y " INBOX_AGAIN},
    [REASON_UNKNOWN_MEMBER] = {.message = {AS_ERP, JSON(RECEIPT_WITH(",\"pieza\":3"))},
                               .code = "miembro-desconocido",
                               .field = "pieza",
                               .found = "3",
                               .expected = "los miembros de " RECEIPT,
                               .reason = "el reporte no tiene ese miembro: no se toma en cuenta",
                               .action = "corrija el nombre de pieza o quítelo",
                               .taken = true},
    [REASON_AVRO_UNREADABLE] =
        {.message = {AS_ERP, JSON("\0\0\0")},
         .code = "avro-ilegible",
         .field = "",
         .found = "message of 3 bytes is shorter than its header",
         .expected = "los bytes que su esquema describe",
         .reason = "los bytes no corresponden a su esquema",
         .action = "serialice con el esquema que el mensaje nombra y " INBOX_AGAIN},
    [REASON_SCHEMA_UNKNOWN] = {.message = {AS_ERP, JSON("\0\0\0\x03\xe7rest")},
                               .code = "esquema-desconocido",
                               .field = "",
                               .found = "schema id 999",
                               .expected = "el id de un esquema de mx.abasto.inbox",
                               .reason = "ningún esquema tiene ese id",
                               .action =
                                   "tome el id del registro de esquemas de Abasto y " INBOX_AGAIN},
    [REASON_SCHEMA_FOREIGN] = {.message = {AS_ERP, JSON("\0\0\0\x03\x84rest")},
                               .code = "esquema-ajeno",
                               .field = "",
                               .found = "schema id 900",
                               .expected = "un esquema de mx.abasto.inbox, tal como se publica",
                               .reason = "el esquema no es de los que Abasto publica",
                               .action =
                                   "serialice con un esquema de mx.abasto.inbox y " INBOX_AGAIN},
    [REASON_ID_REUSED] =
        {.open = publish_first,
         .message = {AS_ERP, JSON(RECEIPT_WITH(",\"corte\":\"2025-06-21\""))},
         .code = "ce_id-reutilizado",
         .field = "ce_id",
         .found = "1",
         .expected = "un ce_id nuevo por cada reporte",
         .reason = "el mensaje 0 del buzón trajo este ce_id con otro contenido, y es el que vale",
         .action = INBOX_AGAIN},
    [REASON_NOT_STORED] = {.open = refuse_in_database,
                           .message = {AS_ERP, JSON(GOOD)},
                           .code = "no-se-puede-guardar",
                           .field = "",
                           .found = "some row cannot be held",
                           .expected = "valores que el sistema pueda guardar",
                           .reason = "el reporte se pudo leer y no se pudo tomar",
                           .action = "avise a quien mantiene el servicio; el mensaje sigue en el "
                                     "buzón"},
    [REASON_REPORT_UNDATED] = {.message = {.id = "1", .source = "/e", .type = RECEIPT, JSON(GOOD)},
                               .code = "falta",
                               .field = "corte",
                               .found = "",
                               .expected = "la fecha de la que habla la fila, AAAA-MM-DD",
                               .reason = "ni corte ni ce_time dicen de qué fecha habla el reporte",
                               .action = "escriba corte o ce_time y " INBOX_AGAIN},
};

static const char *blank_or(const char *text)
{
    return text == NULL ? "" : text;
}

/* A receipt in Avro under the headers of the example. */
static void publish_as_receipt(struct desk_message message)
{
    const struct receipt_report record = desk_receipt("R1");
    struct buffer payload = {0};
    struct error err = {0};

    ck_assert(registry_encode(desk.running.member.registry, &receipt_report_type, &record, &payload,
                              &err));
    message.payload = buffer_view(&payload);
    desk_publish(&desk, &message);
    buffer_finish(&payload);
}

static void check(enum reason why)
{
    const struct example *given = &examples[why];
    const struct report_answered *answer;
    const struct report_remark *remark;

    ck_assert_msg(given->code != NULL, "reason %d has no example", (int)why);
    if (given->open == NULL) {
        open_imss();
    } else {
        given->open();
    }
    if (why == REASON_OTHER_TYPE) {
        publish_as_receipt(given->message);
    } else {
        desk_publish(&desk, &given->message);
    }
    desk_settle(&desk);
    answer = desk_answer(&desk);
    ck_assert_int_eq(answer->verdict, given->taken ? REPORT_VERDICT_ACCEPTED_WITH_WARNINGS
                                                   : REPORT_VERDICT_REJECTED);
    ck_assert_uint_ge(answer->remarks_count, 1);
    remark = &answer->remarks[0];
    ck_assert_str_eq(remark->code, given->code);
    ck_assert_str_eq(remark->code, reason_code(why));
    ck_assert_str_eq(blank_or(remark->field), given->field);
    ck_assert_str_eq(blank_or(remark->found), given->found);
    ck_assert_str_eq(blank_or(remark->expected), given->expected);
    ck_assert_str_eq(remark->reason, given->reason);
    ck_assert_str_eq(remark->action, given->action);
    ck_assert_uint_eq(desk.database.shards[0].quarantine.count, given->taken ? 0 : 1);
    if (!given->taken) {
        ck_assert_str_eq(desk_aside(&desk)->reason, given->reason);
        ck_assert_str_eq(desk_aside(&desk)->action, given->action);
    }
    desk_close(&desk);
}

START_TEST(every_reason_of_a_report_names_field_found_expected_and_action)
{
    check((enum reason)_i);
}
END_TEST

START_TEST(a_report_without_a_date_is_told_how_to_give_one)
{
    check(REASON_REPORT_UNDATED);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, every_reason_of_a_report_names_field_found_expected_and_action,
                        REASON_NO_HEADER, REASON_NOT_STORED + 1);
    tcase_add_test(tcase, a_report_without_a_date_is_told_how_to_give_one);
}

int main(void)
{
    return unit_run("gateway.inbox_reasons", fill);
}
