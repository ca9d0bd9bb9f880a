#include "cli/quarantine_find.h"

#include "cli/merge.h"
#include "common/base/date.h"

#include <inttypes.h>

const char quarantine_columns_sql[] =
    "q.quarantine_id, q.institution, q.source, q.position, q.column_name, q.found, q.expected, "
    "coalesce(q.still, q.reason), q.action, q.state, q.service, q.layout, "
    "q.tries, q.act, q.actor, q.ground, q.evidence, q.changes, q.fact";

enum { VALUES = 9 };

static const char *number(struct arena *arena, int64_t value)
{
    return arena_format(arena, "%" PRId64, value);
}

static const char *midnight(struct arena *arena, bool given, int64_t day)
{
    return given ? number(arena, day * DATE_DAY_MICROSECONDS) : NULL;
}

bool quarantine_find(struct connection *connection, const struct options *options, int64_t limit,
                     struct arena *arena, PGresult **out, struct error *err)
{
    static const int order[] = {QUARANTINE_INSTITUTION, QUARANTINE_SOURCE, QUARANTINE_POSITION,
                                QUARANTINE_ID};
    const char *sql = arena_format(
        arena,
        "select %s from monitor.set_aside q where ($1::text is null or q.institution = $1) "
        "and ($2::text is null or strpos(lower(q.reason || ' ' || coalesce(q.still, '')), "
        "lower($2)) > 0) and ($3::text is null or q.layout = $3) "
        "and ($4::text is null or q.source = $4 or starts_with(q.source, $4 || '#')) "
        "and ($5::text is null or lower(q.column_name) = lower($5)) "
        "and ($6::bigint is null or q.as_of >= $6) and ($7::bigint is null or q.as_of < $7) "
        "and case when $8::text is null then q.state in ('abierta', "
        "'detenida') else $8 in ('todas', q.state) end "
        "order by q.institution, q.source, q.position, q.quarantine_id limit $9::bigint",
        quarantine_columns_sql);
    const char *const values[VALUES] = {
        options->institution,
        options->reason,
        options->layout,
        options->file,
        options->column,
        midnight(arena, options->has_since, options->since),
        midnight(arena, options->has_until, (int64_t)options->until + 1),
        options->state,
        limit > 0 ? number(arena, limit) : NULL};

    return connection_query(connection, sql, values, VALUES, out, err) &&
           merge_sort(connection, out, order, sizeof order / sizeof order[0], limit, err);
}

bool quarantine_is_filtered(const struct options *options)
{
    return options->institution != NULL || options->reason != NULL || options->layout != NULL ||
           options->file != NULL || options->column != NULL || options->has_since ||
           options->has_until;
}
