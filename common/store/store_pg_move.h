#ifndef COMMON_STORE_PG_MOVE_H
#define COMMON_STORE_PG_MOVE_H

#include "common/store/shard_move.h"
#include "common/store/store_pg.h"

#include <libpq-fe.h>

/** One shard's way to another server. Zero it but for the first members; release with store_pg_move_finish. */
struct store_pg_move {
    const struct server_list *servers; /**< all of them: borrowed, as the schema */
    const char *schema;
    int32_t shard;
    size_t to;
    bool undo;
    struct arena arena;
    PGconn *links[SERVERS_MAX];
    struct move_sight sights[SERVERS_MAX]; /**< as last looked at */
};

/** What a step has moved. */
struct move_amount {
    size_t tables;
    int64_t rows;
};

/** Looks at all servers and tells what comes next. RETRY when one of them does not answer: nobody knows then what it
 *  holds. */
bool store_pg_move_look(struct store_pg_move *move, struct move_decision *out,
                        struct error *err) MUST_CHECK;

/** Does it; one transaction on one server. RETRY also when somebody else was faster: look again. REJECT: the tables at the
 *  destination are not those of the home, a table without column `shard`, or a copy that differs from what was copied,
 *  which then was not kept. */
bool store_pg_move_do(struct store_pg_move *move, const struct move_decision *decision,
                      struct move_amount *out, struct error *err) MUST_CHECK;

/** How many rows of the shard its home holds. */
bool store_pg_move_measure(struct store_pg_move *move, size_t home, struct move_amount *out,
                           struct error *err) MUST_CHECK;

void store_pg_move_finish(struct store_pg_move *move);

#endif
