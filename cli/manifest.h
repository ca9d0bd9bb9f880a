#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/** A file that is to be loaded: for whom, from where, as what. */
struct manifest_item {
    const char *institution;
    const char *path;
    const char *layout; /**< NULL: recognised from the header */
};

/** Reads a list of files: lines institucion,archivo,layout under that header, in the order in which they
 *  are to be loaded; layout may be blank. A file lies in the folder of its institution beside the list.
 *  REJECT, naming the line, when it is no such list. Items and texts are the arena's. */
bool manifest_read(const char *path, struct arena *arena, struct manifest_item **out, size_t *count,
                   struct error *err) MUST_CHECK;

#endif
