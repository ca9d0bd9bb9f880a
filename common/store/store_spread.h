#ifndef COMMON_STORE_SPREAD_H
#define COMMON_STORE_SPREAD_H

#include "common/store/store.h"

/** One of the stores that a service's shards are spread over. */
struct store_spread_part {
    const char *name;    /**< of the server, for messages; borrowed */
    struct store *store; /**< taken over: destroyed with the whole */
    /** What must be done once before it is used (migrations). RETRY when it cannot be now; NULL: nothing. */
    bool (*prepare)(void *context, struct error *err);
    void *prepare_context;
};

struct store_spread_options {
    const struct store_spread_part *parts;
    size_t count;
    int64_t (*now_ms)(void *context); /**< monotonic */
    void *clock_context;
    int32_t rest_ms; /**< a part that did not answer is not asked again for so long */
};

/**
 * One store over several. A takeover asks which part holds the shard's row, so that a shard that was moved is found
 * at its new home without anybody being told; from then on everything of that shard goes to that part, until the next
 * takeover. A part that does not answer costs its own shards a RETRY and others nothing but, every `rest_ms`, the wait
 * until it is known to be away. Two parts that hold the same shard: FATAL. The caller owns the result:
 * operations->destroy.
 */
struct store *store_spread_create(const struct store_spread_options *options);

/** Prepares the parts that are not. True when at least one is; else the error of the last. */
bool store_spread_prepare(struct store *store, struct error *err) MUST_CHECK;

#endif
