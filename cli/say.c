#include "cli/say.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool in_english(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *locale = getenv(names[i]);

        if (locale != NULL && locale[0] != '\0') {
            return strncmp(locale, "en", 2) == 0;
        }
    }
    return false;
}

const char *say(const char *es, const char *en)
{
    return in_english() ? en : es;
}

const char *said_text(const struct said *said)
{
    return in_english() ? said->en : said->es;
}
