#ifndef COMMON_AVRO_SCHEMA_LIST_H
#define COMMON_AVRO_SCHEMA_LIST_H

#include "common/avro/registry.h"

/** What a registry had learnt at one moment, copied: other threads may read it. Zeroed is empty. */
struct schema_list {
    struct arena arena;
    struct schema_record *records; /**< by id, then arrival */
    size_t count;
};

/** `list` must be zeroed. */
void schema_list_copy(struct schema_list *list, const struct registry *registry);
void schema_list_finish(struct schema_list *list);

/** A schema with that id, deleted ones too (messages still carry it), or NULL. */
const struct schema_record *schema_list_by_id(const struct schema_list *list, int32_t id);

/** The schema of that subject and version, or NULL; `version` 0 is the newest. Deleted ones do not count. */
const struct schema_record *schema_list_version(const struct schema_list *list, const char *subject,
                                                int32_t version);

#endif
