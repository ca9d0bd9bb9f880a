#ifndef CLI_QUARANTINE_FIND_H
#define CLI_QUARANTINE_FIND_H

#include "cli/connection.h"
#include "cli/options.h"
#include "common/base/arena.h"

/* What was set aside, as monitor knows it. */

/** Columns of quarantine_find, in their order. */
enum quarantine_column {
    QUARANTINE_ID,
    QUARANTINE_INSTITUTION,
    QUARANTINE_SOURCE,
    QUARANTINE_POSITION,
    QUARANTINE_COLUMN,
    QUARANTINE_FOUND,
    QUARANTINE_EXPECTED,
    QUARANTINE_REASON,
    QUARANTINE_REMEDY,
    QUARANTINE_STATE,
    QUARANTINE_SERVICE,
    QUARANTINE_LAYOUT,
    QUARANTINE_TRIES,
    QUARANTINE_ACT,
    QUARANTINE_ACTOR,
    QUARANTINE_GROUND,
    QUARANTINE_EVIDENCE,
    QUARANTINE_CHANGES,
    QUARANTINE_FACT,
    QUARANTINE_COLUMNS,
};

/** The list of those columns, of monitor.quarantined as `q`. */
extern const char quarantine_columns_sql[];

/** What the options' filters let through, of a state: the options', else what waits for somebody. At most `limit`
 *  rows; 0: all. The caller clears `out`, which is NULL when there is no such table yet. */
bool quarantine_find(struct connection *connection, const struct options *options, int64_t limit,
                     struct arena *arena, PGresult **out, struct error *err) MUST_CHECK;

/** Whether any filter is given. */
bool quarantine_is_filtered(const struct options *options);

#endif
