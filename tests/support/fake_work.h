#ifndef TESTS_FAKE_WORK_H
#define TESTS_FAKE_WORK_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "common/runtime/service.h"

#include <jansson.h>

/*
 * Runs the handlers of a service without broker or database: the runtime's own batches over a bus and a
 * store in memory. What a service emits is encoded and decoded again as on the wire.
 *
 *     struct fake_work *fake = fake_work_create(&service, NULL);
 *     fake_work_send(fake, &order_issued_type, contract_id, &order);
 *     ck_assert(fake_work_settle(fake, &err));
 *     said = fake_work_said(fake, &delivery_recorded_type, "order_id", order_id);
 */
struct fake_work;

/** What is not the usual. */
struct fake_options {
    const char *institution; /**< of a gateway; its producer is then "<name>.<institution>" */
};

/** Of the service only name, outputs, tables, handlers and per_institution are looked at. `options`
 *  may be NULL. Both must outlive the fake. */
struct fake_work *fake_work_create(const struct service *service,
                                   const struct fake_options *options);
void fake_work_destroy(struct fake_work *fake);

/** Forgets rows, agenda, days and everything emitted: as good as new, but quicker. */
void fake_work_reset(struct fake_work *fake);

/** Puts a message into the next batch; the event is copied. */
void fake_work_send(struct fake_work *fake, const struct record_type *type, const char *key,
                    const void *event);
/** The same for a record of a feed or an agenda item, by its type's or kind's name; `event` is not copied
 *  and may be NULL. */
void fake_work_send_named(struct fake_work *fake, const char *type, const char *key,
                          const void *event);

/** One batch of what was sent. Rejected messages are set aside as the runtime does; anything else that
 *  fails fails. */
MUST_CHECK bool fake_work_commit(struct fake_work *fake, struct error *err);

/** One bounded batch of agenda items that are due; `more`: some may be left. */
MUST_CHECK bool fake_work_agenda(struct fake_work *fake, bool *more, struct error *err);

/** A batch of what was sent, and batches of the agenda until nothing is due. */
MUST_CHECK bool fake_work_settle(struct fake_work *fake, struct error *err);

/** The day of an institution is closed; fake_work_settle drains what is due then. */
void fake_work_close_day(struct fake_work *fake, const char *institution, int32_t day);

/** Forgets the cache, as a takeover does: rows are read from the store again. */
void fake_work_forget_cache(struct fake_work *fake);

/** Everything emitted so far, in order. */
struct fake_emitted {
    const char *topic;
    int32_t partition;
    int64_t seq; /**< on its topic and partition */
    const char *key;
    const struct record_type *type;
    const void *event; /**< a struct of `type` */
};
size_t fake_work_emitted_count(const struct fake_work *fake);
const struct fake_emitted *fake_work_emitted(const struct fake_work *fake, size_t index);

/** How many events of a type were emitted. */
size_t fake_work_emitted_of(const struct fake_work *fake, const struct record_type *type);

/** The last event of a type whose text field has that value; NULL: none. */
const void *fake_work_said(const struct fake_work *fake, const struct record_type *type,
                           const char *field, const char *value);

/** The last finding whose kind and subject are these and that is open, else NULL. */
const struct finding_raised *fake_work_finding(const struct fake_work *fake, const char *kind,
                                               const char *subject);

/** A row as the store holds it; `id` is "" for tables of one row per owner. NULL: none. */
const void *fake_work_stored(const struct fake_work *fake, const struct table *table,
                             const char *owner, const char *id);

/** Messages that a handler rejected, and why the last one was. */
size_t fake_work_rejected(const struct fake_work *fake, const char **reason);

/** The rows of a table as the store holds them, one a line, but for those whose columns are all zero: a row
 *  that went back to nothing is as good as none. Owned by the arena. */
char *fake_work_kept(const struct fake_work *fake, const struct table *table, struct arena *arena);

/** What the service says now: of each judgement the last event, as JSON without its revision, one a
 *  line, sorted. Left out is what says that nothing stands: withdrawn, closed, void, or without any fact.
 *  Equal texts are equal judgements. Owned by the arena. */
char *fake_work_standing(const struct fake_work *fake, struct arena *arena);

#endif
