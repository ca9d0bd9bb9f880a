#ifndef TESTS_SIM_SHRINK_H
#define TESTS_SIM_SHRINK_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of a plan: which of its items happen, and how far apart. Any part of a plan is one. */

struct sim_part_of {
    bool *kept; /**< per item; NULL: all */
    size_t count;
    int64_t pace; /**< in hundredths of the turns between its items; 100: as planned */
};

/** "0-3,7": the items that are kept, by their place in the plan, or "none"; in the arena. */
const char *sim_part_text(const struct sim_part_of *part, struct arena *arena);
/** Reads it; false: it is no such list. `count` items, in the arena. */
bool sim_part_read(const char *text, size_t count, struct sim_part_of *out, struct arena *arena);
size_t sim_part_size(const struct sim_part_of *part);

/** The smallest part found that `fails` as well: faults are left out first, then what is reported, then turns; each by
 *  halves, quarters, and so on to one by one, until nothing can be left out any more, or `tries` are used up. `faults`:
 *  which of the items are. Returns how often it was tried. */
size_t sim_shrink(struct sim_part_of *part, const bool *faults, size_t tries,
                  bool (*fails)(void *context, const struct sim_part_of *part), void *context);

#endif
