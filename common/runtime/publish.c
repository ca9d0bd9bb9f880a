#include "common/runtime/shard.h"

#include <stdlib.h>
#include <string.h>

/* A token is shard (16 bits), generation (16 bits) and batch (32 bits, the low ones: at most a few
 * thousand batches are ever unacknowledged). */
static uint64_t token_of(const struct shard *shard, int64_t batch)
{
    return (uint64_t)(uint16_t)shard->id << 48 | (uint64_t)(uint16_t)shard->generation << 32 |
           (uint64_t)(uint32_t)batch;
}

int32_t publish_shard_of(uint64_t token)
{
    return (int32_t)(token >> 48);
}

bool publish_queue(struct shard *shard, int64_t batch, struct buffer *events, struct error *err)
{
    struct unpublished *item;
    size_t total;

    if (!outbox_count(buffer_view(events), &total, err)) {
        return false;
    }
    item = memory_alloc(sizeof *item);
    item->batch = batch;
    item->events = *events;
    item->total = total;
    item->since_ms = shard->member->now_ms(shard->member->clock_context);
    *events = (struct buffer){0};
    if (shard->unpublished_last != NULL) {
        shard->unpublished_last->next = item;
    } else {
        shard->unpublished_first = item;
    }
    shard->unpublished_last = item;
    shard->unpublished_bytes += item->events.size;
    atomic_fetch_add(&shard->member->metrics->outbox_backlog, 1);
    return true;
}

static bool send_event(struct shard *shard, const struct outbox_event *event, uint64_t token,
                       struct error *err)
{
    struct member *member = shard->member;
    struct outbox_texts texts;
    struct bus_message message;

    outbox_message(member->producer, event, &texts, &message);
    return member->bus->operations->send(member->bus, &message, token, err);
}

static bool send_item(struct shard *shard, struct unpublished *item, struct error *err)
{
    struct outbox_event event;
    size_t next = item->sent_bytes;

    while (outbox_next(buffer_view(&item->events), &next, &event, err)) {
        if (!send_event(shard, &event, token_of(shard, item->batch), err)) {
            return false;
        }
        item->sent_bytes = next;
        item->sent++;
    }
    return err->action == ERROR_NONE;
}

bool publish_pump(struct shard *shard, struct error *err)
{
    for (struct unpublished *item = shard->unpublished_first; item != NULL; item = item->next) {
        if (item->sent < item->total && !send_item(shard, item, err)) {
            if (err->action == ERROR_RETRY) {
                error_clear(err); /* the queue is full or the broker away: later */
                return true;
            }
            return false;
        }
    }
    return true;
}

static void pop_published(struct shard *shard)
{
    while (shard->unpublished_first != NULL &&
           shard->unpublished_first->acked == shard->unpublished_first->total) {
        struct unpublished *item = shard->unpublished_first;

        shard->unpublished_first = item->next;
        if (shard->unpublished_first == NULL) {
            shard->unpublished_last = NULL;
        }
        shard->unpublished_bytes -= item->events.size;
        atomic_fetch_sub(&shard->member->metrics->outbox_backlog, 1);
        buffer_finish(&item->events);
        free(item);
    }
}

static void note_offset(struct shard *shard, const struct bus_report *report)
{
    for (size_t i = 0; i < shard->output_count; i++) {
        struct output *output = &shard->outputs[i];

        if (output->partition == report->partition && report->topic != NULL &&
            strcmp(output->topic->name, report->topic) == 0 &&
            output->acked_offset <= report->offset) {
            output->acked_offset = report->offset + 1;
            output->changed = true;
        }
    }
}

void publish_report(struct shard *shard, const struct bus_report *report)
{
    if (shard->state != SHARD_OWNED || !report->delivered ||
        (report->token >> 32 & 0xffff) != (uint16_t)shard->generation) {
        return;
    }
    for (struct unpublished *item = shard->unpublished_first; item != NULL; item = item->next) {
        if ((uint32_t)item->batch == (uint32_t)report->token) {
            item->acked++;
            atomic_fetch_add(&shard->member->metrics->published, 1);
            note_offset(shard, report);
            break;
        }
    }
    pop_published(shard);
}

int64_t publish_prefix(const struct shard *shard)
{
    return shard->unpublished_first != NULL ? shard->unpublished_first->batch - 1 : shard->batch;
}

void publish_rewind(struct shard *shard)
{
    shard->generation = ++shard->member->generation;
    for (struct unpublished *item = shard->unpublished_first; item != NULL; item = item->next) {
        item->acked = 0;
        item->sent = 0;
        item->sent_bytes = 0;
    }
}

void publish_forget(struct shard *shard)
{
    while (shard->unpublished_first != NULL) {
        struct unpublished *item = shard->unpublished_first;

        shard->unpublished_first = item->next;
        buffer_finish(&item->events);
        free(item);
        atomic_fetch_sub(&shard->member->metrics->outbox_backlog, 1);
    }
    shard->unpublished_last = NULL;
    shard->unpublished_bytes = 0;
}
