#include "common/base/text.h"
#include "services/gateway/aside.h"
#include "services/gateway/gateway_aside.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/inbox.h"
#include "tests/base/unit.h"
#include "tests/gateway/desk.h"

#include <string.h>

/* What people do about rows that were set aside: corrected, tried again or discarded, once, and said. */

#define ACT "mx.abasto.inbox.QuarantineAct"
#define RECEIPTS                                                                                   \
    "recepcion,contrato,orden,clave,remision,lote,caducidad,piezas,piezas_rechazadas,"             \
    "fecha_fisica,fecha_remision,fecha_alta,fecha_captura,tipo,carta_canje,corte,naturaleza\n"
#define RECEIPT_OF(id, pieces, as_of)                                                              \
    id ",C1,7,010.000.2540.00,RM1,L1,2027-12-31," pieces                                           \
       ",0,2025-06-18,2025-06-18,2025-06-19,2025-06-20,entrega,," as_of ",real\n"
#define BAD RECEIPTS RECEIPT_OF("R1", "doce", "2025-06-20") RECEIPT_OF("R2", "5", "2025-06-20")
enum { PIECES = 7 };

static struct desk desk;

static void begin(void)
{
    desk_open(&desk, "imss");
    desk_settle(&desk); /* its owner makes the folders */
}

static void end(void)
{
    desk_close(&desk);
}

static size_t receipts(void)
{
    return desk_count(&desk, "reported.receipts", &receipt_reported_type);
}

static const struct receipt_reported *last_receipt(void)
{
    return desk_last_event(&desk, "reported.receipts", &receipt_reported_type);
}

static const struct quarantine_acted *last_acted(void)
{
    return desk_last_event(&desk, "quarantine", &quarantine_acted_type);
}

static size_t acts(void)
{
    return desk_count(&desk, "quarantine", &quarantine_acted_type);
}

static const struct row_aside *aside_of(const char *id)
{
    const struct row_aside *aside = desk_stored(&desk, &row_aside_table, id);

    ck_assert_msg(aside != NULL, "%s is not set aside", id);
    return aside;
}

static void load(const char *name, const char *content)
{
    desk_drop(&desk, name, content);
    desk_settle(&desk);
}

/* Drops the file whose first row cannot be read; what it is set aside under. */
static const char *load_bad(void)
{
    load("r.csv", BAD);
    ck_assert_ptr_nonnull(desk_aside(&desk));
    return arena_copy(&desk.arena, desk_aside(&desk)->id);
}

/* The act as `abasto quarantine` makes it of what is kept. */
static struct quarantine_act act_on(const char *id, const char *kind)
{
    const struct row_aside *kept = aside_of(id);
    struct quarantine_act act = {.apartado = id,
                                 .acto = kind,
                                 .formato = arena_copy(&desk.arena, kept->layout),
                                 .archivo = arena_copy(&desk.arena, kept->file_name),
                                 .sha256 = arena_copy(&desk.arena, kept->sha256),
                                 .corte = kept->as_of,
                                 .has_corte = kept->has_as_of,
                                 .demostracion = kept->invented,
                                 .renglon = kept->row_number,
                                 .actor = "Ana",
                                 .fundamento = "la nota dice 12",
                                 .evidencia = "oficio 7"};
    struct error err = {0};

    ck_assert(aside_texts_read(kept->titles, &desk.arena, &act.titulos, &act.titulos_count, &err));
    ck_assert(aside_texts_read(kept->cells, &desk.arena, &act.celdas, &act.celdas_count, &err));
    return act;
}

static struct quarantine_act correction(const char *id, size_t column, const char *value)
{
    struct quarantine_act act = act_on(id, "correccion");
    const char **cells = arena_array(&desk.arena, act.celdas_count, sizeof *cells);

    memcpy(cells, act.celdas, act.celdas_count * sizeof *cells);
    cells[column] = value;
    act.celdas = cells;
    return act;
}

static const struct report_answered *publish(const char *ce_id, const struct quarantine_act *act)
{
    desk_publish_record(&desk, ce_id, &quarantine_act_type, act);
    desk_settle(&desk);
    return desk_answer(&desk);
}

static void expect_rejected(const struct report_answered *answer, const char *code)
{
    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_REJECTED);
    ck_assert_uint_ge(answer->remarks_count, 1);
    ck_assert_str_eq(answer->remarks[0].code, code);
    ck_assert(!text_is_blank(answer->remarks[0].reason) &&
              !text_is_blank(answer->remarks[0].action));
}

