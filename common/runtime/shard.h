#ifndef COMMON_RUNTIME_SHARD_H
#define COMMON_RUNTIME_SHARD_H

#include "common/avro/registry.h"
#include "common/avro/topic.h"
#include "common/base/log.h"
#include "common/bus/bus.h"
#include "common/runtime/board.h"
#include "common/runtime/cache.h"
#include "common/runtime/histogram.h"
#include "common/runtime/metrics.h"
#include "common/runtime/outbox.h"
#include "common/runtime/rejection.h"
#include "common/runtime/service.h"
#include "common/store/store.h"

/* Inside of the runtime: nothing here is for services. */

/** An input, resolved against deploy/topics.json. */
struct input {
    const struct topic_declaration *topic;
    bool sequenced; /**< dense sequences: duplicates and gaps are told from them */
};

/** What all shards of a process share. */
struct member {
    const struct service *service;
    const char *producer;    /**< service name, or "gateway.<institution>" */
    const char *institution; /**< of a gateway; NULL elsewhere */
    struct input *inputs;
    size_t input_count;
    int32_t shard_count; /**< partitions of the internal topics */
    struct bus *bus;
    struct store *store;
    struct registry *registry;
    struct metrics *metrics;
    struct board *board; /**< what the http thread is shown; NULL: nobody looks */
    struct log_context log;
    const char *(*setting)(const void *context, const char *name);
    const void *setting_context;
    int64_t (*now_ms)(void *context); /**< monotonic; for waits, never for judgements */
    void *clock_context;
    size_t batch_messages;
    size_t cache_bytes; /**< of each shard */
    size_t unpublished_bytes_max;
    size_t message_bytes_max; /**< of one event with its key and headers; 0: any */
    struct histogram batch_rows;
    struct histogram batch_seconds; /**< in milliseconds, told in seconds */
    uint32_t generation;       /**< of what was sent: reports of older ones count for nothing */
    int64_t schemas_offset;    /**< `_schemas` is learnt up to here */
    int64_t schemas_looked_ms; /**< when it was last read on */
};

/* member.c */
/** Reads `_schemas` on to its end. */
bool member_learn_schemas(struct member *member, struct error *err) MUST_CHECK;
/** The same every few seconds, for services that show schemas: those of topics they do not read come
 *  to them in no other way. A broker that is away only delays it. */
bool member_watch_schemas(struct member *member, struct error *err) MUST_CHECK;

/** The topic that a service declares under a name, in which `*` is the gateway's institution; NULL: there is none. */
const struct topic_declaration *member_topic(const struct member *member, const char *declared);

/** A message, row or agenda item that waits to be worked off. */
struct intake {
    size_t input;    /**< index in member.inputs; INTAKE_FEED, INTAKE_AGENDA, INTAKE_OWN */
    const char *log; /**< topic, or log of the feed */
    int32_t partition;
    int64_t offset;
    const char *type;
    const char *key;
    const char *traceparent;
    const char *producer; /**< NULL: no sequence */
    int32_t producer_shard;
    int64_t incarnation;
    int64_t seq;
    struct bytes payload;
    struct inbox_message *inbox; /**< of a message of an inbox; else NULL */
    const void *event;
    int32_t due;               /**< agenda items */
    bool passed_over;          /**< duplicate or gap: only the position moves */
    bool gap;                  /**< passed over, for something before it is missing */
    struct rejection rejected; /**< why it goes to quarantine, if it does */
    int64_t timestamp_ms;      /**< of the message, when it was sent; 0 where there is none */
};
enum { INTAKE_FEED = 1 << 20, INTAKE_AGENDA, INTAKE_OWN };

/** A committed batch that is not yet acknowledged whole. */
struct unpublished {
    struct unpublished *next;
    int64_t batch;
    struct buffer events;
    size_t total;
    size_t acked;
    size_t sent;       /**< events handed to the bus */
    size_t sent_bytes; /**< offset of the first one that is not */
    int64_t since_ms;  /**< monotonic: committed, or found at takeover */
};

struct heard {
    char *producer;
    int32_t shard;
    char *topic;
    int64_t incarnation;
    int64_t seq;
    int64_t taken_incarnation; /**< with what waits in the backlog */
    int64_t taken_seq;
    int64_t pending_incarnation; /**< of the batch in flight */
    int64_t pending_seq;         /**< 0: nothing of it */
    bool gap;             /**< as committed: what came behind what is missing was passed over */
    bool pending_gap;     /**< as the batch in flight leaves it */
    int64_t gap_since_ms; /**< 0: no gap is open; since the takeover, if it was open before */
    int64_t gap_told_ms;  /**< when the log last spoke of it */
};

struct output {
    const struct topic_declaration *topic;
    int32_t partition;
    int64_t incarnation;
    int64_t seq;
    int64_t acked_offset;
    bool changed;
};

