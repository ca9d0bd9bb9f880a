#include "cli/broker.h"
#include "cli/command.h"
#include "cli/merge.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/redrive_position.h"
#include "common/runtime/outbox.h"
#include "topics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What a receiver has not heard, though all that the topic holds is read, is sent again from its producer's outbox: the
 * same bytes under the same numbers, from the first that is missing through the newest, for what came behind a gap was
 * put back too. Whoever heard it drops it. */

enum { PAGE_BATCHES = 200, ROUNDS_MAX = 100 };

/* In the order of find_gaps. */
enum gap_column {
    GAP_RECEIVER,
    GAP_PRODUCER,
    GAP_SHARD,
    GAP_TOPIC,
    GAP_PARTITION,
    GAP_INCARNATION,
    GAP_FIRST,
    GAP_LAST,
    GAP_READ
};

static const struct output_column columns[] = {
    {"receiver", {"receptor", "receiver"}, OUTPUT_TEXT},
    {"producer", {"emisor", "producer"}, OUTPUT_TEXT},
    {"shard", {"partición", "shard"}, OUTPUT_COUNT},
    {"topic", {"tópico", "topic"}, OUTPUT_TEXT},
    {"partition", {0}, OUTPUT_COUNT},
    {"incarnation", {"encarnación", "incarnation"}, OUTPUT_COUNT},
    {"first", {"primero que falta", "first missing"}, OUTPUT_COUNT},
    {"last", {"último", "last"}, OUTPUT_COUNT},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct gap {
    const char *receiver;
    const struct place *producer;
    int64_t shard;
    const char *topic;
    int64_t partition;
    int64_t incarnation;
    int64_t first;
    int64_t last;
};

/* The last numbers that a producer gave out, as a JSON array: its shards may be on other servers than the receiver's. */
static bool find_said(struct cli *cli, const struct place *producer, const char **out,
                      struct error *err)
{
    const char *sql =
        arena_format(&cli->arena,
                     "select row_to_json(o)::text from (select shard, topic, partition, "
                     "incarnation, seq from %s.output_seq where seq > 0) o",
                     producer->schema);
    struct buffer list = {0};
    PGresult *found;

    if (!connection_query(&cli->connection, sql, NULL, 0, &found, err)) {
        return false;
    }
    for (int row = 0; row < connection_rows(found); row++) {
        buffer_format(&list, "%s%s", row == 0 ? "" : ", ", connection_text(found, row, 0));
    }
    *out = arena_format(&cli->arena, "[%s]", buffer_text(&list));
    buffer_finish(&list);
    PQclear(found);
    return true;
}

/* Between one receiver and one producer: what was committed and not heard. Where in the topic the receiver is comes
 * along, for what it simply has not read yet is no gap. */
static bool find_pair(struct cli *cli, const struct place *receiver, const struct place *producer,
                      PGresult **out, struct error *err)
{
    static const int order[] = {GAP_TOPIC, GAP_PARTITION, GAP_SHARD};
    const char *said;
    const char *sql = arena_format(
        &cli->arena,
        "select '%s', '%s', o.shard, o.topic, o.partition, o.incarnation, "
        "case when h.incarnation = o.incarnation then h.seq + 1 else 1 end, o.seq, p.next_offset "
        "from json_to_recordset($1::json) o(shard integer, topic text, partition integer, "
        "incarnation bigint, seq bigint) join %s.input_position p on p.topic = o.topic and p.shard "
        "= "
        "o.partition left join %s.heard h on h.shard = p.shard and h.producer = '%s' and "
        "h.producer_shard = o.shard and h.topic = o.topic where (h.seq is null or "
        "h.incarnation < o.incarnation or (h.incarnation = o.incarnation and h.seq < o.seq)) "
        "order by o.topic, o.partition, o.shard",
        receiver->schema, producer->producer, receiver->schema, receiver->schema,
        producer->producer);

    return find_said(cli, producer, &said, err) &&
           connection_query(&cli->connection, sql, &said, 1, out, err) &&
           merge_sort(&cli->connection, out, order, sizeof order / sizeof order[0], 0, err);
}

static bool take_gap(struct cli *cli, struct broker *broker, const PGresult *found, int row,
                     const struct place *producer, struct gap *out, bool *is_gap, struct error *err)
{
    const struct topic_declaration *topic;
    int64_t read;
    int64_t end;

    *out =
        (struct gap){.receiver = arena_copy(&cli->arena, connection_text(found, row, GAP_RECEIVER)),
                     .producer = producer,
                     .topic = arena_copy(&cli->arena, connection_text(found, row, GAP_TOPIC))};
    *is_gap = false;
    topic = topic_by_name(out->topic);
    if (topic == NULL || !place_topic_is_sequenced(topic)) {
        return true;
    }
    if (!connection_int64(found, row, GAP_SHARD, &out->shard, err) ||
        !connection_int64(found, row, GAP_PARTITION, &out->partition, err) ||
        !connection_int64(found, row, GAP_INCARNATION, &out->incarnation, err) ||
        !connection_int64(found, row, GAP_FIRST, &out->first, err) ||
        !connection_int64(found, row, GAP_LAST, &out->last, err) ||
        !connection_int64(found, row, GAP_READ, &read, err) ||
        !broker->bus->operations->end_offset(broker->bus, out->topic, (int32_t)out->partition, &end,
                                             err)) {
        return false;
    }
    *is_gap = read >= end;
    return true;
}

struct gaps {
    struct gap *items;
    size_t count;
    size_t capacity;
};

static bool add_pair(struct cli *cli, struct broker *broker, const struct place *receiver,
                     const struct place *producer, struct gaps *gaps, struct error *err)
{
    PGresult *found;
    bool good;

    if (!find_pair(cli, receiver, producer, &found, err)) {
        return false;
    }
    good = true;
    for (int row = 0; good && row < connection_rows(found); row++) {
        bool is_gap;

        if (gaps->count == gaps->capacity) {
            gaps->capacity = gaps->capacity * 2 + 16;
            gaps->items = memory_resize(gaps->items, gaps->capacity * sizeof *gaps->items);
        }
        good = take_gap(cli, broker, found, row, producer, &gaps->items[gaps->count], &is_gap, err);
        gaps->count += good && is_gap ? 1 : 0;
    }
    PQclear(found);
    return good;
}

static bool find_gaps(struct cli *cli, struct broker *broker, struct gaps *gaps, struct error *err)
{
    for (size_t i = 0; i < place_count * place_count; i++) {
        if (!add_pair(cli, broker, &places[i / place_count], &places[i % place_count], gaps, err)) {
            return false;
        }
    }
    return true;
}

/* --- told --- */

static bool table_of(struct cli *cli, const struct gaps *gaps, PGresult **out, struct error *err)
{
    bool good = output_table(COLUMNS, out, err);

    for (size_t i = 0; good && i < gaps->count; i++) {
        const struct gap *gap = &gaps->items[i];
        const char *const cells[COLUMNS] = {gap->receiver,
                                            gap->producer->producer,
                                            arena_format(&cli->arena, "%" PRId64, gap->shard),
                                            gap->topic,
                                            arena_format(&cli->arena, "%" PRId64, gap->partition),
                                            arena_format(&cli->arena, "%" PRId64, gap->incarnation),
                                            arena_format(&cli->arena, "%" PRId64, gap->first),
                                            arena_format(&cli->arena, "%" PRId64, gap->last)};

        good = output_table_add(*out, cells, COLUMNS, err);
    }
    return good;
}

static bool tell(struct cli *cli, const struct gaps *gaps, const struct strays *strays,
                 struct error *err)
{
    PGresult *result = NULL;
    bool good;

    if (strays->count > 0 && !redrive_position_tell(cli, strays, err)) {
        return false;
    }
    if (gaps->count == 0 && (strays->count > 0 || !cli->options.json)) {
        printf("%s",
               strays->count > 0 ? "" : say("nadie espera nada\n", "nobody waits for anything\n"));
        return true;
    }
    good = table_of(cli, gaps, &result, err) &&
           output_rows(result, columns, COLUMNS, cli->options.json, stdout, err);
    PQclear(result);
    return good;
}

/* --- sent again --- */

static bool read_page(struct cli *cli, const struct gap *gap, int64_t after, PGresult **out,
                      struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select batch, events from %s.outbox where shard = $1::integer "
                                   "and batch > $2::bigint order by batch limit %d",
                                   gap->producer->schema, PAGE_BATCHES);
    const char *const values[] = {arena_format(&cli->arena, "%" PRId64, gap->shard),
                                  arena_format(&cli->arena, "%" PRId64, after)};

    return connection_query(&cli->connection, sql, values, 2, out, err);
}

