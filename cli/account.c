#include "cli/account.h"

#include "cli/drop.h"
#include "cli/options.h"

const char *account_schema(const char *institution, struct arena *arena)
{
    char *schema;

    if (institution == NULL || !options_institution_known(institution)) {
        return NULL;
    }
    schema = arena_format(arena, "gateway_%s", institution);
    for (char *at = schema; *at != '\0'; at++) {
        *at = *at == '-' ? '_' : *at;
    }
    return schema;
}

/* file_id -> times_read of the content, as JSON text. */
static bool read_before(struct connection *connection, const char *schema, const char *sha256,
                        struct arena *arena, const char **out, struct error *err)
{
    const char *sql = arena_format(arena,
                                   "select jsonb_object_agg(file_id, times_read)::text from "
                                   "%s.file_account where sha256 = $1 having count(*) > 0",
                                   schema);
    const char *text = NULL;
    PGresult *result;

    if (!connection_query_patiently(connection, sql, &sha256, 1, &result, err)) {
        return false;
    }
    if (connection_rows(result) > 0) {
        text = connection_text(result, 0, 0);
    }
    *out = arena_copy(arena, text == NULL ? "{}" : text);
    PQclear(result);
    return true;
}

bool account_file_name(struct connection *connection, const char *institution, const char *sha256,
                       struct arena *arena, const char **out, struct error *err)
{
    const char *schema = account_schema(institution, arena);
    const char *sql = arena_format(
        arena, "select name from %s.file_account where sha256 = $1 order by file_id limit 1",
        schema == NULL ? "" : schema);
    PGresult *result;

    *out = NULL;
    if (schema == NULL) {
        return true;
    }
    if (!connection_query(connection, sql, &sha256, 1, &result, err)) {
        return false;
    }
    if (connection_rows(result) > 0) {
        *out = arena_copy(arena, connection_text(result, 0, 0));
    }
    PQclear(result);
    return true;
}

bool account_watch_begin(struct connection *connection, const char *institution, const char *path,
                         const char *archive, struct arena *arena, struct account_watch *out,
                         struct error *err)
{
    const char *schema = account_schema(institution, arena);

    *out = (struct account_watch){.archive = archive};
    out->answer_sql = arena_format(
        arena,
        "select institution, name, state, rows, taken, warned, unchanged, quarantined, superseded, "
        "$2::text || '/' || institution || '/' || file_id || '/informe.csv', refusal "
        "from %s.file_account where sha256 = $1 and state in ('done', 'refused') and "
        "times_read > coalesce(($3::jsonb ->> file_id)::bigint, 0) limit 1",
        schema);
    out->rows_sql = arena_format(arena,
                                 "select coalesce(max(rows), 0) from %s.file_account where "
                                 "sha256 = $1 and state = 'reading' having count(*) > 0",
                                 schema);
    return drop_sha256(path, out->sha256, err) &&
           read_before(connection, schema, out->sha256, arena, &out->before, err);
}

bool account_answer(struct connection *connection, const struct account_watch *watch,
                    PGresult **out, struct error *err)
{
    const char *const values[] = {watch->sha256, watch->archive, watch->before};

    if (!connection_query_patiently(connection, watch->answer_sql, values, 3, out, err)) {
        return false;
    }
    if (connection_rows(*out) == 0) {
        PQclear(*out);
        *out = NULL;
    }
    return true;
}

bool account_rows_read(struct connection *connection, const struct account_watch *watch,
                       int64_t *out, struct error *err)
{
    const char *const values[] = {watch->sha256};
    PGresult *result;
    bool good;

    *out = 0;
    if (!connection_query_patiently(connection, watch->rows_sql, values, 1, &result, err)) {
        return false;
    }
    good = connection_rows(result) == 0 || connection_int64(result, 0, 0, out, err);
    PQclear(result);
    return good;
}
