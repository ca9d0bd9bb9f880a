#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include "common/base/arena.h"
#include "common/store/store.h"

/* A store in memory for one shard of a service. It keeps of a row what its table declares and nothing
 * else, as PostgreSQL would: a member that has no column comes back as zero. */

struct fake_row {
    const struct table *table;
    const char *owner;
    const char *id;
    void *row;
};

struct fake_store {
    struct store store; /**< first: what the runtime sees */
    struct arena arena;
    struct fake_row *rows; /**< ordered by table, owner, id */
    size_t row_count;
    size_t row_capacity;
    struct store_agenda *agenda; /**< without repetition */
    size_t agenda_count;
    size_t agenda_capacity;
    struct store_load *loads;
    size_t load_count;
};

void fake_store_init(struct fake_store *store);
void fake_store_finish(struct fake_store *store);

/** Forgets all rows and the whole agenda. */
void fake_store_clear(struct fake_store *store);

/** Applies writes, agenda items done, new ones and touches. */
void fake_store_commit(struct fake_store *store, const struct store_commit *commit);

/** The rows of an owner, ordered by id; borrowed until the next commit. NULL and 0 for none. */
const struct fake_row *fake_store_rows(const struct fake_store *store, const struct table *table,
                                       const char *owner, size_t *count);

/** The rows of a table as fake_work_kept tells them. */
char *fake_store_text(const struct fake_store *store, const struct table *table,
                      struct arena *arena);

#endif
