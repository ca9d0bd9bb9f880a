#include "schemas/generator/topics.h"

#include <string.h>

enum mark { MARK_NONE, MARK_OPEN, MARK_DONE };

/* A service on the way, and the topic by which it was reached. */
struct step {
    const struct step *parent;
    const char *service;
    const char *topic;
};

struct search {
    const struct topics *topics;
    enum mark *marks; /* by service */
    struct error *err;
};

static size_t index_of(const struct topics *topics, const char *service)
{
    size_t index = 0;

    while (index < topics->service_count && strcmp(topics->services[index], service) != 0) {
        index++;
    }
    return index;
}

static bool tell_circle(const struct search *search, const struct step *last, const char *topic,
                        const char *service, struct arena *arena)
{
    const char *text = arena_format(arena, "%s -> %s -> %s", last->service, topic, service);

    for (const struct step *step = last; strcmp(step->service, service) != 0; step = step->parent) {
        text = arena_format(arena, "%s -> %s -> %s", step->parent->service, step->topic, text);
    }
    return error_set(search->err, ERROR_REJECT,
                     "services wait for each other in a circle: %s (watermarks would lock)", text);
}

static bool visit(const struct search *search, const struct step *step)
{
    const size_t self = index_of(search->topics, step->service);

    search->marks[self] = MARK_OPEN;
    for (size_t i = 0; i < search->topics->count; i++) {
        const struct topic_declaration *topic = &search->topics->topics[i];

        if (topic->kind != TOPIC_SEQUENCED || topic->owner == NULL ||
            strcmp(topic->owner, step->service) != 0) {
            continue;
        }
        for (size_t j = 0; j < topic->reader_count; j++) {
            const char *reader = topic->readers[j];
            const struct step next = {step, reader, topic->name};
            const enum mark mark = search->marks[index_of(search->topics, reader)];

            if (mark == MARK_OPEN) {
                struct arena arena = {0};

                (void)tell_circle(search, step, topic->name, reader, &arena);
                arena_finish(&arena);
                return false;
            }
            if (mark == MARK_NONE && !visit(search, &next)) {
                return false;
            }
        }
    }
    search->marks[self] = MARK_DONE;
    return true;
}

bool topics_check_acyclic(const struct topics *topics, struct error *err)
{
    struct arena arena = {0};
    const struct search search = {
        topics, arena_array(&arena, topics->service_count + 1, sizeof(enum mark)), err};
    bool acyclic = true;

    for (size_t i = 0; i < topics->service_count && acyclic; i++) {
        const struct step start = {NULL, topics->services[i], NULL};

        acyclic = search.marks[i] != MARK_NONE || visit(&search, &start);
    }
    arena_finish(&arena);
    return acyclic;
}
