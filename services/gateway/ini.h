#ifndef SERVICES_GATEWAY_INI_H
#define SERVICES_GATEWAY_INI_H

#include "common/base/arena.h"
#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/** `key = value` of a section. */
struct ini_entry {
    const char *key;
    const char *value; /**< trimmed, without the comment; may be "" */
    int line;
    bool commented; /**< a comment was cut off behind the value */
    bool used;      /**< somebody asked for it: what nobody asked for is a fault */
};

struct ini_section {
    const char *name;
    int line;
    struct ini_entry *entries;
    size_t entry_count;
};

/** A file of sections. All of it belongs to the arena it was read into. */
struct ini {
    const char *name; /**< of the file, for messages */
    struct ini_section *sections;
    size_t section_count;
};

/**
 * Reads the text of an .ini file, strictly: `[section]`, `key = value`, comments after ';' or '#' at the start
 * of a line or after a blank and ';'. A line of any other form, a key or section that comes twice, a key
 * before the first section and text that is not UTF-8 are FATAL and name file and line.
 */
bool ini_read(const char *name, const char *text, struct arena *arena, struct ini *out,
              struct error *err) MUST_CHECK;

/** The section of that name, or NULL. */
struct ini_section *ini_section(const struct ini *ini, const char *name);

/** The value of a key, or NULL; marks it as used. */
const char *ini_value(struct ini_section *section, const char *key);

/** Whether a comment stood behind the value of a key: where ';' may be meant as a value. */
bool ini_is_commented(const struct ini_section *section, const char *key);

/** The first entry that nobody asked for, or NULL. */
const struct ini_entry *ini_unused(const struct ini_section *section);

#endif
