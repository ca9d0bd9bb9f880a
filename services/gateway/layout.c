#include "services/gateway/layout.h"

#include "common/base/text.h"
#include "services/gateway/layout_parts.h"

#include <string.h>

enum { MONTHS_MAX = 1200 };

bool layout_fault(const struct ini *ini, int line, const char *what, const char *value,
                  struct error *err)
{
    return error_set(err, ERROR_FATAL, "%s:%d: %s: %s", ini->name, line, what, value);
}

const char *column_fold(struct arena *arena, const char *text)
{
    char *folded = text_fold(arena, text);
    size_t used = 0;

    for (size_t i = 0; folded[i] != '\0'; i++) {
        if (folded[i] != ' ' && folded[i] != '_') {
            folded[used++] = folded[i];
        }
    }
    folded[used] = '\0';
    return folded;
}

size_t layout_split(struct arena *arena, const char *text, char separator, const char ***out)
{
    size_t count = 1;
    const char **parts;
    size_t used = 0;

    for (const char *at = text; *at != '\0'; at++) {
        count += *at == separator ? 1 : 0;
    }
    parts = arena_array(arena, count, sizeof *parts);
    for (;;) {
        const char *end = strchr(text, separator);
        const size_t length = end == NULL ? strlen(text) : (size_t)(end - text);
        const char *part = text_trim(arena, arena_text(arena, text, length));

        if (part[0] != '\0') {
            parts[used++] = part;
        }
        if (end == NULL) {
            *out = parts;
            return used;
        }
        text = end + 1;
    }
}

bool layout_member_find(const struct record_type *event, const char *path,
                        struct layout_member *out)
{
    const char *dot = strchr(path, '.');
    const struct record_field *outer;
    char name[64];

    if (dot == NULL) {
        out->field = record_field_named(event, path);
        out->base = 0;
        return out->field != NULL;
    }
    if (!text_format(name, sizeof name, "%.*s", (int)(dot - path), path)) {
        return false;
    }
    outer = record_field_named(event, name);
    if (outer == NULL || outer->type != FIELD_RECORD || outer->nullable) {
        return false;
    }
    out->field = record_field_named(outer->record, dot + 1);
    out->base = outer->offset;
    return out->field != NULL;
}

struct layout_column *layout_column_named(const struct layout *layout, const char *section)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        if (text_equal(layout->columns[i].section, section)) {
            return &layout->columns[i];
        }
    }
    return NULL;
}

static bool is_column(const struct ini_section *section)
{
    return !text_equal(section->name, "layout") && !text_equal(section->name, "ignored") &&
           !text_equal(section->name, "constants") && !text_equal(section->name, "rules");
}

/* What columns say of each other, once all are there. */
static bool link_columns(const struct ini *ini, struct arena *arena, struct layout *layout,
                         struct error *err)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        struct layout_column *column = &layout->columns[i];
        struct ini_section *section = ini_section(ini, column->section);
        const char *checks = ini_value(section, "checks");
        const char **names = NULL;

        column->checks = checks == NULL ? NULL : layout_column_named(layout, checks);
        if (checks != NULL && column->checks == NULL) {
            return layout_fault(ini, section->line, "checks", checks, err);
        }
        column->parts = arena_array(arena, column->part_count + 1, sizeof *column->parts);
        if (column->part_count > 0) {
            (void)layout_split(arena, column->name, ',', &names);
        }
        for (size_t part = 0; part < column->part_count; part++) {
            column->parts[part] = layout_column_named(layout, names[part]);
            if (column->parts[part] == NULL || column->parts[part]->part_count > 0) {
                return layout_fault(ini, section->line, "parts", names[part], err);
            }
        }
    }
    return true;
}

static bool read_columns(const struct ini *ini, struct arena *arena, struct layout *layout,
                         struct error *err)
{
    layout->columns = arena_array(arena, ini->section_count, sizeof *layout->columns);
    for (size_t i = 0; i < ini->section_count; i++) {
        if (!is_column(&ini->sections[i])) {
            continue;
        }
        if (!layout_column_read(ini, &ini->sections[i], layout, arena,
                                &layout->columns[layout->column_count], err)) {
            return false;
        }
        layout->column_count++;
    }
    return link_columns(ini, arena, layout, err);
}

