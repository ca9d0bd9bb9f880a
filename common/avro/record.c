#include "common/avro/record.h"

#include "common/avro/record_member.h"

#include <string.h>

const struct record_field *record_field_named(const struct record_type *type, const char *name)
{
    for (size_t i = 0; i < type->field_count; i++) {
        if (strcmp(type->fields[i].name, name) == 0) {
            return &type->fields[i];
        }
    }
    return NULL;
}

bool record_field_is_null(const struct record_field *field, const void *record)
{
    if (!field->nullable) {
        return false;
    }
    if (field->type == FIELD_TEXT) {
        return member_text(field, record) == NULL;
    }
    return !*(const bool *)((const char *)record + field->presence_offset);
}

void record_fill_texts(const struct record_type *type, void *record)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];

        if (field->nullable) {
            continue;
        }
        if (field->type == FIELD_RECORD) {
            record_fill_texts(field->record, member_of(field, record));
        } else if (field->type == FIELD_TEXT && member_text(field, record) == NULL) {
            *(const char **)member_of(field, record) = "";
        }
    }
}

static const void *copy_items(const struct record_field *field, const void *items, size_t count,
                              struct arena *arena)
{
    const size_t bytes = field->record->struct_bytes;
    char *copies = arena_array(arena, count, bytes);

    for (size_t i = 0; i < count; i++) {
        const void *item = record_copy(field->record, (const char *)items + i * bytes, arena);

        memcpy(copies + i * bytes, item, bytes);
    }
    return copies;
}

static const char *const *copy_texts(const char *const *texts, size_t count, struct arena *arena)
{
    const char **copies = arena_array(arena, count, sizeof *copies);

    for (size_t i = 0; i < count; i++) {
        copies[i] = arena_copy(arena, texts[i]);
    }
    return copies;
}

/* Replaces what the member points to by a copy of it. */
static void copy_member(const struct record_field *field, void *record, struct arena *arena)
{
    void *member = member_of(field, record);

    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)member = arena_copy(arena, *(const char **)member);
        return;
    case FIELD_BYTES: {
        struct bytes *bytes = member;

        bytes->data = (const uint8_t *)arena_text(arena, (const char *)bytes->data, bytes->size);
        return;
    }
    case FIELD_RECORD:
        memcpy(member, record_copy(field->record, member, arena), field->record->struct_bytes);
        return;
    case FIELD_RECORDS:
        *(const void **)member =
            copy_items(field, *(const void **)member, member_count(field, record), arena);
        return;
    case FIELD_TEXTS:
        *(const char *const **)member =
            copy_texts(*(const char *const **)member, member_count(field, record), arena);
        return;
    case FIELD_INT32:
    case FIELD_INT64:
    case FIELD_BOOL:
    case FIELD_DATE:
    case FIELD_INSTANT:
    case FIELD_DECIMAL:
    case FIELD_ENUM:
        return;
    }
}

void *record_copy(const struct record_type *type, const void *record, struct arena *arena)
{
    void *copy = arena_alloc(arena, type->struct_bytes);

    memcpy(copy, record, type->struct_bytes);
    for (size_t i = 0; i < type->field_count; i++) {
        if (!record_field_is_null(&type->fields[i], record)) {
            copy_member(&type->fields[i], copy, arena);
        }
    }
    return copy;
}

static bool texts_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool items_equal(const struct record_field *field, const void *a, const void *b)
{
    const size_t count = member_count(field, a);

    if (count != member_count(field, b)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const bool same =
            field->type == FIELD_TEXTS
                ? texts_equal(member_texts(field, a)[i], member_texts(field, b)[i])
                : record_equal(field->record, member_item(field, a, i), member_item(field, b, i));

        if (!same) {
            return false;
        }
    }
    return true;
}

static bool members_equal(const struct record_field *field, const void *a, const void *b)
{
    switch (field->type) {
    case FIELD_TEXT:
        return texts_equal(member_text(field, a), member_text(field, b));
    case FIELD_INT32:
    case FIELD_DATE:
        return member_int32(field, a) == member_int32(field, b);
    case FIELD_ENUM:
        return member_enum(field, a) == member_enum(field, b);
    case FIELD_INT64:
    case FIELD_INSTANT:
    case FIELD_DECIMAL:
        return member_int64(field, a) == member_int64(field, b);
    case FIELD_BOOL:
        return member_bool(field, a) == member_bool(field, b);
    case FIELD_BYTES: {
        const struct bytes left = member_bytes(field, a);
        const struct bytes right = member_bytes(field, b);

        return left.size == right.size &&
               (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
    }
    case FIELD_RECORD:
        return record_equal(field->record, member_const(field, a), member_const(field, b));
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return items_equal(field, a, b);
    }
    return false;
}

bool record_equal(const struct record_type *type, const void *a, const void *b)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];
        const bool null = record_field_is_null(field, a);

        if (null != record_field_is_null(field, b) || (!null && !members_equal(field, a, b))) {
            return false;
        }
    }
    return true;
}
