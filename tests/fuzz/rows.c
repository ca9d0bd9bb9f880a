#include "tests/fuzz/rows.h"

#include "common/avro/binder.h"
#include "common/avro/record_json.h"
#include "common/base/digest.h"
#include "common/base/text.h"
#include "events.h"
#include "services/gateway/layout_parts.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { TYPES_MAX = 64 };

static struct arena layouts_arena;
static struct record_encoder *encoders[TYPES_MAX];
static struct record_decoder *decoders[TYPES_MAX];

const struct layout_set *rows_layouts(void)
{
    static const struct layout_set *layouts;
    struct error err = {0};

    if (layouts == NULL) {
        const char *folder = fuzz_source_path(&layouts_arena, "services/gateway/formats");

        FUZZ_CHECK(layout_set_load(folder, &layouts_arena, &layouts, &err), "%s", err.message);
    }
    return layouts;
}

static size_t index_of(const struct record_type *type)
{
    size_t index = 0;

    while (index < event_type_count && event_types[index] != type) {
        index++;
    }
    FUZZ_CHECK(index < event_type_count && index < TYPES_MAX, "%s is no event", type->full_name);
    return index;
}

/* As the gateway sends it, but for the identities that it gives. */
static void check_event(const struct reported_row *row)
{
    const size_t index = index_of(row->type);
    struct buffer binary = {0};
    struct arena arena = {0};
    struct error err = {0};
    const void *again = NULL;

    if (encoders[index] == NULL) {
        FUZZ_CHECK(
            record_encoder_create(row->type, &encoders[index], &err) &&
                record_decoder_create(row->type, row->type->schema_json, &decoders[index], &err),
            "%s", err.message);
    }
    FUZZ_CHECK(record_encode(encoders[index], row->event, &binary, &err),
               "%s: a row is taken that cannot be sent: %s", row->type->name, err.message);
    FUZZ_CHECK(record_decode(decoders[index], buffer_view(&binary), &arena, &again, &err),
               "%s: what is sent cannot be read: %s", row->type->name, err.message);
    FUZZ_CHECK(record_equal(row->type, row->event, again), "%s: another event is heard",
               row->type->name);
    buffer_finish(&binary);
    arena_finish(&arena);
}

static void check_said(const char *text, const char *what)
{
    FUZZ_CHECK(!text_is_blank(text), "a remark without its %s", what);
    FUZZ_CHECK(text_is_utf8(text, strlen(text)), "a remark whose %s is no UTF-8", what);
}

void rows_check_reason(const struct reason_said *reason)
{
    struct arena arena = {0};

    check_said(reason_text(&arena, reason), "sentence");
    check_said(reason_code(reason->why), "code");
    arena_finish(&arena);
}

static void check_remarks(const struct reported_row *row)
{
    for (size_t i = 0; i < row->remark_count; i++) {
        const struct row_remark *remark = &row->remarks[i];

        check_said(remark->column, "column");
        check_said(remark->expected, "expectation");
        rows_check_reason(&remark->reason);
        check_said(remark->action, "action");
        FUZZ_CHECK(remark->found != NULL && text_is_utf8(remark->found, strlen(remark->found)),
                   "a remark that does not say what it found");
    }
}

void rows_check(const struct reported_row *row)
{
    check_remarks(row);
    if (row->verdict != ROW_TAKEN) {
        FUZZ_CHECK(row->remark_count > 0 || row->verdict == ROW_SILENT, "not taken without a word");
        FUZZ_CHECK(row->event == NULL, "not taken, and yet an event");
        return;
    }
    FUZZ_CHECK(row->fact_id != NULL && text_is_utf8(row->fact_id, strlen(row->fact_id)),
               "taken without an identity");
    FUZZ_CHECK(row->digest != NULL && strlen(row->digest) == DIGEST_HEX_BYTES - 1 &&
                   row->content != NULL,
               "taken without a digest");
    check_event(row);
}

/* For the message of a find; the process ends with it. */
static const char *event_text(const struct reported_row *row)
{
    return row->event == NULL ? "nothing" : record_json_text(&layouts_arena, row->type, row->event);
}

void rows_check_same(const struct reported_row *a, const struct reported_row *b, const char *what)
{
    FUZZ_CHECK(a->verdict == b->verdict, "%s: another verdict", what);
    FUZZ_CHECK(text_equal(a->fact_id, b->fact_id), "%s: %s is %s", what,
               a->fact_id == NULL ? "nothing" : a->fact_id,
               b->fact_id == NULL ? "nothing" : b->fact_id);
    FUZZ_CHECK(text_equal(a->digest, b->digest) && text_equal(a->content, b->content),
               "%s: another digest: %s is %s", what, event_text(a), event_text(b));
    FUZZ_CHECK(a->as_of == b->as_of && a->invented == b->invented, "%s: another version", what);
    FUZZ_CHECK(text_equal(a->contract, b->contract) && text_equal(a->order, b->order) &&
                   text_equal(a->clave, b->clave) && text_equal(a->shipment, b->shipment) &&
                   text_equal(a->receipt, b->receipt) && text_equal(a->supplier, b->supplier),
               "%s: it goes another way", what);
    FUZZ_CHECK(text_equal(a->scope, b->scope) && a->day == b->day, "%s: another scope", what);
}
