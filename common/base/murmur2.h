#ifndef COMMON_MURMUR2_H
#define COMMON_MURMUR2_H

#include <stddef.h>
#include <stdint.h>

/** The 32-bit MurmurHash2 of Kafka's Java clients (org.apache.kafka.common.utils.Utils.murmur2, seed
 *  0x9747b28c), the same on every machine. */
uint32_t murmur2(const void *bytes, size_t size);

/** The partition (0 to partitions - 1) that Kafka's default partitioner and librdkafka's `murmur2`
 *  give a key: murmur2 & 0x7fffffff mod partitions. `partitions` is at least 1. */
int32_t murmur2_partition(const void *key, size_t key_bytes, int32_t partitions);

#endif
