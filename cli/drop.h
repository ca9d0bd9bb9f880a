#ifndef CLI_DROP_H
#define CLI_DROP_H

#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"

#include <stdint.h>

/** SHA-256 of a file's content, as the gateways tell files apart. REJECT when it cannot be read. */
bool drop_sha256(const char *path, char out[static DIGEST_HEX_BYTES], struct error *err) MUST_CHECK;

/** What is said of a file besides its content; NULL: nothing. */
struct drop_said {
    const char *name; /**< under which it is delivered; NULL: its own */
    const char *layout;
    const char *as_of;
    const char *nature; /**< real, demostracion */
    int64_t came_at;    /**< microseconds since 1970: its place among those that wait; 0: now */
};

/** Whether a gateway takes a file of this name: hidden ones, unfinished ones (.part, .tmp) and sidecars are none. */
bool drop_name_taken(const char *path);

/** Puts a copy of `path` into a drop folder, its sidecar first: what `path.meta.json` says, with
 *  `said` over it. A name that is taken there gets a number. */
bool drop_file(const char *path, const char *folder, const struct drop_said *said,
               struct arena *arena, struct error *err) MUST_CHECK;

#endif
