#ifndef CLI_LOAD_REPORT_H
#define CLI_LOAD_REPORT_H

#include "cli/manifest.h"
#include "cli/options.h"
#include "common/base/error.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

/** Says on stderr which files were refused, or brought nothing that could be taken; how many these are. The accounts
 *  (enum account_column) are those of the first items, in their order; NULL: none was answered. */
size_t load_report_problems(const PGresult *accounts, const struct manifest_item *items);

/** Tells what became of the files: as a table, and where the remarks about them lie; or as JSON, an object per file
 *  and one with the sums at the end. The table's words for states replace those of `accounts`. */
bool load_report_tell(PGresult *accounts, const struct manifest_item *items,
                      const struct options *options, struct error *err) MUST_CHECK;

#endif
