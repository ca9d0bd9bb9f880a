#ifndef CLI_PLACE_H
#define CLI_PLACE_H

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

#endif
