#ifndef TESTS_FAKE_BUS_H
#define TESTS_FAKE_BUS_H

#include "common/bus/bus.h"
#include "tests/support/fake_broker.h"
#include "tests/support/fake_process.h"

/* One client of a broker in memory: a member of a group, a consumer and a producer. What is sent lands at once and
 * is acknowledged with the next poll, unless the bus `holds`: then it stands in a queue until it is made to land,
 * and its acknowledgement until it is told. */

/** A partition that is read. */
struct fake_cursor {
    struct fake_log *log;
    int64_t next;
};

/** A message between the producer and the log, or its acknowledgement on the way back. */
struct fake_sending {
    struct bus_message message; /**< owned: texts and bytes are copies */
    void *block;                /**< what holds them; NULL once it has landed */
    uint64_t token;
    int64_t offset;
    bool forgotten; /**< its producer was thrown away: nobody is told of it */
};

struct fake_sendings {
    struct fake_sending *items;
    size_t count;
    size_t capacity;
};

struct fake_shards {
    int32_t *items;
    size_t count;
    size_t capacity;
};

struct fake_bus {
    struct bus bus; /**< first: what the runtime sees */
    struct fake_broker *broker;
    struct fake_process *process; /**< borrowed; NULL: nothing ever happens */
    struct fake_cursor *cursors;
    size_t cursor_count;
    size_t cursor_capacity;
    struct fake_sendings queue; /**< sent and not landed */
    struct fake_sendings acks;  /**< landed and not told */
    struct fake_shards given;   /**< what the group has decided and the next poll tells */
    struct fake_shards taken;
    struct fake_shards told_given;
    struct fake_shards told_taken;
    struct bus_report *reports; /**< what the last poll told */
    size_t report_capacity;
    struct bus_message *messages; /**< what the last poll gave */
    size_t message_capacity;
    bool holds;
    bool send_failed;      /**< the next poll says so */
    const char *refused;   /**< topic that a sending was refused by, for good; NULL: none */
    const char *odd_topic; /**< has `odd_partitions`, whatever is declared; NULL: none */
    int32_t odd_partitions;
};

void fake_bus_init(struct fake_bus *bus, struct fake_broker *broker);
void fake_bus_finish(struct fake_bus *bus);
/** Forgets what is read, sent and owned. */
void fake_bus_clear(struct fake_bus *bus);

/** The next poll says that the member owns this shard; that it does no longer. */
void fake_bus_give(struct fake_bus *bus, int32_t shard);
void fake_bus_take(struct fake_bus *bus, int32_t shard);

/** Makes the sending at `index` of the queue land, with all before it of its partition and producer. */
void fake_bus_land(struct fake_bus *bus, size_t index);
/** All that was sent after the first `kept` of the queue never lands, as when its process dies. */
void fake_bus_lose(struct fake_bus *bus, size_t kept);
/** The broker refuses the sending at `index` for good, as when a right was taken away: its producer leaves no gap, so
 *  that nothing else of it lands, and the next poll is FATAL. */
void fake_bus_refuse(struct fake_bus *bus, size_t index);
/** The producer fails: what stands in its queue never lands, what landed is never acknowledged. */
void fake_bus_fail(struct fake_bus *bus);

#endif
