#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include "common/base/error.h"

#include <stddef.h>

struct arena_block;

/** Memory that is freed all at once: what belongs to one batch, one file row, one command. A zeroed
 *  arena is ready for use. Running out of memory ends the process: state is safe in PostgreSQL. */
struct arena {
    struct arena_block *head;
    size_t used_bytes; /**< handed out since the last reset */
};

/** Zeroed memory aligned for any type; owned by the arena. */
void *arena_alloc(struct arena *arena, size_t bytes);

/** Zeroed array of `count` items of `item_bytes`; ends the process if the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t item_bytes);

/** NUL-terminated copy of `length` bytes. */
char *arena_text(struct arena *arena, const char *bytes, size_t length);

/** NUL-terminated copy of a string; NULL stays NULL. */
char *arena_copy(struct arena *arena, const char *text);

/** printf into the arena. */
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/** Forgets all content, keeps one block for reuse. */
void arena_reset(struct arena *arena);

/** Frees everything; accepts a zeroed arena. */
void arena_finish(struct arena *arena);

/** malloc, realloc and strdup that end the process when memory runs out. For long-lived objects only;
 *  released with free(). */
void *memory_alloc(size_t bytes);
void *memory_resize(void *block, size_t bytes);
char *memory_copy(const char *text);

#endif
