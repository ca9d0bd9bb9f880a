#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include "common/base/arena.h"
#include "common/store/store.h"

/* A store in memory for one shard of a service. It keeps of a row what its table declares and nothing
 * else, as PostgreSQL would: a member that has no column comes back as zero. */

struct fake_row {
    const struct table *table;
    const char *owner;
    const char *id;
    void *row;
};

/** What the next commit comes to. */
enum fake_fate {
    FAKE_COMMITS,         /**< or is refused, as PostgreSQL would */
    FAKE_FENCES,          /**< somebody else took the shard over meanwhile */
    FAKE_LOSES_REPLY,     /**< committed, but nobody says so */
    FAKE_LOSES_CONNECTION /**< not committed, and nobody says so */
};

/* A growing list of structs. */
struct fake_list {
    void *items;
    size_t count;
    size_t capacity;
};

struct fake_store {
    struct store store; /**< first: what the runtime sees */
    struct arena arena;
    struct fake_row *rows; /**< ordered by table, owner, id */
    size_t row_count;
    size_t row_capacity;
    struct store_agenda *agenda; /**< without repetition */
    size_t agenda_count;
    size_t agenda_capacity;
    struct store_load *loads;
    size_t load_count;
    /* the shard's row and what hangs from it */
    int64_t incarnation;
    int64_t epoch;
    int64_t batch;
    int64_t published;
    int32_t rule_version;
    struct fake_list positions;  /**< struct store_position */
    struct fake_list sequences;  /**< struct store_sequence */
    struct fake_list heard;      /**< struct store_heard */
    struct fake_list watermarks; /**< struct store_watermark */
    struct fake_list forwarded;  /**< struct store_forwarded */
    struct fake_list outbox;     /**< struct store_outbox */
    struct fake_list quarantine; /**< struct store_quarantine; the first of an id stays */
    struct store_commit sent;    /**< what commit_receive is to answer */
    /* what a test arranges */
    int32_t own_rule_version; /**< of the binary */
    size_t agenda_max;        /**< given at a time; 0: as many as are asked for */
    const char *refused; /**< a text that no row of a table may hold: a data error; NULL: none */
    enum fake_fate next; /**< of one commit; then FAKE_COMMITS again */
};

void fake_store_init(struct fake_store *store);
void fake_store_finish(struct fake_store *store);

/** Forgets all rows, the whole agenda and what the shard knew. */
void fake_store_clear(struct fake_store *store);

/** Applies writes, agenda items done, new ones and touches. */
void fake_store_commit(struct fake_store *store, const struct store_commit *commit);

/** The rows of an owner, ordered by id; borrowed until the next commit. NULL and 0 for none. */
const struct fake_row *fake_store_rows(const struct fake_store *store, const struct table *table,
                                       const char *owner, size_t *count);

/* Between the halves of the fake: the shard's part of the interface. */
bool fake_store_takeover(struct store *base, int32_t shard, struct arena *arena,
                         struct store_takeover *out, struct error *err) MUST_CHECK;
bool fake_store_release(struct store *base, int32_t shard, int64_t epoch, int64_t published,
                        struct error *err) MUST_CHECK;
bool fake_store_commit_send(struct store *base, const struct store_commit *commit,
                            struct error *err) MUST_CHECK;
enum store_result fake_store_commit_receive(struct store *base, int32_t shard, struct error *err);

/** The rows of a table as fake_work_kept tells them. */
char *fake_store_text(const struct fake_store *store, const struct table *table,
                      struct arena *arena);

#endif
