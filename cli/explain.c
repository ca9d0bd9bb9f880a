#include "cli/command.h"
#include "cli/explain_text.h"

#include <jansson.h>

static const char sql[] =
    "select json from monitor.sanction where stands and ($1::text is null or sanction_id = $1 or "
    "order_id = $1) order by sanction_id";

static bool print_text(const char *text, struct error *err)
{
    struct arena arena = {0};
    json_error_t fault;
    json_t *json = json_loads(text, 0, &fault);

    if (json == NULL) {
        return error_set(
            err, ERROR_FATAL,
            say("la pena guardada no es JSON: %s", "the penalty that was kept is no JSON: %s"),
            fault.text);
    }
    explain_text(json, &arena, stdout);
    printf("\n");
    json_decref(json);
    arena_finish(&arena);
    return true;
}

static bool print_all(const struct cli *cli, const PGresult *result, struct error *err)
{
    for (int row = 0; row < connection_rows(result); row++) {
        const char *text = connection_text(result, row, 0);

        if (cli->options.json) {
            printf("%s\n", text);
        } else if (!print_text(text, err)) {
            return false;
        }
    }
    return true;
}

enum exit_status explain_show(struct cli *cli, struct error *err)
{
    const struct options *options = &cli->options;
    const char *id = options->all || options->word_count == 0 ? NULL : options->words[0];
    PGresult *result;
    bool good;
    int rows;

    if (options->all == (options->word_count == 1)) {
        (void)error_set(err, ERROR_REJECT,
                        say("diga qué pena, o --all", "say which penalty, or --all"));
        return EXIT_USAGE;
    }
    if (!connection_query(&cli->connection, sql, &id, 1, &result, err)) {
        return command_failed(err);
    }
    rows = connection_rows(result);
    good = print_all(cli, result, err);
    PQclear(result);
    if (good && rows == 0 && id != NULL) {
        (void)error_set(err, ERROR_REJECT, say("no hay una pena %s", "there is no penalty %s"), id);
        return EXIT_PROBLEM;
    }
    return good ? EXIT_OK : command_failed(err);
}
