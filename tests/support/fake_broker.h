#ifndef TESTS_FAKE_BROKER_H
#define TESTS_FAKE_BROKER_H

#include "common/base/arena.h"
#include "common/bus/bus.h"

/* A broker in memory. Its topics are those of deploy/topics.json, and `_schemas` holds the schema of every event. */

/** A partition. */
struct fake_log {
    const char *topic;
    int32_t partition;
    int64_t begin;
    int64_t end;
    size_t *places; /**< of each offset, in the broker's records; FAKE_NO_RECORD: none is given */
    size_t capacity;
    size_t *history; /**< every record that was ever put, in order, in the broker's records */
    size_t history_count;
    size_t history_capacity;
    bool lost; /**< some of them stand there no more */
};
#define FAKE_NO_RECORD SIZE_MAX

struct fake_broker {
    struct arena arena;
    int32_t shard_count;
    struct bus_message *records; /**< of all partitions, in the order they came */
    size_t record_count;
    size_t record_capacity;
    struct fake_log *logs; /**< of every declared topic, as many as there are shards */
    size_t log_count;
};

void fake_broker_init(struct fake_broker *broker, int32_t shard_count);
void fake_broker_finish(struct fake_broker *broker);
/** Forgets all records but `_schemas`. */
void fake_broker_clear(struct fake_broker *broker);

struct fake_log *fake_broker_log(const struct fake_broker *broker, const char *topic,
                                 int32_t partition);
/** The record at an offset; NULL: the offset is outside, or of no record that anybody is given. */
const struct bus_message *fake_broker_read(const struct fake_broker *broker,
                                           const struct fake_log *log, int64_t offset);

/** One of all that were ever put into a partition, in order; `index` is below history_count. */
const struct bus_message *fake_broker_ever(const struct fake_broker *broker,
                                           const struct fake_log *log, size_t index);

/** Appends a record, as some producer would; copied. Returns its offset. */
int64_t fake_broker_put(struct fake_broker *broker, const struct bus_message *message);

/** The partition's next offset is of no record that anybody is given, as behind a client's transaction. */
void fake_broker_skip(struct fake_broker *broker, const char *topic, int32_t partition);

/** The broker loses the last records of a partition, which may have been acknowledged. */
void fake_broker_lose_tail(struct fake_log *log, int64_t count);
/** The broker deletes its first records. */
void fake_broker_lose_head(struct fake_log *log, int64_t count);

/** The record of a topic, over all partitions, in the order they came; NULL behind the last. */
const struct bus_message *fake_broker_at(const struct fake_broker *broker, const char *topic,
                                         size_t index);

#endif
