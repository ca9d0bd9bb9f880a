#include "common/avro/path.h"
#include "common/avro/record_json.h"
#include "common/avro/record_member.h"
#include "common/base/date.h"
#include "common/base/decimal.h"
#include "common/base/instant.h"
#include "common/base/text.h"

#include <string.h>

/* A default of a schema is written in Avro's own JSON: decimals and bytes as Latin-1 text, dates and
 * instants as numbers. All else is as in record_json. */
enum dialect { DIALECT_PLAIN, DIALECT_AVRO };

struct reading {
    enum dialect dialect;
    struct arena *arena;
    struct error *err;
};

static bool read_record(const struct reading *reading, const struct record_type *type,
                        const json_t *json, const struct path *path, void *record);

static bool wrong(const struct reading *reading, const struct path *path, const char *expected)
{
    return path_reject(reading->err, path, "expected %s", expected);
}

static bool read_text(const struct reading *reading, const json_t *json, const struct path *path,
                      const char **out)
{
    const char *text = json_string_value(json);

    if (text == NULL || json_string_length(json) != strlen(text)) {
        return wrong(reading, path, "text");
    }
    *out = arena_copy(reading->arena, text);
    return true;
}

static bool read_int(const struct reading *reading, const json_t *json, const struct path *path,
                     int64_t min, int64_t max, int64_t *out)
{
    const json_int_t value = json_integer_value(json);

    if (!json_is_integer(json) || value < min || value > max) {
        return wrong(reading, path, "a whole number within range");
    }
    *out = value;
    return true;
}

static bool read_int32(const struct reading *reading, const json_t *json, const struct path *path,
                       int32_t *out)
{
    int64_t value = 0;

    if (!read_int(reading, json, path, INT32_MIN, INT32_MAX, &value)) {
        return false;
    }
    *out = (int32_t)value;
    return true;
}

static bool read_date(const struct reading *reading, const json_t *json, const struct path *path,
                      int32_t *out)
{
    const char *text = json_string_value(json);

    if (reading->dialect == DIALECT_AVRO) {
        return read_int32(reading, json, path, out);
    }
    if (text == NULL || strlen(text) != DATE_TEXT_BYTES - 1 || !date_parse_iso(text, out)) {
        return wrong(reading, path, "a date like \"2025-08-31\"");
    }
    return true;
}

static bool read_instant(const struct reading *reading, const json_t *json, const struct path *path,
                         int64_t *out)
{
    if (reading->dialect == DIALECT_AVRO) {
        return read_int(reading, json, path, INT64_MIN, INT64_MAX, out);
    }
    return instant_parse(json_string_value(json), out) ||
           wrong(reading, path, "an instant like \"2025-08-31T12:00:00Z\"");
}

/* Avro's JSON writes byte n as character U+00nn. */
static bool read_latin1(const struct reading *reading, const json_t *json, const struct path *path,
                        struct bytes *out)
{
    const char *text = json_string_value(json);
    const size_t length = json_string_length(json);
    uint8_t *bytes = arena_alloc(reading->arena, length + 1);
    size_t count = 0;

    if (text == NULL) {
        return wrong(reading, path, "bytes as text");
    }
    for (size_t i = 0; i < length;) {
        uint32_t point = 0;
        const size_t step = text[i] == '\0' ? 1 : text_decode(text + i, length - i, &point);

        if (step == 0 || point > 0xff) {
            return wrong(reading, path, "bytes as characters up to U+00FF");
        }
        bytes[count++] = (uint8_t)point;
        i += step;
    }
    *out = (struct bytes){bytes, count};
    return true;
}

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit == '\0' ? NULL : strchr(digits, digit);

    return at == NULL ? -1 : (int)(at - digits);
}

static bool read_bytes(const struct reading *reading, const json_t *json, const struct path *path,
                       struct bytes *out)
{
    const char *text = json_string_value(json);
    const size_t length = json_string_length(json);
    uint8_t *bytes = arena_alloc(reading->arena, length / 2 + 1);

    if (reading->dialect == DIALECT_AVRO) {
        return read_latin1(reading, json, path, out);
    }
    if (text == NULL || length % 2 != 0) {
        return wrong(reading, path, "bytes as hexadecimal text");
    }
    for (size_t i = 0; i < length; i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);

        if (high < 0 || low < 0) {
            return wrong(reading, path, "bytes as hexadecimal text");
        }
        bytes[i / 2] = (uint8_t)(high * 16 + low);
    }
    *out = (struct bytes){bytes, length / 2};
    return true;
}

static bool read_decimal(const struct reading *reading, const struct record_field *field,
                         const json_t *json, const struct path *path, int64_t *out)
{
    struct decimal decimal = {0};
    struct bytes bytes = {0};

    if (reading->dialect == DIALECT_AVRO) {
        return read_latin1(reading, json, path, &bytes) &&
               (member_decimal_read(bytes, field->precision, out) ||
                wrong(reading, path, "a decimal within its precision"));
    }
    if (!decimal_parse(json_string_value(json), field->scale, DECIMAL_EXACT, &decimal) ||
        !member_decimal_fits(decimal.value, field->precision)) {
        return path_reject(reading->err, path, "expected a decimal as text, at most %d decimals",
                           field->scale);
    }
    *out = decimal.value;
    return true;
}

