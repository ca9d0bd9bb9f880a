#include "common/bus/kafka_reader.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"
#include "common/bus/kafka_partition.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    RECORDS_AT_ONCE = 512,
    WAIT_MS = 20,
    SILENCE_MS = 10000,
};

/* The end of the partition is an event: the last offsets of a compacted log may be of no record. */
static const struct kafka_setting settings[] = {
    {"enable.partition.eof", "true"},
    {"queued.min.messages", "10000000"},
    {"queued.max.messages.kbytes", "8192"},
    {0},
};

bool kafka_reader_init(struct kafka_reader *reader, const rd_kafka_conf_t *connection,
                       struct error *err)
{
    *reader = (struct kafka_reader){.config = rd_kafka_conf_dup(connection)};
    if (!kafka_config_set_reading(reader->config, err) ||
        !kafka_config_set_all(reader->config, settings, err)) {
        kafka_reader_finish(reader);
        return false;
    }
    return true;
}

static bool start_handle(struct kafka_reader *reader, struct error *err)
{
    if (reader->handle != NULL) {
        return true;
    }
    if (!kafka_handle_create(RD_KAFKA_CONSUMER, rd_kafka_conf_dup(reader->config), &reader->handle,
                             err)) {
        return false;
    }
    reader->queue = rd_kafka_queue_new(reader->handle);
    reader->records = memory_alloc(RECORDS_AT_ONCE * sizeof *reader->records);
    return true;
}

struct progress {
    int64_t next;
    int64_t end;
    int64_t heard_ms; /* when the broker last gave something */
    bool (*visit)(void *context, const struct bus_message *message, struct error *err);
    void *context;
};

static bool take_record(const rd_kafka_message_t *record, struct progress *progress,
                        struct error *err)
{
    struct bus_message message;

    if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        progress->next = record->offset > progress->next ? record->offset : progress->next;
        return true;
    }
    if (record->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        /* What passes librdkafka mends by itself; silence decides. */
        return !kafka_error_is_permanent(record->err) ||
               error_set(err, ERROR_FATAL, "%s (%s)", rd_kafka_message_errstr(record),
                         rd_kafka_err2name(record->err));
    }
    if (progress->next >= progress->end || record->offset >= progress->end) {
        progress->next = progress->end;
        return true;
    }
    kafka_message_view(record, &message);
    progress->next = record->offset + 1;
    progress->heard_ms = kafka_clock_ms();
    return progress->visit(progress->context, &message, err);
}

static bool take_some(struct kafka_reader *reader, struct progress *progress, struct error *err)
{
    const ssize_t taken =
        rd_kafka_consume_batch_queue(reader->queue, WAIT_MS, reader->records, RECORDS_AT_ONCE);
    bool good = true;

    for (ssize_t i = 0; i < taken; i++) {
        good = good && take_record(reader->records[i], progress, err);
        rd_kafka_message_destroy(reader->records[i]);
    }
    return good;
}

bool kafka_reader_scan(struct kafka_reader *reader, const struct bus_start *start, int64_t end,
                       bool (*visit)(void *context, const struct bus_message *message,
                                     struct error *err),
                       void *context, struct error *err)
{
    struct progress progress = {.next = start->offset,
                                .end = end,
                                .heard_ms = kafka_clock_ms(),
                                .visit = visit,
                                .context = context};
    struct kafka_partition partition = {0};
    bool good = start_handle(reader, err) &&
                kafka_partition_start(&partition, reader->handle, start, reader->queue, err);

    while (good && progress.next < end) {
        good = take_some(reader, &progress, err);
        if (good && kafka_clock_ms() - progress.heard_ms > SILENCE_MS) {
            good = error_set(err, ERROR_RETRY, "the broker is silent");
        }
    }
    if (!good) {
        (void)error_prefix(err, "reading topic %s partition %d at %" PRId64 " of %" PRId64,
                           start->topic, start->partition, progress.next, end);
    }
    kafka_partition_stop(&partition);
    return good;
}

void kafka_reader_finish(struct kafka_reader *reader)
{
    if (reader->queue != NULL) {
        rd_kafka_queue_destroy(reader->queue);
    }
    kafka_handle_destroy(reader->handle);
    if (reader->config != NULL) {
        rd_kafka_conf_destroy(reader->config);
    }
    free(reader->records);
    *reader = (struct kafka_reader){0};
}
