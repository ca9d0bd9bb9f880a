#ifndef COMMON_REPLAY_H
#define COMMON_REPLAY_H

#include "common/runtime/shard.h"

/* A shard whose state is made anew from its topics (`abasto rebuild`): it recalls all it ever said (recall.c), reads its
 * inputs from their beginning to the ends that were recorded, and says nothing meanwhile. Then every key is judged once,
 * and what comes out otherwise than it was said last is said. */

/** At a takeover: learns what it once set aside. Does nothing for a shard that is not replaying. */
bool replay_open(struct shard *shard, struct error *err) MUST_CHECK;

/** Whether the ends are reached and nothing that is due is left, so that every judgement and sum is as it should be. */
bool replay_is_over(const struct shard *shard);

/** From the batch that begins now on it speaks. That batch puts all keys on the agenda and ends the replay in the store. */
void replay_finish(struct shard *shard);

/** In that batch: the days that all of its outputs heard of count as said. */
void replay_keep_days(struct shard *shard);

/** Whether what is set aside under this id was told before the replay. */
bool replay_was_told(const struct shard *shard, const char *id);

/** Takes a DayClosed of its own: so far was said on that output. */
void replay_recall_day(struct shard *shard, const struct intake *item);

void replay_forget(struct shard *shard);

#endif
