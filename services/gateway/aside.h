#ifndef SERVICES_GATEWAY_ASIDE_H
#define SERVICES_GATEWAY_ASIDE_H

#include "services/gateway/feed_record.h"

/* A row that was set aside, read again. Pure: the gateway takes it so, and `abasto quarantine` says before what would
 * come of it. */

/** A row as it came, and what its file says of it. */
struct aside_content {
    const char *layout;
    const char *file_name;
    const char *sha256;
    bool has_as_of;
    int64_t as_of; /**< microseconds */
    bool invented;
    int64_t row_number;
    const char *const *titles;
    size_t title_count;
    const char *const *cells;
    size_t cell_count;
};

/** How a row that was corrected is delivered: said in remarks. */
#define ASIDE_AGAIN "corríjala con abasto quarantine fix"

/** The row read by its layout as that is now, all its readings. False with a sentence in Spanish when the layout is gone
 *  or its columns no longer stand in the header. Memory is the arena's. */
bool aside_read(const struct layout_set *layouts, const char *institution,
                const struct aside_content *content, struct arena *arena,
                struct feed_row_record *out, const char **fault);

/** An array of texts as JSON. */
const char *aside_texts_write(const char *const *texts, size_t count, struct arena *arena);
/** And back. FATAL when it is none: only the gateway writes it. */
bool aside_texts_read(const char *json, struct arena *arena, const char *const **out, size_t *count,
                      struct error *err) MUST_CHECK;

/** Whether two rows have the same cells; empty ones too many at the end do not count. */
bool aside_same_cells(const struct aside_content *a, const struct aside_content *b);
/** The cell under a title, or "" where the row ends before it. */
const char *aside_cell(const struct aside_content *content, size_t index);

#endif
