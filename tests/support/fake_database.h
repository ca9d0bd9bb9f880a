#ifndef TESTS_FAKE_DATABASE_H
#define TESTS_FAKE_DATABASE_H

#include "common/base/arena.h"
#include "common/store/store.h"

/* The database of a service in memory: a row `shard` and what hangs from it, for each shard. It keeps of a row what
 * its table declares and nothing else, as PostgreSQL would: a member that has no column comes back as zero. What is
 * committed is never changed in place, so that a snapshot is a copy of the lists. */

struct fake_row {
    const struct table *table;
    const char *owner;
    const char *id;
    void *row;
};

/* A growing list of structs. */
struct fake_list {
    void *items;
    size_t count;
    size_t capacity;
    size_t item_bytes;
};

struct fake_store;
struct fake_transaction;

struct fake_shard {
    int32_t id;
    int64_t incarnation;
    int64_t epoch;
    int64_t batch;
    int64_t published;
    int32_t rule_version;
    struct fake_list rows;         /**< struct fake_row, ordered by table, owner, id */
    struct fake_list agenda;       /**< struct store_agenda, without repetition */
    struct fake_list positions;    /**< struct store_position */
    struct fake_list sequences;    /**< struct store_sequence */
    struct fake_list heard;        /**< struct store_heard */
    struct fake_list watermarks;   /**< struct store_watermark */
    struct fake_list forwarded;    /**< struct store_forwarded */
    struct fake_list replays;      /**< struct store_replay */
    struct fake_list outbox;       /**< struct store_outbox */
    struct fake_list quarantine;   /**< struct store_quarantine; the first of an id stays */
    struct fake_transaction *lock; /**< who holds the row; NULL: nobody */
};

enum fake_transaction_state {
    FAKE_QUEUED,  /**< with the server, not begun */
    FAKE_LOCKING, /**< advance() has passed: the row is held */
    FAKE_DONE,    /**< `result` says how */
};

struct fake_transaction {
    struct fake_store *sender;  /**< NULL: its connection is gone */
    struct store_commit commit; /**< a copy of all that it points to */
    struct arena arena;
    int32_t rule_version; /**< of the sender's binary */
    enum fake_transaction_state state;
    enum store_result result;
};

struct fake_database {
    struct arena arena;
    struct fake_shard *shards;
    size_t shard_count;
    struct fake_transaction **late; /**< those without a sender that may still be worked off */
    size_t late_count;
    size_t late_capacity;
    const char *refused; /**< a text that no row of a table may hold: a data error; NULL: none */
    bool keeps_outbox;   /**< published batches are never pruned */
    /** Told of each commit, before it is applied. NULL: nobody looks. */
    void (*watch)(void *context, const struct fake_shard *shard, const struct store_commit *commit);
    void *watch_context;
};

/** Shards 0 .. count - 1 at incarnation 1. */
void fake_database_init(struct fake_database *database, size_t shard_count);
void fake_database_finish(struct fake_database *database);
/** As new, but for what a test arranged. */
void fake_database_clear(struct fake_database *database);

/** NULL: no such row. */
struct fake_shard *fake_database_shard(const struct fake_database *database, int32_t id);

/** The same, once whoever holds its row has committed, as an UPDATE from outside waits for it. */
struct fake_shard *fake_database_lock(struct fake_database *database, int32_t id);

/** Applies writes, agenda items done, new ones and touches, and nothing of the shard's row. */
void fake_database_write(struct fake_database *database, const struct store_commit *commit);

/** A copy of the shards that later commits do not change; give it back or restore it. */
struct fake_shard *fake_database_snapshot(const struct fake_database *database);
void fake_database_restore(struct fake_database *database, struct fake_shard *snapshot);
void fake_database_forget_snapshot(const struct fake_database *database,
                                   struct fake_shard *snapshot);

/** A copy of a commit on its way. */
struct fake_transaction *fake_transaction_create(struct fake_store *sender,
                                                 const struct store_commit *commit,
                                                 int32_t rule_version);
void fake_transaction_destroy(struct fake_transaction *transaction);
/** Does what advance() does, and holds the row. A row that another holds ends that one's transaction, or waits for
 *  it: `others_commit`. */
void fake_transaction_begin(struct fake_database *database, struct fake_transaction *transaction);
/** The rest, and COMMIT or ROLLBACK. */
void fake_transaction_end(struct fake_database *database, struct fake_transaction *transaction,
                          bool commits);
/** Its sender is gone: it is worked off by fake_database_work_off, or never. Takes it over. */
void fake_transaction_abandon(struct fake_database *database, struct fake_transaction *transaction);
/** Ends one of the transactions that nobody waits for any more; false: there is none. */
bool fake_database_work_off(struct fake_database *database, bool commits);

/** The rows of an owner, ordered by id; borrowed until the next commit. NULL and 0 for none. */
const struct fake_row *fake_shard_rows(const struct fake_shard *shard, const struct table *table,
                                       const char *owner, size_t *count);

/** The rows of a table as fake_work_kept tells them. */
char *fake_shard_text(const struct fake_shard *shard, const struct table *table,
                      struct arena *arena);

#endif
