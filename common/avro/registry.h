#ifndef COMMON_AVRO_REGISTRY_H
#define COMMON_AVRO_REGISTRY_H

#include "common/avro/record.h"

/**
 * The schemas of topic `_schemas` in memory: id -> writer's schema and our record of the same name.
 * Opaque, on the heap, for a single thread (it holds Avro C values that are used again and again).
 */
struct registry;

/** `types` (of the generated events) must outlive the registry. */
struct registry *registry_create(const struct record_type *const *types, size_t type_count);

/** Accepts NULL. */
void registry_destroy(struct registry *registry);

/** What one record of `_schemas` says. Texts live in the arena they were read into. */
struct schema_record {
    const char *subject; /**< a record's full name */
    int32_t version;
    int32_t id;
    const char *schema_json;
    bool deleted; /**< softly: its id still decodes */
};

/**
 * Learns a schema. The same id again with the same meaning changes nothing; with another one it is
 * FATAL (the topic contradicts itself). A schema that cannot be parsed is kept under its id and is
 * REJECT only when a message uses it.
 */
MUST_CHECK bool registry_add(struct registry *registry, const struct schema_record *record,
                             struct error *err);

/** registry_add of a record of `_schemas`; records of other kinds and tombstones are passed over. */
MUST_CHECK bool registry_take(struct registry *registry, struct bytes key, struct bytes value,
                              struct error *err);

/** Whether the id is known. When not: read `_schemas` to its end and ask again. */
bool registry_knows(const struct registry *registry, int32_t id);

/** Whether the schema with that id means the same as the text (docs do not count). */
bool registry_means(const struct registry *registry, int32_t id, const char *schema_json);

/** Our record of the name that the schema with that id has; NULL: none, or the id is unknown. */
const struct record_type *registry_type_of(const struct registry *registry, int32_t id);

/** The id under which exactly our schema of `type` is registered (docs do not count), or -1. */
int32_t registry_id_of(struct registry *registry, const struct record_type *type);

/** The id of a schema of that subject with the same meaning, or -1; `version` may be NULL. */
int32_t registry_find(const struct registry *registry, const char *subject, const char *schema_json,
                      int32_t *version);

/** The largest id and, per subject, the largest version; 0 when there is none yet. */
int32_t registry_last_id(const struct registry *registry);
int32_t registry_last_version(const struct registry *registry, const char *subject);

/** All that was learnt, in order of id and then arrival; borrowed until the next add. */
size_t registry_count(const struct registry *registry);
const struct schema_record *registry_at(const struct registry *registry, size_t index);

/**
 * Reads a whole message (wire header and payload). `type` is our record of the writer's name, `record`
 * a struct of it in the arena; both untouched on failure. Unknown id: RETRY, since `_schemas` may
 * know it by now (ask registry_knows first where it should be refused). All else is REJECT.
 */
MUST_CHECK bool registry_decode(struct registry *registry, struct bytes message,
                                struct arena *arena, const struct record_type **type,
                                const void **record, struct error *err);

/**
 * Appends wire header and payload to `out`, untouched on failure. FATAL when our schema of `type` is
 * not registered (`abasto schemas apply` puts it there); REJECT as record_encode.
 */
MUST_CHECK bool registry_encode(struct registry *registry, const struct record_type *type,
                                const void *record, struct buffer *out, struct error *err);

/** Appends key and value of a SCHEMA record as Confluent's and Karapace's registries keep them. */
void schema_record_write(const struct schema_record *record, struct buffer *key,
                         struct buffer *value);

/**
 * Reads a record of `_schemas`. `found` is false for CONFIG, NOOP, DELETE_SUBJECT and the like, for
 * tombstones (value.data NULL) and for schemas that are not Avro; REJECT for what is no such record.
 */
MUST_CHECK bool schema_record_read(struct bytes key, struct bytes value, struct arena *arena,
                                   struct schema_record *out, bool *found, struct error *err);

#endif
