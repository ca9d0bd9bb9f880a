#include "tests/support/fake_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS_MAX = 8, SHUFFLES = 2, FIRST_SEED = 4711 };

static struct fake_message *add(struct fake_history *history)
{
    if (history->count == history->capacity) {
        history->capacity = history->capacity == 0 ? 64 : history->capacity * 2;
        history->items = memory_resize(history->items, history->capacity * sizeof *history->items);
    }
    return &history->items[history->count++];
}

void fake_history_add(struct fake_history *history, int stream, const struct record_type *type,
                      const char *key, const void *event)
{
    *add(history) = (struct fake_message){.stream = stream,
                                          .type = type,
                                          .key = arena_copy(&history->arena, key),
                                          .event = record_copy(type, event, &history->arena)};
}

struct fact fake_history_move(struct fake_history *history, struct fake_place *place,
                              const struct report_withdrawn *to, int64_t *sequence)
{
    struct report_withdrawn left = *to;

    place->as_of = to->fact.as_of > place->as_of ? to->fact.as_of : place->as_of;
    left.fact.as_of = place->as_of;
    if (place->entity_id != NULL && strcmp(place->entity_id, to->entity_id) != 0) {
        left.contract_id = place->contract_id;
        left.entity_id = place->entity_id;
        left.fact.sequence = ++*sequence;
        fake_history_add(history, FAKE_FREE, &report_withdrawn_type, left.contract_id, &left);
    }
    place->contract_id = to->contract_id;
    place->entity_id = to->entity_id;
    left.fact.sequence = ++*sequence;
    return left.fact;
}

void fake_history_close_day(struct fake_history *history, const char *institution, int32_t day)
{
    *add(history) = (struct fake_message){
        .stream = FAKE_DAYS, .key = arena_copy(&history->arena, institution), .day = day};
}

static void send(struct fake_work *fake, const struct fake_message *message)
{
    if (message->type == NULL) {
        fake_work_close_day(fake, message->key, message->day);
        return;
    }
    fake_work_send(fake, message->type, message->key, message->event);
}

static bool play(struct fake_work *fake, const struct fake_history *history, struct error *err)
{
    for (size_t i = 0; i < history->count; i++) {
        send(fake, &history->items[i]);
        if (!fake_work_settle(fake, err)) {
            return false;
        }
    }
    return true;
}

/* --- shuffling --- */

struct deck {
    const struct fake_message **items;
    size_t count;
    size_t next;
};

static void add_to_deck(struct deck *deck, struct arena *arena, size_t capacity,
                        const struct fake_message *message)
{
    if (deck->items == NULL) {
        deck->items = arena_array(arena, capacity, sizeof *deck->items);
    }
    deck->items[deck->count++] = message;
}

static void shuffle_deck(struct deck *deck, struct fake_random *random)
{
    for (size_t i = deck->count; i > 1; i--) {
        const size_t other = (size_t)fake_random_below(random, (int64_t)i);
        const struct fake_message *kept = deck->items[i - 1];

        deck->items[i - 1] = deck->items[other];
        deck->items[other] = kept;
    }
}

static void deal(struct deck decks[static STREAMS_MAX], const struct fake_history *history,
                 struct arena *arena, struct fake_random *random)
{
    const size_t capacity = history->count * 2;

    for (size_t i = 0; i < history->count; i++) {
        const struct fake_message *message = &history->items[i];
        struct deck *deck = &decks[message->stream];

        add_to_deck(deck, arena, capacity, message);
        if (message->stream == FAKE_FREE && fake_random_once_in(random, 4)) {
            add_to_deck(deck, arena, capacity, message);
        }
    }
    shuffle_deck(&decks[FAKE_FREE], random);
}

/* The next message of a deck taken by chance; NULL when all are empty. */
static const struct fake_message *draw(struct deck decks[static STREAMS_MAX],
                                       struct fake_random *random)
{
    int64_t left = 0;
    int64_t which;

