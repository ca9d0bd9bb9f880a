#ifndef COMMON_SHARD_H
#define COMMON_SHARD_H

#include <stdint.h>

/** The partition of every internal topic, and the shard of every service, that holds a contract:
 *  Kafka's murmur2 over the contract_id, mod `partitions` (at least 1). The only place where a key is
 *  hashed: the gateway calls it, the others keep to their own partition. */
int32_t shard_of(const char *contract_id, int32_t partitions);

#endif
