#include "common/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends what fits. */
static void append(char *to, size_t to_bytes, const char *text)
{
    const size_t used = strlen(to);
    const size_t wanted = strlen(text);
    const size_t room = to_bytes - 1 - used;
    const size_t taken = wanted < room ? wanted : room;

    memcpy(to + used, text, taken);
    to[used + taken] = '\0';
}

/* A message that was cut may end in half a character, which PostgreSQL would refuse. */
static void drop_cut_character(char *text)
{
    const size_t length = strlen(text);
    size_t start = length;

    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start > 0) {
        const unsigned char first = (unsigned char)text[start - 1];
        const size_t wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;

        if (length - (start - 1) < wanted) {
            text[start - 1] = '\0';
        }
    }
}

bool error_raise(struct error *err, enum error_action action, const char *where, const char *format,
                 ...)
{
    va_list args;

    if (err->action != ERROR_NONE) {
        return false;
    }
    err->action = action;
    err->where = where;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    drop_cut_character(err->message);
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    char prefixed[sizeof err->message];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(prefixed, sizeof prefixed, format, args);
    va_end(args);
    append(prefixed, sizeof prefixed, ": ");
    append(prefixed, sizeof prefixed, err->message);
    drop_cut_character(prefixed);
    memcpy(err->message, prefixed, sizeof prefixed);
    return false;
}

void error_clear(struct error *err)
{
    *err = (struct error){0};
}

const char *error_action_name(enum error_action action)
{
    switch (action) {
    case ERROR_NONE:
        return "NONE";
    case ERROR_RETRY:
        return "RETRY";
    case ERROR_REJECT:
        return "REJECT";
    case ERROR_FATAL:
        return "FATAL";
    }
    return "NONE";
}
