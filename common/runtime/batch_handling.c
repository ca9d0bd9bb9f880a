#include "common/runtime/batch_handling.h"

#include "common/base/text.h"
#include "common/runtime/batch_reading.h"
#include "common/runtime/replay.h"
#include "events.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { INSTITUTION_BYTES_MAX = 64, OUTBOX_BYTES_MAX = 16 * 1024 * 1024 };

static const struct handler *handler_among(const struct handler *handler, const char *type)
{
    while (handler != NULL && handler->type != NULL && strcmp(handler->type, type) != 0) {
        handler++;
    }
    return handler != NULL && handler->type != NULL ? handler : NULL;
}

static const struct handler *handler_of(const struct member *member, const struct intake *item)
{
    const struct service *service = member->service;

    return item->type == NULL
               ? NULL
               : handler_among(item->input == INTAKE_OWN ? service->recalls : service->handlers,
                               item->type);
}

static struct message message_of(const struct intake *item)
{
    return (struct message){.type = item->type,
                            .topic = item->log,
                            .partition = item->partition,
                            .offset = item->offset,
                            .key = item->key,
                            .traceparent = item->traceparent,
                            .event = item->event,
                            .refused = item->inbox != NULL ? item->rejected.about[0] : NULL};
}

bool batch_is_handled(const struct shard *shard, const struct intake *item)
{
    return !item->passed_over && item->rejected.why == REJECTION_NONE &&
           handler_of(shard->member, item) != NULL;
}

bool batch_load_needs(struct shard *shard, bool *sent, struct error *err)
{
    const size_t size = batch_size(shard);

    for (size_t i = 0; i < size; i++) {
        const struct intake *item = &shard->backlog[i];

        if (batch_is_handled(shard, item)) {
            const struct handler *handler = handler_of(shard->member, item);
            const struct message message = message_of(item);

            if (handler->needs != NULL) {
                handler->needs(shard->work, &message);
            }
        }
    }
    return work_load_send(shard->work, sent, err);
}

/* Whose a message is: its key begins with it. NULL: nobody can tell. */
static const char *institution_of(struct shard *shard, const struct intake *item)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const size_t length = item->key != NULL ? strspn(item->key, allowed) : 0;

    if (length > 0 && length <= INSTITUTION_BYTES_MAX && item->key[length] == '/') {
        return arena_text(work_arena(shard->work), item->key, length);
    }
    return shard->member->institution;
}

/* An agenda item has no offset: its kind, key and due day name it. */
static bool set_aside(struct shard *shard, const struct intake *item, struct error *err)
{
    struct arena *arena = work_arena(shard->work);
    const bool agenda = item->input == INTAKE_AGENDA;
    struct setting_aside aside = {
        .institution = institution_of(shard, item),
        .source =
            agenda ? arena_format(arena, "%s/%s/%s", item->log, item->type, item->key) : item->log,
        .position = agenda ? item->due : item->offset,
        .payload = item->payload};

    rejection_tell(&item->rejected, agenda, arena, &aside);
    return work_set_aside(shard->work, &aside, err);
}

/* What the service said itself: its bytes are its own, so that they cannot be set aside. */
static bool recall(struct shard *shard, struct intake *item, struct error *err)
{
    const struct handler *handler = handler_of(shard->member, item);
    const struct message message = message_of(item);

    if (item->rejected.why != REJECTION_NONE) {
        return error_set(err, ERROR_FATAL, "its own event cannot be read");
    }
    work_recalled(shard->work, item);
    if (intake_is_day_closed(item)) {
        replay_recall_day(shard, item);
    }
    return handler == NULL || handler->on(shard->work, &message, err);
}

