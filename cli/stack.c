#include "cli/stack.h"
#include "cli/say.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_FILE_BYTES = 64 * 1024, SHARDS_USUAL = 4, SHARDS_MAX = 4096 };

const char *stack_value(const char *text, const char *name, struct arena *arena)
{
    const size_t length = strlen(name);

    for (const char *line = text; *line != '\0';) {
        const size_t size = strcspn(line, "\n");

        if (size > length && strncmp(line, name, length) == 0 && line[length] == '=') {
            return arena_text(arena, line + length + 1, size - length - 1);
        }
        line += size + (line[size] == '\n' ? 1 : 0);
    }
    return NULL;
}

/* The file's text; NULL when there is no such file. */
static const char *slurp(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    char *text;
    size_t size;

    if (file == NULL) {
        return NULL;
    }
    text = arena_alloc(arena, STACK_FILE_BYTES + 1);
    size = fread(text, 1, STACK_FILE_BYTES, file);
    text[size] = '\0';
    (void)fclose(file);
    return text;
}

/* var/demo/stack.env in a folder or above it. */
static const char *slurp_upwards(const char *folder, struct arena *arena, const char **path)
{
    char *here = arena_copy(arena, folder);

    while (here != NULL) {
        const char *text;
        char *slash;

        *path = arena_format(arena, "%s/var/demo/stack.env", here);
        text = slurp(*path, arena);
        if (text != NULL) {
            return text;
        }
        slash = strrchr(here, '/');
        if (slash == NULL) {
            break;
        }
        *slash = '\0';
    }
    *path = NULL;
    return NULL;
}

static const char *stack_text(const char *from_folder, const char *program_folder,
                              struct arena *arena, const char **path, struct error *err)
{
    const char *named = getenv("ABASTO_STACK");
    const char *text;

    if (named != NULL && named[0] != '\0') {
        *path = arena_format(arena, "%s/stack.env", named);
        text = slurp(*path, arena);
        if (text == NULL) {
            (void)error_set(err, ERROR_RETRY,
                            say("no hay un sistema en marcha en %s: %s; make demo arranca uno",
                                "there is no running system in %s: %s; make demo starts one"),
                            *path, say_errno(errno));
        }
        return text;
    }
    text = slurp_upwards(from_folder, arena, path);
    if (text == NULL) {
        text = slurp_upwards(program_folder, arena, path);
    }
    return text == NULL ? "" : text;
}

static const char *setting(const char *text, const char *name, struct arena *arena)
{
    const char *value = getenv(name);

    if (value != NULL && value[0] != '\0') {
        return value;
    }
    return stack_value(text, name, arena);
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0';
}

/* As the services take it: from NAME, or from the file that NAME_FILE names. Either of the environment counts before
 * both of the stack's. */
static bool secret_setting(const char *text, const char *name, struct arena *arena,
                           const char **out, struct error *err)
{
    const char *file_name = arena_format(arena, "%s_FILE", name);
    const char *path = is_set(name) && !is_set(file_name) ? NULL : setting(text, file_name, arena);
    const char *secret;
    size_t length;

    if (path == NULL || path[0] == '\0') {
        *out = setting(text, name, arena);
        return true;
    }
    secret = slurp(path, arena);
    if (secret == NULL) {
        return error_set(err, ERROR_FATAL, say("no se pudo leer %s: %s", "could not read %s: %s"),
                         path, say_errno(errno));
    }
    length = strlen(secret);
    while (length > 0 && strchr("\r\n", secret[length - 1]) != NULL) {
        length--;
    }
    *out = arena_text(arena, secret, length);
    return true;
}

static bool find_databases(const char *text, struct arena *arena, struct server_list *out,
                           struct error *err)
{
    const char *first;
    const char *others;

    *out = (struct server_list){0};
    return secret_setting(text, "ABASTO_DATABASE", arena, &first, err) &&
           secret_setting(text, "ABASTO_DATABASES", arena, &others, err) &&
           (first == NULL || server_list_read(first, others, arena, out, err));
}

bool stack_find(const char *from_folder, const char *program_folder, struct arena *arena,
                struct stack *out, struct error *err)
{
    const char *path = NULL;
    const char *text = stack_text(from_folder, program_folder, arena, &path, err);
    struct server_list databases;
    const char *password;
    const char *insecure;
    const char *shards;
    int64_t count = SHARDS_USUAL;

    if (text == NULL || !find_databases(text, arena, &databases, err) ||
        !secret_setting(text, "ABASTO_SASL_PASSWORD", arena, &password, err)) {
        return false;
    }
    insecure = setting(text, "ABASTO_INSECURE", arena);
    shards = setting(text, "ABASTO_SHARDS", arena);
    if (shards != NULL && (!text_to_int64(shards, &count) || count < 1 || count > SHARDS_MAX)) {
        return error_set(err, ERROR_FATAL,
                         say("ABASTO_SHARDS «%s» no es un número de 1 a %d",
                             "ABASTO_SHARDS «%s» is no number from 1 to %d"),
                         shards, SHARDS_MAX);
    }
    *out = (struct stack){.brokers = setting(text, "ABASTO_BROKERS", arena),
                          .databases = databases,
                          .drop = setting(text, "ABASTO_DROP", arena),
                          .archive = setting(text, "ABASTO_ARCHIVE", arena),
                          .formats = setting(text, "ABASTO_FORMATS_FOLDER", arena),
                          .tls_ca = setting(text, "ABASTO_TLS_CA", arena),
                          .tls_certificate = setting(text, "ABASTO_TLS_CERTIFICATE", arena),
                          .tls_key = setting(text, "ABASTO_TLS_KEY", arena),
                          .sasl_mechanism = setting(text, "ABASTO_SASL_MECHANISM", arena),
                          .sasl_user = setting(text, "ABASTO_SASL_USER", arena),
                          .sasl_password = password,
                          .insecure = insecure != NULL &&
                                      (strcmp(insecure, "1") == 0 || strcmp(insecure, "si") == 0 ||
                                       strcmp(insecure, "true") == 0),
                          .shards = (int32_t)count,
                          .file = path};
    return true;
}

struct bus_kafka_options stack_bus(const struct stack *stack)
{
    return (struct bus_kafka_options){.brokers = stack->brokers,
                                      .client_id = "abasto-cli",
                                      .insecure = stack->insecure,
                                      .tls_ca = stack->tls_ca,
                                      .tls_certificate = stack->tls_certificate,
                                      .tls_key = stack->tls_key,
                                      .sasl_mechanism = stack->sasl_mechanism,
                                      .sasl_user = stack->sasl_user,
                                      .sasl_password = stack->sasl_password};
}
