#include "schemas/generator/names.h"

#include <ctype.h>
#include <string.h>

const char *names_last(const char *full_name)
{
    const char *dot = strrchr(full_name, '.');

    return dot == NULL ? full_name : dot + 1;
}

/* A word starts at a capital after a small letter or digit, and at the last capital of an acronym. */
static bool word_starts(const char *name, size_t i)
{
    if (i == 0 || !isupper((unsigned char)name[i]) || name[i - 1] == '_') {
        return false;
    }
    return !isupper((unsigned char)name[i - 1]) || islower((unsigned char)name[i + 1]);
}

static char *words(struct arena *arena, const char *name, int (*letter)(int))
{
    char *out = arena_alloc(arena, 2 * strlen(name) + 1);
    size_t length = 0;

    for (size_t i = 0; name[i] != '\0'; i++) {
        if (word_starts(name, i)) {
            out[length++] = '_';
        }
        out[length++] = (char)letter((unsigned char)name[i]);
    }
    return out;
}

char *names_snake(struct arena *arena, const char *name)
{
    return words(arena, name, tolower);
}

char *names_upper(struct arena *arena, const char *name)
{
    return words(arena, name, toupper);
}

bool names_is_reserved(const char *name)
{
    static const char *const taken[] = {
        "auto",     "break",  "case",   "char",     "const",   "continue", "default",  "do",
        "double",   "else",   "enum",   "extern",   "float",   "for",      "goto",     "if",
        "inline",   "int",    "long",   "register", "return",  "restrict", "short",    "signed",
        "sizeof",   "static", "struct", "switch",   "typedef", "union",    "unsigned", "void",
        "volatile", "while",  "bool",   "true",     "false",   "asm",      "errno",    "NULL",
    };

    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (strcmp(taken[i], name) == 0) {
            return true;
        }
    }
    return false;
}
