#ifndef CLI_DROP_H
#define CLI_DROP_H

#include "cli/options.h"
#include "common/base/arena.h"
#include "common/base/digest.h"
#include "common/base/error.h"

/** SHA-256 of a file's content, as the gateways tell files apart. REJECT when it cannot be read. */
bool drop_sha256(const char *path, char out[static DIGEST_HEX_BYTES], struct error *err) MUST_CHECK;

/** Puts a copy of `path` into a drop folder, its sidecar first: what `path.meta.json` says, with the
 *  layout and as-of of the options over it. A name that is taken there gets a number. */
bool drop_file(const char *path, const char *folder, const struct options *options,
               struct arena *arena, struct error *err) MUST_CHECK;

#endif
