#ifndef COMMON_SERVICE_H
#define COMMON_SERVICE_H

#include "common/base/error.h"
#include "common/runtime/inbox_message.h"
#include "common/runtime/route.h"
#include "common/runtime/work.h"

/** What a service does with one type of message. */
struct handler {
    const char *type; /**< full name of the event, kind of the agenda item, or record of the feed */
    void (*needs)(struct work *work, const struct message *message);
    bool (*on)(struct work *work, const struct message *message, struct error *err);
};

/** A setting of a service beside those of the runtime. */
struct setting {
    const char *name;     /**< environment variable: ABASTO_DROP_FOLDER */
    const char *fallback; /**< NULL: required */
    const char *help;     /**< Spanish */
};

struct feed_batch;

/** A log of the service that is no topic: a gateway's files. Its records enter the same batches, with
 *  the same positions, as messages do. */
struct feed {
    /** `settings` looks a setting up by name. */
    bool (*open)(void **feed, const char *(*settings)(const void *context, const char *name),
                 const void *context, struct error *err);
    /** Adds records with feed_put, in order, at most `max`. `position(context, log)` is where to go on. */
    bool (*poll)(void *feed, struct feed_batch *batch, size_t max, struct error *err);
    /** Everything up to `next_offset` of `log` is durable. Must be safe to repeat. */
    bool (*committed)(void *feed, const char *log, int64_t next_offset, struct error *err);
    /** A ticket for "all that is there now"; and whether it has been worked off. */
    uint64_t (*mark)(void *feed);
    bool (*reached)(void *feed, uint64_t ticket);
    void (*close)(void *feed);
    /** The event that a message of an inbox is handled with; in the arena. What cannot be read is said in it:
     *  never fails. NULL: the service reads no inbox. */
    const void *(*inbox)(void *feed, const struct inbox_message *message, struct arena *arena);
};

/** Called by feed.poll. `event` must live in the arena of the batch (feed_arena). Without a traceparent the record
 *  begins a trace, the same one whenever it is read. */
void feed_put(struct feed_batch *batch, const char *log, int64_t offset, const char *type,
              const char *key, const char *traceparent, const void *event);
struct arena *feed_arena(struct feed_batch *batch);
/** Next offset wanted of a log: 0 for one never read. */
int64_t feed_position(const struct feed_batch *batch, const char *log);

/** What is judged anew when rule_version rises, or when the state was made anew from topics: each owner of the table is
 *  handled as an agenda item. Whatever a judgement was or may be of must be among them. */
struct rejudge {
    const struct table *table;
    const char *kind;
};

/** A service is a declaration; the runtime does the rest. */
struct service {
    const char *name;          /**< "deliveries"; a gateway's producer name gets ".<institution>" */
    const char *const *inputs; /**< topics, NULL-terminated; `*` in a name is the institution */
    const char *const *outputs;        /**< the same */
    const struct table *const *tables; /**< NULL-terminated */
    const struct view *views;          /**< over them, for who reads by SQL; NULL: none */
    const struct handler *handlers;    /**< ends with a zeroed one */
    /** What becomes of an event of its own that its database lost (recall.h): it was the last that was said. Must emit
     *  nothing. Ends with a zeroed one; NULL: it says nothing that a later judgement is compared with. */
    const struct handler *recalls;
    const struct setting *settings; /**< ends with a zeroed one; NULL: none */
    const struct feed *feed;        /**< NULL: none */
    const struct route
        *routes; /**< of its own on the internal port; ends with a zeroed one; NULL: none */
    bool per_institution;          /**< one deployment per institution, one shard, routes by key */
    int32_t rule_version;          /**< raised when a judgement's rule changes; >= 1 */
    const struct rejudge *rejudge; /**< ends with a zeroed one; NULL: nothing is judged anew */
};

/** main() of every service: configuration, signals, loop, http. Returns the exit status. */
int service_main(const struct service *service, int argc, char **argv);

#endif
