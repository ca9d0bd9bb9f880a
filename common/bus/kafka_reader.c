#include "common/bus/kafka_reader.h"

#include "common/base/arena.h"
#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"
#include "common/bus/kafka_partition.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    RECORDS_AT_ONCE = 512,
    WAIT_MS = 5, /* a batch that is not full is waited for so long */
    SILENCE_MS = 10000,
};

/* The end of the partition is an event: the last offsets of a compacted log may be of no record. Only what is there is
 * read: a fetch behind the end that still waits at the broker would hold up the next scan. */
static const struct kafka_setting settings[] = {
    {"enable.partition.eof", "true"},
    {"fetch.wait.max.ms", "5"},
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

/* How far one stretch is read. */
struct progress {
    const struct kafka_stretch *stretch;
    struct kafka_partition partition;
    int64_t next;
};

struct scan {
    struct progress *parts;
    size_t count;
    int64_t heard_ms; /* when the broker last gave something */
    bool (*visit)(void *context, const struct bus_message *message, struct error *err);
    void *context;
};

static struct progress *part_of(const struct scan *scan, const rd_kafka_message_t *record)
{
    for (size_t i = 0; i < scan->count; i++) {
        if (scan->parts[i].partition.topic == record->rkt &&
            scan->parts[i].partition.id == record->partition) {
            return &scan->parts[i];
        }
    }
    return NULL;
}

static bool take_record(const rd_kafka_message_t *record, struct scan *scan, struct error *err)
{
    struct progress *part = part_of(scan, record);
    struct bus_message message;

    if (record->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        record->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        /* What passes librdkafka mends by itself; silence decides. */
        return !kafka_error_is_permanent(record->err) ||
               error_set(err, ERROR_FATAL, "%s (%s)", rd_kafka_message_errstr(record),
                         rd_kafka_err2name(record->err));
    }
    if (part == NULL) {
        return true; /* of a stretch that was read before */
    }
    if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        part->next = record->offset > part->next ? record->offset : part->next;
        return true;
    }
    if (part->next >= part->stretch->end || record->offset >= part->stretch->end) {
        part->next = part->stretch->end;
        return true;
    }
    kafka_message_view(record, &message);
    part->next = record->offset + 1;
    scan->heard_ms = kafka_clock_ms();
    return scan->visit(scan->context, &message, err);
}

static bool take_some(struct kafka_reader *reader, struct scan *scan, struct error *err)
{
    const ssize_t taken =
        rd_kafka_consume_batch_queue(reader->queue, WAIT_MS, reader->records, RECORDS_AT_ONCE);
    bool good = true;

    for (ssize_t i = 0; i < taken; i++) {
        good = good && take_record(reader->records[i], scan, err);
        rd_kafka_message_destroy(reader->records[i]);
    }
    return good;
}

/* The first stretch that is not read to its end; NULL: all are. */
static const struct progress *unread(const struct scan *scan)
{
    for (size_t i = 0; i < scan->count; i++) {
        if (scan->parts[i].next < scan->parts[i].stretch->end) {
            return &scan->parts[i];
        }
    }
    return NULL;
}

static bool start_parts(struct kafka_reader *reader, const struct kafka_stretch *stretches,
                        size_t count, struct scan *scan, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct progress *part = &scan->parts[scan->count];

        *part = (struct progress){.stretch = &stretches[i], .next = stretches[i].start.offset};
        if (!kafka_partition_start(&part->partition, reader->handle, &stretches[i].start,
                                   reader->queue, err)) {
            return false;
        }
        scan->count++;
    }
    return true;
}

static bool read_parts(struct kafka_reader *reader, struct scan *scan, struct error *err)
{
    const struct progress *left;
    bool good = true;

    while (good && (left = unread(scan)) != NULL) {
        good = take_some(reader, scan, err);
        if (good && kafka_clock_ms() - scan->heard_ms > SILENCE_MS) {
            good = error_set(err, ERROR_RETRY, "the broker is silent");
        }
        if (!good) {
            (void)error_prefix(err, "reading topic %s partition %d at %" PRId64 " of %" PRId64,
                               left->stretch->start.topic, left->stretch->start.partition,
                               left->next, left->stretch->end);
        }
    }
    return good;
}

bool kafka_reader_scan(struct kafka_reader *reader, const struct kafka_stretch *stretches,
                       size_t count,
                       bool (*visit)(void *context, const struct bus_message *message,
                                     struct error *err),
                       void *context, struct error *err)
{
    struct scan scan = {.parts = memory_alloc(count * sizeof *scan.parts),
                        .heard_ms = kafka_clock_ms(),
                        .visit = visit,
                        .context = context};
    const bool good = start_handle(reader, err) &&
                      start_parts(reader, stretches, count, &scan, err) &&
                      read_parts(reader, &scan, err);

    for (size_t i = 0; i < scan.count; i++) {
        kafka_partition_stop(&scan.parts[i].partition);
    }
    free(scan.parts);
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
