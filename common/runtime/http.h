#ifndef COMMON_RUNTIME_HTTP_H
#define COMMON_RUNTIME_HTTP_H

#include "common/base/error.h"
#include "common/runtime/board.h"
#include "common/runtime/metrics.h"
#include "common/runtime/route.h"

#include <stdint.h>

/** The internal port: /livez, /readyz, /metrics, and what the service adds. A thread of its own: of the loop it
 *  reads atomics and the board. */
struct http;

struct http_options {
    const char *address; /**< "127.0.0.1" in development */
    uint16_t port;       /**< 0: no server */
    const char *service; /**< label of the metrics */
    const struct metrics *metrics;
    struct board *board;        /**< borrowed; NULL: nothing on it */
    const struct route *routes; /**< of the service; NULL: none */
    int64_t (*now_ms)(void *context);
    void *clock_context;
    int64_t stuck_after_ms; /**< /livez fails when the loop has not turned for so long */
    int64_t
        unpublished_after_ms; /**< /readyz fails when a batch waits for so long to be published */
};

/** `out` becomes NULL when the port is 0. FATAL when the port cannot be had. */
bool http_start(const struct http_options *options, struct http **out,
                struct error *err) MUST_CHECK;

/** Accepts NULL. */
void http_stop(struct http *http);

/** Asks the server on that port for /livez: what a container's health check calls. */
bool http_probe(const char *address, uint16_t port);

struct buffer;
/** The text of /metrics, in Prometheus' format. */
void http_metrics_text(const char *service, const struct metrics *metrics, struct buffer *out);

#endif
