#ifndef COMMON_BATCH_READING_H
#define COMMON_BATCH_READING_H

#include "common/runtime/shard.h"

/* What the messages of a batch move: positions, sequences heard, agenda items done, days. */

/** Messages of the batch in flight: the first so many of the backlog. */
size_t batch_size(const struct shard *shard);

void batch_reading_fill(struct shard *shard, struct store_commit *commit);
void batch_reading_fill_days(struct shard *shard, struct store_commit *commit);
/** After COMMITTED: what was filled in stands. */
void batch_reading_note(struct shard *shard);

#endif
