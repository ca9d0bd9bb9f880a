#include "tests/support/fake_bus.h"

#include "common/avro/registry.h"
#include "events.h"
#include "topics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_BYTES_MAX = 1000000 }; /* as Kafka's message.max.bytes */

static struct fake_bus *fake_of(struct bus *base)
{
    return (struct fake_bus *)(void *)base;
}

static void *grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 16 : count * 2;
    return memory_resize(items, *capacity * item_bytes);
}

/* --- the group --- */

static void add_shard(struct fake_shards *shards, int32_t shard)
{
    shards->items = grow(shards->items, shards->count, &shards->capacity, sizeof *shards->items);
    shards->items[shards->count++] = shard;
}

static bool remove_shard(struct fake_shards *shards, int32_t shard)
{
    for (size_t i = 0; i < shards->count; i++) {
        if (shards->items[i] == shard) {
            shards->items[i] = shards->items[--shards->count];
            return true;
        }
    }
    return false;
}

void fake_bus_give(struct fake_bus *bus, int32_t shard)
{
    add_shard(&bus->given, shard);
}

/* What came and went between two polls was never the member's. */
void fake_bus_take(struct fake_bus *bus, int32_t shard)
{
    if (!remove_shard(&bus->given, shard)) {
        add_shard(&bus->taken, shard);
    }
}

static void swap_shards(struct fake_shards *news, struct fake_shards *told)
{
    const struct fake_shards kept = *told;

    *told = *news;
    *news = kept;
    news->count = 0;
}

/* --- the producer --- */

static void add_sending(struct fake_sendings *list, const struct fake_sending *sending)
{
    list->items = grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = *sending;
}

static void remove_sending(struct fake_sendings *list, size_t index)
{
    list->count--;
    memmove(list->items + index, list->items + index + 1,
            (list->count - index) * sizeof *list->items);
}

static void forget_sendings_from(struct fake_sendings *list, size_t first)
{
    for (size_t i = first; i < list->count; i++) {
        arena_finish(list->items[i].block);
        free(list->items[i].block);
    }
    list->count = first < list->count ? first : list->count;
}

static void forget_sendings(struct fake_sendings *list)
{
    forget_sendings_from(list, 0);
}

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
    return (struct bytes){(const uint8_t *)arena_text(arena, (const char *)bytes.data, bytes.size),
                          bytes.size};
}

static struct bus_message copy_message(struct arena *arena, const struct bus_message *message)
{
    struct bus_message copy = *message;

    copy.topic = topic_by_name(message->topic)->name;
    copy.key = copy_bytes(arena, message->key);
    copy.payload = copy_bytes(arena, message->payload);
    for (size_t i = 0; i < message->header_count; i++) {
        copy.headers[i] = (struct bus_header){arena_copy(arena, message->headers[i].name),
                                              arena_copy(arena, message->headers[i].value)};
    }
    return copy;
}

static bool same_partition(const struct bus_message *a, const struct bus_message *b)
{
    return a->partition == b->partition && strcmp(a->topic, b->topic) == 0;
}

static void land_one(struct fake_bus *bus, size_t index)
{
    struct fake_sending sending = bus->queue.items[index];

    sending.offset = fake_broker_put(bus->broker, &sending.message);
    remove_sending(&bus->queue, index);
    if (sending.forgotten) {
        arena_finish(sending.block);
        free(sending.block);
    } else {
        add_sending(&bus->acks, &sending);
    }
}

void fake_bus_land(struct fake_bus *bus, size_t index)
{
    const struct fake_sending last = bus->queue.items[index];
    size_t left = index + 1;

    for (size_t at = 0; left > 0; left--) {
        if (bus->queue.items[at].forgotten == last.forgotten &&
            same_partition(&bus->queue.items[at].message, &last.message)) {
            land_one(bus, at);
        } else {
            at++;
        }
    }
}

void fake_bus_lose(struct fake_bus *bus, size_t kept)
{
    forget_sendings_from(&bus->queue, kept);
}

void fake_bus_refuse(struct fake_bus *bus, size_t index)
{
    const struct fake_sending refused = bus->queue.items[index];
    size_t kept = 0;

    for (size_t i = 0; i < bus->queue.count; i++) {
        const struct fake_sending *sending = &bus->queue.items[i];

        if (sending->forgotten == refused.forgotten) {
            arena_finish(sending->block);
            free(sending->block);
        } else {
            bus->queue.items[kept++] = *sending;
        }
    }
    bus->queue.count = kept;
    if (!refused.forgotten) {
        bus->refused = refused.message.topic;
        bus->send_failed = true;
    }
}

