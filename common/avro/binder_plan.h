#ifndef COMMON_AVRO_BINDER_PLAN_H
#define COMMON_AVRO_BINDER_PLAN_H

#include "common/avro/path.h"
#include "common/avro/record.h"
#include "common/avro/schema.h"

/** How one field of ours is read from a writer's record. */
struct binding {
    const struct record_field *field;
    size_t writer_index;
    bool writer_union;                 /**< the writer has a union with null here */
    int32_t writer_null;               /**< index of null in it */
    bool from_int;                     /**< the writer has an int where ours is a long */
    const int32_t *symbols;            /**< FIELD_ENUM: ours by the writer's index, -1: none */
    const struct binding_plan *nested; /**< FIELD_RECORD, FIELD_RECORDS */
};

/** A record of ours against a writer's record; made once per writer's schema. */
struct binding_plan {
    const struct record_type *type;
    const void *blank; /**< our struct with the defaults of the fields that the writer lacks */
    struct binding *bindings;
    size_t count;
};

/** Binds by name; everything in the plan is owned by the arena. REJECT when they do not fit. */
MUST_CHECK bool binding_plan_make(const struct record_type *type, const struct schema_node *writer,
                                  const struct path *path, struct arena *arena,
                                  const struct binding_plan **out, struct error *err);

#endif
