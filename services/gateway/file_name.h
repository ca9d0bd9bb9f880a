#ifndef SERVICES_GATEWAY_FILE_NAME_H
#define SERVICES_GATEWAY_FILE_NAME_H

#include "common/base/error.h"

#include <stdbool.h>
#include <stdint.h>

/** The one date in the name of a file: "altas_2025-08-31.csv", "ordenes 20250831 (2).csv". False when there is
 *  none, or when there are several that differ; `out` is then untouched. */
bool file_name_day(const char *name, int32_t *out) MUST_CHECK;

#endif
