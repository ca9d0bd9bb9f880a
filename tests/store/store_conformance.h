#ifndef TESTS_STORE_CONFORMANCE_H
#define TESTS_STORE_CONFORMANCE_H

#include "common/store/store.h"

/* What every store must do: asked of PostgreSQL, and of the one in memory that the simulator rests on. */

/** A kind of store, and what only its own means can arrange. */
struct store_pair {
    /** A database with shards 0 .. shards - 1, fresh. `tables` ends with NULL. */
    void (*set_up)(const struct table *const *tables, int32_t rule_version, int32_t shards);
    void (*tear_down)(void);
    /** One more client, with one connection. */
    struct store *(*open)(void);
    /** The connection dies on which the shard was taken. */
    void (*cut)(int32_t shard);
    /** Some process takes the shard over, and stops in the middle of its first batch, holding the shard's row. */
    void (*hold)(int32_t shard);
    /** It wakes and goes on: whether its commit stands. */
    bool (*holder_commits)(void);
    /** The rules that last judged the shard were these. */
    void (*set_rules)(int32_t shard, int32_t rule_version);
    /** The shard's state is to be made anew: an input is replayed up to here. */
    void (*ask_replay)(int32_t shard, const char *topic, int64_t until);
};

/** The whole suite; the exit status of main(). */
int store_conformance_run(const char *name, const struct store_pair *pair);

#endif
