#include "cli/options.h"

#include "cli/say.h"
#include "common/base/date.h"
#include "common/base/instant.h"
#include "common/base/text.h"

#include <argp.h>
#include <string.h>

const char options_layouts[] = CLI_LAYOUTS;

static const char *const institutions[] = {"imss", "issste", "imss-bienestar", "ssa"};

/* An option of the command line, and what completion may offer for its value. */
struct cli_option {
    const char *name;
    int key;
    struct said argument; /* NULL: takes none */
    struct said help;
    const char *values;
};

static const struct cli_option every_option[] = {
    {"json",
     'j',
     {0},
     {"Escribe JSON, un objeto por línea", "Writes JSON, an object per line"},
     NULL},
    {"all", 'a', {0}, {"Todas", "All of them"}, NULL},
    {"demo", 'd', {0}, {"De los datos de demostración", "Of the demonstration's data"}, NULL},
    {"institution",
     'i',
     {"INSTITUCIÓN", "INSTITUTION"},
     {OPTIONS_INSTITUTIONS_ES, OPTIONS_INSTITUTIONS_EN},
     OPTIONS_INSTITUTIONS},
    {"layout",
     'l',
     {"PLANTILLA", "LAYOUT"},
     {"Formato del archivo; sin ella se reconoce por su encabezado",
      "The file's layout; without it, it is recognised by its header"},
     options_layouts},
    {"as-of",
     'o',
     {"FECHA", "DATE"},
     {"Corte de los datos: AAAA-MM-DD o con hora",
      "Cut-off of the data: YYYY-MM-DD, or with a time"},
     NULL},
    {"nature",
     'y',
     {"NATURALEZA", "NATURE"},
     {"De los renglones que no la dicen: real o demostracion",
      "Of rows that do not say it: real or demostracion"},
     "real demostracion"},
    {"manifest",
     'm',
     {"LISTA", "LIST"},
     {"Carga los archivos de una lista institucion,archivo,layout, en su orden",
      "Loads the files of a list institucion,archivo,layout, in its order"},
     OPTIONS_FILES},
    {"clave", 'c', {"CLAVE", "CLAVE"}, {"Solo esta clave", "Only this clave"}, NULL},
    {"contract", 'n', {"CONTRATO", "CONTRACT"}, {"Solo este contrato", "Only this contract"}, NULL},
    {"supplier",
     'p',
     {"RFC", "RFC"},
     {"Solo este proveedor, por su RFC", "Only this supplier, by its RFC"},
     NULL},
    {"from",
     'f',
     {"DESDE", "FROM"},
     {"Desde dónde: beginning, end o una posición; sin ella, los últimos",
      "Where to begin: beginning, end or an offset; without it, the last ones"},
     "beginning end"},
    {"last",
     'N',
     {"NÚMERO", "NUMBER"},
     {"Cuántos de los últimos; sin ella, 10", "How many of the last ones; without it, 10"},
     NULL},
    {"follow",
     'F',
     {0},
     {"Sigue con lo que llegue, hasta que se interrumpa",
      "Goes on with what arrives, until interrupted"},
     NULL},
    {"until-end",
     'u',
     {0},
     {"Termina con lo que hay ahora (así es sin --follow)",
      "Ends with what is there now (as without --follow)"},
     NULL},
    {"type",
     'e',
     {"EVENTO", "EVENT"},
     {"Solo este tipo de evento, con o sin su espacio de nombres: OrderIssued",
      "Only this type of event, with or without its namespace: OrderIssued"},
     NULL},
    {"key", 'k', {"CLAVE_KAFKA", "KEY"}, {"Solo esta clave de Kafka", "Only this Kafka key"}, NULL},
    {"timeout", 't', {"SEGUNDOS", "SECONDS"}, {"Cuánto se espera", "How long to wait"}, NULL},
    {"count",
     's',
     {"NÚMERO", "NUMBER"},
     {"Número de particiones; sin ella, ABASTO_SHARDS",
      "Number of shards; without it, ABASTO_SHARDS"},
     NULL},
    {"reason",
     'R',
     {"TEXTO", "TEXT"},
     {"Solo lo que tiene ese texto en su motivo", "Only what has this text in its reason"},
     NULL},
    {"file",
     'A',
     {"ARCHIVO", "FILE"},
     {"Solo lo de este archivo o tópico", "Only what came in this file or topic"},
     NULL},
    {"column", 'C', {"COLUMNA", "COLUMN"}, {"Solo lo de esta columna", "Only this column's"}, NULL},
    {"since",
     'S',
     {"FECHA", "DATE"},
     {"Solo archivos con corte desde este día", "Only files cut off on this day or later"},
     NULL},
    {"until",
     'U',
     {"FECHA", "DATE"},
     {"Solo archivos con corte hasta este día", "Only files cut off on this day or before"},
     NULL},
    {"state",
     'Z',
     {"ESTADO", "STATE"},
     {"Solo en este estado, o todas; sin ella, lo que espera a alguien",
      "Only in this state, or todas (all); without it, what waits for somebody"},
     OPTIONS_STATES},
    {"set",
     'V',
     {"COLUMNA=VALOR", "COLUMN=VALUE"},
     {"Lo que debe decir una columna; puede repetirse",
      "What a column should say; may be repeated"},
     NULL},
    {"actor", 'w', {"NOMBRE", "NAME"}, {"Quién lo hace", "Who does it"}, NULL},
    {"ground", 'g', {"TEXTO", "TEXT"}, {"Por qué", "Why"}, NULL},
    {"evidence",
     'v',
     {"FOLIO", "FOLIO"},
     {"Ruta o folio de lo que lo prueba", "Path or folio of what proves it"},
     NULL},
    {"execute",
     'x',
     {0},
     {"Lo hace; sin ella solo dice qué pasaría",
      "Does it; without it, only what would happen is said"},
     NULL},
    {"max",
     'M',
     {"NÚMERO", "NUMBER"},
     {"Cuántos a lo más; sin ella, 100", "How many at most; without it, 100"},
     NULL},
    {"rate",
     'r',
     {"NÚMERO", "NUMBER"},
     {"Cuántos por segundo; sin ella, 50", "How many a second; without it, 50"},
     NULL},
    {"service",
     'E',
     {"SERVICIO", "SERVICE"},
     {"De qué servicio: deliveries, gateway.imss", "Of which service: deliveries, gateway.imss"},
     NULL},
    {"shard", 'P', {"NÚMERO", "NUMBER"}, {"Qué partición, desde 0", "Which shard, from 0"}, NULL},
    {"to",
     'T',
     {"SERVIDOR", "SERVER"},
     {"A qué servidor: «principal» es el de ABASTO_DATABASE, los otros los nombra ABASTO_DATABASES",
      "To which server: `principal` is that of ABASTO_DATABASE, ABASTO_DATABASES names the others"},
     NULL},
    {"undo",
     'B',
     {0},
     {"Deshace un movimiento que quedó a medias, mientras se pueda",
      "Takes a move back that was left half done, as long as that can be"},
     NULL},
    {"dry-run",
     'D',
     {0},
     {"Solo dice lo que falta o sobra; termina con 1 si algo",
      "Only tells what is missing or left over; ends with 1 if anything is"},
     NULL},
    {"remove-access",
     'X',
     {0},
     {"Quita las reglas de acceso que ya no se declaran",
      "Removes the access rules that are no longer declared"},
     NULL},
    {"require-access",
     'Q',
     {0},
     {"Falla si Kafka no exige permisos", "Fails where Kafka asks for no permission"},
     NULL},
    {"help", 'h', {0}, {"Muestra esta ayuda", "Shows this help"}, NULL},
};

