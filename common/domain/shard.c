#include "common/domain/shard.h"

#include "common/base/murmur2.h"

#include <string.h>

int32_t shard_of(const char *contract_id, int32_t partitions)
{
    return murmur2_partition(contract_id, strlen(contract_id), partitions);
}
