#include "tests/avro/filler.h"

#include "common/avro/record_member.h"

struct filler {
    struct arena *arena;
    enum filling filling;
    uint32_t turn; /* counts the fields that were filled */
};

static void fill(struct filler *filler, const struct record_type *type, void *record);

static const char *some_text(struct filler *filler, const char *name)
{
    return arena_format(filler->arena, "%s ñ %u", name, filler->turn);
}

static void fill_items(struct filler *filler, const struct record_field *field, void *record)
{
    const size_t count = filler->filling == FILLING_BARE ? 0 : 2;
    const char **texts = arena_array(filler->arena, count, sizeof *texts);
    char *records = field->type == FIELD_RECORDS
                        ? arena_array(filler->arena, count, field->record->struct_bytes)
                        : NULL;

    for (size_t i = 0; i < count; i++) {
        if (field->type == FIELD_RECORDS) {
            fill(filler, field->record, records + i * field->record->struct_bytes);
        } else {
            filler->turn++;
            texts[i] = some_text(filler, field->name);
        }
    }
    *(const void **)member_of(field, record) =
        field->type == FIELD_RECORDS ? (const void *)records : (const void *)texts;
    member_set_count(field, record, count);
}

/* Within the precision, of alternating sign, with the scale's digits in use. */
static int64_t some_decimal(const struct filler *filler, int32_t precision)
{
    const int64_t value = filler->turn * INT64_C(1234567);
    int64_t bound = 1;

    for (int32_t i = 0; i < precision && i < 18; i++) {
        bound *= 10;
    }
    return (filler->turn % 2 == 0 ? value : -value) % bound;
}

static struct bytes some_bytes(struct filler *filler)
{
    uint8_t *data = arena_alloc(filler->arena, 3);

    data[0] = 0;
    data[1] = 0xff;
    data[2] = (uint8_t)filler->turn;
    return (struct bytes){data, 3};
}

static void fill_member(struct filler *filler, const struct record_field *field, void *record)
{
    void *member = member_of(field, record);

    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)member = some_text(filler, field->name);
        return;
    case FIELD_INT32:
        *(int32_t *)member = -(int32_t)filler->turn * 1000;
        return;
    case FIELD_INT64:
        *(int64_t *)member = filler->turn * INT64_C(5000000000);
        return;
    case FIELD_BOOL:
        *(bool *)member = filler->turn % 2 == 0;
        return;
    case FIELD_BYTES:
        *(struct bytes *)member = some_bytes(filler);
        return;
    case FIELD_DATE:
        *(int32_t *)member = 20000 + (int32_t)filler->turn;
        return;
    case FIELD_INSTANT:
        *(int64_t *)member = INT64_C(1756684800000001) + filler->turn;
        return;
    case FIELD_DECIMAL:
        *(int64_t *)member = some_decimal(filler, field->precision);
        return;
    case FIELD_ENUM:
        *(unsigned *)member = filler->turn % (unsigned)field->symbol_count;
        return;
    case FIELD_RECORD:
        fill(filler, field->record, member);
        return;
    case FIELD_RECORDS:
    case FIELD_TEXTS:
        fill_items(filler, field, record);
        return;
    }
}

static void fill(struct filler *filler, const struct record_type *type, void *record)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];
        const bool null = filler->filling == FILLING_BARE ||
                          (filler->filling == FILLING_MIXED && filler->turn % 2 == 0);

        filler->turn++;
        if (!field->nullable || !null) {
            fill_member(filler, field, record);
            member_set_present(field, record, true);
        }
    }
}

void *filler_record(const struct record_type *type, enum filling filling, struct arena *arena)
{
    struct filler filler = {.arena = arena, .filling = filling};
    void *record = arena_alloc(arena, type->struct_bytes);

    fill(&filler, type, record);
    return record;
}
