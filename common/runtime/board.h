#ifndef COMMON_RUNTIME_BOARD_H
#define COMMON_RUNTIME_BOARD_H

#include "common/avro/schema_list.h"
#include "common/base/buffer.h"

/**
 * What the loop shows the http thread beyond single numbers. The loop puts copies up whole and never
 * looks back; the reader sees one of them under a mutex, for as long as an answer takes to write.
 */
struct board;

struct board_view {
    const struct schema_list *schemas; /**< NULL: `_schemas` is not read yet */
    const char *figures;               /**< text of labelled metrics; "" at first */
};

struct board *board_create(void);
/** Accepts NULL. */
void board_destroy(struct board *board);

/** These take what they are given over and leave it zeroed; a NULL board throws it away. */
void board_put_schemas(struct board *board, struct schema_list *schemas);
void board_put_figures(struct board *board, struct buffer *figures);

/** Shows the board to `visit`; the view ends with the call. */
void board_read(struct board *board, void (*visit)(void *context, const struct board_view *view),
                void *context);

#endif
