#ifndef COMMON_RUNTIME_ROUTE_H
#define COMMON_RUNTIME_ROUTE_H

#include "common/avro/schema_list.h"
#include "common/base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/** A GET. The path is as it was sent, still percent-encoded, without the query. */
struct http_request {
    const char *path;
    const struct schema_list *schemas; /**< NULL: `_schemas` is not read yet */
};

struct http_answer {
    unsigned int status;
    const char *content_type; /**< static */
    struct buffer body;
};

/**
 * A path that a service answers on its internal port, beside the runtime's own. Called in the http thread:
 * it reads the request and nothing of the loop, which goes on meanwhile.
 */
struct route {
    const char *prefix; /**< "/subjects": this path and those below */
    void (*answer)(const struct http_request *request, struct http_answer *answer);
};

/** The route for a path in a list that ends with a zeroed one (or NULL); NULL when there is none. */
const struct route *route_find(const struct route *routes, const char *path);

/**
 * Takes the next segment off `*path`, decoded. False at the end (`**path` is 0 then), and, with the path
 * left alone, for a segment that is malformed, holds a NUL or does not fit.
 */
bool route_segment(const char **path, char *out, size_t out_bytes);

#endif
