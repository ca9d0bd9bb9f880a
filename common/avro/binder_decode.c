#include "common/avro/binder.h"

#include "common/avro/binder_plan.h"
#include "common/avro/guard.h"
#include "common/avro/record_member.h"
#include "common/avro/schema.h"
#include "common/base/date.h"
#include "common/base/instant.h"

#include <avro.h>
#include <stdlib.h>
#include <string.h>

/* The class and the value of the writer's schema are made once and used for every message. */
struct record_decoder {
    struct schema writer;
    struct arena plan_arena;
    const struct binding_plan *plan;
    avro_schema_t avro_schema;
    avro_value_iface_t *avro_class;
    avro_value_t value;
    avro_reader_t reader;
};

struct filling {
    struct arena *arena;
    struct error *err;
};

static bool fill_record(const struct filling *filling, const struct binding_plan *plan,
                        const avro_value_t *value, const struct path *path, void *record);

static bool broken(const struct filling *filling, const struct path *path)
{
    return path_reject(filling->err, path, "not readable: %s", avro_strerror());
}

static bool fill_text(const struct filling *filling, const avro_value_t *value,
                      const struct path *path, const char **out)
{
    const char *text = NULL;
    size_t size = 0;

    if (avro_value_get_string(value, &text, &size) != 0) {
        return broken(filling, path);
    }
    *out = arena_text(filling->arena, text, size - 1);
    return true;
}

static bool fill_bytes(const struct filling *filling, const avro_value_t *value,
                       const struct path *path, struct bytes *out)
{
    const void *data = NULL;
    size_t size = 0;

    if (avro_value_get_bytes(value, &data, &size) != 0) {
        return broken(filling, path);
    }
    *out = (struct bytes){(const uint8_t *)arena_text(filling->arena, data, size), size};
    return true;
}

static bool fill_decimal(const struct filling *filling, const struct binding *binding,
                         const avro_value_t *value, const struct path *path, int64_t *out)
{
    const void *data = NULL;
    size_t size = 0;

    if (avro_value_get_bytes(value, &data, &size) != 0) {
        return broken(filling, path);
    }
    return member_decimal_read((struct bytes){data, size}, binding->field->precision, out) ||
           path_reject(filling->err, path, "%zu bytes are no decimal of at most %d digits", size,
                       binding->field->precision);
}

static bool fill_int32(const struct filling *filling, const avro_value_t *value,
                       const struct path *path, int32_t *out)
{
    return avro_value_get_int(value, out) == 0 || broken(filling, path);
}

static bool fill_int64(const struct filling *filling, const struct binding *binding,
                       const avro_value_t *value, const struct path *path, int64_t *out)
{
    int32_t narrow = 0;

    if (!binding->from_int) {
        return avro_value_get_long(value, out) == 0 || broken(filling, path);
    }
    if (!fill_int32(filling, value, path, &narrow)) {
        return false;
    }
    *out = narrow;
    return true;
}

/* Years 1 to 9999: what neither people nor PostgreSQL can write is nobody's date. */
static bool fill_date(const struct filling *filling, const avro_value_t *value,
                      const struct path *path, int32_t *out)
{
    return fill_int32(filling, value, path, out) &&
           (date_is_valid(*out) ||
            path_reject(filling->err, path, "%d is no date of the years 1 to 9999", (int)*out));
}

static bool fill_instant(const struct filling *filling, const struct binding *binding,
                         const avro_value_t *value, const struct path *path, int64_t *out)
{
    return fill_int64(filling, binding, value, path, out) &&
           (instant_is_valid(*out) ||
            path_reject(filling->err, path, "%lld is no instant of the years 1 to 9999",
                        (long long)*out));
}

static bool fill_bool(const struct filling *filling, const avro_value_t *value,
                      const struct path *path, bool *out)
{
    int flag = 0;

    if (avro_value_get_boolean(value, &flag) != 0) {
        return broken(filling, path);
    }
    *out = flag != 0;
    return true;
}

static bool fill_enum(const struct filling *filling, const struct binding *binding,
                      const avro_value_t *value, const struct path *path, unsigned *out)
{
    int index = 0;

    if (avro_value_get_enum(value, &index) != 0) {
        return broken(filling, path);
    }
    if (binding->symbols[index] < 0) {
        return path_reject(filling->err, path, "the writer's enum symbol %d is unknown here",
                           index);
    }
    *out = (unsigned)binding->symbols[index];
    return true;
}

static bool fill_items(const struct filling *filling, const struct binding *binding,
                       const avro_value_t *value, const struct path *path, void *record)
{
    const struct record_field *field = binding->field;
    const bool texts = field->type == FIELD_TEXTS;
    const size_t bytes = texts ? sizeof(char *) : field->record->struct_bytes;
    size_t count = 0;
    char *items;

    if (avro_value_get_size(value, &count) != 0) {
        return broken(filling, path);
    }
    items = arena_array(filling->arena, count, bytes);
    for (size_t i = 0; i < count; i++) {
        const struct path here = {.parent = path, .index = i};
        void *out = items + i * bytes;
        avro_value_t item;

        if (avro_value_get_by_index(value, i, &item, NULL) != 0) {
            return broken(filling, &here);
        }
        if (!(texts ? fill_text(filling, &item, &here, out)
                    : fill_record(filling, binding->nested, &item, &here, out))) {
            return false;
        }
    }
    *(const void **)member_of(field, record) = items;
    member_set_count(field, record, count);
    return true;
}

