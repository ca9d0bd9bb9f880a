#ifndef COMMON_RUNTIME_FIGURES_H
#define COMMON_RUNTIME_FIGURES_H

#include "common/runtime/member.h"

/** Readies the histograms of a member. */
void figures_init(struct member *member);

/** Once a second: measures the lag and puts the figures of each shard, topic and institution on the board. */
void figures_refresh(struct running *running);

/** Those figures in Prometheus' text format. */
void figures_text(struct running *running, struct buffer *out);

#endif
