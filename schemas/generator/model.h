#ifndef SCHEMAS_GENERATOR_MODEL_H
#define SCHEMAS_GENERATOR_MODEL_H

#include "common/avro/record.h"
#include "common/avro/schema.h"

/** One .avsc file. */
struct source {
    const char *path;
    int32_t version; /**< N of <Event>.v<N>.avsc */
    const char *compact_json;
    struct schema schema;
};

struct model_enum {
    const struct schema_node *node;
    const char *c_name;
    const char **constants;
};

struct model_record;

/** A field and how it stands in its struct. */
struct member {
    const struct schema_field *field;
    enum field_type type;
    bool nullable;
    int32_t null_branch;
    const struct schema_node *node; /**< of the value, without null */
    const char *c_name;
    const char *default_json;
    const struct model_record *record;
    const struct model_enum *enumeration;
};

struct model_record {
    const struct schema_node *node;
    const char *c_name;
    struct member *members;
    size_t member_count;
    const struct source *source; /**< its own file; NULL for records that are only nested */
};

/** All that is generated; everything in it is owned by its arena, schemas by `sources`. */
struct model {
    struct arena arena;
    struct source *sources; /**< by full name, then version */
    size_t source_count;
    struct model_enum **enums;
    size_t enum_count;
    struct model_record **records; /**< what is nested comes before what holds it */
    size_t record_count;
};

/** Understands what sources_load has read: the structs to come. REJECT names file and field. */
MUST_CHECK bool model_build(struct model *model, struct error *err);
void model_finish(struct model *model);

/** The newest schema of that record has a file of its own. */
const struct model_record *model_event(const struct model *model, const char *full_name);

/** Whole file as NUL-terminated text in the arena. */
MUST_CHECK bool model_read_file(const char *path, struct arena *arena, const char **out,
                                struct error *err);

#endif