bool options_institution_known(const char *institution)
{
    for (size_t i = 0; i < sizeof institutions / sizeof institutions[0]; i++) {
        if (text_equal(institution, institutions[i])) {
            return true;
        }
    }
    return false;
}

enum { SHARDS_MAX = 4096 };
enum { OPTIONS = sizeof every_option / sizeof every_option[0] };

struct reading {
    struct options *out;
    struct arena *arena;
    const char **words;
    const char **sets;
};

static bool taken(const char *keys, int key)
{
    return key == 'h' || strchr(keys, key) != NULL;
}

static void read_number(struct reading *reading, const char *name, const char *text, int64_t *out)
{
    if (!text_to_int64(text, out) || *out < 1 || *out > 1000000) {
        reading->out->fault = arena_format(reading->arena,
                                           say("%s «%s» no es un número entero mayor que cero",
                                               "%s «%s» is no whole number above zero"),
                                           name, text);
    }
}

static void read_shard(struct reading *reading, const char *text)
{
    int64_t number = -1;

    reading->out->has_shard = text_to_int64(text, &number) && number >= 0 && number < SHARDS_MAX;
    reading->out->shard = (int32_t)number;
    if (!reading->out->has_shard) {
        reading->out->fault = arena_format(reading->arena,
                                           say("--shard «%s» no es el número de una partición",
                                               "--shard «%s» is no shard's number"),
                                           text);
    }
}

