#include "services/facts/fact_home.h"

#include "common/base/text.h"
#include "common/store/store.h"

#include <inttypes.h>
#include <string.h>

/* Identifiers are trimmed text: they hold no tabulator. */
#define SEPARATOR "\t"

static const struct column columns[] = {
    COLUMN(struct fact_home, home_id, COLUMN_TEXT),
    COLUMN(struct fact_home, order_id, COLUMN_TEXT),
    COLUMN(struct fact_home, as_of, COLUMN_INT64),
    COLUMN(struct fact_home, sequence, COLUMN_INT64),
    COLUMN(struct fact_home, withdrawn, COLUMN_BOOL),
};

const struct table fact_home_table = TABLE(struct fact_home, "fact_home", 1, columns);

char *fact_home_id(struct arena *arena, const char *contract_id, const struct fact *fact)
{
    return arena_format(arena, "%s|%s|%s", contract_id, fact->source, fact->fact_id);
}

static bool is_news(const struct fact_home *home, const struct fact *fact, bool withdrawn)
{
    const struct fact_row row = {
        .withdrawn = home->withdrawn,
        .fact = {.fact_id = home->order_id, .as_of = home->as_of, .sequence = home->sequence}};

    return fact_is_news(&row, fact, withdrawn);
}

bool fact_home_take(struct work *work, const char *contract_id, const char *order_id,
                    const struct fact *fact, bool withdrawn, const char *kind)
{
    struct arena *arena = work_arena(work);
    struct fact_home *home =
        work_entity(work, &fact_home_table, fact_home_id(arena, contract_id, fact));

    if (!is_news(home, fact, withdrawn)) {
        return false;
    }
    if (home->order_id != NULL && !home->withdrawn && strcmp(home->order_id, order_id) != 0) {
        work_later(work, STORE_DUE_NOW, kind,
                   arena_format(
                       arena,
                       "%s" SEPARATOR "%s" SEPARATOR "%s" SEPARATOR "%" PRId64 SEPARATOR "%" PRId64,
                       home->order_id, fact->source, fact->fact_id, fact->as_of, fact->sequence));
    }
    home->order_id = order_id;
    home->as_of = fact->as_of;
    home->sequence = fact->sequence;
    home->withdrawn = withdrawn;
    work_save(work, &fact_home_table, home);
    return true;
}

char *fact_leaving_order(struct arena *arena, const char *key)
{
    return arena_text(arena, key, strcspn(key, SEPARATOR));
}

/* The next field; NULL when there is none. */
static char *next_field(struct arena *arena, const char **rest)
{
    const size_t length = *rest == NULL ? 0 : strcspn(*rest, SEPARATOR);
    char *field;

    if (*rest == NULL) {
        return NULL;
    }
    field = arena_text(arena, *rest, length);
    *rest = (*rest)[length] == '\0' ? NULL : *rest + length + 1;
    return field;
}

bool fact_leaving_read(struct arena *arena, const char *key, struct fact_leaving *out,
                       struct error *err)
{
    const char *rest = key;
    struct fact_leaving leaving = {.order_id = next_field(arena, &rest)};

    leaving.fact.source = next_field(arena, &rest);
    leaving.fact.fact_id = next_field(arena, &rest);
    if (!text_to_int64(next_field(arena, &rest), &leaving.fact.as_of) ||
        !text_to_int64(next_field(arena, &rest), &leaving.fact.sequence) || rest != NULL) {
        return error_set(err, ERROR_REJECT, "la agenda no dice qué hecho cambió de orden: %s", key);
    }
    leaving.row_key = fact_key(arena, &leaving.fact);
    *out = leaving;
    return true;
}
