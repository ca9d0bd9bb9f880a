#include "cli/options.h"

#include "common/base/date.h"
#include "common/base/instant.h"
#include "common/base/text.h"

#include <argp.h>
#include <string.h>

static const struct argp_option every_option[] = {
    {"json", 'j', NULL, 0, "Escribe JSON, un objeto por línea", 0},
    {"all", 'a', NULL, 0, "Todas", 0},
    {"demo", 'd', NULL, 0, "De los datos de demostración", 0},
    {"institution", 'i', "INSTITUCIÓN", 0, "imss, issste, imss-bienestar o ssa", 0},
    {"layout", 'l', "PLANTILLA", 0, "Formato del archivo; sin ella se reconoce por su encabezado",
     0},
    {"as-of", 'o', "FECHA", 0, "Corte de los datos: AAAA-MM-DD o con hora", 0},
    {"nature", 'y', "NATURALEZA", 0, "De los renglones que no la dicen: real o demostracion", 0},
    {"manifest", 'm', "LISTA", 0,
     "Carga los archivos de una lista institucion,archivo,layout, en su orden", 0},
    {"clave", 'c', "CLAVE", 0, "Solo esta clave", 0},
    {"contract", 'n', "CONTRATO", 0, "Solo este contrato", 0},
    {"timeout", 't', "SEGUNDOS", 0, "Cuánto se espera", 0},
    {"count", 's', "NÚMERO", 0, "Número de particiones; sin ella, ABASTO_SHARDS", 0},
    {"help", 'h', NULL, 0, "Muestra esta ayuda", 0},
};

enum { OPTIONS = sizeof every_option / sizeof every_option[0] };

struct reading {
    struct options *out;
    struct arena *arena;
    const char **words;
};

static bool taken(const char *keys, int key)
{
    return key == 'h' || strchr(keys, key) != NULL;
}

static void read_number(struct reading *reading, const char *name, const char *text, int64_t *out)
{
    if (!text_to_int64(text, out) || *out < 1 || *out > 1000000) {
        reading->out->fault = arena_format(
            reading->arena, "%s «%s» no es un número entero mayor que cero", name, text);
    }
}

static void read_as_of(struct reading *reading, const char *text)
{
    int64_t instant;

    reading->out->as_of = text;
    if (!instant_parse(text, &instant)) {
        reading->out->fault =
            arena_format(reading->arena, "--as-of «%s» no es una fecha AAAA-MM-DD", text);
    }
}

static void read_nature(struct reading *reading, const char *text)
{
    reading->out->nature = text;
    if (!text_equal(text, "real") && !text_equal(text, "demostracion")) {
        reading->out->fault =
            arena_format(reading->arena, "--nature «%s» no es real ni demostracion", text);
    }
}

static bool read_flag(struct options *out, int key)
{
    out->json = out->json || key == 'j';
    out->all = out->all || key == 'a';
    out->demo = out->demo || key == 'd';
    out->help = out->help || key == 'h';
    return key == 'j' || key == 'a' || key == 'd' || key == 'h';
}

static error_t read_option(int key, char *text, struct argp_state *state)
{
    struct reading *reading = state->input;
    struct options *out = reading->out;

    if (read_flag(out, key)) {
        return 0;
    }
    switch (key) {
    case 'i':
        out->institution = text;
        return 0;
    case 'l':
        out->layout = text;
        return 0;
    case 'o':
        read_as_of(reading, text);
        return 0;
    case 'y':
        read_nature(reading, text);
        return 0;
    case 'm':
        out->manifest = text;
        return 0;
    case 'c':
        out->clave = text;
        return 0;
    case 'n':
        out->contract = text;
        return 0;
    case 't':
        read_number(reading, "--timeout", text, &out->timeout_s);
        return 0;
    case 's':
        read_number(reading, "--count", text, &out->count);
        return 0;
    case ARGP_KEY_ARG:
        reading->words[out->word_count++] = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

bool options_parse(const char *keys, int argc, char **argv, struct arena *arena,
                   struct options *out)
{
    struct argp_option *options = arena_array(arena, OPTIONS + 1, sizeof *options);
    struct reading reading = {.out = out, .arena = arena};
    const struct argp argp = {.options = options, .parser = read_option};
    int position = 0;
    size_t count = 0;

    *out = (struct options){0};
    reading.words = arena_array(arena, (size_t)argc + 1, sizeof *reading.words);
    for (size_t i = 0; i < OPTIONS; i++) {
        if (taken(keys, every_option[i].key)) {
            options[count++] = every_option[i];
        }
    }
    if (argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, &position,
                   &reading) != 0) {
        out->fault = "hay opciones que no se entienden o a las que falta su valor";
    }
    out->words = reading.words;
    return out->fault == NULL;
}

void options_help(const char *keys, FILE *out)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct argp_option *option = &every_option[i];

        if (taken(keys, option->key)) {
            fprintf(out, "  --%s%s%s\n        %s\n", option->name, option->arg == NULL ? "" : " ",
                    option->arg == NULL ? "" : option->arg, option->doc);
        }
    }
}