struct watermark {
    char *topic;
    char *producer;
    char *institution;
    int32_t day;
    bool changed;
};

/** An institution's day in a shard. */
struct closed_day {
    char *institution;
    int32_t day;
    bool reached;
    int32_t forwarded;
    bool was_forwarded;
    bool forwarding; /**< by the batch in flight, up to `day` */
};

struct log_position {
    char *log;
    int64_t committed;
    int64_t taken;           /**< behind what is in the backlog */
    int64_t behind_since_ms; /**< monotonic: messages wait since then; 0: none does */
    int64_t replay_until;    /**< of a shard that replays: read silently up to here */
};

struct work;

/** The one message that PostgreSQL refused, found by halving; it outlives a takeover. */
struct culprit {
    char *log;  /**< NULL: none */
    char *kind; /**< of an agenda item, as key and due; those have no offset */
    char *key;
    int32_t due;
    int64_t offset;
    char *reason;
};

enum shard_state {
    SHARD_ELSEWHERE, /**< not assigned to this member */
    SHARD_WAITING,   /**< assigned; to be taken over at `retry_at_ms` */
    SHARD_OWNED,
};

struct shard {
    struct member *member;
    int32_t id;
    enum shard_state state;
    int64_t retry_at_ms;
    int32_t failures;
    int64_t incarnation;
    int64_t epoch;
    int64_t batch;
    int64_t published_saved; /**< what the store knows of publish_prefix */
    struct log_position *positions;
    size_t position_count;
    struct heard *heard;
    size_t heard_count;
    struct output *outputs;
    size_t output_count;
    struct watermark *watermarks;
    size_t watermark_count;
    struct closed_day *days;
    size_t day_count;
    struct cache *cache;
    struct arena backlog_arena;
    struct intake *backlog;
    size_t backlog_count;
    size_t backlog_capacity;
    struct arena deferred_arena;
    struct intake *deferred; /**< clock messages that wait for the feed */
    size_t deferred_count;
    size_t deferred_capacity;
    uint64_t deferred_ticket;
    bool deferred_end_known;
    int64_t deferred_end; /**< of the inbox, as it was seen after the last of them */
    bool agenda_due;      /**< the agenda may hold items that are due */
    size_t agenda_taken;  /**< agenda items in the backlog */
    bool recalling;       /**< the backlog holds what it said itself */
    bool replaying;       /**< it says nothing: its state is made anew (replay.h) */
    bool replayed; /**< the next batch ends that, and puts on the agenda all that is judged */
    char **told;   /**< sorted ids of what it set aside before it replayed */
    size_t told_count;
    bool rules_rose; /**< the next batch puts on the agenda what newer rules judge anew */
    size_t batch_limit;
    struct culprit culprit;
    struct unpublished *unpublished_first;
    struct unpublished *unpublished_last;
    size_t unpublished_bytes;
    uint32_t generation;
    int64_t published_sent; /**< what the batch in flight saves */
    bool load_sent;
    void *feed;
    bool feed_open;
    struct work *work;   /**< of the batch in flight; NULL: none */
    int64_t begun_ms;    /**< when it began */
    int64_t agenda_size; /**< when last counted */
    int64_t agenda_counted_ms;
};

/* state.c: what a shard knows */
void shard_init(struct shard *shard, struct member *member, int32_t id);
/** Forgets everything of an ownership; the shard is SHARD_ELSEWHERE or SHARD_WAITING then. */
void shard_forget(struct shard *shard);
void shard_finish(struct shard *shard);
/** The next time this message is taken, it goes to quarantine. */
void shard_convict(struct shard *shard, const struct intake *item, const char *reason);
bool shard_is_convicted(const struct shard *shard, const struct intake *item);
/** It has been set aside: what comes under the same name later is another message. */
void shard_acquit(struct shard *shard);
struct log_position *shard_position(struct shard *shard, const char *log);
struct heard *shard_heard(struct shard *shard, const char *producer, int32_t producer_shard,
                          const char *topic);
struct output *shard_output(struct shard *shard, const struct topic_declaration *topic,
                            int32_t partition);

/* state.c: days */
/** Takes a DayClosed heard on `topic` from `producer`. */
void watermark_hear(struct shard *shard, const char *topic, const char *producer,
                    const char *institution, int32_t day);
/** Recomputes the day of each institution; true when one moved. */
bool watermark_recompute(struct shard *shard);
struct closed_day *watermark_day(struct shard *shard, const char *institution);

/* takeover.c */
struct takeover {
    struct shard *shard;
    bool taken; /**< its epoch is ours, its state known */
    bool lost;  /**< its outputs hold events of a lower incarnation: `abasto restore` was run */
    struct error fault; /**< why it is not owned: try again later */
};
/** Takes shards over together: state from the store, then the tails of all their outputs checked, unpublished batches
 *  queued. Each is SHARD_OWNED then, or forgotten and its fault says why. `count` is 1 at least. False: FATAL, the
 *  process must stop. */
