#include "cli/quarantine_plan.h"

#include "cli/account.h"
#include "cli/quarantine_find.h"
#include "common/base/date.h"
#include "common/base/text.h"

#include <inttypes.h>

enum { MAX_USUAL = 100, DATE_BYTES = DATE_TEXT_BYTES };

/* --- which ones --- */

static bool find_by_id(struct cli *cli, const char *id, PGresult **out, struct error *err)
{
    const char *sql =
        arena_format(&cli->arena, "select %s from monitor.set_aside q where q.quarantine_id = $1",
                     quarantine_columns_sql);

    if (!connection_query(&cli->connection, sql, &id, 1, out, err)) {
        return false;
    }
    return connection_rows(*out) == 1 ||
           error_set(err, ERROR_REJECT,
                     say("nada apartado con id %s", "nothing was set aside under id %s"), id);
}

static void keep_item(struct cli *cli, const PGresult *found, int row, struct quarantine_item *out)
{
    struct arena *arena = &cli->arena;

    *out = (struct quarantine_item){
        .id = arena_copy(arena, connection_text(found, row, QUARANTINE_ID)),
        .institution = arena_copy(arena, connection_text(found, row, QUARANTINE_INSTITUTION)),
        .state = arena_copy(arena, connection_text(found, row, QUARANTINE_STATE)),
        .changes = "",
        .outcome = ""};
    out->schema = account_schema(out->institution, arena);
}

static bool items_by_id(struct cli *cli, struct quarantine_plan *plan, struct error *err)
{
    bool good = true;

    plan->items = arena_array(&cli->arena, cli->options.word_count, sizeof *plan->items);
    for (size_t i = 0; good && i < cli->options.word_count; i++) {
        PGresult *found = NULL;

        good = find_by_id(cli, cli->options.words[i], &found, err);
        if (good) {
            keep_item(cli, found, 0, &plan->items[plan->count++]);
        }
        PQclear(found);
    }
    return good;
}

static bool items_by_filter(struct cli *cli, struct quarantine_plan *plan, struct error *err)
{
    const int64_t most = cli->options.max > 0 ? cli->options.max : MAX_USUAL;
    PGresult *found;
    size_t rows;

    if (!quarantine_is_filtered(&cli->options)) {
        return error_set(
            err, ERROR_REJECT, "%s",
            say("diga de cuáles: sus ids, o al menos un filtro (--institution, --file, "
                "--column, --reason, --layout, --since, --until)",
                "say which ones: their ids, or at least one filter (--institution, "
                "--file, --column, --reason, --layout, --since, --until)"));
    }
    if (!quarantine_find(&cli->connection, &cli->options, most + 1, &cli->arena, &found, err)) {
        return false;
    }
    rows = (size_t)connection_rows(found);
    plan->more = rows > (size_t)most;
    plan->count = plan->more ? (size_t)most : rows;
    plan->items = arena_array(&cli->arena, plan->count, sizeof *plan->items);
    for (size_t i = 0; i < plan->count; i++) {
        keep_item(cli, found, (int)i, &plan->items[i]);
    }
    PQclear(found);
    return true;
}

/* --- how they came --- */

/* In the order of the columns below. */
enum {
    KEPT_LAYOUT,
    KEPT_FILE,
    KEPT_SHA256,
    KEPT_AS_OF,
    KEPT_INVENTED,
    KEPT_ROW,
    KEPT_TITLES,
    KEPT_CELLS,
    KEPT_STATE,
    KEPT_TRIES
};

static bool take_content(struct cli *cli, const PGresult *kept, struct quarantine_item *item,
                         struct error *err)
{
    struct arena *arena = &cli->arena;
    struct aside_content *content = &item->before;

    *content = (struct aside_content){
        .layout = arena_copy(arena, connection_text(kept, 0, KEPT_LAYOUT)),
        .file_name = arena_copy(arena, connection_text(kept, 0, KEPT_FILE)),
        .sha256 = arena_copy(arena, connection_text(kept, 0, KEPT_SHA256)),
        .has_as_of = connection_text(kept, 0, KEPT_AS_OF) != NULL,
        .invented = text_equal(connection_text(kept, 0, KEPT_INVENTED), "t")};
    return connection_int64(kept, 0, KEPT_AS_OF, &content->as_of, err) &&
           connection_int64(kept, 0, KEPT_ROW, &content->row_number, err) &&
           aside_texts_read(connection_text(kept, 0, KEPT_TITLES), arena, &content->titles,
                            &content->title_count, err) &&
           aside_texts_read(connection_text(kept, 0, KEPT_CELLS), arena, &content->cells,
                            &content->cell_count, err);
}

static bool read_kept(struct cli *cli, struct quarantine_item *item, struct error *err)
{
    const char *sql = arena_format(
        &cli->arena,
        "select layout, file_name, sha256, as_of, invented, row_number, titles, cells, state, "
        "coalesce(tries, 0) from %s.row_aside where quarantine_id = $1",
        item->schema);
    PGresult *kept;
    bool good;

    if (!connection_query(&cli->connection, sql, &item->id, 1, &kept, err)) {
        return false;
    }
    if (connection_rows(kept) == 0) {
        PQclear(kept);
        return true;
    }
    item->state = arena_copy(&cli->arena, connection_text(kept, 0, KEPT_STATE));
    item->is_row = connection_text(kept, 0, KEPT_LAYOUT) != NULL;
    good = connection_int64(kept, 0, KEPT_TRIES, &item->tries, err) &&
           (!item->is_row || take_content(cli, kept, item, err));
    PQclear(kept);
    return good;
}

