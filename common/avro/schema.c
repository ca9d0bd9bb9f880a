#include "common/avro/schema.h"

#include "common/avro/path.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_NESTING = 64,
    MIN_BYTES_CAP = 1 << 30,
    VALUE_WEIGHT = 64, /* bytes, about, that Avro C keeps for a value */
    WEIGHT_MAX = 4 * 1024 * 1024,
};

struct named {
    struct named *next;
    struct schema_node *node;
    bool open;     /* being weighed */
    size_t weight; /* of a record, once it is weighed; else 0 */
};

struct parser {
    struct arena *arena;
    struct named *names;
    struct error *err;
};

struct place {
    const char *space; /* enclosing namespace, "" when there is none */
    int depth;
    struct path path;
};

static const char *const kind_names[] = {
    [SCHEMA_NULL] = "null",   [SCHEMA_BOOLEAN] = "boolean", [SCHEMA_INT] = "int",
    [SCHEMA_LONG] = "long",   [SCHEMA_FLOAT] = "float",     [SCHEMA_DOUBLE] = "double",
    [SCHEMA_BYTES] = "bytes", [SCHEMA_STRING] = "string",   [SCHEMA_RECORD] = "record",
    [SCHEMA_ENUM] = "enum",   [SCHEMA_FIXED] = "fixed",     [SCHEMA_ARRAY] = "array",
    [SCHEMA_MAP] = "map",     [SCHEMA_UNION] = "union",
};

enum { KIND_COUNT = sizeof kind_names / sizeof *kind_names };

static bool parse_node(struct parser *parser, const json_t *json, const struct place *place,
                       const struct schema_node **out);

const char *schema_kind_name(enum schema_kind kind)
{
    return kind_names[kind];
}