static bool handle(struct shard *shard, struct intake *item, struct error *err)
{
    const struct handler *handler;
    struct message message;

    if (item->passed_over) {
        return true;
    }
    work_set_message(shard->work, item);
    if (item->input == INTAKE_OWN) {
        return recall(shard, item, err);
    }
    if (item->rejected.why != REJECTION_NONE && item->inbox == NULL) {
        return set_aside(shard, item, err);
    }
    if (intake_is_day_closed(item)) {
        const struct day_closed *closed = item->event;

        watermark_hear(shard, item->log, item->producer, closed->institution, closed->day);
        shard->agenda_due = watermark_recompute(shard) || shard->agenda_due;
        return true;
    }
    handler = handler_of(shard->member, item);
    message = message_of(item);
    return handler == NULL || handler->on(shard->work, &message, err);
}

/* The messages one by one. `culprit`: the one that was refused. */
static bool take_messages(struct shard *shard, struct intake **culprit, struct error *err)
{
    for (size_t i = 0; i < batch_size(shard); i++) {
        if (!handle(shard, &shard->backlog[i], err)) {
            *culprit = &shard->backlog[i];
            return false;
        }
    }
    return true;
}

/* Then what they asked to be judged once. `culprit` stays NULL when it may be any of several who asked. */
static bool settle(struct shard *shard, struct intake **culprit, struct error *err)
{
    struct settlement *items;
    const size_t count = work_settlements(shard->work, &items);

    for (size_t i = 0; i < count; i++) {
        const struct handler *handler =
            handler_among(shard->member->service->handlers, items[i].kind);
        const struct message message = {.type = items[i].kind,
                                        .topic = "agenda",
                                        .key = items[i].owner,
                                        .traceparent = items[i].by->traceparent};

        assert(handler != NULL && "what is settled has a handler");
        work_set_message(shard->work, items[i].by);
        if (!handler->on(shard->work, &message, err)) {
            if (!items[i].shared) {
                *culprit = &shard->backlog[items[i].by - shard->backlog];
            }
            return false;
        }
    }
    return true;
}

/* From state read again: nothing that was half made stays. */
static bool decide_anew(struct shard *shard, struct error *err)
{
    bool sent;

    cache_drop(shard->cache);
    work_restart(shard->work);
    return batch_load_needs(shard, &sent, err) && (!sent || work_load_receive(shard->work, err));
}

static void refuse(struct shard *shard, struct intake *culprit, struct error *err)
{
    culprit->rejected =
        (struct rejection){.why = REJECTION_REFUSED,
                           .found = culprit->key,
                           .about = {arena_copy(&shard->backlog_arena, err->message)}};
    error_clear(err);
}

/* What cannot even be set aside never could, however often it is tried. */
static bool give_up(const struct intake *culprit, struct error *err)
{
    err->action = err->action == ERROR_REJECT ? ERROR_FATAL : err->action;
    return culprit != NULL ? error_prefix(err, "%s at %s@%" PRId64, culprit->type, culprit->log,
                                          culprit->offset)
                           : false;
}

/* Runs the handlers over the batch. A refused message is marked and the batch decided anew without it. By halves
 * is decided anew a batch that says more than is sensible in one transaction, and one of which a judgement is refused
 * that several asked for: the one to blame is set aside as if they had come one by one. */
bool batch_run_handlers(struct shard *shard, struct error *err)
{
    for (;;) {
        struct intake *culprit = NULL;

        if (take_messages(shard, &culprit, err) && settle(shard, &culprit, err)) {
            if (work_outbox(shard->work)->size <= OUTBOX_BYTES_MAX || batch_size(shard) == 1) {
                return true;
            }
            shard->batch_limit = batch_size(shard) / 2;
        } else if (err->action == ERROR_REJECT && culprit == NULL) {
            error_clear(err);
            shard->batch_limit = batch_size(shard) / 2;
        } else if (err->action == ERROR_REJECT && culprit->rejected.why == REJECTION_NONE) {
            refuse(shard, culprit, err);
        } else {
            return give_up(culprit, err);
        }
        if (!decide_anew(shard, err)) {
            return false;
        }
    }
}
