#include "services/gateway/ini.h"

#include "common/base/text.h"

#include <string.h>

/* What is being read. */
struct reading {
    struct arena *arena;
    struct ini *ini;
    size_t section_capacity;
    size_t entry_capacity;
    int line;
};

static bool fault(const struct reading *reading, struct error *err, const char *what)
{
    return error_set(err, ERROR_FATAL, "%s:%d: %s", reading->ini->name, reading->line, what);
}

/* Cuts " ; comment" off, and tells whether there was one. A ';' inside a word belongs to the value. */
static bool cut_comment(char *line)
{
    for (char *at = line; *at != '\0'; at++) {
        if (*at == ';' && (at == line || at[-1] == ' ' || at[-1] == '\t')) {
            *at = '\0';
            return true;
        }
    }
    return false;
}

static void *grown(struct arena *arena, const void *items, size_t count, size_t item_bytes,
                   size_t *capacity)
{
    void *copy;

    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    copy = arena_array(arena, *capacity, item_bytes);
    if (count > 0) {
        memcpy(copy, items, count * item_bytes);
    }
    return copy;
}

static bool add_section(struct reading *reading, const char *line, struct error *err)
{
    struct ini *ini = reading->ini;
    const size_t length = strlen(line);
    const char *name;

    if (length < 3 || line[length - 1] != ']') {
        return fault(reading, err, "se esperaba [sección]");
    }
    name = text_trim(reading->arena, arena_text(reading->arena, line + 1, length - 2));
    if (ini_section(ini, name) != NULL) {
        return fault(reading, err, "la sección ya existe");
    }
    if (ini->section_count == reading->section_capacity) {
        ini->sections = grown(reading->arena, ini->sections, ini->section_count,
                              sizeof *ini->sections, &reading->section_capacity);
    }
    ini->sections[ini->section_count++] = (struct ini_section){.name = name, .line = reading->line};
    reading->entry_capacity = 0;
    return true;
}

static bool add_entry(struct reading *reading, const char *line, bool commented, struct error *err)
{
    struct ini *ini = reading->ini;
    const char *equals = strchr(line, '=');
    struct ini_section *section;
    const char *key;

    if (equals == NULL || equals == line) {
        return fault(reading, err, "se esperaba clave = valor");
    }
    if (ini->section_count == 0) {
        return fault(reading, err, "hay una clave antes de la primera sección");
    }
    section = &ini->sections[ini->section_count - 1];
    key = text_trim(reading->arena, arena_text(reading->arena, line, (size_t)(equals - line)));
    for (size_t i = 0; i < section->entry_count; i++) {
        if (text_equal(section->entries[i].key, key)) {
            return fault(reading, err, "la clave ya está en la sección");
        }
    }
    if (section->entry_count == reading->entry_capacity) {
        section->entries = grown(reading->arena, section->entries, section->entry_count,
                                 sizeof *section->entries, &reading->entry_capacity);
    }
    section->entries[section->entry_count++] =
        (struct ini_entry){.key = key,
                           .value = text_trim(reading->arena, equals + 1),
                           .line = reading->line,
                           .commented = commented};
    return true;
}

static bool read_line(struct reading *reading, char *line, struct error *err)
{
    const char *text;
    bool commented;

    if (line[0] == '#') {
        return true;
    }
    commented = cut_comment(line);
    text = text_trim(reading->arena, line);
    if (text[0] == '\0') {
        return true;
    }
    return text[0] == '[' ? add_section(reading, text, err)
                          : add_entry(reading, text, commented, err);
}

bool ini_read(const char *name, const char *text, struct arena *arena, struct ini *out,
              struct error *err)
{
    struct ini ini = {.name = arena_copy(arena, name)};
    struct reading reading = {.arena = arena, .ini = &ini};

    if (!text_is_utf8(text, strlen(text))) {
        return fault(&reading, err, "no es UTF-8");
    }
    while (*text != '\0') {
        const size_t length = strcspn(text, "\n");

        reading.line++;
        if (!read_line(&reading, arena_text(arena, text, length), err)) {
            return false;
        }
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    *out = ini;
    return true;
}

struct ini_section *ini_section(const struct ini *ini, const char *name)
{
    for (size_t i = 0; i < ini->section_count; i++) {
        if (text_equal(ini->sections[i].name, name)) {
            return &ini->sections[i];
        }
    }
    return NULL;
}

const char *ini_value(struct ini_section *section, const char *key)
{
    for (size_t i = 0; i < section->entry_count; i++) {
        if (text_equal(section->entries[i].key, key)) {
            section->entries[i].used = true;
            return section->entries[i].value;
        }
    }
    return NULL;
}

bool ini_is_commented(const struct ini_section *section, const char *key)
{
    for (size_t i = 0; i < section->entry_count; i++) {
        if (text_equal(section->entries[i].key, key)) {
            return section->entries[i].commented;
        }
    }
    return false;
}

const struct ini_entry *ini_unused(const struct ini_section *section)
{
    for (size_t i = 0; i < section->entry_count; i++) {
        if (!section->entries[i].used) {
            return &section->entries[i];
        }
    }
    return NULL;
}
