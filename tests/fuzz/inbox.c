#include "services/gateway/inbox.h"
#include "common/avro/record_json.h"
#include "common/avro/registry.h"
#include "common/avro/wire.h"
#include "common/base/text.h"
#include "events.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/rows.h"

#include <string.h>

/* Messages of an inbox, which any program may write. Whatever comes is answered; what is taken is a row like any
 * other; and a report in JSON says the same as the record of it in Avro.
 *
 * Input: a byte of switches (the institution, which headers are missing); ce_id, ce_source, ce_type and ce_time, each
 * to a line feed; the payload. The reports' schemas have the ids 1 to 6, as they stand below, and the events the others. */

static const struct record_type *const reports[] = {
    &contract_report_type, &line_report_type,    &order_report_type,
    &shipment_report_type, &receipt_report_type, &decision_report_type,
};
enum { REPORTS = sizeof reports / sizeof reports[0] };

static struct registry *registry;
static const struct inbox_kinds *kinds;
static struct arena kinds_arena;

static void prepare(void)
{
    struct error err = {0};

    if (registry != NULL) {
        return;
    }
    registry = registry_create(event_types, event_type_count);
    for (size_t i = 0; i < REPORTS + event_type_count; i++) {
        const struct record_type *type = i < REPORTS ? reports[i] : event_types[i - REPORTS];
        const struct schema_record record = {.subject = type->full_name,
                                             .version = type->version,
                                             .id = (int32_t)i + 1,
                                             .schema_json = type->schema_json};

        FUZZ_CHECK(registry_add(registry, &record, &err), "%s", err.message);
    }
    FUZZ_CHECK(inbox_kinds_load(rows_layouts(), &kinds_arena, &kinds, &err), "%s", err.message);
}

/* As the runtime does it. */
static void decode(struct inbox_message *message, struct arena *arena)
{
    struct error err = {0};
    struct bytes rest;
    int32_t id = 0;

    if (message->payload.size == 0 || message->payload.data[0] != 0) {
        return;
    }
    message->form = INBOX_UNREADABLE;
    if (wire_split(message->payload, &id, &rest, &err)) {
        if (!registry_knows(registry, id)) {
            message->form = INBOX_UNKNOWN_SCHEMA;
        } else if (registry_decode(registry, message->payload, arena, &message->schema,
                                   &message->record, &err)) {
            message->form = INBOX_RECORD;
            return;
        }
    }
    message->fault =
        err.action != ERROR_NONE ? arena_copy(arena, err.message) : "schema id of nobody";
}

static void check_remarks(const struct inbox_report *report)
{
    for (size_t i = 0; i < report->remark_count; i++) {
        const struct row_remark *remark = &report->remarks[i];

        rows_check_reason(&remark->reason);
        FUZZ_CHECK(!text_is_blank(remark->expected) && !text_is_blank(remark->action),
                   "a remark that does not say what to do");
        FUZZ_CHECK(
            remark->found != NULL && text_is_utf8(remark->found, strlen(remark->found)) &&
                (remark->column == NULL || text_is_utf8(remark->column, strlen(remark->column))),
            "a remark that is no UTF-8");
    }
}

/* The same report as a record. */
static void check_same_in_avro(const struct inbox_report *report, const char *institution,
                               struct arena *arena)
{
    const struct bytes payload = report->message->payload;
    json_t *json = json_loadb((const char *)payload.data, payload.size, 0, NULL);
    struct inbox_message message = *report->message;
    const struct inbox_report *again;
    struct buffer binary = {0};
    struct error err = {0};

    if (record_from_json(report->kind->type, json, arena, &message.record, &err)) {
        FUZZ_CHECK(registry_encode(registry, report->kind->type, message.record, &binary, &err),
                   "a report that cannot be written: %s", err.message);
        message.payload = buffer_view(&binary);
        decode(&message, arena);
        FUZZ_CHECK(message.form == INBOX_RECORD, "%s", message.fault);
        again = inbox_read(kinds, rows_layouts(), institution, &message, arena);
        FUZZ_CHECK(again->readable, "readable in JSON only");
        FUZZ_CHECK(text_equal(report->digest, again->digest), "another digest in Avro");
        rows_check_same(report->row.rows, again->row.rows, "in Avro");
        buffer_finish(&binary);
    }
    json_decref(json);
}

static const char *header(struct fuzz_input *input, uint8_t missing, struct arena *arena)
{
    const char *text = fuzz_text(input, '\n', arena);

    return missing != 0 ? NULL : text;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static const char *const institutions[] = {"imss", "issste", "imss-bienestar", "ssa"};
    struct fuzz_input input = {data, size};
    const uint8_t switches = fuzz_byte(&input);
    const char *institution = institutions[switches % 4];
    struct inbox_message message = {.topic = "inbox.imss", .offset = 4711};
    struct arena arena = {0};
    const struct inbox_report *report;

    prepare();
    message.id = header(&input, switches & 4, &arena);
    message.source = header(&input, switches & 8, &arena);
    message.type = header(&input, switches & 16, &arena);
    message.time = header(&input, switches & 32, &arena);
    message.payload = fuzz_rest(&input);
    decode(&message, &arena);
    report = inbox_read(kinds, rows_layouts(), institution, &message, &arena);
    check_remarks(report);
    FUZZ_CHECK(report->digest != NULL && report->id != NULL && report->source != NULL &&
                   text_is_utf8(report->id, strlen(report->id)) &&
                   text_is_utf8(report->source, strlen(report->source)),
               "an answer that names no report");
    FUZZ_CHECK(report->readable || report->act != NULL || report->remark_count > 0,
               "refused without a word");
    if (report->readable) {
        FUZZ_CHECK(report->key != NULL && (report->kind != NULL || report->act != NULL),
                   "taken, and nobody knows as what");
        rows_check(report->row.rows);
        if (report->kind != NULL && message.form == INBOX_OTHER) {
            check_same_in_avro(report, institution, &arena);
        }
    }
    arena_finish(&arena);
}
