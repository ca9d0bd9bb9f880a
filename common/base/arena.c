#include "common/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static void out_of_memory(size_t bytes)
{
    (void)fprintf(stderr,
                  "{\"level\":\"fatal\",\"message\":\"out of memory asking for %zu bytes\"}\n",
                  bytes);
    abort();
}

void *memory_alloc(size_t bytes)
{
    void *block = calloc(1, bytes > 0 ? bytes : 1);

    if (block == NULL) {
        out_of_memory(bytes);
    }
    return block;
}

void *memory_resize(void *block, size_t bytes)
{
    void *resized = realloc(block, bytes > 0 ? bytes : 1);

    if (resized == NULL) {
        out_of_memory(bytes);
    }
    return resized;
}

char *memory_copy(const char *text)
{
    const size_t length = strlen(text);
    char *copy = memory_alloc(length + 1);

    memcpy(copy, text, length + 1);
    return copy;
}

static struct arena_block *block_create(size_t bytes, struct arena_block *next)
{
    const size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    struct arena_block *block = malloc(sizeof *block + size);

    if (block == NULL) {
        out_of_memory(size);
        return NULL;
    }
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    size_t rounded;
    void *result;

    if (bytes > SIZE_MAX / 2) {
        out_of_memory(bytes);
    }
    rounded = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (arena->head == NULL || arena->head->size - arena->head->used < rounded) {
        arena->head = block_create(rounded, arena->head);
    }
    result = arena->head->bytes + arena->head->used;
    arena->head->used += rounded;
    arena->used_bytes += rounded;
    memset(result, 0, rounded);
    return result;
}

void *arena_array(struct arena *arena, size_t count, size_t item_bytes)
{
    if (item_bytes != 0 && count > SIZE_MAX / 4 / item_bytes) {
        out_of_memory(SIZE_MAX);
    }
    return arena_alloc(arena, count * item_bytes);
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
    char *text = arena_alloc(arena, length + 1);

    if (length > 0) {
        memcpy(text, bytes, length);
    }
    return text;
}

char *arena_copy(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;
    int length;
    char *text;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = arena_alloc(arena, (size_t)(length > 0 ? length : 0) + 1);
    (void)vsnprintf(text, (size_t)(length > 0 ? length : 0) + 1, format, again);
    va_end(again);
    return text;
}

void arena_reset(struct arena *arena)
{
    while (arena->head != NULL && arena->head->next != NULL) {
        struct arena_block *next = arena->head->next;

        free(arena->head);
        arena->head = next;
    }
    if (arena->head != NULL) {
        arena->head->used = 0;
    }
    arena->used_bytes = 0;
}

void arena_finish(struct arena *arena)
{
    arena_reset(arena);
    free(arena->head);
    arena->head = NULL;
}
