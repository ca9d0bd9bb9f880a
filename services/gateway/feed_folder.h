#ifndef SERVICES_GATEWAY_FEED_FOLDER_H
#define SERVICES_GATEWAY_FEED_FOLDER_H

#include "common/base/arena.h"
#include "common/base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* The drop folder: a file appears by rename and leaves once it is worked off. */

#define FEED_SIDECAR_SUFFIX ".meta.json"

/** Tells one file from another that takes its name later. */
struct feed_stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct feed_name {
    const char *name;
    struct feed_stamp stamp;
};

/** The data files that are there now, the oldest first; sidecars, unfinished (.part, .tmp) and hidden ones are none. Texts and
 *  list are the arena's. RETRY. */
bool feed_folder_scan(const char *folder, struct arena *arena, struct feed_name **out,
                      size_t *count, struct error *err) MUST_CHECK;

/** Moves a file and its sidecar into a folder within the drop folder. A file that is gone, or another one of that
 *  name, is left alone: it is safe to repeat. */
bool feed_folder_move(const char *folder, const struct feed_name *file, const char *into,
                      struct error *err) MUST_CHECK;

#endif
