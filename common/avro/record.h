#ifndef COMMON_AVRO_RECORD_H
#define COMMON_AVRO_RECORD_H

#include "common/base/arena.h"
#include "common/base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How a field of a schema lies in its generated struct (schemas/generator writes both). */
enum field_type {
    FIELD_TEXT,    /**< const char *; NULL when a nullable field is null */
    FIELD_INT32,   /**< int32_t */
    FIELD_INT64,   /**< int64_t */
    FIELD_BOOL,    /**< bool */
    FIELD_BYTES,   /**< struct bytes */
    FIELD_DATE,    /**< int32_t: days since 1970-01-01 */
    FIELD_INSTANT, /**< int64_t: microseconds since 1970-01-01T00:00:00Z */
    FIELD_DECIMAL, /**< int64_t: unscaled value, `scale` digits after the point */
    FIELD_ENUM,    /**< a C enum whose constants count from 0 in the schema's order */
    FIELD_RECORD,  /**< a struct, embedded */
    FIELD_RECORDS, /**< const struct x *, and size_t <name>_count */
    FIELD_TEXTS,   /**< const char *const *, and size_t <name>_count */
};

struct record_type;

struct record_field {
    const char *name; /**< as in the schema; the C member of a decimal carries its scale too */
    enum field_type type;
    size_t offset;              /**< of the member */
    bool nullable;              /**< the schema has a union with null */
    int32_t null_branch;        /**< index of null in that union */
    size_t presence_offset;     /**< of bool has_<member>, for nullable fields that are not text */
    size_t count_offset;        /**< of size_t <name>_count, for FIELD_RECORDS and FIELD_TEXTS */
    int32_t precision;          /**< FIELD_DECIMAL: digits in all */
    int32_t scale;              /**< FIELD_DECIMAL: digits after the point */
    const char *const *symbols; /**< FIELD_ENUM */
    size_t symbol_count;
    int32_t symbol_default;           /**< what a symbol we do not know becomes; -1: rejected */
    const struct record_type *record; /**< FIELD_RECORD, FIELD_RECORDS */
    const char *default_json;         /**< as in the schema; NULL when it has none */
};

struct record_type {
    const char *full_name;   /**< mx.abasto.orders.OrderIssued */
    const char *name;        /**< OrderIssued */
    int32_t version;         /**< N of <Event>.v<N>.avsc; 0 for records that are only nested */
    const char *schema_json; /**< compact, self-contained; NULL for records that are only nested */
    size_t struct_bytes;
    const struct record_field *fields;
    size_t field_count;
};

/** One released schema of an event; older versions are kept for readers of old messages. */
struct event_schema {
    const char *full_name;
    int32_t version;
    const char *schema_json;
};

/** The field of that schema name, or NULL. */
const struct record_field *record_field_named(const struct record_type *type, const char *name);

/** Whether a nullable field is null in this record; false for fields that cannot be null. */
bool record_field_is_null(const struct record_field *field, const void *record);

/** Makes texts that are missing and cannot be null empty, those of embedded records too: what "nothing" is to them. */
void record_fill_texts(const struct record_type *type, void *record);

/** Deep copy into the arena. */
void *record_copy(const struct record_type *type, const void *record, struct arena *arena);

/** Whether two records say the same, field by field (a null member's leftovers do not count). */
bool record_equal(const struct record_type *type, const void *a, const void *b);

#endif
