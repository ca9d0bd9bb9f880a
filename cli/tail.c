#include "cli/tail.h"

#include "cli/connection.h"
#include "cli/event_view.h"
#include "cli/say.h"

#include <stdlib.h>
#include <string.h>

enum { FOLLOW_MESSAGES = 500, FOLLOW_WAIT_MS = 500 };

/* A record that may be among the last ones. */
struct line {
    int64_t timestamp_ms;
    int32_t partition;
    int64_t offset;
    struct buffer text;
};

/* The last records of a partition; the place of the oldest is taken by the next. */
struct window {
    struct line *lines;
    int64_t capacity;
    int64_t kept; /* in all, those whose place was taken included */
};

struct tail {
    struct broker *broker;
    const struct tail_wish *wish;
    FILE *out;
    struct arena own;       /* as long as the command */
    struct arena record;    /* of the record in hand */
    struct bus_start *next; /* per partition: what was not read yet */
    int32_t partitions;
    struct window *windows; /* per partition */
};

/* --- one record --- */

static bool is_wanted(const struct tail_wish *wish, const struct event_view *view)
{
    return (wish->type == NULL || event_view_is_type(view, wish->type)) &&
           (wish->key == NULL || (view->key != NULL && strcmp(view->key, wish->key) == 0)) &&
           (wish->contract == NULL || event_view_is_contract(view, wish->contract)) &&
           (wish->institution == NULL || event_view_is_institution(view, wish->institution));
}

static bool write_text(struct tail *tail, const char *text, struct error *err)
{
    return (fputs(text, tail->out) != EOF && fputc('\n', tail->out) != EOF) ||
           error_set(err, ERROR_FATAL, "%s",
                     say("no se pudo escribir el JSON", "the JSON could not be written"));
}

static bool keep_line(struct tail *tail, const struct event_view *view, const char *text)
{
    struct window *window = &tail->windows[view->partition];
    struct line *line = &window->lines[window->kept % window->capacity];

    line->timestamp_ms = view->timestamp_ms;
    line->partition = view->partition;
    line->offset = view->offset;
    buffer_clear(&line->text);
    buffer_append_text(&line->text, text);
    window->kept++;
    return true;
}

static bool show(struct tail *tail, const struct event_view *view, bool keep, struct error *err)
{
    json_t *json = event_view_json(view);
    char *text = json_dumps(json, JSON_COMPACT);
    const bool good = text == NULL ? error_set(err, ERROR_FATAL, "%s[%d]@%lld", view->topic,
                                               view->partition, (long long)view->offset)
                      : keep       ? keep_line(tail, view, text)
                                   : write_text(tail, text, err);

    free(text);
    json_decref(json);
    return good;
}

static bool take(struct tail *tail, const struct bus_message *message, bool keep, struct error *err)
{
    struct event_view view;
    bool good;

    tail->next[message->partition].offset = message->offset + 1;
    event_view_read(message, tail->broker->registry, &tail->record, &view);
    good = !is_wanted(tail->wish, &view) || show(tail, &view, keep, err);
    arena_reset(&tail->record);
    return good;
}

static bool visit(void *context, const struct bus_message *message, struct error *err)
{
    struct tail *tail = context;

    return take(tail, message, tail->wish->from == OPTIONS_FROM_LAST, err);
}

/* --- what is there --- */

static bool is_filtered(const struct tail_wish *wish)
{
    return wish->type != NULL || wish->key != NULL || wish->contract != NULL ||
           wish->institution != NULL;
}

static int64_t place_to_begin(const struct tail_wish *wish, int64_t end)
{
    switch (wish->from) {
    case OPTIONS_FROM_LAST:
        return is_filtered(wish) || end < wish->last ? 0 : end - wish->last;
    case OPTIONS_FROM_BEGINNING:
        return 0;
    case OPTIONS_FROM_END:
        return end;
    case OPTIONS_FROM_OFFSET:
        return wish->from_offset < end ? wish->from_offset : end;
    }
    return end;
}

/* No more places than there are records. */
static void open_window(struct tail *tail, int32_t partition, int64_t records)
{
    struct window *window = &tail->windows[partition];

    window->capacity = records < tail->wish->last ? records : tail->wish->last;
    window->lines = arena_array(&tail->own, (size_t)window->capacity, sizeof *window->lines);
}

