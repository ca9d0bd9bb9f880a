#include "common/bus/kafka_partition.h"

#include <inttypes.h>

bool kafka_partition_start(struct kafka_partition *partition, rd_kafka_t *handle,
                           const struct bus_start *start, rd_kafka_queue_t *queue,
                           struct error *err)
{
    rd_kafka_topic_t *topic;

    if (start->offset < 0 || start->partition < 0) {
        return error_set(err, ERROR_FATAL, "topic %s partition %d cannot start at %" PRId64,
                         start->topic, start->partition, start->offset);
    }
    topic = rd_kafka_topic_new(handle, start->topic, NULL);
    if (topic == NULL ||
        rd_kafka_consume_start_queue(topic, start->partition, start->offset, queue) != 0) {
        const rd_kafka_resp_err_t code = rd_kafka_last_error();

        if (topic != NULL) {
            rd_kafka_topic_destroy(topic);
        }
        return error_set(err, ERROR_FATAL, "cannot read topic %s partition %d: %s", start->topic,
                         start->partition, rd_kafka_err2str(code));
    }
    *partition = (struct kafka_partition){topic, start->partition};
    return true;
}

void kafka_partition_stop(struct kafka_partition *partition)
{
    if (partition->topic == NULL) {
        return;
    }
    /* Refused only where librdkafka reads no such partition (any more), so that nothing is to stop. */
    (void)rd_kafka_consume_stop(partition->topic, partition->id);
    rd_kafka_topic_destroy(partition->topic);
    *partition = (struct kafka_partition){0};
}
