#include "common/base/log.h"

#include "common/base/instant.h"
#include "common/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    NAME_BYTES = 256,     /* a service's or topic's name, escaped; Kafka's limit is 249 */
    MESSAGE_BYTES = 2048, /* before escaping */
    CLOSING_BYTES = 4,    /* '"', '}', '\n', NUL */
};

struct line {
    char *text;
    size_t used;
};

/* Whole or not at all: numbers and punctuation are never cut. */
static void put(struct line *line, const char *text)
{
    const size_t length = strlen(text);

    if (length <= LOG_LINE_BYTES - CLOSING_BYTES - line->used) {
        memcpy(line->text + line->used, text, length);
        line->used += length;
    }
}

/* Writes one character as JSON wants it into `out`; returns the bytes it took from `text`. */
static size_t escape(const char *text, char out[static 8])
{
    uint32_t code_point = 0;
    const size_t length = text_decode(text, strnlen(text, 4), &code_point);

    if (length == 0) {
        memcpy(out, "\\ufffd", 7);
        return 1;
    }
    if (code_point < 0x20 || code_point == 0x7F) {
        (void)text_format(out, 8, "\\u%04x", (unsigned)code_point);
    } else if (code_point == '"' || code_point == '\\') {
        (void)text_format(out, 8, "\\%c", (char)code_point);
    } else {
        memcpy(out, text, length);
        out[length] = '\0';
    }
    return length;
}

/* "name":"text", with the text cut where `most` bytes or the line end. */
static void put_text(struct line *line, const char *name, const char *text, size_t most)
{
    const size_t room = LOG_LINE_BYTES - CLOSING_BYTES - line->used;
    size_t end;

    if (text == NULL || room < strlen(name) + 5) {
        return;
    }
    put(line, line->used > 1 ? ",\"" : "\"");
    put(line, name);
    put(line, "\":\"");
    end = line->used + most;
    while (*text != '\0') {
        char escaped[8];
        const size_t taken = escape(text, escaped);

        if (line->used + strlen(escaped) > end ||
            line->used + strlen(escaped) > LOG_LINE_BYTES - CLOSING_BYTES) {
            break;
        }
        put(line, escaped);
        text += taken;
    }
    line->text[line->used++] = '"'; /* CLOSING_BYTES kept room for it */
}

static void put_number(struct line *line, const char *name, int64_t value)
{
    char field[64];

    if (value != LOG_NONE &&
        text_format(field, sizeof field, ",\"%s\":%lld", name, (long long)value)) {
        put(line, field);
    }
}

struct log_context log_context_of(const char *service)
{
    return (struct log_context){.service = service,
                                .threshold = LOG_LEVEL_INFO,
                                .shard = LOG_NONE,
                                .partition = LOG_NONE,
                                .offset = LOG_NONE};
}

size_t log_compose(const struct log_context *context, enum log_level level, int64_t instant,
                   const char *message, char out[static LOG_LINE_BYTES])
{
    struct line line = {.text = out};
    char ts[INSTANT_TEXT_BYTES];

    instant_format(instant, ts);
    put(&line, "{");
    put_text(&line, "ts", ts, sizeof ts);
    put_text(&line, "level", log_level_name(level), NAME_BYTES);
    put_text(&line, "service", context->service, NAME_BYTES);
    put_number(&line, "shard", context->shard);
    put_text(&line, "topic", context->topic, NAME_BYTES);
    put_number(&line, "partition", context->partition);
    put_number(&line, "offset", context->offset);
    put_text(&line, "trace_id", context->trace_id, NAME_BYTES);
    put_text(&line, "message", message, LOG_LINE_BYTES);
    memcpy(out + line.used, "}\n", 3);
    return line.used + 2;
}

static void write_line(const char *line, size_t length)
{
    ssize_t written;

    do {
        written = write(STDERR_FILENO, line, length);
    } while (written < 0 && errno == EINTR);
}

void log_write(const struct log_context *context, enum log_level level, const char *format, ...)
{
    const int saved_errno = errno;
    char message[MESSAGE_BYTES];
    char line[LOG_LINE_BYTES];
    va_list args;

    if (level < context->threshold) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    write_line(line, log_compose(context, level, instant_now(), message, line));
    errno = saved_errno;
}

void log_error(const struct log_context *context, const struct error *err)
{
    log_write(context, err->action == ERROR_FATAL ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "%s %s: %s",
              error_action_name(err->action), err->where == NULL ? "?" : err->where, err->message);
}

const char *log_level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return "debug";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_WARN:
        return "warn";
    case LOG_LEVEL_ERROR:
        return "error";
    }
    return "error";
}

bool log_level_parse(const char *name, enum log_level *out)
{
    for (enum log_level level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++) {
        if (text_equal(name, log_level_name(level))) {
            *out = level;
            return true;
        }
    }
    return false;
}
