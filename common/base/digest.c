#include "common/base/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT_HEX_DIGITS = 16 };

static void must(bool succeeded)
{
    if (!succeeded) {
        (void)fputs("{\"level\":\"error\",\"message\":\"libcrypto gives no SHA-256\"}\n", stderr);
        abort();
    }
}

void digest_begin(struct digest *digest)
{
    if (digest->context == NULL) {
        digest->context = EVP_MD_CTX_new();
        must(digest->context != NULL &&
             EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) == 1);
        return;
    }
    must(EVP_DigestInit_ex(digest->context, NULL, NULL) == 1); /* same algorithm, fetched once */
}

void digest_add(struct digest *digest, const void *bytes, size_t size)
{
    if (size > 0) {
        must(EVP_DigestUpdate(digest->context, bytes, size) == 1);
    }
}

static void add_marked(struct digest *digest, uint8_t mark, uint64_t value)
{
    uint8_t bytes[9] = {mark};

    for (int i = 0; i < 8; i++) {
        bytes[8 - i] = (uint8_t)(value >> (8 * i));
    }
    digest_add(digest, bytes, sizeof bytes);
}

void digest_add_text(struct digest *digest, const char *text)
{
    const size_t length = text == NULL ? 0 : strlen(text);

    add_marked(digest, text == NULL ? 'N' : 'T', length);
    digest_add(digest, text, length);
}

void digest_add_int64(struct digest *digest, int64_t value)
{
    add_marked(digest, 'I', (uint64_t)value);
}

void digest_end(struct digest *digest, uint8_t out[static DIGEST_BYTES])
{
    must(EVP_DigestFinal_ex(digest->context, out, NULL) == 1);
}

void digest_finish(struct digest *digest)
{
    EVP_MD_CTX_free(digest->context);
    digest->context = NULL;
}

void digest_sha256(const void *bytes, size_t size, uint8_t out[static DIGEST_BYTES])
{
    must(EVP_Digest(size > 0 ? bytes : "", size, out, NULL, EVP_sha256(), NULL) == 1);
}

void digest_hex(const uint8_t digest[static DIGEST_BYTES], char out[static DIGEST_HEX_BYTES])
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 0x0F];
    }
    out[DIGEST_HEX_BYTES - 1] = '\0';
}

bool digest_shorten(const char *text, char *out, size_t out_bytes)
{
    const size_t length = strlen(text);
    uint8_t digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    size_t kept = out_bytes - SHORT_HEX_DIGITS - 2; /* '~' and NUL */

    assert(out_bytes >= 32);
    if (length < out_bytes) {
        memcpy(out, text, length + 1);
        return false;
    }
    while (kept > 0 && ((uint8_t)text[kept] & 0xC0) == 0x80) {
        kept--; /* not in the middle of a character */
    }
    digest_sha256(text, length, digest);
    digest_hex(digest, hex);
    memcpy(out, text, kept);
    out[kept] = '~';
    memcpy(out + kept + 1, hex, SHORT_HEX_DIGITS);
    out[kept + 1 + SHORT_HEX_DIGITS] = '\0';
    return true;
}