void fake_bus_fail(struct fake_bus *bus)
{
    forget_sendings(&bus->queue);
    forget_sendings(&bus->acks);
    bus->send_failed = true;
}

static bool fake_send(struct bus *base, const struct bus_message *message, uint64_t token,
                      struct error *err)
{
    struct fake_bus *bus = fake_of(base);
    struct fake_sending sending = {.token = token};

    if (!fake_process_enter(bus->process, FAKE_SEND, message->partition, err)) {
        return false;
    }
    if (topic_by_name(message->topic) == NULL || message->partition >= bus->broker->shard_count) {
        return error_set(err, ERROR_FATAL, "there is no %s[%" PRId32 "]", message->topic,
                         message->partition);
    }
    if (message->key.size + message->payload.size >= MESSAGE_BYTES_MAX) {
        return error_set(err, ERROR_FATAL, "%zu bytes are too many", message->payload.size);
    }
    if (bus->send_failed) {
        return error_set(err, ERROR_RETRY, "sending failed before: a reset is due");
    }
    sending.block = memory_alloc(sizeof(struct arena));
    sending.message = copy_message(sending.block, message);
    add_sending(&bus->queue, &sending);
    if (!bus->holds) {
        land_one(bus, bus->queue.count - 1);
    }
    return fake_process_leave(bus->process, err);
}

/* What has not landed may still do so; nobody is told of it. */
static bool fake_reset(struct bus *base, struct error *err)
{
    struct fake_bus *bus = fake_of(base);

    if (!fake_process_enter(bus->process, FAKE_RESET, -1, err)) {
        return false;
    }
    for (size_t i = 0; i < bus->queue.count; i++) {
        bus->queue.items[i].forgotten = true;
    }
    forget_sendings(&bus->acks);
    bus->send_failed = false;
    bus->refused = NULL;
    return fake_process_leave(bus->process, err);
}

/* --- a poll --- */

/* Acknowledgements of one partition keep their order; how many of them come with this poll is open. */
static void give_reports(struct fake_bus *bus, struct bus_events *out)
{
    struct fake_sendings *acks = &bus->acks;
    size_t wanted = acks->count;

    if (bus->process != NULL && bus->holds) {
        wanted = bus->process->portion(bus->process->context, wanted);
    }
    if (wanted > bus->report_capacity) {
        bus->report_capacity = wanted * 2;
        bus->reports = memory_resize(bus->reports, bus->report_capacity * sizeof *bus->reports);
    }
    for (size_t i = 0; i < wanted; i++) {
        const struct fake_sending *ack = &acks->items[0];

        bus->reports[out->report_count++] = (struct bus_report){.token = ack->token,
                                                                .delivered = true,
                                                                .topic = ack->message.topic,
                                                                .partition = ack->message.partition,
                                                                .offset = ack->offset};
        arena_finish(ack->block);
        free(ack->block);
        remove_sending(acks, 0);
    }
    out->reports = bus->reports;
    out->send_failed = bus->send_failed;
}

static bool is_outside(const struct fake_cursor *cursor, struct error *err)
{
    if (cursor->next >= cursor->log->begin && cursor->next <= cursor->log->end) {
        return false;
    }
    (void)error_set(err, ERROR_FATAL,
                    "topic %s partition %" PRId32 ": offset %" PRId64
                    " is outside the log, %" PRId64 " to %" PRId64,
                    cursor->log->topic, cursor->log->partition, cursor->next, cursor->log->begin,
                    cursor->log->end);
    return true;
}

static void give(struct fake_bus *bus, const struct bus_message *record, struct bus_events *out)
{
    bus->messages =
        grow(bus->messages, out->message_count, &bus->message_capacity, sizeof *bus->messages);
    bus->messages[out->message_count++] = *record;
}

/* The cursor whose next record came first. */
static struct fake_cursor *earliest(struct fake_bus *bus)
{
    struct fake_cursor *first = NULL;
    size_t place = FAKE_NO_RECORD;

    for (size_t i = 0; i < bus->cursor_count; i++) {
        struct fake_cursor *cursor = &bus->cursors[i];

        while (cursor->next < cursor->log->end &&
               cursor->log->places[cursor->next] == FAKE_NO_RECORD) {
            cursor->next++;
        }
        if (cursor->next < cursor->log->end && cursor->log->places[cursor->next] < place) {
            place = cursor->log->places[cursor->next];
            first = cursor;
        }
    }
    return first;
}

