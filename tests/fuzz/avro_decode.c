#include "common/avro/binder.h"
#include "common/avro/guard.h"
#include "common/avro/record_json.h"
#include "common/avro/schema.h"
#include "events.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* The Avro binary of our events: what the guard lets through Avro C reads; what was read can be written, and says
 * the same when it is read again, from Avro and from JSON.
 *
 * Input: the event's name to a line feed, and its binary. */

enum { TYPES_MAX = 64 };

/* Made once: they are what a service holds for its whole life. */
static struct {
    struct schema schema;
    struct record_decoder *decoder;
    struct record_encoder *encoder;
} codecs[TYPES_MAX];

static void prepare(size_t index)
{
    const struct record_type *type = event_types[index];
    struct error err = {0};

    if (codecs[index].decoder == NULL) {
        FUZZ_CHECK(
            schema_parse(type->schema_json, &codecs[index].schema, &err) &&
                record_decoder_create(type, type->schema_json, &codecs[index].decoder, &err) &&
                record_encoder_create(type, &codecs[index].encoder, &err),
            "%s: %s", type->name, err.message);
    }
}

static const void *decode(size_t index, struct bytes payload, struct arena *arena)
{
    struct error err = {0};
    const void *record = NULL;

    FUZZ_CHECK(record_decode(codecs[index].decoder, payload, arena, &record, &err),
               "%s: what was written cannot be read: %s", event_types[index]->name, err.message);
    return record;
}

static void check_avro(size_t index, const void *record, struct arena *arena)
{
    const struct record_type *type = event_types[index];
    struct buffer first = {0};
    struct buffer second = {0};
    struct error err = {0};
    const void *again;

    FUZZ_CHECK(record_encode(codecs[index].encoder, record, &first, &err),
               "%s: what was read cannot be written: %s", type->name, err.message);
    again = decode(index, buffer_view(&first), arena);
    FUZZ_CHECK(record_equal(type, record, again), "%s: another record after Avro", type->name);
    FUZZ_CHECK(record_equal(type, record, record_copy(type, record, arena)), "%s: its copy differs",
               type->name);
    FUZZ_CHECK(record_encode(codecs[index].encoder, again, &second, &err), "%s", err.message);
    FUZZ_CHECK(first.size == second.size &&
                   (first.size == 0 || memcmp(first.data, second.data, first.size) == 0),
               "%s: other bytes for the same record", type->name);
    buffer_finish(&first);
    buffer_finish(&second);
}

static void check_json(size_t index, const void *record, struct arena *arena)
{
    const struct record_type *type = event_types[index];
    json_t *json = record_json(type, record);
    struct error err = {0};
    const void *again = NULL;

    FUZZ_CHECK(record_from_json(type, json, arena, &again, &err), "%s: its own JSON is refused: %s",
               type->name, err.message);
    FUZZ_CHECK(record_equal(type, record, again), "%s: another record after JSON", type->name);
    json_decref(json);
}

static const char *name_of(size_t index)
{
    return event_types[index]->name;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const size_t index = fuzz_choice(&input, name_of, event_type_count, &arena);
    const struct bytes payload = fuzz_rest(&input);
    struct error guard = {0};
    struct error err = {0};
    const void *record = NULL;
    bool guarded;

    FUZZ_CHECK(event_type_count <= TYPES_MAX, "more events than this target has room for");
    prepare(index);
    guarded = guard_check(codecs[index].schema.root, payload, &guard);
    if (record_decode(codecs[index].decoder, payload, &arena, &record, &err)) {
        FUZZ_CHECK(guarded, "read past the guard");
        check_avro(index, record, &arena);
        check_json(index, record, &arena);
    } else {
        FUZZ_CHECK(err.action == ERROR_REJECT, "%s: not this message's fault", err.message);
        FUZZ_CHECK(record == NULL, "the output was touched");
        FUZZ_CHECK(strstr(err.message, "Avro C") == NULL, "the guard let through: %s", err.message);
        FUZZ_CHECK(guarded || strcmp(err.message, guard.message) == 0, "not the guard's error: %s",
                   err.message);
    }
    arena_finish(&arena);
}
