#include "schemas/generator/model.h"

#include "common/avro/path.h"
#include "schemas/generator/names.h"
#include "schemas/generator/sources.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TYPES = 1024, MAX_PRECISION = 18, MAX_SCALE = 9 };

/* Records whose members are being read; meeting one again is a recursion. */
struct open_record {
    const struct open_record *parent;
    const struct schema_node *node;
};

struct building {
    struct model *model;
    struct error *err;
};

static bool add_record(const struct building *building, const struct schema_node *node,
                       const struct path *path, const struct open_record *parent,
                       struct model_record **out);

static bool name_is_free(const struct building *building, const struct path *path,
                         const char *c_name, const char *full_name)
{
    const struct model *model = building->model;
    const char *other = NULL;

    for (size_t i = 0; i < model->record_count; i++) {
        other = strcmp(model->records[i]->c_name, c_name) == 0 ? model->records[i]->node->full_name
                                                               : other;
    }
    for (size_t i = 0; i < model->enum_count; i++) {
        other =
            strcmp(model->enums[i]->c_name, c_name) == 0 ? model->enums[i]->node->full_name : other;
    }
    if (other != NULL) {
        return path_reject(building->err, path, "%s and %s would both be called %s in C", other,
                           full_name, c_name);
    }
    return !names_is_reserved(c_name) ||
           path_reject(building->err, path, "%s is a word of C", c_name);
}

static bool constant_is_free(const struct building *building, const struct path *path,
                             const struct model_enum *other, size_t count, const char *constant)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(other->constants[i], constant) == 0) {
            return path_reject(building->err, path, "constant %s exists already, from %s", constant,
                               other->node->full_name);
        }
    }
    return true;
}

static bool name_constants(const struct building *building, const struct path *path,
                           struct model_enum *added)
{
    const struct model *model = building->model;
    struct arena *arena = &building->model->arena;
    const char *prefix = names_upper(arena, names_last(added->node->full_name));

    for (size_t i = 0; i < added->node->symbol_count; i++) {
        const char *constant =
            arena_format(arena, "%s_%s", prefix, names_upper(arena, added->node->symbols[i]));

        if (!constant_is_free(building, path, added, i, constant)) {
            return false;
        }
        for (size_t j = 0; j < model->enum_count; j++) {
            if (!constant_is_free(building, path, model->enums[j],
                                  model->enums[j]->node->symbol_count, constant)) {
                return false;
            }
        }
        added->constants[i] = constant;
    }
    return true;
}

static bool same_as_before(const struct building *building, const struct path *path,
                           const struct schema_node *before, const struct schema_node *node)
{
    return schema_equal(before, node) ||
           path_reject(building->err, path, "%s is defined differently in another place",
                       node->full_name);
}

static bool add_enum(const struct building *building, const struct schema_node *node,
                     const struct path *path, const struct model_enum **out)
{
    struct model *model = building->model;
    struct arena *arena = &model->arena;
    struct model_enum *added;

    for (size_t i = 0; i < model->enum_count; i++) {
        if (strcmp(model->enums[i]->node->full_name, node->full_name) == 0) {
            *out = model->enums[i];
            return same_as_before(building, path, model->enums[i]->node, node);
        }
    }
    added = arena_alloc(arena, sizeof *added);
    added->node = node;
    added->c_name = names_snake(arena, names_last(node->full_name));
    added->constants = arena_array(arena, node->symbol_count, sizeof *added->constants);
    if (model->enum_count == MAX_TYPES) {
        return path_reject(building->err, path, "too many enums");
    }
    if (!name_is_free(building, path, added->c_name, node->full_name) ||
        !name_constants(building, path, added)) {
        return false;
    }
    model->enums[model->enum_count++] = added;
    *out = added;
    return true;
}

static bool unsupported(const struct building *building, const struct path *path, const char *what)
{
    return path_reject(building->err, path, "%s is not supported", what);
}

static bool decimal_member(const struct building *building, const struct path *path,
                           struct member *member)
{
    struct arena *arena = &building->model->arena;
    const struct schema_node *node = member->node;

    if (node->precision > MAX_PRECISION || node->scale > MAX_SCALE) {
        return unsupported(building, path, "a decimal over precision 18 or scale 9");
    }
    member->type = FIELD_DECIMAL;
    member->c_name = node->scale == 2
                         ? arena_format(arena, "%s_centavos", member->field->name)
                         : arena_format(arena, "%s_e%d", member->field->name, node->scale);
    return true;
}

static bool array_member(const struct building *building, const struct path *path,
                         const struct open_record *open, struct member *member)
{
    const struct schema_node *items = member->node->items;
    struct model_record *record = NULL;

    if (member->nullable) {
        return unsupported(building, path, "a nullable array (an empty one says as much)");
    }
    if (items->kind == SCHEMA_STRING) {
        member->type = FIELD_TEXTS;
        return true;
    }
    if (items->kind != SCHEMA_RECORD) {
        return unsupported(building, path, "an array of anything but records and strings");
    }
    member->type = FIELD_RECORDS;
    if (!add_record(building, items, path, open, &record)) {
        return false;
    }
    member->record = record;
    return true;
}

static bool record_member(const struct building *building, const struct path *path,
                          const struct open_record *open, struct member *member)
{
    struct model_record *record = NULL;

    member->type = FIELD_RECORD;
    if (!add_record(building, member->node, path, open, &record)) {
        return false;
    }
    member->record = record;
    return true;
}

static bool plain_member(struct member *member, enum field_type type)
{
    member->type = type;
    return true;
}