static bool is_of(const struct gap *gap, const struct outbox_event *event)
{
    return event->incarnation == gap->incarnation && event->partition == gap->partition &&
           strcmp(event->topic, gap->topic) == 0;
}

/* A service says anew, under a higher incarnation, what its topic does not hold; a gateway's facts come from its files. */
static bool lost(const struct gap *gap, int64_t seq, struct error *err)
{
    return error_set(err, ERROR_REJECT,
                     say("%s: la bandeja de %s ya no tiene el %" PRId64 " que espera %s: %s",
                         "%s: the outbox of %s has no longer %" PRId64 ", for which %s waits: %s"),
                     gap->topic, gap->producer->producer, seq, gap->receiver,
                     gap->producer->per_shard
                         ? say("reconstruya el servicio con abasto rebuild",
                               "make the service anew with abasto rebuild")
                         : say("restaure su base a un respaldo anterior y ejecute abasto restore",
                               "restore its database to an older backup and run abasto restore"));
}

/* One batch of the outbox: its events of the gap, from `*next` on. */
static bool send_batch(struct broker *broker, const struct gap *gap, struct bytes events,
                       int64_t *next, struct error *err)
{
    struct outbox_event event;
    size_t at = 0;

    while (outbox_next(events, &at, &event, err)) {
        struct outbox_texts texts;
        struct bus_message message;

        if (!is_of(gap, &event) || event.seq < *next) {
            continue;
        }
        if (event.seq > *next) {
            return lost(gap, *next, err);
        }
        outbox_message(gap->producer->producer, &event, &texts, &message);
        if (!broker_send(broker, &message, 1, err)) {
            return false;
        }
        ++*next;
    }
    return err->action == ERROR_NONE;
}

