#ifndef TESTS_SIM_STANDING_H
#define TESTS_SIM_STANDING_H

#include "tests/simulation/sim_world.h"

/* What stands on a topic, as any reader that drops repetitions finds it. */

/** Reads one partition; repetitions and what is of a lower incarnation are passed over. */
struct sim_reader {
    struct sim_world *world;
    const struct fake_log *log;
    size_t next; /**< in the log's history: what the broker lost was heard */
    struct arena arena;
    struct sim_heard *heard; /**< per producer and shard of it */
    size_t heard_count;
};

struct sim_heard {
    const char *source;
    int32_t shard;
    int64_t incarnation;
    int64_t seq;
};

void sim_reader_open(struct sim_reader *reader, struct sim_world *world, const char *topic,
                     int32_t partition);
/** NULL: the end. A gap is told to sim_fail. */
const struct bus_message *sim_reader_next(struct sim_reader *reader);
void sim_reader_close(struct sim_reader *reader);

/** Reads ce_id. */
struct sim_heard sim_identity(const struct bus_message *message);

/** The last event of `type` over a topic whose text field `field` is `value`; NULL: none. In the world's arena. */
const void *sim_standing(struct sim_world *world, const char *topic, const struct record_type *type,
                         const char *field, const char *value);

/** The same by two fields. */
const void *sim_standing_two(struct sim_world *world, const char *topic,
                             const struct record_type *type, const char *field, const char *value,
                             const char *second, const char *second_value);

/** Calls `visit` with every event of `type` on a topic, in order. */
void sim_each(struct sim_world *world, const char *topic, const struct record_type *type,
              void (*visit)(void *context, const void *event), void *context);

#endif
