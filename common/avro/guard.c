#include "common/avro/guard.h"

#include "common/avro/path.h"
#include "common/base/text.h"

enum { VARINT_MAX_BYTES = 10, STEPS_PER_BYTE = 16, STEPS_FREE = 4096 };

struct walk {
    const uint8_t *at;
    const uint8_t *end;
    size_t items_left; /* of arrays and maps */
    size_t steps_left; /* values looked at; bounds what takes no bytes */
    struct error *err;
};

static bool walk_value(struct walk *walk, const struct schema_node *node, const struct path *path,
                       int depth);

static size_t remaining(const struct walk *walk)
{
    return (size_t)(walk->end - walk->at);
}

/* Zigzag varint of at most 64 bits. */
static bool take_long(struct walk *walk, const struct path *path, int64_t *out)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < VARINT_MAX_BYTES; i++) {
        uint8_t byte;

        if (walk->at == walk->end) {
            return path_reject(walk->err, path, "message ends within a number");
        }
        byte = *walk->at++;
        if (i == VARINT_MAX_BYTES - 1 && byte > 1) {
            break;
        }
        bits |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            *out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
            return true;
        }
    }
    return path_reject(walk->err, path, "number longer than 64 bits");
}

static bool take_int(struct walk *walk, const struct path *path)
{
    int64_t value = 0;

    if (!take_long(walk, path, &value)) {
        return false;
    }
    return (value >= INT32_MIN && value <= INT32_MAX) ||
           path_reject(walk->err, path, "number %lld does not fit an int", (long long)value);
}

static bool take_index(struct walk *walk, const struct path *path, const char *what, size_t count,
                       size_t *out)
{
    int64_t value = 0;

    if (!take_long(walk, path, &value)) {
        return false;
    }
    if (value < 0 || (uint64_t)value >= count) {
        return path_reject(walk->err, path, "%s %lld of %zu", what, (long long)value, count);
    }
    *out = (size_t)value;
    return true;
}

static bool skip_bytes(struct walk *walk, const struct path *path, size_t size)
{
    if (size > remaining(walk)) {
        return path_reject(walk->err, path, "%zu bytes announced, %zu left", size, remaining(walk));
    }
    walk->at += size;
    return true;
}

static bool take_length(struct walk *walk, const struct path *path, size_t *out)
{
    int64_t length = 0;

    if (!take_long(walk, path, &length)) {
        return false;
    }
    if (length < 0 || (uint64_t)length > remaining(walk)) {
        return path_reject(walk->err, path, "length %lld with %zu bytes left", (long long)length,
                           remaining(walk));
    }
    *out = (size_t)length;
    return true;
}

static bool take_bytes(struct walk *walk, const struct path *path)
{
    size_t length = 0;

    return take_length(walk, path, &length) && skip_bytes(walk, path, length);
}

static bool take_text(struct walk *walk, const struct path *path)
{
    size_t length = 0;

    if (!take_length(walk, path, &length)) {
        return false;
    }
    if (!text_is_utf8(walk->at, length)) {
        return path_reject(walk->err, path, "text is not UTF-8, or holds a NUL");
    }
    return skip_bytes(walk, path, length);
}

static bool take_boolean(struct walk *walk, const struct path *path)
{
    if (walk->at == walk->end) {
        return path_reject(walk->err, path, "message ends before a boolean");
    }
    if (*walk->at > 1) {
        return path_reject(walk->err, path, "boolean %u", *walk->at);
    }
    walk->at++;
    return true;
}

/* Count of the next block of an array or map, and where it has to end when it says so. */
static bool take_block(struct walk *walk, const struct path *path, size_t item_bytes, size_t *count,
                       const uint8_t **block_end)
{
    int64_t announced = 0;
    size_t size = 0;

    *block_end = NULL;
    if (!take_long(walk, path, &announced)) {
        return false;
    }
    if (announced < 0) {
        if (announced < -(int64_t)GUARD_MAX_ITEMS) {
            return path_reject(walk->err, path, "too many items");
        }
        if (!take_length(walk, path, &size)) {
            return false;
        }
        announced = -announced;
        *block_end = walk->at + size;
    }
    if ((uint64_t)announced > walk->items_left) {
        return path_reject(walk->err, path, "more than %d items in all", GUARD_MAX_ITEMS);
    }
    if (item_bytes > 0 && (uint64_t)announced > remaining(walk) / item_bytes) {
        return path_reject(walk->err, path, "%lld items announced, %zu bytes left",
                           (long long)announced, remaining(walk));
    }
    walk->items_left -= (size_t)announced;
    *count = (size_t)announced;
    return true;
}

