#include "cli/broker.h"
#include "cli/command.h"
#include "common/base/date.h"
#include "common/base/instant.h"
#include "events.h"

#include <inttypes.h>

enum { DAYS_MAX = 3660, WAIT_USUAL_S = 300, WAIT_MS = 250 };

static bool read_day(const char *text, int32_t *out, struct error *err)
{
    return date_parse_iso(text, out) ||
           error_set(err, ERROR_REJECT,
                     say("«%s» no es una fecha AAAA-MM-DD", "«%s» is no date YYYY-MM-DD"), text);
}

static bool write_day(struct cli *cli, struct broker *broker, int32_t day, int64_t now,
                      struct bus_message *out, struct error *err)
{
    const struct day_ended event = {.day = day};
    struct buffer payload = {0};
    const bool good = registry_encode(broker->registry, &day_ended_type, &event, &payload, err);

    if (good) {
        *out = (struct bus_message){
            .topic = "clock",
            .payload = {(const uint8_t *)arena_text(&cli->arena, buffer_text(&payload),
                                                    payload.size),
                        payload.size},
            .headers = {{"ce_specversion", "1.0"},
                        {"ce_type", day_ended_type.full_name},
                        {"ce_source", "cli/clock"},
                        {"ce_id", arena_format(&cli->arena, "%" PRId64 "/0/%d", now, day)},
                        {"content-type", "application/avro"}},
            .header_count = 5};
    }
    buffer_finish(&payload);
    return good;
}

static bool send_days(struct cli *cli, struct broker *broker, int32_t first, int32_t last,
                      struct error *err)
{
    const size_t count = (size_t)(last - first) + 1;
    struct bus_message *messages = arena_array(&cli->arena, count, sizeof *messages);
    const int64_t now = instant_now();

    for (size_t i = 0; i < count; i++) {
        if (!write_day(cli, broker, first + (int32_t)i, now, &messages[i], err)) {
            return false;
        }
    }
    return broker_send(broker, messages, count, err);
}

enum exit_status day_close(struct cli *cli, struct error *err)
{
    const struct options *options = &cli->options;
    struct broker broker;
    int32_t first;
    int32_t last;
    bool good;

    if (!read_day(options->words[0], &first, err) ||
        !read_day(options->words[options->word_count - 1], &last, err)) {
        return EXIT_USAGE;
    }
    if (last < first || last - first >= DAYS_MAX) {
        (void)error_set(err, ERROR_REJECT,
                        say("el último día no puede ser anterior al primero, ni pasar de %d días",
                            "the last day must not be before the first, nor the days more than %d"),
                        DAYS_MAX);
        return EXIT_USAGE;
    }
    good = broker_open(&broker, &cli->stack, err) && send_days(cli, &broker, first, last, err);
    broker_close(&broker);
    if (!good) {
        return command_failed(err);
    }
    printf(say("días cerrados: %d\n", "days closed: %d\n"), last - first + 1);
    return EXIT_OK;
}

/* How many pairs of shard and institution have not heard that the day is closed; and of how many. */
static bool count_open(struct cli *cli, int32_t day, int64_t *open, int64_t *all, struct error *err)
{
    static const char sql[] =
        "select count(*), count(*) filter (where f.day is null or f.day < $1::integer) "
        "from monitor.shard s cross join unnest(array['imss','issste','imss-bienestar']) i(name) "
        "left join monitor.forwarded f on f.shard = s.id and f.institution = i.name";
    const char *values[] = {arena_format(&cli->arena, "%d", day)};
    PGresult *result;
    bool good;

    *open = 0;
    *all = 0;
    if (!connection_query_patiently(&cli->connection, sql, values, 1, &result, err)) {
        return false;
    }
    good = true;
    for (int row = 0; good && row < connection_rows(result); row++) { /* one of each server */
        int64_t shards;
        int64_t waiting;

        good = connection_int64(result, row, 0, &shards, err) &&
               connection_int64(result, row, 1, &waiting, err);
        *all += shards;
        *open += waiting;
    }
    PQclear(result);
    return good;
}

enum exit_status day_wait(struct cli *cli, struct error *err)
{
    const int64_t seconds = cli->options.timeout_s > 0 ? cli->options.timeout_s : WAIT_USUAL_S;
    const int64_t until = instant_now() + seconds * 1000000;
    int64_t open;
    int64_t all;
    int32_t day;

    if (!read_day(cli->options.words[0], &day, err)) {
        return EXIT_USAGE;
    }
    for (;;) {
        if (!count_open(cli, day, &open, &all, err)) {
            return command_failed(err);
        }
        if (all > 0 && open == 0) {
            printf(say("cerrado hasta el %s\n", "closed up to %s\n"), cli->options.words[0]);
            return EXIT_OK;
        }
        if (instant_now() > until) {
            (void)error_set(err, ERROR_REJECT,
                            say("el %s no está cerrado tras %" PRId64 " s: faltan %" PRId64
                                " de %" PRId64 " particiones",
                                "%s is not closed after %" PRId64 " s: missing are %" PRId64
                                " of %" PRId64 " shards"),
                            cli->options.words[0], seconds, open, all);
            return EXIT_PROBLEM;
        }
        connection_pause(WAIT_MS);
    }
}
