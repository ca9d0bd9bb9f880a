#include "common/avro/binder_plan.h"

#include "common/avro/record_json.h"

#include <string.h>

struct making {
    struct arena *arena;
    struct error *err;
};

static bool unfit(const struct making *making, const struct path *path,
                  const struct schema_node *node, const char *ours)
{
    return path_reject(making->err, path, "the writer has %s%s, ours is %s",
                       schema_kind_name(node->kind),
                       node->logical != LOGICAL_NONE ? " of another logical type" : "", ours);
}

static bool bind_decimal(const struct making *making, const struct record_field *field,
                         const struct schema_node *node, const struct path *path)
{
    if (node->kind != SCHEMA_BYTES || node->logical != LOGICAL_DECIMAL) {
        return unfit(making, path, node, "a decimal");
    }
    return node->scale == field->scale ||
           path_reject(making->err, path, "the writer has scale %d, ours is %d", node->scale,
                       field->scale);
}

static bool bind_enum(const struct making *making, const struct schema_node *node,
                      const struct path *path, struct binding *binding)
{
    const struct record_field *field = binding->field;
    int32_t *symbols;

    if (node->kind != SCHEMA_ENUM) {
        return unfit(making, path, node, "an enum");
    }
    symbols = arena_array(making->arena, node->symbol_count, sizeof *symbols);
    for (size_t i = 0; i < node->symbol_count; i++) {
        symbols[i] = field->symbol_default;
        for (size_t j = 0; j < field->symbol_count; j++) {
            if (strcmp(node->symbols[i], field->symbols[j]) == 0) {
                symbols[i] = (int32_t)j;
            }
        }
    }
    binding->symbols = symbols;
    return true;
}

static bool bind_record(const struct making *making, const struct schema_node *node,
                        const struct path *path, struct binding *binding)
{
    if (node->kind != SCHEMA_RECORD) {
        return unfit(making, path, node, "a record");
    }
    return binding_plan_make(binding->field->record, node, path, making->arena, &binding->nested,
                             making->err);
}

static bool bind_items(const struct making *making, const struct schema_node *node,
                       const struct path *path, struct binding *binding)
{
    if (node->kind != SCHEMA_ARRAY) {
        return unfit(making, path, node, "an array");
    }
    if (binding->field->type == FIELD_TEXTS) {
        return node->items->kind == SCHEMA_STRING ||
               unfit(making, path, node->items, "an array of strings");
    }
    return bind_record(making, node->items, path, binding);
}

/* Plain numbers: an int may become a long; a date or an instant is never a bare number. */
static bool bind_number(const struct making *making, const struct schema_node *node,
                        const struct path *path, struct binding *binding, enum schema_kind kind,
                        enum schema_logical logical)
{
    const bool same_meaning =
        node->logical == logical || (logical == LOGICAL_NONE && node->logical == LOGICAL_OTHER);

    binding->from_int = kind == SCHEMA_LONG && node->kind == SCHEMA_INT && logical == LOGICAL_NONE;
    return ((node->kind == kind || binding->from_int) && same_meaning) ||
           unfit(making, path, node,
                 logical == LOGICAL_DATE      ? "a date"
                 : logical == LOGICAL_INSTANT ? "a timestamp-micros"
                                              : schema_kind_name(kind));
}

static bool bind_plain(const struct making *making, const struct schema_node *node,
                       const struct path *path, enum schema_kind kind)
{
    return (node->kind == kind && node->logical != LOGICAL_DECIMAL) ||
           unfit(making, path, node, schema_kind_name(kind));
}

static bool bind_value(const struct making *making, const struct schema_node *node,
                       const struct path *path, struct binding *binding)
{
    switch (binding->field->type) {
    case FIELD_TEXT:
        return bind_plain(making, node, path, SCHEMA_STRING);
    case FIELD_INT32:
        return bind_number(making, node, path, binding, SCHEMA_INT, LOGICAL_NONE);
    case FIELD_INT64:
        return bind_number(making, node, path, binding, SCHEMA_LONG, LOGICAL_NONE);
    case FIELD_BOOL:
        return bind_plain(making, node, path, SCHEMA_BOOLEAN);
    case FIELD_BYTES:
        return bind_plain(making, node, path, SCHEMA_BYTES);
    case FIELD_DATE:
        return bind_number(making, node, path, binding, SCHEMA_INT, LOGICAL_DATE);
    case FIELD_INSTANT:
        return bind_number(making, node, path, binding, SCHEMA_LONG, LOGICAL_INSTANT);
    case FIELD_DECIMAL:
        return bind_decimal(making, binding->field, node, path);
    case FIELD_ENUM:
        return bind_enum(making, node, path, binding);
    case FIELD_RECORD:
        return bind_record(making, node, path, binding);
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return bind_items(making, node, path, binding);
    }
    return unfit(making, path, node, "of an unknown type");
}

static bool bind_field(const struct making *making, const struct schema_node *node,
                       const struct path *path, struct binding *binding)
{
    if (node->kind != SCHEMA_UNION) {
        return bind_value(making, node, path, binding);
    }
    if (node->branch_count != 2 ||
        (node->branches[0]->kind == SCHEMA_NULL) == (node->branches[1]->kind == SCHEMA_NULL)) {
        return path_reject(making->err, path, "the writer has a union other than with null");
    }
    binding->writer_union = true;
    binding->writer_null = node->branches[0]->kind == SCHEMA_NULL ? 0 : 1;
    return bind_value(making, node->branches[1 - binding->writer_null], path, binding);
}

static size_t find_field(const struct schema_node *writer, const char *name)
{
    size_t index = 0;

    while (index < writer->field_count && strcmp(writer->fields[index].name, name) != 0) {
        index++;
    }
    return index;
}

bool binding_plan_make(const struct record_type *type, const struct schema_node *writer,
                       const struct path *path, struct arena *arena,
                       const struct binding_plan **out, struct error *err)
{
    const struct making making = {arena, err};
    struct binding_plan *plan = arena_alloc(arena, sizeof *plan);
    void *blank = arena_alloc(arena, type->struct_bytes);

    plan->type = type;
    plan->blank = blank;
    plan->bindings = arena_array(arena, type->field_count, sizeof *plan->bindings);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];
        const struct path here = {.parent = path, .name = field->name};
        const size_t index = find_field(writer, field->name);
        struct binding *binding = &plan->bindings[plan->count];

        *binding = (struct binding){.field = field, .writer_index = index};
        if (index == writer->field_count) {
            if (!record_field_default(field, arena, blank, err)) {
                return error_prefix(err, "the writer of %s lacks a field", type->full_name);
            }
            continue;
        }
        if (!bind_field(&making, writer->fields[index].node, &here, binding)) {
            return false;
        }
        plan->count++;
    }
    *out = plan;
    return true;
}
