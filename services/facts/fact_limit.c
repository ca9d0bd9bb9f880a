#include "services/facts/fact_limit.h"

bool fact_has_room(struct work *work, const struct table *table, const char *owner,
                   const struct fact *fact)
{
    return work_rows(work, table, owner).count < FACTS_PER_ORDER_MAX ||
           work_find_row(work, table, owner, fact_key(work_arena(work), fact)) != NULL;
}

bool fact_set_aside(struct work *work, const struct message *message, const char *institution,
                    const char *order_number, const struct fact *fact, struct error *err)
{
    struct arena *arena = work_arena(work);
    const struct setting_aside aside = {
        .institution = institution,
        .source = message->topic,
        .position = message->offset,
        .column = "orden",
        .found = order_number,
        .expected = arena_format(arena, "una orden de hasta %d renglones", FACTS_PER_ORDER_MAX),
        .reason = arena_format(arena, "la orden ya tiene %d renglones como éste; %s no se toma",
                               FACTS_PER_ORDER_MAX, fact->fact_id),
        .action = "revise el número de orden en el archivo y cárguelo otra vez",
        .class = ASIDE_REFUSED};

    return work_set_aside(work, &aside, err);
}
