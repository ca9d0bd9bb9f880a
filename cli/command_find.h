#ifndef CLI_COMMAND_FIND_H
#define CLI_COMMAND_FIND_H

#include "cli/command.h"

/** The command that argv[1..] begins with, and how many words name it; NULL: none. */
const struct command *command_find(int argc, char **argv, int *words);

/** Whether `command` is one of the group that `word` names, as `day close` is of `day`; "" is the group of all. */
bool command_in_group(const struct command *command, const char *word);

/** Whether it names a group. */
bool command_is_group(const char *word);

/** The command whose name is most like what was typed; NULL: none is much like it. */
const struct command *command_nearest(const char *typed);

/** `load [FILE...]`, as help shows it. The arena's. */
const char *command_usage(const struct command *command, const char *between, struct arena *arena);

#endif