static void read_institution(struct reading *reading, const char *text)
{
    reading->out->institution = text;
    if (!options_institution_known(text)) {
        reading->out->fault = arena_format(
            reading->arena,
            say("--institution: «%s» no es una institución conocida: " OPTIONS_INSTITUTIONS_ES,
                "--institution: «%s» is no known institution: " OPTIONS_INSTITUTIONS_EN),
            text);
    }
}

static void read_as_of(struct reading *reading, const char *text)
{
    int64_t instant;

    reading->out->as_of = text;
    if (!instant_parse(text, &instant)) {
        reading->out->fault = arena_format(
            reading->arena,
            say("--as-of «%s» no es una fecha AAAA-MM-DD", "--as-of «%s» is no date YYYY-MM-DD"),
            text);
    }
}

static void read_nature(struct reading *reading, const char *text)
{
    reading->out->nature = text;
    if (!text_equal(text, "real") && !text_equal(text, "demostracion")) {
        reading->out->fault = arena_format(reading->arena,
                                           say("--nature «%s» no es real ni demostracion",
                                               "--nature «%s» is neither real nor demostracion"),
                                           text);
    }
}

static void read_from(struct reading *reading, const char *text)
{
    struct options *out = reading->out;

    if (text_equal(text, "beginning")) {
        out->from = OPTIONS_FROM_BEGINNING;
    } else if (text_equal(text, "end")) {
        out->from = OPTIONS_FROM_END;
    } else if (text_to_int64(text, &out->from_offset) && out->from_offset >= 0) {
        out->from = OPTIONS_FROM_OFFSET;
    } else {
        out->fault = arena_format(reading->arena,
                                  say("--from «%s» no es beginning, end ni una posición",
                                      "--from «%s» is neither beginning, end nor an offset"),
                                  text);
    }
}

static bool read_flag(struct options *out, int key)
{
    out->follow = out->follow || key == 'F';
    out->until_end = out->until_end || key == 'u';
    out->json = out->json || key == 'j';
    out->all = out->all || key == 'a';
    out->demo = out->demo || key == 'd';
    out->execute = out->execute || key == 'x';
    out->dry_run = out->dry_run || key == 'D';
    out->remove_access = out->remove_access || key == 'X';
    out->require_access = out->require_access || key == 'Q';
    out->undo = out->undo || key == 'B';
    out->help = out->help || key == 'h';
    return key > 0 && key < 128 && strchr("jadhFuxDXQB", key) != NULL;
}

/* The options whose value is taken as it is. */
static const char **text_at(struct options *out, int key)
{
    switch (key) {
    case 'l':
        return &out->layout;
    case 'm':
        return &out->manifest;
    case 'c':
        return &out->clave;
    case 'n':
        return &out->contract;
    case 'p':
        return &out->supplier;
    case 'e':
        return &out->type;
    case 'k':
        return &out->key;
    case 'E':
        return &out->service;
    case 'T':
        return &out->to;
    case 'R':
        return &out->reason;
    case 'A':
        return &out->file;
    case 'C':
        return &out->column;
    case 'w':
        return &out->actor;
    case 'g':
        return &out->ground;
    case 'v':
        return &out->evidence;
    default:
        return NULL;
    }
}

