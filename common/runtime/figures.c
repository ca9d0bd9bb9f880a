#include "common/runtime/figures.h"

#include "common/base/instant.h"

#include <inttypes.h>
#include <string.h>

enum {
    REFRESH_EVERY_MS = 1000,
    AGENDA_EVERY_MS = 10000,
    AGENDA_COUNTED_MAX = 100000,
    MILLI = 1000,
};

static const int64_t row_bounds[] = {1, 10, 100, 500, 1000, 2000, 5000, 10000};
static const int64_t millisecond_bounds[] = {5,   10,   25,   50,   100,   250,
                                             500, 1000, 2500, 5000, 10000, 30000};

void figures_init(struct member *member)
{
    member->batch_rows = (struct histogram){.bounds = row_bounds,
                                            .bound_count = sizeof row_bounds / sizeof *row_bounds};
    member->batch_seconds =
        (struct histogram){.bounds = millisecond_bounds,
                           .bound_count = sizeof millisecond_bounds / sizeof *millisecond_bounds};
}

/* A family of figures as it is written: its head once, then a line for each of its members. */
struct family {
    struct buffer *out;
    const char *name;
    const char *producer;
    bool milli; /* values are thousandths */
};

static struct family family_begin(struct running *running, struct buffer *out, const char *name,
                                  const char *type, const char *help)
{
    buffer_format(out, "# HELP abasto_%s %s\n# TYPE abasto_%s %s\n", name, help, name, type);
    return (struct family){.out = out, .name = name, .producer = running->member.producer};
}

static void append_value(const struct family *family, int64_t value)
{
    if (family->milli) {
        buffer_format(family->out, " %" PRId64 ".%03" PRId64 "\n", value / MILLI, value % MILLI);
    } else {
        buffer_format(family->out, " %" PRId64 "\n", value);
    }
}

/* A label's value; institutions come from messages and could hold anything. */
static void append_label(struct buffer *out, const char *name, const char *value)
{
    buffer_format(out, ",%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '"') {
            buffer_append_u8(out, '\\');
        }
        buffer_append_u8(out, (uint8_t)(*value == '\n' ? ' ' : *value));
    }
    buffer_append_u8(out, '"');
}

static void append_line(const struct family *family, int32_t shard, const char *label,
                        const char *label_value, int64_t value)
{
    buffer_format(family->out, "abasto_%s{service=\"%s\",shard=\"%" PRId32 "\"", family->name,
                  family->producer, shard);
    if (label != NULL) {
        append_label(family->out, label, label_value);
    }
    buffer_append_text(family->out, "}");
    append_value(family, value);
}

static int64_t now_ms(const struct running *running)
{
    return running->member.now_ms(running->member.clock_context);
}

/* Whether this shard reads the topic: topics of one partition are shard 0's. */
static bool reads(const struct shard *shard, const struct topic_declaration *topic)
{
    return shard->state == SHARD_OWNED && (topic->partitions_per_shard || shard->id == 0);
}

/* By position, not by committed group offsets: PostgreSQL holds the positions. */
static int64_t lag_records(struct shard *shard, const struct topic_declaration *topic)
{
    struct bus *bus = shard->member->bus;
    int64_t behind;
    int64_t end = 0;

    if (!bus->operations->known_end(bus, topic->name, topic->partitions_per_shard ? shard->id : 0,
                                    &end)) {
        return 0;
    }
    behind = end - shard_position(shard, topic->name)->committed;
    return behind > 0 ? behind : 0;
}

/* For how long the oldest message that waits has waited: since it was sent, where it is here already;
 * else at least since it was first seen that some wait. */
static int64_t lag_ms(const struct running *running, const struct shard *shard,
                      const struct log_position *position)
{
    const int64_t seen =
        position->behind_since_ms > 0 ? now_ms(running) - position->behind_since_ms : 0;

    for (size_t i = 0; position->behind_since_ms > 0 && i < shard->backlog_count; i++) {
        const struct intake *item = &shard->backlog[i];

        if (item->timestamp_ms > 0 && strcmp(item->log, position->log) == 0) {
            const int64_t sent = instant_now() / MILLI - item->timestamp_ms;

            return sent > seen ? sent : seen;
        }
    }
    return seen;
}

