#ifndef SERVICES_GATEWAY_GATEWAY_OUTCOME_H
#define SERVICES_GATEWAY_GATEWAY_OUTCOME_H

#include "common/runtime/work.h"
#include "events.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/row.h"

/* What the institution is told on outcomes.<institution>. */

#define GATEWAY_OUTCOMES "outcomes.*"

/** Tells the account of a file. */
bool gateway_outcome_file(struct work *work, const struct file_account *account,
                          struct error *err) MUST_CHECK;

/** Tells what became of a report; fills its institution and its remarks: those of two lists. */
bool gateway_outcome_report(struct work *work, struct report_answered *answer,
                            const struct row_remark *first, size_t first_count,
                            const struct row_remark *second, size_t second_count,
                            struct error *err) MUST_CHECK;

#endif
