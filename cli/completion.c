#include "cli/command.h"
#include "topics.h"

#include <string.h>

/* The script is the table of commands as cases; what bash does with it stands in these two pieces. */
static const char head[] =
    "# bash completion of abasto, written by `abasto completion bash`\n"
    "_abasto() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local options='' words='' files=''\n"
    "    COMPREPLY=()\n"
    "    if [ \"$current\" = = ]; then\n"
    "        current=''\n"
    "    elif [ \"$previous\" = = ]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

static const char tail[] =
    "    if [[ $current == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
    "    elif [ -n \"$files\" ]; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
    "    else\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
    "    fi\n"
    "}\n"
    "complete -F _abasto abasto\n";

static size_t first_word(const char *name)
{
    return strcspn(name, " ");
}

/* Commands of one first word stand together in the table. */
static bool begins_group(size_t index)
{
    const char *name = commands[index].name;
    const size_t length = first_word(name);

    return index == 0 || strncmp(commands[index - 1].name, name, length) != 0 ||
           first_word(commands[index - 1].name) != length;
}

static void print_first_words(FILE *out)
{
    fprintf(
        out,
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        mapfile -t COMPREPLY < <(compgen -W '");
    for (size_t i = 0; i < command_count; i++) {
        if (begins_group(i)) {
            fprintf(out, "%.*s ", (int)first_word(commands[i].name), commands[i].name);
        }
    }
    fprintf(out, "--help' -- \"$current\")\n        return\n    fi\n");
}

static void print_second_words(FILE *out)
{
    fprintf(out, "    if [ \"$COMP_CWORD\" -eq 2 ]; then\n        case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < command_count; i++) {
        const char *name = commands[i].name;
        const size_t length = first_word(name);

        if (name[length] == '\0') {
            continue;
        }
        if (begins_group(i)) {
            fprintf(out, "        %.*s) words='", (int)length, name);
        }
        fprintf(out, "%s ", name + length + 1);
        if (i + 1 == command_count || begins_group(i + 1)) {
            fprintf(out, "' ;;\n");
        }
    }
    fprintf(out, "        esac\n    fi\n");
}

/* Options of any command; a name means the same to all of them. */
static void print_values(FILE *out)
{
    struct option_view option;

    fprintf(out, "    case $previous in\n");
    for (size_t i = 0; options_view(OPTIONS_ALL, i, &option); i++) {
        if (option.argument == NULL) {
            continue;
        }
        if (option.values == NULL) {
            fprintf(out, "    --%s) return ;;\n", option.name);
        } else if (strcmp(option.values, OPTIONS_FILES) == 0) {
            fprintf(out, "    --%s) files=1 ;;\n", option.name);
        } else {
            fprintf(out, "    --%s) words='%s' ;;\n", option.name, option.values);
        }
    }
    fprintf(out, "    *)\n");
}

static void print_words(const struct command *command, FILE *out)
{
    switch (command->words) {
    case WORDS_NONE:
    case WORDS_FREE:
        return;
    case WORDS_FILES:
        fprintf(out, " files=1");
        return;
    case WORDS_TOPICS:
        fprintf(out, " words='");
        for (size_t i = 0; i < topic_declaration_count; i++) {
            fprintf(out, "%s ", topic_declarations[i].name);
        }
        fprintf(out, "'");
        return;
    }
}

static void print_commands(FILE *out)
{
    fprintf(out, "        case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        const bool one_word = command->name[first_word(command->name)] == '\0';
        struct option_view option;

        fprintf(out, "        \"%s\"%s) options='", command->name, one_word ? "' '*" : "");
        for (size_t j = 0; options_view(command->options, j, &option); j++) {
            fprintf(out, "--%s ", option.name);
        }
        fprintf(out, "'");
        print_words(command, out);
        fprintf(out, " ;;\n");
    }
    fprintf(out, "        esac\n        ;;\n    esac\n");
}

enum exit_status completion_bash(struct cli *cli, struct error *err)
{
    (void)cli;
    (void)err;
    fputs(head, stdout);
    print_first_words(stdout);
    print_second_words(stdout);
    print_values(stdout);
    print_commands(stdout);
    fputs(tail, stdout);
    return EXIT_OK;
}
