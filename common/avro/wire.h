#ifndef COMMON_AVRO_WIRE_H
#define COMMON_AVRO_WIRE_H

#include "common/base/buffer.h"

/* Confluent's wire format: 0x00, the schema id in four bytes big endian, the Avro binary. */
enum { WIRE_HEADER_BYTES = 5 };

void wire_append_header(struct buffer *out, int32_t schema_id);

/** Splits a message; `payload` lies within it. REJECT when it is too short or starts otherwise. */
MUST_CHECK bool wire_split(struct bytes message, int32_t *schema_id, struct bytes *payload,
                           struct error *err);

#endif
