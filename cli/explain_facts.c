#include "cli/explain_facts.h"

#include "cli/say.h"
#include "common/base/text.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

/* The last row that has this text under this name. */
static const json_t *row_with(const json_t *rows, const char *name, const char *text)
{
    for (size_t i = json_array_size(rows); i > 0; i--) {
        const json_t *row = json_array_get(rows, i - 1);

        if (strcmp(text_of(row, name), text) == 0) {
            return row;
        }
    }
    return NULL;
}

static const char *row_kind(const char *kind)
{
    static const struct {
        const char *kind;
        struct said said;
    } kinds[] = {{"delivery", {"recepción", "receipt"}},
                 {"return", {"devolución", "return"}},
                 {"decision", {"decisión", "decision"}},
                 {"other", {"otra vía", "another way"}}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            return said_text(&kinds[i].said);
        }
    }
    return kind;
}

static bool is_receipt_of_a_step(const json_t *penalty, const char *id)
{
    return row_with(json_object_get(penalty, "steps"), "receipt_id", id) != NULL;
}

/* Natural keys are joined with '|': contract; contract|clave; [contract|]order|clave; and of a remisión
 * rfc|remisión|contract|order|clave|lot. */
static const char *kind_by_shape(const json_t *penalty, const char *id, struct arena *arena)
{
    const char *slash = strchr(text_of(penalty, "contract_id"), '/');
    const char *contract = slash == NULL ? "" : slash + 1;
    const char *clave = text_of(penalty, "clave");
    const char *order = arena_format(arena, "%s|%s", text_of(penalty, "order_number"), clave);

    if (text_equal(id, contract)) {
        return say("contrato", "contract");
    }
    if (text_equal(id, arena_format(arena, "%s|%s", contract, clave))) {
        return say("partida", "line");
    }
    if (text_equal(id, order) || text_equal(id, arena_format(arena, "%s|%s", contract, order))) {
        return say("orden", "order");
    }
    if (is_receipt_of_a_step(penalty, id)) {
        return say("recepción", "receipt");
    }
    return strstr(id, arena_format(arena, "|%s|", order)) != NULL ? say("remisión", "remisión")
                                                                  : say("hecho", "fact");
}

const char *explain_fact_kind(const json_t *penalty, const json_t *rows, const char *fact,
                              struct arena *arena)
{
    const char *version = strrchr(fact, '@');
    const char *id = version == NULL ? fact : arena_text(arena, fact, (size_t)(version - fact));
    const json_t *row = row_with(rows, "fact_id", id);

    return row != NULL ? row_kind(text_of(row, "kind")) : kind_by_shape(penalty, id, arena);
}

json_int_t explain_fact_pieces(const json_t *rows, const char *receipt_id)
{
    const json_t *pieces = json_object_get(row_with(rows, "receipt_id", receipt_id), "pieces");

    return json_is_integer(pieces) ? json_integer_value(pieces) : -1;
}
