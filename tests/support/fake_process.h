#ifndef TESTS_FAKE_PROCESS_H
#define TESTS_FAKE_PROCESS_H

#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A process touches the world only by calls of its bus and its store. Each of them is an effect, before and after
 * which other processes may run, and this one may die: for it, dying is a FATAL error of that call and of all that
 * follow. Without a process nothing ever happens between two effects. */

enum fake_effect {
    FAKE_POLL,
    FAKE_ASSIGN,
    FAKE_SEND,
    FAKE_RESET,
    FAKE_ASK, /**< begin_offset, end_offset, partitions */
    FAKE_SCAN,
    FAKE_TAKEOVER,
    FAKE_RELEASE,
    FAKE_OWNS,
    FAKE_LOAD_SEND,
    FAKE_LOAD_RECEIVE,
    FAKE_AGENDA,
    FAKE_COMMIT_SEND,
    FAKE_COMMIT_RECEIVE,
    FAKE_EFFECTS,
};

/** "commit_send": the failpoint's name. */
const char *fake_effect_name(enum fake_effect effect);

/** What befalls an effect. */
enum fake_fault {
    FAKE_GOES_WELL,
    FAKE_DIES_BEFORE,
    FAKE_DIES_AFTER,
    FAKE_IS_AWAY, /**< RETRY: the broker or the database does not answer; nothing was done */
};

/** What a commit comes to. */
enum fake_fate {
    FAKE_COMMITS,          /**< or is refused, as PostgreSQL would */
    FAKE_FENCES,           /**< somebody else took the shard over meanwhile */
    FAKE_LOSES_REPLY,      /**< committed, but nobody says so */
    FAKE_LOSES_CONNECTION, /**< not committed, and nobody says so */
    FAKE_COMMITS_LATE,     /**< nobody says so, and the server works it off at some later time */
    FAKE_ROLLS_BACK,       /**< classes 40, 53, 55, 57, 58: certainly undone */
    FAKE_REFUSES,          /**< classes 22, 23: a message is at fault */
    FAKE_STOPS,            /**< any other class */
    FAKE_FATES,
};

/** What becomes of a transaction that holds the row of a shard which somebody takes over. */
enum fake_holder {
    FAKE_HOLDER_IS_ENDED,
    FAKE_HOLDER_COMMITS,
    FAKE_HOLDER_STAYS, /**< the takeover is to be tried again */
};

/** Who decides; `context` is handed to each. */
struct fake_process {
    void *context;
    enum fake_fault (*befalls)(void *context, enum fake_effect effect, int32_t shard);
    enum fake_fate (*fate)(void *context, int32_t shard);
    bool (*locks_early)(void *context); /**< a commit takes its lock when sent, not when received */
    enum fake_holder (*holder)(void *context, int32_t shard);
    size_t (*portion)(void *context,
                      size_t most); /**< how many of the messages there are; 0..most */
    bool dead;
    bool dies_after;
};

/** Before the effect. False: it does not happen. `process` may be NULL. */
bool fake_process_enter(struct fake_process *process, enum fake_effect effect, int32_t shard,
                        struct error *err) MUST_CHECK;
/** After it. False: it has happened, and the process never knew. */
bool fake_process_leave(struct fake_process *process, struct error *err) MUST_CHECK;

#endif
