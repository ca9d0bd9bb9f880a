#ifndef SERVICES_GATEWAY_GATEWAY_SNAPSHOT_H
#define SERVICES_GATEWAY_GATEWAY_SNAPSHOT_H

#include "common/runtime/work.h"
#include "services/gateway/feed_record.h"
#include "services/gateway/gateway_tables.h"

/* What a complete snapshot no longer shows was withdrawn. A snapshot speaks of its scopes (a unit) between its oldest
 * and newest day, and only as of its date: a newer version of a fact stands, and a fact that comes later out of an
 * older file, though a newer snapshot did not show it, is superseded. So the order of files does not matter. */

/** Kind of the agenda items of facts that a snapshot did not show. */
#define GATEWAY_VANISHED "gateway.Vanished"

/** For needs: of a row of a snapshot; nothing for others. */
void gateway_snapshot_need_row(struct work *work, const struct reported_row *row);

/** Whether a newer snapshot says that there is no such fact. `version` is what is known of it. */
bool gateway_snapshot_denies(struct work *work, const struct row_version *version,
                             const struct reported_row *row);

/** The row stands: it will be missed when a later snapshot does not show it. Sets `version->day`; the caller
 *  saves it. */
void gateway_snapshot_keep(struct work *work, struct row_version *version,
                           const struct reported_row *row);

/** For needs, and when the file has ended. */
void gateway_snapshot_need_end(struct work *work, const struct feed_file_record *record);
void gateway_snapshot_end(struct work *work, const struct feed_file_record *record);

/** Agenda: a fact that a snapshot did not show. */
void gateway_vanished_needs(struct work *work, const struct message *message);
bool gateway_vanished(struct work *work, const struct message *message,
                      struct error *err) MUST_CHECK;

#endif
