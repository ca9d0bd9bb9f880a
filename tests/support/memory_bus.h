#ifndef TESTS_MEMORY_BUS_H
#define TESTS_MEMORY_BUS_H

#include "common/bus/bus.h"

#include <stdbool.h>

enum { MEMORY_BUS_RECORDS_MAX = 256 };

/** A bus of records in memory, for what only reads. The first of equal topic and partition has offset 0. */
struct memory_bus {
    struct bus bus;
    struct bus_message records[MEMORY_BUS_RECORDS_MAX];
    size_t count;
    /** Called before each poll: the test's turn to add records, or to end what follows. */
    void (*on_poll)(struct memory_bus *memory, void *context);
    void *context;
    struct bus_start next[MEMORY_BUS_RECORDS_MAX];
    size_t next_count;
};

void memory_bus_init(struct memory_bus *memory);

/** Adds a record to the end of its partition and gives it its offset; texts are borrowed. */
void memory_bus_add(struct memory_bus *memory, const struct bus_message *record);

#endif
