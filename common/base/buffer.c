#include "common/base/buffer.h"

#include "common/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t *buffer_reserve(struct buffer *buffer, size_t size)
{
    if (buffer->capacity - buffer->size < size) {
        size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;

        while (capacity - buffer->size < size) {
            capacity *= 2;
        }
        buffer->data = memory_resize(buffer->data, capacity);
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    if (size > 0) {
        memcpy(buffer_reserve(buffer, size), bytes, size);
        buffer->size += size;
    }
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_list again;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0) {
        uint8_t *at = buffer_reserve(buffer, (size_t)length + 1);

        (void)vsnprintf((char *)at, (size_t)length + 1, format, again);
        buffer->size += (size_t)length;
    }
    va_end(again);
}

void buffer_append_u8(struct buffer *buffer, uint8_t value)
{
    buffer_append(buffer, &value, 1);
}

void buffer_append_u32(struct buffer *buffer, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};

    buffer_append(buffer, bytes, sizeof bytes);
}

void buffer_append_u64(struct buffer *buffer, uint64_t value)
{
    buffer_append_u32(buffer, (uint32_t)(value >> 32));
    buffer_append_u32(buffer, (uint32_t)value);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
}

void buffer_finish(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

struct bytes buffer_view(const struct buffer *buffer)
{
    return (struct bytes){buffer->data, buffer->size};
}

const char *buffer_text(struct buffer *buffer)
{
    *buffer_reserve(buffer, 1) = 0;
    return (const char *)buffer->data;
}