static bool is_name(const json_t *json, bool dots)
{
    const char *text = json_string_value(json);
    bool start = true;

    if (text == NULL || *text == '\0' || json_string_length(json) != strlen(text)) {
        return false;
    }
    for (; *text != '\0'; text++) {
        const bool letter =
            (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || *text == '_';

        if (!letter && !(!start && *text >= '0' && *text <= '9') &&
            !(dots && !start && *text == '.')) {
            return false;
        }
        start = *text == '.';
    }
    return !start;
}

static size_t capped(size_t bytes)
{
    return bytes > MIN_BYTES_CAP ? MIN_BYTES_CAP : bytes;
}

static struct place below(const struct place *place, const char *name)
{
    return (struct place){.space = place->space,
                          .depth = place->depth + 1,
                          .path = {.parent = &place->path, .name = name}};
}

static const struct schema_node *find_name(const struct parser *parser, const char *full_name)
{
    for (const struct named *named = parser->names; named != NULL; named = named->next) {
        if (strcmp(named->node->full_name, full_name) == 0) {
            return named->node;
        }
    }
    return NULL;
}

static struct schema_node *node_create(struct parser *parser, enum schema_kind kind)
{
    static const size_t least[KIND_COUNT] = {
        [SCHEMA_BOOLEAN] = 1, [SCHEMA_INT] = 1,   [SCHEMA_LONG] = 1,   [SCHEMA_FLOAT] = 4,
        [SCHEMA_DOUBLE] = 8,  [SCHEMA_BYTES] = 1, [SCHEMA_STRING] = 1, [SCHEMA_ENUM] = 1,
        [SCHEMA_ARRAY] = 1,   [SCHEMA_MAP] = 1,
    };
    struct schema_node *node = arena_alloc(parser->arena, sizeof *node);

    node->kind = kind;
    node->symbol_default = -1;
    node->min_bytes = least[kind];
    return node;
}

/* A string in type position: a primitive, or a name defined before. */
static bool parse_reference(struct parser *parser, const char *name, const struct place *place,
                            const struct schema_node **out)
{
    for (size_t kind = 0; kind <= SCHEMA_STRING; kind++) {
        if (strcmp(name, kind_names[kind]) == 0) {
            *out = node_create(parser, (enum schema_kind)kind);
            return true;
        }
    }
    if (strchr(name, '.') == NULL && *place->space != '\0') {
        *out = find_name(parser, arena_format(parser->arena, "%s.%s", place->space, name));
    } else {
        *out = find_name(parser, name);
    }
    return *out != NULL ||
           path_reject(parser->err, &place->path, "type \"%.80s\" is not defined before", name);
}

static bool parse_union(struct parser *parser, const json_t *json, const struct place *place,
                        const struct schema_node **out)
{
    const size_t count = json_array_size(json);
    struct schema_node *node = node_create(parser, SCHEMA_UNION);
    const struct schema_node **branches = arena_array(parser->arena, count, sizeof *branches);
    size_t least = MIN_BYTES_CAP;

    if (count == 0) {
        return path_reject(parser->err, &place->path, "a union without branches");
    }
    for (size_t i = 0; i < count; i++) {
        const struct place branch = below(place, "union");

        if (!parse_node(parser, json_array_get(json, i), &branch, &branches[i])) {
            return false;
        }
        if (branches[i]->kind == SCHEMA_UNION) {
            return path_reject(parser->err, &place->path, "a union directly inside a union");
        }
        least = branches[i]->min_bytes < least ? branches[i]->min_bytes : least;
    }
    node->branches = branches;
    node->branch_count = count;
    node->min_bytes = capped(least + 1);
    *out = node;
    return true;
}

static bool parse_logical(struct parser *parser, const json_t *json, const struct place *place,
                          struct schema_node *node)
{
    const char *name = json_string_value(json_object_get(json, "logicalType"));
    const json_int_t precision = json_integer_value(json_object_get(json, "precision"));
    const json_int_t scale = json_integer_value(json_object_get(json, "scale"));

    if (name == NULL) {
        return true;
    }
    node->logical = LOGICAL_OTHER;
    if (strcmp(name, "date") == 0 && node->kind == SCHEMA_INT) {
        node->logical = LOGICAL_DATE;
    } else if (strcmp(name, "timestamp-micros") == 0 && node->kind == SCHEMA_LONG) {
        node->logical = LOGICAL_INSTANT;
    } else if (strcmp(name, "uuid") == 0 && node->kind == SCHEMA_STRING) {
        node->logical = LOGICAL_UUID;
    } else if (strcmp(name, "decimal") == 0 && node->kind == SCHEMA_BYTES) {
        if (precision < 1 || precision > 1000 || scale < 0 || scale > precision) {
            return path_reject(parser->err, &place->path,
                               "a decimal needs precision >= scale >= 0");
        }
        node->logical = LOGICAL_DECIMAL;
        node->precision = (int32_t)precision;
        node->scale = (int32_t)scale;
    }
    return true;
}

static bool parse_field(struct parser *parser, const json_t *json, const struct place *place,
                        struct schema_field *field)
{
    const json_t *name = json_object_get(json, "name");
    struct place inside = below(place, NULL);

    if (!is_name(name, false)) {
        return path_reject(parser->err, &place->path, "a field without a proper name");
    }
    field->name = arena_copy(parser->arena, json_string_value(name));
    field->doc = arena_copy(parser->arena, json_string_value(json_object_get(json, "doc")));
    field->default_value = json_object_get(json, "default");
    inside.path.name = field->name;
    if (json_object_get(json, "type") == NULL) {
        return path_reject(parser->err, &inside.path, "a field without a type");
    }
    return parse_node(parser, json_object_get(json, "type"), &inside, &field->node);
}

static bool parse_fields(struct parser *parser, const json_t *json, const struct place *place,
                         struct schema_node *node)
{
    const json_t *list = json_object_get(json, "fields");
    const size_t count = json_array_size(list);
    struct schema_field *fields = arena_array(parser->arena, count, sizeof *fields);

    if (!json_is_array(list)) {
        return path_reject(parser->err, &place->path, "a record without fields");
    }
    for (size_t i = 0; i < count; i++) {
        if (!parse_field(parser, json_array_get(list, i), place, &fields[i])) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(fields[j].name, fields[i].name) == 0) {
                return path_reject(parser->err, &place->path, "field \"%s\" twice", fields[i].name);
            }
        }
        node->min_bytes = capped(node->min_bytes + fields[i].node->min_bytes);
    }
    node->fields = fields;
    node->field_count = count;
    return true;
}

