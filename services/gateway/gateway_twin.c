#include "services/gateway/gateway_twin.h"

#include "common/base/instant.h"
#include "common/runtime/finding.h"
#include "common/store/store.h"
#include "services/gateway/gateway_tables.h"

#include <inttypes.h>
#include <string.h>

/* Separates the parts of an agenda key: no identifier holds it. */
#define SEPARATOR '\x1f'

enum { TWINS_TOLD_MAX = 50 };

char *gateway_twin_key(struct work *work, const char *source, const char *content)
{
    return arena_format(work_arena(work), "%s/%s|%s", work_institution(work), source, content);
}

void gateway_twin_need(struct work *work, const char *content_key)
{
    work_need(work, &content_twin_table, content_key);
    work_need(work, &finding_table, content_key);
}

static const char *twin_fact(struct arena *arena, const struct content_twin *twin)
{
    char as_of[INSTANT_TEXT_BYTES];

    instant_format(twin->as_of, as_of);
    return arena_format(arena, "%s@%s.%" PRId64, twin->fact_id, as_of, twin->sequence);
}

static struct finding repeats(struct arena *arena, const struct content_twin *twin,
                              const struct content_twin *first)
{
    const char **facts = arena_array(arena, 2, sizeof *facts);

    facts[0] = twin_fact(arena, first);
    facts[1] = twin_fact(arena, twin);
    return (struct finding){
        .kind = "posible-duplicado",
        .subject = arena_copy(arena, twin->fact_id),
        .message = arena_format(arena,
                                "la recepción %s dice lo mismo que %s con otra clave: posible "
                                "duplicado; no se funden",
                                twin->fact_id, first->fact_id),
        .facts = facts,
        .facts_count = 2};
}

/* Of a whole file of the same each further one says nothing new. */
static struct finding many_more(struct arena *arena, const struct content_twin *first, size_t more)
{
    return (struct finding){
        .kind = "posible-duplicado",
        .subject = arena_copy(arena, first->fact_id),
        .message = arena_format(arena,
                                "otras %zu recepciones dicen lo mismo que %s con otras claves: "
                                "posibles duplicados; no se funden",
                                more, first->fact_id)};
}

bool gateway_twins_judge(struct work *work, const struct message *message, struct error *err)
{
    struct arena *arena = work_arena(work);
    const char *content_key = message->key;
    const struct rows rows = work_rows(work, &content_twin_table, content_key);
    struct finding items[TWINS_TOLD_MAX + 1];
    const struct content_twin *first = NULL;
    const char *fact;
    struct findings findings = {.owner = content_key,
                                .institution = work_institution(work),
                                .facts = &fact,
                                .items = items};
    size_t more = 0;

    for (size_t i = 0; i < rows.count; i++) {
        const struct content_twin *twin = rows.items[i];

        if (first == NULL && (twin->active || i + 1 == rows.count)) {
            findings.contract_id = arena_copy(arena, twin->contract_id);
        }
        if (!twin->active) {
            continue;
        }
        findings.invented = findings.invented || twin->invented;
        if (first == NULL) {
            first = twin;
            fact = twin_fact(arena, twin);
            findings.facts_count = 1;
        } else if (findings.count < TWINS_TOLD_MAX) {
            items[findings.count++] = repeats(arena, twin, first);
        } else {
            more++;
        }
    }
    if (more > 0) {
        items[findings.count++] = many_more(arena, first, more);
    }
    return findings.contract_id == NULL || findings_put(work, &findings, err);
}

void gateway_twin_sync(struct work *work, const char *content_key, const char *fact_id,
                       const char *fact_key)
{
    const struct row_version *version = work_find(work, &row_version_table, fact_key);
    const char *content = strrchr(content_key, '|') + 1;
    const bool active =
        version != NULL && version->content != NULL && strcmp(version->content, content) == 0;
    struct content_twin *twin = work_find_row(work, &content_twin_table, content_key, fact_id);

    if (twin == NULL && !active) {
        return;
    }
    if (twin == NULL) {
        twin = work_row(work, &content_twin_table, content_key, fact_id);
    }
    if (active) {
        twin->contract_id = arena_copy(work_arena(work), version->contract_id);
        twin->as_of = version->as_of;
        twin->sequence = version->sequence;
        twin->invented = version->invented;
    }
    twin->active = active;
    work_save(work, &content_twin_table, twin);
    work_settle(work, GATEWAY_TWINS, content_key);
}

void gateway_twin_later(struct work *work, const char *content_key, const char *fact_id)
{
    work_later(work, STORE_DUE_NOW, GATEWAY_TWIN,
               arena_format(work_arena(work), "%s%c%s", content_key, SEPARATOR, fact_id));
}

struct twin_key {
    const char *content_key;
    const char *fact_id;
    const char *fact_key;
};

static struct twin_key read_key(const char *key, struct arena *arena)
{
    const char *separator = strchr(key, SEPARATOR);
    const size_t length = separator == NULL ? strlen(key) : (size_t)(separator - key);
    char *content_key = arena_text(arena, key, length);
    const char *source = strchr(content_key, '/');
    const char *content = strrchr(content_key, '|');
    struct twin_key out = {.content_key = content_key,
                           .fact_id = separator == NULL ? "" : arena_copy(arena, separator + 1)};

    if (source != NULL && content != NULL) {
        out.fact_key =
            arena_format(arena, "%.*s|%s", (int)(content - source - 1), source + 1, out.fact_id);
    }
    return out;
}

void gateway_twin_needs(struct work *work, const struct message *message)
{
    const struct twin_key key = read_key(message->key, work_arena(work));

    if (key.fact_key != NULL) {
        gateway_twin_need(work, key.content_key);
        work_need(work, &row_version_table, key.fact_key);
    }
}

bool gateway_twin_on(struct work *work, const struct message *message, struct error *err)
{
    const struct twin_key key = read_key(message->key, work_arena(work));

    if (key.fact_key == NULL) {
        return error_set(err, ERROR_REJECT, "agenda %s: clave ilegible «%s»", message->type,
                         message->key);
    }
    gateway_twin_sync(work, key.content_key, key.fact_id, key.fact_key);
    return true;
}
