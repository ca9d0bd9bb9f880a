#ifndef CLI_ACCOUNT_H
#define CLI_ACCOUNT_H

#include "cli/connection.h"
#include "common/base/arena.h"
#include "common/base/digest.h"

/** Columns of the account of a file, in the order in which account_answer gives them; the state is done or refused. */
enum account_column {
    ACCOUNT_INSTITUTION,
    ACCOUNT_NAME,
    ACCOUNT_STATE,
    ACCOUNT_ROWS,
    ACCOUNT_TAKEN,
    ACCOUNT_WARNED,
    ACCOUNT_UNCHANGED,
    ACCOUNT_QUARANTINED,
    ACCOUNT_SUPERSEDED,
    ACCOUNT_REPORT,
    ACCOUNT_REFUSAL,
    ACCOUNT_COLUMNS,
};

/** Waits for the gateway's answer about the next reading of a content. */
struct account_watch {
    char sha256[DIGEST_HEX_BYTES];
    const char *archive;
    const char *before;     /**< JSON: how often each account of this content was answered so far */
    const char *answer_sql; /**< of this institution's gateway */
    const char *rows_sql;
};

/** The schema of an institution's gateway: gateway_imss_bienestar. NULL for what is none of ours: nothing else gets
 *  into SQL. */
const char *account_schema(const char *institution, struct arena *arena);

/** Notes what is known of the file's content before it is dropped. Texts are the arena's. */
bool account_watch_begin(struct connection *connection, const char *institution, const char *path,
                         const char *archive, struct arena *arena, struct account_watch *out,
                         struct error *err) MUST_CHECK;

/** The account, one row, once the gateway has answered; until then `*out` is NULL. The caller clears it. */
bool account_answer(struct connection *connection, const struct account_watch *watch,
                    PGresult **out, struct error *err) MUST_CHECK;

/** Rows of it that the gateway has read so far. */
bool account_rows_read(struct connection *connection, const struct account_watch *watch,
                       int64_t *out, struct error *err) MUST_CHECK;

/** The name under which an institution delivered a file; NULL when no gateway of ours has read it. */
bool account_file_name(struct connection *connection, const char *institution, const char *sha256,
                       struct arena *arena, const char **out, struct error *err) MUST_CHECK;

#endif
