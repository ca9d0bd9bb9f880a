#include "tests/simulation/sim_run.h"

#include "tests/simulation/sim_world.h"

#include <inttypes.h>
#include <stdio.h>

static bool run_seed(uint64_t seed, bool telling)
{
    struct fake_random random = {seed};
    struct sim_facts facts;
    struct sim_plan plan;
    char verdict[SIM_VERDICT_BYTES];
    uint64_t digest;
    bool good;

    sim_facts_make(&facts, &random);
    sim_plan_make(&plan, &facts, seed, &random);
    good = sim_world_run(&facts, &plan, telling, &digest, verdict);
    if (!good) {
        (void)printf("seed %" PRIu64 ": %s\n", seed, verdict);
    } else if (telling) {
        (void)printf("seed %" PRIu64 ": digest %016" PRIx64 "\n", seed, digest);
    }
    sim_plan_finish(&plan);
    sim_facts_finish(&facts);
    return good;
}

bool sim_run_all(const struct sim_options *options)
{
    for (uint64_t i = 0; i < options->runs; i++) {
        if (!run_seed(options->seed + i * options->step, options->telling)) {
            return false;
        }
    }
    (void)printf("simulate: seed=%" PRIu64 " runs=%" PRIu64 " violations=0\n", options->seed,
                 options->runs);
    return true;
}
