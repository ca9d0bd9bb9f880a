#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "common/avro/topic.h"

#include <stdbool.h>
#include <stddef.h>

/** Where a service keeps its state, and under which name it speaks. */
struct place {
    const char *schema;
    const char *producer; /**< "deliveries", "gateway.imss" */
    bool per_shard;       /**< false: a gateway, one shard */
};

extern const struct place places[];
extern const size_t place_count;

/** Whether deploy/topics.json lets it read the topic; gateways are named there without their institution. */
bool place_reads(const struct place *place, const struct topic_declaration *topic);

/** Whether a topic's gaps can be told from sequences: an inbox, the clock and the compacted topics have none. */
bool place_topic_is_sequenced(const struct topic_declaration *topic);

#endif
