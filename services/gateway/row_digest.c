#include "common/avro/record_member.h"
#include "common/base/digest.h"
#include "common/base/text.h"
#include "services/gateway/row_reading.h"

/* Members that say when, where from and under which key, not what. The gateway gives the ids later. */
static bool is_content(const struct record_field *field)
{
    static const char *const others[] = {"fact", "institution", "contract_id", "order_id", "as_of"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (text_equal(field->name, others[i])) {
            return false;
        }
    }
    return true;
}

static bool is_key(const struct layout *layout, const struct record_field *field)
{
    for (size_t i = 0; i < layout->key_count; i++) {
        if (layout->keys[i]->target.field == field) {
            return true;
        }
    }
    return false;
}

/* What is null is not said at all: a member that an event gets later changes no digest. */
static void add_member(struct digest *digest, const struct record_field *field, const void *record)
{
    if (record_field_is_null(field, record)) {
        return;
    }
    digest_add_text(digest, field->name);
    switch (field->type) {
    case FIELD_TEXT:
        digest_add_text(digest, member_text(field, record));
        break;
    case FIELD_DATE:
    case FIELD_INT32:
        digest_add_int64(digest, member_int32(field, record));
        break;
    case FIELD_INT64:
    case FIELD_INSTANT:
    case FIELD_DECIMAL:
        digest_add_int64(digest, member_int64(field, record));
        break;
    case FIELD_BOOL:
        digest_add_int64(digest, member_bool(field, record) ? 1 : 0);
        break;
    case FIELD_ENUM:
        digest_add_text(digest, field->symbols[member_enum(field, record)]);
        break;
    case FIELD_RECORD: {
        const void *inner = member_const(field, record);

        for (size_t i = 0; i < field->record->field_count; i++) {
            add_member(digest, &field->record->fields[i], inner);
        }
        break;
    }
    case FIELD_BYTES:
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        break; /* no reported event has them */
    }
}

static const char *digest_of(const struct row_reading *reading, const char *fact_id)
{
    const struct record_type *type = reading->layout->event;
    const struct record_field *skipped = NULL;
    struct digest digest = {0};
    uint8_t bytes[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    digest_begin(&digest);
    digest_add_text(&digest, fact_id);
    digest_add_text(&digest, reading->out->contract);
    digest_add_text(&digest, reading->out->order);
    digest_add_text(&digest,
                    reading->out->clave); /* a decision's stands in no member of its event */
    digest_add_int64(&digest, reading->out->invented ? 1 : 0);
    if (reading->out->cancelled_undated) {
        skipped = reading->layout->rules.cancelled_on.field; /* every snapshot would change it */
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];

        if (is_content(field) && field != skipped &&
            (fact_id != NULL || !is_key(reading->layout, field))) {
            add_member(&digest, field, reading->event);
        }
    }
    digest_end(&digest, bytes);
    digest_finish(&digest);
    digest_hex(bytes, hex);
    return arena_copy(reading->arena, hex);
}

void row_digest(struct row_reading *reading)
{
    struct reported_row *out = reading->out;

    out->digest = digest_of(reading, out->fact_id);
    out->content = reading->layout->duplicates ? digest_of(reading, NULL) : out->digest;
}
