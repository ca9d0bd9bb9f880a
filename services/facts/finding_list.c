#include "services/facts/finding_list.h"

#include "common/base/date.h"
#include "common/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *format_into(struct arena *arena, const char *format, va_list arguments)
{
    char text[512];

    (void)vsnprintf(text, sizeof text, format, arguments);
    return text_clean(arena, text, strlen(text), sizeof text - 8); /* never half a character */
}

void finding_list_add(struct finding_list *list, const char *kind, const char *subject,
                      const char *format, ...)
{
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = format_into(list->arena, format, arguments);
    va_end(arguments);
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        struct finding *items = arena_array(list->arena, capacity, sizeof *items);

        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof *items);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] =
        (struct finding){.kind = kind, .subject = subject, .message = message};
}

void finding_list_rests_on(struct finding_list *list, const struct fact *fact)
{
    struct finding *last = &list->items[list->count - 1];
    struct fact_list facts = {.arena = list->arena};

    fact_list_add(&facts, fact);
    last->facts = facts.items;
    last->facts_count = facts.count;
}

const char *finding_list_date(struct finding_list *list, int32_t date)
{
    char text[DATE_TEXT_BYTES];

    date_format(date, text);
    return arena_copy(list->arena, text);
}

bool finding_list_put(struct work *work, const struct finding_list *list,
                      const struct finding_ground *ground, struct error *err)
{
    const struct findings findings = {.owner = ground->owner,
                                      .institution =
                                          fact_institution(work_arena(work), ground->contract_id),
                                      .contract_id = ground->contract_id,
                                      .invented = ground->invented,
                                      .facts = ground->facts,
                                      .facts_count = ground->facts_count,
                                      .items = list->items,
                                      .count = list->count};

    return findings_put(work, &findings, err);
}
