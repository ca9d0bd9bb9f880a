#include "tests/simulation/sim_fiber.h"

#include "common/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

/* The sanitizer has to be told which stack is in use (<sanitizer/common_interface_defs.h>). */
#ifdef __SANITIZE_ADDRESS__
void __sanitizer_start_switch_fiber(void **fake_stack_save, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack_save, const void **bottom_old,
                                     size_t *size_old);
#endif

enum { STACK_BYTES = 512 * 1024 };

struct sim_fiber {
    ucontext_t inside;
    ucontext_t outside;
    void (*run)(void *context);
    void *context;
    unsigned char *stack;
    bool ended;
    void *fake_inside; /* of the sanitizer */
    void *fake_outside;
    const void *outside_bottom;
    size_t outside_bytes;
};

static void leave_outside(struct sim_fiber *fiber)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(&fiber->fake_outside, fiber->stack, STACK_BYTES);
#else
    (void)fiber;
#endif
}

static void arrive_outside(struct sim_fiber *fiber)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(fiber->fake_outside, NULL, NULL);
#else
    (void)fiber;
#endif
}

static void leave_inside(struct sim_fiber *fiber, bool for_good)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(for_good ? NULL : &fiber->fake_inside, fiber->outside_bottom,
                                   fiber->outside_bytes);
#else
    (void)fiber;
    (void)for_good;
#endif
}

static void arrive_inside(struct sim_fiber *fiber, void *fake)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(fake, &fiber->outside_bottom, &fiber->outside_bytes);
#else
    (void)fiber;
    (void)fake;
#endif
}

/* makecontext hands on integers alone. */
static void begin(unsigned int high, unsigned int low)
{
    struct sim_fiber *fiber = (struct sim_fiber *)((uintptr_t)high << 32 | (uintptr_t)low);

    arrive_inside(fiber, NULL);
    fiber->run(fiber->context);
    fiber->ended = true;
    leave_inside(fiber, true);
    (void)swapcontext(&fiber->inside, &fiber->outside);
}

void sim_fiber_restart(struct sim_fiber *fiber)
{
    const uintptr_t self = (uintptr_t)fiber;

    if (getcontext(&fiber->inside) != 0) {
        abort();
    }
    fiber->inside.uc_stack.ss_sp = fiber->stack;
    fiber->inside.uc_stack.ss_size = STACK_BYTES;
    fiber->inside.uc_link = NULL;
    fiber->ended = false;
    makecontext(&fiber->inside, (void (*)(void))begin, 2, (unsigned int)(self >> 32),
                (unsigned int)(self & 0xffffffffU));
}

struct sim_fiber *sim_fiber_create(void (*run)(void *context), void *context)
{
    struct sim_fiber *fiber = memory_alloc(sizeof *fiber);

    fiber->run = run;
    fiber->context = context;
    fiber->stack = memory_alloc(STACK_BYTES);
    sim_fiber_restart(fiber);
    return fiber;
}

void sim_fiber_destroy(struct sim_fiber *fiber)
{
    if (fiber != NULL) {
        free(fiber->stack);
        free(fiber);
    }
}

void sim_fiber_resume(struct sim_fiber *fiber)
{
    leave_outside(fiber);
    if (swapcontext(&fiber->outside, &fiber->inside) != 0) {
        abort();
    }
    arrive_outside(fiber);
}

void sim_fiber_pause(struct sim_fiber *fiber)
{
    leave_inside(fiber, false);
    if (swapcontext(&fiber->inside, &fiber->outside) != 0) {
        abort();
    }
    arrive_inside(fiber, fiber->fake_inside);
}

bool sim_fiber_ended(const struct sim_fiber *fiber)
{
    return fiber->ended;
}
