#ifndef COMMON_STORE_PG_LINK_H
#define COMMON_STORE_PG_LINK_H

#include "common/base/error.h"
#include "common/store/store_pg.h"
#include "common/store/store_pg_params.h"
#include "common/store/store_pg_statement.h"

#include <libpq-fe.h>
#include <stdint.h>

enum store_pg_kind {
    STORE_PG_SETUP,
    STORE_PG_CALL, /**< sent and received within one function */
    STORE_PG_LOAD,
    STORE_PG_COMMIT,
    STORE_PG_ORPHAN, /**< nobody will ask for it: dropped once it is answered */
};

/** Statements sent together and ended by one Sync, which makes them one transaction: an error undoes
 *  them all and leaves the connection clean for the exchange behind it. (An explicit BEGIN would leave a
 *  failed transaction open over the exchanges of other shards that were already sent.) */
struct store_pg_exchange {
    struct store_pg_exchange *next;
    enum store_pg_kind kind;
    int32_t shard;
    size_t statement_count; /**< sent */
    PGresult **results;     /**< one per statement; one more when the Sync itself failed */
    size_t result_count;
    size_t result_capacity;
    bool complete; /**< answered up to its Sync, or the connection died */
    bool died;
    struct store_load *loads;
    size_t load_count;
};

/** One connection in pipeline mode, and what was sent over it, oldest first. Answers come in the order
 *  of sending: whoever waits for a later exchange keeps the answers of earlier ones. */
struct store_pg_link {
    const struct store_pg_options *options;
    const struct store_pg_statements *statements;
    PGconn *connection;  /**< NULL: closed */
    uint64_t generation; /**< counts the connections opened */
    struct store_pg_exchange *first;
    char death[160]; /**< why the last connection was lost */
};

/** Opens a connection where there is none, or where the one there is has died. */
bool store_pg_link_open(struct store_pg_link *link, struct error *err) MUST_CHECK;

/** Closes it; what was under way is complete and died. */
void store_pg_link_close(struct store_pg_link *link, const char *why);

/** Closes it and drops all exchanges; accepts a zeroed one. */
void store_pg_link_finish(struct store_pg_link *link);

/** Begins an exchange on an open link. It belongs to the link until store_pg_link_drop. */
struct store_pg_exchange *store_pg_link_begin(struct store_pg_link *link, enum store_pg_kind kind,
                                              int32_t shard);

/** Adds a prepared statement with its parameters. On failure the link is closed and the exchange
 *  dropped; as no Sync was sent, nothing of it can commit. */
bool store_pg_link_add(struct store_pg_link *link, struct store_pg_exchange *exchange,
                       const char *statement, const struct store_pg_params *params,
                       struct error *err) MUST_CHECK;

/** Ends it with a Sync and sends it all, reading meanwhile so that neither side waits for the other. A
 *  connection lost from here on shows in the exchange (died). */
void store_pg_link_end(struct store_pg_link *link, struct store_pg_exchange *exchange);

/** Waits until it is complete. */
void store_pg_link_wait(struct store_pg_link *link, struct store_pg_exchange *exchange);

/** The exchange of that kind of a shard; NULL when there is none. */
struct store_pg_exchange *store_pg_link_find(struct store_pg_link *link, enum store_pg_kind kind,
                                             int32_t shard);

/** Nobody will ask for what is under way for that shard. */
void store_pg_link_abandon(struct store_pg_link *link, int32_t shard);

void store_pg_link_drop(struct store_pg_link *link, struct store_pg_exchange *exchange);

/** The first result that is an error; NULL when there is none. `index` may be NULL. */
const PGresult *store_pg_exchange_error(const struct store_pg_exchange *exchange, size_t *index);

/** begin, add nothing more, end, wait: true when all went well, else raises it and drops it. */
bool store_pg_link_call(struct store_pg_link *link, struct store_pg_exchange *exchange,
                        const char *doing, struct error *err) MUST_CHECK;

#endif
