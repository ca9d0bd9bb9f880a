#ifndef COMMON_AVRO_BINDER_H
#define COMMON_AVRO_BINDER_H

#include "common/avro/record.h"

/*
 * Generated structs from and to Avro C values, bound by field name.
 * Handles are for a single thread: Debian's Avro C is not thread-safe.
 */

/** Reads messages of one writer's schema into structs of one of our records. Opaque, on the heap. */
struct record_decoder;

/**
 * Binds a writer's schema to our record: fields by name, int to long allowed, unknown fields skipped,
 * missing ones from our schema's default. REJECT when they do not fit, with field and reason.
 */
MUST_CHECK bool record_decoder_create(const struct record_type *type, const char *writer_schema,
                                      struct record_decoder **out, struct error *err);

/** Accepts NULL. */
void record_decoder_destroy(struct record_decoder *decoder);

/**
 * Checks a payload by the guard and reads it. `out` becomes a struct of the decoder's record in the
 * arena (default texts live as long as the decoder), untouched on failure. All faults of the payload
 * are REJECT.
 */
MUST_CHECK bool record_decode(struct record_decoder *decoder, struct bytes payload,
                              struct arena *arena, const void **out, struct error *err);

/** Writes structs of one record by our schema. Opaque, on the heap. */
struct record_encoder;

/** FATAL when the embedded schema is not understood: the program was built wrongly. */
MUST_CHECK bool record_encoder_create(const struct record_type *type, struct record_encoder **out,
                                      struct error *err);

/** Accepts NULL. */
void record_encoder_destroy(struct record_encoder *encoder);

/**
 * Appends the Avro binary of a struct of the encoder's record to `out`, which is untouched on
 * failure. REJECT, with the field's path: a missing text, text that is not UTF-8, an enum value
 * outside its symbols, a decimal beyond its precision, a date or instant outside the years 1 to 9999.
 */
MUST_CHECK bool record_encode(struct record_encoder *encoder, const void *record,
                              struct buffer *out, struct error *err);

#endif
