#include "services/facts/fact_merge.h"

#include "common/avro/record_member.h"

#include <stdlib.h>
#include <string.h>

static int by_precedence(const void *left, const void *right)
{
    const struct fact_row *const *a = left;
    const struct fact_row *const *b = right;

    return fact_precedence(*a, *b);
}

static const struct fact_row **in_order(struct rows rows, struct arena *arena)
{
    const struct fact_row **ordered = arena_array(arena, rows.count + 1, sizeof *ordered);

    for (size_t i = 0; i < rows.count; i++) {
        ordered[i] = rows.items[i];
    }
    if (rows.count > 1) {
        qsort(ordered, rows.count, sizeof(const struct fact_row *), by_precedence);
    }
    return ordered;
}

static bool holds(const char *const *names, const char *name)
{
    while (names != NULL && *names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return names != NULL && *names != NULL;
}

/* Of records that cannot be null, those with a member `stated` tell themselves whether they say anything. */
static bool is_silent(const struct record_field *field, const void *record)
{
    const struct record_field *stated =
        field->type == FIELD_RECORD ? record_field_named(field->record, "stated") : NULL;

    return stated != NULL ? !member_bool(stated, member_const(field, record))
                          : record_field_is_null(field, record);
}

static size_t member_bytes_of(const struct record_field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        return sizeof(const char *);
    case FIELD_INT32:
    case FIELD_DATE:
        return sizeof(int32_t);
    case FIELD_INT64:
    case FIELD_INSTANT:
    case FIELD_DECIMAL:
        return sizeof(int64_t);
    case FIELD_BOOL:
        return sizeof(bool);
    case FIELD_ENUM:
        return sizeof(unsigned);
    case FIELD_RECORD:
        return field->record->struct_bytes;
    case FIELD_BYTES:
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        return 0; /* no reported fact has one that may be silent */
    }
    return 0;
}

/* Whether anything was taken from `from`. */
static bool fill(const struct record_type *type, const char *const *alone, void *into,
                 const void *from)
{
    bool filled = false;

    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];

        if (member_bytes_of(field) == 0 || holds(alone, field->name) || !is_silent(field, into) ||
            is_silent(field, from)) {
            continue;
        }
        memcpy(member_of(field, into), member_const(field, from), member_bytes_of(field));
        member_set_present(field, into, true);
        filled = true;
    }
    return filled;
}

struct fact_merged fact_merge(struct rows rows, const struct record_type *said,
                              const char *const *alone, struct arena *arena)
{
    const struct fact_row **ordered = in_order(rows, arena);
    struct fact_merged out = {.used = {.arena = arena}};
    const size_t bytes = sizeof(struct fact_row) + said->struct_bytes;
    struct fact_row *whole;

    if (rows.count == 0) {
        return out;
    }
    whole = arena_alloc(arena, bytes);
    memcpy(whole, ordered[0], bytes);
    out.row = whole;
    out.invented = whole->fact.invented;
    fact_list_add(&out.used, &whole->fact);
    for (size_t i = 1; i < rows.count && !ordered[i]->withdrawn; i++) {
        if (fill(said, alone, whole + 1, ordered[i] + 1)) {
            out.invented = out.invented || ordered[i]->fact.invented;
            fact_list_add(&out.used, &ordered[i]->fact);
        }
    }
    fact_list_close(&out.used);
    return out;
}
