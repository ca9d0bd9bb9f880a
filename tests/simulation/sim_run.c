#include "tests/simulation/sim_run.h"

#include "tests/simulation/sim_shrink.h"
#include "tests/simulation/sim_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRIES_MAX = 1200, WHOLE_PACE = 100 };

struct outcome {
    char verdict[SIM_VERDICT_BYTES]; /**< "": good */
    uint64_t digest;                 /**< of all that happened */
};

/** What follows from a seed. */
struct run {
    uint64_t seed;
    struct sim_facts facts;
    struct sim_plan plan;
    struct fake_random random; /**< behind both */
};

static void open_run(struct run *run, const struct sim_options *options, uint64_t seed)
{
    *run = (struct run){.seed = seed, .random = {seed}};
    sim_facts_make(&run->facts, &run->random);
    sim_plan_make(&run->plan, &run->facts, seed, &run->random);
    run->plan.rebuilding = options->rebuilding;
}

static void close_run(struct run *run)
{
    sim_plan_finish(&run->plan);
    sim_facts_finish(&run->facts);
}

static struct outcome play(const struct run *run, const struct sim_part_of *part, bool telling)
{
    struct sim_plan plan = {.seed = run->seed, .rebuilding = run->plan.rebuilding};
    struct outcome outcome;

    for (size_t i = 0; i < run->plan.count; i++) {
        struct sim_item item = run->plan.items[i];

        item.turn = item.turn * part->pace / WHOLE_PACE;
        if (part->kept == NULL || part->kept[i]) {
            sim_plan_add(&plan, &item);
        }
    }
    if (sim_world_run(&run->facts, &plan, telling, &outcome.digest, outcome.verdict)) {
        outcome.verdict[0] = '\0';
    }
    sim_plan_finish(&plan);
    return outcome;
}

/* --- a run that fails --- */

static bool fails(void *context, const struct sim_part_of *part)
{
    return play(context, part, false).verdict[0] != '\0';
}

static void tell_shrunk(const struct sim_options *options, const struct run *run,
                        const struct sim_part_of *part, size_t tried)
{
    struct arena arena = {0};

    (void)printf("seed %" PRIu64 ": shrunk from %zu items to %zu in %zu runs: %s\n", run->seed,
                 run->plan.count, sim_part_size(part), tried, play(run, part, false).verdict);
    (void)printf("%s --seed %" PRIu64 " --keep %s --pace %" PRId64 "%s --tell\n", options->program,
                 run->seed, sim_part_text(part, &arena), part->pace,
                 options->rebuilding ? " --rebuild" : "");
    arena_finish(&arena);
}

static void shrink(const struct sim_options *options, struct run *run)
{
    struct arena arena = {0};
    struct sim_part_of part = {.kept = arena_array(&arena, run->plan.count + 1, sizeof(bool)),
                               .count = run->plan.count,
                               .pace = WHOLE_PACE};
    bool *faults = arena_array(&arena, run->plan.count + 1, sizeof *faults);
    size_t tried;

    for (size_t i = 0; i < part.count; i++) {
        part.kept[i] = true;
        faults[i] = run->plan.items[i].kind >= SIM_REPEAT;
    }
    tried = sim_shrink(&part, faults, TRIES_MAX, fails, run);
    tell_shrunk(options, run, &part, tried);
    arena_finish(&arena);
}

/* --- runs --- */

static bool tell_outcome(const struct sim_options *options, const struct run *run,
                         const struct outcome *outcome, uint64_t again)
{
    if (outcome->verdict[0] != '\0') {
        (void)printf("seed %" PRIu64 ": %s\n", run->seed, outcome->verdict);
        return false;
    }
    if (again != outcome->digest) {
        (void)printf("seed %" PRIu64 ": run again it differs: digest %016" PRIx64 ", %016" PRIx64
                     "\n",
                     run->seed, outcome->digest, again);
        return false;
    }
    if (options->telling) {
        (void)printf("seed %" PRIu64 ": digest %016" PRIx64 "\n", run->seed, outcome->digest);
    }
    return true;
}

/* A run that differs from itself proves nothing: `twice` sees to that. */
static bool run_seed(const struct sim_options *options, uint64_t seed, bool twice)
{
    struct sim_part_of part = {.pace = options->pace};
    struct arena arena = {0};
    struct outcome outcome;
    struct run run;
    bool good;

    open_run(&run, options, seed);
    if (options->kept != NULL && !sim_part_read(options->kept, run.plan.count, &part, &arena)) {
        (void)fprintf(stderr, "--keep %s: no such items, there are %zu\n", options->kept,
                      run.plan.count);
        exit(2);
    }
    outcome = play(&run, &part, options->telling);
    good = tell_outcome(options, &run, &outcome,
                        twice ? play(&run, &part, false).digest : outcome.digest);
    if (outcome.verdict[0] != '\0' && options->kept == NULL && options->mutant == NULL) {
        shrink(options, &run);
    }
    close_run(&run);
    arena_finish(&arena);
    return good;
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
