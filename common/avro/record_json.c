#include "common/avro/record_json.h"

#include "common/avro/record_member.h"
#include "common/base/date.h"
#include "common/base/decimal.h"
#include "common/base/instant.h"

#include <stdlib.h>

static json_t *date_json(int32_t date)
{
    char text[DATE_TEXT_BYTES];

    date_format(date, text);
    return json_string(text);
}

static json_t *instant_json(int64_t instant)
{
    char text[INSTANT_TEXT_BYTES];

    instant_format(instant, text);
    return json_string(text);
}

static json_t *decimal_json(int64_t value, int32_t scale)
{
    char text[DECIMAL_TEXT_BYTES];

    decimal_format(value, scale, text);
    return json_string(text);
}

static json_t *bytes_json(struct bytes bytes)
{
    struct buffer hex = {0};
    json_t *json;

    for (size_t i = 0; i < bytes.size; i++) {
        buffer_format(&hex, "%02x", bytes.data[i]);
    }
    json = json_string(buffer_text(&hex));
    buffer_finish(&hex);
    return json;
}

static json_t *items_json(const struct record_field *field, const void *record)
{
    const size_t count = member_count(field, record);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *item = field->type == FIELD_TEXTS
                           ? json_string(member_texts(field, record)[i])
                           : record_json(field->record, member_item(field, record, i));

        (void)json_array_append_new(list, item);
    }
    return list;
}

static json_t *enum_json(const struct record_field *field, unsigned value)
{
    return value < field->symbol_count ? json_string(field->symbols[value]) : json_null();
}

static json_t *member_json(const struct record_field *field, const void *record)
{
    switch (field->type) {
    case FIELD_TEXT:
        return member_text(field, record) != NULL ? json_string(member_text(field, record))
                                                  : json_null();
    case FIELD_INT32:
        return json_integer(member_int32(field, record));
    case FIELD_INT64:
        return json_integer(member_int64(field, record));
    case FIELD_BOOL:
        return json_boolean(member_bool(field, record));
    case FIELD_BYTES:
        return bytes_json(member_bytes(field, record));
    case FIELD_DATE:
        return date_json(member_int32(field, record));
    case FIELD_INSTANT:
        return instant_json(member_int64(field, record));
    case FIELD_DECIMAL:
        return decimal_json(member_int64(field, record), field->scale);
    case FIELD_ENUM:
        return enum_json(field, member_enum(field, record));
    case FIELD_RECORD:
        return record_json(field->record, member_const(field, record));
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return items_json(field, record);
    }
    return json_null();
}

json_t *record_json(const struct record_type *type, const void *record)
{
    json_t *json = json_object();

    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];

        (void)json_object_set_new(json, field->name,
                                  record_field_is_null(field, record) ? json_null()
                                                                      : member_json(field, record));
    }
    return json;
}

const char *record_json_text(struct arena *arena, const struct record_type *type,
                             const void *record)
{
    json_t *json = record_json(type, record);
    char *dump = json_dumps(json, JSON_COMPACT);
    const char *text;

    if (dump == NULL) {
        abort(); /* jansson is out of memory: as everywhere, nothing sensible can follow */
    }
    text = arena_copy(arena, dump);
    free(dump);
    json_decref(json);
    return text;
}
