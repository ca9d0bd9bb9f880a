#ifndef TESTS_SIM_RUN_H
#define TESTS_SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct sim_options {
    const char *program; /**< how it was called */
    uint64_t seed;       /**< of the first run */
    uint64_t runs;
    uint64_t step;      /**< from one run's seed to the next one's */
    bool telling;       /**< each run tells its story on stderr */
    bool rebuilding;    /**< databases that would go back are emptied and made anew from topics */
    const char *mutant; /**< what was taken out, and must be noticed; NULL: nothing was */
    const char *
        kept; /**< items of the plan that happen, "0-3,7"; NULL: all, and a run that fails is shrunk */
    int64_t pace; /**< hundredths of the turns between them */
};

/** Runs until one is wrong. Of a mutant, one has to be. */
bool sim_run_all(const struct sim_options *options);

#endif
