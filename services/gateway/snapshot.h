#ifndef SERVICES_GATEWAY_SNAPSHOT_H
#define SERVICES_GATEWAY_SNAPSHOT_H

#include "services/gateway/row.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file shows that holds all there is: of each scope its facts, between two days. Built row by row while the
 * file is read, and again from its beginning when it is read on after a crash. */

enum { SNAPSHOT_DAYS_MAX = 5 * 366 }; /**< a window that is longer holds a mistyped date */

struct snapshot_fact {
    const char *scope;
    const char *fact_id;
};

struct snapshot {
    struct snapshot_fact *facts; /**< the arena's; in order once snapshot_close was called */
    size_t count;
    size_t capacity;
    int32_t oldest; /**< of the window column; both 0 when the layout has none */
    int32_t newest;
    bool torn; /**< a row could not be read: what is missing may stand there */
};

/** Takes note of a row of a layout that is a snapshot; copies what it keeps into the arena. */
void snapshot_add(struct snapshot *snapshot, const struct reported_row *row, struct arena *arena);

/** All rows are there. */
void snapshot_close(struct snapshot *snapshot);

/** Whether absence from it means anything. */
bool snapshot_is_whole(const struct snapshot *snapshot);

/** Whether the closed snapshot shows a fact under that scope. */
bool snapshot_shows(const struct snapshot *snapshot, const char *scope, const char *fact_id);

#endif
