#ifndef SERVICES_GATEWAY_ARCHIVE_H
#define SERVICES_GATEWAY_ARCHIVE_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/digest.h"
#include "common/base/error.h"

/* The immutable archive: `<root>/<institution>/<file_id>/` holds the file as it came (`contenido`), who it was
 * (`ficha.json`) and the report on it (`informe.csv`, made once all rows are committed). A folder appears by rename, whole and on disk. */

/** A file that is being taken in: copied, not yet under its name. */
struct archive_copy {
    const char *folder; /**< temporary */
    char sha256[DIGEST_HEX_BYTES];
    bool utf8; /**< all of it */
};

/** Makes a folder and those above it. RETRY. */
bool archive_folder(const char *path, struct error *err) MUST_CHECK;

/** Copies `path` into a temporary folder of `<root>/<institution>` and digests it on the way. RETRY when the disk is
 *  full or the file cannot be read. */
bool archive_begin(const char *root, const char *institution, const char *path, struct arena *arena,
                   struct archive_copy *out, struct error *err) MUST_CHECK;

/** Gives it its name; the same file may be there already. `*folder` is the arena's. */
bool archive_keep(const struct archive_copy *copy, const char *root, const char *institution,
                  const char *file_id, struct bytes card, struct arena *arena, const char **folder,
                  struct error *err) MUST_CHECK;

/** Writes a whole file of a folder: it appears by rename, on disk. RETRY. */
bool archive_write(const char *folder, const char *name, struct bytes content,
                   struct error *err) MUST_CHECK;

#endif