/* Without anybody who decides, in the order in which all came. */
static void gather_in_order(struct fake_bus *bus, size_t most, struct bus_events *out)
{
    struct fake_cursor *cursor = earliest(bus);

    while (cursor != NULL && out->message_count < most) {
        give(bus, fake_broker_read(bus->broker, cursor->log, cursor->next++), out);
        cursor = earliest(bus);
    }
}

/* Partition by partition, from any of them on, any part of what there is. */
static void gather_portions(struct fake_bus *bus, size_t most, struct bus_events *out)
{
    const struct fake_process *process = bus->process;
    const size_t first =
        bus->cursor_count > 0 ? process->portion(process->context, bus->cursor_count - 1) : 0;

    for (size_t i = 0; i < bus->cursor_count; i++) {
        struct fake_cursor *cursor = &bus->cursors[(first + i) % bus->cursor_count];
        const size_t room = most - out->message_count;
        const size_t there = (size_t)(cursor->log->end - cursor->next);
        size_t wanted = there < room ? there : room;

        wanted = wanted > 0 ? process->portion(process->context, wanted) : 0;
        for (; wanted > 0; wanted--) {
            const struct bus_message *record =
                fake_broker_read(bus->broker, cursor->log, cursor->next++);

            if (record != NULL) {
                give(bus, record, out);
            }
        }
    }
}

static bool fake_poll(struct bus *base, size_t max_messages, int timeout_ms, struct bus_events *out,
                      struct error *err)
{
    struct fake_bus *bus = fake_of(base);

    (void)timeout_ms;
    *out = (struct bus_events){.in_group = true};
    if (!fake_process_enter(bus->process, FAKE_POLL, -1, err)) {
        return false;
    }
    if (bus->refused != NULL) {
        return error_set(err, ERROR_FATAL, "sending to topic %s: not allowed", bus->refused);
    }
    swap_shards(&bus->given, &bus->told_given);
    swap_shards(&bus->taken, &bus->told_taken);
    out->assigned = bus->told_given.items;
    out->assigned_count = bus->told_given.count;
    out->revoked = bus->told_taken.items;
    out->revoked_count = bus->told_taken.count;
    out->rebalanced = out->assigned_count > 0 || out->revoked_count > 0;
    give_reports(bus, out);
    for (size_t i = 0; !out->rebalanced && i < bus->cursor_count; i++) {
        if (is_outside(&bus->cursors[i], err)) {
            return false;
        }
    }
    if (!out->rebalanced && bus->process != NULL) {
        gather_portions(bus, max_messages, out);
    } else if (!out->rebalanced) {
        gather_in_order(bus, max_messages, out);
    }
    out->messages = bus->messages;
    return fake_process_leave(bus->process, err);
}

/* --- the consumer --- */

/* What the client had fetched for the assignment before may come once more. */
static int64_t fetched_before(const struct fake_bus *bus, const struct fake_log *log,
                              const struct bus_start *start)
{
    enum { FETCHED_MAX = 2 };
    const int64_t there = start->offset - log->begin;

    if (bus->process == NULL || there <= 0 || start->offset > log->end) {
        return 0;
    }
    return (int64_t)bus->process->portion(bus->process->context,
                                          there < FETCHED_MAX ? (size_t)there : FETCHED_MAX);
}

static bool fake_assign(struct bus *base, const struct bus_start *starts, size_t count,
                        struct error *err)
{
    struct fake_bus *bus = fake_of(base);

    if (!fake_process_enter(bus->process, FAKE_ASSIGN, -1, err)) {
        return false;
    }
    bus->cursor_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct fake_log *log = fake_broker_log(bus->broker, starts[i].topic, starts[i].partition);

        bus->cursors =
            grow(bus->cursors, bus->cursor_count, &bus->cursor_capacity, sizeof *bus->cursors);
        bus->cursors[bus->cursor_count++] =
            (struct fake_cursor){log, starts[i].offset - fetched_before(bus, log, &starts[i])};
    }
    return fake_process_leave(bus->process, err);
}

static bool known_end(struct bus *base, const char *topic, int32_t partition, int64_t *out)
{
    *out = fake_broker_log(fake_of(base)->broker, topic, partition)->end;
    return true;
}

static bool begin_offset(struct bus *base, const char *topic, int32_t partition, int64_t *out,
                         struct error *err)
{
    const struct fake_bus *bus = fake_of(base);

    if (!fake_process_enter(bus->process, FAKE_ASK, partition, err)) {
        return false;
    }
    *out = fake_broker_log(bus->broker, topic, partition)->begin;
    return true;
}

static bool end_offset(struct bus *base, const char *topic, int32_t partition, int64_t *out,
                       struct error *err)
{
    return fake_process_enter(fake_of(base)->process, FAKE_ASK, partition, err) &&
           known_end(base, topic, partition, out);
}