    for (size_t i = 0; i < STREAMS_MAX; i++) {
        left += (int64_t)(decks[i].count - decks[i].next);
    }
    if (left == 0) {
        return NULL;
    }
    which = fake_random_below(random, left);
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        const int64_t own = (int64_t)(decks[i].count - decks[i].next);

        if (which < own) {
            return decks[i].items[decks[i].next++];
        }
        which -= own;
    }
    return NULL;
}

static bool between_messages(struct fake_work *fake, struct fake_random *random, struct error *err)
{
    bool more;

    if (fake_random_once_in(random, 4) && !fake_work_commit(fake, err)) {
        return false;
    }
    if (fake_random_once_in(random, 8) && !fake_work_agenda(fake, &more, err)) {
        return false;
    }
    if (fake_random_once_in(random, 16)) {
        if (!fake_work_commit(fake, err)) {
            return false;
        }
        fake_work_forget_cache(fake);
    }
    return true;
}

static bool play_shuffled(struct fake_work *fake, const struct fake_history *history,
                          struct fake_random *random, struct error *err)
{
    struct deck decks[STREAMS_MAX] = {0};
    struct arena arena = {0};
    const struct fake_message *message;
    bool good = true;

    deal(decks, history, &arena, random);
    while (good && (message = draw(decks, random)) != NULL) {
        send(fake, message);
        good = between_messages(fake, random, err);
    }
    arena_finish(&arena);
    return good && fake_work_settle(fake, err);
}

/* --- the property --- */

/* The first line that is not the same. */
static void print_difference(const char *expected, const char *found)
{
    size_t line = 0;

    for (size_t i = 0; expected[i] != '\0' && expected[i] == found[i]; i++) {
        line = expected[i] == '\n' ? i + 1 : line;
    }
    (void)printf("as made:  %.*s\nshuffled: %.*s\n", (int)strcspn(expected + line, "\n"),
                 expected + line, (int)strcspn(found + line, "\n"), found + line);
}

static const char *outcome(const struct fake_work *fake, const struct table *const *kept,
                           struct arena *arena)
{
    const char *text = fake_work_standing(fake, arena);

    for (size_t i = 0; kept != NULL && kept[i] != NULL; i++) {
        text = arena_format(arena, "%s%s", text, fake_work_kept(fake, kept[i], arena));
    }
    return text;
}

static bool holds(struct fake_work *fake, const struct fake_history *history,
                  const struct table *const *kept, struct fake_random *random, struct error *err)
{
    struct arena arena = {0};
    const char *expected = NULL;
    bool good = play(fake, history, err);

    expected = good ? outcome(fake, kept, &arena) : NULL;
    for (int i = 0; good && i < SHUFFLES; i++) {
        const char *found;

        fake_work_reset(fake);
        good = play_shuffled(fake, history, random, err);
        found = good ? outcome(fake, kept, &arena) : NULL;
        if (good && strcmp(expected, found) != 0) {
            print_difference(expected, found);
            good = false;
        }
    }
    fake_work_reset(fake);
    arena_finish(&arena);
    return good;
}

bool fake_history_holds(const struct service *service, fake_history_maker *make, int64_t seeds,
                        const struct table *const *kept)
{
    struct fake_work *fake = fake_work_create(service, NULL);
    struct fake_history history = {0};
    bool good = true;

    (void)printf("%s: seeds %d..%" PRId64 "\n", service->name, FIRST_SEED, FIRST_SEED + seeds - 1);
    for (int64_t seed = FIRST_SEED; good && seed < FIRST_SEED + seeds; seed++) {
        struct fake_random random = {(uint64_t)seed};
        struct error err = {0};

        history.count = 0;
        arena_reset(&history.arena);
        make(&history, &random);
        good = holds(fake, &history, kept, &random, &err);
        if (!good) {
            (void)printf("%s: seed %" PRId64 " fails: %s\n", service->name, seed, err.message);
            (void)fflush(stdout); /* a failed test of Check leaves without */
        }
    }
    arena_finish(&history.arena);
    free(history.items);
    fake_work_destroy(fake);
    return good;
}
