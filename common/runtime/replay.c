#include "common/runtime/replay.h"

#include "common/runtime/outbox.h"
#include "events.h"

#include <stdlib.h>
#include <string.h>

/* --- how far --- */

bool replay_is_over(const struct shard *shard)
{
    for (size_t i = 0; i < shard->position_count; i++) {
        if (shard->positions[i].committed < shard->positions[i].replay_until) {
            return false;
        }
    }
    return !shard->agenda_due && shard->agenda_taken == 0;
}

/* --- what was set aside --- */

struct told_reading {
    struct shard *shard;
    struct arena arena;
};

static void add_told(struct shard *shard, const char *id)
{
    shard->told = memory_resize(shard->told, (shard->told_count + 1) * sizeof *shard->told);
    shard->told[shard->told_count++] = memory_copy(id);
}

/* The key of a MessageQuarantined is its id. */
static bool take_record(void *context, const struct bus_message *message, struct error *err)
{
    struct told_reading *reading = context;
    const struct shard *shard = reading->shard;
    const char *type = bus_header(message, "ce_type");
    char who[128];
    int64_t incarnation;
    int64_t seq;
    int32_t whose;

    (void)err;
    if (type != NULL && strcmp(type, message_quarantined_type.full_name) == 0 &&
        outbox_identity_parse(bus_header(message, "ce_source"), bus_header(message, "ce_id"), who,
                              sizeof who, &incarnation, &whose, &seq) &&
        whose == shard->id && strcmp(who, shard->member->producer) == 0) {
        arena_reset(&reading->arena);
        add_told(reading->shard,
                 arena_text(&reading->arena, (const char *)message->key.data, message->key.size));
    }
    return true;
}

static int by_text(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

bool replay_open(struct shard *shard, struct error *err)
{
    struct bus *bus = shard->member->bus;
    struct told_reading reading = {.shard = shard};
    bool good;

    if (!shard->replaying) {
        return true;
    }
    good = bus->operations->scan(bus, "quarantine", 0, 0, take_record, &reading, err);
    arena_finish(&reading.arena);
    if (good && shard->told_count > 1) {
        qsort(shard->told, shard->told_count, sizeof *shard->told, by_text);
    }
    return good;
}

bool replay_was_told(const struct shard *shard, const char *id)
{
    return shard->told_count > 0 &&
           bsearch(&id, shard->told, shard->told_count, sizeof *shard->told, by_text) != NULL;
}

void replay_forget(struct shard *shard)
{
    for (size_t i = 0; i < shard->told_count; i++) {
        free(shard->told[i]);
    }
    free(shard->told);
    shard->told = NULL;
    shard->told_count = 0;
    shard->replaying = false;
    shard->replayed = false;
}

/* --- days --- */

void replay_recall_day(struct shard *shard, const struct intake *item)
{
    const struct day_closed *closed = item->event;

    if (shard->replaying) {
        watermark_hear(shard, item->log, shard->member->producer, closed->institution, closed->day);
    }
}

static bool day_said_on(const struct shard *shard, const char *topic, const char *institution,
                        int32_t *day)
{
    for (size_t i = 0; i < shard->watermark_count; i++) {
        const struct watermark *mark = &shard->watermarks[i];

        if (strcmp(mark->topic, topic) == 0 && strcmp(mark->institution, institution) == 0 &&
            strcmp(mark->producer, shard->member->producer) == 0) {
            *day = mark->day;
            return true;
        }
    }
    return false;
}

/* The day that every output has heard of. */
static bool day_said(const struct shard *shard, const char *institution, int32_t *day)
{
    const char *const *outputs = shard->member->service->outputs;
    bool any = false;

    for (size_t i = 0; outputs[i] != NULL; i++) {
        const struct topic_declaration *topic = member_topic(shard->member, outputs[i]);
        int32_t said;

        if (topic->kind != TOPIC_SEQUENCED && topic->kind != TOPIC_FINDINGS) {
            continue;
        }
        if (!day_said_on(shard, topic->name, institution, &said)) {
            return false;
        }
        *day = any && *day < said ? *day : said;
        any = true;
    }
    return any;
}

/* After its handlers: a day that the same batch reaches is still to be said. */
void replay_keep_days(struct shard *shard)
{
    for (size_t i = 0; shard->replayed && i < shard->day_count; i++) {
        struct closed_day *day = &shard->days[i];
        int32_t said = 0;

        if (day_said(shard, day->institution, &said) && (!day->reached || said >= day->day)) {
            day->day = said;
            day->reached = true;
            day->forwarded = said;
            day->was_forwarded = true;
            day->forwarding = true; /* kept, not said again */
        }
    }
}

void replay_finish(struct shard *shard)
{
    shard->replaying = false;
    shard->replayed = true;
}
