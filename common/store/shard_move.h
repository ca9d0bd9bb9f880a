#ifndef COMMON_SHARD_MOVE_H
#define COMMON_SHARD_MOVE_H

#include "common/store/server_list.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * How a shard goes from one PostgreSQL server to another (ADR 16). The server that holds the shard's row is the only
 * judge: what it commits decides whether the move goes on or is undone, whoever else is at work. Each step is one
 * transaction on one server, and what is to be done next follows from what the servers hold, so that a tool that dies
 * between any two steps is run again, or undone.
 */

/** What one server holds of a shard. */
struct move_sight {
    bool held; /**< its row: this server is its home */
    int64_t epoch;
    int64_t incarnation;
    int64_t batch;
    const char *moving_to; /**< it is closed, to be moved there; NULL: it works */
    bool copied; /**< a whole copy beside the service's tables, verified and not in force */
    int64_t copied_epoch;
    const char *copied_from;
    bool left; /**< it was moved away from here */
    int64_t left_epoch;
    const char *left_to;
};

enum move_step {
    MOVE_DONE,   /**< nothing is left to do */
    MOVE_FENCE,  /**< raises the epoch at `from` and closes the shard: its owner is out */
    MOVE_COPY,   /**< from there to the destination, beside its tables */
    MOVE_REMOVE, /**< deletes it at `from`: the point of no return */
    MOVE_ARRIVE, /**< puts the copy in force at the destination */
    MOVE_RESUME, /**< undoes: opens the shard again at `from` */
    MOVE_FORGET, /**< deletes at `from` what a backup brought back there after the destination had gone on without it */
    MOVE_DROP,   /**< throws away a copy at the destination that belongs to no move under way */
    MOVE_STUCK,  /**< a person has to look: `obstacle` */
};

enum move_obstacle {
    MOVE_NO_OBSTACLE,
    MOVE_NOWHERE, /**< no server holds it, and no copy that fits waits */
    MOVE_TWICE, /**< two servers hold it (`from`), and the destination is not the one that went on */
    MOVE_ELSEWHERE, /**< it is on its way to another server (`from`) */
    MOVE_TOO_LATE,  /**< it was deleted at its old home already: finish, then move it back */
};

struct move_decision {
    enum move_step step;
    enum move_obstacle obstacle;
    size_t from; /**< index of its (old) home; of the other destination for MOVE_ELSEWHERE */
};

/** What comes next. `sights` has one for each server, in their order; `to` is the destination. `undo`: the move is to be
 *  taken back. */
struct move_decision shard_move_judge(const struct server_list *servers,
                                      const struct move_sight *sights, size_t to, bool undo);

#endif
