#ifndef CLI_SAY_H
#define CLI_SAY_H

/** A text for people in both languages. */
struct said {
    const char *es;
    const char *en;
};

/**
 * The one of two texts that is in the reader's language: English when the first of LC_ALL, LC_MESSAGES and
 * LANG that is set begins with "en", else Spanish. Where a text is a format, the compiler checks both against
 * the arguments; tests/cli/said_test.py, that neither leaves one out. What programs read (--json) is never said.
 */
const char *say(const char *es, const char *en) __attribute__((format_arg(1), format_arg(2)));

/** The same for a text of a table. */
const char *said_text(const struct said *said);

/** Why a call of the system failed, in the reader's language. */
const char *say_errno(int cause);

#endif
