#include "common/base/text.h"
#include "events.h"
#include "services/gateway/layout_parts.h"

#include <string.h>

/* The section [layout]: what a file of it looks like, and what its rows are known by. */

static const struct {
    const char *name;
    char delimiter;
} delimiters[] = {{"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}, {"tab", '\t'}};
enum { DELIMITERS = sizeof delimiters / sizeof delimiters[0] };

static const struct record_type *event_named(const char *name)
{
    for (size_t i = 0; i < event_type_count; i++) {
        if (text_equal(event_types[i]->name, name)) {
            return event_types[i];
        }
    }
    return NULL;
}

/* Members of the event that no layout names, because the gateway fills them for all. */
static void find_common_members(struct layout *layout)
{
    if (!layout_member_find(layout->event, "fact", &layout->fact) ||
        layout->fact.field->record != &fact_type) {
        layout->fact = (struct layout_member){0};
        if (!layout_member_find(layout->event, "as_of", &layout->as_of_member)) {
            layout->as_of_member = (struct layout_member){0};
        }
    }
    if (!layout_member_find(layout->event, "institution", &layout->institution_member)) {
        layout->institution_member = (struct layout_member){0};
    }
}

/* Reads a key that is one of two words; absent is the first. */
static bool one_of_two(const struct ini *ini, struct ini_section *section, const char *key,
                       const char *first, const char *second, bool *out, struct error *err)
{
    const char *value = ini_value(section, key);

    if (value != NULL && !text_equal(value, first) && !text_equal(value, second)) {
        return layout_fault(ini, section->line, key, value, err);
    }
    *out = text_equal(value, second);
    return true;
}

static bool read_delimiters(const struct ini *ini, struct ini_section *section, struct arena *arena,
                            struct layout *layout, struct error *err)
{
    const char *value = ini_value(section, "delimiter");
    char *found = arena_alloc(arena, DELIMITERS + 1);
    const char **names;
    const size_t count = layout_split(arena, value == NULL ? "comma" : value, ',', &names);

    for (size_t i = 0; i < count; i++) {
        size_t at = 0;

        while (at < DELIMITERS && !text_equal(delimiters[at].name, names[i])) {
            at++;
        }
        if (at == DELIMITERS || strchr(found, delimiters[at].delimiter) != NULL) {
            return layout_fault(ini, section->line, "delimiter", names[i], err);
        }
        found[i] = delimiters[at].delimiter;
    }
    layout->delimiters = found;
    return count > 0 || layout_fault(ini, section->line, "delimiter", value, err);
}

static bool read_encoding(const struct ini *ini, struct ini_section *section, struct layout *layout,
                          struct error *err)
{
    const char *value = ini_value(section, "encoding");

    layout->cp1252 = text_equal(value, "utf-8, cp1252");
    return value == NULL || layout->cp1252 || text_equal(value, "utf-8") ||
           layout_fault(ini, section->line, "encoding", value, err);
}

/* What stands around the rows. */
static bool read_surroundings(const struct ini *ini, struct ini_section *section,
                              struct arena *arena, struct layout *layout, struct error *err)
{
    const char *banner = ini_value(section, "banner_rows");
    const char *filler = ini_value(section, "filler");
    int64_t rows = 0;

    if (banner != NULL && (!text_to_int64(banner, &rows) || rows < 0 || rows > BANNER_ROWS_MAX)) {
        return layout_fault(ini, section->line, "banner_rows", banner, err);
    }
    layout->banner_rows = (size_t)rows;
    if (filler != NULL) {
        layout->filler_count = layout_split(arena, filler, '|', &layout->fillers);
    }
    for (size_t i = 0; i < layout->filler_count; i++) {
        layout->fillers[i] = column_fold(arena, layout->fillers[i]);
    }
    return true;
}

bool layout_head_read(const struct ini *ini, struct arena *arena, struct layout *layout,
                      struct error *err)
{
    struct ini_section *section = ini_section(ini, "layout");
    const char *event;

    if (section == NULL) {
        return layout_fault(ini, 1, "[layout]", "falta", err);
    }
    layout->id = ini_value(section, "id");
    layout->source = ini_value(section, "source");
    layout->institution = ini_value(section, "institution");
    layout->reads_with = ini_value(section, "reads_with");
    event = ini_value(section, "event");
    if (layout->id == NULL || layout->id[0] == '\0') {
        return layout_fault(ini, section->line, "id", "falta", err);
    }
    layout->event = event == NULL ? NULL : event_named(event);
    if (layout->event == NULL) {
        return layout_fault(ini, section->line, "event", event == NULL ? "falta" : event, err);
    }
    layout->source = layout->source == NULL ? layout->id : layout->source;
    find_common_members(layout);
    if (layout->fact.field == NULL && layout->as_of_member.field == NULL) {
        return layout_fault(ini, section->line, "event", event, err);
    }
    return one_of_two(ini, section, "undated", "no", "yes", &layout->undated, err) &&
           one_of_two(ini, section, "duplicates", "no", "yes", &layout->duplicates, err) &&
           one_of_two(ini, section, "decimal", "point", "comma", &layout->decimal_comma, err) &&
           one_of_two(ini, section, "snapshot", "partial", "complete", &layout->snapshot, err) &&
           one_of_two(ini, section, "as_of_name", "no", "yes", &layout->as_of_name, err) &&
           read_delimiters(ini, section, arena, layout, err) &&
           read_encoding(ini, section, layout, err) &&
           read_surroundings(ini, section, arena, layout, err);
}

/* The columns that a key names, separated by commas, each of a type that it may have (NULL: any); absent: none. */
static bool named_columns(const struct ini *ini, struct arena *arena, struct layout *layout,
                          const char *key, bool (*may_be)(enum column_type type),
                          const struct layout_column ***out, size_t *count, struct error *err)
{
    struct ini_section *section = ini_section(ini, "layout");
    const char *value = ini_value(section, key);
    const char **names;

    if (value == NULL) {
        return true;
    }
    *count = layout_split(arena, value, ',', &names);
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = layout_column_named(layout, names[i]);
        if ((*out)[i] == NULL || (may_be != NULL && !may_be((*out)[i]->type))) {
            return layout_fault(ini, section->line, key, names[i], err);
        }
    }
    return true;
}

static bool date_column(const struct ini *ini, const struct layout *layout, const char *key,
                        const struct layout_column **out, struct error *err)
{
    struct ini_section *section = ini_section(ini, "layout");
    const char *value = ini_value(section, key);

    if (value == NULL) {
        return true;
    }
    *out = layout_column_named(layout, value);
    return (*out != NULL && (*out)->type == COLUMN_DATE) ||
           layout_fault(ini, section->line, key, value, err);
}

bool layout_keys_read(const struct ini *ini, struct arena *arena, struct layout *layout,
                      struct error *err)
{
    const int line = ini_section(ini, "layout")->line;
    const struct layout_column *as_of = NULL;

    layout->as_of_index = SIZE_MAX;
    if (!named_columns(ini, arena, layout, "key", column_identifies, &layout->keys,
                       &layout->key_count, err) ||
        !named_columns(ini, arena, layout, "scope", column_identifies, &layout->scope,
                       &layout->scope_count, err) ||
        !named_columns(ini, arena, layout, "skip_if_blank", NULL, &layout->silent_without,
                       &layout->silent_count, err) ||
        !date_column(ini, layout, "as_of", &as_of, err) ||
        !date_column(ini, layout, "window", &layout->window, err)) {
        return false;
    }
    if (layout->key_count == 0) {
        return layout_fault(ini, line, "key", "falta", err);
    }
    if (layout->silent_count > 0 && layout->reads_with == NULL) {
        return layout_fault(ini, line, "skip_if_blank", "sólo va con reads_with", err);
    }
    if (layout->snapshot != (layout->scope_count > 0) ||
        (layout->window != NULL && !layout->snapshot)) {
        return layout_fault(ini, line, "snapshot", "complete va con scope, y sólo con él", err);
    }
    if (as_of != NULL) {
        layout->as_of_index = (size_t)(as_of - layout->columns);
        layout->as_of_column = as_of->name;
    }
    return true;
}
