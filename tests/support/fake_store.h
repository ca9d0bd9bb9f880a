#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include "common/store/store.h"
#include "tests/support/fake_database.h"
#include "tests/support/fake_process.h"

/* One connection of a process to a database in memory. When it dies, every shard that was taken on it is to be taken
 * over anew, as with PostgreSQL. */

enum { FAKE_STORE_SHARDS_MAX = 8 };

/** What is outstanding of a shard. */
struct fake_session {
    int64_t generation; /**< of the connection it was taken on */
    struct store_load *loads;
    size_t load_count;
    struct fake_transaction *sent;
};

struct fake_store {
    struct store store; /**< first: what the runtime sees */
    struct fake_database *database;
    struct fake_process *process; /**< borrowed; NULL: nothing ever happens */
    int64_t generation;           /**< of the connection */
    struct fake_session sessions[FAKE_STORE_SHARDS_MAX];
    /* what a test arranges */
    int32_t own_rule_version; /**< of the binary */
    size_t agenda_max;        /**< given at a time; 0: as many as are asked for */
    enum fake_fate next;      /**< of one commit; then FAKE_COMMITS again */
};

void fake_store_init(struct fake_store *store, struct fake_database *database);
/** What it sent and nobody has answered may still be worked off. */
void fake_store_finish(struct fake_store *store);

/** The connection dies: what is outstanding on it is never answered. */
void fake_store_disconnect(struct fake_store *store);

#endif
