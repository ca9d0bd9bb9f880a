#include "common/base/config.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES_MAX = 64 * 1024, NAME_COLUMN = 34 };

/* The text of one item and how the load went. */
struct reading {
    const struct config_item *item;
    struct arena *arena;
    struct buffer *faults;
    const char *text; /* NULL when not set and without default */
};

static const char *type_name(enum config_type type)
{
    switch (type) {
    case CONFIG_TEXT:
        return "texto";
    case CONFIG_PATH:
        return "ruta";
    case CONFIG_SECRET:
        return "secreto";
    case CONFIG_INT:
        return "entero";
    case CONFIG_BOOL:
        return "si/no";
    }
    return "texto";
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* The content of a secret's file without line breaks at its end; NULL after noting a fault. */
static const char *read_secret(struct reading *reading, const char *path)
{
    const char *name = reading->item->name;
    FILE *file = fopen(path, "rb");
    char *text;
    size_t size;
    bool failed;

    if (file == NULL) {
        buffer_format(reading->faults, "%s_FILE: no se puede abrir %s: %s\n", name, path,
                      strerror(errno));
        return NULL;
    }
    text = arena_alloc(reading->arena, SECRET_BYTES_MAX + 2);
    size = fread(text, 1, SECRET_BYTES_MAX + 1, file);
    failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed || size > SECRET_BYTES_MAX || strlen(text) != size) {
        buffer_format(reading->faults,
                      "%s_FILE: %s no se puede leer, pasa de %d bytes o contiene un byte NUL\n",
                      name, path, SECRET_BYTES_MAX);
        return NULL;
    }
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
        text[--size] = '\0';
    }
    if (size == 0) {
        buffer_format(reading->faults, "%s_FILE: %s está vacío\n", name, path);
        return NULL;
    }
    return text;
}

/* False when a fault was noted: the item is then left alone. */
static bool find_text(struct reading *reading)
{
    const struct config_item *item = reading->item;
    const char *value = environment(item->name);

    if (item->type == CONFIG_SECRET) {
        const char *path = environment(arena_format(reading->arena, "%s_FILE", item->name));

        if (value != NULL && path != NULL) {
            buffer_format(reading->faults, "%s y %s_FILE: defina sólo una de las dos\n", item->name,
                          item->name);
            return false;
        }
        if (path != NULL) {
            reading->text = read_secret(reading, path);
            return reading->text != NULL;
        }
    }
    reading->text = value != NULL ? arena_copy(reading->arena, value) : item->fallback;
    if (reading->text == NULL && item->required) {
        buffer_format(reading->faults, "%s%s: falta; %s\n", item->name,
                      item->type == CONFIG_SECRET ? " (o su _FILE)" : "", item->help);
        return false;
    }
    return true;
}

static void store_int(const struct reading *reading, int64_t *field)
{
    const struct config_item *item = reading->item;
    int64_t value = 0;

    if (reading->text != NULL && !text_to_int64(reading->text, &value)) {
        buffer_format(reading->faults, "%s: «%s» no es un entero\n", item->name, reading->text);
        return;
    }
    if (reading->text != NULL && (item->minimum != 0 || item->maximum != 0) &&
        (value < item->minimum || value > item->maximum)) {
        buffer_format(reading->faults, "%s: %lld está fuera de %lld a %lld\n", item->name,
                      (long long)value, (long long)item->minimum, (long long)item->maximum);
        return;
    }
    *field = value;
}

static void store_bool(const struct reading *reading, bool *field)
{
    static const char *const yes[] = {"si", "sí", "true", "1"};
    static const char *const no[] = {"no", "false", "0"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (text_equal(reading->text, yes[i])) {
            *field = true;
            return;
        }
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (text_equal(reading->text, no[i]) || reading->text == NULL) {
            *field = false;
            return;
        }
    }
    buffer_format(reading->faults, "%s: «%s» no es «si» ni «no»\n", reading->item->name,
                  reading->text);
}

static void store(const struct reading *reading, void *target)
{
    void *field = (char *)target + reading->item->offset;

    switch (reading->item->type) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_SECRET:
        *(const char **)field = reading->text;
        return;
    case CONFIG_INT:
        store_int(reading, field);
        return;
    case CONFIG_BOOL:
        store_bool(reading, field);
        return;
    }
}

bool config_load(const struct config_item *items, void *target, struct arena *arena,
                 struct buffer *faults)
{
    const size_t before = faults->size;

    for (const struct config_item *item = items; item->name != NULL; item++) {
        struct reading reading = {.item = item, .arena = arena, .faults = faults};

        if (find_text(&reading)) {
            store(&reading, target);
        }
    }
    return faults->size == before;
}

void config_print_help(const struct config_item *items, FILE *out)
{
    (void)fprintf(out, "Variables de entorno:\n");
    for (const struct config_item *item = items; item->name != NULL; item++) {
        (void)fprintf(out, "  %-*s %-8s %s", NAME_COLUMN, item->name, type_name(item->type),
                      item->help);
        if (item->fallback != NULL && item->type != CONFIG_SECRET) {
            (void)fprintf(out, " (por omisión: %s)", item->fallback);
        } else if (item->required) {
            (void)fprintf(out, " (obligatoria)");
        }
        if (item->type == CONFIG_INT && (item->minimum != 0 || item->maximum != 0)) {
            (void)fprintf(out, " (de %lld a %lld)", (long long)item->minimum,
                          (long long)item->maximum);
        }
        if (item->type == CONFIG_SECRET) {
            (void)fprintf(out, " (también %s_FILE: ruta de un archivo que lo contiene)",
                          item->name);
        }
        (void)fprintf(out, "\n");
    }
}

static void print_value(const struct config_item *item, const void *field, FILE *out)
{
    const char *text;

    switch (item->type) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
        text = *(const char *const *)field;
        (void)fprintf(out, "%s", text == NULL ? "(sin definir)" : text);
        return;
    case CONFIG_SECRET:
        text = *(const char *const *)field;
        (void)fprintf(out, "%s", text == NULL ? "(sin definir)" : "(definido)");
        return;
    case CONFIG_INT:
        (void)fprintf(out, "%lld", (long long)*(const int64_t *)field);
        return;
    case CONFIG_BOOL:
        (void)fprintf(out, "%s", *(const bool *)field ? "si" : "no");
        return;
    }
}

void config_print_check(const struct config_item *items, const void *target, FILE *out)
{
    for (const struct config_item *item = items; item->name != NULL; item++) {
        (void)fprintf(out, "%-*s ", NAME_COLUMN, item->name);
        print_value(item, (const char *)target + item->offset, out);
        (void)fprintf(out, "\n");
    }
}
