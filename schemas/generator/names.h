#ifndef SCHEMAS_GENERATOR_NAMES_H
#define SCHEMAS_GENERATOR_NAMES_H

#include "common/base/arena.h"

#include <stdbool.h>

/** The part after the last dot. */
const char *names_last(const char *full_name);

/** "OrderIssued" -> "order_issued", "RFCCheck" -> "rfc_check". */
char *names_snake(struct arena *arena, const char *name);

/** "OrderIssued" -> "ORDER_ISSUED". */
char *names_upper(struct arena *arena, const char *name);

/** Whether C17, or <stdbool.h>, has taken the word. */
bool names_is_reserved(const char *name);

#endif
