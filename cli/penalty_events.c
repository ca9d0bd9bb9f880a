#include "cli/penalty_events.h"

#include "cli/event_view.h"
#include "cli/say.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Reading over so many records is quicker than beginning to read anew behind them. */
enum { GAP_MAX = 20000 };

/* Reads what is wanted of one partition, in ascending order of offset. */
struct reader {
    struct broker *broker;
    struct penalty_event *const *wanted;
    size_t count;
    size_t next;
    size_t last; /* of this scan */
    struct arena *arena;
};

static int by_place(const void *left, const void *right)
{
    const struct penalty_event *a = *(struct penalty_event *const *)left;
    const struct penalty_event *b = *(struct penalty_event *const *)right;

    if (a->partition != b->partition) {
        return a->partition < b->partition ? -1 : 1;
    }
    return a->offset < b->offset ? -1 : a->offset > b->offset ? 1 : 0;
}

static bool refuse(const struct penalty_event *event, struct error *err)
{
    return error_set(err, ERROR_FATAL,
                     say("en sanctions[%" PRId32 "]@%" PRId64
                         " no está el evento de la pena %s: el tópico no es el que monitor leyó",
                         "sanctions[%" PRId32 "]@%" PRId64
                         " does not hold the event of penalty %s: the topic is not the one that "
                         "monitor read"),
                     event->partition, event->offset, event->sanction_id);
}

static bool take(struct reader *reader, const struct bus_message *message, struct error *err)
{
    struct penalty_event *event = reader->wanted[reader->next];
    struct event_view view;
    const char *id;

    if (!broker_learn(reader->broker, message->payload, err)) {
        return false;
    }
    event_view_read(message, reader->broker->registry, reader->arena, &view);
    id = event_view_text(&view, "sanction_id");
    if (id == NULL || strcmp(id, event->sanction_id) != 0) {
        return refuse(event, err);
    }
    event->type = view.event_type;
    event->event = view.event;
    reader->next++;
    return true;
}

/* False without an error: all that this scan is for was found. */
static bool visit(void *context, const struct bus_message *message, struct error *err)
{
    struct reader *reader = context;
    const struct penalty_event *event = reader->wanted[reader->next];

    if (message->offset > event->offset) {
        return refuse(event, err);
    }
    return (message->offset < event->offset || take(reader, message, err)) &&
           reader->next <= reader->last;
}

/* The wanted ones from `next` on that lie close together. */
static bool scan(struct reader *reader, struct error *err)
{
    const struct bus_operations *operations = reader->broker->bus->operations;
    const struct penalty_event *first = reader->wanted[reader->next];

    reader->last = reader->next;
    while (reader->last + 1 < reader->count &&
           reader->wanted[reader->last + 1]->partition == first->partition &&
           reader->wanted[reader->last + 1]->offset - reader->wanted[reader->last]->offset <=
               GAP_MAX) {
        reader->last++;
    }
    if (!operations->scan(reader->broker->bus, "sanctions", first->partition, first->offset, visit,
                          reader, err)) {
        if (err->action != ERROR_NONE) {
            return false;
        }
        error_clear(err);
    }
    return reader->next > reader->last || refuse(reader->wanted[reader->next], err);
}

bool penalty_events_read(struct broker *broker, struct penalty_event *events, size_t count,
                         struct arena *arena, struct error *err)
{
    struct penalty_event **wanted = arena_array(arena, count + 1, sizeof *wanted);
    struct reader reader = {.broker = broker, .wanted = wanted, .count = count, .arena = arena};
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        wanted[i] = &events[i];
    }
    qsort(wanted, count, sizeof *wanted, by_place);
    while (good && reader.next < count) {
        good = scan(&reader, err);
    }
    return good;
}
