#include "common/avro/registry.h"

#include "common/avro/binder.h"
#include "common/avro/schema.h"
#include "common/avro/wire.h"

#include <stdlib.h>
#include <string.h>

/* A schema under one subject and version; the same id may stand under several subjects. */
struct entry {
    struct schema_record record; /* texts in the registry's arena */
    struct schema schema;        /* root NULL when it could not be parsed */
    const struct record_type *type;
    struct record_decoder *decoder; /* made at the first message */
};

struct encoding {
    int32_t id; /* 0 until it is known; ids start at 1 */
    struct record_encoder *encoder;
};

struct registry {
    const struct record_type *const *types;
    size_t type_count;
    struct encoding *encodings; /* by index of type */
    struct arena texts;
    struct entry **entries; /* by id, then arrival */
    size_t count;
    size_t capacity;
};

struct registry *registry_create(const struct record_type *const *types, size_t type_count)
{
    struct registry *registry = memory_alloc(sizeof *registry);

    registry->types = types;
    registry->type_count = type_count;
    registry->encodings = memory_alloc(type_count * sizeof *registry->encodings);
    return registry;
}

static void entry_destroy(struct entry *entry)
{
    record_decoder_destroy(entry->decoder);
    schema_finish(&entry->schema);
    free(entry);
}

void registry_destroy(struct registry *registry)
{
    if (registry == NULL) {
        return;
    }
    for (size_t i = 0; i < registry->count; i++) {
        entry_destroy(registry->entries[i]);
    }
    for (size_t i = 0; i < registry->type_count; i++) {
        record_encoder_destroy(registry->encodings[i].encoder);
    }
    free(registry->entries);
    free(registry->encodings);
    arena_finish(&registry->texts);
    free(registry);
}

