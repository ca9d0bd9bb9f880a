#include "cli/restore_find.h"

#include "common/base/text.h"
#include "common/runtime/tail.h"
#include "topics.h"

#include <inttypes.h>
#include <string.h>

#define REPORTED "reported."
#define OUTCOMES "outcomes."

static const char *institution_of(const struct place *place)
{
    return place->per_shard ? NULL : strchr(place->producer, '.') + 1;
}

/* Whether a service may have said something there. */
static bool is_output(const struct place *place, const struct topic_declaration *topic)
{
    const size_t length = strcspn(place->producer, ".");

    if (topic->owner == NULL || strncmp(topic->name, OUTCOMES, sizeof OUTCOMES - 1) == 0) {
        return topic->owner != NULL && !place->per_shard &&
               text_equal(topic->name + sizeof OUTCOMES - 1, institution_of(place));
    }
    return strcmp(topic->owner, "*") == 0 ||
           (strncmp(topic->owner, place->producer, length) == 0 && topic->owner[length] == '\0');
}

/* What the database knows of one output: zeroes where it never said anything. */
struct known {
    int64_t incarnation;
    int64_t seq;
    int64_t acked;
};

static bool read_known(struct cli *cli, const struct restore_shard *shard, const char *topic,
                       int32_t partition, struct known *out, struct error *err)
{
    struct arena *arena = &cli->arena;
    const char *sql = arena_format(arena,
                                   "select incarnation, seq, acked_offset from %s.output_seq where "
                                   "shard = $1::integer and topic = $2 and partition = $3::integer",
                                   shard->place->schema);
    const char *const values[] = {arena_format(arena, "%" PRId32, shard->shard), topic,
                                  arena_format(arena, "%" PRId32, partition)};
    PGresult *found;
    bool good;

    *out = (struct known){0};
    if (!connection_query(&cli->connection, sql, values, 3, &found, err)) {
        return false;
    }
    good = connection_rows(found) == 0 || (connection_int64(found, 0, 0, &out->incarnation, err) &&
                                           connection_int64(found, 0, 1, &out->seq, err) &&
                                           connection_int64(found, 0, 2, &out->acked, err));
    PQclear(found);
    return good;
}

static bool look_at(struct cli *cli, struct broker *broker, struct restore_shard *shard,
                    const char *topic, int32_t partition, struct error *err)
{
    struct known known;
    struct tail tail;

    if (!read_known(cli, shard, topic, partition, &known, err) ||
        !tail_read(broker->bus, shard->place->producer, shard->shard, topic, partition, known.acked,
                   known.incarnation, known.seq, &tail, err)) {
        return false;
    }
    if (tail.offset < 0 || tail.incarnation < shard->incarnation) {
        return true; /* renewed already: its next owner recalls them */
    }
    shard->next = tail.incarnation >= shard->next ? tail.incarnation + 1 : shard->next;
    shard->unknown += tail.unknown;
    shard->facts += strncmp(topic, REPORTED, sizeof REPORTED - 1) == 0 ? tail.unknown : 0;
    return true;
}

static bool look_at_topic(struct cli *cli, struct broker *broker, struct restore_shard *shard,
                          const struct topic_declaration *topic, struct error *err)
{
    const bool own = shard->place->per_shard && topic->partitions_per_shard;
    int32_t count;

    if (!is_output(shard->place, topic)) {
        return true;
    }
    if (!broker->bus->operations->partitions(broker->bus, topic->name, &count, err)) {
        return false;
    }
    for (int32_t partition = 0; partition < count; partition++) {
        if ((!own || partition == shard->shard) &&
            !look_at(cli, broker, shard, topic->name, partition, err)) {
            return false;
        }
    }
    return true;
}

bool restore_look_at(struct cli *cli, struct broker *broker, struct restore_shard *shard,
                     struct error *err)
{
    shard->next = shard->incarnation + 1;
    for (size_t i = 0; i < topic_declaration_count; i++) {
        if (!look_at_topic(cli, broker, shard, &topic_declarations[i], err)) {
            return false;
        }
    }
    return true;
}

static bool look_at_place(struct cli *cli, struct broker *broker, const struct place *place,
                          struct restore_plan *plan, struct error *err)
{
    const char *sql = arena_format(&cli->arena, "select id, incarnation from %s.shard order by id",
                                   place->schema);
    PGresult *found;
    bool good;

    if (!connection_query(&cli->connection, sql, NULL, 0, &found, err)) {
        return false;
    }
    good = true;
    for (int row = 0; good && row < connection_rows(found); row++) {
        struct restore_shard shard = {.place = place};
        int64_t id;

        good = connection_int64(found, row, 0, &id, err) &&
               connection_int64(found, row, 1, &shard.incarnation, err);
        shard.shard = (int32_t)id;
        good = good && restore_look_at(cli, broker, &shard, err);
        if (good && shard.unknown > 0) {
            plan->shards[plan->count++] = shard;
        }
    }
    PQclear(found);
    return good;
}

bool restore_find(struct cli *cli, struct broker *broker, struct restore_plan *out,
                  struct error *err)
{
    int32_t shards;

    *out = (struct restore_plan){0};
    if (!broker->bus->operations->partitions(broker->bus, "shards", &shards, err)) {
        return false;
    }
    out->shards = arena_array(&cli->arena, place_count * ((size_t)shards + 1), sizeof *out->shards);
    for (size_t i = 0; i < place_count; i++) {
        if (!look_at_place(cli, broker, &places[i], out, err)) {
            return false;
        }
    }
    return true;
}
