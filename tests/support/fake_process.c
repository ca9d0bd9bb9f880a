#include "tests/support/fake_process.h"

const char *fake_effect_name(enum fake_effect effect)
{
    static const char *const names[FAKE_EFFECTS] = {
        [FAKE_POLL] = "poll",
        [FAKE_ASSIGN] = "assign",
        [FAKE_SEND] = "send",
        [FAKE_RESET] = "reset",
        [FAKE_ASK] = "ask",
        [FAKE_SCAN] = "scan",
        [FAKE_TAKEOVER] = "takeover",
        [FAKE_RELEASE] = "release",
        [FAKE_OWNS] = "owns",
        [FAKE_LOAD_SEND] = "load_send",
        [FAKE_LOAD_RECEIVE] = "load_receive",
        [FAKE_AGENDA] = "agenda",
        [FAKE_COMMIT_SEND] = "commit_send",
        [FAKE_COMMIT_RECEIVE] = "commit_receive",
    };

    return names[effect];
}

static bool die(struct fake_process *process, struct error *err)
{
    process->dead = true;
    error_clear(err);
    return error_set(err, ERROR_FATAL, "the process is dead");
}

bool fake_process_enter(struct fake_process *process, enum fake_effect effect, int32_t shard,
                        struct error *err)
{
    enum fake_fault fault;

    if (process == NULL) {
        return true;
    }
    fault = process->dead ? FAKE_DIES_BEFORE : process->befalls(process->context, effect, shard);
    process->dies_after = fault == FAKE_DIES_AFTER;
    if (process->dead || fault == FAKE_DIES_BEFORE) {
        return die(process, err);
    }
    return fault != FAKE_IS_AWAY ||
           error_set(err, ERROR_RETRY, "%s: nobody answers", fake_effect_name(effect));
}

bool fake_process_leave(struct fake_process *process, struct error *err)
{
    return process == NULL || !process->dies_after || die(process, err);
}