START_TEST(what_is_set_aside_is_kept_with_its_titles_and_cells)
{
    const char *id = load_bad();
    const struct row_aside *kept = aside_of(id);

    ck_assert_str_eq(kept->state, "abierta");
    ck_assert_str_eq(kept->layout, "plantilla.recepciones");
    ck_assert_str_eq(kept->file_name, "r.csv");
    ck_assert_int_eq(kept->row_number, 1);
    ck_assert_ptr_nonnull(strstr(kept->titles, "\"piezas\""));
    ck_assert_ptr_nonnull(strstr(kept->cells, "\"doce\""));
    ck_assert_uint_eq(receipts(), 1);
}
END_TEST

START_TEST(a_corrected_row_is_a_fact_that_says_where_it_came_from)
{
    const char *id = load_bad();
    const struct quarantine_act act = correction(id, PIECES, "12");
    const struct report_answered *answer = publish("a1", &act);
    const struct quarantine_acted *acted;
    const struct decision_reported *decision;

    ck_assert_int_eq(answer->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_str_eq(answer->report, ACT);
    ck_assert_str_eq(answer->entity_id, "imss/C1|7|010.000.2540.00");
    ck_assert_uint_eq(receipts(), 2);
    ck_assert_int_eq(last_receipt()->pieces, 12);
    ck_assert_str_eq(last_receipt()->fact.fact_id, "R1");
    ck_assert_str_eq(last_receipt()->fact.file, aside_of(id)->sha256);
    ck_assert_int_eq(last_receipt()->fact.row, 1);
    acted = last_acted();
    ck_assert_str_eq(acted->quarantine_id, id);
    ck_assert_str_eq(acted->state, "reparada");
    ck_assert_str_eq(acted->actor, "Ana");
    ck_assert_str_eq(acted->evidence, "oficio 7");
    ck_assert_uint_eq(acted->changes_count, 1);
    ck_assert_str_eq(acted->changes[0].column, "piezas");
    ck_assert_str_eq(acted->changes[0].before, "doce");
    ck_assert_str_eq(acted->changes[0].after, "12");
    ck_assert_str_eq(acted->fact, aside_of(id)->fact);
    decision = desk_last_event(&desk, "reported.decisions", &decision_reported_type);
    ck_assert_str_eq(decision->kind, "apartado.correccion");
    ck_assert_str_eq(decision->document, id);
    ck_assert_str_eq(decision->order_id, answer->entity_id);
    ck_assert_str_eq(decision->ground, "la nota dice 12");
}
END_TEST

START_TEST(the_same_act_again_and_the_file_again_change_nothing)
{
    const char *id = load_bad();
    const struct quarantine_act act = correction(id, PIECES, "12");

    (void)publish("a1", &act);
    ck_assert_int_eq(publish("a1", &act)->verdict, REPORT_VERDICT_REPEATED);
    ck_assert_int_eq(publish("a2", &act)->verdict, REPORT_VERDICT_UNCHANGED);
    desk_restart(&desk);
    load("r.csv", BAD);
    ck_assert_uint_eq(receipts(), 2);
    ck_assert_int_eq(last_receipt()->pieces, 12);
    ck_assert_str_eq(aside_of(id)->state, "reparada");
    ck_assert_uint_eq(desk.database.shards[0].quarantine.count, 1);
}
END_TEST

START_TEST(a_newer_file_supersedes_the_correction_whatever_comes_last)
{
    const bool newer_first = _i == 1;
    const char *id = load_bad();
    const struct quarantine_act act = correction(id, PIECES, "12");

    if (newer_first) {
        load("n.csv", RECEIPTS RECEIPT_OF("R1", "13", "2025-06-21"));
        ck_assert_int_eq(publish("a1", &act)->verdict, REPORT_VERDICT_SUPERSEDED);
        ck_assert_str_eq(aside_of(id)->state, "superada");
    } else {
        (void)publish("a1", &act);
        load("n.csv", RECEIPTS RECEIPT_OF("R1", "13", "2025-06-21"));
        ck_assert_str_eq(aside_of(id)->state, "reparada");
    }
    ck_assert_int_eq(last_receipt()->pieces, 13);
    ck_assert_uint_eq(receipts(), newer_first ? 2 : 3);
}
END_TEST

START_TEST(a_correction_may_be_corrected_again)
{
    const char *id = load_bad();
    const struct quarantine_act first = correction(id, PIECES, "21");
    const struct quarantine_act second = correction(id, PIECES, "12");

    (void)publish("a1", &first);
    ck_assert_int_eq(publish("a2", &second)->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_int_eq(last_receipt()->pieces, 12);
    ck_assert_uint_eq(acts(), 2);
}
END_TEST

START_TEST(a_row_that_still_cannot_be_taken_is_counted_and_stopped)
{
    const char *id = load_bad();
    const struct quarantine_act good = correction(id, PIECES, "12");
    const struct quarantine_act retry = act_on(id, "reintento");

    for (int i = 0; i < ASIDE_TRIES_MAX; i++) {
        const char *ce_id = arena_format(&desk.arena, "retry-%d", i);

        ck_assert_int_eq(publish(ce_id, &retry)->verdict, REPORT_VERDICT_REJECTED);
        ck_assert_int_eq(publish(ce_id, &retry)->verdict, REPORT_VERDICT_REPEATED);
        ck_assert_int_eq(aside_of(id)->tries, i + 1);
    }
    ck_assert_str_eq(last_acted()->state, "detenida");
    ck_assert(!text_is_blank(last_acted()->reason));
    ck_assert_uint_eq(acts(), ASIDE_TRIES_MAX);
    expect_rejected(publish("late", &good), "demasiados-intentos");
    ck_assert_uint_eq(receipts(), 1);
    ck_assert_uint_eq(desk.database.shards[0].quarantine.count, 1);
}
END_TEST

START_TEST(a_discarded_row_says_who_and_why_and_stays_out)
{
    const char *id = load_bad();
    const struct quarantine_act act = {
        .apartado = id, .acto = "descarte", .actor = "Ana", .fundamento = "es de otro hospital"};
    const struct quarantine_act retry = act_on(id, "reintento");
    const struct decision_reported *decision;

    ck_assert_int_eq(publish("d1", &act)->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_int_eq(publish("d1", &act)->verdict, REPORT_VERDICT_REPEATED);
    ck_assert_str_eq(aside_of(id)->state, "descartada");
    ck_assert_str_eq(last_acted()->ground, "es de otro hospital");
    decision = desk_last_event(&desk, "reported.decisions", &decision_reported_type);
    ck_assert_str_eq(decision->kind, "apartado.descarte");
    ck_assert_str_eq(decision->order_id, "");
    expect_rejected(publish("r1", &retry), "no-esta-abierta");
    expect_rejected(publish("d2", &act), "no-esta-abierta");
    ck_assert_uint_eq(receipts(), 1);
    ck_assert_uint_eq(acts(), 1);
}
END_TEST

/* --- every reason for which an act is refused, word for word --- */

static const struct report_answered *settled(void)
{
    desk_settle(&desk);
    return desk_answer(&desk);
}

static const struct report_answered *unreadable(const char *id)
{
    (void)id;
    desk_publish_json(&desk, "a1", ACT, "{\"acto\":7}");
    return settled();
}

static const struct report_answered *of_unknown_kind(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.acto = "arreglo";
    return publish("a1", &act);
}

static const struct report_answered *unsigned_one(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.actor = " ";
    return publish("a1", &act);
}

static const struct report_answered *at(const char *id, const char *time)
{
    const char *json = arena_format(&desk.arena,
                                    "{\"apartado\":\"%s\",\"acto\":\"descarte\",\"actor\":\"Ana\","
                                    "\"fundamento\":\"repetido\"}",
                                    id);

    desk_publish(&desk, &(struct desk_message){.id = "a1",
                                               .source = "/e",
                                               .type = ACT,
                                               .time = time,
                                               .payload = {(const uint8_t *)json, strlen(json)}});
    return settled();
}

static const struct report_answered *undated(const char *id)
{
    return at(id, NULL);
}

static const struct report_answered *of_no_time(const char *id)
{
    return at(id, "ayer");
}

static const struct report_answered *of_no_layout(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.formato = "ninguno";
    return publish("a1", &act);
}

static const struct report_answered *of_nothing(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.apartado = "gateway.imss/0/otro.csv#000000000000/1";
    return publish("a1", &act);
}

/* A message that is no row: it cannot be read again. */
static const struct report_answered *of_no_row(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    desk_publish_json(&desk, "1", RECEIPT, "[1]");
    desk_settle(&desk);
    act.apartado = arena_copy(&desk.arena, desk_aside(&desk)->id);
    ck_assert_str_ne(act.apartado, id);
    return publish("a1", &act);
}

static const struct report_answered *of_another_row(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.renglon = 2;
    return publish("a1", &act);
}

static const struct report_answered *of_another_file(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.corte = 1;
    act.has_corte = true;
    return publish("a1", &act);
}

static const struct report_answered *once_too_often(const char *id)
{
    const struct quarantine_act retry = act_on(id, "reintento");

    for (int i = 0; i < ASIDE_TRIES_MAX; i++) {
        (void)publish(arena_format(&desk.arena, "retry-%d", i), &retry);
    }
    return publish("a1", &retry);
}

static const struct report_answered *when_discarded(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.acto = "descarte";
    (void)publish("d1", &act);
    act = act_on(id, "reintento");
    return publish("a1", &act);
}

static const struct report_answered *without_change(const char *id)
{
    const struct quarantine_act act = act_on(id, "correccion");

    return publish("a1", &act);
}

static const struct report_answered *with_change(const char *id)
{
    struct quarantine_act act = correction(id, PIECES, "12");

    act.acto = "reintento";
    return publish("a1", &act);
}

/* `found` NULL: the id of what was set aside. */
static const struct example {
    const struct report_answered *(*publish)(const char *id);
    const struct report_answered *(*as_well)(const char *id);
    const char *field;
    const char *found;
    const char *expected;
    const char *action;
} examples[REASON_COUNT] = {
#define AN_ACT(reason) [REASON_ACT_##reason]
    AN_ACT(UNREADABLE) = {unreadable, NULL, "", "?",
                          "un objeto JSON con los miembros de QuarantineAct",
                          "use abasto quarantine, o corrija el JSON y " INBOX_AGAIN},
    AN_ACT(UNKNOWN) = {of_unknown_kind, NULL, "acto", "arreglo", "correccion, reintento o descarte",
                       "corrija acto y " INBOX_AGAIN},
    AN_ACT(UNSIGNED) = {unsigned_one, NULL, "actor", "", "un texto",
                        "escriba actor y " INBOX_AGAIN},
    AN_ACT(UNDATED) = {undated, NULL, "ce_time", "", "un instante, 2025-06-18T12:00:00Z",
                       "agregue ce_time y " INBOX_AGAIN},
    AN_ACT(TIME) = {of_no_time, NULL, "ce_time", "ayer", "un instante, 2025-06-18T12:00:00Z",
                    "agregue ce_time y " INBOX_AGAIN},
    AN_ACT(NO_LAYOUT) = {of_no_layout, NULL, "formato", "ninguno", "un formato que lea el renglón",
                         "avise a quien mantiene el servicio"},
    AN_ACT(NOTHING) = {of_nothing, NULL, "apartado", "gateway.imss/0/otro.csv#000000000000/1",
                       "un id de abasto quarantine list",
                       "revise el id con abasto quarantine list"},
    AN_ACT(NO_ROW) = {of_no_row, NULL, "apartado", "?", "un renglón de archivo o de reporte",
                      "pida a quien lo envió que lo publique otra vez, y descarte este"},
    AN_ACT(OTHER_ROW) = {of_another_row, of_another_file, "apartado", NULL,
                         "el renglón tal como se apartó",
                         "use abasto quarantine, que lo toma de la base de datos"},
    AN_ACT(HELD) = {once_too_often, NULL, "apartado", NULL, "un renglón que se pueda leer",
                    "corríjalo en su origen, entregue el archivo nuevo y descarte este apartado"},
    AN_ACT(NOT_OPEN) = {when_discarded, NULL, "apartado", "descartada", "abierta",
                        "nada; para cambiarlo de nuevo use abasto quarantine fix"},
    AN_ACT(NO_CHANGE) = {without_change, NULL, "apartado", "correccion",
                         "al menos una celda distinta",
                         "diga qué cambia con --set columna=valor, o use retry"},
    AN_ACT(CHANGE) = {with_change, NULL, "apartado", "reintento", "las celdas tal como vinieron",
                      "use abasto quarantine fix"},
#undef AN_ACT
};

static void check(enum reason why, const struct report_answered *answer, const char *id)
{
    const struct example *given = &examples[why];
    const struct report_remark *remark;

    expect_rejected(answer, reason_code(why));
    remark = &answer->remarks[0];
    ck_assert_str_eq(remark->field == NULL ? "" : remark->field, given->field);
    if (given->found == NULL || strcmp(given->found, "?") != 0) {
        ck_assert_str_eq(remark->found, given->found == NULL ? id : given->found);
    } else {
        ck_assert(!text_is_blank(remark->found));
    }
    ck_assert_str_eq(remark->expected, given->expected);
    ck_assert_str_eq(remark->action, given->action);
    ck_assert_uint_eq(receipts(), 1);
}

START_TEST(every_reason_against_an_act_names_field_found_expected_and_action)
{
    const struct example *given = &examples[_i];
    const char *id = load_bad();

    ck_assert_msg(given->publish != NULL, "reason %d has no example", _i);
    check((enum reason)_i, given->publish(id), id);
    if (given->as_well != NULL) {
        check((enum reason)_i, given->as_well(id), id);
    }
}
END_TEST

START_TEST(an_act_in_json_is_the_act_in_avro)
{
    const char *id = load_bad();
    const char *json = arena_format(&desk.arena,
                                    "{\"apartado\":\"%s\",\"acto\":\"descarte\",\"actor\":\"Ana\","
                                    "\"fundamento\":\"repetido\"}",
                                    id);
    const struct quarantine_act act = {
        .apartado = id, .acto = "descarte", .actor = "Ana", .fundamento = "repetido"};

    desk_publish_json(&desk, "d1", ACT, json);
    desk_settle(&desk);
    ck_assert_int_eq(desk_answer(&desk)->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_int_eq(publish("d1", &act)->verdict, REPORT_VERDICT_REPEATED);
}
END_TEST

START_TEST(another_act_under_the_same_ce_id_is_refused)
{
    const char *id = load_bad();
    const struct quarantine_act first = correction(id, PIECES, "12");
    const struct quarantine_act second = correction(id, PIECES, "13");

    (void)publish("a1", &first);
    expect_rejected(publish("a1", &second), "ce_id-reutilizado");
    ck_assert_int_eq(last_receipt()->pieces, 12);
}
END_TEST

START_TEST(a_report_of_the_inbox_that_was_set_aside_is_corrected_too)
{
    static const char json[] = "{\"recepcion\":\"R9\",\"contrato\":\"C1\",\"orden\":\"7\","
                               "\"clave\":\"010.000.2540.00\",\"piezas\":4,"
                               "\"fecha_fisica\":\"2025-06-31\",\"corte\":\"2025-06-20\"}";
    struct quarantine_act act;

    desk_publish_json(&desk, "1", RECEIPT, json);
    desk_settle(&desk);
    ck_assert_int_eq(desk_answer(&desk)->verdict, REPORT_VERDICT_REJECTED);
    act = correction(arena_copy(&desk.arena, desk_aside(&desk)->id), 9, "2025-06-30");
    ck_assert_int_eq(publish("a1", &act)->verdict, REPORT_VERDICT_ACCEPTED_WITH_WARNINGS);
    ck_assert_str_eq(last_receipt()->fact.fact_id, "R9");
    ck_assert_str_eq(last_receipt()->fact.file, "inbox.imss");
}
END_TEST

START_TEST(what_another_service_set_aside_is_discarded_and_nothing_else)
{
    struct quarantine_act act = {.apartado = "deliveries/0/reported.receipts/7",
                                 .acto = "descarte",
                                 .actor = "Ana",
                                 .fundamento = "llegó corregido"};

    ck_assert_int_eq(publish("d1", &act)->verdict, REPORT_VERDICT_ACCEPTED);
    ck_assert_str_eq(last_acted()->quarantine_id, act.apartado);
    act.apartado = "gateway.imss/0/nada/7";
    expect_rejected(publish("d2", &act), "apartado-desconocido");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, what_is_set_aside_is_kept_with_its_titles_and_cells);
    tcase_add_test(tcase, a_corrected_row_is_a_fact_that_says_where_it_came_from);
    tcase_add_test(tcase, the_same_act_again_and_the_file_again_change_nothing);
    tcase_add_loop_test(tcase, a_newer_file_supersedes_the_correction_whatever_comes_last, 0, 2);
    tcase_add_test(tcase, a_correction_may_be_corrected_again);
    tcase_add_test(tcase, a_row_that_still_cannot_be_taken_is_counted_and_stopped);
    tcase_add_test(tcase, a_discarded_row_says_who_and_why_and_stays_out);
    tcase_add_loop_test(tcase, every_reason_against_an_act_names_field_found_expected_and_action,
                        REASON_ACT_UNREADABLE, REASON_ACT_CHANGE + 1);
    tcase_add_test(tcase, an_act_in_json_is_the_act_in_avro);
    tcase_add_test(tcase, another_act_under_the_same_ce_id_is_refused);
    tcase_add_test(tcase, a_report_of_the_inbox_that_was_set_aside_is_corrected_too);
    tcase_add_test(tcase, what_another_service_set_aside_is_discarded_and_nothing_else);
}

int main(void)
{
    return unit_run("gateway.act", fill);
}
