#ifndef COMMON_TAIL_H
#define COMMON_TAIL_H

#include "common/bus/bus.h"

/** The end of one partition of a topic, and what a shard of a producer last said there. */
struct tail {
    int64_t incarnation; /**< highest (incarnation, seq) found, or what was known */
    int64_t seq;
    int64_t offset;  /**< of the record that says so; -1: nothing newer than what was known */
    int64_t unknown; /**< events newer than what was known, those sent again counted once */
    int64_t end;     /**< offset behind the last record; tail_read's alone */
};

/** What one more record of the partition says, in the order of the log. */
void tail_learn(struct tail *tail, const char *producer, int32_t shard,
                const struct bus_message *message);

/** Reads a partition from `from` to its end. `known_incarnation` and `known_seq`: the last that the shard gave out
 *  there, as its database says; whatever is newer means that the database was rolled back. */
bool tail_read(struct bus *bus, const char *producer, int32_t shard, const char *topic,
               int32_t partition, int64_t from, int64_t known_incarnation, int64_t known_seq,
               struct tail *out, struct error *err) MUST_CHECK;

#endif
