#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

/** Why something was set aside: few and fixed, so that figures can be labelled with them. */
enum aside_class {
    ASIDE_ROW,      /**< a row of a file that cannot be read */
    ASIDE_IDENTITY, /**< a message whose headers do not say what it is */
    ASIDE_DECODING, /**< bytes that its schema does not fit */
    ASIDE_REFUSED,  /**< a handler cannot take what it says */
    ASIDE_DATABASE, /**< PostgreSQL refuses a value */
    ASIDE_CLASSES
};

/** What shows whether a service works. Written by the loop, read by the http thread. */
struct metrics {
    _Atomic int64_t messages;   /**< worked off */
    _Atomic int64_t duplicates; /**< passed over by sequence or position */
    _Atomic int64_t gaps;       /**< messages that came before their predecessors */
    _Atomic int64_t gap_open_s; /**< how long the oldest open gap has been open; 0: none is */
    _Atomic int64_t quarantined_by[ASIDE_CLASSES];
    _Atomic int64_t batches;
    _Atomic int64_t emitted;
    _Atomic int64_t published;      /**< acknowledged by the broker */
    _Atomic int64_t outbox_backlog; /**< batches committed and not yet acknowledged */
    _Atomic int64_t outbox_bytes;   /**< of those batches */
    _Atomic int64_t
        oldest_unpublished_ms; /**< monotonic time since when the oldest of them waits; 0: none */
    _Atomic int64_t lag;       /**< messages behind the end of the inputs, when last looked */
    _Atomic int64_t shards_owned;
    _Atomic int64_t shards_assigned;
    _Atomic int64_t in_group; /**< 1: the group counts on this instance */
    _Atomic int64_t takeovers;
    _Atomic int64_t fenced;
    _Atomic int64_t retries;
    _Atomic int64_t cache_bytes;
    _Atomic int64_t day; /**< last day forwarded, days since 1970; smallest over owned shards */
    _Atomic int64_t last_turn_ms; /**< monotonic time of the last turn of the loop */
    _Atomic int64_t idle;         /**< 1: nothing waits, nothing is unpublished */
};

#endif
