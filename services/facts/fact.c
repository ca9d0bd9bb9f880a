#include "services/facts/fact.h"

#include "common/base/instant.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What tells the fact from the others of its entity. */
char *fact_key(struct arena *arena, const struct fact *fact)
{
    return arena_format(arena, "%s|%s", fact->source, fact->fact_id);
}

static int compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_version(const struct fact *a, const struct fact *b)
{
    const int as_of = compare_int64(a->as_of, b->as_of);

    return as_of != 0 ? as_of : compare_int64(a->sequence, b->sequence);
}

/* At equal versions a fact that stands beats its withdrawal, so that no order of arrival decides. */
static bool is_news(const struct fact_row *row, const struct fact *fact, bool withdrawn)
{
    const int version = compare_version(fact, &row->fact);

    if (row->fact.fact_id == NULL) {
        return true; /* the row was made for it */
    }
    return version > 0 || (version == 0 && row->withdrawn && !withdrawn);
}

/* Identity and version; where in which file it stood is no part of a judgement. */
static void take(struct fact_row *row, const struct fact *fact, bool withdrawn)
{
    row->withdrawn = withdrawn;
    row->fact = (struct fact){.fact_id = fact->fact_id,
                              .source = fact->source,
                              .as_of = fact->as_of,
                              .sequence = fact->sequence,
                              .invented = fact->invented};
}

void *fact_put(struct work *work, const struct table *table, const char *owner,
               const struct fact *fact, bool withdrawn)
{
    struct fact_row *row = work_row(work, table, owner, fact_key(work_arena(work), fact));

    if (!is_news(row, fact, withdrawn)) {
        return NULL;
    }
    take(row, fact, withdrawn);
    memset(row + 1, 0, table->row_bytes - sizeof *row);
    work_save(work, table, row);
    return row;
}

/* Filled in by hand, or a copy that somebody keeps of what a system says: that system is believed before it. */
static bool is_second_hand(const struct fact *fact)
{
    return strncmp(fact->source, "plantilla", sizeof "plantilla" - 1) == 0 || fact_is_copy(fact);
}

bool fact_is_copy(const struct fact *fact)
{
    return strncmp(fact->source, "copia.", sizeof "copia." - 1) == 0;
}

int fact_precedence(const struct fact_row *a, const struct fact_row *b)
{
    const int standing = (int)a->withdrawn - (int)b->withdrawn;
    const int native = (int)is_second_hand(&a->fact) - (int)is_second_hand(&b->fact);
    const int newer = -compare_version(&a->fact, &b->fact);
    const int source = strcmp(a->fact.source, b->fact.source);

    if (standing != 0) {
        return standing;
    }
    if (native != 0) {
        return native;
    }
    if (newer != 0) {
        return newer;
    }
    return source != 0 ? source : strcmp(a->fact.fact_id, b->fact.fact_id);
}

const void *fact_choose(struct rows rows)
{
    const struct fact_row *best = NULL;

    for (size_t i = 0; i < rows.count; i++) {
        const struct fact_row *row = rows.items[i];

        if (best == NULL || fact_precedence(row, best) < 0) {
            best = row;
        }
    }
    return best;
}

static void add_text(struct fact_list *list, const char *text)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        const char **items = arena_array(list->arena, capacity, sizeof *items);

        for (size_t i = 0; i < list->count; i++) {
            items[i] = list->items[i];
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = text;
}

void fact_list_add(struct fact_list *list, const struct fact *fact)
{
    char as_of[INSTANT_TEXT_BYTES];

    instant_format(fact->as_of, as_of);
    add_text(list,
             arena_format(list->arena, "%s@%s.%" PRId64, fact->fact_id, as_of, fact->sequence));
}

void fact_list_add_all(struct fact_list *list, const char *const *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_text(list, facts[i]);
    }
}

void fact_list_add_joined(struct fact_list *list, const char *joined)
{
    while (joined != NULL && *joined != '\0') {
        const size_t length = strcspn(joined, "\n");

        add_text(list, arena_text(list->arena, joined, length));
        joined += length + (joined[length] == '\n' ? 1 : 0);
    }
}

static int by_bytes(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

void fact_list_close(struct fact_list *list)
{
    size_t kept = 0;

    if (list->count > 1) {
        qsort(list->items, list->count, sizeof *list->items, by_bytes);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || strcmp(list->items[kept - 1], list->items[i]) != 0) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

char *fact_list_join(struct arena *arena, const char *const *facts, size_t count)
{
    size_t bytes = 0;
    size_t used = 0;
    char *joined;

    for (size_t i = 0; i < count; i++) {
        bytes += strlen(facts[i]) + 1;
    }
    if (count == 0) {
        return NULL;
    }
    joined = arena_alloc(arena, bytes);
    for (size_t i = 0; i < count; i++) {
        const size_t length = strlen(facts[i]);

        memcpy(joined + used, facts[i], length);
        used += length;
        joined[used++] = i + 1 < count ? '\n' : '\0';
    }
    return joined;
}

struct order_key fact_order_key(struct arena *arena, const char *order_id)
{
    const size_t contract_bytes = strcspn(order_id, "|");
    const char *number = order_id + contract_bytes + (order_id[contract_bytes] == '|' ? 1 : 0);
    const size_t number_bytes = strcspn(number, "|");
    const char *clave = number + number_bytes + (number[number_bytes] == '|' ? 1 : 0);

    return (struct order_key){.institution = fact_institution(arena, order_id),
                              .contract_id = arena_text(arena, order_id, contract_bytes),
                              .order_number = arena_text(arena, number, number_bytes),
                              .clave = arena_copy(arena, clave)};
}

char *fact_institution(struct arena *arena, const char *id)
{
    return arena_text(arena, id, strcspn(id, "/"));
}