static bool read_enum(const struct reading *reading, const struct record_field *field,
                      const json_t *json, const struct path *path, unsigned *out)
{
    for (size_t i = 0; json_is_string(json) && i < field->symbol_count; i++) {
        if (strcmp(json_string_value(json), field->symbols[i]) == 0) {
            *out = (unsigned)i;
            return true;
        }
    }
    return wrong(reading, path, "one of the enum's symbols");
}

static bool read_items(const struct reading *reading, const struct record_field *field,
                       const json_t *json, const struct path *path, void *record)
{
    const size_t count = json_array_size(json);
    const size_t bytes = field->type == FIELD_TEXTS ? sizeof(char *) : field->record->struct_bytes;
    char *items = arena_array(reading->arena, count, bytes);

    if (!json_is_array(json)) {
        return wrong(reading, path, "a list");
    }
    for (size_t i = 0; i < count; i++) {
        const struct path item = {.parent = path, .index = i};
        void *out = items + i * bytes;
        const bool done =
            field->type == FIELD_TEXTS
                ? read_text(reading, json_array_get(json, i), &item, out)
                : read_record(reading, field->record, json_array_get(json, i), &item, out);

        if (!done) {
            return false;
        }
    }
    *(const void **)member_of(field, record) = items;
    member_set_count(field, record, count);
    return true;
}

static bool read_boolean(const struct reading *reading, const json_t *json, const struct path *path,
                         bool *out)
{
    if (!json_is_boolean(json)) {
        return wrong(reading, path, "true or false");
    }
    *out = json_is_true(json);
    return true;
}

static bool read_value(const struct reading *reading, const struct record_field *field,
                       const json_t *json, const struct path *path, void *record)
{
    void *member = member_of(field, record);

    switch (field->type) {
    case FIELD_TEXT:
        return read_text(reading, json, path, member);
    case FIELD_INT32:
        return read_int32(reading, json, path, member);
    case FIELD_INT64:
        return read_int(reading, json, path, INT64_MIN, INT64_MAX, member);
    case FIELD_BOOL:
        return read_boolean(reading, json, path, member);
    case FIELD_BYTES:
        return read_bytes(reading, json, path, member);
    case FIELD_DATE:
        return read_date(reading, json, path, member);
    case FIELD_INSTANT:
        return read_instant(reading, json, path, member);
    case FIELD_DECIMAL:
        return read_decimal(reading, field, json, path, member);
    case FIELD_ENUM:
        return read_enum(reading, field, json, path, member);
    case FIELD_RECORD:
        return read_record(reading, field->record, json, path, member);
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return read_items(reading, field, json, path, record);
    }
    return wrong(reading, path, "a field of a known type");
}

static bool read_member(const struct reading *reading, const struct record_field *field,
                        const json_t *json, const struct path *path, void *record)
{
    if (field->nullable && json_is_null(json)) {
        return true; /* the struct starts zeroed: absent */
    }
    if (!read_value(reading, field, json, path, record)) {
        return false;
    }
    member_set_present(field, record, true);
    return true;
}

static bool read_default(struct arena *arena, const struct record_field *field,
                         const struct path *path, void *record, struct error *err)
{
    const struct reading reading = {DIALECT_AVRO, arena, err};
    json_t *json;
    bool done;

    if (field->default_json == NULL) {
        return path_reject(err, path, "missing, and without a default");
    }
    json = json_loads(field->default_json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    done = json != NULL ? read_member(&reading, field, json, path, record)
                        : path_reject(err, path, "its default is not JSON");
    json_decref(json);
    return done;
}

bool record_field_default(const struct record_field *field, struct arena *arena, void *record,
                          struct error *err)
{
    const struct path root = {0};
    const struct path path = {.parent = &root, .name = field->name};

    return read_default(arena, field, &path, record, err);
}

static bool all_known(const struct reading *reading, const struct record_type *type,
                      const json_t *json, const struct path *path)
{
    /* jansson iterates without changing, but its signature is not const */
    for (void *at = json_object_iter((json_t *)(uintptr_t)json); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)json, at)) {
        if (record_field_named(type, json_object_iter_key(at)) == NULL) {
            return path_reject(reading->err, path, "no field is named \"%.64s\"",
                               json_object_iter_key(at));
        }
    }
    return true;
}

static bool read_record(const struct reading *reading, const struct record_type *type,
                        const json_t *json, const struct path *path, void *record)
{
    if (!json_is_object(json)) {
        return wrong(reading, path, "an object");
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];
        const struct path here = {.parent = path, .name = field->name};
        const json_t *value = json_object_get(json, field->name);
        bool done = true;

        if (value != NULL) {
            done = read_member(reading, field, value, &here, record);
        } else if (field->default_json != NULL || !field->nullable) {
            done = read_default(reading->arena, field, &here, record, reading->err);
        }
        if (!done) {
            return false;
        }
    }
    return all_known(reading, type, json, path);
}

bool record_from_json(const struct record_type *type, const json_t *json, struct arena *arena,
                      const void **out, struct error *err)
{
    const struct reading reading = {DIALECT_PLAIN, arena, err};
    const struct path root = {0};
    void *record = arena_alloc(arena, type->struct_bytes);

    if (!read_record(&reading, type, json, &root, record)) {
        return false;
    }
    *out = record;
    return true;
}
