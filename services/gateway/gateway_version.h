#ifndef SERVICES_GATEWAY_VERSION_H
#define SERVICES_GATEWAY_VERSION_H

#include "common/runtime/work.h"
#include "events.h"
#include "services/gateway/feed_record.h"
#include "services/gateway/gateway_tables.h"

/** Name of the gateway's number that is the last sequence given to a fact. */
#define GATEWAY_SEQUENCE "sequence"

/** For needs: what gateway_version_take touches. */
void gateway_version_need(struct work *work, const struct reported_row *row);

/** What taking a row came to. */
enum version_outcome {
    VERSION_NEWS,
    VERSION_UNCHANGED,  /**< as it stands */
    VERSION_SUPERSEDED, /**< a newer version stands, which says something else */
};

/**
 * Passes a row on that can be read: as an event when it says something new, to the contract it belongs to. Equal
 * content and versions that are superseded bring nothing new. A row that moved to another contract
 * is withdrawn at the old one.
 */
bool gateway_version_take(struct work *work, const struct reported_row *row,
                          enum version_outcome *outcome, struct error *err) MUST_CHECK;

/** What stands of the fact of a row that was needed; NULL: it was never taken. */
const struct row_version *gateway_version_of(struct work *work, const struct reported_row *row);
/** Puts the version that stands of a row that was needed into an answer: its ids, as_of and sequence. */
void gateway_version_say(struct work *work, const struct reported_row *row,
                         struct report_answered *said);
/** The next sequence of a fact; GATEWAY_SEQUENCE of gateway_number_table was needed. */
int64_t gateway_next_sequence(struct work *work);
/** Whether the fact was withdrawn, or never stood. */
bool gateway_version_is_gone(const struct row_version *version);

/** For needs: what gateway_version_withdraw touches. */
void gateway_version_need_fact(struct work *work, const char *fact_key);

/** The fact stands no longer, as of that instant, since `file` (its SHA-256) lacks it; `reason` in Spanish. Does nothing
 *  when it does not stand. */
bool gateway_version_withdraw(struct work *work, struct row_version *version, int64_t as_of,
                              const char *file, const char *reason, struct error *err) MUST_CHECK;

/** Agenda: a row without a contract of its own whose order or remisión is known now. Key: directory.h. */
void gateway_reroute_needs(struct work *work, const struct message *message);
bool gateway_reroute(struct work *work, const struct message *message,
                     struct error *err) MUST_CHECK;

#endif
