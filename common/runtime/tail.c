#include "common/runtime/tail.h"

#include "common/runtime/outbox.h"

#include <string.h>

struct tail_reading {
    const char *producer;
    int32_t shard;
    struct tail *tail;
};

void tail_learn(struct tail *tail, const char *producer, int32_t shard,
                const struct bus_message *message)
{
    char who[128];
    int64_t incarnation;
    int64_t seq;
    int32_t whose;

    if (!outbox_identity_parse(bus_header(message, "ce_source"), bus_header(message, "ce_id"), who,
                               sizeof who, &incarnation, &whose, &seq) ||
        whose != shard || strcmp(who, producer) != 0) {
        return;
    }
    if (incarnation > tail->incarnation || (incarnation == tail->incarnation && seq > tail->seq)) {
        tail->incarnation = incarnation;
        tail->seq = seq;
        tail->offset = message->offset;
        tail->unknown++;
    }
}

static bool take_record(void *context, const struct bus_message *message, struct error *err)
{
    const struct tail_reading *reading = context;

    (void)err;
    tail_learn(reading->tail, reading->producer, reading->shard, message);
    return true;
}

bool tail_read(struct bus *bus, const char *producer, int32_t shard, const char *topic,
               int32_t partition, int64_t from, int64_t known_incarnation, int64_t known_seq,
               struct tail *out, struct error *err)
{
    struct tail_reading reading = {producer, shard, out};

    *out = (struct tail){.incarnation = known_incarnation, .seq = known_seq, .offset = -1};
    return bus->operations->end_offset(bus, topic, partition, &out->end, err) &&
           (out->end <= from ||
            bus->operations->scan(bus, topic, partition, from, take_record, &reading, err));
}
