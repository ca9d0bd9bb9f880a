#ifndef TESTS_GATEWAY_DESK_H
#define TESTS_GATEWAY_DESK_H

#include "common/runtime/member.h"
#include "events.h"
#include "tests/support/fake_bus.h"
#include "tests/support/fake_store.h"

/* A whole gateway, its loop included, over a broker and a store in memory: what is published to its inbox comes
 * through headers, bytes and batches as in life, and its answers are read from its outcomes. */

enum { DESK_SHARDS = 4, DESK_FOREIGN_SCHEMA = 900, DESK_UNKNOWN_SCHEMA = 999 };

/** A receipt in JSON, and its ordinary headers. */
#define RECEIPT "mx.abasto.inbox.ReceiptReport"
#define RECEIPT_WITH(members)                                                                      \
    "{\"recepcion\":\"R1\",\"contrato\":\"C1\",\"orden\":\"7\",\"clave\":\"010.000.2540.00\","     \
    "\"remision\":\"RM1\",\"lote\":\"L1\",\"caducidad\":\"2027-12-31\",\"piezas\":10,"             \
    "\"piezas_rechazadas\":0,\"fecha_fisica\":\"2025-06-18\",\"fecha_remision\":\"2025-06-18\","   \
    "\"fecha_alta\":\"2025-06-19\",\"fecha_captura\":\"2025-06-20\",\"tipo\":\"entrega\"" members  \
    "}"
#define GOOD RECEIPT_WITH("")
#define AS_ERP .id = "1", .source = "/imss/erp", .type = RECEIPT, .time = "2025-06-20T12:00:00Z"
#define JSON(text) .payload = {(const uint8_t *)(text), sizeof(text) - 1}

struct desk {
    char root[4096];
    const char *institution;
    struct fake_broker broker;
    struct fake_bus bus;
    struct fake_database database;
    struct fake_store store;
    struct metrics metrics;
    struct running running;
    struct arena arena;
    int64_t now_ms;
};

void desk_open(struct desk *desk, const char *institution);
void desk_close(struct desk *desk);

/** The process is gone, with all that it did not commit; another one takes over. */
void desk_restart(struct desk *desk);

/** A message as any client sends it; NULL headers are missing. Bytes and texts are copied. */
struct desk_message {
    const char *id;
    const char *source;
    const char *type;
    const char *time;
    const char *traceparent;
    const char *key;
    struct bytes payload;
};
void desk_publish(struct desk *desk, const struct desk_message *message);
/** JSON by `erp` at 2025-06-20T12:00:00Z. */
void desk_publish_json(struct desk *desk, const char *id, const char *type, const char *json);
/** A record of ours in the wire format, by the same. */
void desk_publish_record(struct desk *desk, const char *id, const struct record_type *type,
                         const void *record);
/** The receipt GOOD as a record, under an identity of its own. */
struct receipt_report desk_receipt(const char *id);

/** A file appears in the drop folder. */
void desk_drop(struct desk *desk, const char *name, const char *content);

/** The clock says that a day ended. */
void desk_end_day(struct desk *desk, int32_t day);

/** So many turns; and turns until nothing is left to do. */
void desk_turn(struct desk *desk, int turns);
void desk_settle(struct desk *desk);

/** The last message of a topic that carries `type`, or NULL; its struct; how many there are, those that
 *  were sent again not counted. */
const struct bus_message *desk_last(struct desk *desk, const char *topic,
                                    const struct record_type *type);
const void *desk_last_event(struct desk *desk, const char *topic, const struct record_type *type);
size_t desk_count(struct desk *desk, const char *topic, const struct record_type *type);

/** Where a record stands among all that came, of whatever topic. */
size_t desk_place(const struct desk *desk, const struct bus_message *record);

/** The last answer to a report, and the nth. */
const struct report_answered *desk_answer(struct desk *desk);
const struct report_answered *desk_answer_at(struct desk *desk, size_t index);

/** The row of a table with one row per owner as the store holds it, or NULL. */
const void *desk_stored(const struct desk *desk, const struct table *table, const char *owner);

/** What was set aside last, or NULL. */
const struct store_quarantine *desk_aside(const struct desk *desk);

#endif
