#ifndef COMMON_AVRO_SCHEMA_H
#define COMMON_AVRO_SCHEMA_H

#include "common/base/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Avro's own kinds. Avro C parses schemas too, but forgets logical types, defaults and docs. */
enum schema_kind {
    SCHEMA_NULL,
    SCHEMA_BOOLEAN,
    SCHEMA_INT,
    SCHEMA_LONG,
    SCHEMA_FLOAT,
    SCHEMA_DOUBLE,
    SCHEMA_BYTES,
    SCHEMA_STRING,
    SCHEMA_RECORD,
    SCHEMA_ENUM,
    SCHEMA_FIXED,
    SCHEMA_ARRAY,
    SCHEMA_MAP,
    SCHEMA_UNION,
};

enum schema_logical {
    LOGICAL_NONE,
    LOGICAL_DATE,
    LOGICAL_INSTANT, /**< timestamp-micros */
    LOGICAL_DECIMAL,
    LOGICAL_UUID,
    LOGICAL_OTHER, /**< a name we do not use; Avro says to read the plain type */
};

struct schema_node;

struct schema_field {
    const char *name;
    const char *doc;             /**< or NULL */
    const json_t *default_value; /**< borrowed from the schema; NULL when there is none */
    const struct schema_node *node;
};

struct schema_node {
    enum schema_kind kind;
    enum schema_logical logical;
    int32_t precision; /**< LOGICAL_DECIMAL */
    int32_t scale;
    const char *full_name; /**< record, enum, fixed */
    const char *doc;
    const struct schema_field *fields; /**< record */
    size_t field_count;
    const char *const *symbols; /**< enum */
    size_t symbol_count;
    int32_t symbol_default; /**< enum: index of its default, or -1 */
    size_t fixed_bytes;
    const struct schema_node *items;           /**< array, map: of the values */
    const struct schema_node *const *branches; /**< union */
    size_t branch_count;
    size_t min_bytes; /**< fewest bytes a value can take on the wire */
};

/** A parsed schema; zeroed is empty. Nodes are borrowed from it. */
struct schema {
    struct arena arena;
    json_t *json;
    const struct schema_node *root;
};

/** Parses one self-contained Avro schema; `out` must be zeroed. Faults are REJECT, with their path. A record that holds
 *  itself other than in a union, array or map, or so many others that no message is as large, is one. */
MUST_CHECK bool schema_parse(const char *json_text, struct schema *out, struct error *err);

void schema_finish(struct schema *schema);

/** Whether both mean the same: names, types, logical types, defaults, symbols. Docs do not count. */
bool schema_equal(const struct schema_node *a, const struct schema_node *b);

/** The schema without docs and defaults, which Avro C neither needs nor always parses; caller frees. */
char *schema_bare_text(const struct schema *schema);

/** What the schema says without its docs, in one spelling (keys sorted, compact); caller frees. */
char *schema_meaning_text(const struct schema *schema);

/** "string", "array", ...; a static string. */
const char *schema_kind_name(enum schema_kind kind);

#endif
