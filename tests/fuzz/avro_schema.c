#include "common/avro/registry.h"
#include "common/avro/wire.h"
#include "events.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Records of `_schemas` that some registry wrote, and messages by the schemas they bring: what is no such record
 * costs itself, what is one is written and read as the same, and whatever a writer's schema is, the guard lets
 * nothing through that Avro C cannot read.
 *
 * Input: key, NUL, value, NUL, a payload by that schema. */

static void check_writing(const struct schema_record *record, struct arena *arena)
{
    struct buffer key = {0};
    struct buffer value = {0};
    struct schema_record again = {0};
    struct error err = {0};
    bool found = false;

    schema_record_write(record, &key, &value);
    FUZZ_CHECK(
        schema_record_read(buffer_view(&key), buffer_view(&value), arena, &again, &found, &err) &&
            found,
        "a record of ours is not understood: %s", err.message);
    FUZZ_CHECK(strcmp(record->subject, again.subject) == 0 &&
                   strcmp(record->schema_json, again.schema_json) == 0 &&
                   record->version == again.version && record->id == again.id &&
                   record->deleted == again.deleted,
               "another record after writing");
    buffer_finish(&key);
    buffer_finish(&value);
}

static void check_message(struct registry *registry, int32_t id, struct bytes payload,
                          struct arena *arena)
{
    struct buffer message = {0};
    const struct record_type *type = NULL;
    const void *record = NULL;
    struct error err = {0};

    wire_append_header(&message, id);
    buffer_append(&message, payload.data, payload.size);
    if (registry_decode(registry, buffer_view(&message), arena, &type, &record, &err)) {
        FUZZ_CHECK(type != NULL && record != NULL, "read, and nothing is there");
        FUZZ_CHECK(record_equal(type, record, record_copy(type, record, arena)), "a copy differs");
    } else {
        FUZZ_CHECK(err.action == ERROR_REJECT, "%s: not this message's fault", err.message);
        FUZZ_CHECK(registry_type_of(registry, id) == NULL ||
                       strstr(err.message, "): Avro C cannot read it: ") == NULL,
                   "the guard let through: %s", err.message);
    }
    buffer_finish(&message);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    struct registry *registry = registry_create(event_types, event_type_count);
    const char *key = fuzz_text(&input, 0, &arena);
    const char *value = fuzz_text(&input, 0, &arena);
    const struct bytes key_bytes = {(const uint8_t *)key, strlen(key)};
    const struct bytes value_bytes = {(const uint8_t *)value, strlen(value)};
    struct schema_record record = {0};
    struct error err = {0};
    bool found = false;

    if (!schema_record_read(key_bytes, value_bytes, &arena, &record, &found, &err)) {
        FUZZ_CHECK(!found && err.action == ERROR_REJECT, "%s", err.message);
    } else if (found) {
        check_writing(&record, &arena);
        if (registry_take(registry, key_bytes, value_bytes, &err)) {
            FUZZ_CHECK(registry_knows(registry, record.id), "an id that was taken is not known");
            FUZZ_CHECK(registry_take(registry, key_bytes, value_bytes, &err),
                       "the same record again is refused: %s", err.message);
            FUZZ_CHECK(registry_count(registry) == 1, "the same record counts twice");
            FUZZ_CHECK(registry_means(registry, record.id, record.schema_json),
                       "a schema does not mean itself");
            check_message(registry, record.id, fuzz_rest(&input), &arena);
        } else {
            FUZZ_CHECK(err.action == ERROR_REJECT, "%s: one record stops a service", err.message);
        }
    }
    registry_destroy(registry);
    arena_finish(&arena);
}
