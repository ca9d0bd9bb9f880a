#ifndef COMMON_BUS_H
#define COMMON_BUS_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/error.h"

#include <stddef.h>
#include <stdint.h>

struct bus_header {
    const char *name;
    const char *
        value; /**< NUL-terminated; a header that is no UTF-8, holds a NUL or is of over 4 KiB is shown as "" */
};

enum { BUS_HEADERS_MAX = 12 };

/** A record of a topic. Received: borrowed until the next poll. Sent: copied. */
struct bus_message {
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms;
    struct bytes key;
    struct bytes payload; /**< data == NULL: tombstone */
    struct bus_header headers[BUS_HEADERS_MAX];
    size_t header_count;
};

/** Fate of one sent message. */
struct bus_report {
    uint64_t token; /**< given to send */
    bool delivered;
    const char *topic; /**< borrowed until the next poll */
    int32_t partition;
    int64_t offset; /**< in the partition, when delivered */
};

/** What one poll found. Arrays are borrowed until the next poll. When `assigned` or `revoked` is not
 *  empty, or `rebalanced` is set, the messages gathered before it are already discarded. */
struct bus_events {
    const struct bus_message *messages;
    size_t message_count;
    bool rebalanced;
    bool
        in_group; /**< the group counts on this member, be it with no shard; false until it joined and once
                      its session is lost */
    const int32_t *assigned; /**< shards newly owned by this member */
    size_t assigned_count;
    const int32_t *revoked; /**< shards taken away (also when the session was lost) */
    size_t revoked_count;
    const struct bus_report *reports;
    size_t report_count;
    bool send_failed; /**< a report failed or the producer is fatal: call reset, resend */
};

struct bus_start {
    const char *topic;
    int32_t partition;
    int64_t offset;
};

struct bus {
    const struct bus_operations *operations;
};

/** One thread uses a bus. The real half is bus_kafka.h; the simulator has its own. */
struct bus_operations {
    /** Waits up to `timeout_ms` for at most `max_messages` messages, reports and rebalances. An offset
     *  outside the log is FATAL and says topic, partition and offset. Broker away: no messages, not an
     *  error. */
    bool (*poll)(struct bus *bus, size_t max_messages, int timeout_ms, struct bus_events *out,
                 struct error *err) MUST_CHECK;
    /** Replaces the whole set of what is read. An empty set stops reading but membership goes on. */
    bool (*assign)(struct bus *bus, const struct bus_start *starts, size_t count,
                   struct error *err) MUST_CHECK;
    /** Queues a message, also while the broker is away if `partitions` was asked of its topic before: then nobody waits.
     *  Full queue, or a topic that cannot be asked about: RETRY (poll, then again). Too large or unknown topic or
     *  partition: FATAL. */
    bool (*send)(struct bus *bus, const struct bus_message *message, uint64_t token,
                 struct error *err) MUST_CHECK;
    /** Throws the producer and all it had queued away and makes a new one: no report of the old one
     *  comes after this. */
    bool (*reset)(struct bus *bus, struct error *err) MUST_CHECK;
    /** Offset of the first record that a partition still has; its end when it has none. */
    bool (*begin_offset)(struct bus *bus, const char *topic, int32_t partition, int64_t *out,
                         struct error *err) MUST_CHECK;
    /** Offset behind the last record of a partition now. */
    bool (*end_offset)(struct bus *bus, const char *topic, int32_t partition, int64_t *out,
                       struct error *err) MUST_CHECK;
    /** The end of a partition that is read, as the last fetch told it: asks nobody, so it may be called in the
     *  loop. False: no fetch has told it yet. */
    bool (*known_end)(struct bus *bus, const char *topic, int32_t partition, int64_t *out);
    /** Reads [from, end at the time of the call) of one partition apart from the assignment and hands each
     *  record to `visit`; false from it stops, with its error or without one. */
    bool (*scan)(struct bus *bus, const char *topic, int32_t partition, int64_t from,
                 bool (*visit)(void *context, const struct bus_message *message, struct error *err),
                 void *context, struct error *err) MUST_CHECK;
    /** The same for several partitions together, in as many round trips as for one; a place at or behind the end of its
     *  partition is none to read. NULL: the bus has nothing faster than one after the other; see bus_scan_tails. */
    bool (*scan_tails)(struct bus *bus, const struct bus_start *starts, size_t count,
                       bool (*visit)(void *context, const struct bus_message *message,
                                     struct error *err),
                       void *context, struct error *err);
    /** How many partitions the broker has for a topic; 0: no such topic. */
    bool (*partitions)(struct bus *bus, const char *topic, int32_t *out,
                       struct error *err) MUST_CHECK;
    /** Waits until all that was sent is reported, at most `timeout_ms`; reports come with the next poll. */
    void (*flush)(struct bus *bus, int timeout_ms);
    /** Leaves the group and frees everything. */
    void (*destroy)(struct bus *bus);
};

/** Hands each record of several partitions, from its place to the end at the time of the call, to `visit`. */
bool bus_scan_tails(struct bus *bus, const struct bus_start *starts, size_t count,
                    bool (*visit)(void *context, const struct bus_message *message,
                                  struct error *err),
                    void *context, struct error *err) MUST_CHECK;

/** Value of a header, or NULL. */
const char *bus_header(const struct bus_message *message, const char *name);

#endif
