#include "common/runtime/batch_reading.h"

#include <string.h>

static struct store_advance *advance_of(struct store_commit *commit, struct store_advance *advances,
                                        const char *log)
{
    for (size_t i = 0; i < commit->advance_count; i++) {
        if (strcmp(advances[i].topic, log) == 0) {
            return &advances[i];
        }
    }
    advances[commit->advance_count] = (struct store_advance){.topic = log};
    return &advances[commit->advance_count++];
}

/* What a message leaves of its producer: the sequence it was taken with, or a gap that it could not be. */
static void hear(struct shard *shard, const struct intake *item)
{
    struct heard *known;

    if (item->producer == NULL || (item->passed_over && !item->gap)) {
        return;
    }
    known = shard_heard(shard, item->producer, item->producer_shard, item->log);
    known->pending_gap = item->gap;
    if (!item->gap) {
        known->pending_incarnation = item->incarnation;
        known->pending_seq = item->seq;
    }
}

void batch_reading_fill(struct shard *shard, struct store_commit *commit)
{
    struct arena *arena = work_arena(shard->work);
    const size_t size = batch_size(shard);
    struct store_advance *advances = arena_array(arena, size, sizeof *advances);
    struct store_heard *heard = arena_array(arena, size, sizeof *heard);
    struct store_agenda *done = arena_array(arena, size, sizeof *done);

    for (size_t i = 0; i < shard->heard_count; i++) {
        shard->heard[i].pending_gap = shard->heard[i].gap;
    }
    for (size_t i = 0; i < size; i++) {
        const struct intake *item = &shard->backlog[i];

        if (item->input == INTAKE_AGENDA) {
            done[commit->done_count++] =
                (struct store_agenda){.due = item->due, .kind = item->type, .key = item->key};
            continue;
        }
        if (item->input == INTAKE_OWN) {
            continue;
        }
        advance_of(commit, advances, item->log)->to = item->offset + 1;
        hear(shard, item);
    }
    for (size_t i = 0; i < commit->advance_count; i++) {
        advances[i].from = shard_position(shard, advances[i].topic)->committed;
    }
    for (size_t i = 0; i < shard->heard_count; i++) {
        const struct heard *known = &shard->heard[i];

        if (known->pending_seq > 0 || known->pending_gap != known->gap) {
            const bool taken = known->pending_seq > 0;

            heard[commit->heard_count++] = (struct store_heard){
                .producer = known->producer,
                .producer_shard = known->shard,
                .topic = known->topic,
                .incarnation = taken ? known->pending_incarnation : known->incarnation,
                .seq = taken ? known->pending_seq : known->seq,
                .gap = known->pending_gap};
        }
    }
    commit->advances = advances;
    commit->heard = heard;
    commit->done = done;
}

void batch_reading_fill_days(struct shard *shard, struct store_commit *commit)
{
    struct arena *arena = work_arena(shard->work);
    struct store_watermark *marks = arena_array(arena, shard->watermark_count, sizeof *marks);
    struct store_forwarded *forwarded = arena_array(arena, shard->day_count, sizeof *forwarded);

    for (size_t i = 0; i < shard->watermark_count; i++) {
        const struct watermark *mark = &shard->watermarks[i];

        if (mark->changed) {
            marks[commit->watermark_count++] =
                (struct store_watermark){mark->topic, mark->producer, mark->institution, mark->day};
        }
    }
    for (size_t i = 0; i < shard->day_count; i++) {
        if (shard->days[i].forwarding) {
            forwarded[commit->forwarded_count++] =
                (struct store_forwarded){shard->days[i].institution, shard->days[i].day};
        }
    }
    commit->watermarks = marks;
    commit->forwarded = forwarded;
}

void batch_reading_note(struct shard *shard)
{
    const size_t size = batch_size(shard);

    for (size_t i = 0; i < size; i++) {
        const struct intake *item = &shard->backlog[i];

        if (item->input != INTAKE_AGENDA && item->input != INTAKE_OWN) {
            shard_position(shard, item->log)->committed = item->offset + 1;
        }
        if (shard_is_convicted(shard, item)) {
            shard_acquit(shard);
        }
    }
    for (size_t i = 0; i < shard->heard_count; i++) {
        struct heard *known = &shard->heard[i];

        known->gap = known->pending_gap;
        if (known->pending_seq > 0) {
            known->incarnation = known->pending_incarnation;
            known->seq = known->pending_seq;
            known->pending_seq = 0;
        }
    }
    for (size_t i = 0; i < shard->watermark_count; i++) {
        shard->watermarks[i].changed = false;
    }
    for (size_t i = 0; i < shard->day_count; i++) {
        struct closed_day *day = &shard->days[i];

        if (day->forwarding) {
            day->forwarded = day->day;
            day->was_forwarded = true;
            day->forwarding = false;
        }
    }
}