/* Before all that was put there, every event's schema, as `abasto schemas apply` would have registered it. */
static bool scan_schemas(int64_t *from,
                         bool (*visit)(void *context, const struct bus_message *message,
                                       struct error *err),
                         void *context, struct error *err)
{
    bool good = true;

    for (size_t i = (size_t)*from; good && i < event_type_count; i++) {
        const struct schema_record schema = {.subject = event_types[i]->full_name,
                                             .version = 1,
                                             .id = (int32_t)i + 1,
                                             .schema_json = event_types[i]->schema_json};
        struct bus_message message = {.topic = "_schemas", .offset = (int64_t)i};
        struct buffer key = {0};
        struct buffer value = {0};

        schema_record_write(&schema, &key, &value);
        message.key = buffer_view(&key);
        message.payload = buffer_view(&value);
        good = visit(context, &message, err);
        buffer_finish(&key);
        buffer_finish(&value);
    }
    *from = *from > (int64_t)event_type_count ? *from - (int64_t)event_type_count : 0;
    return good;
}

static bool scan(struct bus *base, const char *topic, int32_t partition, int64_t from,
                 bool (*visit)(void *context, const struct bus_message *message, struct error *err),
                 void *context, struct error *err)
{
    const struct fake_bus *bus = fake_of(base);
    struct fake_cursor start = {.log = fake_broker_log(bus->broker, topic, partition)};
    const int64_t behind = strcmp(topic, "_schemas") == 0 ? (int64_t)event_type_count : 0;

    if (!fake_process_enter(bus->process, FAKE_SCAN, partition, err)) {
        return false;
    }
    if (behind > 0 && !scan_schemas(&from, visit, context, err)) {
        return false;
    }
    start.next = from;
    if (is_outside(&start, err)) {
        return false;
    }
    for (int64_t offset = from; offset < start.log->end; offset++) {
        const struct bus_message *record = fake_broker_read(bus->broker, start.log, offset);
        struct bus_message shown;

        if (record == NULL) {
            continue;
        }
        shown = *record;
        shown.offset += behind;
        if (!visit(context, &shown, err)) {
            return false;
        }
    }
    return true;
}

static bool partitions(struct bus *base, const char *topic, int32_t *out, struct error *err)
{
    const struct fake_bus *bus = fake_of(base);
    const struct topic_declaration *declaration = topic_by_name(topic);

    if (!fake_process_enter(bus->process, FAKE_ASK, -1, err)) {
        return false;
    }
    *out = declaration == NULL                 ? 0
           : declaration->partitions_per_shard ? bus->broker->shard_count
                                               : declaration->partitions;
    if (fake_of(base)->odd_topic != NULL && strcmp(topic, fake_of(base)->odd_topic) == 0) {
        *out = fake_of(base)->odd_partitions;
    }
    return true;
}

static void flush(struct bus *base, int timeout_ms)
{
    (void)base;
    (void)timeout_ms;
}

static void destroy(struct bus *base)
{
    fake_bus_finish(fake_of(base));
}

static const struct bus_operations operations = {.poll = fake_poll,
                                                 .assign = fake_assign,
                                                 .send = fake_send,
                                                 .reset = fake_reset,
                                                 .begin_offset = begin_offset,
                                                 .end_offset = end_offset,
                                                 .known_end = known_end,
                                                 .scan = scan,
                                                 .partitions = partitions,
                                                 .flush = flush,
                                                 .destroy = destroy};

void fake_bus_init(struct fake_bus *bus, struct fake_broker *broker)
{
    *bus = (struct fake_bus){.bus = {&operations}, .broker = broker};
}

void fake_bus_clear(struct fake_bus *bus)
{
    struct fake_shards *const shards[] = {&bus->given, &bus->taken, &bus->told_given,
                                          &bus->told_taken};

    for (size_t i = 0; i < sizeof shards / sizeof shards[0]; i++) {
        shards[i]->count = 0;
    }
    bus->cursor_count = 0;
    bus->send_failed = false;
    bus->refused = NULL;
    forget_sendings(&bus->queue);
    forget_sendings(&bus->acks);
}

void fake_bus_finish(struct fake_bus *bus)
{
    fake_bus_clear(bus);
    free(bus->queue.items);
    free(bus->acks.items);
    free(bus->given.items);
    free(bus->taken.items);
    free(bus->told_given.items);
    free(bus->told_taken.items);
    free(bus->reports);
    free(bus->messages);
    free(bus->cursors);
    *bus = (struct fake_bus){0};
}
