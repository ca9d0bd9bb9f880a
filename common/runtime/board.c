#include "common/runtime/board.h"

#include <pthread.h>
#include <stdlib.h>

struct board {
    pthread_mutex_t mutex;
    struct schema_list schemas;
    bool has_schemas;
    struct buffer figures;
};

struct board *board_create(void)
{
    struct board *board = memory_alloc(sizeof *board);

    (void)pthread_mutex_init(&board->mutex, NULL); /* cannot fail with default attributes */
    return board;
}

void board_destroy(struct board *board)
{
    if (board == NULL) {
        return;
    }
    (void)pthread_mutex_destroy(&board->mutex);
    schema_list_finish(&board->schemas);
    buffer_finish(&board->figures);
    free(board);
}

void board_put_schemas(struct board *board, struct schema_list *schemas)
{
    struct schema_list old = *schemas;

    if (board != NULL) {
        (void)pthread_mutex_lock(&board->mutex);
        old = board->schemas;
        board->schemas = *schemas;
        board->has_schemas = true;
        (void)pthread_mutex_unlock(&board->mutex);
    }
    *schemas = (struct schema_list){0};
    schema_list_finish(&old);
}

void board_put_figures(struct board *board, struct buffer *figures)
{
    struct buffer old = *figures;

    if (board != NULL) {
        (void)pthread_mutex_lock(&board->mutex);
        old = board->figures;
        board->figures = *figures;
        (void)pthread_mutex_unlock(&board->mutex);
    }
    *figures = (struct buffer){0};
    buffer_finish(&old);
}

void board_read(struct board *board, void (*visit)(void *context, const struct board_view *view),
                void *context)
{
    struct board_view view = {.figures = ""};

    if (board == NULL) {
        visit(context, &view);
        return;
    }
    (void)pthread_mutex_lock(&board->mutex);
    view.schemas = board->has_schemas ? &board->schemas : NULL;
    view.figures = buffer_text(&board->figures);
    visit(context, &view);
    (void)pthread_mutex_unlock(&board->mutex);
}
