#ifndef TESTS_FAKE_HISTORY_H
#define TESTS_FAKE_HISTORY_H

#include "events.h"
#include "tests/support/fake_random.h"
#include "tests/support/fake_work.h"

/* Random histories for the property every service must have: any interleaving, repetition and batching of
 * the same facts ends in the same judgements. */

enum {
    FAKE_FREE =
        0, /**< reported facts: any order, repeated. Other streams keep their order, once each. */
    FAKE_DAYS = 7 /**< of fake_history_close_day alone */
};

struct fake_message {
    int stream;
    const struct record_type *type; /**< NULL: `day` is closed for the institution `key` */
    const char *key;
    const void *event;
    int32_t day;
};

struct fake_history {
    struct arena arena;
    struct fake_message *items;
    size_t count;
    size_t capacity;
};

/** The event is copied. */
void fake_history_add(struct fake_history *history, int stream, const struct record_type *type,
                      const char *key, const void *event);

/** Where a gateway last reported a fact, and as of when; zeroed: nowhere yet. */
struct fake_place {
    const char *contract_id;
    const char *entity_id; /**< NULL: nowhere */
    int64_t as_of;
};

/** A version of a fact at `to`, as a gateway would give it: never older than the one before, and after a
 *  withdrawal from where it stood, if that is elsewhere. `sequence` counts both. The caller adds the
 *  report, unless it leaves the fact withdrawn there. */
struct fact fake_history_move(struct fake_history *history, struct fake_place *place,
                              const struct report_withdrawn *to, int64_t *sequence);

/** A day that closes somewhere between the messages; days keep their order. */
void fake_history_close_day(struct fake_history *history, const char *institution, int32_t day);

/** Makes a history out of random numbers. */
typedef void fake_history_maker(struct fake_history *history, struct fake_random *random);

/** For each of `seeds` seeds: plays a history as it was made, one message a batch, and then shuffled,
 *  twice: interleaved, repeated, split into batches, days closed elsewhere, agenda drained late, rows
 *  read again. False when the judgements standing at the end differ, or the rows of the tables `kept`
 *  (ends with NULL; NULL for none); prints the seed and both. */
MUST_CHECK bool fake_history_holds(const struct service *service, fake_history_maker *make,
                                   int64_t seeds, const struct table *const *kept);

#endif
