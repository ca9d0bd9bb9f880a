#ifndef COMMON_STORE_H
#define COMMON_STORE_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/store/table.h"

#include <stddef.h>
#include <stdint.h>

/** Where a shard goes on reading: one per input (a topic, or `file/<sha256>` of a gateway). */
struct store_position {
    const char *topic;
    int64_t next_offset;
};

/** Of a shard whose state is made anew from its topics: an input, and where it ended when that was asked for. */
struct store_replay {
    const char *topic;
    int64_t until; /**< offset behind the last record */
};

/** Last sequence given out on one output partition, and the offset up to which it is acknowledged. */
struct store_sequence {
    const char *topic;
    int32_t partition;
    int64_t incarnation;
    int64_t seq;
    int64_t acked_offset; /**< next offset after the last acknowledged record; 0: none known */
};

/** Last sequence heard from one shard of a producer on one topic. */
struct store_heard {
    const char *producer; /**< ce_source without the topic: "contracts", "gateway.imss" */
    int32_t producer_shard;
    const char *topic;
    int64_t incarnation;
    int64_t seq;
    bool gap; /**< what came after it waits for something before to be sent again */
};

struct store_watermark {
    const char *topic;
    const char *producer;
    const char *institution;
    int32_t day;
};

struct store_forwarded {
    const char *institution;
    int32_t day;
};

/** Something to be looked at again when `due` (days since 1970) is reached for the institution that
 *  `key` begins with; STORE_DUE_NOW is due at once, whatever the day. */
struct store_agenda {
    int32_t due;
    const char *kind;
    const char *key; /**< an owner: begins with "<institution>/" */
    const char
        *traceparent; /**< of what put it there first; may be NULL; does not tell items apart */
};
enum { STORE_DUE_NOW = -2147483647 };

/** One committed batch of emitted messages, as the runtime serialised it. */
struct store_outbox {
    int64_t batch;
    struct bytes events;
};

struct store_quarantine {
    const char *id;
    const char *institution; /**< may be NULL, as column, found, expected */
    const char *source;
    int64_t position;
    const char *column;
    const char *found;
    const char *expected;
    const char *reason;
    const char *action;
    struct bytes payload;
};

/** What a takeover finds. All memory belongs to the arena passed to it. */
struct store_takeover {
    int64_t incarnation;
    int64_t epoch;
    int64_t batch; /**< last committed batch */
    int64_t published;
    int32_t rule_version; /**< of the binary that last owned it */
    struct store_position *positions;
    size_t position_count;
    struct store_sequence *sequences;
    size_t sequence_count;
    struct store_heard *heard;
    size_t heard_count;
    struct store_watermark *watermarks;
    size_t watermark_count;
    struct store_forwarded *forwarded;
    size_t forwarded_count;
    struct store_replay *replays; /**< none: the shard goes on from where it was */
    size_t replay_count;
    struct store_outbox *unpublished; /**< batches above `published`, ascending */
    size_t unpublished_count;
};

/** Rows of one table to be loaded: all rows of these owners. */
struct store_load {
    const struct table *table;
    const char *const *owners; /**< distinct */
    size_t owner_count;
    /* filled by load_receive, in the arena: */
    void *
        *rows; /**< structs of table->row_bytes, ordered by owner then id (bytewise, COLLATE "C") */
    size_t row_count;
};

struct store_write {
    const struct table *table;
    void *const *rows; /**< distinct keys */
    size_t row_count;
};

/** Puts every owner of `table` that starts with `prefix` on the agenda (due now), after the writes. */
struct store_touch {
    const struct table *table;
    const char *kind;
    const char *prefix;
    const char *traceparent; /**< of what touches; may be NULL */
};

struct store_advance {
    const char *topic;
    int64_t from; /**< what input_position must hold now (0 when it has no row yet) */
    int64_t to;
};

