#include "common/avro/schema_list.h"

#include <string.h>

void schema_list_copy(struct schema_list *list, const struct registry *registry)
{
    const size_t count = registry_count(registry);

    list->records = arena_array(&list->arena, count, sizeof *list->records);
    list->count = count;
    for (size_t i = 0; i < count; i++) {
        struct schema_record *record = &list->records[i];

        *record = *registry_at(registry, i);
        record->subject = arena_copy(&list->arena, record->subject);
        record->schema_json = arena_copy(&list->arena, record->schema_json);
    }
}

void schema_list_finish(struct schema_list *list)
{
    arena_finish(&list->arena);
    *list = (struct schema_list){0};
}

const struct schema_record *schema_list_by_id(const struct schema_list *list, int32_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->records[i].id == id) {
            return &list->records[i];
        }
    }
    return NULL;
}

const struct schema_record *schema_list_version(const struct schema_list *list, const char *subject,
                                                int32_t version)
{
    const struct schema_record *found = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct schema_record *record = &list->records[i];

        if (!record->deleted && strcmp(record->subject, subject) == 0 &&
            (version == 0 ? found == NULL || record->version > found->version
                          : record->version == version)) {
            found = record;
        }
    }
    return found;
}
