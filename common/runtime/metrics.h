#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

/** What shows whether a service works. Written by the loop, read by the http thread. */
struct metrics {
    _Atomic int64_t messages;   /**< worked off */
    _Atomic int64_t duplicates; /**< passed over by sequence or position */
    _Atomic int64_t gaps;       /**< messages that came before their predecessors */
    _Atomic int64_t gap_open_s; /**< how long the oldest open gap has been open; 0: none is */
    _Atomic int64_t quarantined;
    _Atomic int64_t batches;
    _Atomic int64_t emitted;
    _Atomic int64_t published;      /**< acknowledged by the broker */
    _Atomic int64_t outbox_backlog; /**< batches committed and not yet acknowledged */
    _Atomic int64_t lag;            /**< messages behind the end of the inputs, when last looked */
    _Atomic int64_t shards_owned;
    _Atomic int64_t shards_assigned;
    _Atomic int64_t takeovers;
    _Atomic int64_t fenced;
    _Atomic int64_t retries;
    _Atomic int64_t cache_bytes;
    _Atomic int64_t day; /**< last day forwarded, days since 1970; smallest over owned shards */
    _Atomic int64_t last_turn_ms; /**< monotonic time of the last turn of the loop */
    _Atomic int64_t idle;         /**< 1: nothing waits, nothing is unpublished */
};

#endif
