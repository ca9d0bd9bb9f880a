#include "common/avro/wire.h"

void wire_append_header(struct buffer *out, int32_t schema_id)
{
    buffer_append_u8(out, 0);
    buffer_append_u32(out, (uint32_t)schema_id);
}

bool wire_split(struct bytes message, int32_t *schema_id, struct bytes *payload, struct error *err)
{
    uint32_t id = 0;

    if (message.size < WIRE_HEADER_BYTES) {
        return error_set(err, ERROR_REJECT, "message of %zu bytes is shorter than its header",
                         message.size);
    }
    if (message.data[0] != 0) {
        return error_set(err, ERROR_REJECT, "message starts with 0x%02x, not 0x00",
                         message.data[0]);
    }
    for (size_t i = 1; i < WIRE_HEADER_BYTES; i++) {
        id = id << 8 | message.data[i];
    }
    if (id > INT32_MAX) {
        return error_set(err, ERROR_REJECT, "schema id %u is out of range", id);
    }
    *schema_id = (int32_t)id;
    *payload = (struct bytes){message.data + WIRE_HEADER_BYTES, message.size - WIRE_HEADER_BYTES};
    return true;
}