static bool walk_item(struct walk *walk, const struct schema_node *node, const struct path *path,
                      int depth)
{
    if (node->kind == SCHEMA_MAP && !take_text(walk, path)) {
        return false;
    }
    return walk_value(walk, node->items, path, depth + 1);
}

static bool walk_items(struct walk *walk, const struct schema_node *node, const struct path *path,
                       int depth)
{
    const size_t item_bytes = node->items->min_bytes + (node->kind == SCHEMA_MAP ? 1 : 0);
    size_t index = 0;

    for (;;) {
        const uint8_t *block_end = NULL;
        size_t count = 0;

        if (!take_block(walk, path, item_bytes, &count, &block_end)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            const struct path item = {.parent = path, .index = index++};

            if (!walk_item(walk, node, &item, depth)) {
                return false;
            }
        }
        if (block_end != NULL && walk->at != block_end) {
            return path_reject(walk->err, path, "block is not of the announced size");
        }
        if (count == 0) {
            return true;
        }
    }
}

static bool walk_fields(struct walk *walk, const struct schema_node *node, const struct path *path,
                        int depth)
{
    for (size_t i = 0; i < node->field_count; i++) {
        const struct path field = {.parent = path, .name = node->fields[i].name};

        if (!walk_value(walk, node->fields[i].node, &field, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool walk_union(struct walk *walk, const struct schema_node *node, const struct path *path,
                       int depth)
{
    size_t branch = 0;

    return take_index(walk, path, "union branch", node->branch_count, &branch) &&
           walk_value(walk, node->branches[branch], path, depth + 1);
}

static bool walk_value(struct walk *walk, const struct schema_node *node, const struct path *path,
                       int depth)
{
    int64_t ignored = 0;
    size_t index = 0;

    if (depth > GUARD_MAX_DEPTH) {
        return path_reject(walk->err, path, "nested deeper than %d", GUARD_MAX_DEPTH);
    }
    if (walk->steps_left-- == 0) {
        return path_reject(walk->err, path, "far more values than bytes");
    }
    switch (node->kind) {
    case SCHEMA_NULL:
        return true;
    case SCHEMA_BOOLEAN:
        return take_boolean(walk, path);
    case SCHEMA_INT:
        return take_int(walk, path);
    case SCHEMA_LONG:
        return take_long(walk, path, &ignored);
    case SCHEMA_FLOAT:
        return skip_bytes(walk, path, sizeof(float));
    case SCHEMA_DOUBLE:
        return skip_bytes(walk, path, sizeof(double));
    case SCHEMA_BYTES:
        return take_bytes(walk, path);
    case SCHEMA_STRING:
        return take_text(walk, path);
    case SCHEMA_RECORD:
        return walk_fields(walk, node, path, depth);
    case SCHEMA_ENUM:
        return take_index(walk, path, "enum symbol", node->symbol_count, &index);
    case SCHEMA_FIXED:
        return skip_bytes(walk, path, node->fixed_bytes);
    case SCHEMA_ARRAY:
    case SCHEMA_MAP:
        return walk_items(walk, node, path, depth);
    case SCHEMA_UNION:
        return walk_union(walk, node, path, depth);
    }
    return path_reject(walk->err, path, "unknown kind of schema");
}

bool guard_check(const struct schema_node *writer, struct bytes payload, struct error *err)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *start = payload.size > 0 ? payload.data : nothing;
    const struct path root = {0};
    struct walk walk = {.at = start,
                        .end = start + payload.size,
                        .items_left = GUARD_MAX_ITEMS,
                        .steps_left = payload.size * STEPS_PER_BYTE + STEPS_FREE,
                        .err = err};

    if (payload.size > GUARD_MAX_BYTES) {
        return error_set(err, ERROR_REJECT, "message of %zu bytes, at most %d are read",
                         payload.size, GUARD_MAX_BYTES);
    }
    if (!walk_value(&walk, writer, &root, 0)) {
        return false;
    }
    return walk.at == walk.end ||
           error_set(err, ERROR_REJECT, "%zu bytes follow the record", remaining(&walk));
}