static bool parse_symbols(struct parser *parser, const json_t *json, const struct place *place,
                          struct schema_node *node)
{
    const json_t *list = json_object_get(json, "symbols");
    const char *fallback = json_string_value(json_object_get(json, "default"));
    const size_t count = json_array_size(list);
    const char **symbols = arena_array(parser->arena, count, sizeof *symbols);

    if (count == 0) {
        return path_reject(parser->err, &place->path, "an enum without symbols");
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_name(json_array_get(list, i), false)) {
            return path_reject(parser->err, &place->path, "an enum symbol is not a proper name");
        }
        symbols[i] = arena_copy(parser->arena, json_string_value(json_array_get(list, i)));
        for (size_t j = 0; j < i; j++) {
            if (strcmp(symbols[j], symbols[i]) == 0) {
                return path_reject(parser->err, &place->path, "symbol \"%s\" twice", symbols[i]);
            }
        }
        if (fallback != NULL && strcmp(fallback, symbols[i]) == 0) {
            node->symbol_default = (int32_t)i;
        }
    }
    node->symbols = symbols;
    node->symbol_count = count;
    return true;
}

static bool name_node(struct parser *parser, const json_t *json, struct place *place,
                      struct schema_node *node)
{
    const json_t *name = json_object_get(json, "name");
    const json_t *space = json_object_get(json, "namespace");
    struct named *named = arena_alloc(parser->arena, sizeof *named);
    char *dot;

    if (!is_name(name, true) ||
        (space != NULL && json_string_length(space) > 0 && !is_name(space, true))) {
        return path_reject(parser->err, &place->path, "a type without a proper name");
    }
    if (strchr(json_string_value(name), '.') != NULL) {
        node->full_name = arena_copy(parser->arena, json_string_value(name));
    } else {
        const char *within = space != NULL ? json_string_value(space) : place->space;

        node->full_name = arena_format(parser->arena, "%s%s%s", within, *within != '\0' ? "." : "",
                                       json_string_value(name));
    }
    if (find_name(parser, node->full_name) != NULL) {
        return path_reject(parser->err, &place->path, "type \"%s\" twice", node->full_name);
    }
    place->space = arena_copy(parser->arena, node->full_name);
    dot = strrchr(place->space, '.');
    if (dot != NULL) {
        *dot = '\0';
    } else {
        place->space = "";
    }
    *named = (struct named){.next = parser->names, .node = node};
    parser->names = named;
    return true;
}

static bool parse_fixed(struct parser *parser, const json_t *json, const struct place *place,
                        struct schema_node *node)
{
    const json_int_t size = json_integer_value(json_object_get(json, "size"));

    if (size < 0 || size > WEIGHT_MAX) {
        return path_reject(parser->err, &place->path, "a fixed of that size");
    }
    node->fixed_bytes = (size_t)size;
    node->min_bytes = (size_t)size;
    return true;
}

static bool parse_named(struct parser *parser, const json_t *json, const struct place *at,
                        struct schema_node *node)
{
    struct place place = *at;

    if (!name_node(parser, json, &place, node)) {
        return false;
    }
    node->doc = arena_copy(parser->arena, json_string_value(json_object_get(json, "doc")));
    if (node->kind == SCHEMA_RECORD) {
        return parse_fields(parser, json, &place, node);
    }
    if (node->kind == SCHEMA_ENUM) {
        return parse_symbols(parser, json, &place, node);
    }
    return parse_fixed(parser, json, &place, node);
}

