#include "common/avro/binder.h"

#include "common/avro/path.h"
#include "common/avro/record_member.h"
#include "common/avro/schema.h"
#include "common/base/date.h"
#include "common/base/instant.h"
#include "common/base/text.h"

#include <avro.h>
#include <stdlib.h>
#include <string.h>

struct record_encoder {
    const struct record_type *type;
    avro_schema_t avro_schema;
    avro_value_iface_t *avro_class;
    avro_value_t value;
    avro_writer_t writer;
};

static bool put_record(const struct record_type *type, const void *record, avro_value_t *value,
                       const struct path *path, struct error *err);

static bool done(int status, const struct path *path, struct error *err)
{
    return status == 0 || path_reject(err, path, "not writable: %s", avro_strerror());
}

static bool put_text(const char *text, avro_value_t *value, const struct path *path,
                     struct error *err)
{
    const size_t length = text != NULL ? strlen(text) : 0;

    if (text == NULL) {
        return path_reject(err, path, "text is missing");
    }
    if (!text_is_utf8(text, length)) {
        return path_reject(err, path, "text is not UTF-8");
    }
    /* Avro C takes the text as char *, and copies it */
    return done(avro_value_set_string_len(value, (char *)(uintptr_t)text, length + 1), path, err);
}

static bool put_decimal(const struct record_field *field, int64_t unscaled, avro_value_t *value,
                        const struct path *path, struct error *err)
{
    uint8_t bytes[8];

    if (!member_decimal_fits(unscaled, field->precision)) {
        return path_reject(err, path, "decimal %lld has more than %d digits", (long long)unscaled,
                           field->precision);
    }
    return done(avro_value_set_bytes(value, bytes, member_decimal_write(unscaled, bytes)), path,
                err);
}

static bool put_bytes(struct bytes bytes, avro_value_t *value, const struct path *path,
                      struct error *err)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *data = bytes.size > 0 ? bytes.data : nothing;

    return done(avro_value_set_bytes(value, (void *)(uintptr_t)data, bytes.size), path, err);
}

static bool put_enum(const struct record_field *field, unsigned index, avro_value_t *value,
                     const struct path *path, struct error *err)
{
    if (index >= field->symbol_count) {
        return path_reject(err, path, "enum value %u of %zu", index, field->symbol_count);
    }
    return done(avro_value_set_enum(value, (int)index), path, err);
}

/* Decoders refuse what lies outside the years 1 to 9999: better that it is not sent. */
static bool put_date(int32_t date, avro_value_t *value, const struct path *path, struct error *err)
{
    if (!date_is_valid(date)) {
        return path_reject(err, path, "%d is no date of the years 1 to 9999", (int)date);
    }
    return done(avro_value_set_int(value, date), path, err);
}

static bool put_instant(int64_t instant, avro_value_t *value, const struct path *path,
                        struct error *err)
{
    if (!instant_is_valid(instant)) {
        return path_reject(err, path, "%lld is no instant of the years 1 to 9999",
                           (long long)instant);
    }
    return done(avro_value_set_long(value, instant), path, err);
}

static bool put_items(const struct record_field *field, const void *record, avro_value_t *value,
                      const struct path *path, struct error *err)
{
    const size_t count = member_count(field, record);

    for (size_t i = 0; i < count; i++) {
        const struct path here = {.parent = path, .index = i};
        avro_value_t item;

        if (!done(avro_value_append(value, &item, NULL), &here, err)) {
            return false;
        }
        if (!(field->type == FIELD_TEXTS
                  ? put_text(member_texts(field, record)[i], &item, &here, err)
                  : put_record(field->record, member_item(field, record, i), &item, &here, err))) {
            return false;
        }
    }
    return true;
}

static bool put_member(const struct record_field *field, const void *record, avro_value_t *value,
                       const struct path *path, struct error *err)
{
    switch (field->type) {
    case FIELD_TEXT:
        return put_text(member_text(field, record), value, path, err);
    case FIELD_INT32:
        return done(avro_value_set_int(value, member_int32(field, record)), path, err);
    case FIELD_DATE:
        return put_date(member_int32(field, record), value, path, err);
    case FIELD_INT64:
        return done(avro_value_set_long(value, member_int64(field, record)), path, err);
    case FIELD_INSTANT:
        return put_instant(member_int64(field, record), value, path, err);
    case FIELD_BOOL:
        return done(avro_value_set_boolean(value, member_bool(field, record)), path, err);
    case FIELD_BYTES:
        return put_bytes(member_bytes(field, record), value, path, err);
    case FIELD_DECIMAL:
        return put_decimal(field, member_int64(field, record), value, path, err);
    case FIELD_ENUM:
        return put_enum(field, member_enum(field, record), value, path, err);
    case FIELD_RECORD:
        return put_record(field->record, member_const(field, record), value, path, err);
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return put_items(field, record, value, path, err);
    }
    return path_reject(err, path, "a field of an unknown type");
}

