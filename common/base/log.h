#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_DEBUG, /* longer names because <syslog.h> owns LOG_DEBUG */
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
};

/** One line, `write(2)`-atomic on pipes (PIPE_BUF). */
enum { LOG_LINE_BYTES = 4096, LOG_NONE = -1 };

/** What a line speaks of. Borrowed strings; absent is NULL, or LOG_NONE for the numbers. Start from
 *  log_context_of and copy it for each shard or message. */
struct log_context {
    const char *service;
    enum log_level threshold; /**< lines below are not written */
    int32_t shard;
    const char *topic;
    int32_t partition;
    int64_t offset;
    const char *trace_id;
};

/** A context that names only the service, from level info on. */
struct log_context log_context_of(const char *service);

/** Writes one JSON line on stderr: ts (RFC 3339, UTC), level, service, shard, topic, partition,
 *  offset, trace_id, message; absent ones left out. Only the runtime and main() log; never payloads or
 *  personal data. What does not fit in LOG_LINE_BYTES is cut and stays valid JSON. errno is kept. */
void log_write(const struct log_context *context, enum log_level level, const char *format, ...)
    PRINTF_LIKE(3, 4);

/** Writes an error as it was raised: its action, where and message. FATAL is level error, others
 *  warn. */
void log_error(const struct log_context *context, const struct error *err);

/** The line itself, with its '\n' and NUL; returns its length. For tests. */
size_t log_compose(const struct log_context *context, enum log_level level, int64_t instant,
                   const char *message, char out[static LOG_LINE_BYTES]);

/** "debug", "info", "warn" or "error"; a static string. */
const char *log_level_name(enum log_level level);

/** Reads a name of log_level_name. False, `out` untouched, for anything else. */
bool log_level_parse(const char *name, enum log_level *out) MUST_CHECK;

#endif
