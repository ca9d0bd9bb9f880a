#include "common/avro/path.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct spelling {
    char text[128];
    size_t length;
};

static void put(struct spelling *out, const char *text)
{
    const size_t room = sizeof out->text - 1 - out->length;
    const size_t length = strlen(text) < room ? strlen(text) : room;

    memcpy(out->text + out->length, text, length);
    out->length += length;
}

static void spell(const struct path *path, struct spelling *out)
{
    char index[32];

    if (path == NULL || path->parent == NULL) {
        return;
    }
    spell(path->parent, out);
    if (path->name != NULL) {
        put(out, out->length > 0 ? "." : "");
        put(out, path->name);
        return;
    }
    (void)snprintf(index, sizeof index, "[%zu]", path->index);
    put(out, index);
}

void path_text(const struct path *path, char *out, size_t out_bytes)
{
    struct spelling where = {0};

    spell(path, &where);
    (void)snprintf(out, out_bytes, "%s", where.text);
}

bool path_reject(struct error *err, const struct path *path, const char *format, ...)
{
    struct spelling where = {0};
    char message[192];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    spell(path, &where);
    return error_set(err, ERROR_REJECT, "%s%s%s", where.text, where.length > 0 ? ": " : "",
                     message);
}
