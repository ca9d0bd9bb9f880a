#ifndef SERVICES_GATEWAY_ACCOUNT_H
#define SERVICES_GATEWAY_ACCOUNT_H

#include "common/runtime/work.h"
#include "services/gateway/feed_record.h"
#include "services/gateway/gateway_tables.h"

/* The account of every file: what was taken, warned of and set aside, in the transaction of the rows. */

/** For needs. `account_need_row` for one row; `account_need_report` for all remarks of a file, when it ends. */
void account_need(struct work *work, const struct feed_file_record *record);
void account_need_row(struct work *work, const struct feed_row_record *record);
void account_need_report(struct work *work, const struct feed_file_record *record);

/** A file is begun: its account says "reading", and counts from zero. */
void account_open(struct work *work, const struct feed_file_record *record);

/** A whole file is refused: its account says "refused" and why. */
const struct file_account *account_refuse(struct work *work, const struct feed_file_record *record);

/** Whether an earlier reading of the file set the row aside: it is not said twice. */
bool account_has_set_aside(struct work *work, const struct feed_row_record *record);

/** One row is worked off; a filler is told in the report and counts as none. */
void account_row(struct work *work, const struct feed_row_record *record,
                 const struct row_answer *row);

/** All rows are worked off: "done"; `record->report` is filled. */
const struct file_account *account_end(struct work *work, const struct feed_file_record *record);

#endif
