#include "common/runtime/outbox.h"
#include "events.h"
#include "tests/simulation/sim_oracle.h"
#include "tests/simulation/sim_standing.h"
#include "topics.h"

#include <inttypes.h>
#include <string.h>

/* What must hold of sequences, positions and days, whatever was judged. */

/* --- outputs --- */

/* Of one shard of one service on one partition. */
struct output_check {
    struct sim_world *world;
    const struct service *service;
    const struct fake_shard *shard;
    const struct sim_lost *lost;
    const struct fake_log *log;
    int64_t incarnation;
    int64_t seq;
    int64_t distinct;
};

static bool is_own(const struct output_check *check, const struct bus_message *record,
                   const struct sim_heard *one)
{
    const size_t length = strlen(check->service->name);

    (void)record;
    return one->shard == check->shard->id &&
           strncmp(one->source, check->service->name, length) == 0 && one->source[length] == '/';
}

static bool same_bytes(struct bytes a, struct bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* The event of an outbox that was committed under this sequence, which is what every sending must be. */
static bool is_committed_in(const struct fake_shard *shard, const struct bus_message *record,
                            const struct sim_heard *one)
{
    const struct store_outbox *outbox = shard->outbox.items;
    struct outbox_event event;
    struct error err = {0};

    for (size_t i = 0; i < shard->outbox.count; i++) {
        size_t offset = 0;

        while (outbox_next(outbox[i].events, &offset, &event, &err)) {
            if (event.seq == one->seq && event.incarnation == one->incarnation &&
                event.partition == record->partition && strcmp(event.topic, record->topic) == 0) {
                return same_bytes(event.payload, record->payload) &&
                       strcmp(event.type, bus_header(record, "ce_type")) == 0;
            }
        }
    }
    return false;
}

/* In a future that the database has lost. */
static bool was_committed(const struct output_check *check, const struct bus_message *record,
                          const struct sim_heard *one)
{
    for (const struct sim_lost *lost = check->lost; lost != NULL; lost = lost->next) {
        if (is_committed_in(&lost->shards[check->shard->id], record, one)) {
            return true;
        }
    }
    return false;
}

static bool check_record(struct output_check *check, const struct bus_message *record,
                         const struct sim_heard *one)
{
    const bool stands = is_committed_in(check->shard, record, one);

    if (!stands && !was_committed(check, record, one)) {
        return sim_fail(check->world,
                        "%s, shard %" PRId32 ": %s[%" PRId32 "]@%" PRId64 " holds event %" PRId64
                        "/%" PRId64 ", which was never committed like that",
                        check->service->name, check->shard->id, record->topic, record->partition,
                        record->offset, one->incarnation, one->seq);
    }
    if (one->incarnation < check->incarnation ||
        (one->incarnation == check->incarnation && one->seq <= check->seq)) {
        return true; /* sent again */
    }
    if (one->seq != (one->incarnation > check->incarnation ? 1 : check->seq + 1)) {
        return sim_fail(check->world,
                        "%s, shard %" PRId32 ": %s[%" PRId32 "] has %" PRId64 "/%" PRId64
                        " after %" PRId64 "/%" PRId64,
                        check->service->name, check->shard->id, record->topic, record->partition,
                        one->incarnation, one->seq, check->incarnation, check->seq);
    }
    check->incarnation = one->incarnation;
    check->seq = one->seq;
    check->distinct += stands ? 1 : 0;
    return true;
}

static int64_t committed_on(const struct output_check *check)
{
    const struct store_outbox *outbox = check->shard->outbox.items;
    int64_t count = 0;

    for (size_t i = 0; i < check->shard->outbox.count; i++) {
        struct outbox_event event;
        struct error err = {0};
        size_t offset = 0;

        while (outbox_next(outbox[i].events, &offset, &event, &err)) {
            count += event.partition == check->log->partition &&
                             strcmp(event.topic, check->log->topic) == 0
                         ? 1
                         : 0;
        }
    }
    return count;
}

static const struct sim_lost *lost_of(const struct sim_world *world, const struct service *service)
{
    int index = 0;

    while (sim_services()[index] != service) {
        index++;
    }
    return world->lost[index];
}

static bool check_output(struct sim_world *world, const struct service *service,
                         const struct fake_shard *shard, const char *topic, int32_t partition)
{
    struct output_check check = {.world = world,
                                 .service = service,
                                 .shard = shard,
                                 .lost = lost_of(world, service),
                                 .log = fake_broker_log(&world->broker, topic, partition)};
    int64_t committed;

    for (size_t i = 0; i < check.log->history_count; i++) {
        const struct bus_message *record = fake_broker_ever(&world->broker, check.log, i);
        const struct sim_heard one = sim_identity(record);

        if (is_own(&check, record, &one) && !check_record(&check, record, &one)) {
            return false;
        }
    }
    committed = committed_on(&check);
    return check.distinct == committed ||
           sim_fail(world,
                    "%s, shard %" PRId32 ": %" PRId64 " events committed for %s[%" PRId32
                    "], %" PRId64 " are there",
                    service->name, shard->id, committed, topic, partition, check.distinct);
}

static bool check_outputs(struct sim_world *world, const struct service *service,
                          const struct fake_shard *shard)
{
    for (size_t i = 0; service->outputs[i] != NULL; i++) {
        if (!check_output(world, service, shard, service->outputs[i], shard->id)) {
            return false;
        }
    }
    return check_output(world, service, shard, "quarantine", 0) &&
           (shard->published == shard->batch ||
            sim_fail(world, "%s, shard %" PRId32 ": batch %" PRId64 ", published %" PRId64,
                     service->name, shard->id, shard->batch, shard->published));
}

/* --- inputs --- */

static int64_t position_of(const struct fake_shard *shard, const char *topic)
{
    const struct store_position *items = shard->positions.items;

    for (size_t i = 0; i < shard->positions.count; i++) {
        if (strcmp(items[i].topic, topic) == 0) {
            return items[i].next_offset;
        }
    }
    return 0;
}

static bool check_heard(struct sim_world *world, const struct service *service,
                        const struct fake_shard *shard, const struct sim_heard *said,
                        const char *topic)
{
    const struct store_heard *heard = shard->heard.items;
    const size_t producer = strcspn(said->source, "/");

    for (size_t i = 0; i < shard->heard.count; i++) {
        if (strcmp(heard[i].topic, topic) == 0 && heard[i].producer_shard == said->shard &&
            strncmp(heard[i].producer, said->source, producer) == 0 &&
            heard[i].producer[producer] == '\0' && heard[i].incarnation == said->incarnation &&
            heard[i].seq == said->seq) {
            return true;
        }
    }
    return sim_fail(world, "%s, shard %" PRId32 ": has not heard %" PRId64 "/%" PRId64 " of %s",
                    service->name, shard->id, said->incarnation, said->seq, said->source);
}

static bool check_input(struct sim_world *world, const struct service *service,
                        const struct fake_shard *shard, const char *topic)
{
    struct sim_reader reader;
    bool good = true;

    sim_reader_open(&reader, world, topic, shard->id);
    while (sim_reader_next(&reader) != NULL) {
    }
    if (position_of(shard, topic) != reader.log->end) {
        good =
            sim_fail(world, "%s, shard %" PRId32 ": read %s to %" PRId64 " of %" PRId64,
                     service->name, shard->id, topic, position_of(shard, topic), reader.log->end);
    }
    for (size_t i = 0; good && i < reader.heard_count; i++) {
        good = check_heard(world, service, shard, &reader.heard[i], topic);
    }
    sim_reader_close(&reader);
    return good;
}

/* --- days --- */

static bool check_days(struct sim_world *world, const struct service *service,
                       const struct fake_shard *shard)
{
    const struct store_forwarded *forwarded = shard->forwarded.items;
    const struct store_agenda *agenda = shard->agenda.items;

    for (int i = 0; i < world->facts->institution_count; i++) {
        int32_t day = 0;

        for (size_t j = 0; j < shard->forwarded.count; j++) {
            day = strcmp(forwarded[j].institution, world->facts->institutions[i]) == 0
                      ? forwarded[j].day
                      : day;
        }
        if (day != world->facts->last_day) {
            return sim_fail(world,
                            "%s, shard %" PRId32 ": the day of %s is %" PRId32 ", not %" PRId32,
                            service->name, shard->id, world->facts->institutions[i], day,
                            world->facts->last_day);
        }
    }
    for (size_t i = 0; i < shard->agenda.count; i++) {
        if (agenda[i].due <= world->facts->last_day) {
            return sim_fail(world, "%s, shard %" PRId32 ": %s of %s is due and was not looked at",
                            service->name, shard->id, agenda[i].kind, agenda[i].key);
        }
    }
    return true;
}

static bool check_shard(struct sim_world *world, const struct service *service,
                        const struct fake_shard *shard)
{
    bool good = check_outputs(world, service, shard) && check_days(world, service, shard);

    for (size_t i = 0; good && service->inputs[i] != NULL; i++) {
        good = check_input(world, service, shard, service->inputs[i]);
    }
    return good && sim_oracle_aside(world, service, shard);
}

bool sim_oracle_protocol(struct sim_world *world)
{
    for (int i = 0; i < SIM_SERVICES; i++) {
        for (int32_t id = 0; id < SIM_SHARDS; id++) {
            if (!check_shard(world, sim_services()[i], &world->databases[i].shards[id])) {
                return false;
            }
        }
    }
    return true;
}

bool sim_oracle_agrees(struct sim_world *world)
{
    return world->verdict[0] == '\0' && sim_oracle_protocol(world) &&
           sim_oracle_judgements(world) && sim_oracle_tables(world);
}
