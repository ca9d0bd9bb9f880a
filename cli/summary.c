#include "cli/command.h"
#include "cli/drop.h"
#include "cli/merge.h"
#include "cli/output.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static const char bundled[] = "deploy/demo/imss-bienestar/recepciones_cdmx_2025.csv";

enum { PATH_BYTES = 4096 };

struct figures {
    int64_t rows;
    int64_t taken;
    int64_t quarantined;
    int64_t orders;
    int64_t penalties;
    int64_t penalty_centavos;
};

static const struct output_column columns[] = {
    {"institution", {"institución", "institution"}, OUTPUT_TEXT},
    {"orders", {"órdenes (con canceladas)", "orders (with cancelled)"}, OUTPUT_COUNT},
    {"penalties", {"penas", "penalties"}, OUTPUT_COUNT},
    {"penalty_centavos", {"importe", "amount"}, OUTPUT_MONEY},
};

static const char totals_sql[] =
    "with orders as (select institution, count(*) n from monitor.order_line where "
    "ordered_pieces is not null group by 1), penalties as (select institution, count(*) n, "
    "sum(amount_centavos) amount from monitor.sanction where stands and amount_centavos > 0 "
    "group by 1) select coalesce(institution, 'TOTAL'), coalesce(sum(o.n), 0)::bigint, "
    "coalesce(sum(p.n), 0)::bigint, coalesce(sum(p.amount), 0)::bigint from orders o full join "
    "penalties p using (institution) group by rollup (institution) "
    "order by grouping(institution), institution";

static const char file_sql[] =
    "select sum(rows), sum(taken), sum(quarantined) from (select rows, taken, quarantined from "
    "gateway_imss_bienestar.file_account where sha256 = $1 and state = 'done' "
    "order by file_id limit 1) f having count(*) > 0";

/* The bundled file in a folder or above it; NULL when it is not there. */
static const char *find_upwards(char *folder, struct arena *arena)
{
    for (;;) {
        const char *path = arena_format(arena, "%s/%s", folder, bundled);
        char *slash = strrchr(folder, '/');

        if (access(path, R_OK) == 0) {
            return path;
        }
        if (slash == NULL) {
            return NULL;
        }
        *slash = '\0';
    }
}

static const char *find_bundled(struct arena *arena)
{
    char folder[PATH_BYTES];
    const char *path = getcwd(folder, sizeof folder) == NULL ? NULL : find_upwards(folder, arena);
    ssize_t length;

    if (path != NULL) {
        return path;
    }
    length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length < 0) {
        return NULL;
    }
    folder[length] = '\0';
    return find_upwards(folder, arena);
}

static bool read_file_figures(struct cli *cli, struct figures *out, struct error *err)
{
    const char *path = find_bundled(&cli->arena);
    char sha256[DIGEST_HEX_BYTES];
    const char *const values[] = {sha256};
    PGresult *result;
    bool good;

    if (path == NULL) {
        return error_set(err, ERROR_REJECT, say("no se encuentra %s", "%s is not to be found"),
                         bundled);
    }
    if (!drop_sha256(path, sha256, err) ||
        !connection_query(&cli->connection, file_sql, values, 1, &result, err)) {
        return false;
    }
    good = (connection_rows(result) == 1 ||
            error_set(err, ERROR_REJECT,
                      say("la pasarela no ha leído %s", "the gateway has not read %s"), bundled)) &&
           connection_int64(result, 0, 0, &out->rows, err) &&
           connection_int64(result, 0, 1, &out->taken, err) &&
           connection_int64(result, 0, 2, &out->quarantined, err);
    PQclear(result);
    return good;
}

static bool tell_totals(struct cli *cli, struct figures *out, struct error *err)
{
    PGresult *result;
    bool good;
    int last;

    if (!connection_query(&cli->connection, totals_sql, NULL, 0, &result, err) ||
        !merge_sum(&cli->connection, &result, err)) {
        return false;
    }
    last = connection_rows(result) - 1;
    good = last < 0 || (connection_int64(result, last, 1, &out->orders, err) &&
                        connection_int64(result, last, 2, &out->penalties, err) &&
                        connection_int64(result, last, 3, &out->penalty_centavos, err));
    if (good) {
        printf(say("DATOS DE DEMOSTRACIÓN\n\n", "DEMONSTRATION DATA\n\n"));
        good = output_rows(result, columns, sizeof columns / sizeof columns[0], false, stdout, err);
        printf("\n");
    }
    PQclear(result);
    return good;
}

static bool check(const struct figures *figures, struct error *err)
{
    if (figures->taken + figures->quarantined != figures->rows) {
        return error_set(
            err, ERROR_REJECT,
            say("tomados %" PRId64 " y apartados %" PRId64 " no dan %" PRId64 " renglones",
                "taken %" PRId64 " and set aside %" PRId64 " do not make %" PRId64 " rows"),
            figures->taken, figures->quarantined, figures->rows);
    }
    return figures->orders > 0 || error_set(err, ERROR_REJECT,
                                            say("no hay órdenes: los datos no están cargados",
                                                "there are no orders: the data is not loaded"));
}

enum exit_status summary_show(struct cli *cli, struct error *err)
{
    struct figures figures = {0};

    if (!cli->options.demo) {
        (void)error_set(err, ERROR_REJECT, say("use summary --demo", "use it as summary --demo"));
        return EXIT_USAGE;
    }
    if (!read_file_figures(cli, &figures, err) || !tell_totals(cli, &figures, err) ||
        !check(&figures, err)) {
        const enum exit_status status = command_failed(err);

        printf("demo: %s\n", err->message);
        error_clear(err);
        return status;
    }
    printf("demo: ok receipts=%" PRId64 " taken=%" PRId64 " quarantined=%" PRId64 " orders=%" PRId64
           " penalties=%" PRId64 " penalty_centavos=%" PRId64 "\n",
           figures.rows, figures.taken, figures.quarantined, figures.orders, figures.penalties,
           figures.penalty_centavos);
    return EXIT_OK;
}
