#include "common/avro/registry.h"

#include "common/avro/record_json.h"

#include <stdlib.h>
#include <string.h>

static void append_json(struct buffer *out, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);

    buffer_append_text(out, text);
    free(text);
    json_decref(json);
}

void schema_record_write(const struct schema_record *record, struct buffer *key,
                         struct buffer *value)
{
    append_json(key, json_pack("{s:s, s:s, s:i, s:i}", "keytype", "SCHEMA", "subject",
                               record->subject, "version", (int)record->version, "magic", 1));
    append_json(value, json_pack("{s:s, s:i, s:i, s:s, s:b}", "subject", record->subject, "version",
                                 (int)record->version, "id", (int)record->id, "schema",
                                 record->schema_json, "deleted", (int)record->deleted));
}

static bool read_number(const json_t *value, const char *name, int32_t *out)
{
    const json_t *number = json_object_get(value, name);

    if (!json_is_integer(number) || json_integer_value(number) < 0 ||
        json_integer_value(number) > INT32_MAX) {
        return false;
    }
    *out = (int32_t)json_integer_value(number);
    return true;
}

static bool read_value(const json_t *value, struct arena *arena, struct schema_record *out,
                       bool *found, struct error *err)
{
    const char *subject = json_string_value(json_object_get(value, "subject"));
    const char *schema = json_string_value(json_object_get(value, "schema"));
    const char *type = json_string_value(json_object_get(value, "schemaType"));
    struct schema_record record = {0};

    if (type != NULL && strcmp(type, "AVRO") != 0) {
        *found = false;
        return true;
    }
    if (subject == NULL || schema == NULL || !read_number(value, "version", &record.version) ||
        !read_number(value, "id", &record.id)) {
        return error_set(err, ERROR_REJECT, "a SCHEMA record lacks subject, version, id or schema");
    }
    record.subject = arena_copy(arena, subject);
    record.schema_json = arena_copy(arena, schema);
    record.deleted = json_is_true(json_object_get(value, "deleted"));
    *out = record;
    *found = true;
    return true;
}

bool schema_record_read(struct bytes key, struct bytes value, struct arena *arena,
                        struct schema_record *out, bool *found, struct error *err)
{
    json_t *key_json;
    json_t *value_json;
    const char *kind;
    bool schema;
    bool done;

    *found = false;
    if (key.data == NULL || value.data == NULL) {
        return true; /* a tombstone, or a record that no registry wrote */
    }
    key_json = json_loadb((const char *)key.data, key.size, 0, NULL);
    kind = json_string_value(json_object_get(key_json, "keytype"));
    if (kind == NULL) {
        json_decref(key_json);
        return error_set(err, ERROR_REJECT, "a key of _schemas is not JSON with a keytype");
    }
    schema = strcmp(kind, "SCHEMA") == 0;
    json_decref(key_json);
    if (!schema) {
        return true;
    }
    value_json = json_loadb((const char *)value.data, value.size, 0, NULL);
    if (!json_is_object(value_json)) {
        json_decref(value_json);
        return error_set(err, ERROR_REJECT, "a value of _schemas is not a JSON object");
    }
    done = read_value(value_json, arena, out, found, err);
    json_decref(value_json);
    return done;
}