static bool parse_object(struct parser *parser, const json_t *json, const struct place *place,
                         const struct schema_node **out)
{
    const json_t *type = json_object_get(json, "type");
    const char *name = json_string_value(type);
    size_t kind = 0;
    struct schema_node *node;

    if (json_is_object(type) || json_is_array(type)) {
        const struct place inside = {place->space, place->depth + 1, place->path};

        return parse_node(parser, type, &inside, out);
    }
    while (kind < KIND_COUNT && (name == NULL || strcmp(name, kind_names[kind]) != 0)) {
        kind++;
    }
    if (name == NULL) {
        return path_reject(parser->err, &place->path, "a schema without a type");
    }
    if (kind == KIND_COUNT || kind == SCHEMA_UNION) {
        return parse_reference(parser, name, place, out);
    }
    node = node_create(parser, (enum schema_kind)kind);
    *out = node;
    if (kind == SCHEMA_RECORD || kind == SCHEMA_ENUM || kind == SCHEMA_FIXED) {
        return parse_named(parser, json, place, node);
    }
    if (kind == SCHEMA_ARRAY || kind == SCHEMA_MAP) {
        const struct place inside = below(place, kind == SCHEMA_ARRAY ? "items" : "values");

        return parse_node(parser, json_object_get(json, inside.path.name), &inside, &node->items);
    }
    return parse_logical(parser, json, place, node);
}

static bool parse_node(struct parser *parser, const json_t *json, const struct place *place,
                       const struct schema_node **out)
{
    if (place->depth > MAX_NESTING) {
        return path_reject(parser->err, &place->path, "nested deeper than %d", MAX_NESTING);
    }
    if (json_is_string(json)) {
        return parse_reference(parser, json_string_value(json), place, out);
    }
    if (json_is_array(json)) {
        return parse_union(parser, json, place, out);
    }
    if (json_is_object(json)) {
        return parse_object(parser, json, place, out);
    }
    return path_reject(parser->err, &place->path, "a schema is a name, a list or an object");
}

static struct named *named_of(const struct parser *parser, const struct schema_node *node)
{
    struct named *named = parser->names;

    while (named != NULL && named->node != node) {
        named = named->next;
    }
    return named;
}

/* Avro C makes at once what a record holds, records in it included, but for what stands in a union, an array or a
 * map. So one that holds itself has no end, and a few that hold each other twice are more than there is memory. */
static bool weigh(struct parser *parser, struct named *record, int depth)
{
    const struct path root = {0};
    size_t weight = VALUE_WEIGHT;

    if (record->weight > 0) {
        return true;
    }
    if (record->open || depth > MAX_NESTING) {
        return path_reject(parser->err, &root, "type \"%s\" holds itself, or too many others",
                           record->node->full_name);
    }
    record->open = true;
    for (size_t i = 0; i < record->node->field_count; i++) {
        const struct schema_node *node = record->node->fields[i].node;
        struct named *inner = node->kind == SCHEMA_RECORD ? named_of(parser, node) : NULL;

        if (inner != NULL && !weigh(parser, inner, depth + 1)) {
            return false;
        }
        weight += inner != NULL ? inner->weight : VALUE_WEIGHT + node->fixed_bytes;
        if (weight > WEIGHT_MAX) {
            return path_reject(parser->err, &root, "type \"%s\" is too large",
                               record->node->full_name);
        }
    }
    record->open = false;
    record->weight = weight;
    return true;
}

static bool weigh_all(struct parser *parser)
{
    for (struct named *named = parser->names; named != NULL; named = named->next) {
        if (named->node->kind == SCHEMA_RECORD && !weigh(parser, named, 0)) {
            return false;
        }
    }
    return true;
}

bool schema_parse(const char *json_text, struct schema *out, struct error *err)
{
    struct schema schema = {0};
    struct parser parser = {.arena = &schema.arena, .err = err};
    const struct place top = {.space = ""};
    json_error_t fault;

    /* defaults of bytes may hold \u0000 */
    schema.json = json_loads(json_text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &fault);
    if (schema.json == NULL) {
        return error_set(err, ERROR_REJECT, "schema is not JSON: line %d: %.160s", fault.line,
                         fault.text);
    }
    if (!parse_node(&parser, schema.json, &top, &schema.root) || !weigh_all(&parser)) {
        schema_finish(&schema);
        return false;
    }
    *out = schema;
    return true;
}

void schema_finish(struct schema *schema)
{
    json_decref(schema->json);
    arena_finish(&schema->arena);
    *schema = (struct schema){0};
}
