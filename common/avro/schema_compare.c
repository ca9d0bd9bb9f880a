#include "common/avro/schema.h"

#include <string.h>

/* Records whose comparison is under way: meeting one again says nothing new (recursive types). */
struct pair {
    const struct pair *parent;
    const struct schema_node *a;
    const struct schema_node *b;
};

static bool equal(const struct schema_node *a, const struct schema_node *b,
                  const struct pair *parent);

static bool fields_equal(const struct schema_node *a, const struct schema_node *b,
                         const struct pair *pair)
{
    if (a->field_count != b->field_count) {
        return false;
    }
    for (size_t i = 0; i < a->field_count; i++) {
        const struct schema_field *left = &a->fields[i];
        const struct schema_field *right = &b->fields[i];
        const bool same_default = left->default_value == NULL || right->default_value == NULL
                                      ? left->default_value == right->default_value
                                      : json_equal(left->default_value, right->default_value) == 1;

        if (strcmp(left->name, right->name) != 0 || !same_default ||
            !equal(left->node, right->node, pair)) {
            return false;
        }
    }
    return true;
}

static bool symbols_equal(const struct schema_node *a, const struct schema_node *b)
{
    if (a->symbol_count != b->symbol_count || a->symbol_default != b->symbol_default) {
        return false;
    }
    for (size_t i = 0; i < a->symbol_count; i++) {
        if (strcmp(a->symbols[i], b->symbols[i]) != 0) {
            return false;
        }
    }
    return true;
}

static bool branches_equal(const struct schema_node *a, const struct schema_node *b,
                           const struct pair *pair)
{
    if (a->branch_count != b->branch_count) {
        return false;
    }
    for (size_t i = 0; i < a->branch_count; i++) {
        if (!equal(a->branches[i], b->branches[i], pair)) {
            return false;
        }
    }
    return true;
}

static bool equal(const struct schema_node *a, const struct schema_node *b,
                  const struct pair *parent)
{
    const struct pair pair = {parent, a, b};

    for (const struct pair *seen = parent; seen != NULL; seen = seen->parent) {
        if (seen->a == a && seen->b == b) {
            return true;
        }
    }
    if (a->kind != b->kind || a->logical != b->logical || a->precision != b->precision ||
        a->scale != b->scale || a->fixed_bytes != b->fixed_bytes ||
        (a->full_name == NULL) != (b->full_name == NULL) ||
        (a->full_name != NULL && strcmp(a->full_name, b->full_name) != 0)) {
        return false;
    }
    if (a->items != NULL && !equal(a->items, b->items, &pair)) {
        return false;
    }
    return fields_equal(a, b, &pair) && symbols_equal(a, b) && branches_equal(a, b, &pair);
}

bool schema_equal(const struct schema_node *a, const struct schema_node *b)
{
    return equal(a, b, NULL);
}

static void strip(json_t *json, bool defaults_too)
{
    json_t *item;
    size_t index;
    const char *key;
    void *next;

    json_object_del(json, "doc");
    if (defaults_too) {
        json_object_del(json, "default");
    }
    json_object_foreach_safe(json, next, key, item)
    {
        strip(item, defaults_too);
    }
    json_array_foreach(json, index, item)
    {
        strip(item, defaults_too);
    }
}

static char *text_without(const struct schema *schema, bool defaults_too, size_t flags)
{
    json_t *copy = json_deep_copy(schema->json);
    char *text;

    strip(copy, defaults_too);
    text = json_dumps(copy, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY | flags);
    json_decref(copy);
    return text;
}

char *schema_bare_text(const struct schema *schema)
{
    return text_without(schema, true, 0);
}

char *schema_meaning_text(const struct schema *schema)
{
    return text_without(schema, false, JSON_SORT_KEYS);
}
