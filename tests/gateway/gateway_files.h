#ifndef TESTS_GATEWAY_FILES_H
#define TESTS_GATEWAY_FILES_H

#include "common/base/arena.h"
#include "services/gateway/layout_parts.h"
#include "services/gateway/row.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** What a whole file came to. */
struct file_sum {
    int64_t rows;
    int64_t taken;
    int64_t warned;
    int64_t set_aside;
    const char *layout; /**< recognised; NULL: `message` says why not */
    const char *message;
    struct table_form form;
    int64_t as_of; /**< newest of the as_of column; INT64_MIN: the layout has none */
};

/** Called for each row; the row is gone afterwards. */
typedef void file_row_taker(const struct reported_row *row, void *context);

/** A path under the project's root. */
const char *source_path(struct arena *arena, const char *path);

/** The project's own layouts. */
const struct layout_set *project_layouts(struct arena *arena);

/** A stream over bytes in memory, which must outlive it. */
FILE *stream_of(const char *bytes, size_t size);

/** Recognises and reads a stream as the gateway does; closes it. `wanted` layout NULL: by the header. */
struct file_sum read_stream(FILE *stream, const char *institution, const char *wanted,
                            const struct row_catalogue *catalogue, struct arena *arena,
                            file_row_taker *take, void *context);

/** The same for a file of the project. */
struct file_sum read_project_file(const char *path, const char *institution,
                                  const struct row_catalogue *catalogue, struct arena *arena,
                                  file_row_taker *take, void *context);

/** The claves of deploy/demo/catalogo/claves.csv. */
struct row_catalogue demo_catalogue(struct arena *arena);

#endif
