#ifndef SERVICES_GATEWAY_GATEWAY_ASIDE_H
#define SERVICES_GATEWAY_GATEWAY_ASIDE_H

#include "common/runtime/work.h"
#include "events.h"
#include "services/gateway/aside.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/inbox.h"

/* What was set aside is kept with what it takes to read it again, and what became of it is said on `quarantine`. */

/** So many acts that did not take; then only a new file of its source, or a descarte, is taken. */
enum { ASIDE_TRIES_MAX = 5 };

/** Sets something aside, with its row unless that is NULL. What was set aside before stays as it is. */
bool gateway_aside_put(struct work *work, const struct setting_aside *aside,
                       const struct feed_row_record *row, struct error *err) MUST_CHECK;

/** For needs of a row of a file, and the name its file is set aside under. */
void gateway_aside_need_row(struct work *work, const struct feed_row_record *record);
char *gateway_aside_source(struct work *work, const struct feed_file_record *record);

/** A row of a file that is read again was taken: what an earlier reading set aside is settled. */
bool gateway_aside_reloaded(struct work *work, const struct feed_row_record *record,
                            const struct row_answer *answer, struct error *err) MUST_CHECK;

/** Says on `quarantine` what `aside` says; `event` has what else is known. */
bool gateway_aside_tell(struct work *work, const struct row_aside *aside,
                        struct quarantine_acted *event, struct error *err) MUST_CHECK;

/** For needs of an act. */
void gateway_act_need(struct work *work, const struct inbox_report *report);

/** Works an act off: `answer` is what is said of the row, and on return of the act; `said` gets verdict and ids.
 *  `repeated`: this very act was worked off before and did not take; it counts as no further try. */
bool gateway_act_take(struct work *work, const struct inbox_report *report, bool repeated,
                      struct reported_row *rows, struct row_answer *answer,
                      struct report_answered *said, struct error *err) MUST_CHECK;

#endif
