#include "services/gateway/sidecar.h"

#include "common/base/buffer.h"
#include "common/base/date.h"
#include "common/base/digest.h"
#include "common/base/instant.h"
#include "common/base/text.h"
#include "services/gateway/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIDECAR_BYTES_MAX = 64 * 1024, DIGEST_SHOWN = 12 };

/* What is no regular file says nothing, and must not hold us up: a pipe would block whoever opens it. */
static FILE *open_regular(const char *path, bool *odd, bool *failed)
{
    const int file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    *odd = file < 0 && (errno == ELOOP || errno == EACCES || errno == ENXIO);
    *failed = file < 0 && !*odd && errno != ENOENT && errno != ENAMETOOLONG;
    if (file < 0) {
        return NULL;
    }
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        *odd = true;
        (void)close(file);
        return NULL;
    }
    return fdopen(file, "rb");
}

static bool slurp(const char *path, struct buffer *text, bool *found, bool *odd, struct error *err)
{
    bool failed;
    FILE *file = open_regular(path, odd, &failed);
    bool good;

    *found = file != NULL || *odd;
    if (file == NULL) {
        return !failed || error_set(err, ERROR_RETRY, "cannot open %s: %s", path, strerror(errno));
    }
    text->size = fread(buffer_reserve(text, SIDECAR_BYTES_MAX + 1), 1, SIDECAR_BYTES_MAX + 1, file);
    good = ferror(file) == 0 ||
           error_set(err, ERROR_RETRY, "cannot read %s: %s", path, strerror(errno));
    (void)fclose(file);
    return good;
}

/* A text member; false when something else stands there. */
static bool text_member(const json_t *object, const char *name, struct arena *arena,
                        const char **out)
{
    const json_t *value = json_object_get(object, name);

    if (value == NULL || json_is_null(value)) {
        return true;
    }
    *out = text_trim(arena, json_string_value(value));
    return *out != NULL;
}

static bool read_as_of(const char *text, struct sidecar *out)
{
    int32_t day;

    out->has_as_of = true;
    if (strlen(text) == DATE_TEXT_BYTES - 1 && date_parse_iso(text, &day)) {
        out->as_of = day * DATE_DAY_MICROSECONDS;
        return true;
    }
    return instant_parse(text, &out->as_of);
}

static struct reason_said read_members(const json_t *object, struct arena *arena,
                                       struct sidecar *out)
{
    const char *as_of = NULL;
    const char *nature = NULL;

    if (!json_is_object(object)) {
        return (struct reason_said){.why = REASON_SIDECAR_NO_OBJECT};
    }
    if (!text_member(object, "layout", arena, &out->layout) ||
        !text_member(object, "as_of", arena, &as_of) ||
        !text_member(object, "nature", arena, &nature)) {
        return (struct reason_said){.why = REASON_SIDECAR_NO_TEXTS};
    }
    if (as_of != NULL && !read_as_of(as_of, out)) {
        return (struct reason_said){REASON_SIDECAR_AS_OF, {NULL, cell_shown(arena, as_of)}};
    }
    if (nature != NULL && strcmp(nature, "demostracion") != 0 && strcmp(nature, "real") != 0) {
        return (struct reason_said){REASON_SIDECAR_NATURE, {NULL, cell_shown(arena, nature)}};
    }
    out->invented = nature != NULL && strcmp(nature, "demostracion") == 0;
    return (struct reason_said){0};
}

/* Of what it says, not of how it is written. */
static const char *digest_of(const struct sidecar *sidecar, const struct buffer *text,
                             struct arena *arena)
{
    struct digest digest = {0};
    uint8_t hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    digest_begin(&digest);
    if (sidecar->fault.why != REASON_NONE) {
        digest_add(&digest, text->data, text->size);
    } else {
        digest_add_text(&digest, sidecar->layout);
        digest_add_int64(&digest, sidecar->has_as_of ? sidecar->as_of : INT64_MIN);
        digest_add_int64(&digest, sidecar->invented ? 1 : 0);
    }
    digest_end(&digest, hash);
    digest_finish(&digest);
    digest_hex(hash, hex);
    return arena_text(arena, hex, DIGEST_SHOWN);
}

bool sidecar_read(const char *path, struct arena *arena, struct sidecar *out, struct error *err)
{
    struct buffer text = {0};
    json_error_t fault;
    json_t *object;
    bool found;
    bool odd;
    const bool good = slurp(path, &text, &found, &odd, err);

    *out = (struct sidecar){0};
    if (good && found) {
        object = text.size > SIDECAR_BYTES_MAX ? NULL
                                               : json_loadb((const char *)text.data, text.size,
                                                            JSON_REJECT_DUPLICATES, &fault);
        if (odd) {
            out->fault.why = REASON_SIDECAR_ODD;
        } else if (object == NULL) {
            out->fault.why = REASON_SIDECAR_NO_JSON;
        } else {
            out->fault = read_members(object, arena, out);
        }
        json_decref(object);
        if (out->fault.why != REASON_NONE || out->layout != NULL || out->has_as_of ||
            out->invented) {
            out->digest = digest_of(out, &text, arena);
        }
    }
    buffer_finish(&text);
    return good;
}
