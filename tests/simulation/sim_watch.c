#include "tests/simulation/sim_world.h"

#include "events.h"
#include "tests/simulation/sim_standing.h"
#include "topics.h"

#include <inttypes.h>
#include <string.h>

/* What must hold at every commit, found from the logs and the database alone. */

static int service_of(const struct sim_world *world, const struct fake_shard *shard)
{
    int service = 0;

    while (shard != &world->databases[service].shards[shard->id]) {
        service++;
    }
    return service;
}

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

static int64_t position_after(const struct fake_shard *shard, const struct store_commit *commit,
                              const char *topic)
{
    for (size_t i = 0; i < commit->advance_count; i++) {
        if (strcmp(commit->advances[i].topic, topic) == 0) {
            return commit->advances[i].to;
        }
    }
    return position_of(shard, topic);
}

static bool positions_hold(struct sim_world *world, const char *name,
                           const struct fake_shard *shard, const struct store_commit *commit)
{
    for (size_t i = 0; i < commit->advance_count; i++) {
        const struct store_advance *advance = &commit->advances[i];
        const int64_t known = position_of(shard, advance->topic);

        if (advance->to <= known || advance->from != known) {
            return sim_fail(world,
                            "%s, shard %" PRId32 ": position of %s goes from %" PRId64
                            " to %" PRId64 ", the batch began at %" PRId64,
                            name, shard->id, advance->topic, known, advance->to, advance->from);
        }
    }
    return commit->batch == shard->batch + 1 ||
           sim_fail(world, "%s, shard %" PRId32 ": batch %" PRId64 " follows %" PRId64, name,
                    shard->id, commit->batch, shard->batch);
}

/* Who closes days on a topic: its owner, a gateway for its institution. */
static bool speaks(const struct bus_message *record, const struct topic_declaration *topic,
                   const char *institution)
{
    const char *source = bus_header(record, "ce_source");
    const size_t length = strlen(topic->owner);

    if (strncmp(source, topic->owner, length) != 0) {
        return false;
    }
    return strcmp(topic->owner, "gateway") != 0 ||
           strncmp(source + length + 1, institution, strlen(institution)) == 0;
}

static bool closes(struct sim_world *world, const struct bus_message *record,
                   const char *institution, int32_t day)
{
    const struct record_type *type;
    const void *event;
    const struct day_closed *closed;
    struct error err = {0};

    if (strcmp(bus_header(record, "ce_type"), day_closed_type.full_name) != 0 ||
        !registry_decode(world->registry, record->payload, &world->arena, &type, &event, &err)) {
        return false;
    }
    closed = event;
    return closed->day >= day && strcmp(closed->institution, institution) == 0;
}

static bool heard_of(struct sim_world *world, const struct topic_declaration *topic, int32_t id,
                     int64_t until, const struct store_forwarded *forwarded)
{
    const struct fake_log *log = fake_broker_log(&world->broker, topic->name, id);

    for (size_t i = 0; i < log->history_count; i++) {
        const struct bus_message *record = fake_broker_ever(&world->broker, log, i);

        if ((record->offset < until || log->lost) &&
            speaks(record, topic, forwarded->institution) &&
            closes(world, record, forwarded->institution, forwarded->day)) {
            return true;
        }
    }
    return false;
}

/* A day goes on only when every input has closed it. */
static bool days_hold(struct sim_world *world, const struct service *service,
                      const struct fake_shard *shard, const struct store_commit *commit)
{
    for (size_t i = 0; i < commit->forwarded_count; i++) {
        for (size_t j = 0; service->inputs[j] != NULL; j++) {
            const struct topic_declaration *topic = topic_by_name(service->inputs[j]);

            if (topic->kind == TOPIC_SEQUENCED &&
                !heard_of(world, topic, shard->id, position_after(shard, commit, topic->name),
                          &commit->forwarded[i])) {
                return sim_fail(world,
                                "%s, shard %" PRId32 ": day %" PRId32 " of %s goes on before %s "
                                "has closed it",
                                service->name, shard->id, commit->forwarded[i].day,
                                commit->forwarded[i].institution, topic->name);
            }
        }
    }
    return true;
}

/* --- a database that went back, and that nobody restored --- */

static bool knows(const struct fake_shard *shard, const struct bus_message *record)
{
    const struct store_sequence *items = shard->sequences.items;
    const struct sim_heard one = sim_identity(record);

    for (size_t i = 0; i < shard->sequences.count; i++) {
        if (items[i].partition == record->partition && strcmp(items[i].topic, record->topic) == 0) {
            return one.incarnation < items[i].incarnation ||
                   (one.incarnation == items[i].incarnation && one.seq <= items[i].seq);
        }
    }
    return false;
}

static bool is_of(const struct service *service, const struct fake_shard *shard,
                  const struct bus_message *record)
{
    const struct sim_heard one = sim_identity(record);
    const size_t length = strlen(service->name);

    return one.shard == shard->id && one.incarnation == shard->incarnation &&
           strncmp(one.source, service->name, length) == 0 && one.source[length] == '/';
}

/* Nothing may be committed while a topic holds what the shard has said in the future that its database lost. */
static bool nothing_was_lost(struct sim_world *world, const struct service *service,
                             const struct fake_shard *shard)
{
    for (size_t i = 0; service->outputs[i] != NULL; i++) {
        const struct fake_log *log =
            fake_broker_log(&world->broker, service->outputs[i], shard->id);

        for (size_t j = 0; j < log->history_count; j++) {
            const struct bus_message *record = fake_broker_ever(&world->broker, log, j);

            if (is_of(service, shard, record) && !knows(shard, record)) {
                return sim_fail(world,
                                "%s, shard %" PRId32 ": goes on though %s@%" PRId64
                                " holds what its database has forgotten",
                                service->name, shard->id, log->topic, record->offset);
            }
        }
    }
    return true;
}

void sim_watch(void *context, const struct fake_shard *shard, const struct store_commit *commit)
{
    struct sim_world *world = context;
    const int index = service_of(world, shard);
    const struct service *service = sim_services()[index];

    sim_mix(world, (uint64_t)commit->batch << 32 | (uint64_t)commit->epoch);
    for (size_t i = 0; i < commit->quarantine_count; i++) {
        sim_tell(world, "%s > sets aside %s: %s", service->name, commit->quarantine[i].id,
                 commit->quarantine[i].reason);
    }
    (void)((world->restore_at[index] == 0 || nothing_was_lost(world, service, shard)) &&
           (commit->incarnation == shard->incarnation ||
            sim_fail(world,
                     "%s, shard %" PRId32 ": commits under incarnation %" PRId64
                     ", which is %" PRId64,
                     service->name, shard->id, commit->incarnation, shard->incarnation)) &&
           positions_hold(world, service->name, shard, commit) &&
           days_hold(world, service, shard, commit));
}
