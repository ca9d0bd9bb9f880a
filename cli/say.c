#include "cli/say.h"

#include <errno.h>
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

/* What people meet with files; the C library speaks English only, for we never set LC_MESSAGES. */
const char *say_errno(int cause)
{
    switch (cause) {
    case ENOENT:
        return say("no existe", "it does not exist");
    case EACCES:
    case EPERM:
        return say("no hay permiso", "permission is denied");
    case EISDIR:
        return say("es una carpeta", "it is a folder");
    case ENOTDIR:
        return say("una parte de la ruta no es una carpeta", "part of the path is no folder");
    case ENOSPC:
        return say("el disco está lleno", "the disk is full");
    case ENAMETOOLONG:
        return say("el nombre es demasiado largo", "the name is too long");
    default:
        return strerror(cause);
    }
}