static bool put_field(const struct record_field *field, const void *record, avro_value_t *value,
                      const struct path *path, struct error *err)
{
    const bool null = record_field_is_null(field, record);
    avro_value_t branch;

    if (!field->nullable) {
        return put_member(field, record, value, path, err);
    }
    if (!done(avro_value_set_branch(value, null ? field->null_branch : 1 - field->null_branch,
                                    &branch),
              path, err)) {
        return false;
    }
    return null ? done(avro_value_set_null(&branch), path, err)
                : put_member(field, record, &branch, path, err);
}

static bool put_record(const struct record_type *type, const void *record, avro_value_t *value,
                       const struct path *path, struct error *err)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const struct path here = {.parent = path, .name = type->fields[i].name};
        avro_value_t member;

        if (!done(avro_value_get_by_index(value, i, &member, NULL), &here, err) ||
            !put_field(&type->fields[i], record, &member, &here, err)) {
            return false;
        }
    }
    return true;
}

static bool open_avro(struct record_encoder *encoder, struct error *err)
{
    struct schema schema = {0};
    char *bare;
    bool parsed;

    if (encoder->type->schema_json == NULL) {
        return error_set(err, ERROR_REJECT, "%s has no schema of its own",
                         encoder->type->full_name);
    }
    if (!schema_parse(encoder->type->schema_json, &schema, err)) {
        return false;
    }
    bare = schema_bare_text(&schema);
    schema_finish(&schema);
    parsed = bare != NULL &&
             avro_schema_from_json_length(bare, strlen(bare), &encoder->avro_schema) == 0;
    free(bare);
    if (!parsed) {
        return error_set(err, ERROR_REJECT, "Avro C does not take it: %s", avro_strerror());
    }
    encoder->avro_class = avro_generic_class_from_schema(encoder->avro_schema);
    if (encoder->avro_class == NULL ||
        avro_generic_value_new(encoder->avro_class, &encoder->value) != 0) {
        return error_set(err, ERROR_REJECT, "Avro C has no value for it: %s", avro_strerror());
    }
    encoder->writer = avro_writer_memory("", 0);
    return true;
}

bool record_encoder_create(const struct record_type *type, struct record_encoder **out,
                           struct error *err)
{
    struct record_encoder *encoder = memory_alloc(sizeof *encoder);

    encoder->type = type;
    if (!open_avro(encoder, err)) {
        record_encoder_destroy(encoder);
        err->action = ERROR_FATAL; /* our own schema: no message is at fault */
        return error_prefix(err, "schema of %s", type->full_name);
    }
    *out = encoder;
    return true;
}

void record_encoder_destroy(struct record_encoder *encoder)
{
    if (encoder == NULL) {
        return;
    }
    if (encoder->writer != NULL) {
        avro_writer_free(encoder->writer);
    }
    if (encoder->value.self != NULL) {
        avro_value_decref(&encoder->value);
    }
    if (encoder->avro_class != NULL) {
        avro_value_iface_decref(encoder->avro_class);
    }
    if (encoder->avro_schema != NULL) {
        (void)avro_schema_decref(encoder->avro_schema);
    }
    free(encoder);
}

bool record_encode(struct record_encoder *encoder, const void *record, struct buffer *out,
                   struct error *err)
{
    const struct path root = {0};
    size_t size = 0;
    uint8_t *room;

    if (!done(avro_value_reset(&encoder->value), &root, err) ||
        !put_record(encoder->type, record, &encoder->value, &root, err) ||
        !done(avro_value_sizeof(&encoder->value, &size), &root, err)) {
        return false;
    }
    room = buffer_reserve(out, size);
    avro_writer_memory_set_dest(encoder->writer, (const char *)room, (int64_t)size);
    if (!done(avro_value_write(encoder->writer, &encoder->value), &root, err)) {
        return false;
    }
    out->size += size;
    return true;
}
