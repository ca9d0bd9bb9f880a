#ifndef TESTS_RUNTIME_SCENE_H
#define TESTS_RUNTIME_SCENE_H

#include "common/runtime/member.h"
#include "tests/support/fake_bus.h"
#include "tests/support/fake_store.h"

/* A member of a tiny service over a bus and a store in memory: it keeps of each order its clave, says every
 * order on `deliveries`, and looks at an order again when its agenda says so. */

enum { SCENE_SHARDS = 4, SCENE_BATCH = 8 };

/** What is refused by the handler, and what by the store. */
#define SCENE_REJECTED "RECHAZO"
#define SCENE_POISON "VENENO"
/** Claves whose order is told once more when its batch is over; that is refused once the order has had the second. */
#define SCENE_TOGETHER "JUNTO"
#define SCENE_TOGETHER_REJECTED "JUNTO-NO"

struct scene_order {
    const char *order_id;
    const char *clave;
    const char *again; /**< kind of the agenda item that last looked at it */
};
extern const struct table scene_table;
extern const struct service scene_service;

struct scene {
    size_t message_bytes_max; /**< 0: any; before scene_start */
    struct service service;   /**< scene_service, unless the test changes it before scene_start */
    struct fake_broker broker;
    struct fake_bus bus;
    struct fake_database database;
    struct fake_store store;
    struct metrics metrics;
    struct running running;
    struct arena arena;
    int64_t now_ms;
    int64_t seq; /**< of the last order put */
};

/** Makes the bus and the store; the member starts with scene_start. */
void scene_init(struct scene *scene);
/** Shard 0 is the member's. scene_try_start: the start may fail. */
void scene_start(struct scene *scene);
bool scene_try_start(struct scene *scene, struct error *err) MUST_CHECK;
void scene_finish(struct scene *scene);

/** `<institution>/<number>` of shard `shard`. */
const char *scene_contract(struct scene *scene, int32_t shard);
/** A number as a name, and an order's id: `<contract of shard 0>|<name>`. */
const char *scene_name(struct scene *scene, size_t number);
const char *scene_order_id(struct scene *scene, const char *name);
/** Appends an order to partition 0 as the next of its producer. */
void scene_order(struct scene *scene, const char *name, const char *clave);
/** The same with a sequence of the test's choice, and a key. */
void scene_order_as(struct scene *scene, const char *key, const char *name, const char *clave,
                    int64_t seq);
/** Appends any bytes to partition 0 of `orders`, as the next of a producer, whose type is OrderIssued. */
void scene_bytes(struct scene *scene, const char *producer, const void *bytes, size_t size);
/** `contracts` says on `orders` that a day of imss is closed; next of its sequence. */
void scene_day(struct scene *scene, int32_t day);
/** Puts an item for an order on the agenda, behind the back of the member. The handler of kind SCENE_REJECTED
 *  rejects, that of SCENE_POISON writes what the store refuses, "scene.again" does well. */
void scene_later(struct scene *scene, int32_t due, const char *kind, const char *name);

/** One turn of the loop, a second later. */
bool scene_turn(struct scene *scene, struct error *err) MUST_CHECK;
/** Turns until nothing is left to do; fails the test when that takes too long. */
void scene_settle(struct scene *scene);

/** The row of an order, or NULL. */
const struct scene_order *scene_stored(struct scene *scene, const char *name);
/** What was set aside: the nth row, or NULL. */
const struct store_quarantine *scene_aside(const struct scene *scene, size_t index);
/** How many events stand on a topic; one that a new owner sent again counts once. */
size_t scene_said(const struct scene *scene, const char *topic);
struct shard *scene_shard(struct scene *scene);

#endif
