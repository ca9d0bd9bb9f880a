#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How far a load is. */
struct progress {
    size_t files;
    size_t files_done;
    int64_t rows; /**< of all files */
    int64_t rows_done;
};

/** How long nothing may move before whoever waits is told. */
enum { PROGRESS_PATIENCE_S = 15 };

/** How long a gateway has not read anything more; zeroed at the beginning. Times are microseconds. */
struct progress_watch {
    int64_t since;
    int64_t rows_read;
    bool told;
};

/** Whether it is time to say that nothing moves: once, until it moves again. */
bool progress_stalled(struct progress_watch *watch, int64_t rows_read, int64_t now);

/** Rows of a CSV file below its header: ends of line outside quotes. REJECT when it cannot be read. */
bool progress_count_rows(const char *path, int64_t *out, struct error *err) MUST_CHECK;

/** One line: bar, share, rows, files, and the name of what is being read. The arena's. */
const char *progress_text(const struct progress *progress, const char *name, struct arena *arena);

#endif
