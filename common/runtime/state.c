#include "common/runtime/replay.h"

#include <stdlib.h>
#include <string.h>

void shard_init(struct shard *shard, struct member *member, int32_t id)
{
    *shard = (struct shard){.member = member, .id = id, .batch_limit = member->batch_messages};
    shard->cache = cache_create(member->cache_bytes);
}

static void forget_known(struct shard *shard)
{
    for (size_t i = 0; i < shard->position_count; i++) {
        free(shard->positions[i].log);
    }
    for (size_t i = 0; i < shard->heard_count; i++) {
        free(shard->heard[i].producer);
        free(shard->heard[i].topic);
    }
    for (size_t i = 0; i < shard->watermark_count; i++) {
        free(shard->watermarks[i].topic);
        free(shard->watermarks[i].producer);
        free(shard->watermarks[i].institution);
    }
    for (size_t i = 0; i < shard->day_count; i++) {
        free(shard->days[i].institution);
    }
    shard->position_count = 0;
    shard->heard_count = 0;
    shard->output_count = 0;
    shard->watermark_count = 0;
    shard->day_count = 0;
}

void shard_forget(struct shard *shard)
{
    if (shard->work != NULL) {
        work_end(shard->work);
        shard->work = NULL;
    }
    forget_known(shard);
    cache_drop(shard->cache);
    publish_forget(shard);
    shard->backlog_count = 0;
    shard->deferred_count = 0;
    shard->deferred_ticket = 0;
    shard->deferred_end_known = false;
    arena_reset(&shard->backlog_arena);
    arena_reset(&shard->deferred_arena);
    if (shard->feed_open) {
        shard->member->service->feed->close(shard->feed);
        shard->feed_open = false;
        shard->feed = NULL;
    }
    shard->agenda_due = false;
    shard->agenda_taken = 0;
    shard->recalling = false;
    shard->rules_rose = false;
    replay_forget(shard);
}

void shard_acquit(struct shard *shard)
{
    free(shard->culprit.log);
    free(shard->culprit.kind);
    free(shard->culprit.key);
    free(shard->culprit.reason);
    shard->culprit = (struct culprit){0};
}

void shard_convict(struct shard *shard, const struct intake *item, const char *reason)
{
    shard_acquit(shard);
    shard->culprit = (struct culprit){.log = memory_copy(item->log),
                                      .kind = memory_copy(item->type != NULL ? item->type : ""),
                                      .key = memory_copy(item->key != NULL ? item->key : ""),
                                      .due = item->due,
                                      .offset = item->offset,
                                      .reason = memory_copy(reason)};
}

bool shard_is_convicted(const struct shard *shard, const struct intake *item)
{
    const struct culprit *culprit = &shard->culprit;

    if (culprit->log == NULL || strcmp(culprit->log, item->log) != 0) {
        return false;
    }
    if (item->input != INTAKE_AGENDA) {
        return culprit->offset == item->offset;
    }
    return culprit->due == item->due && strcmp(culprit->kind, item->type) == 0 &&
           strcmp(culprit->key, item->key) == 0;
}

void shard_finish(struct shard *shard)
{
    shard_forget(shard);
    free(shard->positions);
    free(shard->heard);
    free(shard->outputs);
    free(shard->watermarks);
    free(shard->days);
    free(shard->backlog);
    free(shard->deferred);
    shard_acquit(shard);
    arena_finish(&shard->backlog_arena);
    arena_finish(&shard->deferred_arena);
    cache_destroy(shard->cache);
    shard->cache = NULL;
}

/* Room for one more in a list whose length is `count`; it doubles at powers of two. */
static void *list_room(void *list, size_t count, size_t item_bytes)
{
    const bool full = count == 0 || (count & (count - 1)) == 0;

    return full ? memory_resize(list, (count == 0 ? 1 : count * 2) * item_bytes) : list;
}

struct log_position *shard_position(struct shard *shard, const char *log)
{
    struct log_position *position;

    for (size_t i = shard->position_count; i > 0; i--) {
        if (strcmp(shard->positions[i - 1].log, log) == 0) {
            return &shard->positions[i - 1];
        }
    }
    shard->positions = list_room(shard->positions, shard->position_count, sizeof *position);
    position = &shard->positions[shard->position_count++];
    *position = (struct log_position){.log = memory_copy(log)};
    return position;
}

