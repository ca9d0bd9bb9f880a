#ifndef COMMON_RUNTIME_MEMBER_H
#define COMMON_RUNTIME_MEMBER_H

#include "common/runtime/shard.h"

/** One running instance of a service: its member of the group and the shards it owns. No globals, so that
 *  several live in one process (tests, simulation). */
struct running {
    struct member member;
    struct shard *shards; /**< one per partition; a gateway's only shard is 0 */
    int32_t shard_slots;
    struct arena arena;
    bool busy;          /**< the last turn found work: the next one does not wait */
    int64_t figures_ms; /**< when the figures were last written */
};

struct running_options {
    const struct service *service;
    const char *institution; /**< of a gateway */
    struct bus *bus;         /**< borrowed, as the store */
    struct store *store;
    const char *(*setting)(const void *context, const char *name);
    const void *setting_context;
    int64_t (*now_ms)(void *context);
    void *clock_context;
    size_t batch_messages;
    size_t cache_bytes;
    size_t unpublished_bytes_max;
    size_t message_bytes_max;
    struct metrics *metrics;
    struct board *board; /**< borrowed; NULL: none */
    enum log_level log_level;
};

/** "deliveries", "gateway.imss"; in the arena. */
const char *member_producer(const struct service *service, const char *institution,
                            struct arena *arena);

/** Reads partitions and schemas. RETRY while the broker is away or topics are not there yet. */
bool running_start(struct running *running, const struct running_options *options,
                   struct error *err) MUST_CHECK;

/** One turn of the loop: poll, take over, a batch for each owned shard, publish. Waits at most `wait_ms`
 *  when there is nothing to do. False: FATAL, the process must end. */
bool service_step(struct running *running, int wait_ms, struct error *err) MUST_CHECK;

/** Gives all shards up in peace: waits for reports, saves what is published. */
void running_drain(struct running *running, int wait_ms);

void running_finish(struct running *running);

#endif
