#ifndef TESTS_FAKE_BUS_H
#define TESTS_FAKE_BUS_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "common/bus/bus.h"

/* A broker and one member of a group in memory. Its topics are those of deploy/topics.json, and `_schemas`
 * holds the schema of every event. What is sent is acknowledged with the next poll. */

/** How far a partition is written and read. */
struct fake_partition {
    const char *topic;
    int32_t partition;
    int64_t end;
    int64_t next; /**< -1: not read */
};

struct fake_bus {
    struct bus bus; /**< first: what the runtime sees */
    struct arena arena;
    int32_t shard_count;
    struct bus_message *records; /**< of all partitions, in the order they came */
    size_t record_count;
    size_t record_capacity;
    struct fake_partition *partitions;
    size_t partition_count;
    size_t partition_capacity;
    struct bus_report *reports; /**< of the sends since the last poll */
    size_t report_count;
    size_t report_capacity;
    struct bus_report *told; /**< the reports that the last poll gave */
    size_t told_capacity;
    struct bus_message *given; /**< the messages that the last poll gave */
    size_t given_capacity;
    int32_t assigned; /**< shard that the next poll assigns; -1: none */
};

void fake_bus_init(struct fake_bus *bus, int32_t shard_count);
void fake_bus_finish(struct fake_bus *bus);
/** Forgets all records but `_schemas`, and what is read. */
void fake_bus_clear(struct fake_bus *bus);

/** The next poll says that the member owns this shard. */
void fake_bus_assign(struct fake_bus *bus, int32_t shard);

/** Appends a record, as some other producer would; copied. Its offset is given here. */
void fake_bus_put(struct fake_bus *bus, const struct bus_message *message);

/** The partition's next offset is of no record that anybody is given, as behind a client's transaction. */
void fake_bus_skip(struct fake_bus *bus, const char *topic, int32_t partition);

/** The record of a topic, over all partitions, in the order they came; NULL behind the last. */
const struct bus_message *fake_bus_at(const struct fake_bus *bus, const char *topic, size_t index);

#endif
