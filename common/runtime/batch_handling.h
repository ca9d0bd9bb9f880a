#ifndef COMMON_BATCH_HANDLING_H
#define COMMON_BATCH_HANDLING_H

#include "common/runtime/shard.h"

/* The handlers over the messages of the batch in flight. */

/** Whether the service has a handler for it, and it is to run. */
bool batch_is_handled(const struct shard *shard, const struct intake *item);

/** Asks the handlers what they need, and sends the queries for what is not cached; `sent` is false when all is. */
bool batch_load_needs(struct shard *shard, bool *sent, struct error *err) MUST_CHECK;

/** Runs them, and what they asked to be judged once. A refused message is marked and the batch decided anew
 *  without it, one that says too much by halves. */
bool batch_run_handlers(struct shard *shard, struct error *err) MUST_CHECK;

#endif