/* --- what would come --- */

/* What stands of the fact that would be taken. */
static bool compare_version(struct cli *cli, struct quarantine_item *item,
                            const struct quarantine_verdict *verdict, struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select digest, as_of from %s.row_version where fact_key = $1 "
                                   "and digest is not null",
                                   item->schema);
    char day[DATE_BYTES];
    PGresult *stands;
    int64_t as_of;
    bool good;

    if (!connection_query(&cli->connection, sql, &verdict->fact_key, 1, &stands, err)) {
        return false;
    }
    if (connection_rows(stands) == 0) {
        PQclear(stands);
        return true;
    }
    good = connection_int64(stands, 0, 1, &as_of, err);
    if (good && text_equal(connection_text(stands, 0, 0), verdict->digest)) {
        item->outcome =
            say("no cambiaría nada: ya se tiene igual", "nothing would change: it is known");
    } else if (good && as_of > verdict->as_of) {
        date_format((int32_t)(as_of / DATE_DAY_MICROSECONDS), day);
        item->outcome = arena_format(&cli->arena,
                                     say("quedaría superada: hay una versión con corte %s",
                                         "would be superseded: there is a version as of %s"),
                                     day);
    }
    PQclear(stands);
    return good;
}

static void not_sent(struct quarantine_item *item, const char *why)
{
    item->sent = false;
    item->outcome = why;
}

static bool judge(struct cli *cli, const struct layout_set *layouts, struct quarantine_item *item,
                  struct error *err)
{
    const struct quarantine_verdict verdict =
        quarantine_row_judge(layouts, item->institution, &item->after, &cli->arena);

    if (!verdict.taken) {
        not_sent(item,
                 arena_format(&cli->arena, say("seguiría apartado: %s", "would stay aside: %s"),
                              verdict.why));
        return true;
    }
    item->sent = true;
    item->outcome =
        verdict.why[0] == '\0'
            ? say("se tomaría", "would be taken")
            : arena_format(&cli->arena,
                           say("se tomaría, con aviso: %s", "would be taken, with a warning: %s"),
                           verdict.why);
    return compare_version(cli, item, &verdict, err);
}

static bool plan_row(struct cli *cli, enum quarantine_act_kind kind,
                     const struct layout_set *layouts, struct quarantine_item *item,
                     struct error *err)
{
    if (!item->is_row) {
        not_sent(item, say("no es un renglón que se pueda leer otra vez; solo se puede descartar",
                           "is no row that can be read again; it can only be discarded"));
        return true;
    }
    if (text_equal(item->state, "detenida")) {
        not_sent(item,
                 say("detenido tras demasiados intentos: corríjalo en su origen y descártelo",
                     "stopped after too many tries: correct it at its source and discard it"));
        return true;
    }
    if (kind == QUARANTINE_RETRY && !text_equal(item->state, "abierta")) {
        not_sent(item, say("ya está atendido", "it is settled already"));
        return true;
    }
    item->after = item->before;
    if (kind == QUARANTINE_FIX &&
        !quarantine_row_change(&item->before, cli->options.sets, cli->options.set_count,
                               &cli->arena, &item->after, err)) {
        return error_prefix(err, "%s", item->id);
    }
    item->changes = quarantine_row_changes(&item->before, &item->after, &cli->arena);
    if (kind == QUARANTINE_FIX && item->changes[0] == '\0') {
        not_sent(item, say("la corrección no cambia nada", "the correction changes nothing"));
        return true;
    }
    return judge(cli, layouts, item, err);
}

static void plan_discard(struct quarantine_item *item)
{
    item->sent = text_equal(item->state, "abierta") || text_equal(item->state, "detenida");
    item->outcome = item->sent ? say("se daría por atendido, sin tomarlo",
                                     "would be settled without being taken")
                               : say("ya está atendido", "it is settled already");
}

static bool plan_item(struct cli *cli, enum quarantine_act_kind kind,
                      const struct layout_set *layouts, struct quarantine_item *item,
                      struct error *err)
{
    if (item->schema == NULL) {
        not_sent(item, say("no se sabe de qué institución es", "nobody knows whose it is"));
        return true;
    }
    if (!read_kept(cli, item, err)) {
        return false;
    }
    if (kind == QUARANTINE_DISCARD) {
        plan_discard(item);
        return true;
    }
    return plan_row(cli, kind, layouts, item, err);
}

static bool load_layouts(struct cli *cli, const struct layout_set **out, struct error *err)
{
    if (cli->stack.formats == NULL) {
        return error_set(err, ERROR_FATAL, "%s",
                         say("no se sabe dónde están los formatos: defina ABASTO_FORMATS_FOLDER",
                             "nobody knows where the layouts are: set ABASTO_FORMATS_FOLDER"));
    }
    return layout_set_load(cli->stack.formats, &cli->arena, out, err);
}

bool quarantine_plan_make(struct cli *cli, enum quarantine_act_kind kind,
                          struct quarantine_plan *out, struct error *err)
{
    const struct layout_set *layouts = NULL;

    *out = (struct quarantine_plan){.kind = kind};
    if ((kind != QUARANTINE_DISCARD && !load_layouts(cli, &layouts, err)) ||
        !(cli->options.word_count > 0 ? items_by_id(cli, out, err)
                                      : items_by_filter(cli, out, err))) {
        return false;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (!plan_item(cli, kind, layouts, &out->items[i], err)) {
            return false;
        }
    }
    return true;
}
