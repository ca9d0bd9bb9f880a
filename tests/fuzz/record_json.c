#include "common/avro/record_json.h"
#include "common/avro/binder.h"
#include "events.h"
#include "tests/fuzz/fuzz.h"

/* Records as JSON. What is taken is written as JSON and as Avro, and comes back as the same record; what is refused
 * is refused with the place of its fault.
 *
 * Input: the event's name to a line feed, and the JSON. */

static void check(const struct record_type *type, const void *record, struct arena *arena)
{
    struct error err = {0};
    const void *again = NULL;
    json_t *json = record_json(type, record);
    struct record_encoder *encoder = NULL;
    struct record_decoder *decoder = NULL;
    struct buffer binary = {0};

    FUZZ_CHECK(record_from_json(type, json, arena, &again, &err), "%s: its own JSON is refused: %s",
               type->name, err.message);
    FUZZ_CHECK(record_equal(type, record, again), "%s: another record after JSON", type->name);
    json_decref(json);
    FUZZ_CHECK(record_encoder_create(type, &encoder, &err) &&
                   record_decoder_create(type, type->schema_json, &decoder, &err),
               "%s: %s", type->name, err.message);
    FUZZ_CHECK(record_encode(encoder, record, &binary, &err), "%s: JSON that is no Avro: %s",
               type->name, err.message);
    FUZZ_CHECK(record_decode(decoder, buffer_view(&binary), arena, &again, &err),
               "%s: what was written cannot be read: %s", type->name, err.message);
    FUZZ_CHECK(record_equal(type, record, again), "%s: another record after Avro", type->name);
    record_encoder_destroy(encoder);
    record_decoder_destroy(decoder);
    buffer_finish(&binary);
}

static const char *name_of(size_t index)
{
    return event_types[index]->name;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const struct record_type *type =
        event_types[fuzz_choice(&input, name_of, event_type_count, &arena)];
    const struct bytes text = fuzz_rest(&input);
    json_t *json = json_loadb((const char *)text.data, text.size, 0, NULL);
    struct error err = {0};
    const void *record = NULL;

    if (json != NULL && record_from_json(type, json, &arena, &record, &err)) {
        check(type, record, &arena);
    } else if (json != NULL) {
        FUZZ_CHECK(err.action == ERROR_REJECT && err.message[0] != '\0', "refused without a word");
        FUZZ_CHECK(record == NULL, "the output was touched");
    }
    json_decref(json);
    arena_finish(&arena);
}