static void read_ignored(const struct ini *ini, struct arena *arena, struct layout *layout)
{
    struct ini_section *section = ini_section(ini, "ignored");
    const char *columns = section == NULL ? NULL : ini_value(section, "columns");

    if (columns == NULL) {
        return;
    }
    layout->ignored_count = layout_split(arena, columns, '|', &layout->ignored);
    for (size_t i = 0; i < layout->ignored_count; i++) {
        layout->ignored[i] = column_fold(arena, layout->ignored[i]);
    }
}

static int64_t symbol_index(const struct record_field *field, const char *symbol)
{
    for (size_t i = 0; i < field->symbol_count; i++) {
        if (text_equal(field->symbols[i], symbol)) {
            return (int64_t)i;
        }
    }
    return -1;
}

/* What a constant means to its member; false: nothing. */
static bool constant_number(struct layout_constant *constant)
{
    const struct record_field *field = constant->target.field;

    switch (field->type) {
    case FIELD_TEXT:
        return true;
    case FIELD_ENUM:
        constant->number = symbol_index(field, constant->text);
        return constant->number >= 0;
    case FIELD_BOOL:
        constant->number = text_equal(constant->text, "yes") ? 1 : 0;
        return constant->number == 1 || text_equal(constant->text, "no");
    case FIELD_INT32:
    case FIELD_INT64:
        return text_to_int64(constant->text, &constant->number) && constant->number >= 0 &&
               constant->number <= INT32_MAX;
    case FIELD_DATE:
    case FIELD_DECIMAL:
    case FIELD_INSTANT:
    case FIELD_BYTES:
    case FIELD_RECORD:
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        break;
    }
    return false;
}

static bool read_constants(const struct ini *ini, struct arena *arena, struct layout *layout,
                           struct error *err)
{
    struct ini_section *section = ini_section(ini, "constants");

    if (section == NULL) {
        return true;
    }
    layout->constants = arena_array(arena, section->entry_count, sizeof *layout->constants);
    for (size_t i = 0; i < section->entry_count; i++) {
        struct layout_constant *constant = &layout->constants[layout->constant_count];

        section->entries[i].used = true;
        constant->text = section->entries[i].value;
        if (!layout_member_find(layout->event, section->entries[i].key, &constant->target) ||
            !constant_number(constant)) {
            return layout_fault(ini, section->entries[i].line, "constants", section->entries[i].key,
                                err);
        }
        layout->constant_count++;
    }
    return true;
}

/* Reads "a, b": as many members as `out` has, of the types given; an absent key leaves them. */
static bool rule_members(const struct ini *ini, const struct layout *layout, struct arena *arena,
                         const char *key, const enum field_type *wanted,
                         struct layout_member *const *out, size_t count, struct error *err)
{
    struct ini_section *section = ini_section(ini, "rules");
    const char *value = section == NULL ? NULL : ini_value(section, key);
    const char **parts;

    if (value == NULL) {
        return true;
    }
    if (layout_split(arena, value, ',', &parts) != count) {
        return layout_fault(ini, section->line, key, value, err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!layout_member_find(layout->event, parts[i], out[i]) ||
            out[i]->field->type != wanted[i]) {
            return layout_fault(ini, section->line, key, parts[i], err);
        }
    }
    return true;
}

static bool read_rules(const struct ini *ini, struct arena *arena, struct layout *layout,
                       struct error *err)
{
    struct layout_rules *rules = &layout->rules;
    struct ini_section *section = ini_section(ini, "rules");
    const char *months = section == NULL ? NULL : ini_value(section, "shelf_life_months");

