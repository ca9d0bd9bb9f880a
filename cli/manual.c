#include "cli/command.h"

#include <string.h>

/* Text that groff reads as text, whatever it holds. A dash stays one that can be copied. */
static void print_text(const char *text, FILE *out)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\') {
            fputs("\\e", out);
        } else if (*at == '-') {
            fputs("\\-", out);
        } else if ((*at == '.' || *at == '\'') && (at == text || at[-1] == '\n')) {
            fprintf(out, "\\&%c", *at);
        } else {
            fputc(*at, out);
        }
    }
}

static void print_heading(const char *name, FILE *out)
{
    fprintf(out, ".SH \"%s\"\n", name);
}

static void print_option(const struct option_view *option, FILE *out)
{
    fprintf(out, ".TP\n\\fB\\-\\-");
    print_text(option->name, out);
    fprintf(out, "\\fR");
    if (option->argument != NULL) {
        fprintf(out, " \\fI%s\\fR", option->argument);
    }
    fprintf(out, "\n");
    print_text(option->help, out);
    fprintf(out, "\n");
}

static void print_command(const struct command *command, FILE *out)
{
    struct option_view option;

    fprintf(out, ".SS \"abasto %s", command->name);
    if (said_text(&command->arguments)[0] != '\0') {
        fprintf(out, " ");
        print_text(said_text(&command->arguments), out);
    }
    fprintf(out, "\"\n");
    print_text(said_text(&command->help), out);
    fprintf(out, ".\n");
    for (size_t i = 0; options_view(command->options, i, &option); i++) {
        if (option.key != 'h') {
            print_option(&option, out);
        }
    }
}

static void print_entry(const char *name, const char *text, FILE *out)
{
    fprintf(out, ".TP\n\\fB");
    print_text(name, out);
    fprintf(out, "\\fR\n");
    print_text(text, out);
    fprintf(out, "\n");
}

static void print_environment(FILE *out)
{
    print_heading(say("ENTORNO", "ENVIRONMENT"), out);
    print_entry(
        "ABASTO_STACK",
        say("Carpeta del sistema en marcha; su archivo stack.env dice lo que las demás "
            "variables no dicen. Sin ella se busca var/demo hacia arriba.",
            "Folder of the running system; its file stack.env says what the other variables "
            "do not. Without it var/demo is looked for upwards."),
        out);
    print_entry("ABASTO_BROKERS, ABASTO_DATABASE, ABASTO_DATABASES, ABASTO_DROP, ABASTO_ARCHIVE, "
                "ABASTO_SHARDS",
                say("Kafka, PostgreSQL, los buzones, el archivo y el número de particiones.",
                    "Kafka, PostgreSQL, the drop folders, the archive and the number of shards."),
                out);
    print_entry(
        "ABASTO_TLS_CA, ABASTO_TLS_CERTIFICATE, ABASTO_TLS_KEY, ABASTO_INSECURE",
        say("Cómo se protege la conexión con Kafka.", "How the connection to Kafka is protected."),
        out);
    print_entry(
        "LC_ALL, LC_MESSAGES, LANG",
        say("Los textos salen en inglés si la primera que esté definida empieza con «en»; si "
            "no, en español. El JSON no cambia.",
            "Texts are in English when the first one that is set begins with «en», else in "
            "Spanish. JSON does not change."),
        out);
}

static void print_statuses(FILE *out)
{
    print_heading(say("ESTADO DE SALIDA", "EXIT STATUS"), out);
    print_entry("0", say("Todo va bien.", "All is well."), out);
    print_entry("1", say("Hay un problema.", "There is a problem."), out);
    print_entry("2", say("La orden no se entiende.", "The command is not understood."), out);
    print_entry("3", say("No hay conexión.", "There is no connection."), out);
}

enum exit_status manual_show(struct cli *cli, struct error *err)
{
    FILE *out = stdout;

    (void)cli;
    (void)err;
    fprintf(out, ".\\\" %s\n",
            say("Escrito por «abasto manual»: no se edita.",
                "Written by `abasto manual`: not to be edited."));
    fprintf(out, ".TH ABASTO 1 \"\" \"abasto %s\" \"%s\"\n", ABASTO_VERSION,
            say("Órdenes de usuario", "User Commands"));
    print_heading(say("NOMBRE", "NAME"), out);
    fprintf(out, "abasto \\- %s\n",
            say("enlaza los datos del abasto público de medicamentos",
                "links the data of the public supply of medicines"));
    print_heading(say("SINOPSIS", "SYNOPSIS"), out);
    fprintf(out, "\\fBabasto\\fR \\fI%s\\fR\n",
            say("ORDEN\\fR [\\fIOPCIONES\\fR] [\\fIARGUMENTOS\\fR]",
                "COMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]"));
    print_heading(say("ÓRDENES", "COMMANDS"), out);
    for (size_t i = 0; i < command_count; i++) {
        print_command(&commands[i], out);
    }
    print_environment(out);
    print_statuses(out);
    return EXIT_OK;
}
