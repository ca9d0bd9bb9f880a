#include "cli/command_find.h"

#include "common/base/text.h"

#include <string.h>

enum { NAME_BYTES = 64 };

const struct command *command_find(int argc, char **argv, int *words)
{
    char both[2 * NAME_BYTES];

    for (size_t i = 0; argc > 1 && i < command_count; i++) {
        *words = 1;
        if (strcmp(commands[i].name, argv[1]) == 0) {
            return &commands[i];
        }
        *words = 2;
        if (argc > 2 && text_format(both, sizeof both, "%s %s", argv[1], argv[2]) &&
            strcmp(commands[i].name, both) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

bool command_in_group(const struct command *command, const char *word)
{
    const size_t length = strlen(word);

    return length == 0 ||
           (strncmp(command->name, word, length) == 0 && command->name[length] == ' ');
}

bool command_is_group(const char *word)
{
    for (size_t i = 0; word[0] != '\0' && i < command_count; i++) {
        if (command_in_group(&commands[i], word)) {
            return true;
        }
    }
    return false;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be put in, taken out or changed. */
static size_t distance(const char *typed, const char *name)
{
    size_t row[NAME_BYTES + 1];
    const size_t length = strlen(name);

    for (size_t j = 0; j <= length; j++) {
        row[j] = j;
    }
    for (size_t i = 0; typed[i] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            const size_t changed = diagonal + (typed[i] == name[j] ? 0 : 1);

            diagonal = row[j + 1];
            row[j + 1] = least(changed, least(row[j], row[j + 1]) + 1);
        }
    }
    return row[length];
}

const struct command *command_nearest(const char *typed)
{
    const struct command *nearest = NULL;
    size_t fewest = strlen(typed) / 3 + 2;

    for (size_t i = 0; i < command_count && strlen(typed) <= NAME_BYTES; i++) {
        const size_t changes = distance(typed, commands[i].name);

        if (changes < fewest) {
            fewest = changes;
            nearest = &commands[i];
        }
    }
    return nearest;
}

const char *command_usage(const struct command *command, const char *between, struct arena *arena)
{
    const char *arguments = said_text(&command->arguments);

    return arena_format(arena, "%s%s%s%s", command->name, between, arguments[0] == '\0' ? "" : " ",
                        arguments);
}
