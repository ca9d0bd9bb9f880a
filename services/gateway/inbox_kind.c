#include "services/gateway/inbox_kind.h"

#include "common/base/text.h"
#include "events.h"
#include "services/gateway/layout_parts.h"

static const struct {
    const struct record_type *type;
    const char *layout;
} known[] = {
    {&contract_report_type, "plantilla.contratos"},
    {&line_report_type, "plantilla.partidas"},
    {&order_report_type, "plantilla.ordenes"},
    {&shipment_report_type, "plantilla.remisiones"},
    {&receipt_report_type, "plantilla.recepciones"},
    {&decision_report_type, "plantilla.decisiones"},
};
enum { KINDS = sizeof known / sizeof known[0] };

struct inbox_kinds {
    struct inbox_kind kinds[KINDS];
    const char *names;
};

/* The members of the record are the columns of the template, in its order: a report is a row. */
static bool fits(const struct layout *layout, const struct record_type *type, struct error *err)
{
    bool same = layout->column_count == type->field_count;

    for (size_t i = 0; same && i < type->field_count; i++) {
        same = text_equal(layout->columns[i].name, type->fields[i].name);
    }
    return same || error_set(err, ERROR_FATAL, "%s.ini: sus columnas no son las de %s", layout->id,
                             type->full_name);
}

static struct layout_fit fit_of(const struct layout *layout, struct arena *arena)
{
    struct layout_reading *reading = arena_alloc(arena, sizeof *reading);
    size_t *at = arena_array(arena, layout->column_count, sizeof *at);
    const char **titles = arena_array(arena, layout->column_count, sizeof *titles);

    for (size_t i = 0; i < layout->column_count; i++) {
        at[i] = i;
        titles[i] = layout->columns[i].name;
    }
    *reading = (struct layout_reading){
        layout, {.at = at, .count = layout->column_count, .cells = layout->column_count}};
    return (struct layout_fit){.layout = layout,
                               .readings = reading,
                               .reading_count = 1,
                               .header = {.cells = titles, .count = layout->column_count}};
}

bool inbox_kinds_load(const struct layout_set *layouts, struct arena *arena,
                      const struct inbox_kinds **out, struct error *err)
{
    struct inbox_kinds *kinds = arena_alloc(arena, sizeof *kinds);

    for (size_t i = 0; i < KINDS; i++) {
        const struct layout *layout = layout_find(layouts, known[i].layout);

        if (layout == NULL) {
            return error_set(err, ERROR_FATAL, "falta el formato %s", known[i].layout);
        }
        if (!fits(layout, known[i].type, err)) {
            return false;
        }
        kinds->kinds[i] = (struct inbox_kind){known[i].type, fit_of(layout, arena)};
        kinds->names = i == 0 ? known[i].type->full_name
                              : arena_format(arena, "%s, %s", kinds->names, known[i].type->name);
    }
    *out = kinds;
    return true;
}

const struct inbox_kind *inbox_kind_named(const struct inbox_kinds *kinds, const char *full_name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (text_equal(kinds->kinds[i].type->full_name, full_name)) {
            return &kinds->kinds[i];
        }
    }
    return NULL;
}

const char *inbox_kind_names(const struct inbox_kinds *kinds)
{
    return kinds->names;
}
