#include "schemas/generator/resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Records whose comparison is under way: meeting one again says nothing new (recursive types). */
struct pair {
    const struct pair *parent;
    const struct schema_node *reader;
    const struct schema_node *writer;
};

struct place {
    const struct resolve_listener *listener;
    const struct path *path;
    const struct pair *pair;
};

static void compare(const struct schema_node *reader, const struct schema_node *writer,
                    const struct place *place);

const char *resolve_rule_text(enum resolve_rule rule)
{
    switch (rule) {
    case RULE_DEFAULT:
        return "a field that older messages lack needs a default";
    case RULE_REMOVED:
        return "a field is removed only if the older version gave it a default";
    case RULE_TYPE:
        return "a type may widen from int to long, and not change otherwise";
    case RULE_NULL:
        return "a field that could be null stays nullable";
    case RULE_SYMBOL:
        return "a symbol is removed only if the enum has a default";
    case RULE_NAME:
        return "records and enums keep their full name";
    }
    return "";
}

static void tell(const struct place *place, enum resolve_rule rule, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void tell(const struct place *place, enum resolve_rule rule, const char *format, ...)
{
    char detail[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    place->listener->fault(place->listener->context, place->path, rule, detail);
}

static const struct schema_field *field_named(const struct schema_node *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++) {
        if (strcmp(record->fields[i].name, name) == 0) {
            return &record->fields[i];
        }
    }
    return NULL;
}

static void compare_records(const struct schema_node *reader, const struct schema_node *writer,
                            const struct place *place)
{
    for (size_t i = 0; i < reader->field_count; i++) {
        const struct schema_field *field = &reader->fields[i];
        const struct schema_field *before = field_named(writer, field->name);
        const struct path path = {.parent = place->path, .name = field->name};
        const struct place here = {place->listener, &path, place->pair};

        if (before != NULL) {
            compare(field->node, before->node, &here);
        } else if (field->default_value == NULL) {
            tell(&here, RULE_DEFAULT, "added without a default");
        }
    }
    for (size_t i = 0; i < writer->field_count; i++) {
        const struct schema_field *field = &writer->fields[i];
        const struct path path = {.parent = place->path, .name = field->name};
        const struct place here = {place->listener, &path, place->pair};

        if (field->default_value == NULL && field_named(reader, field->name) == NULL) {
            tell(&here, RULE_REMOVED, "removed (or renamed), and it had no default");
        }
    }
}

static void compare_symbols(const struct schema_node *reader, const struct schema_node *writer,
                            const struct place *place)
{
    for (size_t i = 0; i < writer->symbol_count && reader->symbol_default < 0; i++) {
        size_t j = 0;

        while (j < reader->symbol_count && strcmp(reader->symbols[j], writer->symbols[i]) != 0) {
            j++;
        }
        if (j == reader->symbol_count) {
            tell(place, RULE_SYMBOL, "symbol %s removed", writer->symbols[i]);
        }
    }
}

static const char *logical_name(const struct schema_node *node)
{
    switch (node->logical) {
    case LOGICAL_DATE:
        return " (date)";
    case LOGICAL_INSTANT:
        return " (timestamp-micros)";
    case LOGICAL_DECIMAL:
        return " (decimal)";
    case LOGICAL_UUID:
        return " (uuid)";
    case LOGICAL_NONE:
    case LOGICAL_OTHER: /* Avro says to read the plain type */
        break;
    }
    return "";
}

static bool same_logical(const struct schema_node *reader, const struct schema_node *writer)
{
    return strcmp(logical_name(reader), logical_name(writer)) == 0;
}

static bool kinds_fit(const struct schema_node *reader, const struct schema_node *writer)
{
    const bool widened = reader->kind == SCHEMA_LONG && writer->kind == SCHEMA_INT;

    return (reader->kind == writer->kind || widened) && same_logical(reader, writer);
}

/* A decimal of another scale would be read as another amount. */
static bool sizes_fit(const struct schema_node *reader, const struct schema_node *writer,
                      const struct place *place)
{
    if (reader->logical == LOGICAL_DECIMAL &&
        (reader->scale != writer->scale || reader->precision < writer->precision)) {
        tell(place, RULE_TYPE, "decimal(%d, %d) became decimal(%d, %d)", writer->precision,
             writer->scale, reader->precision, reader->scale);
        return false;
    }
    if (reader->kind == SCHEMA_FIXED && reader->fixed_bytes != writer->fixed_bytes) {
        tell(place, RULE_TYPE, "fixed(%zu) became fixed(%zu)", writer->fixed_bytes,
             reader->fixed_bytes);
        return false;
    }
    return true;
}

static bool names_fit(const struct schema_node *reader, const struct schema_node *writer,
                      const struct place *place)
{
    if (reader->full_name != NULL && strcmp(reader->full_name, writer->full_name) != 0) {
        tell(place, RULE_NAME, "%s became %s", writer->full_name, reader->full_name);
        return false;
    }
    return true;
}

static void compare_plain(const struct schema_node *reader, const struct schema_node *writer,
                          const struct place *place)
{
    if (!kinds_fit(reader, writer)) {
        tell(place, RULE_TYPE, "%s%s became %s%s", schema_kind_name(writer->kind),
             logical_name(writer), schema_kind_name(reader->kind), logical_name(reader));
        return;
    }
    if (!names_fit(reader, writer, place) || !sizes_fit(reader, writer, place)) {
        return;
    }
    if (reader->items != NULL) {
        compare(reader->items, writer->items, place);
    }
    compare_records(reader, writer, place);
    compare_symbols(reader, writer, place);
}

/* The branch that takes what `writer` holds: of its name, else of its kind, else one it widens to. */
static const struct schema_node *branch_for(const struct schema_node *reader,
                                            const struct schema_node *writer)
{
    const struct schema_node *found = NULL;

    for (size_t i = 0; i < reader->branch_count; i++) {
        const struct schema_node *branch = reader->branches[i];

        if (branch->full_name != NULL && writer->full_name != NULL &&
            strcmp(branch->full_name, writer->full_name) == 0) {
            return branch;
        }
        if (found == NULL ? branch->kind == writer->kind || kinds_fit(branch, writer)
                          : found->kind != writer->kind && branch->kind == writer->kind) {
            found = branch;
        }
    }
    return found;
}

static void compare_branch(const struct schema_node *reader, const struct schema_node *writer,
                           const struct place *place)
{
    const struct schema_node *branch =
        reader->kind == SCHEMA_UNION ? branch_for(reader, writer) : reader;

    if (writer->kind == SCHEMA_NULL && (branch == NULL || branch->kind != SCHEMA_NULL)) {
        tell(place, RULE_NULL, "no longer nullable");
    } else if (branch == NULL) {
        tell(place, RULE_TYPE, "%s%s is no longer among the types of the union",
             schema_kind_name(writer->kind), logical_name(writer));
    } else {
        compare_plain(branch, writer, place);
    }
}

static void compare(const struct schema_node *reader, const struct schema_node *writer,
                    const struct place *place)
{
    const struct pair pair = {place->pair, reader, writer};
    const struct place inside = {place->listener, place->path, &pair};

    for (const struct pair *seen = place->pair; seen != NULL; seen = seen->parent) {
        if (seen->reader == reader && seen->writer == writer) {
            return;
        }
    }
    if (writer->kind != SCHEMA_UNION) {
        compare_branch(reader, writer, &inside);
        return;
    }
    for (size_t i = 0; i < writer->branch_count; i++) {
        compare_branch(reader, writer->branches[i], &inside);
    }
}

void resolve_compare(const struct schema_node *reader, const struct schema_node *writer,
                     const struct resolve_listener *listener)
{
    const struct path root = {0};
    const struct place place = {listener, &root, NULL};

    compare(reader, writer, &place);
}
