#ifndef CLI_TRACE_ORDER_H
#define CLI_TRACE_ORDER_H

#include "cli/broker.h"

#include <stdbool.h>
#include <stddef.h>

/** An event on the way of an order. Texts live in the arena. */
struct trace_hop {
    size_t number; /**< within its trace, from 1 */
    const char *topic;
    int32_t partition;
    int64_t offset;
    const char *event;       /**< name without its namespace */
    const char *contract_id; /**< the key */
    const char *order_id;    /**< NULL: speaks of the contract */
    int64_t timestamp_ms;    /**< the broker's */
    int64_t delay_ms;        /**< since the hop before it; 0 for the first */
    const char *trace_id;    /**< 32 digits; NULL: none */
    const char *span_id;     /**< 16 digits */
    const char *file;        /**< SHA-256 of the file that began the trace; NULL: not known */
    int64_t row;
};

struct trace_hops {
    struct trace_hop *items;
    size_t count;
    size_t capacity;
};

/**
 * Finds what happened to an order: every event that names it, and what else is of the same traces and of no other
 * order. Trace by trace, each in the order of the broker's time. No event at all: `out` is empty.
 * `order`: an order's number in whatever form, or an order_id. `contracts`: numbers or ids of those that it may be
 * under; none, and no order_id, and every partition is read once to find them.
 */
bool trace_order_find(struct broker *broker, const char *order, const char *const *contracts,
                      size_t contract_count, struct arena *arena, struct trace_hops *out,
                      struct error *err) MUST_CHECK;

#endif
