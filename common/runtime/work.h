#ifndef COMMON_WORK_H
#define COMMON_WORK_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/runtime/metrics.h"
#include "common/store/table.h"

#include <stddef.h>
#include <stdint.h>

/** The unit of work of one batch of one shard: what handlers read and put. */
struct work;

/** A decoded message. Lives as long as its batch. */
struct message {
    const char *
        type; /**< ce_type: mx.abasto.orders.OrderIssued; kind of an agenda item; record of a feed */
    const char *topic; /**< "agenda" for agenda items; the feed's log for feeds */
    int32_t partition;
    int64_t offset;
    const char *key;         /**< contract_id; owner for agenda items */
    const char *traceparent; /**< of an agenda item: of what put it there; may be NULL */
    const void *event;       /**< the generated struct of `type`; NULL for agenda items */
    const char *
        refused; /**< of INBOX_MESSAGE: why it was rejected before. Nothing was loaded for it; its handler
                                  sets it aside and answers it. Else NULL */
};

struct rows {
    void *const *items;
    size_t count;
};

/* -- needs: called before anything is loaded; must not look at state -- */

/** Rows of `owner` will be wanted. `owner` is copied. */
void work_need(struct work *work, const struct table *table, const char *owner);

/* -- on: what was needed is there; touching what was not needed is a programming error -- */

/** Memory of the batch. Text put into rows may point there or to the message: saving copies it. */
struct arena *work_arena(struct work *work);

/** The row of a table with one row per owner, or NULL. */
void *work_find(struct work *work, const struct table *table, const char *owner);

/** The same, made (zeroed but for its key) when it is not there. Kept only if saved. */
void *work_entity(struct work *work, const struct table *table, const char *owner);

/** All rows of an owner, ordered by id bytewise, those made in this batch included. Valid until the next
 *  work_row or work_entity on the table. */
struct rows work_rows(struct work *work, const struct table *table, const char *owner);

/** One row of a table with many rows per owner; made when it is not there. */
void *work_row(struct work *work, const struct table *table, const char *owner, const char *id);

/** The same, or NULL when it is not there. */
void *work_find_row(struct work *work, const struct table *table, const char *owner,
                    const char *id);

/** The row has changed: it is written with the batch. */
void work_save(struct work *work, const struct table *table, void *row);

/** Writes a row as it stands, whatever was there before; of a key's rows of one batch the last stays. For tables
 *  of which nothing is ever needed: what an event says whole is neither loaded nor kept in memory. The struct is
 *  copied; its texts are borrowed until the batch ends. */
void work_put(struct work *work, const struct table *table, const void *row);

/** Publishes an event on one of the service's outputs, as the next hop of the trace of the message in hand: in the shard's own partition, or for gateways in
 *  the partition of `key`; topics of one partition have it in 0. The struct may be reused at once. */
bool work_emit(struct work *work, const char *topic, const char *key,
               const struct record_type *type, const void *event, struct error *err) MUST_CHECK;

/** Publishes into every partition of an output (gateways: DayClosed, reference data). */
bool work_emit_everywhere(struct work *work, const char *topic, const char *key,
                          const struct record_type *type, const void *event,
                          struct error *err) MUST_CHECK;

/** What a judgement remembers of its last emission: two columns of the entity's row. */
struct judgement {
    const char *digest; /**< NULL: never emitted */
    int64_t revision;
};

/** Emits only if the event differs from what was last emitted under this judgement. Sets the event's
 *  members `digest` and `revision` (so `event` is not const) and the judgement; the caller saves the
 *  row. */
bool work_judged(struct work *work, const char *topic, const char *key,
                 const struct record_type *type, void *event, struct judgement *judgement,
                 struct error *err) MUST_CHECK;

/** The last day that is closed for an institution in this shard; false: none yet. */
bool work_day(const struct work *work, const char *institution, int32_t *day);

/** `kind` is handled for `owner` again once day `due` is closed for the institution of `owner`. */
void work_later(struct work *work, int32_t due, const char *kind, const char *owner);

/** Every owner of `table` that begins with `prefix` is handled as `kind` at once, in bounded batches
 *  after this one. For what changes under many: terms of a contract, a calendar. */
void work_touch(struct work *work, const struct table *table, const char *kind, const char *prefix);

/** The handler of `kind` runs for `owner` once, when all messages of the batch are taken: for judgements over
 *  many facts, which each message of a batch would only repeat. The message must have needed what that handler
 *  needs. If it is refused then, the message after which it is refused is set aside. */
void work_settle(struct work *work, const char *kind, const char *owner);

/** Sets a row or message aside without failing the batch: quarantine row and event. Texts in Spanish. */
struct setting_aside {
    const char *institution;
    const char *source; /**< name of the file or topic */
    int64_t position;
    const char *column;
    const char *found;
    const char *expected;
    const char *reason;
    const char *action;
    const char *layout; /**< of a row; NULL: none */
    bool has_as_of;
    int64_t as_of; /**< microseconds; what its file or report speaks of */
    struct bytes payload;
    enum aside_class class;
};

/** The id under which something of this service is set aside; owned by the arena. For needs too. */
char *work_aside_id(struct work *work, const char *source, int64_t position);
bool work_set_aside(struct work *work, const struct setting_aside *aside,
                    struct error *err) MUST_CHECK;

/** Name under which this service emits: "deliveries", "gateway.imss"; and the gateway's institution, or NULL. */
const char *work_producer(const struct work *work);
const char *work_institution(const struct work *work);

#endif
