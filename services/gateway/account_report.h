#ifndef SERVICES_GATEWAY_ACCOUNT_REPORT_H
#define SERVICES_GATEWAY_ACCOUNT_REPORT_H

#include "common/base/buffer.h"
#include "services/gateway/gateway_tables.h"

/* The report on a file, for who delivered it: CSV in UTF-8 with CRLF, a line for each remark on a row, with the column,
 * what was found, what was expected, why, and the one action that mends it. */

void account_report_begin(struct buffer *out);
void account_report_add(struct buffer *out, const struct file_remark *remark);

#endif
