#include "cli/command.h"
#include "cli/command_find.h"

#include <argp.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* The commands of a group; "": all. */
static void print_commands(const char *group, FILE *out)
{
    struct arena arena = {0};

    for (size_t i = 0; i < command_count; i++) {
        if (command_in_group(&commands[i], group)) {
            fprintf(out, "  %s\n        %s\n", command_usage(&commands[i], "", &arena),
                    said_text(&commands[i].help));
        }
    }
    arena_finish(&arena);
}

static void print_usage(FILE *out)
{
    fprintf(out, "%s",
            say("uso: abasto ORDEN [OPCIONES]\n\n", "usage: abasto COMMAND [OPTIONS]\n\n"));
    print_commands("", out);
    fprintf(
        out, "%s",
        say("\nabasto ORDEN --help dice las opciones de cada una. El sistema en marcha se busca "
            "en\n"
            "las variables ABASTO_*, en ABASTO_STACK o en var/demo. Termina con 0 si todo va "
            "bien,\n"
            "1 si hay un problema, 2 si la orden no se entiende y 3 si no hay conexión.\n",
            "\nabasto COMMAND --help tells the options of each. The running system is looked for "
            "in\n"
            "the variables ABASTO_*, in ABASTO_STACK or in var/demo. Ends with 0 if all is well,\n"
            "1 if there is a problem, 2 if the command is not understood, 3 without "
            "connection.\n"));
}

static void print_group(const char *group)
{
    printf(say("uso: abasto %s ORDEN [OPCIONES]\n\n", "usage: abasto %s COMMAND [OPTIONS]\n\n"),
           group);
    print_commands(group, stdout);
}

static void print_command_usage(const struct command *command, FILE *out)
{
    struct arena arena = {0};

    fprintf(out, say("uso: abasto %s\n", "usage: abasto %s\n"),
            command_usage(command, say(" [OPCIONES]", " [OPTIONS]"), &arena));
    arena_finish(&arena);
}

static void print_help(const struct command *command)
{
    print_command_usage(command, stdout);
    printf("\n%s\n\n", said_text(&command->help));
    options_help(command->options, stdout);
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* What was typed is no command: a question about a group, or a slip. */
static enum exit_status answer_strange(int argc, char **argv)
{
    struct arena arena = {0};
    const bool in_group = argc > 1 && command_is_group(argv[1]);
    const struct command *nearest;
    const char *typed;

    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (in_group && (argc == 2 || is_help(argv[2]))) {
        print_group(argv[1]);
        return EXIT_OK;
    }
    typed = in_group ? arena_format(&arena, "%s %s", argv[1], argv[2]) : argv[1];
    nearest = command_nearest(typed);
    fprintf(stderr, say("abasto: no hay una orden «%s»", "abasto: there is no command «%s»"),
            typed);
    if (nearest != NULL) {
        fprintf(stderr, say("; la más parecida es «%s»", "; the most like it is «%s»"),
                nearest->name);
    }
    fprintf(stderr, say("\nabasto --help dice todas\n", "\nabasto --help tells all of them\n"));
    arena_finish(&arena);
    return EXIT_USAGE;
}

enum exit_status command_failed(const struct error *err)
{
    return err->action == ERROR_RETRY ? EXIT_NO_CONNECTION : EXIT_PROBLEM;
}

static bool words_fit(const struct command *command, size_t count)
{
    return count >= command->words_min && count <= command->words_max;
}

static const char *program_folder(char path[PATH_BYTES])
{
    const ssize_t length = readlink("/proc/self/exe", path, PATH_BYTES - 1);
    char *slash;

    path[length < 0 ? 0 : length] = '\0';
    slash = strrchr(path, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    return path;
}

static enum exit_status run_found(const struct command *command, struct cli *cli)
{
    struct error err = {0};
    char here[PATH_BYTES];
    char there[PATH_BYTES];
    enum exit_status status;

    if (getcwd(here, sizeof here) == NULL) {
        here[0] = '\0';
    }
    if (command->alone || stack_find(here, program_folder(there), &cli->arena, &cli->stack, &err)) {
        cli->connection.servers = &cli->stack.databases;
        status = command->run(cli, &err);
    } else {
        status = err.action == ERROR_FATAL ? EXIT_USAGE : EXIT_NO_CONNECTION;
    }
    connection_finish(&cli->connection);
    if (err.action != ERROR_NONE) {
        fprintf(stderr, "abasto %s: %s\n", command->name, err.message);
    }
    return status;
}

static enum exit_status run_command(const struct command *command, int argc, char **argv)
{
    struct cli cli = {.program = "abasto"};
    enum exit_status status = EXIT_USAGE;
    const bool understood = options_parse(command->options, argc, argv, &cli.arena, &cli.options);

    if (cli.options.help) {
        print_help(command);
        status = EXIT_OK;
    } else if (!understood) {
        fprintf(stderr, "abasto %s: %s\n", command->name, cli.options.fault);
    } else if (!words_fit(command, cli.options.word_count)) {
        print_command_usage(command, stderr);
    } else {
        status = run_found(command, &cli);
    }
    arena_finish(&cli.arena);
    return status;
}

int main(int argc, char **argv)
{
    const struct command *command;
    int words = 0;

    /* Tables are measured in characters: what is written is UTF-8, whatever the terminal says. */
    (void)setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    }
    if (argc > 1 && is_help(argv[1])) {
        print_usage(stdout);
        return EXIT_OK;
    }
    command = command_find(argc, argv, &words);
    if (command == NULL) {
        return answer_strange(argc, argv);
    }
    return run_command(command, argc - words, argv + words);
}
