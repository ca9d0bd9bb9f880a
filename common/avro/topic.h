#ifndef COMMON_AVRO_TOPIC_H
#define COMMON_AVRO_TOPIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum topic_kind {
    TOPIC_SEQUENCED,  /**< dense sequences and watermarks; kept for good */
    TOPIC_REFERENCE,  /**< compacted; every partition holds every record */
    TOPIC_CONTROL,    /**< clock, shards, _schemas */
    TOPIC_INBOX,      /**< what one institution writes */
    TOPIC_OUTCOMES,   /**< what one institution reads */
    TOPIC_FINDINGS,   /**< what every service may remark on, by shard */
    TOPIC_QUARANTINE, /**< what every service set aside */
};

/** One topic of deploy/topics.json. */
struct topic_declaration {
    const char *name;
    enum topic_kind kind;
    bool partitions_per_shard; /**< as many partitions as shards; else `partitions` */
    int32_t partitions;        /**< 0 when per shard */
    const char *owner; /**< the service that writes it; "*": every service; NULL: none of ours */
    const char *
        institution; /**< the one that alone writes an inbox, reads outcomes, or whose gateway alone
                                     writes a topic of the gateways'; NULL: of all */
    const char *const *readers; /**< ends with NULL */
    size_t reader_count;
    const char *const *events; /**< full names; ends with NULL */
    size_t event_count;
    bool compacted;       /**< cleanup.policy compact; else delete */
    int64_t retention_ms; /**< -1: kept for good */
};

/** Who uses topics beside services and institutions: a job, people, another system. One client of
 *  deploy/topics.json. */
struct topic_client {
    const char *name;
    const char *const *reads; /**< names of topics, "*" alone: all of them; ends with NULL */
    size_t read_count;
    const char *const *writes; /**< ends with NULL */
    size_t write_count;
};

#endif
