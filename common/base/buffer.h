#ifndef COMMON_BUFFER_H
#define COMMON_BUFFER_H

#include "common/base/error.h"

#include <stddef.h>
#include <stdint.h>

/** A borrowed stretch of bytes. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

/** Growing bytes on the heap. Zeroed is empty; release with buffer_finish. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_append_u8(struct buffer *buffer, uint8_t value);
/** Big endian, as PostgreSQL's binary format and the Confluent wire format want them. */
void buffer_append_u32(struct buffer *buffer, uint32_t value);
void buffer_append_u64(struct buffer *buffer, uint64_t value);
/** Grows so that `size` more bytes fit; returns where they start (not yet counted in `size`). */
uint8_t *buffer_reserve(struct buffer *buffer, size_t size);
/** Empties it, keeps the memory. */
void buffer_clear(struct buffer *buffer);
void buffer_finish(struct buffer *buffer);
/** Lends the content. Valid until the next call on the buffer. */
struct bytes buffer_view(const struct buffer *buffer);
/** NUL-terminated content, NUL not counted in `size`. Valid until the next call on the buffer. */
const char *buffer_text(struct buffer *buffer);

#endif
