#include "cli/command.h"
#include "cli/output.h"
#include "cli/quarantine_find.h"
#include "common/base/text.h"

#include <assert.h>
#include <string.h>

static const struct output_column columns[] = {
    {"quarantine_id", {"id", "id"}, OUTPUT_TEXT},
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"source", {"fuente", "source"}, OUTPUT_TEXT},
    {"position", {"renglón", "row"}, OUTPUT_COUNT},
    {"column", {"columna", "column"}, OUTPUT_TEXT},
    {"found", {"encontrado", "found"}, OUTPUT_TEXT},
    {"expected", {"esperado", "expected"}, OUTPUT_TEXT},
    {"reason", {"motivo", "reason"}, OUTPUT_TEXT},
    {"action", {"remedio", "remedy"}, OUTPUT_TEXT},
    {"state", {"estado", "state"}, OUTPUT_TEXT},
    {"service", {0}, OUTPUT_TEXT},
    {"layout", {0}, OUTPUT_TEXT},
    {"tries", {0}, OUTPUT_COUNT},
    {"act", {0}, OUTPUT_TEXT},
    {"actor", {0}, OUTPUT_TEXT},
    {"ground", {0}, OUTPUT_TEXT},
    {"evidence", {0}, OUTPUT_TEXT},
    {"changes", {0}, OUTPUT_TEXT},
    {"fact", {0}, OUTPUT_TEXT},
    {"payload", {0}, OUTPUT_TEXT},
};

/* The payload is shown of one only. */
enum { COLUMNS = sizeof columns / sizeof columns[0], PAYLOAD = COLUMNS - 1 };
static_assert((int)PAYLOAD == (int)QUARANTINE_COLUMNS, "what is shown is what is asked for");

enum exit_status quarantine_list(struct cli *cli, struct error *err)
{
    PGresult *result;
    bool good = true;

    if (!quarantine_find(&cli->connection, &cli->options, 0, &cli->arena, &result, err)) {
        return command_failed(err);
    }
    if (connection_rows(result) == 0 && !cli->options.json) {
        printf(say("nada apartado\n", "nothing was set aside\n"));
    } else {
        good = output_rows(result, columns, PAYLOAD, cli->options.json, stdout, err);
    }
    PQclear(result);
    return good ? EXIT_OK : command_failed(err);
}

/* --- one of them --- */

/* The schema of the service that an id begins with: gateway.imss-bienestar/0/1 is gateway_imss_bienestar's. NULL for
 * what is no such id: nothing else gets into the SQL. */
static const char *schema_of(const char *id, struct arena *arena)
{
    const size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz.-");
    char *schema = arena_text(arena, id, length);

    for (char *at = schema; *at != '\0'; at++) {
        if (*at == '.' || *at == '-') {
            *at = '_';
        }
    }
    return length > 0 && id[length] == '/' ? schema : NULL;
}

/* Its content in hexadecimal; NULL where the service's table is not ours to read. */
static const char *query_payload(struct cli *cli, const char *id)
{
    const char *schema = schema_of(id, &cli->arena);
    const char *hex = NULL;
    struct error away = {0};
    PGresult *found;

    if (schema == NULL ||
        !connection_query(&cli->connection,
                          arena_format(&cli->arena,
                                       "select encode(payload, 'hex') from %s.quarantine where id ="
                                       " $1",
                                       schema),
                          &id, 1, &found, &away)) {
        return NULL;
    }
    if (connection_rows(found) > 0 && connection_text(found, 0, 0) != NULL) {
        hex = arena_copy(&cli->arena, connection_text(found, 0, 0));
    }
    PQclear(found);
    return hex;
}

/* As monitor knows it; its last column is for the content. */
static bool query_one(struct cli *cli, const char *id, PGresult **out, struct error *err)
{
    return connection_query(&cli->connection,
                            arena_format(&cli->arena,
                                         "select %s, null::text from monitor.set_aside q where "
                                         "q.quarantine_id = $1",
                                         quarantine_columns_sql),
                            &id, 1, out, err);
}

static int nibble(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static bool is_text(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)bytes[i] < ' ' && strchr("\t\r\n", bytes[i]) == NULL) {
            return false;
        }
    }
    return memchr(bytes, 0, size) == NULL && text_is_utf8(bytes, size);
}

/* Puts in the cells of a row, a tab between them; NULL for an event, which is no text. */
static const char *show_payload(PGresult *result, const char *hex, struct arena *arena,
                                struct error *err)
{
    const size_t size = hex == NULL ? 0 : strlen(hex) / 2;
    char *bytes = arena_alloc(arena, size + 1);
    bool text;

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)(nibble(hex[2 * i]) * 16 + nibble(hex[2 * i + 1]));
    }
    text = hex != NULL && is_text(bytes, size);
    if (!PQsetvalue(result, 0, PAYLOAD, bytes, text ? (int)size : -1)) {
        (void)error_set(err, ERROR_FATAL,
                        say("no hay memoria para el renglón", "there is no memory for the row"));
    }
    return text ? bytes : NULL;
}

static void tell_payload(const PGresult *result, const char *cells)
{
    if (cells == NULL) {
        printf(say("contenido: un evento; si está en el tópico: abasto tail %s --from %s\n",
                   "content: an event; where the topic has it: abasto tail %s --from %s\n"),
               connection_text(result, 0, QUARANTINE_SOURCE),
               connection_text(result, 0, QUARANTINE_POSITION));
        return;
    }
    printf(say("renglón, tal como vino: ", "row, as it came: "));
    for (const char *at = cells; *at != '\0'; at++) {
        if (*at == '\t') {
            printf(" | ");
        } else {
            putchar(*at);
        }
    }
    printf("\n");
}

static void tell_line(const char *label, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        printf("%s: %s\n", label, value);
    }
}

/* Who did what about it, and what it came to. */
static void tell_act(const PGresult *result)
{
    if (connection_text(result, 0, QUARANTINE_ACT) == NULL) {
        return;
    }
    tell_line(say("último acto", "last act"), connection_text(result, 0, QUARANTINE_ACT));
    tell_line(say("quién", "who"), connection_text(result, 0, QUARANTINE_ACTOR));
    tell_line(say("por qué", "why"), connection_text(result, 0, QUARANTINE_GROUND));
    tell_line(say("evidencia", "evidence"), connection_text(result, 0, QUARANTINE_EVIDENCE));
    tell_line(say("cambios", "changes"), connection_text(result, 0, QUARANTINE_CHANGES));
    tell_line(say("intentos sin éxito", "tries in vain"),
              connection_text(result, 0, QUARANTINE_TRIES));
    tell_line(say("versión que vale", "version that stands"),
              connection_text(result, 0, QUARANTINE_FACT));
}

enum exit_status quarantine_show(struct cli *cli, struct error *err)
{
    const char *id = cli->options.words[0];
    PGresult *result;
    const char *cells;
    bool good;

    if (!query_one(cli, id, &result, err)) {
        return command_failed(err);
    }
    if (connection_rows(result) == 0) {
        PQclear(result);
        (void)error_set(err, ERROR_REJECT,
                        say("nada apartado con id %s", "nothing was set aside under id %s"), id);
        return EXIT_PROBLEM;
    }
    cells = show_payload(result, query_payload(cli, id), &cli->arena, err);
    good = err->action == ERROR_NONE &&
           output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    if (good && !cli->options.json) {
        tell_payload(result, cells);
        tell_act(result);
    }
    PQclear(result);
    return good ? EXIT_OK : command_failed(err);
}
