#ifndef CLI_REDRIVE_POSITION_H
#define CLI_REDRIVE_POSITION_H

#include "cli/broker.h"
#include "cli/command.h"
#include "cli/place.h"

/* Positions outside of their topics: the broker lost the end of a topic though it had acknowledged it, or its beginning was
 * deleted. Their reader stops, for it cannot tell what is there. */

struct stray {
    const struct place *reader;
    int64_t shard;
    const char *topic;
    int64_t position;
    int64_t begin; /**< of the partition */
    int64_t end;
};

struct strays {
    struct stray *items;
    size_t count;
    size_t capacity;
};

/** Of topics with sequences, where what was read is not read twice and what was not is missed. `out` is freed by the
 *  caller: free(out->items). */
bool redrive_position_find(struct cli *cli, struct broker *broker, struct strays *out,
                           struct error *err) MUST_CHECK;
bool redrive_position_tell(struct cli *cli, const struct strays *strays,
                           struct error *err) MUST_CHECK;
/** Each goes to the beginning of its topic; whoever still reads the shard is fenced. */
bool redrive_position_move(struct cli *cli, const struct strays *strays,
                           struct error *err) MUST_CHECK;

#endif
