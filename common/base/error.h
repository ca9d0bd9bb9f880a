#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/** What the caller has to do about a failure. An error is an action, not a code. */
enum error_action {
    ERROR_NONE = 0,
    ERROR_RETRY,  /**< roll back, wait, try the same work again (database or broker away) */
    ERROR_REJECT, /**< this one message is at fault: quarantine it and go on */
    ERROR_FATAL,  /**< nothing here can mend it: stop the process with a non-zero status */
};

/** Lives on the caller's stack; zero it (`struct error err = {0};`) before the first call. */
struct error {
    enum error_action action;
    const char *where; /**< the function that raised it; a static string */
    char message[256];
};

/**
 * Raises an error. The first one wins: a second call leaves the error as it is.
 * Always returns false, so that `return error_set(err, ERROR_REJECT, "...")` reads well.
 */
#define error_set(err, action, ...) error_raise((err), (action), __func__, __VA_ARGS__)

bool error_raise(struct error *err, enum error_action action, const char *where, const char *format,
                 ...) PRINTF_LIKE(4, 5);

/** Puts context before the message ("row 12: ..."). Always returns false. */
bool error_prefix(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/** Back to "nothing happened". */
void error_clear(struct error *err);

/** "RETRY", "REJECT", "FATAL" or "NONE"; a static string. */
const char *error_action_name(enum error_action action);

#endif