static bool read_partition(struct tail *tail, int32_t partition, struct error *err)
{
    struct bus *bus = tail->broker->bus;
    const char *topic = tail->wish->topic;
    struct bus_start *next = &tail->next[partition];
    int64_t end;
    int64_t begin;

    if (!bus->operations->end_offset(bus, topic, partition, &end, err)) {
        return false;
    }
    begin = place_to_begin(tail->wish, end);
    *next = (struct bus_start){topic, partition, end};
    if (begin == end) {
        return true;
    }
    if (tail->wish->from == OPTIONS_FROM_LAST) {
        open_window(tail, partition, end - begin);
    }
    return bus->operations->scan(bus, topic, partition, begin, visit, tail, err);
}

static int by_time(const void *left, const void *right)
{
    const struct line *a = *(struct line *const *)left;
    const struct line *b = *(struct line *const *)right;

    if (a->timestamp_ms != b->timestamp_ms) {
        return a->timestamp_ms < b->timestamp_ms ? -1 : 1;
    }
    if (a->partition != b->partition) {
        return a->partition < b->partition ? -1 : 1;
    }
    return a->offset < b->offset ? -1 : a->offset > b->offset ? 1 : 0;
}

static size_t used(const struct window *window)
{
    return (size_t)(window->kept < window->capacity ? window->kept : window->capacity);
}

/* The last of all partitions, oldest first. */
static bool write_kept(struct tail *tail, struct error *err)
{
    const size_t last = (size_t)tail->wish->last;
    struct line **lines;
    size_t count = 0;
    bool good = true;

    for (int32_t i = 0; i < tail->partitions; i++) {
        count += used(&tail->windows[i]);
    }
    lines = arena_array(&tail->own, count + 1, sizeof *lines);
    count = 0;
    for (int32_t i = 0; i < tail->partitions; i++) {
        for (size_t j = 0; j < used(&tail->windows[i]); j++) {
            lines[count++] = &tail->windows[i].lines[j];
        }
    }
    qsort(lines, count, sizeof(struct line *), by_time);
    for (size_t i = count > last ? count - last : 0; i < count && good; i++) {
        good = write_text(tail, buffer_text(&lines[i]->text), err);
    }
    return good;
}

static bool read_all(struct tail *tail, struct error *err)
{
    for (int32_t i = 0; i < tail->partitions; i++) {
        if (!read_partition(tail, i, err)) {
            return false;
        }
    }
    return tail->wish->from != OPTIONS_FROM_LAST || write_kept(tail, err);
}

/* --- what arrives --- */

static bool follow(struct tail *tail, const volatile sig_atomic_t *stop, struct error *err)
{
    struct bus *bus = tail->broker->bus;

    if (!bus->operations->assign(bus, tail->next, (size_t)tail->partitions, err)) {
        return false;
    }
    while (*stop == 0) {
        struct bus_events events;

        if (fflush(tail->out) != 0 ||
            !bus->operations->poll(bus, FOLLOW_MESSAGES, FOLLOW_WAIT_MS, &events, err)) {
            return false;
        }
        for (size_t i = 0; i < events.message_count; i++) {
            if (!broker_learn(tail->broker, events.messages[i].payload, err) ||
                !take(tail, &events.messages[i], false, err)) {
                return false;
            }
        }
    }
    return true;
}

static void finish(struct tail *tail)
{
    for (int32_t i = 0; tail->windows != NULL && i < tail->partitions; i++) {
        for (size_t j = 0; j < used(&tail->windows[i]); j++) {
            buffer_finish(&tail->windows[i].lines[j].text);
        }
    }
    arena_finish(&tail->record);
    arena_finish(&tail->own);
}

bool tail_run(struct broker *broker, const struct tail_wish *wish,
              const volatile sig_atomic_t *stop, FILE *out, struct error *err)
{
    struct tail tail = {.broker = broker, .wish = wish, .out = out};
    bool good =
        broker->bus->operations->partitions(broker->bus, wish->topic, &tail.partitions, err);

    if (good && tail.partitions == 0) {
        good = error_set(err, ERROR_REJECT, say("no hay tópico «%s»", "there is no topic «%s»"),
                         wish->topic);
    }
    if (good) {
        tail.next = arena_array(&tail.own, (size_t)tail.partitions, sizeof *tail.next);
        tail.windows = arena_array(&tail.own, (size_t)tail.partitions, sizeof *tail.windows);
        good = read_all(&tail, err) && (!wish->follow || follow(&tail, stop, err));
    }
    finish(&tail);
    return good || connection_explain(err, "Kafka");
}
