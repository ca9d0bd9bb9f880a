#include "tests/bench/sink.h"

#include "common/runtime/outbox.h"
#include "tests/bench/timing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { POLL_MS = 20, POLL_EVERY = 512, FINISH_S = 120 };

static int64_t next_sequence(struct sink *sink, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < sink->sequence_count; i++) {
        struct sequence *sequence = &sink->sequences[i];

        if (sequence->partition == partition && strcmp(sequence->topic, topic) == 0) {
            return ++sequence->seq;
        }
    }
    sink->sequences[sink->sequence_count++] = (struct sequence){topic, partition, 1};
    return 1;
}

static bool take_reports(struct sink *sink, int timeout_ms, struct error *err)
{
    struct bus *bus = sink->bench->broker.bus;
    struct bus_events events;

    if (!bus->operations->poll(bus, 1, timeout_ms, &events, err)) {
        return false;
    }
    for (size_t i = 0; i < events.report_count; i++) {
        sink->arrived += events.reports[i].delivered ? 1 : 0;
    }
    return !events.send_failed || error_set(err, ERROR_FATAL, "the broker did not take all");
}

static bool send(struct sink *sink, const struct bus_message *message, struct error *err)
{
    struct bus *bus = sink->bench->broker.bus;

    while (!bus->operations->send(bus, message, 0, err)) {
        if (err->action != ERROR_RETRY) {
            return false;
        }
        error_clear(err);
        if (!take_reports(sink, POLL_MS, err)) {
            return false;
        }
    }
    sink->sent++;
    return sink->sent % POLL_EVERY != 0 || take_reports(sink, 0, err);
}

bool sink_put(struct sink *sink, const struct sink_event *event, struct error *err)
{
    const int64_t seq = next_sequence(sink, event->topic, event->partition);
    struct outbox_event out = {.topic = event->topic,
                               .partition = event->partition,
                               .incarnation = 1,
                               .shard = event->producer_shard,
                               .seq = seq,
                               .type = event->type->full_name,
                               .key = event->key};
    struct outbox_texts texts;
    struct bus_message message;
    char trace[64];

    (void)snprintf(trace, sizeof trace, "00-%016" PRIx64 "%016" PRIx64 "-%016" PRIx64 "-01",
                   (uint64_t)event->partition + 1, (uint64_t)seq, (uint64_t)seq);
    out.traceparent = trace;
    buffer_clear(&sink->payload);
    if (!registry_encode(sink->bench->broker.registry, event->type, event->event, &sink->payload,
                         err)) {
        return false;
    }
    out.payload = buffer_view(&sink->payload);
    outbox_message(event->producer, &out, &texts, &message);
    return send(sink, &message, err);
}

bool sink_finish(struct sink *sink, struct error *err)
{
    const double until = timing_now() + FINISH_S;

    while (sink->arrived < sink->sent) {
        if (!take_reports(sink, POLL_MS, err)) {
            return false;
        }
        if (timing_now() > until) {
            return error_set(err, ERROR_FATAL, "the broker took %" PRId64 " of %" PRId64,
                             sink->arrived, sink->sent);
        }
    }
    buffer_finish(&sink->payload);
    return true;
}