static bool send_page(struct broker *broker, const struct gap *gap, const PGresult *page,
                      int64_t *next, int64_t *last_batch, struct error *err)
{
    bool good = true;

    for (int row = 0; good && row < connection_rows(page); row++) {
        size_t size = 0;
        unsigned char *bytes =
            PQunescapeBytea((const unsigned char *)connection_text(page, row, 1), &size);

        good = bytes == NULL
                   ? error_set(err, ERROR_FATAL, say("no hay memoria", "there is no memory"))
                   : connection_int64(page, row, 0, last_batch, err) &&
                         send_batch(broker, gap, (struct bytes){bytes, size}, next, err);
        PQfreemem(bytes);
    }
    return good;
}

/* All batches of the outbox behind `*last_batch`. */
static bool send_round(struct cli *cli, struct broker *broker, const struct gap *gap, int64_t *next,
                       int64_t *last_batch, struct error *err)
{
    bool more = true;

    while (more) {
        PGresult *page;
        bool good;

        if (!read_page(cli, gap, *last_batch, &page, err)) {
            return false;
        }
        more = connection_rows(page) > 0;
        good = send_page(broker, gap, page, next, last_batch, err);
        PQclear(page);
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool read_newest(struct cli *cli, const struct gap *gap, int64_t *out, struct error *err)
{
    const char *sql = arena_format(&cli->arena,
                                   "select seq from %s.output_seq where shard = $1::integer and "
                                   "topic = $2 and partition = $3::integer",
                                   gap->producer->schema);
    const char *const values[] = {arena_format(&cli->arena, "%" PRId64, gap->shard), gap->topic,
                                  arena_format(&cli->arena, "%" PRId64, gap->partition)};
    PGresult *found;
    bool good;

    if (!connection_query(&cli->connection, sql, values, 3, &found, err)) {
        return false;
    }
    good = connection_int64(found, 0, 0, out, err);
    PQclear(found);
    return good;
}

/* What the producer sent meanwhile came behind the gap and was put back: it is sent again too, until nothing newer
 * was committed by the time all older ones stood in the topic. */
static bool redrive_gap(struct cli *cli, struct broker *broker, const struct gap *gap,
                        int64_t *sent, struct error *err)
{
    int64_t next = gap->first;
    int64_t last_batch = 0;
    int64_t newest = gap->last;

    for (int round = 0; next <= newest && round < ROUNDS_MAX; round++) {
        const int64_t before = next;

        if (!send_round(cli, broker, gap, &next, &last_batch, err) ||
            !read_newest(cli, gap, &newest, err)) {
            return false;
        }
        if (next == before) {
            return lost(gap, next, err);
        }
    }
    *sent += next - gap->first;
    return true;
}

static bool redrive_all(struct cli *cli, struct broker *broker, const struct gaps *gaps,
                        struct error *err)
{
    int64_t sent = 0;

    for (size_t i = 0; i < gaps->count; i++) {
        if (!redrive_gap(cli, broker, &gaps->items[i], &sent, err)) {
            return false;
        }
    }
    if (gaps->count > 0) {
        fprintf(stderr, say("enviados otra vez: %" PRId64 "\n", "sent again: %" PRId64 "\n"), sent);
    }
    return true;
}

/* What lacks behind a position that was moved shows when its reader has gone on. */
static bool move_all(struct cli *cli, const struct strays *strays, struct error *err)
{
    if (strays->count == 0) {
        return true;
    }
    if (!redrive_position_move(cli, strays, err)) {
        return false;
    }
    fprintf(stderr,
            say("posiciones movidas: %zu; cuando los servicios hayan leído, repita la orden\n",
                "positions moved: %zu; repeat the command when the services have read on\n"),
            strays->count);
    return true;
}

enum exit_status redrive_run(struct cli *cli, struct error *err)
{
    struct gaps gaps = {0};
    struct strays strays = {0};
    struct broker broker;
    bool good = broker_open(&broker, &cli->stack, err) &&
                redrive_position_find(cli, &broker, &strays, err) &&
                find_gaps(cli, &broker, &gaps, err) && tell(cli, &gaps, &strays, err);

    if (good && gaps.count + strays.count > 0 && cli->options.execute) {
        good = move_all(cli, &strays, err) && redrive_all(cli, &broker, &gaps, err);
    } else if (good && gaps.count + strays.count > 0) {
        fprintf(stderr, "%s",
                say("no se hizo nada: con --execute se envían otra vez\n",
                    "nothing was done: with --execute they are sent again\n"));
    }
    broker_close(&broker);
    free(gaps.items);
    free(strays.items);
    return good ? EXIT_OK : command_failed(err);
}