/** One transaction. Only what differs from empty is sent; round trips stay constant. */
struct store_commit {
    int32_t shard;
    int64_t incarnation;
    int64_t epoch;
    int64_t batch; /**< the new number: last committed + 1 */
    const struct store_advance *advances;
    size_t advance_count;
    const struct store_write *writes;
    size_t write_count;
    const struct store_touch *touches;
    size_t touch_count;
    const struct store_sequence *sequences; /**< changed ones */
    size_t sequence_count;
    const struct store_heard *heard; /**< changed ones */
    size_t heard_count;
    const struct store_watermark *watermarks; /**< changed ones */
    size_t watermark_count;
    const struct store_forwarded *forwarded; /**< changed ones */
    size_t forwarded_count;
    const struct store_agenda *later; /**< added; repeated ones are one */
    size_t later_count;
    const struct store_agenda *done; /**< removed before `later` and `touches` are added */
    size_t done_count;
    const struct store_quarantine *quarantine;
    size_t quarantine_count;
    bool replayed;       /**< the replay that takeover told of is over */
    struct bytes outbox; /**< empty: no outbox row */
    int64_t published;   /**< contiguous acknowledged prefix known now */
    int64_t
        prune_through; /**< outbox rows with batch <= this one and older than the keep time go */
};

enum store_result {
    STORE_COMMITTED,
    STORE_FENCED,     /**< advance() raised: the shard is lost */
    STORE_UNKNOWN,    /**< the connection died in between: committed or not */
    STORE_DATA_ERROR, /**< SQLSTATE class 22 or 23: one message is at fault */
    STORE_RETRY,      /**< certainly not committed, worth trying again */
    STORE_FATAL,
};

/** Where a shard is, as one server sees it. */
enum store_place {
    STORE_ABSENT, /**< it has no row of it and never gave it away */
    STORE_HERE,   /**< it holds its row, also while it is being moved away */
    STORE_LEFT,   /**< the shard was moved to another server */
};

/** The state of a service's shards. One real half (store_pg.h); the simulator has its own. A shard stays
 *  on the connection that it was taken on. Sends and receives of several shards may be outstanding at
 *  a time; within one shard they alternate. */
struct store {
    const struct store_operations *operations;
};

struct store_operations {
    /** Where the shard is. One round trip. */
    bool (*find)(struct store *store, int32_t shard, enum store_place *out,
                 struct error *err) MUST_CHECK;
    /** Raises the epoch of a shard and reads its state. Missing row or newer rule_version: FATAL; one that is being
     *  moved to another server, or was: RETRY. A holder that does not yield within the lock timeout is terminated by
     *  its backend pid. */
    bool (*takeover)(struct store *store, int32_t shard, struct arena *arena,
                     struct store_takeover *out, struct error *err) MUST_CHECK;
    /** Clears the owner of a shard that is given up in peace (revoke, shutdown), saving `published`. */
    bool (*release)(struct store *store, int32_t shard, int64_t epoch, int64_t published,
                    struct error *err) MUST_CHECK;
    /** Whether nobody took the shard over since it was taken at that epoch. One round trip. */
    bool (*owns)(struct store *store, int32_t shard, int64_t epoch, bool *out,
                 struct error *err) MUST_CHECK;
    /** Sends one query per table, all in one round trip. `loads` must stay until received. */
    bool (*load_send)(struct store *store, int32_t shard, struct store_load *loads, size_t count,
                      struct error *err) MUST_CHECK;
    bool (*load_receive)(struct store *store, int32_t shard, struct arena *arena,
                         struct error *err) MUST_CHECK;
    /** Up to `limit` agenda items that are due: due <= days[i] for the institution institutions[i], or
     *  STORE_DUE_NOW of any; ordered by (due, kind, key). One round trip. */
    bool (*agenda)(struct store *store, int32_t shard, const char *const *institutions,
                   const int32_t *days, size_t count, size_t limit, struct arena *arena,
                   struct store_agenda **out, size_t *out_count, struct error *err) MUST_CHECK;
    /** How many agenda items the shard has, due or not; counts no further than `limit`. One round trip. */
    bool (*agenda_size)(struct store *store, int32_t shard, int64_t limit, int64_t *out,
                        struct error *err) MUST_CHECK;
    bool (*commit_send)(struct store *store, const struct store_commit *commit,
                        struct error *err) MUST_CHECK;
    enum store_result (*commit_receive)(struct store *store, int32_t shard, struct error *err);
    /** Outbox batches first..last that are still kept (for re-publishing), ascending. */
    bool (*outbox)(struct store *store, int32_t shard, int64_t first, int64_t last,
                   struct arena *arena, struct store_outbox **out, size_t *out_count,
                   struct error *err) MUST_CHECK;
    void (*destroy)(struct store *store);
};

#endif