/* Index of the first entry of that id or of a larger one. */
static size_t first_at(const struct registry *registry, int32_t id)
{
    size_t low = 0;
    size_t high = registry->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (registry->entries[middle]->record.id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct entry *entry_of(const struct registry *registry, int32_t id)
{
    const size_t at = first_at(registry, id);

    return at < registry->count && registry->entries[at]->record.id == id ? registry->entries[at]
                                                                          : NULL;
}

static const struct record_type *type_named(const struct registry *registry, const char *full_name)
{
    for (size_t i = 0; i < registry->type_count; i++) {
        if (strcmp(registry->types[i]->full_name, full_name) == 0) {
            return registry->types[i];
        }
    }
    return NULL;
}

/* What cannot be parsed stays empty: its fault is told when a message comes that needs it. */
static struct schema parse_or_empty(const char *text)
{
    struct schema schema = {0};
    struct error unreadable = {0};

    return schema_parse(text, &schema, &unreadable) ? schema : (struct schema){0};
}

static bool same_meaning(const struct entry *entry, const struct schema *schema, const char *text)
{
    if (entry->schema.root == NULL || schema->root == NULL) {
        return strcmp(entry->record.schema_json, text) == 0;
    }
    return schema_equal(entry->schema.root, schema->root);
}

static struct entry *entry_create(struct registry *registry, const struct schema_record *record,
                                  const struct schema *schema)
{
    struct entry *entry = memory_alloc(sizeof *entry);

    entry->record = *record;
    entry->record.subject = arena_copy(&registry->texts, record->subject);
    entry->record.schema_json = arena_copy(&registry->texts, record->schema_json);
    entry->schema = *schema;
    if (schema->root != NULL && schema->root->kind == SCHEMA_RECORD) {
        entry->type = type_named(registry, schema->root->full_name);
    }
    return entry;
}

static void insert(struct registry *registry, struct entry *entry)
{
    const size_t at = first_at(registry, entry->record.id + 1);

    if (registry->count == registry->capacity) {
        registry->capacity = registry->capacity > 0 ? 2 * registry->capacity : 64;
        registry->entries =
            memory_resize(registry->entries, registry->capacity * sizeof(struct entry *));
    }
    memmove(registry->entries + at + 1, registry->entries + at,
            (registry->count - at) * sizeof(struct entry *));
    registry->entries[at] = entry;
    registry->count++;
}

bool registry_add(struct registry *registry, const struct schema_record *record, struct error *err)
{
    struct schema schema;
    size_t at;

    if (record->id < 1 || record->id == INT32_MAX) {
        return error_set(err, ERROR_REJECT, "schema id %d is out of range", record->id);
    }
    at = first_at(registry, record->id);
    schema = parse_or_empty(record->schema_json);
    for (; at < registry->count && registry->entries[at]->record.id == record->id; at++) {
        struct entry *entry = registry->entries[at];

        if (!same_meaning(entry, &schema, record->schema_json)) {
            schema_finish(&schema);
            return error_set(err, ERROR_FATAL, "_schemas gives id %d to two schemas, of %s and %s",
                             record->id, entry->record.subject, record->subject);
        }
        if (entry->record.version == record->version &&
            strcmp(entry->record.subject, record->subject) == 0) {
            entry->record.deleted = record->deleted;
            schema_finish(&schema);
            return true;
        }
    }
    insert(registry, entry_create(registry, record, &schema));
    return true;
}

bool registry_take(struct registry *registry, struct bytes key, struct bytes value,
                   struct error *err)
{
    struct schema_record record = {0};
    struct arena arena = {0};
    bool found = false;
    bool done = schema_record_read(key, value, &arena, &record, &found, err);

    if (done && found) {
        done = registry_add(registry, &record, err);
    }
    arena_finish(&arena);
    return done;
}

bool registry_knows(const struct registry *registry, int32_t id)
{
    return entry_of(registry, id) != NULL;
}

bool registry_means(const struct registry *registry, int32_t id, const char *schema_json)
{
    const struct entry *entry = entry_of(registry, id);
    struct schema schema = parse_or_empty(schema_json);
    const bool same = entry != NULL && same_meaning(entry, &schema, schema_json);

    schema_finish(&schema);
    return same;
}

const struct record_type *registry_type_of(const struct registry *registry, int32_t id)
{
    const struct entry *entry = entry_of(registry, id);

    return entry == NULL ? NULL : entry->type;
}

int32_t registry_find(const struct registry *registry, const char *subject, const char *schema_json,
                      int32_t *version)
{
    struct schema schema = parse_or_empty(schema_json);
    int32_t id = -1;

    for (size_t i = 0; i < registry->count && id < 0; i++) {
        const struct entry *entry = registry->entries[i];

        if (strcmp(entry->record.subject, subject) == 0 && !entry->record.deleted &&
            same_meaning(entry, &schema, schema_json)) {
            id = entry->record.id;
            if (version != NULL) {
                *version = entry->record.version;
            }
        }
    }
    schema_finish(&schema);
    return id;
}

static struct encoding *encoding_of(struct registry *registry, const struct record_type *type)
{
    for (size_t i = 0; i < registry->type_count; i++) {
        if (registry->types[i] == type) {
            return &registry->encodings[i];
        }
    }
    return NULL;
}

int32_t registry_id_of(struct registry *registry, const struct record_type *type)
{
    struct encoding *encoding = encoding_of(registry, type);

    if (encoding == NULL || type->schema_json == NULL) {
        return -1;
    }
    if (encoding->id == 0) {
        const int32_t id = registry_find(registry, type->full_name, type->schema_json, NULL);

        if (id < 0) {
            return -1;
        }
        encoding->id = id;
    }
    return encoding->id;
}

int32_t registry_last_id(const struct registry *registry)
{
    return registry->count > 0 ? registry->entries[registry->count - 1]->record.id : 0;
}

int32_t registry_last_version(const struct registry *registry, const char *subject)
{
    int32_t version = 0;

    for (size_t i = 0; i < registry->count; i++) {
        const struct schema_record *record = &registry->entries[i]->record;

        if (strcmp(record->subject, subject) == 0 && record->version > version) {
            version = record->version;
        }
    }
    return version;
}

size_t registry_count(const struct registry *registry)
{
    return registry->count;
}

const struct schema_record *registry_at(const struct registry *registry, size_t index)
{
    return index < registry->count ? &registry->entries[index]->record : NULL;
}

bool registry_decode(struct registry *registry, struct bytes message, struct arena *arena,
                     const struct record_type **type, const void **record, struct error *err)
{
    struct bytes payload = {0};
    struct entry *entry;
    int32_t id = 0;

    if (!wire_split(message, &id, &payload, err)) {
        return false;
    }
    entry = entry_of(registry, id);
    if (entry == NULL) {
        return error_set(err, ERROR_RETRY, "schema id %d is not in _schemas", id);
    }
    if (entry->type == NULL) {
        return error_set(err, ERROR_REJECT, "schema id %d (%s) is none of ours", id,
                         entry->record.subject);
    }
    if ((entry->decoder == NULL &&
         !record_decoder_create(entry->type, entry->record.schema_json, &entry->decoder, err)) ||
        !record_decode(entry->decoder, payload, arena, record, err)) {
        return error_prefix(err, "%s (schema id %d)", entry->type->name, id);
    }
    *type = entry->type;
    return true;
}

bool registry_encode(struct registry *registry, const struct record_type *type, const void *record,
                     struct buffer *out, struct error *err)
{
    struct encoding *encoding = encoding_of(registry, type);
    const int32_t id = registry_id_of(registry, type);
    const size_t before = out->size;

    if (id < 0) {
        return error_set(err, ERROR_FATAL,
                         "the schema of %s is not registered: run `abasto schemas apply`",
                         type->full_name);
    }
    if (encoding->encoder == NULL && !record_encoder_create(type, &encoding->encoder, err)) {
        return false;
    }
    wire_append_header(out, id);
    if (!record_encode(encoding->encoder, record, out, err)) {
        out->size = before;
        return error_prefix(err, "%s", type->name);
    }
    return true;
}