static bool fill_member(const struct filling *filling, const struct binding *binding,
                        const avro_value_t *value, const struct path *path, void *record)
{
    void *member = member_of(binding->field, record);

    switch (binding->field->type) {
    case FIELD_TEXT:
        return fill_text(filling, value, path, member);
    case FIELD_INT32:
        return fill_int32(filling, value, path, member);
    case FIELD_DATE:
        return fill_date(filling, value, path, member);
    case FIELD_INT64:
        return fill_int64(filling, binding, value, path, member);
    case FIELD_INSTANT:
        return fill_instant(filling, binding, value, path, member);
    case FIELD_BOOL:
        return fill_bool(filling, value, path, member);
    case FIELD_BYTES:
        return fill_bytes(filling, value, path, member);
    case FIELD_DECIMAL:
        return fill_decimal(filling, binding, value, path, member);
    case FIELD_ENUM:
        return fill_enum(filling, binding, value, path, member);
    case FIELD_RECORD:
        return fill_record(filling, binding->nested, value, path, member);
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return fill_items(filling, binding, value, path, record);
    }
    return broken(filling, path);
}

static bool fill_field(const struct filling *filling, const struct binding *binding,
                       const avro_value_t *record_value, const struct path *path, void *record)
{
    avro_value_t value;
    avro_value_t branch;
    int index = 0;

    if (avro_value_get_by_index(record_value, binding->writer_index, &value, NULL) != 0) {
        return broken(filling, path);
    }
    if (binding->writer_union) {
        if (avro_value_get_discriminant(&value, &index) != 0 ||
            avro_value_get_current_branch(&value, &branch) != 0) {
            return broken(filling, path);
        }
        if (index == binding->writer_null) {
            return binding->field->nullable || path_reject(filling->err, path, "must not be null");
        }
        value = branch;
    }
    if (!fill_member(filling, binding, &value, path, record)) {
        return false;
    }
    member_set_present(binding->field, record, true);
    return true;
}

static bool fill_record(const struct filling *filling, const struct binding_plan *plan,
                        const avro_value_t *value, const struct path *path, void *record)
{
    memcpy(record, plan->blank, plan->type->struct_bytes);
    for (size_t i = 0; i < plan->count; i++) {
        const struct path here = {.parent = path, .name = plan->bindings[i].field->name};

        if (!fill_field(filling, &plan->bindings[i], value, &here, record)) {
            return false;
        }
    }
    return true;
}

static bool open_avro(struct record_decoder *decoder, struct error *err)
{
    char *bare = schema_bare_text(&decoder->writer);
    const bool parsed = bare != NULL && avro_schema_from_json_length(bare, strlen(bare),
                                                                     &decoder->avro_schema) == 0;

    free(bare);
    if (!parsed) {
        return error_set(err, ERROR_REJECT, "Avro C does not take the schema: %s", avro_strerror());
    }
    decoder->avro_class = avro_generic_class_from_schema(decoder->avro_schema);
    if (decoder->avro_class == NULL ||
        avro_generic_value_new(decoder->avro_class, &decoder->value) != 0) {
        return error_set(err, ERROR_REJECT, "Avro C has no value for the schema: %s",
                         avro_strerror());
    }
    decoder->reader = avro_reader_memory("", 0);
    return true;
}

bool record_decoder_create(const struct record_type *type, const char *writer_schema,
                           struct record_decoder **out, struct error *err)
{
    const struct path root = {0};
    struct record_decoder *decoder = memory_alloc(sizeof *decoder);
    bool made = schema_parse(writer_schema, &decoder->writer, err);

    if (made && decoder->writer.root->kind != SCHEMA_RECORD) {
        made = error_set(err, ERROR_REJECT, "the writer's schema is not a record");
    }
    made = made &&
           binding_plan_make(type, decoder->writer.root, &root, &decoder->plan_arena,
                             &decoder->plan, err) &&
           open_avro(decoder, err);
    if (!made) {
        record_decoder_destroy(decoder);
        return false;
    }
    *out = decoder;
    return true;
}

void record_decoder_destroy(struct record_decoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
    if (decoder->reader != NULL) {
        avro_reader_free(decoder->reader);
    }
    if (decoder->value.self != NULL) {
        avro_value_decref(&decoder->value);
    }
    if (decoder->avro_class != NULL) {
        avro_value_iface_decref(decoder->avro_class);
    }
    if (decoder->avro_schema != NULL) {
        (void)avro_schema_decref(decoder->avro_schema);
    }
    arena_finish(&decoder->plan_arena);
    schema_finish(&decoder->writer);
    free(decoder);
}

bool record_decode(struct record_decoder *decoder, struct bytes payload, struct arena *arena,
                   const void **out, struct error *err)
{
    const struct filling filling = {arena, err};
    const struct path root = {0};
    void *record;

    if (!guard_check(decoder->writer.root, payload, err)) {
        return false;
    }
    avro_reader_memory_set_source(decoder->reader, (const char *)payload.data,
                                  (int64_t)payload.size);
    if (avro_value_reset(&decoder->value) != 0 ||
        avro_value_read(decoder->reader, &decoder->value) != 0) {
        return error_set(err, ERROR_REJECT, "Avro C cannot read it: %s", avro_strerror());
    }
    record = arena_alloc(arena, decoder->plan->type->struct_bytes);
    if (!fill_record(&filling, decoder->plan, &decoder->value, &root, record)) {
        return false;
    }
    *out = record;
    return true;
}
