#ifndef TESTS_SIM_RUN_H
#define TESTS_SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct sim_options {
    uint64_t seed; /**< of the first run */
    uint64_t runs;
    uint64_t step;      /**< from one run's seed to the next one's */
    bool telling;       /**< each run tells its story on stderr */
    bool rebuilding;    /**< databases that would go back are emptied and made anew from topics */
    const char *mutant; /**< what was taken out, and must be noticed; NULL: nothing was */
};

/** Runs until one is wrong. Of a mutant, one has to be. */
bool sim_run_all(const struct sim_options *options);

#endif
