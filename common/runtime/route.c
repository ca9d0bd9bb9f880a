#include "common/runtime/route.h"

#include <string.h>

const struct route *route_find(const struct route *routes, const char *path)
{
    for (const struct route *route = routes; route != NULL && route->prefix != NULL; route++) {
        const size_t length = strlen(route->prefix);

        if (strncmp(path, route->prefix, length) == 0 &&
            (path[length] == '\0' || path[length] == '/')) {
            return route;
        }
    }
    return NULL;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of a segment and how many bytes it took; 0 bytes: malformed. */
static size_t decode_character(const char *at, char *out)
{
    int value;

    if (*at != '%') {
        *out = *at;
        return 1;
    }
    if (nibble(at[1]) < 0 || nibble(at[2]) < 0) {
        return 0;
    }
    value = nibble(at[1]) * 16 + nibble(at[2]);
    *out = (char)value;
    return value == 0 ? 0 : 3;
}

bool route_segment(const char **path, char *out, size_t out_bytes)
{
    const char *at = *path;
    size_t length = 0;

    while (*at == '/') {
        at++;
    }
    if (*at == '\0') {
        *path = at;
        return false;
    }
    while (*at != '\0' && *at != '/') {
        const size_t taken = length + 1 < out_bytes ? decode_character(at, out + length) : 0;

        if (taken == 0) {
            return false;
        }
        at += taken;
        length++;
    }
    out[length] = '\0';
    *path = at;
    return true;
}