static void read_date(struct reading *reading, const char *name, const char *text, bool *given,
                      int32_t *out)
{
    *given = date_parse_iso(text, out);
    if (!*given) {
        reading->out->fault = arena_format(
            reading->arena,
            say("%s «%s» no es una fecha AAAA-MM-DD", "%s «%s» is no date YYYY-MM-DD"), name, text);
    }
}

static void read_state(struct reading *reading, const char *text)
{
    static const char *const states[] = {"abierta",    "reparada", "superada",
                                         "descartada", "detenida", "todas"};

    reading->out->state = text;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (text_equal(text, states[i])) {
            return;
        }
    }
    reading->out->fault = arena_format(reading->arena,
                                       say("--state: «%s» no es un estado: " OPTIONS_STATES,
                                           "--state: «%s» is no state: " OPTIONS_STATES),
                                       text);
}

/* Options of what was set aside. */
static error_t read_quarantine_option(struct reading *reading, int key, const char *text)
{
    struct options *out = reading->out;

    switch (key) {
    case 'S':
        read_date(reading, "--since", text, &out->has_since, &out->since);
        return 0;
    case 'U':
        read_date(reading, "--until", text, &out->has_until, &out->until);
        return 0;
    case 'Z':
        read_state(reading, text);
        return 0;
    case 'V':
        reading->sets[out->set_count++] = text;
        return 0;
    case 'M':
        read_number(reading, "--max", text, &out->max);
        return 0;
    case 'r':
        read_number(reading, "--rate", text, &out->rate);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t read_value(struct reading *reading, int key, const char *text)
{
    struct options *out = reading->out;

    switch (key) {
    case 'i':
        read_institution(reading, text);
        return 0;
    case 'o':
        read_as_of(reading, text);
        return 0;
    case 'y':
        read_nature(reading, text);
        return 0;
    case 'f':
        read_from(reading, text);
        return 0;
    case 'N':
        read_number(reading, "--last", text, &out->last);
        return 0;
    case 't':
        read_number(reading, "--timeout", text, &out->timeout_s);
        return 0;
    case 's':
        read_number(reading, "--count", text, &out->count);
        return 0;
    case 'P':
        read_shard(reading, text);
        return 0;
    default:
        return read_quarantine_option(reading, key, text);
    }
}

static error_t read_option(int key, char *text, struct argp_state *state)
{
    struct reading *reading = state->input;
    struct options *out = reading->out;

    if (read_flag(out, key)) {
        return 0;
    }
    if (text_at(out, key) != NULL) {
        *text_at(out, key) = text;
        return 0;
    }
    switch (key) {
    case ARGP_KEY_ARG:
        reading->words[out->word_count++] = text;
        return 0;
    default:
        return read_value(reading, key, text);
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
    reading.sets = arena_array(arena, (size_t)argc + 1, sizeof *reading.sets);
    for (size_t i = 0; i < OPTIONS; i++) {
        if (taken(keys, every_option[i].key)) {
            options[count++] = (struct argp_option){.name = every_option[i].name,
                                                    .key = every_option[i].key,
                                                    .arg = every_option[i].argument.es};
        }
    }
    if (argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, &position,
                   &reading) != 0) {
        out->fault = say("hay opciones que no se entienden o a las que falta su valor",
                         "there are options that are not understood or lack their value");
    }
    out->words = reading.words;
    out->sets = reading.sets;
    return out->fault == NULL;
}

bool options_view(const char *keys, size_t index, struct option_view *out)
{
    size_t seen = 0;

    for (size_t i = 0; i < OPTIONS; i++) {
        const struct cli_option *option = &every_option[i];

        if (!taken(keys, option->key) || seen++ != index) {
            continue;
        }
        *out = (struct option_view){.key = option->key,
                                    .name = option->name,
                                    .argument = said_text(&option->argument),
                                    .help = said_text(&option->help),
                                    .values = option->values};
        return true;
    }
    return false;
}

void options_help(const char *keys, FILE *out)
{
    struct option_view option;

    for (size_t i = 0; options_view(keys, i, &option); i++) {
        fprintf(out, "  --%s%s%s\n        %s\n", option.name, option.argument == NULL ? "" : " ",
                option.argument == NULL ? "" : option.argument, option.help);
    }
}
