#include "common/runtime/outbox.h"
#include "events.h"
#include "tests/simulation/sim_oracle.h"
#include "tests/simulation/sim_standing.h"

#include <inttypes.h>
#include <string.h>

/* What a shard has set aside: the messages that had to be, each once, and nothing else; one event of each. */

struct aside_check {
    struct sim_world *world;
    const struct service *service;
    const struct fake_shard *shard;
};

static const struct fact *fact_of(const struct sim_message *message)
{
    return message->event; /* a report begins with its fact */
}

static bool is_newer(const struct fact *a, const struct fact *b)
{
    return a->as_of != b->as_of ? a->as_of > b->as_of : a->sequence > b->sequence;
}

/* A version that a newer one of the same fact makes void need not be written, or said, at all: it depends on what came
 * first, or in one batch with it. */
static bool is_superseded(const struct sim_world *world, const struct sim_message *message)
{
    for (size_t i = 0; i < world->facts->count; i++) {
        const struct sim_message *other = &world->facts->items[i];

        if (sim_stands(world, i) && strcmp(fact_of(other)->source, fact_of(message)->source) == 0 &&
            strcmp(fact_of(other)->fact_id, fact_of(message)->fact_id) == 0 &&
            is_newer(fact_of(other), fact_of(message))) {
            return true;
        }
    }
    return false;
}

static bool is_same(const struct sim_heard *a, const struct sim_heard *b)
{
    return a->incarnation == b->incarnation && a->shard == b->shard && a->seq == b->seq &&
           strcmp(a->source, b->source) == 0;
}

/* The record that a row speaks of, of those that stood at its offset. */
static bool speaks_of(const struct sim_world *world, const struct store_quarantine *row,
                      int32_t partition, const struct sim_heard *one)
{
    const struct fake_log *log = fake_broker_log(&world->broker, row->source, partition);

    for (size_t i = 0; i < log->history_count; i++) {
        const struct bus_message *record = fake_broker_ever(&world->broker, log, i);

        if (record->offset == row->position && record->payload.size == row->payload.size &&
            memcmp(record->payload.data, row->payload.data, row->payload.size) == 0) {
            const struct sim_heard found = sim_identity(record);

            if (is_same(&found, one)) {
                return true;
            }
        }
    }
    return false;
}

static size_t rows_of(const struct aside_check *check, const struct bus_message *record)
{
    const struct store_quarantine *rows = check->shard->quarantine.items;
    const struct sim_heard one = sim_identity(record);
    size_t count = 0;

    for (size_t i = 0; i < check->shard->quarantine.count; i++) {
        count += strcmp(rows[i].source, record->topic) == 0 &&
                         speaks_of(check->world, &rows[i], check->shard->id, &one)
                     ? 1
                     : 0;
    }
    return count;
}

/* A service may have said what a newer version made void, before it was written: who reads that is refused it too. */
static bool holds_refused(const struct bus_message *record)
{
    const size_t length = strlen(sim_refused_text);

    for (size_t i = 0; i + length <= record->payload.size; i++) {
        if (memcmp(record->payload.data + i, sim_refused_text, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool must_be(const struct aside_check *check, const struct bus_message *record,
                    const struct sim_message *message)
{
    const struct fake_log *log =
        fake_broker_log(&check->world->broker, record->topic, record->partition);

    return message != NULL && message->poison != SIM_WHOLESOME &&
           (message->poison == SIM_UNREADABLE || !is_superseded(check->world, message)) &&
           !log->lost; /* there an offset may be of two messages, and its row of the first */
}

static bool check_message(const struct aside_check *check, const struct bus_message *record,
                          const struct sim_message *message, size_t *aside)
{
    const size_t count = rows_of(check, record);
    const bool may = message != NULL ? message->poison != SIM_WHOLESOME : holds_refused(record);
    const bool must = must_be(check, record, message);

    *aside += count;
    if (count > 1 || (must && count != 1)) {
        return sim_fail(
            check->world,
            "%s, shard %" PRId32 ": %s@%" PRId64 " must be set aside once, not %zu times",
            check->service->name, check->shard->id, record->topic, record->offset, count);
    }
    return count == 0 || may ||
           sim_fail(check->world,
                    "%s, shard %" PRId32 ": %s@%" PRId64 " is set aside without ground",
                    check->service->name, check->shard->id, record->topic, record->offset);
}

static bool check_input(const struct aside_check *check, const char *topic, size_t *aside)
{
    struct sim_reader reader;
    const struct bus_message *record;
    bool good = true;

    sim_reader_open(&reader, check->world, topic, check->shard->id);
    while (good && (record = sim_reader_next(&reader)) != NULL) {
        good = check_message(check, record, sim_gateway_fact(check->world, record), aside);
    }
    sim_reader_close(&reader);
    return good;
}

/* --- events --- */

static bool tells(struct sim_world *world, const struct outbox_event *event, const char *id)
{
    const struct record_type *type;
    const void *decoded;
    struct error err = {0};

    return strcmp(event->type, message_quarantined_type.full_name) == 0 &&
           registry_decode(world->registry, event->payload, &world->arena, &type, &decoded, &err) &&
           strcmp(((const struct message_quarantined *)decoded)->quarantine_id, id) == 0;
}

static bool check_event(const struct aside_check *check, const char *id)
{
    const struct store_outbox *outbox = check->shard->outbox.items;
    size_t count = 0;

    for (size_t i = 0; i < check->shard->outbox.count; i++) {
        struct outbox_event event;
        struct error err = {0};
        size_t offset = 0;

        while (outbox_next(outbox[i].events, &offset, &event, &err)) {
            count += tells(check->world, &event, id) ? 1 : 0;
        }
    }
    /* an offset that the broker gave twice may be of two messages, and is one name for both */
    return count == 1 || (count > 1 && check->world->broker_lost) ||
           sim_fail(check->world, "%s, shard %" PRId32 ": %s was told %zu times",
                    check->service->name, check->shard->id, id, count);
}

bool sim_oracle_aside(struct sim_world *world, const struct service *service,
                      const struct fake_shard *shard)
{
    const struct aside_check check = {world, service, shard};
    const struct store_quarantine *rows = shard->quarantine.items;
    size_t aside = 0;
    bool good = true;

    for (size_t i = 0; good && i < shard->quarantine.count; i++) {
        good = check_event(&check, rows[i].id);
    }
    if (!world->facts->poisoned && shard->quarantine.count == 0) {
        return good;
    }
    for (size_t i = 0; good && service->inputs[i] != NULL; i++) {
        good = check_input(&check, service->inputs[i], &aside);
    }
    return good && (aside == shard->quarantine.count ||
                    (world->broker_lost && aside > shard->quarantine.count) ||
                    sim_fail(world, "%s, shard %" PRId32 ": %zu set aside, of %zu messages",
                             service->name, shard->id, shard->quarantine.count, aside));
}