struct heard *shard_heard(struct shard *shard, const char *producer, int32_t producer_shard,
                          const char *topic)
{
    struct heard *heard;

    for (size_t i = 0; i < shard->heard_count; i++) {
        heard = &shard->heard[i];
        if (heard->shard == producer_shard && strcmp(heard->producer, producer) == 0 &&
            strcmp(heard->topic, topic) == 0) {
            return heard;
        }
    }
    shard->heard = list_room(shard->heard, shard->heard_count, sizeof *heard);
    heard = &shard->heard[shard->heard_count++];
    *heard = (struct heard){
        .producer = memory_copy(producer), .shard = producer_shard, .topic = memory_copy(topic)};
    return heard;
}

struct output *shard_output(struct shard *shard, const struct topic_declaration *topic,
                            int32_t partition)
{
    struct output *output;

    for (size_t i = 0; i < shard->output_count; i++) {
        output = &shard->outputs[i];
        if (output->topic == topic && output->partition == partition) {
            return output;
        }
    }
    shard->outputs = list_room(shard->outputs, shard->output_count, sizeof *output);
    output = &shard->outputs[shard->output_count++];
    *output = (struct output){.topic = topic, .partition = partition}; /* nothing was ever said */
    return output;
}

static struct watermark *watermark_of(struct shard *shard, const char *topic, const char *producer,
                                      const char *institution)
{
    struct watermark *mark;

    for (size_t i = 0; i < shard->watermark_count; i++) {
        mark = &shard->watermarks[i];
        if (strcmp(mark->topic, topic) == 0 && strcmp(mark->producer, producer) == 0 &&
            strcmp(mark->institution, institution) == 0) {
            return mark;
        }
    }
    shard->watermarks = list_room(shard->watermarks, shard->watermark_count, sizeof *mark);
    mark = &shard->watermarks[shard->watermark_count++];
    *mark = (struct watermark){.topic = memory_copy(topic),
                               .producer = memory_copy(producer),
                               .institution = memory_copy(institution),
                               .day = INT32_MIN};
    return mark;
}

struct closed_day *watermark_day(struct shard *shard, const char *institution)
{
    struct closed_day *day;

    for (size_t i = 0; i < shard->day_count; i++) {
        if (strcmp(shard->days[i].institution, institution) == 0) {
            return &shard->days[i];
        }
    }
    shard->days = list_room(shard->days, shard->day_count, sizeof *day);
    day = &shard->days[shard->day_count++];
    *day = (struct closed_day){.institution = memory_copy(institution)};
    return day;
}

void watermark_hear(struct shard *shard, const char *topic, const char *producer,
                    const char *institution, int32_t day)
{
    struct watermark *mark = watermark_of(shard, topic, producer, institution);

    (void)watermark_day(shard, institution);
    if (day > mark->day) {
        mark->day = day;
        mark->changed = true;
    }
}

/* Who says on an input how far an institution's days are closed. */
static bool is_speaker(const char *owner, const char *producer, const char *institution)
{
    const size_t length = strlen(owner);

    if (strcmp(owner, "gateway") != 0) {
        return strcmp(owner, producer) == 0;
    }
    return strncmp(producer, owner, length) == 0 && producer[length] == '.' &&
           strcmp(producer + length + 1, institution) == 0;
}

static bool day_on_input(const struct shard *shard, const struct topic_declaration *topic,
                         const char *institution, int32_t *day)
{
    for (size_t i = 0; i < shard->watermark_count; i++) {
        const struct watermark *mark = &shard->watermarks[i];

        if (strcmp(mark->topic, topic->name) == 0 && strcmp(mark->institution, institution) == 0 &&
            mark->day != INT32_MIN && is_speaker(topic->owner, mark->producer, institution)) {
            *day = mark->day;
            return true;
        }
    }
    return false;
}

static bool smallest_day(const struct shard *shard, const char *institution, int32_t *smallest)
{
    const struct member *member = shard->member;
    bool any = false;

    for (size_t i = 0; i < member->input_count; i++) {
        const struct topic_declaration *topic = member->inputs[i].topic;
        int32_t day;

        if (topic->kind != TOPIC_SEQUENCED) {
            continue;
        }
        if (!day_on_input(shard, topic, institution, &day)) {
            return false;
        }
        if (!any || day < *smallest) {
            *smallest = day;
        }
        any = true;
    }
    return any;
}

bool watermark_recompute(struct shard *shard)
{
    bool moved = false;

    for (size_t i = 0; i < shard->day_count; i++) {
        struct closed_day *known = &shard->days[i];
        int32_t day = 0;

        if (smallest_day(shard, known->institution, &day) &&
            (!known->reached || day > known->day)) {
            known->day = day;
            known->reached = true;
            moved = true;
        }
    }
    return moved;
}
