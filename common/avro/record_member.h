#ifndef COMMON_AVRO_RECORD_MEMBER_H
#define COMMON_AVRO_RECORD_MEMBER_H

#include "common/avro/record.h"

/* Typed access to members by descriptor, for the files of common/avro and its tests. */

static inline void *member_of(const struct record_field *field, void *record)
{
    return (char *)record + field->offset;
}

static inline const void *member_const(const struct record_field *field, const void *record)
{
    return (const char *)record + field->offset;
}

static inline const char *member_text(const struct record_field *field, const void *record)
{
    return *(const char *const *)member_const(field, record);
}

static inline int32_t member_int32(const struct record_field *field, const void *record)
{
    return *(const int32_t *)member_const(field, record);
}

static inline int64_t member_int64(const struct record_field *field, const void *record)
{
    return *(const int64_t *)member_const(field, record);
}

static inline bool member_bool(const struct record_field *field, const void *record)
{
    return *(const bool *)member_const(field, record);
}

static inline struct bytes member_bytes(const struct record_field *field, const void *record)
{
    return *(const struct bytes *)member_const(field, record);
}

/* Generated enums have no negative constant: gcc and clang give them unsigned int (asserted there). */
static inline unsigned member_enum(const struct record_field *field, const void *record)
{
    return *(const unsigned *)member_const(field, record);
}

static inline size_t member_count(const struct record_field *field, const void *record)
{
    return *(const size_t *)(const void *)((const char *)record + field->count_offset);
}

static inline const char *const *member_texts(const struct record_field *field, const void *record)
{
    return *(const char *const *const *)member_const(field, record);
}

static inline const void *member_item(const struct record_field *field, const void *record,
                                      size_t index)
{
    const void *items = *(const void *const *)member_const(field, record);

    return (const char *)items + index * field->record->struct_bytes;
}

static inline void member_set_count(const struct record_field *field, void *record, size_t count)
{
    *(size_t *)(void *)((char *)record + field->count_offset) = count;
}

/* Says whether a nullable member has a value; for text the pointer itself says it. */
static inline void member_set_present(const struct record_field *field, void *record, bool present)
{
    if (field->nullable && field->type != FIELD_TEXT) {
        *(bool *)((char *)record + field->presence_offset) = present;
    }
}

/** Whether a decimal has at most `precision` digits (1-18). */
bool member_decimal_fits(int64_t unscaled, int32_t precision);

/** Big-endian two's complement, of any length >= 1, into an integer; false when it has more digits. */
bool member_decimal_read(struct bytes bytes, int32_t precision, int64_t *out);

/** The shortest big-endian two's complement of it; returns its size, 1-8. */
size_t member_decimal_write(int64_t unscaled, uint8_t out[static 8]);

#endif
