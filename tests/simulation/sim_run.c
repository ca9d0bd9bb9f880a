#include "tests/simulation/sim_run.h"

#include "tests/simulation/sim_world.h"

#include <inttypes.h>
#include <stdio.h>

struct outcome {
    char verdict[SIM_VERDICT_BYTES]; /**< "": good */
    uint64_t digest;                 /**< of all that happened */
};

static struct outcome run_once(const struct sim_options *options, uint64_t seed, bool telling)
{
    struct fake_random random = {seed};
    struct outcome outcome;
    struct sim_facts facts;
    struct sim_plan plan;

    sim_facts_make(&facts, &random);
    sim_plan_make(&plan, &facts, seed, &random);
    plan.rebuilding = options->rebuilding;
    if (sim_world_run(&facts, &plan, telling, &outcome.digest, outcome.verdict)) {
        outcome.verdict[0] = '\0';
    }
    sim_plan_finish(&plan);
    sim_facts_finish(&facts);
    return outcome;
}

/* A run that differs from itself proves nothing: `again` sees to that. */
static bool run_seed(const struct sim_options *options, uint64_t seed, bool again)
{
    const bool telling = options->telling;
    const struct outcome outcome = run_once(options, seed, telling);
    const uint64_t second = again ? run_once(options, seed, false).digest : outcome.digest;

    if (outcome.verdict[0] != '\0') {
        (void)printf("seed %" PRIu64 ": %s\n", seed, outcome.verdict);
    } else if (second != outcome.digest) {
        (void)printf("seed %" PRIu64 ": run again it differs: digest %016" PRIx64 ", %016" PRIx64
                     "\n",
                     seed, outcome.digest, second);
    } else if (telling) {
        (void)printf("seed %" PRIu64 ": digest %016" PRIx64 "\n", seed, outcome.digest);
    }
    return outcome.verdict[0] == '\0' && second == outcome.digest;
}

bool sim_run_all(const struct sim_options *options)
{
    for (uint64_t i = 0; i < options->runs; i++) {
        if (!run_seed(options, options->seed + i * options->step,
                      i == 0 && options->mutant == NULL)) {
            if (options->mutant != NULL) {
                (void)printf("without %s: caught by run %" PRIu64 "\n", options->mutant, i + 1);
            }
            return options->mutant != NULL;
        }
    }
    if (options->mutant != NULL) {
        (void)printf("without %s: %" PRIu64 " runs from seed %" PRIu64 " on notice nothing\n",
                     options->mutant, options->runs, options->seed);
        return false;
    }
    (void)printf("simulate: seed=%" PRIu64 " runs=%" PRIu64 " violations=0\n", options->seed,
                 options->runs);
    return true;
}
