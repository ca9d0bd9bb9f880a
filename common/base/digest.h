#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include "common/base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65 };

struct evp_md_ctx_st;

/** A running SHA-256 (libcrypto). Zeroed is ready for digest_begin; may be begun again and again;
 *  release with digest_finish. If libcrypto cannot give a SHA-256 the process ends, as when memory
 *  runs out. */
struct digest {
    struct evp_md_ctx_st *context;
};

/** Starts anew, forgetting what was added. */
void digest_begin(struct digest *digest);

/** Adds raw bytes, as a file's digest wants them. */
void digest_add(struct digest *digest, const void *bytes, size_t size);

/** Add one field of a fact: with length and a mark for NULL, so that neighbouring fields cannot run
 *  together and NULL differs from "". */
void digest_add_text(struct digest *digest, const char *text);
void digest_add_int64(struct digest *digest, int64_t value);

/** The digest of what was added since digest_begin. */
void digest_end(struct digest *digest, uint8_t out[static DIGEST_BYTES]);

/** Releases it; accepts a zeroed one. */
void digest_finish(struct digest *digest);

/** SHA-256 of one stretch of bytes. */
void digest_sha256(const void *bytes, size_t size, uint8_t out[static DIGEST_BYTES]);

/** Lower-case hexadecimal. */
void digest_hex(const uint8_t digest[static DIGEST_BYTES], char out[static DIGEST_HEX_BYTES]);

/** Copies `text` into `out` of `out_bytes` (at least 32). What does not fit is cut at a whole
 *  character and ends in '~' and 16 hexadecimal digits of the digest of the whole, so that two long
 *  texts stay two. Returns whether it was shortened. */
bool digest_shorten(const char *text, char *out, size_t out_bytes);

#endif
