#ifndef COMMON_STORE_PG_PART_H
#define COMMON_STORE_PG_PART_H

#include "common/store/store_pg.h"
#include "common/store/store_pg_link.h"

/* Inside of the store over PostgreSQL. */

struct store_pg {
    struct store store; /* first: a struct store * is a struct store_pg * */
    struct store_pg_options options;
    struct arena arena; /* copies of the options' texts */
    struct store_pg_statements statements;
    struct store_pg_link *links;
    struct store_pg_params params; /* of the statement being sent */
    uint64_t *generations;         /* per shard, that of the connection it was taken on */
    size_t shard_count;
};

struct store_pg *store_pg_of(struct store *store);
struct store_pg_link *store_pg_link_of(struct store_pg *store, int32_t shard);

/** The link while it is still the connection that the shard was taken on; NULL and RETRY else. */
struct store_pg_link *store_pg_taken_link(struct store_pg *store, int32_t shard, struct error *err);

/** The shard is now on the link's present connection. */
void store_pg_note_taken(struct store_pg *store, int32_t shard);

/** Adds one of the runtime's own statements with store->params. */
bool store_pg_add_own(struct store_pg *store, struct store_pg_link *link,
                      struct store_pg_exchange *exchange, enum store_pg_own own,
                      struct error *err) MUST_CHECK;

/** The exchange of one of the runtime's own statements with store->params, answered; the caller drops it.
 *  NULL: it failed, and `doing` says in the message what was wanted. */
struct store_pg_exchange *store_pg_call_own(struct store_pg *store, struct store_pg_link *link,
                                            int32_t shard, enum store_pg_own own, const char *doing,
                                            struct error *err);

/** The same on the connection on which the shard was taken, which goes to `link`. */
struct store_pg_exchange *store_pg_call_taken(struct store_pg *store, int32_t shard,
                                              enum store_pg_own own, const char *doing,
                                              struct store_pg_link **link, struct error *err);

bool store_pg_find(struct store *store, int32_t shard, enum store_place *out,
                   struct error *err) MUST_CHECK;
bool store_pg_takeover(struct store *store, int32_t shard, struct arena *arena,
                       struct store_takeover *out, struct error *err) MUST_CHECK;
bool store_pg_release(struct store *store, int32_t shard, int64_t epoch, int64_t published,
                      struct error *err) MUST_CHECK;
bool store_pg_owns(struct store *store, int32_t shard, int64_t epoch, bool *out,
                   struct error *err) MUST_CHECK;
bool store_pg_commit_send(struct store *store, const struct store_commit *commit,
                          struct error *err) MUST_CHECK;
enum store_result store_pg_commit_receive(struct store *store, int32_t shard, struct error *err);

#endif
