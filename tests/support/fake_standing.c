#include "common/avro/record_json.h"
#include "common/base/buffer.h"
#include "tests/support/fake_work.h"

#include <stdlib.h>
#include <string.h>

/* Text fields that, with the record's name, tell one judgement from another. */
static const char *const identity[] = {"contract_id", "order_id",   "clave",
                                       "shipment_id", "finding_id", "sanction_id"};

struct standing {
    const char *name;
    const char *content; /* NULL: nothing stands */
    size_t order;        /* of emission */
};

static const char *field_text(const struct record_type *type, const void *event, const char *name)
{
    const struct record_field *field = record_field_named(type, name);
    const void *at;
    const char *text;

    if (field == NULL || field->type != FIELD_TEXT) {
        return "";
    }
    at = (const unsigned char *)event + field->offset;
    text = *(const char *const *)at;
    return text == NULL ? "" : text;
}

static const char *name_of(const struct fake_emitted *emitted, struct arena *arena)
{
    const char *name = emitted->type->name;

    for (size_t i = 0; i < sizeof identity / sizeof identity[0]; i++) {
        name = arena_format(arena, "%s\t%s", name,
                            field_text(emitted->type, emitted->event, identity[i]));
    }
    return name;
}

static bool stands(const json_t *json)
{
    const json_t *facts = json_object_get(json, "facts");
    const char *status = json_string_value(json_object_get(json, "status"));

    return (status == NULL || strcmp(status, "VOID") != 0) &&
           !json_is_true(json_object_get(json, "withdrawn")) &&
           !json_is_false(json_object_get(json, "open")) &&
           (facts == NULL || json_array_size(facts) > 0);
}

static const char *content_of(const struct fake_emitted *emitted, struct arena *arena)
{
    json_t *json = record_json(emitted->type, emitted->event);
    const char *content = NULL;

    if (stands(json)) {
        char *dump;

        (void)json_object_del(json, "revision");
        dump = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
        content = arena_copy(arena, dump);
        free(dump);
    }
    json_decref(json);
    return content;
}

static int by_name(const void *left, const void *right)
{
    const struct standing *a = left;
    const struct standing *b = right;
    const int name = strcmp(a->name, b->name);

    return name != 0 ? name : (a->order > b->order) - (a->order < b->order);
}

char *fake_work_standing(const struct fake_work *fake, struct arena *arena)
{
    const size_t count = fake_work_emitted_count(fake);
    struct standing *all = arena_array(arena, count + 1, sizeof *all);
    struct buffer text = {0};
    char *result;

    for (size_t i = 0; i < count; i++) {
        all[i] = (struct standing){.name = name_of(fake_work_emitted(fake, i), arena), .order = i};
    }
    qsort(all, count, sizeof *all, by_name);
    for (size_t i = 0; i < count; i++) {
        const bool last = i + 1 == count || strcmp(all[i].name, all[i + 1].name) != 0;
        const char *content =
            last ? content_of(fake_work_emitted(fake, all[i].order), arena) : NULL;

        if (content != NULL) {
            buffer_append_text(&text, content);
            buffer_append_text(&text, "\n");
        }
    }
    result = arena_copy(arena, buffer_text(&text));
    buffer_finish(&text);
    return result;
}