static void measure_lag(struct running *running)
{
    struct member *member = &running->member;
    int64_t total = 0;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        for (size_t j = 0; j < member->input_count; j++) {
            struct shard *shard = &running->shards[i];
            struct log_position *position;
            int64_t records;

            if (!reads(shard, member->inputs[j].topic)) {
                continue;
            }
            records = lag_records(shard, member->inputs[j].topic);
            position = shard_position(shard, member->inputs[j].topic->name);
            if (records == 0 || position->behind_since_ms == 0) {
                position->behind_since_ms = records == 0 ? 0 : now_ms(running);
            }
            total += records;
        }
    }
    atomic_store(&member->metrics->lag, total);
}

/* One shard at a time, so that a turn of the loop waits for one short query at most. What fails here
 * fails again in the next batch, which knows what to do. */
static void count_agenda(struct running *running)
{
    struct store *store = running->member.store;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        struct shard *shard = &running->shards[i];
        struct error ignored = {0};
        int64_t size;

        if (shard->state != SHARD_OWNED || store->operations->agenda_size == NULL ||
            now_ms(running) - shard->agenda_counted_ms < AGENDA_EVERY_MS) {
            continue;
        }
        shard->agenda_counted_ms = now_ms(running);
        if (store->operations->agenda_size(store, shard->id, AGENDA_COUNTED_MAX, &size, &ignored)) {
            shard->agenda_size = size;
        }
        return;
    }
}

enum input_figure { INPUT_POSITION, INPUT_LAG_RECORDS, INPUT_LAG_MS };

static void append_inputs(struct running *running, const struct family *family,
                          enum input_figure figure)
{
    const struct member *member = &running->member;

    for (int32_t i = 0; i < running->shard_slots; i++) {
        for (size_t j = 0; j < member->input_count; j++) {
            struct shard *shard = &running->shards[i];
            const struct topic_declaration *topic = member->inputs[j].topic;
            const struct log_position *position;
            int64_t value = 0;

            if (!reads(shard, topic)) {
                continue;
            }
            position = shard_position(shard, topic->name);
            switch (figure) {
            case INPUT_POSITION:
                value = position->committed;
                break;
            case INPUT_LAG_RECORDS:
                value = lag_records(shard, topic);
                break;
            case INPUT_LAG_MS:
                value = lag_ms(running, shard, position);
                break;
            }
            append_line(family, shard->id, "topic", topic->name, value);
        }
    }
}

static void write_inputs(struct running *running, struct buffer *out)
{
    struct family family =
        family_begin(running, out, "position_applied", "gauge",
                     "Next offset wanted of an input: all before it is committed.");

    append_inputs(running, &family, INPUT_POSITION);
    family = family_begin(running, out, "input_lag_records", "gauge",
                          "Messages of an input between the position and its end.");
    append_inputs(running, &family, INPUT_LAG_RECORDS);
    family = family_begin(running, out, "input_lag_seconds", "gauge",
                          "How long the oldest of these messages has waited.");
    family.milli = true;
    append_inputs(running, &family, INPUT_LAG_MS);
}

/* Gateways write into every partition of a topic: there the partition tells the lines apart. */
static void write_outputs(struct running *running, struct buffer *out)
{
    const struct family family =
        family_begin(running, out, "position_published", "gauge",
                     "Offset behind the last event that the broker acknowledged.");

    for (int32_t i = 0; i < running->shard_slots; i++) {
        const struct shard *shard = &running->shards[i];

        for (size_t j = 0; shard->state == SHARD_OWNED && j < shard->output_count; j++) {
            const struct output *output = &shard->outputs[j];

            buffer_format(out,
                          "abasto_%s{service=\"%s\",shard=\"%" PRId32
                          "\",topic=\"%s\",partition=\"%" PRId32 "\"}",
                          family.name, family.producer, shard->id, output->topic->name,
                          output->partition);
            append_value(&family, output->acked_offset);
        }
    }
}

enum shard_figure { SHARD_BATCHES, SHARD_BYTES, SHARD_OLDEST_MS, SHARD_AGENDA };

static int64_t unpublished_batches(const struct shard *shard)
{
    int64_t count = 0;

    for (const struct unpublished *item = shard->unpublished_first; item != NULL;
         item = item->next) {
        count++;
    }
    return count;
}

