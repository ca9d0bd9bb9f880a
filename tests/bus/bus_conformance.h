#ifndef TESTS_BUS_CONFORMANCE_H
#define TESTS_BUS_CONFORMANCE_H

#include "common/bus/bus.h"

/* What every bus must do: asked of Kafka, and of the one in memory that the simulator rests on. */

/** A kind of bus. */
struct bus_pair {
    /** A broker with an empty topic of that many partitions, whose name is returned, and as many shards. */
    const char *(*set_up)(int32_t partitions);
    void (*tear_down)(void);
    /** One more client; in the group that shares the shards, or in none. */
    struct bus *(*open)(bool in_group);
};

/** The whole suite; the exit status of main(). */
int bus_conformance_run(const char *name, const struct bus_pair *pair);

#endif
