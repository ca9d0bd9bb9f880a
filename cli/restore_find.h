#ifndef CLI_RESTORE_FIND_H
#define CLI_RESTORE_FIND_H

#include "cli/broker.h"
#include "cli/command.h"
#include "cli/place.h"

/* What the topics hold that the database does not know of: it was restored to an older point. */

/** A shard whose outputs are ahead. */
struct restore_shard {
    const struct place *place;
    int32_t shard;
    int64_t incarnation; /**< as the database has it */
    int64_t next;        /**< the one that it gets: above all that was ever said */
    int64_t unknown;     /**< events that the database does not know */
    int64_t facts;       /**< of these, on topics of reported facts: each took a sequence */
};

struct restore_plan {
    struct restore_shard *shards; /**< only those that are ahead */
    size_t count;
};

/** Compares one shard of which `place`, `shard` and `incarnation` are set with the ends of its outputs; fills the rest. */
bool restore_look_at(struct cli *cli, struct broker *broker, struct restore_shard *shard,
                     struct error *err) MUST_CHECK;

/** Compares every shard of the database with the ends of its outputs. Memory is the command's arena. */
bool restore_find(struct cli *cli, struct broker *broker, struct restore_plan *out,
                  struct error *err) MUST_CHECK;

#endif
