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

/** Rows of a CSV file below its header: ends of line outside quotes. REJECT when it cannot be read. */
bool progress_count_rows(const char *path, int64_t *out, struct error *err) MUST_CHECK;

/** One line: bar, share, rows, files, and the name of what is being read. The arena's. */
const char *progress_text(const struct progress *progress, const char *name, struct arena *arena);

#endif