static int64_t shard_value(const struct running *running, const struct shard *shard,
                           enum shard_figure figure)
{
    switch (figure) {
    case SHARD_BATCHES:
        return unpublished_batches(shard);
    case SHARD_BYTES:
        return (int64_t)shard->unpublished_bytes;
    case SHARD_OLDEST_MS:
        return shard->unpublished_first != NULL
                   ? now_ms(running) - shard->unpublished_first->since_ms
                   : 0;
    case SHARD_AGENDA:
        return shard->agenda_size;
    }
    return 0;
}

static void write_shards(struct running *running, struct buffer *out)
{
    static const struct {
        const char *name;
        const char *help;
        enum shard_figure figure;
        bool milli;
    } families[] = {
        {"outbox_batches", "Batches committed and not yet acknowledged.", SHARD_BATCHES, false},
        {"outbox_batch_bytes", "Bytes of those batches.", SHARD_BYTES, false},
        {"outbox_oldest_seconds", "Age of the oldest of those batches.", SHARD_OLDEST_MS, true},
        {"agenda_items", "Items on the agenda, due or not; 100,000 means so or more.", SHARD_AGENDA,
         false},
    };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        struct family family =
            family_begin(running, out, families[i].name, "gauge", families[i].help);

        family.milli = families[i].milli;
        for (int32_t j = 0; j < running->shard_slots; j++) {
            const struct shard *shard = &running->shards[j];

            if (shard->state == SHARD_OWNED) {
                append_line(&family, shard->id, NULL, NULL,
                            shard_value(running, shard, families[i].figure));
            }
        }
    }
}

static void write_days(struct running *running, struct buffer *out)
{
    const struct family family =
        family_begin(running, out, "watermark_day", "gauge",
                     "Last day closed for an institution, in days since 1970-01-01.");

    for (int32_t i = 0; i < running->shard_slots; i++) {
        const struct shard *shard = &running->shards[i];

        for (size_t j = 0; shard->state == SHARD_OWNED && j < shard->day_count; j++) {
            if (shard->days[j].reached) {
                append_line(&family, shard->id, "institution", shard->days[j].institution,
                            shard->days[j].day);
            }
        }
    }
}

static void write_histogram(struct running *running, struct buffer *out, const char *name,
                            const char *help, const struct histogram *histogram, bool milli)
{
    struct family family = family_begin(running, out, name, "histogram", help);

    for (size_t i = 0; i < histogram->bound_count; i++) {
        const int64_t bound = histogram->bounds[i];

        buffer_format(out, "abasto_%s_bucket{service=\"%s\",le=\"", name, family.producer);
        if (milli) {
            buffer_format(out, "%" PRId64 ".%03" PRId64, bound / MILLI, bound % MILLI);
        } else {
            buffer_format(out, "%" PRId64, bound);
        }
        buffer_format(out, "\"} %" PRId64 "\n", histogram->counts[i]);
    }
    buffer_format(out, "abasto_%s_bucket{service=\"%s\",le=\"+Inf\"} %" PRId64 "\n", name,
                  family.producer, histogram->count);
    buffer_format(out, "abasto_%s_sum{service=\"%s\"}", name, family.producer);
    family.milli = milli;
    append_value(&family, histogram->sum);
    buffer_format(out, "abasto_%s_count{service=\"%s\"} %" PRId64 "\n", name, family.producer,
                  histogram->count);
}

void figures_text(struct running *running, struct buffer *out)
{
    const struct member *member = &running->member;

    write_inputs(running, out);
    write_outputs(running, out);
    write_shards(running, out);
    write_days(running, out);
    write_histogram(running, out, "batch_rows", "Messages and rows of a committed batch.",
                    &member->batch_rows, false);
    write_histogram(running, out, "batch_seconds",
                    "From the beginning of a batch to the reply to its commit.",
                    &member->batch_seconds, true);
}

void figures_refresh(struct running *running)
{
    struct buffer text = {0};

    if (now_ms(running) - running->figures_ms < REFRESH_EVERY_MS) {
        return;
    }
    running->figures_ms = now_ms(running);
    measure_lag(running);
    if (running->member.board == NULL) {
        return; /* nobody looks */
    }
    count_agenda(running);
    figures_text(running, &text);
    board_put_figures(running->member.board, &text);
}
