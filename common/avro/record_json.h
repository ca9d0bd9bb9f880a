#ifndef COMMON_AVRO_RECORD_JSON_H
#define COMMON_AVRO_RECORD_JSON_H

#include "common/avro/record.h"

#include <jansson.h>

/**
 * A record as JSON: decimals as strings ("1234.50"), dates as "2025-08-31", instants as
 * "2025-08-31T12:00:00.000000Z", enums by symbol, bytes as hexadecimal text, null fields as null. The caller owns the reference. Text must be UTF-8.
 */
json_t *record_json(const struct record_type *type, const void *record);

/** The same as compact text, owned by the arena. */
const char *record_json_text(struct arena *arena, const struct record_type *type,
                             const void *record);

/**
 * Reads what record_json writes. Fields that are missing take the schema's default, or null where
 * they may be null; a missing field without either, an unknown field and a value of another kind
 * are REJECT, named by their path ("receipt.lots[2].expires_on").
 * `out` is a struct of `type` in the arena, untouched on failure.
 */
MUST_CHECK bool record_from_json(const struct record_type *type, const json_t *json,
                                 struct arena *arena, const void **out, struct error *err);

/** Fills one member from the field's default of the schema (Avro's own JSON). REJECT when it has none. */
MUST_CHECK bool record_field_default(const struct record_field *field, struct arena *arena,
                                     void *record, struct error *err);

#endif
