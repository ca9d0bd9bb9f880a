#ifndef TESTS_SIM_FIBER_H
#define TESTS_SIM_FIBER_H

#include <stdbool.h>

/* A process of the simulation: it runs on a stack of its own until it pauses, and goes on where it was. */
struct sim_fiber;

struct sim_fiber *sim_fiber_create(void (*run)(void *context), void *context);
/** It must have ended. Accepts NULL. */
void sim_fiber_destroy(struct sim_fiber *fiber);

/** Called from outside: runs it until it pauses or ends. */
void sim_fiber_resume(struct sim_fiber *fiber);
/** Called from inside: back to who resumed it. */
void sim_fiber_pause(struct sim_fiber *fiber);
bool sim_fiber_ended(const struct sim_fiber *fiber);
/** Begins anew, once it has ended, on the same stack. */
void sim_fiber_restart(struct sim_fiber *fiber);

#endif
