#include "cli/quarantine_row.h"

#include "cli/say.h"
#include "common/base/text.h"

#include <string.h>

static bool find_column(const struct aside_content *content, const char *name, struct arena *arena,
                        size_t *out)
{
    const char *wanted = text_fold(arena, name);

    for (size_t i = 0; i < content->title_count; i++) {
        if (text_equal(text_fold(arena, content->titles[i]), wanted)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static const char *titles_of(const struct aside_content *content, struct arena *arena)
{
    const char *list = "";

    for (size_t i = 0; i < content->title_count; i++) {
        list = arena_format(arena, "%s%s%s", list, i == 0 ? "" : ", ", content->titles[i]);
    }
    return list;
}

static size_t cells_used(const struct aside_content *content)
{
    size_t count = content->cell_count;

    while (count > content->title_count && text_is_blank(content->cells[count - 1])) {
        count--;
    }
    return count;
}

bool quarantine_row_change(const struct aside_content *content, const char *const *sets,
                           size_t set_count, struct arena *arena, struct aside_content *out,
                           struct error *err)
{
    const char **cells = arena_array(arena, content->title_count + 1, sizeof *cells);
    const bool understood = cells_used(content) == content->title_count;

    for (size_t i = 0; i < content->title_count; i++) {
        cells[i] = understood ? content->cells[i] : "";
    }
    for (size_t i = 0; i < set_count; i++) {
        const char *equals = strchr(sets[i], '=');
        size_t column;

        if (equals == NULL) {
            return error_set(
                err, ERROR_REJECT,
                say("--set «%s»: escriba columna=valor", "--set «%s»: write column=value"),
                sets[i]);
        }
        if (!find_column(content, arena_text(arena, sets[i], (size_t)(equals - sets[i])), arena,
                         &column)) {
            return error_set(err, ERROR_REJECT,
                             say("--set «%s»: el archivo no tiene esa columna; tiene %s",
                                 "--set «%s»: the file has no such column; it has %s"),
                             sets[i], titles_of(content, arena));
        }
        cells[column] = equals + 1;
    }
    *out = *content;
    out->cells = cells;
    out->cell_count = content->title_count;
    return true;
}

const char *quarantine_row_changes(const struct aside_content *before,
                                   const struct aside_content *after, struct arena *arena)
{
    const char *list = "";

    for (size_t i = 0; i < after->title_count; i++) {
        const char *was = aside_cell(before, i);
        const char *is = aside_cell(after, i);

        if (!text_equal(was, is)) {
            list = arena_format(arena, "%s%s%s: %s → %s", list, list[0] == '\0' ? "" : "; ",
                                after->titles[i], was[0] == '\0' ? "∅" : was,
                                is[0] == '\0' ? "∅" : is);
        }
    }
    return list;
}

static const char *remarks_text(const struct row_answer *answer, struct arena *arena)
{
    const char *list = "";

    for (size_t i = 0; i < answer->remark_count; i++) {
        const struct row_remark *remark = &answer->remarks[i];

        list = arena_format(arena, "%s%s%s «%s»: %s", list, i == 0 ? "" : "; ", remark->column,
                            remark->found, reason_text(arena, &remark->reason));
    }
    return list;
}

struct quarantine_verdict quarantine_row_judge(const struct layout_set *layouts,
                                               const char *institution,
                                               const struct aside_content *content,
                                               struct arena *arena)
{
    struct quarantine_verdict verdict = {0};
    struct feed_row_record row;
    struct row_answer answer;

    if (!aside_read(layouts, institution, content, arena, &row, &verdict.why)) {
        return verdict;
    }
    answer = row_answer_of(row.rows, row.fit->reading_count, arena);
    verdict.why = remarks_text(&answer, arena);
    verdict.taken = answer.verdict == ROW_TAKEN;
    if (verdict.taken) {
        const struct reported_row *first = &row.rows[0];

        verdict.fact_key =
            arena_format(arena, "%s|%s", layout_source(first->layout), first->fact_id);
        verdict.digest = first->digest;
        verdict.as_of = first->as_of;
        verdict.invented = first->invented;
    }
    return verdict;
}
