#include "cli/redrive_position.h"

#include "cli/output.h"
#include "topics.h"

#include <inttypes.h>
#include <string.h>

static const struct output_column columns[] = {
    {"receiver", {"receptor", "receiver"}, OUTPUT_TEXT},
    {"shard", {"partición", "shard"}, OUTPUT_COUNT},
    {"topic", {"tópico", "topic"}, OUTPUT_TEXT},
    {"position", {"posición", "position"}, OUTPUT_COUNT},
    {"begin", {"principio del tópico", "begin of topic"}, OUTPUT_COUNT},
    {"end", {"fin del tópico", "end of topic"}, OUTPUT_COUNT},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* --- found --- */

static void add(struct strays *strays, const struct stray *stray)
{
    if (strays->count == strays->capacity) {
        strays->capacity = strays->capacity * 2 + 16;
        strays->items = memory_resize(strays->items, strays->capacity * sizeof *strays->items);
    }
    strays->items[strays->count++] = *stray;
}

static bool look_at(struct broker *broker, const PGresult *found, int row,
                    const struct place *place, const struct topic_declaration *topic,
                    struct strays *out, struct error *err)
{
    const struct bus_operations *operations = broker->bus->operations;
    struct stray stray = {.reader = place, .topic = topic->name};
    int32_t partition;

    if (!connection_int64(found, row, 0, &stray.shard, err) ||
        !connection_int64(found, row, 1, &stray.position, err)) {
        return false;
    }
    partition = topic->partitions_per_shard ? (int32_t)stray.shard : 0;
    if (!operations->begin_offset(broker->bus, topic->name, partition, &stray.begin, err) ||
        !operations->end_offset(broker->bus, topic->name, partition, &stray.end, err)) {
        return false;
    }
    if (stray.position < stray.begin || stray.position > stray.end) {
        add(out, &stray);
    }
    return true;
}

/* A shard that has read nothing yet begins at 0. A topic of one partition is read by shard 0. */
static bool find_in(struct cli *cli, struct broker *broker, const struct place *place,
                    const struct topic_declaration *topic, struct strays *out, struct error *err)
{
    const char *sql = arena_format(
        &cli->arena,
        "select s.id, coalesce(p.next_offset, 0) from %s.shard s left join %s.input_position p on "
        "p.shard = s.id and p.topic = $1 %s order by s.id",
        place->schema, place->schema, topic->partitions_per_shard ? "" : "where s.id = 0");
    PGresult *found;
    bool good = true;

    if (!connection_query(&cli->connection, sql, &topic->name, 1, &found, err)) {
        return false;
    }
    for (int row = 0; good && row < connection_rows(found); row++) {
        good = look_at(broker, found, row, place, topic, out, err);
    }
    PQclear(found);
    return good;
}

bool redrive_position_find(struct cli *cli, struct broker *broker, struct strays *out,
                           struct error *err)
{
    for (size_t i = 0; i < place_count; i++) {
        for (size_t j = 0; j < topic_declaration_count; j++) {
            const struct topic_declaration *topic = &topic_declarations[j];

            if (place_topic_is_sequenced(topic) && place_reads(&places[i], topic) &&
                !find_in(cli, broker, &places[i], topic, out, err)) {
                return false;
            }
        }
    }
    return true;
}

/* --- told --- */

bool redrive_position_tell(struct cli *cli, const struct strays *strays, struct error *err)
{
    PGresult *result = NULL;
    bool good = output_table(COLUMNS, &result, err);

    for (size_t i = 0; good && i < strays->count; i++) {
        const struct stray *stray = &strays->items[i];
        const char *const cells[COLUMNS] = {stray->reader->producer,
                                            arena_format(&cli->arena, "%" PRId64, stray->shard),
                                            stray->topic,
                                            arena_format(&cli->arena, "%" PRId64, stray->position),
                                            arena_format(&cli->arena, "%" PRId64, stray->begin),
                                            arena_format(&cli->arena, "%" PRId64, stray->end)};

        good = output_table_add(result, cells, COLUMNS, err);
    }
    good = good && output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    return good;
}

/* --- moved --- */

/* To the beginning: behind where its topic was cut others may have come since, which nobody read. What was heard is
 * dropped by its sequence. */
static bool move(struct cli *cli, const struct stray *stray, struct error *err)
{
    struct arena *arena = &cli->arena;
    const char *schema = stray->reader->schema;
    const char *sql = arena_format(
        arena,
        "with there as (select s.id from %s.shard s left join %s.input_position p on p.shard = "
        "s.id "
        "and p.topic = $2 where s.id = $1::integer and coalesce(p.next_offset, 0) = $3::bigint for "
        "update of s), fenced as (update %s.shard set epoch = epoch + 1, owner_pid = null, "
        "owner_started = null where id in (select id from there) returning id), moved as (insert "
        "into %s.input_position (shard, topic, next_offset) select id, $2, $4::bigint from fenced "
        "on conflict (shard, topic) do update set next_offset = excluded.next_offset returning "
        "shard) select count(*) from moved having count(*) > 0",
        schema, schema, schema, schema);
    const char *const values[] = {arena_format(arena, "%" PRId64, stray->shard), stray->topic,
                                  arena_format(arena, "%" PRId64, stray->position),
                                  arena_format(arena, "%" PRId64, stray->begin)};
    PGresult *done;
    bool good;

    if (!connection_query(&cli->connection, sql, values, 4, &done, err)) {
        return false;
    }
    good = connection_rows(done) == 1 ||
           error_set(err, ERROR_RETRY,
                     say("%s/%" PRId64 " cambió mientras tanto: repita la orden",
                         "%s/%" PRId64 " has changed meanwhile: repeat the command"),
                     stray->reader->producer, stray->shard);
    PQclear(done);
    return good;
}

bool redrive_position_move(struct cli *cli, const struct strays *strays, struct error *err)
{
    for (size_t i = 0; i < strays->count; i++) {
        if (!move(cli, &strays->items[i], err)) {
            return false;
        }
    }
    return true;
}