    if (!rule_members(ini, layout, arena, "subtract", (enum field_type[]){FIELD_INT64, FIELD_INT64},
                      (struct layout_member *[]){&rules->subtract_from, &rules->subtract}, 2,
                      err) ||
        !rule_members(
            ini, layout, arena, "cancelled_on_as_of", (enum field_type[]){FIELD_ENUM, FIELD_DATE},
            (struct layout_member *[]){&rules->cancelled_status, &rules->cancelled_on}, 2, err) ||
        !rule_members(
            ini, layout, arena, "shelf_life",
            (enum field_type[]){FIELD_DATE, FIELD_DATE, FIELD_BOOL},
            (struct layout_member *[]){&rules->expires_on, &rules->arrived_on, &rules->letter}, 3,
            err) ||
        !rule_members(ini, layout, arena, "return_kind", (enum field_type[]){FIELD_ENUM},
                      (struct layout_member *[]){&rules->return_kind}, 1, err)) {
        return false;
    }
    if (months != NULL && (!text_to_int64(months, &rules->shelf_life_months) ||
                           rules->shelf_life_months < 0 || rules->shelf_life_months > MONTHS_MAX)) {
        return layout_fault(ini, section->line, "shelf_life_months", months, err);
    }
    if (rules->return_kind.field != NULL) {
        rules->delivery_symbol = symbol_index(rules->return_kind.field, "DELIVERY");
        rules->return_symbol = symbol_index(rules->return_kind.field, "RETURN");
    }
    return true;
}

/* A return is a kind of the event, and its pieces turn their sign. */
static bool check_returns(const struct ini *ini, const struct layout *layout, struct error *err)
{
    const struct layout_rules *rules = &layout->rules;

    for (size_t i = 0; i < layout->column_count; i++) {
        const struct layout_column *column = &layout->columns[i];

        if (!column->negative_returns) {
            continue;
        }
        if (rules->return_kind.field == NULL || rules->delivery_symbol < 0 ||
            rules->return_symbol < 0) {
            return layout_fault(ini, 1, "negative_is_return",
                                "falta return_kind en [rules], con DELIVERY y RETURN", err);
        }
        if (column->target.field != NULL && column->target.field->type != FIELD_INT64) {
            return layout_fault(ini, 1, "negative_is_return", "sólo para piezas", err);
        }
    }
    return true;
}

/* What nobody asked for is a slip of the pen. */
static bool all_used(const struct ini *ini, struct error *err)
{
    for (size_t i = 0; i < ini->section_count; i++) {
        const struct ini_entry *entry = ini_unused(&ini->sections[i]);

        if (entry != NULL) {
            return layout_fault(ini, entry->line, "clave desconocida", entry->key, err);
        }
    }
    return true;
}

bool layout_read(const char *name, const char *text, struct arena *arena, struct layout **out,
                 struct error *err)
{
    struct layout *layout = arena_alloc(arena, sizeof *layout);
    struct ini ini;

    if (!ini_read(name, text, arena, &ini, err) || !layout_head_read(&ini, arena, layout, err) ||
        !read_columns(&ini, arena, layout, err) || !layout_keys_read(&ini, arena, layout, err)) {
        return false;
    }
    read_ignored(&ini, arena, layout);
    if (!read_constants(&ini, arena, layout, err) || !read_rules(&ini, arena, layout, err) ||
        !check_returns(&ini, layout, err) || !all_used(&ini, err)) {
        return false;
    }
    *out = layout;
    return true;
}

const struct layout *layout_find(const struct layout_set *set, const char *id)
{
    for (size_t i = 0; i < set->count; i++) {
        if (text_equal(set->layouts[i]->id, id)) {
            return set->layouts[i];
        }
    }
    return NULL;
}

const char *layout_id(const struct layout *layout)
{
    return layout->id;
}

const char *layout_source(const struct layout *layout)
{
    return layout->source;
}

const char *layout_institution(const struct layout *layout)
{
    return layout->institution;
}

const struct record_type *layout_event(const struct layout *layout)
{
    return layout->event;
}

bool layout_is_snapshot(const struct layout *layout)
{
    return layout->snapshot;
}

bool layout_is_named_by_date(const struct layout *layout)
{
    return layout->as_of_name;
}

bool layout_is_companion(const struct layout *layout)
{
    return layout->reads_with != NULL;
}

const char *layout_as_of_column(const struct layout *layout)
{
    return layout->as_of_column;
}