static bool type_member(const struct building *building, const struct path *path,
                        const struct open_record *open, struct member *member)
{
    if (member->node->logical == LOGICAL_OTHER) {
        return unsupported(building, path, "this logical type");
    }
    switch (member->node->kind) {
    case SCHEMA_STRING:
        return plain_member(member, FIELD_TEXT);
    case SCHEMA_BOOLEAN:
        return plain_member(member, FIELD_BOOL);
    case SCHEMA_INT:
        return plain_member(member,
                            member->node->logical == LOGICAL_DATE ? FIELD_DATE : FIELD_INT32);
    case SCHEMA_LONG:
        return plain_member(member,
                            member->node->logical == LOGICAL_INSTANT ? FIELD_INSTANT : FIELD_INT64);
    case SCHEMA_BYTES:
        return member->node->logical == LOGICAL_DECIMAL ? decimal_member(building, path, member)
                                                        : plain_member(member, FIELD_BYTES);
    case SCHEMA_ENUM:
        member->type = FIELD_ENUM;
        return add_enum(building, member->node, path, &member->enumeration);
    case SCHEMA_RECORD:
        return record_member(building, path, open, member);
    case SCHEMA_ARRAY:
        return array_member(building, path, open, member);
    case SCHEMA_NULL:
    case SCHEMA_FLOAT:
    case SCHEMA_DOUBLE:
    case SCHEMA_FIXED:
    case SCHEMA_MAP:
    case SCHEMA_UNION:
        break;
    }
    return unsupported(building, path, schema_kind_name(member->node->kind));
}

static bool add_member(const struct building *building, const struct schema_field *field,
                       const struct path *path, const struct open_record *open,
                       struct member *member)
{
    const struct schema_node *node = field->node;
    char *text;

    *member = (struct member){.field = field, .node = node, .c_name = field->name};
    if (node->kind == SCHEMA_UNION) {
        if (node->branch_count != 2 ||
            (node->branches[0]->kind == SCHEMA_NULL) == (node->branches[1]->kind == SCHEMA_NULL)) {
            return unsupported(building, path, "a union other than of null and one type");
        }
        member->nullable = true;
        member->null_branch = node->branches[0]->kind == SCHEMA_NULL ? 0 : 1;
        member->node = node->branches[1 - member->null_branch];
    }
    if (field->default_value != NULL) {
        text = json_dumps(field->default_value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
        member->default_json = arena_copy(&building->model->arena, text);
        free(text);
    }
    if (names_is_reserved(field->name)) {
        return path_reject(building->err, path, "the name is a word of C");
    }
    return type_member(building, path, open, member);
}

static bool add_members(const struct building *building, const struct path *path,
                        const struct open_record *open, struct model_record *record)
{
    const struct schema_node *node = record->node;

    for (size_t i = 0; i < node->field_count; i++) {
        const struct path here = {.parent = path, .name = node->fields[i].name};

        if (!add_member(building, &node->fields[i], &here, open, &record->members[i])) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(record->members[i].c_name, record->members[j].c_name) == 0) {
                return path_reject(building->err, &here, "two members would be called %s",
                                   record->members[i].c_name);
            }
        }
    }
    record->member_count = node->field_count;
    return true;
}

static bool add_record(const struct building *building, const struct schema_node *node,
                       const struct path *path, const struct open_record *parent,
                       struct model_record **out)
{
    struct model *model = building->model;
    const struct open_record open = {parent, node};
    struct model_record *record;

    for (const struct open_record *at = parent; at != NULL; at = at->parent) {
        if (strcmp(at->node->full_name, node->full_name) == 0) {
            return unsupported(building, path, "a record that holds itself");
        }
    }
    for (size_t i = 0; i < model->record_count; i++) {
        if (strcmp(model->records[i]->node->full_name, node->full_name) == 0) {
            *out = model->records[i];
            return same_as_before(building, path, model->records[i]->node, node);
        }
    }
    if (node->field_count == 0 || model->record_count == MAX_TYPES) {
        return unsupported(building, path, "a record without fields");
    }
    record = arena_alloc(&model->arena, sizeof *record);
    record->node = node;
    record->c_name = names_snake(&model->arena, names_last(node->full_name));
    record->members = arena_array(&model->arena, node->field_count, sizeof *record->members);
    if (!add_members(building, path, &open, record) ||
        !name_is_free(building, path, record->c_name, node->full_name)) {
        return false;
    }
    model->records[model->record_count++] = record;
    *out = record;
    return true;
}

bool model_build(struct model *model, struct error *err)
{
    const struct building building = {model, err};
    const struct path root = {0};

    model->enums = arena_array(&model->arena, MAX_TYPES, sizeof(struct model_enum *));
    model->records = arena_array(&model->arena, MAX_TYPES, sizeof(struct model_record *));
    for (size_t i = 0; i < model->source_count; i++) {
        const struct source *source = &model->sources[i];
        struct model_record *record = NULL;

        if (!sources_is_newest(model, i)) {
            continue;
        }
        if (!add_record(&building, source->schema.root, &root, NULL, &record)) {
            return error_prefix(err, "%s", source->path);
        }
        record->source = source;
    }
    return true;
}

void model_finish(struct model *model)
{
    for (size_t i = 0; i < model->source_count; i++) {
        schema_finish(&model->sources[i].schema);
    }
    arena_finish(&model->arena);
    *model = (struct model){0};
}

const struct model_record *model_event(const struct model *model, const char *full_name)
{
    for (size_t i = 0; i < model->record_count; i++) {
        if (model->records[i]->source != NULL &&
            strcmp(model->records[i]->node->full_name, full_name) == 0) {
            return model->records[i];
        }
    }
    return NULL;
}