bool shards_take_over(struct takeover *takeovers, size_t count, struct error *err) MUST_CHECK;
bool shard_release(struct shard *shard, struct error *err) MUST_CHECK;

/* recall.c */
/** Reads one output from `acked_offset` on and lets the service recall its own events that its database does not know,
 *  all of a lower incarnation: batch by batch, so that what is read moves the output's sequence on. Commits; RETRY when
 *  the shard is somebody else's. */
bool recall_output(struct shard *shard, const struct topic_declaration *topic, int32_t partition,
                   struct error *err) MUST_CHECK;

/* intake.c */
bool intake_is_day_closed(const struct intake *item);
/** Takes one message of the bus into the backlog (or passes it over). */
void shard_take(struct shard *shard, const struct bus_message *message);
/** Adds due agenda items to the backlog; when it is empty, rows of the feed, then clock messages that
 *  waited for them. */
bool shard_refill(struct shard *shard, struct error *err) MUST_CHECK;
/** How long the oldest open gap has been open, 0 for none; logs an error once a minute for each that stays. */
int64_t shard_watch_gaps(struct shard *shard, int64_t now_ms);
/** One more at the end of the backlog, zeroed. */
struct intake *shard_backlog_add(struct shard *shard);
/** Removes the first `count` of the backlog. */
void shard_backlog_drop(struct shard *shard, size_t count);

/* inbox.c */
/** Takes the headers of a message of an inbox. */
void inbox_take(struct shard *shard, const struct bus_message *message, struct arena *arena,
                struct intake *item);
/** Reads it and asks the feed for its event. `*looked`: `_schemas` was read to its end since the message came. */
bool inbox_decode(struct shard *shard, struct intake *item, bool *looked,
                  struct error *err) MUST_CHECK;
/** Whether the shard has taken its inbox up to the end that was seen first since a clock message was put aside. */
bool inbox_reached(struct shard *shard, bool *reached, struct error *err) MUST_CHECK;

/* batch.c: a batch in three phases, so that several shards' can be in flight */
enum batch_outcome {
    BATCH_NONE, /**< nothing to do */
    BATCH_BEGUN,
    BATCH_DONE,
    BATCH_LOST,   /**< take the shard over again */
    BATCH_FENCED, /**< somebody else owns it */
    BATCH_FATAL,
};
enum batch_outcome batch_begin(struct shard *shard, struct error *err);
enum batch_outcome batch_decide(struct shard *shard, struct error *err);
enum batch_outcome batch_settle(struct shard *shard, struct error *err);

/* publish.c */
/** Queues a committed batch for sending; takes the buffer over. */
bool publish_queue(struct shard *shard, int64_t batch, struct buffer *events,
                   struct error *err) MUST_CHECK;
/** Sends what is not sent. A full queue is no error: the next call goes on. */
bool publish_pump(struct shard *shard, struct error *err) MUST_CHECK;
void publish_report(struct shard *shard, const struct bus_report *report);
/** After bus.reset: everything unacknowledged is to be sent again. */
void publish_rewind(struct shard *shard);
void publish_forget(struct shard *shard);
/** Every batch up to this one is acknowledged whole. */
int64_t publish_prefix(const struct shard *shard);
/** Which shard a report is for. */
int32_t publish_shard_of(uint64_t token);

/* work.c; what handlers call of it, and work_emit.c, is in work.h */
struct work *work_begin(struct shard *shard);
/** Forgets all that was put and needed; the batch is decided anew. */
void work_restart(struct work *work);
void work_end(struct work *work);
/** Sends the queries for what was needed and is not cached; false when nothing is to be loaded. */
bool work_load_send(struct work *work, bool *sent, struct error *err) MUST_CHECK;
bool work_load_receive(struct work *work, struct error *err) MUST_CHECK;
void work_set_message(struct work *work, const struct intake *intake);
/** The output that an event of its own stands on goes on behind it. */
void work_recalled(struct work *work, const struct intake *item);
/** Fills in what handlers put; memory belongs to the work. */
void work_fill_commit(struct work *work, struct store_commit *commit);
/** What work_settle asked for, each once, in the order of kind and owner. */
struct settlement {
    const char *kind;
    const char *owner;
    const struct intake *by; /**< the last message that asked for it */
    bool shared;             /**< others of the batch asked for it too */
};
size_t work_settlements(struct work *work, struct settlement **out);
bool work_is_empty(const struct work *work);
/** After COMMITTED: rows go home to the cache, sequences stand. */
void work_committed(struct work *work);
struct buffer *work_outbox(struct work *work);
/** Whether something is due at once after this batch. */
bool work_left_due(const struct work *work);

#endif
